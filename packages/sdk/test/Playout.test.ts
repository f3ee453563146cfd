import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as Playout from "../src/Playout.ts"

describe("the estimate", () => {
  it("hears what was sent at the speed of time, and waits when nothing is left", () => {
    const sent = Playout.send(Playout.initial, 160)
    assert.deepStrictEqual(Playout.advance(sent, 100), {
      tick: 100,
      sent: 160,
      heard: 100,
      remaining: 60,
      discarded: 0,
      heardUpTo: 100
    })
    const late = Playout.send(Playout.advance(sent, 1000), 160)
    assert.deepStrictEqual(Playout.advance(late, 1010), {
      tick: 1010,
      sent: 320,
      heard: 170,
      remaining: 150,
      discarded: 0,
      heardUpTo: 170
    })
  })

  it("drops at an interrupt what was not heard, and goes on behind it", () => {
    const cut = Playout.interrupt(Playout.advance(Playout.send(Playout.initial, 1000), 400))
    assert.deepStrictEqual(cut, { tick: 400, sent: 1000, heard: 400, remaining: 0, discarded: 600, heardUpTo: 400 })
    const next = Playout.advance(Playout.send(Playout.advance(cut, 500), 50), 520)
    assert.deepStrictEqual(next, { tick: 520, sent: 1050, heard: 420, remaining: 30, discarded: 600, heardUpTo: 1020 })
  })

  const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 }))
  const Step = Schema.Struct({ does: Schema.Literals(["advance", "send", "interrupt"]), count: Count })

  const apply = (state: Playout.State, { count, does }: typeof Step.Type): Playout.State => {
    if (does === "send") return Playout.send(state, count)
    return does === "interrupt" ? Playout.interrupt(state) : Playout.advance(state, state.tick + count)
  }

  it.prop("accounts for every sample, and never goes back", [Schema.Array(Step)], ([steps]) => {
    let before = Playout.initial
    for (const step of steps) {
      const after = apply(before, step)
      assert.strictEqual(after.sent, after.heard + after.remaining + after.discarded)
      assert.isAtLeast(after.remaining, 0)
      assert.isAtMost(after.heardUpTo, after.sent - after.remaining)
      assert.isAtMost(after.heard, after.tick)
      for (const key of ["tick", "sent", "heard", "discarded", "heardUpTo"] as const) {
        assert.isAtLeast(after[key], before[key])
      }
      before = after
    }
  })

  it.prop("does not depend on how often it is asked", [Count, Count, Count], ([count, a, b]) => {
    const sent = Playout.send(Playout.initial, count)
    assert.deepStrictEqual(Playout.advance(Playout.advance(sent, a), a + b), Playout.advance(sent, a + b))
    assert.deepStrictEqual(Playout.advance(Playout.advance(sent, a + b), a), Playout.advance(sent, a + b))
  })
})

describe("on the clock", () => {
  it.effect.each(AudioFrame.sampleRates)(
    "tells to the sample what was heard, at %d",
    (sampleRate) =>
      Effect.gen(function*() {
        yield* TestClock.adjust("7 seconds")
        const playout = yield* Playout.make(sampleRate)
        yield* playout.sent(sampleRate)
        yield* TestClock.adjust("123 millis")
        assert.strictEqual(yield* playout.heardUpTo, (sampleRate * 123) / 1000)
        assert.strictEqual(yield* playout.remaining, (sampleRate * 877) / 1000)
        const cut = yield* playout.interrupted
        assert.deepStrictEqual(cut, { heardUpTo: (sampleRate * 123) / 1000, discarded: (sampleRate * 877) / 1000 })
        yield* TestClock.adjust("1 seconds")
        assert.strictEqual((yield* playout.state).heard, (sampleRate * 123) / 1000)
      })
  )

  const Nanos = Schema.BigInt.check(Schema.isBetweenBigInt({ minimum: 0n, maximum: 9_000_000_000_000_000n }))

  it.effect.prop("tells the tick without a rounding error, for months", [Nanos], ([nanos]) =>
    Effect.gen(function*() {
      const clock = { ...(yield* Clock.Clock), monotonicTimeNanosUnsafe: () => now }
      let now = 7n
      for (const sampleRate of AudioFrame.sampleRates) {
        now = 7n
        const playout = yield* Effect.provideService(Playout.make(sampleRate), Clock.Clock, clock)
        now = 7n + nanos
        assert.strictEqual(playout.stateUnsafe().tick, Number((nanos * BigInt(sampleRate)) / 1_000_000_000n))
      }
    }))

  it.effect("is the same without an effect", () =>
    Effect.gen(function*() {
      const playout = yield* Playout.make(8000)
      playout.sentUnsafe(8000)
      yield* TestClock.adjust("10 millis")
      assert.deepStrictEqual(playout.stateUnsafe(), yield* playout.state)
      assert.strictEqual(playout.stateUnsafe().heard, 80)
    }))

  it.effect("whenDrained waits for what is sent meanwhile too", () =>
    Effect.gen(function*() {
      const playout = yield* Playout.make(8000)
      yield* playout.sent(8000)
      const drained = yield* Effect.forkChild(playout.whenDrained, { startImmediately: true })
      yield* TestClock.adjust("900 millis")
      yield* playout.sent(80)
      yield* TestClock.adjust("109 millis")
      assert.isUndefined(drained.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(drained)
    }))

  it.effect("whenDrained ends with an interrupt, and at once when nothing remains", () =>
    Effect.gen(function*() {
      const playout = yield* Playout.make(8000)
      yield* playout.whenDrained
      yield* playout.sent(8000)
      const drained = yield* Effect.forkChild(playout.whenDrained, { startImmediately: true })
      yield* TestClock.adjust("10 millis")
      assert.deepStrictEqual(yield* playout.interrupted, { heardUpTo: 80, discarded: 7920 })
      yield* Fiber.join(drained)
    }))

  it.effect("whenDrained waits on for what is sent right after an interrupt", () =>
    Effect.gen(function*() {
      const playout = yield* Playout.make(8000)
      playout.sentUnsafe(8000)
      const waiting = yield* Effect.forEach([1, 2], () =>
        Effect.forkChild(playout.whenDrained, { startImmediately: true }))
      yield* playout.interrupted
      playout.sentUnsafe(160)
      yield* TestClock.adjust("19 millis")
      assert.deepStrictEqual(
        waiting.map((fiber) =>
          fiber.pollUnsafe()
        ),
        [undefined, undefined]
      )
      yield* TestClock.adjust("1 millis")
      for (const fiber of waiting) yield* Fiber.join(fiber)
    }))
})
