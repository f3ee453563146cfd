/**
 * A piece of mono audio: signed 16-bit samples and their rate.
 *
 * Call audio arrives in such pieces, as little-endian bytes (documented: official example servers), 20 ms each (assumed).
 */
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import { AudioError, Reason } from "./AudioError.ts"

/**
 * The rates that this package calculates with, in samples a second. Each is a whole number of samples a millisecond.
 *
 * @category constants
 * @since 0.1.0
 */
export const sampleRates = [8000, 16_000, 24_000, 32_000, 48_000] as const

/**
 * Samples a second.
 *
 * @category models
 * @since 0.1.0
 */
export type SampleRate = (typeof sampleRates)[number]

/**
 * A piece of audio. What a peer sent has at least one sample; what was calculated may have none.
 *
 * Treat the samples as read-only: they may be a view of bytes that somebody else holds.
 *
 * @category models
 * @since 0.1.0
 */
export interface AudioFrame {
  readonly sampleRate: SampleRate
  readonly samples: Int16Array
}

const known: ReadonlySet<unknown> = new Set(sampleRates)

const bytesPerSample = 2

/** Typed arrays have the byte order of the machine, the wire is little-endian. */
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * Whether a number is one of {@link sampleRates}.
 *
 * @category guards
 * @since 0.1.0
 */
export const isSampleRate = (value: unknown): value is SampleRate => known.has(value)

/**
 * A frame of samples that are there already, which are not copied.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (samples: Int16Array, sampleRate: SampleRate): AudioFrame => ({ sampleRate, samples })

/**
 * A frame of little-endian bytes, as a view: nothing is copied unless the bytes begin at an odd place of their buffer,
 * where a view of 16-bit numbers cannot begin, or the machine is big-endian.
 *
 * Fails with `Empty`, `OddLength` or, for numbers of unknown origin, `UnsupportedRate`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromBytes = (bytes: Uint8Array, sampleRate: number): Result.Result<AudioFrame, AudioError> => {
  if (!isSampleRate(sampleRate)) return refuse(Reason.UnsupportedRate({ sampleRate }))
  if (bytes.byteLength === 0) return refuse(Reason.Empty())
  if (bytes.byteLength % bytesPerSample !== 0) return refuse(Reason.OddLength({ byteLength: bytes.byteLength }))
  return Result.succeed(make(samplesOf(bytes), sampleRate))
}

const refuse = (reason: Reason): Result.Result<never, AudioError> => Result.fail(new AudioError({ reason }))

const samplesOf = (bytes: Uint8Array): Int16Array => {
  const isView = isLittleEndian && bytes.byteOffset % bytesPerSample === 0
  const aligned = isView ? bytes : inWireOrder(new Uint8Array(bytes))
  return new Int16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / bytesPerSample)
}

/** Turns the bytes of each sample round where the machine is big-endian, in place. */
const inWireOrder = (bytes: Uint8Array): Uint8Array => {
  if (isLittleEndian) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.byteLength; at += bytesPerSample) view.setInt16(at, view.getInt16(at, true), false)
  return bytes
}

/**
 * The samples as little-endian bytes: a view, but on a big-endian machine.
 *
 * @category destructors
 * @since 0.1.0
 */
export const toBytes = ({ samples }: AudioFrame): Uint8Array => {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  return isLittleEndian ? bytes : inWireOrder(new Uint8Array(bytes))
}

/**
 * @category getters
 * @since 0.1.0
 */
export const sampleCount = (frame: AudioFrame): number => frame.samples.length

/**
 * In milliseconds, with a fraction when the samples make no whole number of them.
 *
 * @category getters
 * @since 0.1.0
 */
export const durationMs = (frame: AudioFrame): number => frame.samples.length / (frame.sampleRate / 1000)

/**
 * @category getters
 * @since 0.1.0
 */
export const duration = (frame: AudioFrame): Duration.Duration => Duration.millis(durationMs(frame))

/**
 * Silence, of the nearest whole number of samples.
 *
 * @category constructors
 * @since 0.1.0
 */
export const silence = (length: Duration.Input, sampleRate: SampleRate): AudioFrame =>
  make(new Int16Array(Math.round(Duration.toMillis(length) * (sampleRate / 1000))), sampleRate)

/**
 * One after another, or `Empty` when there are none, or `RateMismatch` against the first.
 *
 * @category combining
 * @since 0.1.0
 */
export const concat = (frames: Iterable<AudioFrame>): Result.Result<AudioFrame, AudioError> => {
  const all = [...frames]
  const first = all[0]
  if (first === undefined) return refuse(Reason.Empty())
  const other = all.find(({ sampleRate }) => sampleRate !== first.sampleRate)
  if (other !== undefined) {
    return refuse(Reason.RateMismatch({ expected: first.sampleRate, actual: other.sampleRate }))
  }
  const samples = new Int16Array(all.reduce((count, frame) => count + frame.samples.length, 0))
  let at = 0
  for (const frame of all) {
    samples.set(frame.samples, at)
    at += frame.samples.length
  }
  return Result.succeed(make(samples, first.sampleRate))
}

/**
 * Cuts audio into frames of equal length, the last of which may be shorter. They are views: nothing is copied. A length
 * below one sample counts as one sample.
 *
 * @category splitting
 * @since 0.1.0
 */
export const split = (frame: AudioFrame, length: Duration.Input): ReadonlyArray<AudioFrame> => {
  const size = Math.max(1, Math.round(Duration.toMillis(length) * (frame.sampleRate / 1000)))
  return Array.from(
    { length: Math.ceil(frame.samples.length / size) },
    (_, index) => make(frame.samples.subarray(index * size, (index + 1) * size), frame.sampleRate)
  )
}
