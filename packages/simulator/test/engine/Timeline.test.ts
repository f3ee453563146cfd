import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Timeline from "../../src/engine/Timeline.ts"

/** A timeline, and what ran on it: `label@moment`. */
const bench = Effect.map(Timeline.Timeline, (timeline) => {
  const ran: Array<string> = []
  const at = (dueMs: number, label: string, then?: () => void) =>
    timeline.at(dueMs, label, () => {
      ran.push(`${label}@${timeline.nowMs()}`)
      then?.()
    })
  return { timeline, ran, at }
})

const fresh = Layer.fresh(Timeline.layer)

/** A clock that counts how often something falls asleep on it. */
const countingSleeps = Effect.map(Clock.Clock, (clock) => {
  const counted = { sleeps: 0 }
  const layer = Layer.succeed(Clock.Clock, {
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
    currentTimeMillis: clock.currentTimeMillis,
    currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
    currentTimeNanos: clock.currentTimeNanos,
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    sleep: (duration) => {
      counted.sleeps += 1
      return clock.sleep(duration)
    }
  })
  return { counted, layer }
})

const Plan = Schema.Array(Schema.Struct({
  dueMs: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 })),
  /** Which of those scheduled so far is called off, counted round and round. */
  cancels: Schema.optionalKey(Schema.Natural),
  waitsMs: Schema.Literals([0, 0, 1, 7])
}))

