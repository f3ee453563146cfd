import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as Wav from "@effect-piopiy/sdk/Wav"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import type { Entry } from "../../src/core/journal/Entry.ts"
import * as Measures from "../../src/core/media/Measures.ts"
import type { Recording } from "../../src/core/media/Recording.ts"
import * as RecordingFiles from "../../src/node/RecordingFiles.ts"
import * as conversation from "../core/media/conversation.ts"

const { ledger, queue } = conversation.play([], 20)

/** The entry that tells of the end of a stream. */
const streamed = (callId: string, streamId = "one"): Entry => ({
  _tag: "Streamed",
  seq: 1,
  at: 0,
  tenant: "default",
  callId,
  causedBy: 0,
  streamId,
  openedAt: 0,
  measures: Measures.measure(ledger, queue.counts),
  counts: { sent: 1, withheld: 0, dropped: 0, skipped: 0, messages: 0, audio: 0, undecodable: 0, ignored: 0 }
})

const silence = AudioFrame.silence("20 millis", 8000)
const recording: Recording = [silence, silence]

/** A caller whose samples all have a value. */
const tone = (value: number): Recording => [AudioFrame.make(new Int16Array(160).fill(value), 8000), silence]

/** What a folder holds after some work with it: each file with the caller's first sample. */
const written = <E>(work: (folder: string) => Effect.Effect<void, E>) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    yield* work(folder)
    return yield* Effect.forEach((yield* files.readDirectory(folder)).toSorted(), (name) =>
      Effect.map(
        files.readFile(`${folder}/${name}`),
        (bytes) => [name, Result.getOrThrow(Wav.decode(bytes))[0].samples[0]] as const
      ))
  }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))

it.effect("takes what is to be written at once, since it may be gone by the time that the disk is free", () =>
  Effect.gen(function*() {
    const kept = new Map([["a", recording], ["b", recording], ["c", recording]])
    const files = yield* written((folder) =>
      Effect.scoped(Effect.gen(function*() {
        const keep = yield* RecordingFiles.make(folder)
        const source: RecordingFiles.Source = {
          ledgerOf: () => [{ streamId: "one" }],
          recordingOf: (callId) => kept.get(callId)
        }
        for (const callId of [...kept.keys()]) keep(source, "red-", streamed(callId))
        kept.clear()
      }))
    )
    assert.deepStrictEqual(files.map(([name]) => name), ["red-a.wav", "red-b.wav", "red-c.wav"])
  }))

it.effect("writes each stream of a call, the first under the call's name, and nothing of which nothing was kept", () =>
  Effect.gen(function*() {
    const tones = new Map(["one", "two", "three"].map((streamId, place) => [streamId, tone(place + 1)]))
    const files = yield* written((folder) =>
      Effect.scoped(Effect.gen(function*() {
        const keep = yield* RecordingFiles.make(folder)
        const source: RecordingFiles.Source = {
          ledgerOf: () => [{ streamId: "one" }, { streamId: "two" }, { streamId: "three" }],
          recordingOf: (callId, streamId) => callId === "a" ? tones.get(streamId) : undefined
        }
        for (const entry of [streamed("a", "two"), streamed("a", "one"), streamed("b"), streamed("a", "three")]) {
          keep(source, "red-", entry)
        }
      }))
    )
    assert.deepStrictEqual(files, [
      ["red-a-three.wav", 3],
      ["red-a-two.wav", 2],
      ["red-a.wav", 1]
    ])
  }))
