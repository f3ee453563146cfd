/**
 * What a party, or the platform, sounds like: audio of exact length that can be asked for from any place, the same
 * every time, with known places where somebody speaks.
 */
import type * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as Resampler from "@effect-piopiy/sdk/Resampler"
import type { Prompt } from "../pcmo/Program.ts"
import * as Chance from "./Chance.ts"
import { promptDurationMs } from "./promptDuration.ts"
import * as Spans from "./Spans.ts"
import * as Syllables from "./Syllables.ts"

/**
 * A sound of `sampleCount` samples. `voiced` counts from its beginning and is empty for what is no voice.
 *
 * @category models
 * @since 0.1.0
 */
export interface Voice {
  readonly sampleRate: AudioFrame.SampleRate
  readonly sampleCount: number
  readonly voiced: ReadonlyArray<Spans.Span>
  /** Writes the samples from a place on into an array; before the beginning and after the end there is silence. */
  readonly fill: (from: number, into: Int16Array) => void
}

/** Negative lengths, and those that are no number, are none. */
const samplesOf = (ms: number, sampleRate: number): number =>
  Number.isFinite(ms) ? Math.max(0, Math.round(ms * (sampleRate / 1000))) : 0

/** A voice by its sample at each place. */
const bySample = (
  sampleRate: AudioFrame.SampleRate,
  sampleCount: number,
  sampleAt: (place: number) => number,
  voiced: ReadonlyArray<Spans.Span> = []
): Voice => ({
  sampleRate,
  sampleCount,
  voiced,
  fill: (from, into) => {
    for (let index = 0; index < into.length; index += 1) {
      const place = from + index
      into[index] = place >= 0 && place < sampleCount ? sampleAt(place) : 0
    }
  }
})

/**
 * Where a voice speaks within `sampleCount` samples from a place on, counted as if that place were the moment `at`.
 *
 * @category getters
 * @since 0.1.0
 */
export const voicedWithin = (
  voice: Voice,
  { at, from, sampleCount }: { readonly from: number; readonly sampleCount: number; readonly at: number }
): ReadonlyArray<Spans.Span> =>
  Spans.within(voice.voiced, { start: from, end: from + sampleCount })
    .map(({ end, start }) => ({ start: start - from + at, end: end - from + at }))

/**
 * @category constructors
 * @since 0.1.0
 */
export const silence = (ms: number, sampleRate: AudioFrame.SampleRate): Voice =>
  bySample(sampleRate, samplesOf(ms, sampleRate), () => 0)

/** Of frames that several parties say: each is brought to a rate, and listened to, once. */
const recordings = new WeakMap<AudioFrame.AudioFrame, Map<AudioFrame.SampleRate, Voice>>()

/**
 * All of one frame, such as a WAV file's, at another rate if need be. Where it speaks is found by loudness. Its samples
 * must not change.
 *
 * @category constructors
 * @since 0.1.0
 */
export const recorded = (frame: AudioFrame.AudioFrame, sampleRate: AudioFrame.SampleRate): Voice => {
  const made = recordings.get(frame) ?? new Map<AudioFrame.SampleRate, Voice>()
  const voice = made.get(sampleRate) ?? listenTo(frame, sampleRate)
  recordings.set(frame, made.set(sampleRate, voice))
  return voice
}

const listenTo = (frame: AudioFrame.AudioFrame, sampleRate: AudioFrame.SampleRate): Voice => {
  const { samples } = Resampler.resample(frame, sampleRate)
  const voiced = Spans.toArray(Spans.listen(Spans.make(samplesOf(Spans.joinMs, sampleRate)), 0, samples))
  return bySample(sampleRate, samples.length, (place) => samples[place] ?? 0, voiced)
}

const sine = (hertz: number, place: number, sampleRate: number): number =>
  Math.sin((2 * Math.PI * ((place * hertz) % sampleRate)) / sampleRate)

/** About 12 dB below full scale. */
const defaultAmplitude = 8000

/**
 * A sine wave that begins at zero. The amplitude is the largest sample, 8000 by default.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tone = (
  { amplitude = defaultAmplitude, hertz, ms }: {
    readonly hertz: number
    readonly ms: number
    readonly amplitude?: number
  },
  sampleRate: AudioFrame.SampleRate
): Voice =>
  bySample(
    sampleRate,
    samplesOf(ms, sampleRate),
    (place) => Math.round(amplitude * sine(hertz, place, sampleRate))
  )

/**
 * White noise of a seed. The amplitude is the largest sample, 1000 by default.
 *
 * @category constructors
 * @since 0.1.0
 */
export const noise = (
  { amplitude = 1000, ms, seed }: { readonly seed: number; readonly ms: number; readonly amplitude?: number },
  sampleRate: AudioFrame.SampleRate
): Voice =>
  bySample(
    sampleRate,
    samplesOf(ms, sampleRate),
    (place) => Math.round(amplitude * (Chance.draw(seed, place) / 0x8000_0000 - 1))
  )

