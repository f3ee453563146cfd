/**
 * Changes the rate of audio among 8, 16, 24, 32 and 48 kHz, frame by frame or at once.
 *
 * A linear-phase FIR filter in polyphase form, designed with a Kaiser window. It is flat up to 0.86 of the narrower of the
 * two bands (3440 Hz where 8 kHz is involved); what lies beyond that band is at least 75 dB down. A constant comes out as
 * it went in.
 */
import * as Duration from "effect/Duration"
import * as AudioFrame from "./AudioFrame.ts"
import { saturate } from "./internal/saturate.ts"

/**
 * What the filter remembers between frames. A plain value: keep it, and a stream can be taken up from there again.
 *
 * @category models
 * @since 0.1.0
 */
export interface Resampler {
  readonly to: AudioFrame.SampleRate
  /** The rate of the last frame, which the rest belongs to. */
  readonly from: AudioFrame.SampleRate
  /** The newest samples that came in, as many as one sample that goes out depends on, less one. */
  readonly history: Int16Array
  /** Where the next sample that goes out lies, after the end of the history, in steps of the common multiple of both rates. */
  readonly next: number
}

/** How far the filter reaches to either side, in samples of the lower rate. With 36, the delay is whole at every rate. */
const reach = 36

/** Of the Kaiser window: 80 dB between pass band and stop band. */
const beta = 7.857

/** Width of the transition that `reach` and `beta` allow, as a part of the narrower band; it ends where the band ends. */
const transition = 0.139

/** Everything that depends on the two rates alone. */
interface Filter {
  /** The rates as the smallest whole numbers: `up` samples go out for `down` that come in. */
  readonly up: number
  readonly down: number
  /** Samples that came in, for each that goes out. */
  readonly taps: number
  /** `up` rows of `taps` coefficients, oldest sample first; each row sums to 1. */
  readonly coefficients: Float64Array
  /** By how many samples the output lags, at either rate. */
  readonly delayIn: number
  readonly delayOut: number
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

/** The modified Bessel function of the first kind and order zero, by its series. */
const besselI0 = (x: number): number => {
  let sum = 1
  let term = 1
  for (let k = 1; term > sum * 1e-17; k += 1) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

const design = (from: number, to: number): Filter => {
  const divisor = greatestCommonDivisor(from, to)
  const up = to / divisor
  const down = from / divisor
  const half = reach * Math.max(up, down)
  const cutoff = (1 - transition / 2) / Math.max(up, down)
  const impulse = (n: number): number => {
    const x = Math.PI * cutoff * (n - half)
    const window = n > 2 * half ? 0 : besselI0(beta * Math.sqrt(1 - ((n - half) / half) ** 2))
    return window * (x === 0 ? 1 : Math.sin(x) / x)
  }
  const taps = Math.floor((2 * half) / up) + 1
  const coefficients = new Float64Array(up * taps)
  for (let phase = 0; phase < up; phase += 1) {
    const row = Float64Array.from({ length: taps }, (_, tap) => impulse(phase + (taps - 1 - tap) * up))
    const sum = row.reduce((total, coefficient) => total + coefficient, 0)
    coefficients.set(row.map((coefficient) => coefficient / sum), phase * taps)
  }
  return { up, down, taps, coefficients, delayIn: half / up, delayOut: half / down }
}

/** Filters by rates: at most twenty, each designed when it is first needed. */
const filters = new Map<string, Filter>()

const filterOf = (from: AudioFrame.SampleRate, to: AudioFrame.SampleRate): Filter => {
  const key = `${from}-${to}`
  const known = filters.get(key)
  if (known !== undefined) return known
  const filter = design(from, to)
  filters.set(key, filter)
  return filter
}

/**
 * The beginning of a stream that goes out at a rate. What comes in tells its own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (to: AudioFrame.SampleRate): Resampler => startFrom(to, to)

const startFrom = (from: AudioFrame.SampleRate, to: AudioFrame.SampleRate): Resampler => ({
  to,
  from,
  history: new Int16Array(from === to ? 0 : filterOf(from, to).taps - 1),
  next: 0
})

/**
 * How late a stream comes out: 4.5 ms where 8 kHz is involved, 36 samples of the lower rate in general, nothing when the
 * rates are the same.
 *
 * @category getters
 * @since 0.1.0
 */
export const delay = (from: AudioFrame.SampleRate, to: AudioFrame.SampleRate): Duration.Duration =>
  from === to ? Duration.zero : Duration.millis(reach / (Math.min(from, to) / 1000))

/**
 * Takes a frame in and gives what can go out: after `n` samples in all, `n * to / from` rounded up have gone out, however
 * they were cut into frames, and their values do not depend on it either. They lag by {@link delay}.
 *
 * A frame whose rate is that of the output passes as it is; one whose rate is not that of the frame before it begins anew,
 * and what the filter still held is lost.
 *
 * @category processing
 * @since 0.1.0
 */
export const step = (
  self: Resampler,
  frame: AudioFrame.AudioFrame
): readonly [Resampler, AudioFrame.AudioFrame] => {
  if (frame.sampleRate === self.to) return [self.from === self.to ? self : make(self.to), frame]
  const { from, history, next, to } = frame.sampleRate === self.from ? self : startFrom(frame.sampleRate, self.to)
  const { coefficients, down, taps, up } = filterOf(from, to)
  const input = new Int16Array(history.length + frame.samples.length)
  input.set(history)
  input.set(frame.samples, history.length)
  const end = frame.samples.length * up
  const output = new Int16Array(Math.max(0, Math.ceil((end - next) / down)))
  let position = next
  for (let index = 0; index < output.length; index += 1) {
    const first = Math.floor(position / up)
    const row = (position % up) * taps
    let sum = 0
    for (let tap = 0; tap < taps; tap += 1) sum += (coefficients[row + tap] ?? 0) * (input[first + tap] ?? 0)
    output[index] = saturate(sum)
    position += down
  }
  const rest = { to, from, history: input.slice(input.length - history.length), next: position - end }
  return [rest, AudioFrame.make(output, to)]
}

/**
 * Audio as a whole at another rate, without delay: `n * to / from` samples, rounded up.
 *
 * @category processing
 * @since 0.1.0
 */
export const resample = (frame: AudioFrame.AudioFrame, to: AudioFrame.SampleRate): AudioFrame.AudioFrame => {
  if (frame.sampleRate === to) return frame
  const { delayIn, delayOut } = filterOf(frame.sampleRate, to)
  const padded = new Int16Array(frame.samples.length + delayIn)
  padded.set(frame.samples)
  const [, late] = step(make(to), AudioFrame.make(padded, frame.sampleRate))
  return AudioFrame.make(late.samples.subarray(delayOut), to)
}
