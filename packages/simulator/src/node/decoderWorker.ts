/** Decodes mp3 and ogg in a thread of its own, one message at a time, for whoever waits for it: see AudioDecoders. */
import { type MessagePort, workerData } from "node:worker_threads"
import * as AnyRate from "../core/media/AnyRate.ts"
import type { Sound } from "../core/media/Conversation.ts"

/** What a thread is given: the port of its questions, and what wakes the one who asks. */
export interface Given {
  readonly port: MessagePort
  readonly woken: Int32Array
  readonly longestMs: number
}

/** What is asked, and what is answered: audio, or why there is none. */
export interface Question {
  readonly library: Library
  readonly bytes: Uint8Array
}
export type Answer = Sound | string

/** The libraries, by the names of their packages. */
export type Library = "mpg123-decoder" | "ogg-opus-decoder" | "@wasm-audio-decoders/ogg-vorbis"

interface Decoded {
  readonly channelData: ReadonlyArray<Float32Array>
  readonly samplesDecoded: number
  readonly sampleRate: number
}

interface Decoder {
  readonly ready: Promise<void>
  readonly decode: (bytes: Uint8Array) => Decoded | Promise<Decoded>
  readonly flush?: () => Promise<Decoded>
  readonly free: () => void
}

const decoderOf = async (library: Library): Promise<Decoder> => {
  switch (library) {
    case "mpg123-decoder":
      return new (await import("mpg123-decoder")).MPEGDecoder()
    case "ogg-opus-decoder":
      return new (await import("ogg-opus-decoder")).OggOpusDecoder()
    case "@wasm-audio-decoders/ogg-vorbis":
      return new (await import("@wasm-audio-decoders/ogg-vorbis")).OggVorbisDecoder()
  }
}

/** Bytes at a time, so that few bytes that stand for hours of audio are found out early. */
const pieceBytes = 16_384

/** One channel of all. */
const mixed = ({ channelData, samplesDecoded }: Decoded): Float32Array =>
  Float32Array.from(
    { length: samplesDecoded },
    (_, place) => channelData.reduce((sum, channel) => sum + (channel[place] ?? 0), 0) / channelData.length
  )

const joined = (parts: ReadonlyArray<Float32Array>): Float32Array => {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const answerTo = async ({ bytes, library }: Question, longestMs: number): Promise<Answer> => {
  const decoder = await decoderOf(library)
  await decoder.ready
  const parts: Array<Float32Array> = []
  let sampleRate = 0
  let sampleCount = 0
  const take = (decoded: Decoded): void => {
    if (decoded.samplesDecoded <= 0) return
    sampleRate = decoded.sampleRate
    sampleCount += decoded.samplesDecoded
    parts.push(mixed(decoded))
  }
  const isTooLong = () => sampleCount > longestMs * (sampleRate / 1000)
  for (let at = 0; at < bytes.length && !isTooLong(); at += pieceBytes) {
    take(await decoder.decode(bytes.subarray(at, at + pieceBytes)))
  }
  if (!isTooLong() && decoder.flush !== undefined) take(await decoder.flush())
  decoder.free()
  if (isTooLong()) return `is longer than ${longestMs / 1000} s`
  if (sampleCount === 0) return "holds no audio"
  return AnyRate.frame(joined(parts), sampleRate) ?? `has ${sampleRate} samples a second`
}

const serve = ({ longestMs, port, woken }: Given): void => {
  port.on("message", (question: Question) => {
    const reply = (answer: Answer): void => {
      port.postMessage(answer)
      Atomics.store(woken, 0, 1)
      Atomics.notify(woken, 0)
    }
    answerTo(question, longestMs).then(reply, (error: unknown) => reply(`does not decode: ${String(error)}`))
  })
}

serve(workerData)
