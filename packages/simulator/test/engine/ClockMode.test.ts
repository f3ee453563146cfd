import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as ClockMode from "../../src/engine/ClockMode.ts"
import * as ScaledClock from "../../src/engine/ScaledClock.ts"

describe("ClockMode", () => {
  it.each([
    ["live", "live"],
    ["manual", "manual"],
    ["scaled=60", { scaled: 60 }],
    ["scaled=0.5", { scaled: 0.5 }],
    ["scaled=1000", { scaled: 1000 }]
  ])("reads %s on a command line", (text, setting) => {
    assert.deepEqual(Option.getOrUndefined(ClockMode.parse(text)), setting)
  })

  it.each(["live", "manual", { scaled: 0.5 }] as const)("writes %j as it is read there", (setting) => {
    assert.deepEqual(Option.getOrUndefined(ClockMode.parse(ClockMode.format(setting))), setting)
  })

  it.each(["", "LIVE", "scaled", "scaled=", "scaled=0", "scaled=-1", "scaled=1001", "scaled=1e3", "scaled=NaN", "60"])(
    "does not read \"%s\"",
    (text) => {
      assert.isTrue(Option.isNone(ClockMode.parse(text)))
    }
  )

  it.each(
    [
      [undefined, { _tag: "Live" }],
      ["live", { _tag: "Live" }],
      ["manual", { _tag: "Manual" }],
      [{ scaled: 2 }, { _tag: "Scaled", factor: 2 }]
    ] as const
  )("is what the setting %j says", (setting, mode) => {
    assert.deepEqual(ClockMode.fromSetting(setting), mode)
  })

  it.each(["slow", { scaled: 0 }, { scaled: -2 }, { scaled: 1001 }, { scaled: Number.POSITIVE_INFINITY }, {}])(
    "takes no setting %j",
    (setting) => {
      assert.isFalse(Schema.is(ClockMode.Setting)(setting))
    }
  )
})

describe("a scaled clock", () => {
  const scaled = (factor: number) => Effect.map(Clock.Clock, (clock) => ScaledClock.make(clock, factor))

  it.effect("starts with the clock around it, and passes so many times as fast", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_000_000)
      const clock = yield* scaled(60)
      assert.strictEqual(clock.currentTimeMillisUnsafe(), 1_000_000)
      const origin = clock.monotonicTimeNanosUnsafe()
      yield* TestClock.adjust("1 second")
      assert.strictEqual(clock.currentTimeMillisUnsafe(), 1_060_000)
      assert.strictEqual(yield* clock.currentTimeMillis, 1_060_000)
      assert.strictEqual(clock.monotonicTimeNanosUnsafe() - origin, 60_000_000_000n)
    }))

  it.effect.prop(
    "is never late for a sleep by more than a millisecond of the clock around it",
    [Schema.Literals([0.5, 1, 3, 7, 60, 1000]), Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 }))],
    ([factor, ms]) =>
      Effect.gen(function*() {
        const clock = yield* scaled(factor)
        const origin = clock.monotonicTimeNanosUnsafe()
        const asleep = yield* Effect.forkChild(Effect.provideService(Effect.sleep(ms), Clock.Clock, clock), {
          startImmediately: true
        })
        yield* TestClock.adjust(Math.ceil(ms / factor))
        yield* Fiber.join(asleep)
        const sleptMs = Number(clock.monotonicTimeNanosUnsafe() - origin) / 1e6
        assert.isAtLeast(sleptMs, ms)
        assert.isAtMost(sleptMs, ms + factor)
      })
  )
})
