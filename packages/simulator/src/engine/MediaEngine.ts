/** The audio of calls: what parties say and hear, and the streams that carry it to apps and back. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Call from "../core/call/Call.ts"
import type { CommandOf } from "../core/call/CallCommand.ts"
import type { CallEvent } from "../core/call/CallEvent.ts"
import type { Line } from "../core/media/Carrier.ts"
import * as Chance from "../core/media/Chance.ts"
import * as Network from "../core/media/Network.ts"
import type * as Recording from "../core/media/Recording.ts"
import type { Prompt } from "../core/pcmo/Program.ts"
import type { Sound } from "../core/scenario/Party.ts"
import type { StreamProfile } from "../core/stream/StreamProfile.ts"
import * as AudioStream from "./AudioStream.ts"
import { ControlTimer } from "./ControlTimer.ts"
import { Decoder } from "./Decoder.ts"
import * as EndedStreams from "./endedStreams.ts"
import { Faults } from "./Faults.ts"
import type { Happening } from "./happening.ts"
import { Journal } from "./Journal.ts"
import * as Lines from "./Lines.ts"
import * as NetworkPath from "./NetworkPath.ts"
import { frameMs, missed, Pacer, type Rider } from "./Pacer.ts"
import { Parties } from "./Parties.ts"
import { realAudio as realAudioOf } from "./Sounds.ts"
import { StreamPort } from "./StreamPort.ts"
import { Timeline } from "./Timeline.ts"
import * as Voices from "./Voices.ts"

/** @see {@link AudioStream.StreamAccount} */
export type StreamAccount = AudioStream.StreamAccount

/**
 * The audio of a tenant's calls.
 *
 * @category services
 * @since 0.1.0
 */
export class MediaEngine extends Context.Service<MediaEngine, {
  /** What an event made of a call, before its commands are carried out. */
  readonly turned: (call: Call.Call, event: CallEvent) => void
  /** Dials a stream. `tell` takes what comes of it, now and later. */
  readonly open: (
    callId: string,
    command: CommandOf<"OpenStream">,
    seq: number,
    tell: (happening: Happening) => void
  ) => void
  readonly close: (callId: string, command: CommandOf<"CloseStream">) => void
  /** The platform itself plays something to the caller from now on, until {@link promptEnded}. */
  readonly promptStarted: (callId: string, playbackId: string, prompt: Prompt) => void
  readonly promptEnded: (callId: string, playbackId: string) => void
  /** A leg that is on the line makes a sound now, or when it has said what it says. Whether a stream is open to hear it. */
  readonly say: (callId: string, legId: string, sound: Sound) => boolean
  /** Closes what a call has still open, and keeps what is known of it. */
  readonly release: (callId: string) => void
  /**
   * The streams of a call that were open, in the order of their opening. None when there were none, or the call was
   * evicted, or as many calls with streams have ended since as are kept.
   */
  readonly ledgerOf: (callId: string) => ReadonlyArray<AudioStream.StreamAccount>
  /**
   * What was said on a stream of a call, by default the first that was open: with `recordAudio` alone, its first ten
   * minutes, and of ended calls as much as is {@link EndedStreams.Kept kept}.
   */
  readonly recordingOf: (callId: string, streamId?: string) => Recording.Recording | undefined
}>()("@effect-piopiy/simulator/MediaEngine") {}

/**
 * How a tenant streams. `readProgram` gives the steps of a list of actions that an app sends, or nothing when it is none.
 *
 * @category models
 * @since 0.1.0
 */
export interface MediaOptions {
  readonly seed: number
  readonly fileMs: ReadonlyMap<string, number>
  readonly streams: StreamProfile
  readonly recordAudio: boolean
  readonly readProgram: AudioStream.Surroundings["readProgram"]
}

/** Characters of all lists of actions that the apps of one call send: the journal keeps them while the call lasts. */
const longestLists = 1 << 20
/** What a list counts as, at least. */
const leastList = 1024

/** A call that has, or had, a stream. */
interface MediaCall {
  call: Call.Call
  /** The legs that a stream may listen to. */
  callerLeg: Call.Leg | undefined
  calleeLeg: Call.Leg | undefined
  /** In the order in which they were dialed. */
  readonly streams: Array<AudioStream.AudioStream>
  readonly lines: Lines.Lines
  readonly voices: Voices.Voices
  readonly prompts: Map<string, { readonly label: string; readonly startMs: number }>
  readonly rider: Rider
  /** Streams that are open. */
  open: number
  /** Where the next frame begins. */
  fromMs: number
  /** The last frame that went to the apps, while what came of it is not settled. */
  spoken: Spoken | undefined
  /** Characters that lists of actions may still have. */
  listRoom: number
}

/** A frame that began at a moment, as late as it went out, and who was the caller in it. */
interface Spoken {
  readonly fromMs: number
  readonly latenessMs: number
  readonly callerLeg: Call.Leg | undefined
}

