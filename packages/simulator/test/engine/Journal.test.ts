import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type { CallRecord, LegRecord } from "../../src/core/call/CallRecord.ts"
import type { Draft, Entry } from "../../src/core/journal/Entry.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Timeline from "../../src/engine/Timeline.ts"

const journalOf = (bounds: Partial<Journal.Bounds> = {}) =>
  Journal.layer({
    tenant: "acme",
    seed: 7,
    version: "1.2.3",
    bounds: { ...Journal.defaultBounds, ...bounds }
  }).pipe(Layer.provide(Layer.fresh(Timeline.layer)))

const requested: Draft = { _tag: "Requested", operation: "POST /v3/voice/ai/call" }
const refused: Draft = { _tag: "Refused", causedBy: 1, operation: "POST /v3/x", status: 400, error: "invalid_request" }

const faulted = (causedBy: number): Draft => ({ _tag: "Faulted", faultId: "fault1", fault: "Reset", causedBy })

const rang = (callId: string, causedBy = 0): Draft => ({
  _tag: "Turned",
  callId,
  causedBy,
  event: { _tag: "LegRinging", at: 0, legId: "caller" },
  from: "Calling",
  to: "Calling",
  commands: []
})

const legOf = (legId: string, uuid: string): LegRecord => ({
  legId,
  uuid,
  endpoint: { _tag: "Pstn", number: "919840000000" },
  startedAt: 0,
  endedAt: 0,
  durationMs: 0,
  disposition: "Missed",
  hangupCause: "NO_ANSWER"
})

const recordOf = (callId: string): CallRecord => ({
  callId,
  requestId: `request of ${callId}`,
  kind: "Pipeline",
  direction: "outbound",
  callerId: "914440000000",
  to: "919840000000",
  startedAt: 0,
  endedAt: 0,
  durationMs: 0,
  disposition: "Missed",
  hangupCause: "NO_ANSWER",
  endedBy: "Timeout",
  legs: [legOf("caller", callId), legOf("callee1", `second leg of ${callId}`)],
  transfers: [],
  inputs: [],
  recordings: [],
  streams: [],
  variables: {}
})

const ended = (callId: string): Draft => ({
  _tag: "Turned",
  callId,
  causedBy: 0,
  event: { _tag: "TimerFired", at: 0, timer: "ring:caller", generation: 1 },
  from: "Calling",
  to: "Ended",
  commands: [{ _tag: "WriteRecord", record: recordOf(callId) }]
})

const delivered = (callId: string): Draft => ({
  _tag: "Delivered",
  callId,
  causedBy: 1,
  deliveryId: "delivery1",
  url: "http://127.0.0.1/menu",
  notice: {
    _tag: "Input",
    callId,
    callerId: "914440000000",
    to: "919840000000",
    result: { status: "no_input", inputType: "dtmf" },
    variables: {}
  },
  attempt: 1,
  durationMs: 10,
  outcome: "Empty"
})

const callOf = (entry: Entry): string | undefined => "callId" in entry ? entry.callId : undefined
const seqs = (entries: ReadonlyArray<Entry>): ReadonlyArray<number> => entries.map(({ seq }) => seq)

/** Calls of `size` entries each, one after another, each ended by its last entry. */
const wholeCalls = (journal: Journal.Journal["Service"], count: number, size: number, name = "call") => {
  for (let index = 0; index < count; index++) {
    for (let entry = 1; entry < size; entry++) journal.append(rang(`${name}${index}`))
    journal.append(ended(`${name}${index}`))
  }
}

