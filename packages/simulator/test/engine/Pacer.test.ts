import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Pacer, type Rider } from "../../src/engine/Pacer.ts"
import * as PacerModule from "../../src/engine/Pacer.ts"
import * as Timeline from "../../src/engine/Timeline.ts"

const wheel = PacerModule.layer.pipe(Layer.provideMerge(Timeline.layer))

/** Writes down when it goes round. */
const rider = (timeline: Timeline.Timeline["Service"]) => {
  const ticks: Array<number> = []
  const defects: Array<unknown> = []
  const self: Rider = {
    tick: () => ticks.push(timeline.nowMs()),
    rest: () => {},
    broke: (defect) => defects.push(defect)
  }
  return { ...self, ticks, defects }
}

/** A timeline whose moments are told by hand, late if need be. */
const byHand = () => {
  let now = 0
  const due: Array<Timeline.Scheduled> = []
  const timeline = Timeline.Timeline.of({
    originEpochMs: 0,
    nowMs: () => now,
    at: (dueMs, label, run) => {
      const scheduled = { dueMs, order: due.length, index: 0, label, run }
      due.push(scheduled)
      return scheduled
    },
    cancel: (scheduled) => void due.splice(due.indexOf(scheduled), 1),
    pending: () => due.length,
    next: () => {
      throw new Error("not asked for")
    }
  })
  const goTo = (moment: number): void => {
    now = moment
    for (let head = due[0]; head !== undefined && head.dueMs <= now; head = due[0]) {
      due.shift()
      head.run()
    }
  }
  return { timeline, goTo }
}

describe("Pacer", () => {
  it.effect("turns every 20 ms of the timeline, for all at the same moments, whenever they join", () =>
    Effect.gen(function*() {
      const timeline = yield* Timeline.Timeline
      const pacer = yield* Pacer
      const [first, second] = [rider(timeline), rider(timeline)]
      yield* TestClock.adjust(7)
      assert.strictEqual(pacer.join(first), 20)
      yield* TestClock.adjust(33)
      assert.strictEqual(pacer.join(second), 40)
      yield* TestClock.adjust(45)
      assert.deepStrictEqual(first.ticks, [40, 60, 80])
      assert.deepStrictEqual(second.ticks, [60, 80])
    }).pipe(Effect.provide(wheel)))

  it.effect("lets all tick before any rests", () =>
    Effect.gen(function*() {
      const timeline = yield* Timeline.Timeline
      const pacer = yield* Pacer
      const done: Array<string> = []
      for (const name of ["a", "b"]) {
        pacer.join({
          ...rider(timeline),
          tick: () => done.push(`${name} ticks`),
          rest: () => done.push(`${name} rests`)
        })
      }
      yield* TestClock.adjust(20)
      assert.strictEqual(done.join(", "), "a ticks, b ticks, a rests, b rests")
    }).pipe(Effect.provide(wheel)))

  it.effect("has one thing to do at a time, and nothing once nobody rides", () =>
    Effect.gen(function*() {
      const timeline = yield* Timeline.Timeline
      const pacer = yield* Pacer
      const all = Array.from({ length: 50 }, () => rider(timeline))
      for (const one of all) pacer.join(one)
      yield* TestClock.adjust(100)
      assert.strictEqual(timeline.pending(), 1)
      for (const one of all) pacer.leave(one)
      assert.strictEqual(timeline.pending(), 0)
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(all.map(({ ticks }) => ticks.length), all.map(() => 5))
    }).pipe(Effect.provide(wheel)))

  it.effect("goes on for whoever joins while it turns", () =>
    Effect.gen(function*() {
      const timeline = yield* Timeline.Timeline
      const pacer = yield* Pacer
      const late = rider(timeline)
      const self: Rider = {
        ...rider(timeline),
        tick: () => {
          pacer.leave(self)
          pacer.join(late)
        }
      }
      pacer.join(self)
      yield* TestClock.adjust(60)
      assert.deepStrictEqual(late.ticks, [40, 60])
      assert.strictEqual(timeline.pending(), 1)
    }).pipe(Effect.provide(wheel)))

  it.effect("lets go of a rider that throws, and turns for the others", () =>
    Effect.gen(function*() {
      const timeline = yield* Timeline.Timeline
      const pacer = yield* Pacer
      const other = rider(timeline)
      const defects: Array<unknown> = []
      pacer.join({
        tick: () => {
          throw new Error("no")
        },
        rest: () => {},
        broke: (defect) => defects.push(String(defect))
      })
      pacer.join(other)
      yield* TestClock.adjust(60)
      assert.deepStrictEqual(defects, ["Error: no"])
      assert.lengthOf(other.ticks, 3)
    }).pipe(Effect.provide(wheel)))

  it.effect("makes late turns at once, and passes over what is older than a second", () =>
    Effect.gen(function*() {
      const { goTo, timeline } = byHand()
      const pacer = yield* Pacer.pipe(
        Effect.provide(PacerModule.layer.pipe(Layer.provide(Layer.succeed(Timeline.Timeline, timeline))))
      )
      const one = rider(timeline)
      pacer.join(one)
      goTo(20)
      goTo(95)
      assert.deepStrictEqual(one.ticks, [20, 95, 95, 95])
      one.ticks.length = 0
      goTo(5000)
      assert.lengthOf(one.ticks, 51)
      goTo(5020)
      assert.lengthOf(one.ticks, 52)
    }))
})
