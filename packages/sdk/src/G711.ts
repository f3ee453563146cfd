/**
 * The telephone network's own coding: one byte a sample, 8000 samples a second, by mu-law or A-law. The values are those of
 * ITU-T Recommendation G.711, at the 16-bit scale of its software tool library.
 */
import * as Result from "effect/Result"
import { AudioError, Reason } from "./AudioError.ts"
import * as AudioFrame from "./AudioFrame.ts"

const sampleRate = 8000

/** The sign bit of a code is set for positive samples; all bits are turned over on the line. */
const expandMuLaw = (byte: number): number => {
  const code = ~byte & 0xff
  const magnitude = ((((code & 0x0f) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
  return (code & 0x80) === 0 ? magnitude : -magnitude
}

/** Every second bit of a code is turned over on the line. */
const expandALaw = (byte: number): number => {
  const code = byte ^ 0x55
  const segment = (code >> 4) & 7
  const step = ((code & 0x0f) << 4) + 8
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1)
  return (code & 0x80) === 0 ? -magnitude : magnitude
}

const muLaw = Int16Array.from({ length: 256 }, (_, byte) => expandMuLaw(byte))

const aLaw = Int16Array.from({ length: 256 }, (_, byte) => expandALaw(byte))

const decodeBy = (table: Int16Array) => (bytes: Uint8Array): AudioFrame.AudioFrame => {
  const samples = new Int16Array(bytes.length)
  for (let index = 0; index < bytes.length; index += 1) samples[index] = table[bytes[index] ?? 0] ?? 0
  return AudioFrame.make(samples, sampleRate)
}

/** The size of a sample without its sign; negative ones count from -1, so that each has a partner. */
const sizeOf = (sample: number): number => (sample < 0 ? ~sample : sample)

const compressMuLaw = (sample: number): number => {
  const size = Math.min(sizeOf(sample) >> 2, 8158) + 33
  const segment = 26 - Math.clz32(size)
  const code = (segment << 4) | ((size >> (segment + 1)) & 0x0f)
  return ~(sample < 0 ? code | 0x80 : code) & 0xff
}

const compressALaw = (sample: number): number => {
  const size = sizeOf(sample) >> 4
  const segment = Math.max(0, 28 - Math.clz32(size))
  const code = (segment << 4) | ((segment === 0 ? size : size >> (segment - 1)) & 0x0f)
  return (sample < 0 ? code : code | 0x80) ^ 0x55
}

const encodeBy =
  (compress: (sample: number) => number) => (frame: AudioFrame.AudioFrame): Result.Result<Uint8Array, AudioError> => {
    if (frame.sampleRate !== sampleRate) {
      return Result.fail(
        new AudioError({ reason: Reason.RateMismatch({ expected: sampleRate, actual: frame.sampleRate }) })
      )
    }
    const { samples } = frame
    const bytes = new Uint8Array(samples.length)
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = compress(samples[index] ?? 0)
    return Result.succeed(bytes)
  }

/**
 * Mu-law bytes as samples, of at most ±32124.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeMuLaw: (bytes: Uint8Array) => AudioFrame.AudioFrame = decodeBy(muLaw)

/**
 * A-law bytes as samples, of at most ±32256.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeALaw: (bytes: Uint8Array) => AudioFrame.AudioFrame = decodeBy(aLaw)

/**
 * Samples as mu-law bytes. Fails with `RateMismatch` unless they are at 8000 a second.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeMuLaw: (frame: AudioFrame.AudioFrame) => Result.Result<Uint8Array, AudioError> = encodeBy(
  compressMuLaw
)

/**
 * Samples as A-law bytes. Fails with `RateMismatch` unless they are at 8000 a second.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeALaw: (frame: AudioFrame.AudioFrame) => Result.Result<Uint8Array, AudioError> = encodeBy(
  compressALaw
)