describe("Journal", () => {
  it.effect("begins with what it takes to repeat the run", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("2 seconds")
      yield* Effect.gen(function*() {
        const journal = yield* Journal.Journal
        assert.deepEqual(journal.read(), [
          { seq: 1, at: 0, tenant: "acme", _tag: "Started", version: "1.2.3", seed: 7, originEpochMs: 2000 }
        ])
      }).pipe(Effect.provide(journalOf()))
    }))

  it.effect("numbers entries without gaps and dates them from the origin", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      assert.strictEqual(journal.append(requested), 2)
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(journal.append(rang("a")), 3)
      assert.deepEqual(journal.read().map(({ at, seq }) => [seq, at]), [[1, 0], [2, 0], [3, 3000]])
    }).pipe(Effect.provide(journalOf())))

  it.effect("reads from a seq, up to a limit, and by call", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      for (const callId of ["a", "b", "a", "b", "a"]) journal.append(rang(callId))
      assert.deepEqual(seqs(journal.read({ from: 4 })), [4, 5, 6])
      assert.deepEqual(seqs(journal.read({ from: 2, limit: 2 })), [2, 3])
      assert.deepEqual(seqs(journal.read({ callId: "a" })), [2, 4, 6])
      assert.deepEqual(seqs(journal.read({ callId: "a", from: 3, limit: 1 })), [4])
      assert.deepEqual(seqs(journal.read({ limit: 0 })), [])
      assert.deepEqual(seqs(journal.read({ from: 7 })), [])
      assert.deepEqual(seqs(journal.read({ callId: "nobody" })), [])
    }).pipe(Effect.provide(journalOf())))

  it.effect("counts the fault of the request that placed a call as the call's, whichever comes between", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      const first = journal.append(requested)
      const fault = journal.append(faulted(first))
      const second = journal.append(requested)
      journal.append(faulted(second))
      journal.append(rang("a", first))
      journal.append(rang("b", journal.append(requested)))
      journal.append(rang("a", second))
      assert.deepEqual(seqs(journal.read({ callId: "a" })), [fault, 6, 9])
      assert.deepEqual(seqs(journal.read({ callId: "b" })), [8])
    }).pipe(Effect.provide(journalOf())))

  it.effect("keeps to its bound when every request of every call has a fault", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      for (let index = 0; index < 50; index++) {
        const request = journal.append(requested)
        journal.append(faulted(request))
        journal.append(rang(`call${index}`, request))
        journal.append(ended(`call${index}`))
        assert.isAtMost(journal.size(), 20)
        assert.strictEqual(journal.size(), journal.read().length)
      }
      assert.lengthOf(journal.read({ callId: "call49" }), 3)
    }).pipe(Effect.provide(journalOf({ entries: 20 }))))

  it.effect("keeps at most its bound of entries: the oldest ended calls go, whole", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      wholeCalls(journal, 6, 4)
      assert.isAtMost(journal.size(), 20)
      const left = new Set(journal.read().map(callOf).filter((callId) => callId !== undefined))
      for (const callId of left) assert.lengthOf(journal.read({ callId }), 4)
      assert.isFalse(left.has("call0"))
      assert.isTrue(left.has("call5"))
      assert.isTrue(journal.isEvicted("call0"))
      assert.isFalse(journal.isEvicted("call5"))
      const gone = [0, 1, 2, 3, 4, 5].filter((index) => journal.isEvicted(`call${index}`))
      assert.deepEqual(gone, gone.map((_, index) => index))
    }).pipe(Effect.provide(journalOf({ entries: 20 }))))

  it.effect("never evicts calls in progress, even past its bound", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      for (let entry = 0; entry < 30; entry++) journal.append(rang("live"))
      wholeCalls(journal, 3, 2)
      assert.lengthOf(journal.read({ callId: "live" }), 30)
      assert.isFalse(journal.isEvicted("live"))
      assert.isTrue(journal.isEvicted("call0"))
    }).pipe(Effect.provide(journalOf({ entries: 10 }))))

  it.effect("keeps the records of evicted calls", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      wholeCalls(journal, 10, 5)
      assert.isTrue(journal.isEvicted("call0"))
      assert.deepEqual(journal.read({ callId: "call0" }), [])
      assert.deepEqual(journal.record("call0"), recordOf("call0"))
      assert.lengthOf(journal.records(), 10)
    }).pipe(Effect.provide(journalOf({ entries: 20 }))))

  it.effect("keeps at most its bound of records, the newest", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      wholeCalls(journal, 5, 2)
      assert.deepEqual(journal.records().map(({ callId }) => callId), ["call2", "call3", "call4"])
      assert.isUndefined(journal.record("call1"))
    }).pipe(Effect.provide(journalOf({ records: 3 }))))

  it.effect("finds a record by its request and by its legs, and forgets both with it", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      wholeCalls(journal, 3, 2)
      const { callId, legs, requestId } = recordOf("call2")
      assert.strictEqual(journal.recordOfRequest(requestId)?.callId, callId)
      for (const { uuid } of legs) assert.strictEqual(journal.recordOfLeg(uuid)?.callId, callId)
      const gone = recordOf("call0")
      assert.isUndefined(journal.recordOfRequest(gone.requestId))
      for (const { uuid } of gone.legs) assert.isUndefined(journal.recordOfLeg(uuid))
    }).pipe(Effect.provide(journalOf({ records: 2 }))))

  it.effect("forgets that a call was evicted together with its record", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      wholeCalls(journal, 12, 5)
      assert.deepEqual(journal.records().map(({ callId }) => callId), ["call10", "call11"])
      for (let index = 0; index < 10; index++) assert.isFalse(journal.isEvicted(`call${index}`))
    }).pipe(Effect.provide(journalOf({ entries: 20, records: 2 }))))

  it.effect("keeps to its bound when nothing but requests comes, and goes on saying how it began", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      for (let request = 0; request < 100; request++) {
        journal.append(requested)
        journal.append(refused)
      }
      assert.isAtMost(journal.size(), 20)
      const [first, ...others] = journal.read()
      assert.strictEqual(first?._tag, "Started")
      assert.strictEqual(others.at(-1)?.seq, 201)
    }).pipe(Effect.provide(journalOf({ entries: 20 }))))

  it.effect("keeps to its bound when entries follow a call that has been evicted", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      for (let index = 0; index < 50; index++) {
        wholeCalls(journal, 1, 10, `round${index}-`)
        for (let before = 0; before < index; before++) journal.append(delivered(`round${before}-0`))
      }
      assert.isAtMost(journal.size(), 40)
    }).pipe(Effect.provide(journalOf({ entries: 40 }))))

  it.effect("lets followers see the end of a call when calls in progress fill the bound", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      const seen: Array<string> = []
      yield* journal.follow().pipe(
        Stream.runForEach((entry) =>
          Effect.sync(() => entry._tag === "Turned" && seen.push(`${entry.callId} ${entry.to}`))
        ),
        Effect.forkChild({ startImmediately: true })
      )
      for (let entry = 0; entry < 30; entry++) journal.append(rang("live"))
      journal.append(rang("short"))
      journal.append(ended("short"))
      yield* TestClock.adjust(1)
      assert.deepEqual(seen.slice(-2), ["short Calling", "short Ended"])
    }).pipe(Effect.provide(journalOf({ entries: 20 }))))

  it.effect("evicts calls that broke like those that ended", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      for (let index = 0; index < 50; index++) {
        journal.append(rang(`call${index}`))
        journal.append({ _tag: "Broke", callId: `call${index}`, causedBy: 1, message: "a defect" })
      }
      assert.isAtMost(journal.size(), 20)
    }).pipe(Effect.provide(journalOf({ entries: 20 }))))

  it.effect.prop(
    "holds its bound, keeps what is live, and never tears a call apart, whatever the order",
    [Schema.Array(Schema.Struct({ call: Schema.Literals(["a", "b", "c", "d", "e", "f"]), ends: Schema.Boolean }))],
    ([steps]) =>
      Effect.gen(function*() {
        const journal = yield* Journal.Journal
        const counts = new Map<string, number>()
        const endedAt = new Map<string, number>()
        for (const [index, { call, ends }] of steps.entries()) {
          if (endedAt.has(call)) journal.append(requested)
          else {
            journal.append(ends ? ended(call) : rang(call))
            counts.set(call, (counts.get(call) ?? 0) + 1)
            if (ends) endedAt.set(call, index)
          }
          const needed = [...counts].filter(([callId]) => (endedAt.get(callId) ?? index) > index - 3)
          assert.isAtMost(journal.size(), Math.max(8, needed.reduce((sum, [, count]) => sum + count, 0) + 3))
          for (const [callId, count] of counts) {
            const kept = journal.read({ callId }).length
            assert.strictEqual(kept, journal.isEvicted(callId) ? 0 : count)
            if (!endedAt.has(callId)) assert.isFalse(journal.isEvicted(callId))
          }
          assert.lengthOf(journal.records(), endedAt.size)
        }
        const all = seqs(journal.read())
        assert.deepEqual(all, all.toSorted((a, b) => a - b))
      }).pipe(Effect.provide(Layer.fresh(journalOf({ entries: 8 }))))
  )
})

