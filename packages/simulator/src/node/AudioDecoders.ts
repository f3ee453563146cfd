/**
 * Decodes the mp3 and ogg that apps send, with the packages `mpg123-decoder`, `ogg-opus-decoder` and
 * `@wasm-audio-decoders/ogg-vorbis`, as far as they are installed.
 *
 * They decode in a thread, and whoever asks waits for it: audio is there in the moment in which it came, under every
 * clock.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createRequire } from "node:module"
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads"
import type { Audio } from "../core/stream/StreamCodec.ts"
import { Decoder } from "../engine/Decoder.ts"
import type { Answer, Given, Library, Question } from "./decoderWorker.ts"

/**
 * The longest audio of one message that is decoded, in milliseconds.
 *
 * @category constants
 * @since 0.1.0
 */
export const longestMs = 600_000

/**
 * The longest that the decoding of a message may take, in milliseconds.
 *
 * @category constants
 * @since 0.1.0
 */
export const patienceMs = 5000

const heapMegabytes = 512

const require = createRequire(import.meta.url)

const isInstalled = (library: Library): boolean =>
  Effect.runSync(Effect.isSuccess(Effect.try(() => require.resolve(library))))

/** What the first page of an ogg file holds. */
const inOgg = (bytes: Uint8Array): Library | undefined => {
  const head = Buffer.from(bytes.subarray(0, 64)).toString("latin1")
  if (head.includes("OpusHead")) return "ogg-opus-decoder"
  return head.includes("\x01vorbis") ? "@wasm-audio-decoders/ogg-vorbis" : undefined
}

const libraryFor = ({ bytes, type }: Audio): Library | undefined =>
  type === "mp3" ? "mpg123-decoder" : type === "ogg" ? inOgg(bytes) : undefined

/** This file lies beside the worker as TypeScript, or as what was made of it. */
const worker = new URL(`./decoderWorker${import.meta.url.slice(-3)}`, import.meta.url)

const startThread = () => {
  const { port1, port2 } = new MessageChannel()
  const woken = new Int32Array(new SharedArrayBuffer(4))
  const given: Given = { port: port2, woken, longestMs }
  const thread = new Worker(worker, {
    workerData: given,
    transferList: [port2],
    // What the libraries print is nothing for whoever runs a simulator.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes }
  })
  thread.unref()
  port1.unref()
  thread.on("error", () => {})
  return {
    /** Nothing when it took too long. */
    ask: (question: Question): Answer | undefined => {
      Atomics.store(woken, 0, 0)
      port1.postMessage(question)
      Atomics.wait(woken, 0, 0, patienceMs)
      return receiveMessageOnPort(port1)?.message
    },
    stop: () => {
      port1.close()
      void thread.terminate()
    }
  }
}

/**
 * A decoder with the libraries that are there, until the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(isThere: (library: Library) => boolean) {
  let thread: ReturnType<typeof startThread> | undefined
  const installed = new Map<Library, boolean>()
  const has = (library: Library): boolean => {
    const known = installed.get(library) ?? isThere(library)
    installed.set(library, known)
    return known
  }
  const stop = (): void => {
    thread?.stop()
    thread = undefined
  }
  yield* Effect.addFinalizer(() => Effect.sync(stop))

  return (audio: Audio) => {
    const { bytes, type } = audio
    const library = libraryFor(audio)
    if (library === undefined) return type === "ogg" ? "ogg that is neither Opus nor Vorbis" : undefined
    if (!has(library)) return `${type} is not decoded: install ${library}`
    thread ??= startThread()
    const answer = thread.ask({ library, bytes })
    if (answer === undefined) {
      stop()
      return `${type} takes too long to decode`
    }
    return typeof answer === "string" ? `${type} ${answer}` : answer
  }
})

/**
 * Decodes with what is installed; of the rest the journal says what to install. A thread is started with the first
 * message that needs one.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never> = Layer.effect(Decoder, make(isInstalled))
