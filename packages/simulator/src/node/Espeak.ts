/** Speaks texts with the synthesiser espeak-ng, where it is installed. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawnSync } from "node:child_process"
import * as AnyRate from "../core/media/AnyRate.ts"
import type { Sound } from "../core/media/Conversation.ts"
import { type SayPrompt, Speech } from "../engine/Sounds.ts"
import { SimulatorError } from "../SimulatorError.ts"

/**
 * `command` is where espeak-ng lies, when it is not found by its name.
 *
 * @category models
 * @since 0.1.0
 */
export interface EspeakOptions {
  readonly command?: string
}

/** How long the program may take for a text, in milliseconds. */
const patienceMs = 10_000
/** Characters of a text that are spoken. */
const longestText = 5000
/** Bytes of a text as audio. */
const longestBytes = 64 * 1024 * 1024
/** Texts of which the audio is kept. */
const keptTexts = 200
/** Samples of all that are kept. */
const keptSamples = 64 * 1024 * 1024

/** At speed 1. */
const wordsPerMinute = 175
const slowest = 80
const fastest = 450

const languagePattern = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i

/** What the program writes to its output: a WAV file that does not know its length. */
const readWav = (bytes: Buffer): Sound | undefined => {
  const data = bytes.indexOf("data")
  if (bytes.length < 44 || bytes.toString("latin1", 0, 4) !== "RIFF" || data < 0) return undefined
  const sampleCount = Math.floor((bytes.length - data - 8) / 2)
  const samples = Float32Array.from(
    { length: sampleCount },
    (_, place) => bytes.readInt16LE(data + 8 + 2 * place) / 32_768
  )
  return AnyRate.frame(samples, bytes.readUInt32LE(24))
}

const speak = (command: string, text: string, speed: number, language: string | undefined): Sound | undefined => {
  const pace = Math.max(slowest, Math.min(fastest, Math.round(wordsPerMinute * speed)))
  const voice = language !== undefined && languagePattern.test(language) ? ["-v", language] : []
  const { status, stdout } = spawnSync(command, ["--stdin", "--stdout", "-s", String(pace), ...voice], {
    input: text.slice(0, longestText),
    timeout: patienceMs,
    maxBuffer: longestBytes
  })
  const sound = status === 0 ? readWav(stdout) : undefined
  // A language that it does not know is spoken as if none were named.
  return sound ?? (voice.length === 0 ? undefined : speak(command, text, speed, undefined))
}

const make = Effect.fnUntraced(function*({ command = "espeak-ng" }: EspeakOptions) {
  const { error, status } = spawnSync(command, ["--version"], { timeout: patienceMs })
  if (error !== undefined || status !== 0) {
    const message = `${command} does not run: install the package espeak-ng, or leave the option out`
    return yield* new SimulatorError({ reason: { _tag: "InvalidConfig", problems: [{ path: "--speech", message }] } })
  }
  const kept = new Map<string, Sound | undefined>()
  let samples = 0
  const keep = (key: string, sound: Sound | undefined): void => {
    kept.set(key, sound)
    samples += sound?.samples.length ?? 0
    for (const [oldest, gone] of kept) {
      if (oldest === key || (kept.size <= keptTexts && samples <= keptSamples)) return
      kept.delete(oldest)
      samples -= gone?.samples.length ?? 0
    }
  }
  return ({ language, speed, text }: SayPrompt): Sound | undefined => {
    const key = JSON.stringify([text, speed, language])
    if (!kept.has(key)) keep(key, speak(command, text, speed, language))
    return kept.get(key)
  }
})

/**
 * Texts are spoken when they are first needed, while everything waits, and kept: of the same text the same audio. What
 * cannot be spoken is speech-like sounds. Fails with `InvalidConfig` when the program does not run.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: EspeakOptions = {}): Layer.Layer<never, SimulatorError> =>
  Layer.effect(Speech, make(options))
