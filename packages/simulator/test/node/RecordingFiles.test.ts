import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
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

/** What a folder holds after some work with it. */
const written = <E>(work: (folder: string) => Effect.Effect<void, E>) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    yield* work(folder)
    return (yield* files.readDirectory(folder)).toSorted()
  }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))

it.effect("takes what is to be written at once, since it may be gone by the time that the disk is free", () =>
  Effect.gen(function*() {
    const kept = new Map([["a", recording], ["b", recording], ["c", recording]])
    const names = yield* written((folder) =>
      Effect.scoped(Effect.gen(function*() {
        const keep = yield* RecordingFiles.make(folder)
        const source: RecordingFiles.Source = {
          ledgerOf: () => [{ streamId: "one" }],
          recordingOf: (callId) => kept.get(callId)
        }
        yield* Effect.forkChild(Effect.sync(() => kept.clear()))
        yield* keep(source, "red-")([...kept.keys()].map((callId) => streamed(callId)))
      }))
    )
    assert.deepStrictEqual(names, ["red-a.wav", "red-b.wav", "red-c.wav"])
  }))

it.effect("writes the first stream of a call, once, and nothing of which nothing was kept", () =>
  Effect.gen(function*() {
    let taken = 0
    const names = yield* written((folder) =>
      Effect.scoped(Effect.gen(function*() {
        const keep = yield* RecordingFiles.make(folder)
        const recordingOf = (callId: string): Recording | undefined => {
          taken += 1
          return callId === "a" ? recording : undefined
        }
        const ledgerOf = () => [{ streamId: "one" }, { streamId: "two" }]
        yield* keep({ ledgerOf, recordingOf }, "")([streamed("a"), streamed("a", "two"), streamed("b")])
      }))
    )
    assert.deepStrictEqual(names, ["a.wav"])
    assert.strictEqual(taken, 2)
  }))
