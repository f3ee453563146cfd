import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as Wav from "@effect-piopiy/sdk/Wav"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Sounds } from "../../src/engine/Sounds.ts"
import * as SoundFiles from "../../src/node/SoundFiles.ts"

/** A folder with these files, until the test is over. */
const folderOf = (files: Readonly<Record<string, Uint8Array>>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = mkdtempSync(join(tmpdir(), "sounds-"))
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
      return folder
    }),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  )

const wavOf = (...channels: Wav.Channels) => Result.getOrThrow(Wav.encode(channels))
const frameOf = (sample: number, sampleRate: AudioFrame.SampleRate) =>
  AudioFrame.make(new Int16Array(sampleRate / 10).fill(sample), sampleRate)

const soundsIn = (folder: string) => Effect.provide(Effect.map(Sounds, (sounds) => sounds), SoundFiles.layer(folder))

describe("sounds of a folder", () => {
  it.effect("are its WAV files by their names, of two channels as one, and nothing else of it", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf({
        "hello.wav": wavOf(frameOf(1000, 8000)),
        "Loud.WAV": wavOf(frameOf(1000, 16_000), frameOf(3000, 16_000)),
        "notes.txt": Uint8Array.of(1)
      })
      mkdirSync(join(folder, "more.wav"))
      const sounds = yield* soundsIn(folder)
      assert.deepStrictEqual([...sounds?.keys() ?? []], ["Loud.WAV", "hello.wav"])
      assert.deepStrictEqual(sounds?.get("hello.wav"), frameOf(1000, 8000))
      assert.strictEqual(sounds?.get("Loud.WAV")?.sampleRate, 16_000)
      assert.strictEqual(sounds?.get("Loud.WAV")?.samples.length, 1600)
    }).pipe(Effect.scoped))

  it.effect("that are none are said by the file", () =>
    Effect.gen(function*() {
      const empty = wavOf(AudioFrame.make(new Int16Array(0), 8000))
      const odd = wavOf(frameOf(1, 8000)).slice()
      new DataView(odd.buffer).setUint32(24, 44_100, true)
      for (const bytes of [Uint8Array.of(1, 2, 3), empty, odd]) {
        const folder = yield* folderOf({ "broken.wav": bytes })
        const { message } = yield* Effect.flip(soundsIn(folder))
        assert.include(message, join(folder, "broken.wav"))
        assert.include(message, "is no WAV file of 16-bit samples")
      }
    }).pipe(Effect.scoped))

  it.effect("of a folder that is not there are said by the folder", () =>
    Effect.gen(function*() {
      const { message } = yield* Effect.flip(soundsIn("/nowhere/at/all"))
      assert.match(message, /^\/nowhere\/at\/all: .*ENOENT/)
    }))
})
