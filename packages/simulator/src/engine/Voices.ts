/** What the people on one call say, frame by frame, and what they hear of the app. */
import type * as Call from "../core/call/Call.ts"
import type { Said } from "../core/media/Conversation.ts"
import * as Speaker from "../core/media/Speaker.ts"
import type { Sound, Utterance } from "../core/scenario/Party.ts"
import type { Lines } from "./Lines.ts"
import { frameMs } from "./Pacer.ts"

type SampleRate = Parameters<Lines["said"]>[2]

interface Listener {
  readonly sampleRate: SampleRate
}

/**
 * A leg speaks from its answer on. Frames are named by the moment at which they begin, in milliseconds from the tenant's
 * origin, and asked for in their order.
 *
 * @category models
 * @since 0.1.0
 */
export interface Voices {
  /** What reaches the platform of what a leg says in a frame, at any rate; nothing while it is silent. */
  readonly say: (leg: Call.Leg | undefined, fromMs: number) => (sampleRate: SampleRate) => Said | undefined
  /** Renders for listeners what a leg will say in a frame, unless something happens to it meanwhile. */
  readonly prepare: (leg: Call.Leg | undefined, fromMs: number, listeners: Iterable<Listener>) => void
  /** A leg heard the app from a moment to another. */
  readonly hear: (leg: Call.Leg | undefined, heard: { readonly startMs: number; readonly endMs: number }) => void
  /** A leg makes a sound from a frame on, or when it has said what it says. Whether it is on the line. */
  readonly interject: (leg: Call.Leg, fromMs: number, sound: Sound) => boolean
}

/**
 * What is known of the people.
 *
 * @category models
 * @since 0.1.0
 */
export interface VoicesOptions extends Pick<Speaker.SpeakerOptions, "label" | "fileMs" | "realAudio"> {
  readonly speaks: (legId: string) => ReadonlyArray<Utterance>
  readonly lines: Lines
}

/** What a leg says in a frame, settled once and rendered once. */
interface Saying {
  readonly fromMs: number
  readonly before: Speaker.Speaker
  readonly settled: Speaker.Speaker
  readonly at: (sampleRate: SampleRate) => Said | undefined
}

interface Voice {
  speaker: Speaker.Speaker
  prepared: Saying | undefined
}

const sayingOf = (before: Speaker.Speaker, fromMs: number): Saying => {
  const settled = Speaker.say(before, fromMs + frameMs)
  let known: { readonly sampleRate: SampleRate; readonly said: Said | undefined } | undefined
  return {
    fromMs,
    before,
    settled,
    at: (sampleRate) => {
      if (known?.sampleRate !== sampleRate) {
        known = { sampleRate, said: Speaker.frame(settled, { fromMs, ms: frameMs, sampleRate }) }
      }
      return known.said
    }
  }
}

const unheard = (): undefined => undefined

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = ({ label, lines, speaks, ...options }: VoicesOptions): Voices => {
  const voices = new Map<string, Voice>()

  /** Nothing of a leg that was not answered yet. */
  const voiceOf = (leg: Call.Leg | undefined): Voice | undefined => {
    if (leg === undefined) return undefined
    const { answeredAt, legId } = leg
    const known = voices.get(legId)
    if (known !== undefined || answeredAt === undefined) return known
    const speaker = Speaker.make(speaks(legId), { ...options, answeredAt, label: `${label}/${legId}` })
    const voice = { speaker, prepared: undefined }
    voices.set(legId, voice)
    return voice
  }

  /** By what was prepared, if nothing has happened since; nothing from one who never speaks again. */
  const sayingIn = ({ prepared, speaker }: Voice, fromMs: number): Saying | undefined => {
    if (Speaker.isDone(speaker)) return undefined
    return prepared?.before === speaker && prepared.fromMs === fromMs ? prepared : sayingOf(speaker, fromMs)
  }

  return {
    say: (leg, fromMs) => {
      if (leg === undefined) return unheard
      const voice = voiceOf(leg)
      const saying = voice === undefined ? undefined : sayingIn(voice, fromMs)
      if (voice !== undefined && saying !== undefined) voice.speaker = saying.settled
      return (sampleRate) => lines.said(leg.legId, fromMs / frameMs, sampleRate, saying?.at(sampleRate))
    },
    prepare: (leg, fromMs, listeners) => {
      const voice = voiceOf(leg)
      if (voice === undefined) return
      voice.prepared = sayingIn(voice, fromMs)
      if (voice.prepared === undefined) return
      for (const { sampleRate } of listeners) voice.prepared.at(sampleRate)
    },
    hear: (leg, heard) => {
      const voice = voiceOf(leg)
      if (voice !== undefined && !Speaker.isDone(voice.speaker)) voice.speaker = Speaker.hear(voice.speaker, heard)
    },
    interject: (leg, fromMs, sound) => {
      const voice = voiceOf(leg)
      if (voice === undefined) return false
      // Who had nothing left to say was not asked meanwhile.
      const { speaker } = voice
      voice.speaker = Speaker.interject(Speaker.say(speaker, Math.max(speaker.nowMs, fromMs)), sound)
      return true
    }
  }
}