describe("Timeline", () => {
  it.effect("runs nothing before `at` has returned, not even what is due at once", () =>
    Effect.gen(function*() {
      const timeline = yield* Timeline.Timeline
      yield* Effect.repeat(Effect.yieldNow, { times: 10 })
      const ran: Array<string> = []
      timeline.at(0, "now", () => ran.push("run"))
      ran.push("returned")
      yield* Effect.repeat(Effect.yieldNow, { times: 10 })
      assert.deepStrictEqual(ran, ["returned", "run"])
    }).pipe(Effect.provide(Timeline.layer)))

  it.effect("runs things when they are due, not before", () =>
    Effect.gen(function*() {
      const { at, ran } = yield* bench
      at(20, "late")
      at(10, "early")
      yield* TestClock.adjust(9)
      assert.deepEqual(ran, [])
      yield* TestClock.adjust(1)
      assert.deepEqual(ran, ["early@10"])
      yield* TestClock.adjust(10)
      assert.deepEqual(ran, ["early@10", "late@20"])
    }).pipe(Effect.provide(fresh)))

  it.effect("runs what is due at one moment in the order in which it was scheduled", () =>
    Effect.gen(function*() {
      const { at, ran } = yield* bench
      for (const label of ["a", "b", "c", "d", "e", "f", "g"]) at(5, label)
      yield* TestClock.adjust(5)
      assert.strictEqual(ran.join(" "), "a@5 b@5 c@5 d@5 e@5 f@5 g@5")
    }).pipe(Effect.provide(fresh)))

  it.effect("does not run what was cancelled", () =>
    Effect.gen(function*() {
      const { at, ran, timeline } = yield* bench
      const first = at(5, "first")
      at(6, "second")
      timeline.cancel(first)
      timeline.cancel(first)
      assert.strictEqual(timeline.pending(), 1)
      yield* TestClock.adjust(10)
      timeline.cancel(first)
      assert.deepEqual(ran, ["second@6"])
    }).pipe(Effect.provide(fresh)))

  it.effect("lets what runs schedule for the same moment, after what is due already", () =>
    Effect.gen(function*() {
      const { at, ran, timeline } = yield* bench
      at(5, "first", () => at(timeline.nowMs(), "child"))
      at(5, "second")
      yield* TestClock.adjust(5)
      assert.deepEqual(ran, ["first@5", "second@5", "child@5"])
    }).pipe(Effect.provide(fresh)))

  it.effect("lets what runs cancel something due at the same moment", () =>
    Effect.gen(function*() {
      const { at, ran, timeline } = yield* bench
      at(5, "first", () => timeline.cancel(second))
      const second = at(5, "second")
      yield* TestClock.adjust(5)
      assert.deepEqual(ran, ["first@5"])
    }).pipe(Effect.provide(fresh)))

  it.effect("wakes for something nearer than what it sleeps for", () =>
    Effect.gen(function*() {
      const { at, ran } = yield* bench
      at(3_600_000, "far")
      yield* TestClock.adjust(1000)
      at(1500, "near")
      yield* TestClock.adjust(500)
      assert.deepEqual(ran, ["near@1500"])
      yield* TestClock.adjust("1 hour")
      assert.deepEqual(ran, ["near@1500", "far@3600000"])
    }).pipe(Effect.provide(fresh)))

  it.effect("runs each thing at its own moment when the clock jumps an hour", () =>
    Effect.gen(function*() {
      const { at, ran } = yield* bench
      const every = (dueMs: number): unknown => at(dueMs, "tick", () => dueMs < 3_600_000 && every(dueMs + 600_000))
      every(600_000)
      yield* TestClock.adjust("1 hour")
      assert.deepEqual(ran, [1, 2, 3, 4, 5, 6].map((n) => `tick@${n * 600_000}`))
    }).pipe(Effect.provide(fresh)))

  it.effect("runs a moment that has passed at once", () =>
    Effect.gen(function*() {
      const { at, ran } = yield* bench
      yield* TestClock.adjust(100)
      at(40, "passed")
      yield* TestClock.adjust(0)
      assert.deepEqual(ran, ["passed@100"])
    }).pipe(Effect.provide(fresh)))

  it.effect("runs a moment that has passed after what is due already", () =>
    Effect.gen(function*() {
      const { at, ran } = yield* bench
      at(5, "first", () => at(2, "passed"))
      at(5, "second")
      yield* TestClock.adjust(5)
      assert.deepEqual(ran, ["first@5", "second@5", "passed@5"])
    }).pipe(Effect.provide(fresh)))

  it.effect("counts from its own origin, whatever the clock shows", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("3 days")
      yield* Effect.gen(function*() {
        const { at, ran, timeline } = yield* bench
        assert.strictEqual(timeline.originEpochMs, 3 * 86_400_000)
        assert.strictEqual(timeline.nowMs(), 0)
        at(10, "ten")
        yield* TestClock.adjust(10)
        assert.deepEqual(ran, ["ten@10"])
      }).pipe(Effect.provide(fresh))
    }))

  it.effect("sleeps once for a whole idle day, and not at all with nothing to do", () =>
    Effect.gen(function*() {
      const { counted, layer } = yield* countingSleeps
      yield* Effect.gen(function*() {
        const { at, ran } = yield* bench
        yield* TestClock.adjust("1 day")
        assert.strictEqual(counted.sleeps, 0)
        at(2 * 86_400_000, "tomorrow")
        yield* TestClock.adjust("1 day")
        assert.strictEqual(counted.sleeps, 1)
        assert.lengthOf(ran, 1)
      }).pipe(Effect.provide(Layer.provide(fresh, layer)))
    }))

  it.effect("sleeps once for each moment, and not anew for what comes later", () =>
    Effect.gen(function*() {
      const { counted, layer } = yield* countingSleeps
      yield* Effect.gen(function*() {
        const { at, ran, timeline } = yield* bench
        const every = (): unknown => at(timeline.nowMs() + 20, "tick", every)
        every()
        yield* TestClock.adjust(10)
        for (const dueMs of [25, 100, 5000]) at(dueMs, "later")
        assert.strictEqual(counted.sleeps, 1)
        yield* TestClock.adjust(90)
        assert.strictEqual(ran.join(" "), "tick@20 later@25 tick@40 tick@60 tick@80 later@100 tick@100")
        assert.strictEqual(counted.sleeps, 7)
      }).pipe(Effect.provide(Layer.provide(fresh, layer)))
    }))

  it.effect("tells what comes next", () =>
    Effect.gen(function*() {
      const { at, timeline } = yield* bench
      assert.isTrue(Option.isNone(timeline.next()))
      at(9, "later")
      at(3, "sooner")
      assert.strictEqual(Option.getOrThrow(timeline.next()).label, "sooner")
    }).pipe(Effect.provide(fresh)))

  it.effect.prop(
    "runs whatever was not cancelled, in the order of moment and scheduling",
    [Plan],
    ([plan]) =>
      Effect.gen(function*() {
        const timeline = yield* Timeline.Timeline
        const ran: Array<{ readonly dueMs: number; readonly order: number; readonly at: number }> = []
        const scheduled: Array<Timeline.Scheduled> = []
        const expected = new Set<number>()
        for (const [order, { cancels, dueMs, waitsMs }] of plan.entries()) {
          const due = timeline.nowMs() + dueMs
          scheduled.push(
            timeline.at(due, "", () => {
              ran.push({ dueMs: due, order, at: timeline.nowMs() })
            })
          )
          expected.add(order)
          if (cancels !== undefined) {
            const victim = cancels % scheduled.length
            const one = scheduled[victim]
            if (one !== undefined && one.index >= 0) expected.delete(victim)
            if (one !== undefined) timeline.cancel(one)
          }
          if (waitsMs > 0) yield* TestClock.adjust(waitsMs)
        }
        yield* TestClock.adjust(100)
        assert.strictEqual(timeline.pending(), 0)
        assert.deepEqual(new Set(ran.map(({ order }) => order)), expected)
        assert.deepEqual(ran, ran.toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order))
        assert.isTrue(ran.every(({ at, dueMs }) => at === dueMs))
      }).pipe(Effect.provide(fresh))
  )
})
