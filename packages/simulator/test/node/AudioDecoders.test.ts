/**
 * The fixtures are 400 ms of a tone of 440 Hz, amplitude 8000, made from one WAV file of 8 kHz by lame 3.100 (`-b 16`, and
 * `-b 64 --resample 44.1`), oggenc 1.4.2 (`-q 0`) and opusenc 0.2 (`--bitrate 12`) in November 2026.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Audio } from "../../src/core/stream/StreamCodec.ts"
import { Decoder } from "../../src/engine/Decoder.ts"
import * as AudioDecoders from "../../src/node/AudioDecoders.ts"

const fixture = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, "fixtures", name))

const audio = (type: Audio["type"], bytes: Uint8Array): Audio => ({ _tag: "Audio", type, sampleRate: 8000, bytes })

/** The amplitude of a tone in a sound, away from its ends (Goertzel). */
const amplitudeOf = (hertz: number, samples: Int16Array, sampleRate: number): number => {
  const within = samples.subarray(Math.round(0.2 * sampleRate), Math.round(0.35 * sampleRate))
  let real = 0
  let imaginary = 0
  for (const [place, sample] of within.entries()) {
    real += sample * Math.cos((2 * Math.PI * hertz * place) / sampleRate)
    imaginary += sample * Math.sin((2 * Math.PI * hertz * place) / sampleRate)
  }
  return (2 * Math.hypot(real, imaginary)) / within.length
}

const decoded = (one: Audio) => Effect.map(Decoder, (decode) => decode(one)).pipe(Effect.provide(AudioDecoders.layer))

describe("the decoders", () => {
  const files = [
    ["mp3", "tone.mp3", 8000],
    ["mp3", "tone44.mp3", 48_000],
    ["ogg", "tone.vorbis.ogg", 8000],
    ["ogg", "tone.opus.ogg", 48_000]
  ] as const
  for (const [type, name, rate] of files) {
    it.effect(`hear the tone in ${name}, and nothing else`, () =>
      Effect.gen(function*() {
        const sound = yield* decoded(audio(type, fixture(name)))
        assert(typeof sound === "object")
        assert.strictEqual(sound.sampleRate, rate)
        const ms = sound.samples.length / (rate / 1000)
        assert.isAtLeast(ms, 400)
        assert.isAtMost(ms, 600)
        assert.approximately(amplitudeOf(440, sound.samples, rate), 8000, 800)
        assert.isBelow(amplitudeOf(1000, sound.samples, rate), 200)
      }))
  }

  it.effect("give the same again, whatever they decoded before", () =>
    Effect.gen(function*() {
      const decode = yield* Decoder
      const all = () => files.map(([type, name]) => decode(audio(type, fixture(name))))
      assert.deepStrictEqual(all(), all())
    }).pipe(Effect.provide(AudioDecoders.layer)))

  it.effect("say of bytes that are no audio that they hold none, and go on", () =>
    Effect.gen(function*() {
      const decode = yield* Decoder
      const noise = Uint8Array.from({ length: 5000 }, (_, place) => (place * 7919) % 251)
      const broken = fixture("tone.opus.ogg").slice(0, 100)
      const swapped = fixture("tone.vorbis.ogg").map((byte, place) => place > 60 ? byte ^ 0x55 : byte)
      for (const bytes of [new Uint8Array(0), noise, broken]) assert.match(String(decode(audio("mp3", bytes))), /^mp3 /)
      for (const bytes of [new Uint8Array(0), noise, broken, swapped]) {
        assert.match(String(decode(audio("ogg", bytes))), /^ogg /)
      }
      assert.strictEqual(decode(audio("ogg", noise)), "ogg that is neither Opus nor Vorbis")
      assert.isUndefined(decode(audio("raw", noise)))
      assert.isObject(decode(audio("mp3", fixture("tone.mp3"))))
    }).pipe(Effect.provide(AudioDecoders.layer)))

  it.effect("that are not installed are said by their packages", () =>
    Effect.gen(function*() {
      const decode = yield* AudioDecoders.make(() => false)
      assert.deepStrictEqual(files.map(([type, name]) => decode(audio(type, fixture(name)))), [
        "mp3 is not decoded: install mpg123-decoder",
        "mp3 is not decoded: install mpg123-decoder",
        "ogg is not decoded: install @wasm-audio-decoders/ogg-vorbis",
        "ogg is not decoded: install ogg-opus-decoder"
      ])
    }).pipe(Effect.scoped))

  it.effect("refuse what stands for hours", () =>
    Effect.gen(function*() {
      const mp3 = fixture("tone.mp3")
      const times = Math.ceil(AudioDecoders.longestMs / 400)
      const long = new Uint8Array(mp3.length * times)
      for (let copy = 0; copy < times; copy += 1) long.set(mp3, copy * mp3.length)
      assert.strictEqual(yield* decoded(audio("mp3", long)), "mp3 is longer than 600 s")
    }))
})