describe("Journal.follow", () => {
  it.effect("gives what is there and then what comes", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      journal.append(requested)
      const following = yield* journal.follow().pipe(
        Stream.take(4),
        Stream.runCollect,
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust(5)
      journal.append(rang("a"))
      yield* TestClock.adjust(5)
      journal.append(rang("b"))
      assert.deepEqual((yield* Fiber.join(following)).map(({ at, seq }) => [seq, at]), [[1, 0], [2, 0], [3, 5], [
        4,
        10
      ]])
    }).pipe(Effect.provide(journalOf())))

  it.effect("begins at a seq and keeps to one call", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      for (const callId of ["a", "b", "a"]) journal.append(rang(callId))
      const following = yield* journal.follow({ callId: "a", from: 3 }).pipe(
        Stream.take(2),
        Stream.runCollect,
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust(1)
      for (const callId of ["b", "a"]) journal.append(rang(callId))
      assert.deepEqual(seqs(yield* Fiber.join(following)), [4, 6])
    }).pipe(Effect.provide(journalOf())))

  it.effect("waits for a seq that is still to come", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      const following = yield* journal.follow({ from: 4 }).pipe(
        Stream.take(1),
        Stream.runCollect,
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust(1)
      for (const callId of ["a", "b", "c", "d"]) journal.append(rang(callId))
      assert.deepEqual(seqs(yield* Fiber.join(following)), [4])
    }).pipe(Effect.provide(journalOf())))

  it.effect("gives every follower every entry", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      const follower = journal.follow().pipe(Stream.take(601), Stream.runCollect, Effect.forkChild)
      const followers = yield* Effect.forEach([1, 2, 3], () => follower)
      for (let entry = 0; entry < 600; entry++) {
        journal.append(rang("a"))
        if (entry % 97 === 0) yield* Effect.yieldNow
      }
      const all = Array.from({ length: 601 }, (_, index) => index + 1)
      for (const one of followers) assert.deepEqual(seqs(yield* Fiber.join(one)), all)
    }).pipe(Effect.provide(journalOf())))

  it.effect("shows a follower that fell behind a gap, and goes on with the oldest entry left", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      const seen: Array<number> = []
      const gate = Latch.makeUnsafe(false)
      yield* journal.follow().pipe(
        Stream.runForEach(({ seq }) => Effect.andThen(Effect.sync(() => seen.push(seq)), gate.await)),
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust(1)
      assert.deepEqual(seen, [1])
      wholeCalls(journal, 10, 4)
      gate.openUnsafe()
      yield* TestClock.adjust(1)
      assert.deepEqual(seen, seqs(journal.read()))
      assert.isBelow(seen.length, 41)
      assert.strictEqual(seen.at(-1), 41)
    }).pipe(Effect.provide(journalOf({ entries: 20 }))))

  it.effect("gives one follower what comes while another stands still", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      yield* journal.follow().pipe(
        Stream.runForEach(() => Effect.never),
        Effect.forkChild({ startImmediately: true })
      )
      const seen: Array<number> = []
      yield* journal.follow().pipe(
        Stream.runForEach(({ seq }) => Effect.sync(() => seen.push(seq))),
        Effect.forkChild({ startImmediately: true })
      )
      for (const callId of ["a", "b", "c"]) {
        yield* TestClock.adjust(1)
        journal.append(rang(callId))
      }
      yield* TestClock.adjust(1)
      assert.deepEqual(seen, [1, 2, 3, 4])
    }).pipe(Effect.provide(journalOf())))

  it.effect("ends with the last entry once the journal is finished, for whoever waits, lags or comes later", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      const all = journal.follow().pipe(Stream.runCollect)
      const waiting = yield* Effect.forkChild(all, { startImmediately: true })
      yield* TestClock.adjust(1)
      for (let entry = 0; entry < 600; entry++) journal.append(rang("a"))
      yield* journal.finish
      const expected = seqs(journal.read())
      assert.lengthOf(expected, 601)
      assert.deepEqual(seqs(yield* Fiber.join(waiting)), expected)
      assert.deepEqual(seqs(yield* all), expected)
    }).pipe(Effect.provide(journalOf())))

  it.effect("goes on when the writer is done, not in the middle of it", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      const seen: Array<string> = []
      yield* journal.follow({ from: 2 }).pipe(
        Stream.runForEach(({ _tag, seq }) =>
          Effect.sync(() => {
            seen.push(`reads ${seq}`)
            if (_tag === "Requested") journal.append(refused)
          })
        ),
        Effect.forkChild({ startImmediately: true })
      )
      for (const draft of [requested, rang("a")]) seen.push(`wrote ${journal.append(draft)}`)
      yield* TestClock.adjust(1)
      assert.deepEqual(seen, ["wrote 2", "wrote 3", "reads 2", "reads 3", "reads 4"])
    }).pipe(Effect.provide(journalOf())))

  it.effect("is counted while it lasts", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      const follow = Effect.forkChild(Stream.runDrain(journal.follow()), { startImmediately: true })
      const [first, second] = [yield* follow, yield* follow]
      assert.strictEqual(journal.followers(), 2)
      yield* Fiber.interrupt(first)
      assert.strictEqual(journal.followers(), 1)
      yield* journal.finish
      yield* Fiber.join(second)
      assert.strictEqual(journal.followers(), 0)
    }).pipe(Effect.provide(journalOf())))
})

