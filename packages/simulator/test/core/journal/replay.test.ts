import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import type { Entry } from "../../../src/core/journal/Entry.ts"
import * as EntryJson from "../../../src/core/journal/EntryJson.ts"
import * as replay from "../../../src/core/journal/replay.ts"
import * as Simulator from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { connect, hangup, phone, place, play } from "../../platform.ts"

const recorded = Effect.gen(function*() {
  yield* place({
    to: "919840007100",
    pipeline: [play("a.wav"), connect([phone("914400007001"), phone("914400007201")])]
  })
  yield* place({ to: "919840007002", pipeline: [hangup] })
  yield* TestClock.adjust("1 hour")
  const simulator = yield* Simulator.Simulator
  return yield* simulator.journal()
}).pipe(Effect.provide(InProcess.layer()))

/** Entries as a file has them. */
const read = (entries: ReadonlyArray<unknown>) =>
  entries.map((entry) => {
    const text = JSON.stringify(entry)
    const assumes = Schema.decodeUnknownOption(Schema.Struct({ assumes: Schema.Array(Schema.String) }))(
      JSON.parse(text)
    )
    return { ...Result.getOrThrow(EntryJson.parse(text)), ...(assumes._tag === "Some" ? assumes.value : {}) }
  })

const replayed = (entries: ReadonlyArray<unknown>): replay.Replayed => {
  const replaying = replay.make()
  for (const entry of read(entries)) replaying.add(entry)
  return replaying.result()
}

const isTurn = (entry: Entry) => entry._tag === "Turned"

describe("replaying a journal", () => {
  it.effect("finds nothing where nothing has changed", () =>
    Effect.gen(function*() {
      const entries = yield* recorded
      assert.deepEqual(replayed(entries), { turns: entries.filter(isTurn).length, calls: 2, missing: 0 })
    }))

  it.effect("finds the first turn that comes out differently, by its entry and the path in it", () =>
    Effect.gen(function*() {
      const entries = yield* recorded
      const seq = entries.find((entry) =>
        entry._tag === "Turned" && entry.commands.some(({ _tag }) => _tag === "DialLeg")
      )
        ?.seq
      const changed = entries.map((entry) =>
        entry._tag === "Turned" && entry.seq >= (seq ?? 0)
          ? {
            ...entry,
            commands: entry.commands.map((command) =>
              command._tag === "DialLeg" ? { ...command, callerId: "1" } : command
            )
          }
          : entry
      )
      const found = replayed(changed).changed
      assert.deepEqual([found?.seq, found?.path, found?.recorded, found?.now], [
        seq,
        "commands[0].callerId",
        "1",
        "914400000001"
      ])
    }))

  it.effect.each<readonly [string, (entry: Extract<Entry, { _tag: "Turned" }>) => object, string]>([
    ["a state", (entry) => ({ ...entry, to: "Dancing" }), "to"],
    ["an assumption", (entry) => ({ ...entry, assumes: ["nothing"] }), "assumes"],
    ["an event that is none of this version", (entry) => ({ ...entry, event: { _tag: "Sang", at: entry.at } }), "event"]
  ])("finds %s that differs", ([, change, path]) =>
    Effect.gen(function*() {
      const entries = yield* recorded
      const last = entries.findLast(isTurn)
      const found = replayed(entries.map((entry) => entry === last && entry._tag === "Turned" ? change(entry) : entry))
      assert.strictEqual(found.changed?.seq, last?.seq)
      assert.isTrue(found.changed?.path.startsWith(path), found.changed?.path)
    }))

  it.effect("keeps runs apart that follow each other in one file", () =>
    Effect.gen(function*() {
      const entries = yield* recorded
      const cut = entries.slice(0, -3)
      assert.deepEqual(replayed([...cut, ...entries]).changed, undefined)
    }))

  it.effect("passes over calls whose beginning is not there", () =>
    Effect.gen(function*() {
      const entries = yield* recorded
      const [first] = entries.filter(isTurn)
      const found = replayed(entries.filter((entry) => entry !== first))
      assert.deepEqual([found.calls, found.missing, found.changed], [2, 1, undefined])
      assert.isAbove(found.turns, 0)
    }))
})

describe("comparing two runs", () => {
  it.effect("gives the first entry that differs, by its place", () =>
    Effect.gen(function*() {
      const entries = yield* recorded
      const written: ReadonlyArray<unknown> = JSON.parse(JSON.stringify(entries))
      assert.isUndefined(replay.firstDifference(written, entries))
      assert.deepEqual(
        replay.firstDifference(written, entries.map((entry, index) => index < 4 ? entry : { ...entry, at: 1e6 })),
        { index: 4, path: "at", left: entries[4]?.at, right: 1e6 }
      )
      assert.deepEqual(replay.firstDifference(written, entries.slice(0, 5)), {
        index: 5,
        path: "",
        left: written[5],
        right: undefined
      })
    }))

  it("passes over how well the machine kept time on a stream, and nothing else of it", () => {
    const streamed = { _tag: "Streamed", seq: 9, at: 500, counts: { sent: 25 }, lateness: { p50: 0, p99: 0, max: 0 } }
    const live = { ...streamed, lateness: { p50: 0, p99: 2, max: 9 }, timer: { p50: 0.2, p99: 1.5, max: 8.8 } }
    assert.isUndefined(replay.firstDifference([live], [streamed]))
    assert.isUndefined(replay.firstDifference([streamed], [live]))
    assert.deepEqual(replay.firstDifference([live], [{ ...streamed, counts: { sent: 24 } }]), {
      index: 0,
      path: "counts.sent",
      left: 25,
      right: 24
    })
    const other = { ...live, _tag: "Other" }
    assert.strictEqual(replay.firstDifference([other], [{ ...other, timer: 1 }])?.path, "timer")
  })
})
