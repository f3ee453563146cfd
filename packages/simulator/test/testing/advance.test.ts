import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as TimeControl from "../../src/engine/TimeControl.ts"
import * as Simulator from "../../src/Simulator.ts"
import { advance, layer } from "../../src/testing/index.ts"

const on = (clock: "live" | "manual" | { readonly scaled: number }) =>
  layer({ config: { accounts: [{ token: "sim-token", clock }] } })

describe("advance", () => {
  describe.each<["live" | "manual" | { readonly scaled: number }]>([["live"], ["manual"], [{ scaled: 4 }]])(
    "on a clock that is %j",
    (clock) => {
      it.effect("lets so much of the tenant's time pass, and tells what time it is", () =>
        Effect.gen(function*() {
          const { time } = yield* Simulator.Simulator
          assert.strictEqual(yield* advance("2 seconds"), 2000)
          assert.strictEqual(yield* advance(500), 2500)
          assert.strictEqual(time.nowMs(), 2500)
        }).pipe(Effect.provide(on(clock))))

      it.effect.each<[Duration.Input, TimeControl.TimeReason["_tag"], says: string]>([
        [-1, "Backwards", "time does not go back: it is 0 ms, and was to be -1 ms; a reset begins anew at 0"],
        ["366 days", "TooFar", "to 31536000000 ms, and was to be 31622400000 ms: move it more than once"],
        [Number.POSITIVE_INFINITY, "TooFar", "and was to be Infinity ms: move it more than once"],
        [0.5, "NotWhole", "0.5 is none: round it"],
        [Number.NaN, "NotWhole", "NaN is none: round it"]
      ])("refuses %s: %s", ([duration, why, says]) =>
        Effect.gen(function*() {
          const { time } = yield* Simulator.Simulator
          const error = yield* Effect.flip(advance(duration))
          assert.strictEqual(error.reason._tag, why)
          assert.include(error.message, says)
          assert.strictEqual(time.nowMs(), 0)
        }).pipe(Effect.provide(on(clock))))
    }
  )

  it.effect("moves a tenant's manual clock and no other", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const world = yield* simulator.create({ token: "red", clock: "manual" })
      assert.strictEqual(yield* advance("1 hour", { world }), 3_600_000)
      assert.strictEqual(simulator.time.nowMs(), 0)
    }).pipe(Effect.provide(on("manual"))))

  it.live("waits where time passes by itself", () =>
    Effect.gen(function*() {
      const { time } = yield* Simulator.Simulator
      const before = time.nowMs()
      assert.isAtLeast(yield* advance("1 second"), before + 1000)
    }).pipe(Effect.provide(on({ scaled: 100 }))))
})
