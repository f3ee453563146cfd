/**
 * A party that speaks: when it begins, by the clock or by what it hears, and what it sounds like. Moments are whole
 * milliseconds of one clock.
 *
 * It says one thing after another, and does not begin the next before it has finished. It answers what it has heard up
 * to the frame before, so that it begins within 20 ms of the moment that its plan names, and at that very moment where
 * the plan leaves it so much time.
 */
import type * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import type { Prompt } from "../pcmo/Program.ts"
import type { Sound, Utterance } from "../scenario/Party.ts"
import * as slab from "../slab.ts"
import * as Chance from "./Chance.ts"
import type { Said } from "./Conversation.ts"
import * as Spans from "./Spans.ts"
import * as Voice from "./Voice.ts"

/** The sounds of a list of utterances, by their places. */
type Voices = (utterance: number, sampleRate: AudioFrame.SampleRate) => Voice.Voice

/** Something that is being said, or was. */
interface Spoken {
  readonly utterance: number
  readonly startMs: number
  readonly endMs: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Speaker {
  readonly utterances: ReadonlyArray<Utterance>
  readonly voices: (utterances: ReadonlyArray<Utterance>) => Voices
  readonly voiceOf: Voices
  readonly answeredAt: number
  /** Up to where it is settled what it says. */
  readonly nowMs: number
  /** Since when it waits for the next occasion. */
  readonly readyAt: number
  readonly next: number
  /** What sounds at `nowMs`, or began last. */
  readonly spoken: ReadonlyArray<Spoken>
  /** The app's newest utterance, as far as it was heard. */
  readonly app: { readonly startMs: number; readonly endMs: number } | undefined
}

/**
 * When a party answered, the source of its chance, how long files play, and the audio of what is not to be generated.
 *
 * @category models
 * @since 0.1.0
 */
export interface SpeakerOptions {
  readonly answeredAt: number
  readonly label: string
  readonly fileMs: ReadonlyMap<string, number>
  readonly realAudio?: (prompt: Prompt) => AudioFrame.AudioFrame | undefined
}

/** The sound of an utterance. A label tells the chance in it from that of others. */
const voiceOf = (
  { voice }: Utterance,
  label: string,
  { fileMs, realAudio }: Pick<SpeakerOptions, "fileMs" | "realAudio">,
  sampleRate: AudioFrame.SampleRate
): Voice.Voice => {
  const prompt = (prompted: Prompt): Voice.Voice => {
    const real = realAudio?.(prompted)
    return real === undefined ? Voice.prompt(prompted, fileMs, sampleRate) : Voice.recorded(real, sampleRate)
  }
  switch (voice._tag) {
    case "Say":
      return prompt({ _tag: "Say", text: voice.text, speed: 1 })
    case "File":
      return prompt(voice)
    case "Speech":
      return Voice.speech({ ms: voice.ms, seed: Chance.seedOf(label) }, sampleRate)
    case "Tone":
      return Voice.tone(voice, sampleRate)
    case "Noise":
      return Voice.noise({ ms: voice.ms, seed: Chance.seedOf(label) }, sampleRate)
    case "Silence":
      return Voice.silence(voice.ms, sampleRate)
    case "Dtmf":
      return Voice.dtmf(voice, sampleRate)
  }
}

/**
 * A party that has just answered. The label is the source of its chance.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  utterances: ReadonlyArray<Utterance>,
  options: SpeakerOptions
): Speaker => {
  const { answeredAt, label } = options
  const voices = (utterances: ReadonlyArray<Utterance>): Voices => {
    const made = utterances.map(() => new Map<AudioFrame.SampleRate, Voice.Voice>())
    return (index, sampleRate) => {
      const known = made[index]?.get(sampleRate)
      const utterance = utterances[index]
      if (known !== undefined || utterance === undefined) return known ?? Voice.silence(0, sampleRate)
      const voice = voiceOf(utterance, `${label}/${index}`, options, sampleRate)
      made[index]?.set(sampleRate, voice)
      return voice
    }
  }
  return {
    utterances,
    voices,
    voiceOf: voices(utterances),
    answeredAt,
    nowMs: answeredAt,
    readyAt: answeredAt,
    next: 0,
    spoken: [],
    app: undefined
  }
}

/** When the occasion for the next utterance comes, as far as is known. */
const dueAt = ({ answeredAt, app, next, readyAt, utterances }: Speaker): number | undefined => {
  const utterance = utterances[next]
  if (utterance === undefined) return undefined
  if ("afterMs" in utterance) return answeredAt + utterance.afterMs
  if (app === undefined || app.endMs <= readyAt) return undefined
  return "bargeInMs" in utterance ? app.startMs + utterance.bargeInMs : app.endMs + utterance.afterSilenceMs
}

/** At the lowest rate, of which all others are multiples. */
const lengthMs = (self: Speaker, utterance: number): number => Math.ceil(self.voiceOf(utterance, 8000).sampleCount / 8)

/**
 * Settles what it says up to a moment.
 *
 * @category updating
 * @since 0.1.0
 */
export const say = (self: Speaker, untilMs: number): Speaker => {
  const isOver = ({ endMs }: Spoken) => endMs <= self.nowMs
  let speaker = self.spoken.some(isOver) ? { ...self, spoken: self.spoken.filter((one) => !isOver(one)) } : self
  for (;;) {
    const dueMs = dueAt(speaker)
    const startMs = Math.max(dueMs ?? untilMs, speaker.readyAt, speaker.nowMs)
    if (startMs >= untilMs) return { ...speaker, nowMs: untilMs }
    const endMs = startMs + lengthMs(speaker, speaker.next)
    speaker = {
      ...speaker,
      spoken: [...speaker.spoken, { utterance: speaker.next, startMs, endMs }],
      next: speaker.next + 1,
      readyAt: endMs
    }
  }
}

/**
 * Whether it says nothing any more of what was planned, and is silent.
 *
 * @category guards
 * @since 0.1.0
 */
export const isDone = ({ next, spoken, utterances }: Speaker): boolean =>
  spoken.length === 0 && next >= utterances.length

/**
 * It says something that was not planned, as soon as it is silent; what was planned follows.
 *
 * @category updating
 * @since 0.1.0
 */
export const interject = (self: Speaker, voice: Sound): Speaker => {
  const utterances = self.utterances.toSpliced(self.next, 0, { afterMs: self.nowMs - self.answeredAt, voice })
  return { ...self, utterances, voiceOf: self.voices(utterances) }
}

/**
 * It heard the app from a moment to another. Sounds with up to 200 ms of silence between them are one utterance.
 *
 * @category updating
 * @since 0.1.0
 */
export const hear = (
  self: Speaker,
  { endMs, startMs }: { readonly startMs: number; readonly endMs: number }
): Speaker => ({
  ...self,
  app: self.app !== undefined && startMs - self.app.endMs <= Spans.joinMs
    ? { startMs: self.app.startMs, endMs }
    : { startMs, endMs }
})

/**
 * What it says from a moment on, for which {@link say} has settled it, or nothing when it is silent.
 *
 * @category getters
 * @since 0.1.0
 */
export const frame = (
  self: Speaker,
  { fromMs, ms, sampleRate }: {
    readonly fromMs: number
    readonly ms: number
    readonly sampleRate: AudioFrame.SampleRate
  }
): Said | undefined => {
  const perMs = sampleRate / 1000
  let samples: Int16Array | undefined
  const voiced: Array<Spans.Span> = []
  for (const { endMs, startMs, utterance } of self.spoken) {
    if (endMs <= fromMs || startMs >= fromMs + ms) continue
    samples ??= slab.samples(ms * perMs)
    const at = Math.max(0, startMs - fromMs) * perMs
    const from = Math.max(0, fromMs - startMs) * perMs
    const into = samples.subarray(at, Math.min(ms, endMs - fromMs) * perMs)
    const voice = self.voiceOf(utterance, sampleRate)
    voice.fill(from, into)
    voiced.push(...Voice.voicedWithin(voice, { at, from, sampleCount: into.length }))
  }
  return samples === undefined ? undefined : { samples, voiced }
}
