/** WAV files of 16-bit PCM in one or two channels. */
import * as Result from "effect/Result"
import { AudioError, Reason } from "./AudioError.ts"
import * as AudioFrame from "./AudioFrame.ts"

/**
 * One voice, or the left and the right one, at the same rate and of the same length when they were read.
 *
 * @category models
 * @since 0.1.0
 */
export type Channels =
  | readonly [mono: AudioFrame.AudioFrame]
  | readonly [left: AudioFrame.AudioFrame, right: AudioFrame.AudioFrame]

/**
 * @category models
 * @since 0.1.0
 */
export interface DecodeOptions {
  /** A longer file is refused. Default: 64 MiB. */
  readonly maximumBytes?: number
}

interface Chunk {
  readonly start: number
  readonly end: number
}

interface Format {
  readonly format: number
  readonly channels: number
  readonly sampleRate: number
  readonly bitsPerSample: number
}

const pcm = 1
/** A format whose real code follows in a longer header. */
const extensible = 0xfffe
const headerBytes = 44
const defaultMaximumBytes = 64 * 1024 * 1024

const refuse = (reason: Reason): Result.Result<never, AudioError> => Result.fail(new AudioError({ reason }))

const invalid = (why: string): Result.Result<never, AudioError> => refuse(Reason.InvalidWav({ why }))

const textAt = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))

/**
 * The first chunk of a name. Sizes that reach beyond the end of the file stop there: writers that cannot go back leave
 * the size of the samples open. Chunks begin at even places.
 */
const findChunk = (view: DataView, id: string): Chunk | undefined => {
  for (let at = 12; at + 8 <= view.byteLength;) {
    const start = at + 8
    const end = start + view.getUint32(at + 4, true)
    if (textAt(view, at) === id) return { start, end: Math.min(end, view.byteLength) }
    at = end + (end % 2)
  }
  return undefined
}

const formatOf = (view: DataView, { end, start }: Chunk): Format | undefined => {
  if (end - start < 16) return undefined
  const format = view.getUint16(start, true)
  return {
    format: format === extensible && end - start >= 26 ? view.getUint16(start + 24, true) : format,
    channels: view.getUint16(start + 2, true),
    sampleRate: view.getUint32(start + 4, true),
    bitsPerSample: view.getUint16(start + 14, true)
  }
}

/** Every second sample, the first or the second of each pair. */
const everySecond = (both: Int16Array, offset: number): Int16Array => {
  const samples = new Int16Array(both.length / 2)
  for (let index = 0; index < samples.length; index += 1) samples[index] = both[2 * index + offset] ?? 0
  return samples
}

const channelsOf = (
  { channels, sampleRate }: Format,
  bytes: Uint8Array
): Result.Result<Channels, AudioError> => {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % (2 * channels)))
  return Result.map(AudioFrame.fromBytes(whole, sampleRate), (frame): Channels => {
    if (channels === 1) return [frame]
    const channel = (offset: number) => AudioFrame.make(everySecond(frame.samples, offset), frame.sampleRate)
    return [channel(0), channel(1)]
  })
}

/**
 * Reads a file, with whatever other chunks it has; one that breaks off, in what is there of whole samples. A file of one
 * channel is not copied: its frame is a view of the bytes.
 *
 * Fails with `TooLong`, `InvalidWav`, `UnsupportedWav`, `UnsupportedRate`, or `Empty` when there are no samples in it.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (bytes: Uint8Array, options: DecodeOptions = {}): Result.Result<Channels, AudioError> => {
  const maximumBytes = options.maximumBytes ?? defaultMaximumBytes
  if (bytes.length > maximumBytes) return refuse(Reason.TooLong({ byteLength: bytes.length, maximumBytes }))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || textAt(view, 0) !== "RIFF" || textAt(view, 8) !== "WAVE") {
    return invalid("it does not begin as one")
  }
  const formatChunk = findChunk(view, "fmt ")
  const format = formatChunk === undefined ? undefined : formatOf(view, formatChunk)
  if (format === undefined) return invalid("it does not tell its format")
  const samples = findChunk(view, "data")
  if (samples === undefined) return invalid("it has no samples chunk")
  const { bitsPerSample, channels, sampleRate } = format
  if (format.format !== pcm || bitsPerSample !== 16 || (channels !== 1 && channels !== 2)) {
    return refuse(Reason.UnsupportedWav({ format: format.format, channels, bitsPerSample }))
  }
  if (!AudioFrame.isSampleRate(sampleRate)) return refuse(Reason.UnsupportedRate({ sampleRate }))
  return channelsOf(format, bytes.subarray(samples.start, samples.end))
}

/**
 * Writes a file. The shorter of two channels is followed by silence. Fails with `RateMismatch` when their rates differ.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (channels: Channels): Result.Result<Uint8Array, AudioError> => {
  const [left, right] = channels
  const { sampleRate } = left
  if (right !== undefined && right.sampleRate !== sampleRate) {
    return refuse(Reason.RateMismatch({ expected: sampleRate, actual: right.sampleRate }))
  }
  const samples = right === undefined ? left.samples : interleave(left.samples, right.samples)
  const file = new Uint8Array(headerBytes + 2 * samples.length)
  writeHeader(new DataView(file.buffer), channels.length, sampleRate, 2 * samples.length)
  file.set(AudioFrame.toBytes(AudioFrame.make(samples, sampleRate)), headerBytes)
  return Result.succeed(file)
}

const interleave = (left: Int16Array, right: Int16Array): Int16Array => {
  const both = new Int16Array(2 * Math.max(left.length, right.length))
  for (let index = 0; index < left.length; index += 1) both[2 * index] = left[index] ?? 0
  for (let index = 0; index < right.length; index += 1) both[2 * index + 1] = right[index] ?? 0
  return both
}

const writeText = (view: DataView, at: number, text: string): void => {
  for (let index = 0; index < text.length; index += 1) view.setUint8(at + index, text.charCodeAt(index))
}

const writeHeader = (view: DataView, channels: number, sampleRate: number, byteLength: number): void => {
  writeText(view, 0, "RIFF")
  view.setUint32(4, headerBytes - 8 + byteLength, true)
  writeText(view, 8, "WAVEfmt ")
  view.setUint32(16, 16, true)
  view.setUint16(20, pcm, true)
  view.setUint16(22, channels, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * channels * 2, true)
  view.setUint16(32, channels * 2, true)
  view.setUint16(34, 16, true)
  writeText(view, 36, "data")
  view.setUint32(40, byteLength, true)
}