const streamIn = ({ streams }: MediaCall, streamId: string): AudioStream.AudioStream | undefined =>
  streams.find((stream) => stream.streamId === streamId)

const labelOf = (prompt: Prompt): string => prompt._tag === "File" ? prompt.name : prompt.text

const make = (options: MediaOptions, kept: EndedStreams.Kept) =>
  Effect.gen(function*() {
    const timeline = yield* Timeline
    const journal = yield* Journal
    const pacer = yield* Pacer
    const parties = yield* Parties
    const port = yield* StreamPort
    const faults = yield* Faults
    const decode = yield* Decoder
    const timer = yield* ControlTimer
    const realAudio = yield* realAudioOf

    /** Over the network of the profile, with the faults that befall this dial. */
    const dial: AudioStream.Surroundings["dial"] = ({ origin: { callId, callerId, to } }, label, request, listener) => {
      const met = faults.stream({ callId, url: request.url, numbers: [callerId, to] })
      const network = met.reduce(Network.withFault, options.streams.network)
      const seed = Chance.seedOf(`${options.seed}/${callId}/${label}`)
      return NetworkPath.dial({ timeline, port, network, seed }, request, listener)
    }
    const around: AudioStream.Surroundings = {
      profile: options.streams,
      recordAudio: options.recordAudio,
      readProgram: options.readProgram,
      decode,
      timeline,
      journal,
      timerLateness: (fromMs, toMs) => timer(timeline.originEpochMs + fromMs, timeline.originEpochMs + toMs),
      dial
    }
    const calls = new Map<string, MediaCall>()
    const ended = EndedStreams.make(journal, kept)

    /** A frame goes to the apps. What comes of it on this side waits, since the next call has a frame for its apps too. */
    const speak = (media: MediaCall, latenessMs: number): void => {
      const { calleeLeg, callerLeg, fromMs, voices } = media
      media.fromMs += frameMs
      const caller = voices.say(callerLeg, fromMs)
      const callee = voices.say(calleeLeg, fromMs)
      for (const stream of media.streams) {
        const { sampleRate } = stream
        stream.speak(fromMs, caller(sampleRate), callee(sampleRate))
      }
      media.spoken = { fromMs, latenessMs, callerLeg }
    }

    /** Accounts for the last frame that went to the apps: what the caller heard in it, and said. */
    const settle = (media: MediaCall): void => {
      const { spoken, voices } = media
      if (spoken === undefined) return
      media.spoken = undefined
      const { callerLeg, fromMs, latenessMs } = spoken
      let heardMs = 0
      for (const stream of media.streams) heardMs = Math.max(heardMs, stream.hear(fromMs, latenessMs))
      if (heardMs > 0) voices.hear(callerLeg, { startMs: fromMs, endMs: fromMs + heardMs })
    }

    /** Renders what is likely to be said next, while there is time. */
    const prepare = ({ calleeLeg, callerLeg, fromMs, streams, voices }: MediaCall): void => {
      voices.prepare(callerLeg, fromMs, streams)
      voices.prepare(calleeLeg, fromMs, streams)
    }

    /** Lets all frames pass that are over by now; the last of them is not settled. */
    const passAll = (media: MediaCall): void => {
      settle(media)
      if (media.open === 0) return
      const nowMs = timeline.nowMs()
      const passedOver = missed(nowMs - media.fromMs - frameMs)
      if (passedOver > 0) {
        media.fromMs += passedOver * frameMs
        for (const stream of media.streams) stream.skip(passedOver)
      }
      for (let latenessMs = nowMs - media.fromMs - frameMs; latenessMs >= 0; latenessMs -= frameMs) {
        settle(media)
        speak(media, latenessMs)
      }
    }

    /** The same for what happens at the end of a frame, and may come before the wheel turns. */
    const catchUp = (media: MediaCall): void => {
      passAll(media)
      settle(media)
      for (const stream of media.streams) stream.flush()
    }

    /** No telephone line leads to an agent. */
    const lineOf = ({ call }: MediaCall, legId: string): Line =>
      Call.leg(call, legId)?.endpoint._tag === "Agent"
        ? {}
        : { ...options.streams.carrier, ...parties.line(`${call.origin.callId}/${legId}`) }

    const add = (call: Call.Call): MediaCall => {
      const { callId } = call.origin
      const label = `${options.seed}/${callId}`
      const lines = Lines.make(label, frameMs, (legId) => lineOf(media, legId))
      const media: MediaCall = {
        call,
        callerLeg: undefined,
        calleeLeg: undefined,
        streams: [],
        prompts: new Map(),
        lines,
        voices: Voices.make({
          label,
          lines,
          realAudio,
          fileMs: options.fileMs,
          speaks: (legId) => parties.speaks(`${callId}/${legId}`)
        }),
        rider: {
          tick: () => {
            passAll(media)
            for (const stream of media.streams) stream.deliver()
          },
          rest: () => {
            settle(media)
            prepare(media)
          },
          broke: (defect) => {
            for (const stream of media.streams) stream.broke(defect)
          }
        },
        open: 0,
        fromMs: 0,
        spoken: undefined,
        listRoom: longestLists
      }
      calls.set(callId, media)
      return media
    }

    const turned = (call: Call.Call, event: CallEvent): void => {
      if (call.streams.length === 0) return
      const media = calls.get(call.origin.callId) ?? add(call)
      media.call = call
      media.callerLeg = call.legs[0]
      media.calleeLeg = call.legs.find(({ state }, place) => place > 0 && state === "Bridged")
      if (event._tag === "DigitPressed" && event.legId === Call.callerLegId) {
        for (const stream of media.streams) stream.press(event.digit)
      }
    }

    /** What the prompts that still play have come to is known to a stream when it ends. */
    const settlePrompts = (media: MediaCall, stream: AudioStream.AudioStream): void => {
      for (const prompt of media.prompts.values()) stream.prompted({ ...prompt, endMs: timeline.nowMs() })
    }

    const open = (
      callId: string,
      command: CommandOf<"OpenStream">,
      seq: number,
      tell: (happening: Happening) => void
    ): void => {
      const media = calls.get(callId)
      if (media === undefined) return
      let isOpen = false
      const stream = AudioStream.dial(around, {
        call: () => media.call,
        command,
        seq,
        tell,
        opened: () => {
          isOpen = true
          media.open += 1
          if (media.open === 1) media.fromMs = pacer.join(media.rider)
          return Math.ceil(timeline.nowMs() / frameMs) * frameMs
        },
        heard: (fromMs, app) => media.lines.hears(Call.callerLegId, command.streamId, fromMs / frameMs, app),
        happened: () => catchUp(media),
        admits: (length) => {
          media.listRoom -= Math.max(length, leastList)
          return media.listRoom >= 0
        },
        ended: () => {
          if (!isOpen) return
          media.open -= 1
          if (media.open === 0) pacer.leave(media.rider)
          const self = streamIn(media, command.streamId)
          if (self !== undefined) settlePrompts(media, self)
        }
      })
      media.streams.push(stream)
    }

    const accountsOf = (media: MediaCall): ReadonlyArray<AudioStream.StreamAccount> => {
      settle(media)
      return media.streams.flatMap((stream) => stream.account() ?? [])
        .toSorted((a, b) => a.openedAt - b.openedAt)
    }

    return MediaEngine.of({
      turned,
      open,
      close: (callId, { code, reason, streamId }) => {
        const media = calls.get(callId)
        if (media === undefined) return
        catchUp(media)
        streamIn(media, streamId)?.close(code, reason)
      },
      promptStarted: (callId, playbackId, prompt) => {
        calls.get(callId)?.prompts.set(playbackId, { label: labelOf(prompt), startMs: timeline.nowMs() })
      },
      promptEnded: (callId, playbackId) => {
        const media = calls.get(callId)
        const prompt = media?.prompts.get(playbackId)
        if (media === undefined || prompt === undefined) return
        media.prompts.delete(playbackId)
        for (const stream of media.streams) stream.prompted({ ...prompt, endMs: timeline.nowMs() })
      },
      say: (callId, legId, sound) => {
        const media = calls.get(callId)
        const leg = media === undefined ? undefined : Call.leg(media.call, legId)
        if (media === undefined || leg === undefined || media.open === 0) return false
        catchUp(media)
        return media.voices.interject(leg, media.fromMs, sound)
      },
      release: (callId) => {
        const media = calls.get(callId)
        if (media === undefined) return
        settle(media)
        // The journal tells of the ends, and who copies it asks for what was said.
        for (const stream of media.streams) stream.close(1000, "")
        calls.delete(callId)
        ended.put(callId, accountsOf(media), (streamId) => streamIn(media, streamId)?.recording())
      },
      ledgerOf: (callId) => {
        const media = calls.get(callId)
        return media === undefined ? ended.ledgerOf(callId) : accountsOf(media)
      },
      recordingOf: (callId, asked) => {
        const media = calls.get(callId)
        if (media === undefined) return ended.recordingOf(callId, asked)
        settle(media)
        const streamId = asked ?? accountsOf(media)[0]?.streamId
        return streamId === undefined ? undefined : streamIn(media, streamId)?.recording()
      }
    })
  })

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: MediaOptions,
  kept: EndedStreams.Kept = EndedStreams.defaultKept
): Layer.Layer<MediaEngine, never, Timeline | Journal | Pacer | Parties | StreamPort | Faults> =>
  Layer.effect(MediaEngine, make(options, kept))
