import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as show from "../../src/cli/show.ts"
import type { Entry } from "../../src/core/journal/Entry.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { hangup, place, play } from "../platform.ts"

const busy = "919840007001"
const patient = "919840007100"

/** A busy call that has ended, then one that plays. */
const journal = Effect.gen(function*() {
  const ended = yield* place({ to: busy, pipeline: [hangup] })
  yield* TestClock.adjust("2 seconds")
  const live = yield* place({ to: patient, pipeline: [play("a.wav")] })
  yield* TestClock.adjust("1 second")
  const entries = yield* (yield* Simulator.Simulator).journal()
  return { ended, live, entries }
}).pipe(Effect.provide(InProcess.layer()))

/** As they arrive. */
const ofCall = (entries: ReadonlyArray<Entry>, callId: string) =>
  entries.filter((entry) => "callId" in entry && entry.callId === callId)

describe("one call", () => {
  it.effect("has a heading, its ladder from second 0, and its record", () =>
    Effect.gen(function*() {
      const { ended, entries } = yield* journal
      const lines = ofCall(entries, ended).flatMap(show.call(false))
      assert.match(lines[0] ?? "", /your app +platform +919840007001 +others/)
      assert.match(lines[1] ?? "", /^ {3}0\.000 .*pipeline call/)
      assert.deepStrictEqual(lines.slice(-3), [
        "",
        `  Record ${ended}`,
        "    caller    ..7001       busy                  USER_BUSY"
      ])
    }))

  it.effect("is plain text unless colours are wanted", () =>
    Effect.gen(function*() {
      const { ended, entries } = yield* journal
      assert.notInclude(ofCall(entries, ended).flatMap(show.call(false)).join(""), "\u001b")
      assert.include(ofCall(entries, ended).flatMap(show.call(true)).join(""), "\u001b[31m")
    }))
})

describe("many calls", () => {
  it.effect("count from one moment, and every line names its call", () =>
    Effect.gen(function*() {
      const { ended, entries, live } = yield* journal
      const lines = entries.flatMap(show.calls(500, false))
      assert.isTrue(
        lines.some((line) => line.includes(`${live.slice(-4)} is ${live}, from 914400000001 to ${patient}`))
      )
      const ladder = lines.filter((line) => line.includes("│"))
      assert.isAbove(ladder.length, 5)
      for (const line of ladder) assert.match(line, new RegExp(`(${ended.slice(-4)}|${live.slice(-4)})$`))
      assert.match(ladder.at(-1) ?? "", /^ {3}1\.500 /)
    }))
})

describe("a recorded journal", () => {
  it.effect("gives a call whole when it ends, and those without an end last", () =>
    Effect.gen(function*() {
      const { ended, entries, live } = yield* journal
      const ladders = show.recorded(false)
      const during = entries.flatMap(ladders.add)
      assert.deepStrictEqual(during, ["", ...ofCall(entries, ended).flatMap(show.call(false))])
      assert.deepStrictEqual(ladders.rest(), [
        "",
        ...ofCall(entries, live).flatMap(show.call(false)),
        "",
        "  No record: the journal ends before the call does"
      ])
      assert.deepStrictEqual(ladders.rest(), [])
    }))

  it.effect("keeps runs apart that gave their calls the same ids", () =>
    Effect.gen(function*() {
      const { entries } = yield* journal
      const once = show.recorded(false)
      const expected = [...entries.flatMap(once.add), ...once.rest()]
      const twice = show.recorded(false)
      assert.deepStrictEqual(
        [...entries.flatMap(twice.add), ...entries.flatMap(twice.add), ...twice.rest()],
        [...expected, ...expected]
      )
    }))

  it.effect("shows what befell a call, and leaves out what befell none that goes on", () =>
    Effect.gen(function*() {
      const { entries, live } = yield* journal
      const ladders = show.recorded(false)
      const faulted = {
        _tag: "Faulted",
        seq: 99,
        at: 3000,
        tenant: "default",
        fault: "Lost",
        webhook: "Event"
      } as const
      for (const entry of entries) ladders.add(entry)
      assert.deepStrictEqual([ladders.add({ ...faulted, callId: live }), ladders.add(faulted)], [[], []])
      const lines = ladders.rest().filter((line) => line.includes("fault"))
      assert.lengthOf(lines, 1)
      assert.match(lines[0] ?? "", /fault Lost: Event/)
    }))

  it.effect("shows what befell the request that placed a call, below the heading, as the live ladder does", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      yield* simulator.faults.add({ name: "slow", fault: { _tag: "Delay", ms: 2000 }, when: { first: 1 } })
      const placing = yield* Effect.forkChild(place({ to: busy, pipeline: [hangup] }), { startImmediately: true })
      yield* TestClock.adjust("2 seconds")
      const callId = yield* Fiber.join(placing)
      yield* TestClock.adjust("2 seconds")
      const shown = show.recorded(false)
      const [, ...recorded] = (yield* simulator.journal()).flatMap(shown.add)
      const live = (yield* simulator.journal({ callId })).flatMap(show.call(false))
      assert.deepStrictEqual(recorded, live)
      assert.match(live[0] ?? "", /your app/)
      assert.match(live[1] ?? "", /^ {3}0\.000 .*fault Delay \(slow\): POST \/v3\/voice\/pcmo\/call/)
      assert.match(live[2] ?? "", /^ {3}2\.000 .*pipeline call/)
    }).pipe(Effect.provide(InProcess.layer())))

  it("says of a call that the simulator broke on it", () => {
    const broke: Entry = {
      _tag: "Broke",
      seq: 2,
      at: 0,
      tenant: "default",
      callId: "c",
      causedBy: 1,
      message: "Error: oh"
    }
    assert.include(show.recorded(false).add(broke).join("\n"), "the simulator broke on this call: Error: oh")
  })
})
