import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { type Call, initial, label } from "../../src/core/call/Call.ts"
import { transition } from "../../src/core/call/transition.ts"
import type { Entry } from "../../src/core/journal/Entry.ts"
import * as EntryJson from "../../src/core/journal/EntryJson.ts"
import * as Ladder from "../../src/core/journal/Ladder.ts"
import * as rebuild from "../../src/core/journal/rebuild.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import * as platform from "../platform.ts"

const {
  agentId,
  connect,
  entriesOf,
  hangup,
  jsonReply,
  menuApp,
  phone,
  place,
  placeAgent,
  play,
  post,
  question
} = platform

/** Answers at once and stays. */
const patient = "919840007100"
/** Answers after 1 s and presses 5 at the first question. */
const presser = "919840007305"
const seller = "914400007201"
/** A busy hour: what a person, an agent, a menu and a hand-off leave in a journal. */
const busyHour = Effect.gen(function*() {
  yield* place({ to: presser, pipeline: [question(), play("rest.wav")], variables: { n: 1 } })
  yield* place({ to: patient, pipeline: [connect([phone("914400007001"), phone(seller)])], options: { record: true } })
  const live = yield* placeAgent(patient, agentId)
  yield* TestClock.adjust("3 seconds")
  yield* post("/v3/voice/pcmo/transfer", { call_id: live, pipeline: [connect([phone(seller)]), hangup] })
  yield* post("/v3/voice/call/hangup", { call_id: "not an id" })
  yield* TestClock.adjust("1 hour")
  yield* place({ to: "919840007002", pipeline: [hangup] })
  yield* TestClock.adjust("10 seconds")
  const simulator = yield* Simulator.Simulator
  return yield* simulator.journal()
})
const menuThatConnects = menuApp(() => jsonReply([connect([phone(seller)])])).app
const busyPlatform = (seed: number) =>
  Layer.fresh(InProcess.layer({ app: menuThatConnects, config: { seed } })).pipe(Layer.provideMerge(TestClock.layer()))

describe("the journal", () => {
  it.effect("is the same to the byte for the same seed and the same requests", () =>
    Effect.gen(function*() {
      const first = yield* Effect.provide(busyHour, busyPlatform(11))
      const second = yield* Effect.provide(busyHour, busyPlatform(11))
      assert.isAbove(first.length, 30)
      assert.strictEqual(JSON.stringify(second), JSON.stringify(first))
    }))

  it.effect("has other ids for another seed, and is the same otherwise", () =>
    Effect.gen(function*() {
      const first = yield* Effect.provide(busyHour, busyPlatform(11))
      const second = yield* Effect.provide(busyHour, busyPlatform(12))
      const ids = (entries: ReadonlyArray<Entry>) => new Set(entriesOf(entries, "Turned").map(({ callId }) => callId))
      assert.deepEqual([...ids(first)].filter((id) => ids(second).has(id)), [])
      assert.deepEqual(
        second.map(({ _tag, at, seq }) => [_tag, at, seq]),
        first.map(({ _tag, at, seq }) => [_tag, at, seq])
      )
    }))

  it.effect("rebuilds the state of every call by itself, also after a round trip through JSON", () =>
    Effect.gen(function*() {
      const entries = yield* busyHour
      const simulator = yield* Simulator.Simulator
      const [live] = yield* simulator.live
      assert.isDefined(live)
      const read: ReadonlyArray<Entry> = JSON.parse(JSON.stringify(entries))
      const rebuilt = rebuild.call(read, live?.origin.callId ?? "")
      assert.deepEqual(rebuilt, live)
      for (const record of yield* simulator.records) {
        const call = rebuild.call(read, record.callId)
        assert.strictEqual(call.phase, "Ended")
        assert.deepEqual(call.ending?.at, record.endedAt)
        assert.deepEqual(call.inputs, record.inputs)
      }
      assert.deepEqual(rebuild.call(read, "nobody"), initial)
    }).pipe(Effect.provide(busyPlatform(3))))

  it.effect("is read back from its lines of JSON, every entry with the ladder that it has", () =>
    Effect.gen(function*() {
      for (const entry of yield* busyHour) {
        const back = Result.getOrThrow(EntryJson.parse(JSON.stringify(entry)))
        assert.deepEqual([back._tag, back.seq, back.at], [entry._tag, entry.seq, entry.at])
        assert.deepEqual(Ladder.rungs(back), Ladder.rungs(entry))
      }
    }).pipe(Effect.provide(busyPlatform(3))))

  it.effect("names the entry that led to each other one, always an earlier one", () =>
    Effect.gen(function*() {
      const entries = yield* busyHour
      const bySeq = new Map(entries.map((entry) => [entry.seq, entry]))
      for (const entry of entries) {
        if (!("causedBy" in entry)) continue
        assert.isBelow(entry.causedBy, entry.seq)
        const cause = bySeq.get(entry.causedBy)
        assert.isDefined(cause)
        if (entry._tag === "Turned" && entry.event._tag === "Originated") assert.strictEqual(cause?._tag, "Requested")
      }
    }).pipe(Effect.provide(busyPlatform(3))))

  it.effect("holds, for each event of a call, every command that the call machine gives for it", () =>
    Effect.gen(function*() {
      const states = new Map<string, Call>()
      for (const { callId, commands, event, from, to } of entriesOf(yield* busyHour, "Turned")) {
        const before = states.get(callId) ?? initial
        const outcome = transition(before, event)
        assert.deepEqual(commands, outcome.commands)
        assert.deepEqual([from, to], [label(before), label(outcome.call)])
        states.set(callId, outcome.call)
      }
      assert.strictEqual(states.size, 4)
    }).pipe(Effect.provide(busyPlatform(3))))
})