describe("Journal.copy", () => {
  it.effect("takes what is there and then each entry while it is written, also those that go at once", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      const taken: Array<number> = []
      journal.append(requested)
      journal.copy(({ seq }) => taken.push(seq))
      wholeCalls(journal, 10, 4)
      assert.deepEqual(taken, Array.from({ length: 42 }, (_, index) => index + 1))
      assert.strictEqual(journal.followers(), 0)
    }).pipe(Effect.provide(journalOf({ entries: 20 }))))
})

describe("Journal.counts", () => {
  it.effect("tell what was written, evicted entries among it", () =>
    Effect.gen(function*() {
      const journal = yield* Journal.Journal
      wholeCalls(journal, 10, 4)
      for (const draft of [requested, requested, refused, delivered("a")]) journal.append(draft)
      assert.isBelow(journal.size(), journal.last())
      assert.strictEqual(journal.last(), 45)
      assert.deepEqual(journal.counts("entries"), [
        { labels: ["Started"], value: 1 },
        { labels: ["Turned"], value: 40 },
        { labels: ["Requested"], value: 2 },
        { labels: ["Refused"], value: 1 },
        { labels: ["Delivered"], value: 1 }
      ])
      assert.deepEqual(journal.counts("ended"), [{ labels: ["Missed"], value: 10 }])
      assert.deepEqual(journal.counts("requests"), [{ labels: ["POST /v3/voice/ai/call"], value: 2 }])
      assert.deepEqual(journal.counts("refusals"), [{ labels: ["POST /v3/x", "4xx"], value: 1 }])
      assert.deepEqual(journal.counts("webhooks").map(({ value }) => value), [1])
    }).pipe(Effect.provide(journalOf({ entries: 20 }))))
})