/** The keypad, and the frequencies of its rows and columns in Hz: ITU-T Recommendation Q.23. */
const keypad = "123A456B789C*0#D"
const rows = [697, 770, 852, 941]
const columns = [1209, 1336, 1477, 1633]

/**
 * Keys as tones on the line, 100 ms long and 100 ms apart by default. What is no key is left out.
 *
 * @category constructors
 * @since 0.1.0
 */
export const dtmf = (
  { digits, gapMs = 100, toneMs = 100 }: {
    readonly digits: string
    readonly toneMs?: number
    readonly gapMs?: number
  },
  sampleRate: AudioFrame.SampleRate
): Voice => {
  const keys = [...digits.toUpperCase()].map((digit) => keypad.indexOf(digit)).filter((key) => key >= 0)
  const toneSamples = samplesOf(toneMs, sampleRate)
  const step = toneSamples + samplesOf(gapMs, sampleRate)
  const sampleCount = keys.length === 0 ? 0 : keys.length * step - samplesOf(gapMs, sampleRate)
  return bySample(sampleRate, sampleCount, (place) => {
    const key = keys[Math.floor(place / step)] ?? 0
    const within = place % step
    if (within >= toneSamples) return 0
    const low = sine(rows[key >> 2] ?? 0, within, sampleRate)
    const high = sine(columns[key & 3] ?? 0, within, sampleRate)
    return Math.round((defaultAmplitude / 2) * (low + high))
  })
}

const rampMs = 20

/** How loud a syllable is at its very ends: loud enough to be found there. */
const rampFloor = 1 / 8

const sampleAt = (pulse: Float64Array, phase: number, inward: number, ramp: number): number => {
  const loudness = inward >= ramp ? 1 : rampFloor + ((1 - rampFloor) * inward) / ramp
  return Math.round(loudness * (pulse[phase] ?? 0))
}

/** A syllable is the same from both ends, so that it begins and ends with a pulse. */
const spoken = (
  syllables: ReadonlyArray<Syllables.Syllable>,
  ms: number,
  sampleRate: AudioFrame.SampleRate
): Voice => {
  const spans = syllables.map(({ endMs, startMs }) => ({
    start: samplesOf(startMs, sampleRate),
    end: samplesOf(endMs, sampleRate)
  }))
  const voiced = Spans.toArray(spans.reduce(Spans.add, Spans.make(samplesOf(Spans.joinMs, sampleRate))))
  const ramp = samplesOf(rampMs, sampleRate)
  const find = Spans.finder(spans)
  const fill = (from: number, into: Int16Array): void => {
    into.fill(0)
    const end = from + into.length
    for (let index = find(from); index < spans.length; index += 1) {
      const span = spans[index]
      const syllable = syllables[index]
      if (span === undefined || syllable === undefined || span.start >= end) break
      const pulse = Syllables.pulse(syllable.sound, sampleRate)
      const first = Math.max(from, span.start)
      const until = Math.min(end, span.end)
      // From its middle on, a syllable goes back.
      const middle = Math.max(first, Math.min(until, (span.start + span.end + 1) >> 1))
      let phase = (first - span.start) % pulse.length
      for (let place = first; place < middle; place += 1) {
        into[place - from] = sampleAt(pulse, phase, place - span.start, ramp)
        phase = phase + 1 === pulse.length ? 0 : phase + 1
      }
      phase = (span.end - 1 - middle) % pulse.length
      for (let place = middle; place < until; place += 1) {
        into[place - from] = sampleAt(pulse, phase, span.end - 1 - place, ramp)
        phase = phase === 0 ? pulse.length - 1 : phase - 1
      }
    }
  }
  return { sampleRate, sampleCount: samplesOf(ms, sampleRate), voiced, fill }
}

/**
 * Somebody speaks, without words, for so many whole milliseconds: from the first sample to the last, with breaths
 * between.
 *
 * @category constructors
 * @since 0.1.0
 */
export const speech = (
  { ms, seed }: { readonly seed: number; readonly ms: number },
  sampleRate: AudioFrame.SampleRate
): Voice => {
  const whole = Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : 0
  return spoken(Syllables.ofLength(whole, seed), whole, sampleRate)
}

/**
 * A prompt of the platform, exactly as long as `promptDurationMs` says: a text in syllables of its own, a file as
 * speech of which the name is the seed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const prompt = (
  prompted: Prompt,
  fileMs: ReadonlyMap<string, number>,
  sampleRate: AudioFrame.SampleRate
): Voice => {
  const ms = promptDurationMs(prompted, fileMs)
  return prompted._tag === "File"
    ? speech({ seed: Chance.seedOf(prompted.name), ms }, sampleRate)
    : spoken(Syllables.ofText(prompted.text, ms), ms, sampleRate)
}
