import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Control from "../../../../src/Control.ts"
import * as TimeControl from "../../../../src/engine/TimeControl.ts"
import * as InProcess from "../../../../src/testing/InProcess.ts"
import { hangup, host, menuApp, place, play, post, question } from "../../../platform.ts"

const patient = "919840007100"
const control = Control.make({ url: host })
const platform = InProcess.layer({ config: { accounts: [{ token: "sim-token", clock: "manual" }] } })

describe("the clock over the control API", () => {
  it.effect("stands until it is moved, and says what is next", () =>
    Effect.gen(function*() {
      const { calls, clock } = yield* control
      const id = yield* place({ to: patient, pipeline: [play("a.wav"), hangup] })
      yield* clock.advance({ payload: { ms: 0 } })
      const before = yield* clock.get()
      assert.deepInclude(before, { tenant: "default", mode: "manual", nowMs: 0, holds: [] })
      assert.include(before.stands, "/_sim/clock/advance")
      const ran = yield* clock.runToNext()
      assert.deepEqual([ran.fromMs, ran.nowMs, ran.moments], [0, before.next?.dueMs, 1])
      const on = yield* clock.advance({ payload: { ms: 1 } })
      assert.strictEqual(on.nowMs, ran.nowMs + 1)
      const to = yield* clock.advanceTo({ payload: { atMs: 60_000 } })
      assert.deepInclude(to, { fromMs: on.nowMs, nowMs: 60_000 })
      assert.isUndefined(to.next)
      assert.strictEqual((yield* calls.record({ params: { id } })).hangupCause, "NORMAL_CLEARING")
    }).pipe(Effect.provide(platform)))

  it.effect("is not moved backwards, nor further than a year", () =>
    Effect.gen(function*() {
      const { clock } = yield* control
      yield* clock.advance({ payload: { ms: 1000 } })
      const refused = yield* Effect.all([
        Effect.flip(clock.advance({ payload: { ms: -1 } })),
        Effect.flip(clock.advanceTo({ payload: { atMs: 999 } })),
        Effect.flip(clock.advance({ payload: { ms: Number.MAX_SAFE_INTEGER } }))
      ])
      for (const error of refused) assert.deepInclude(error, { _tag: "BadTime", nowMs: 1000 })
      const raw = yield* post("/_sim/clock/advance", { ms: -1 })
      assert.deepEqual([raw.status, raw.body["error"]], [422, "bad_time"])
      assert.include(raw.body["message"], "time does not go back")
      const half = yield* post("/_sim/clock/advance", { ms: 0.5 })
      assert.deepEqual([half.status, half.body["problems"]], [400, [{ path: "ms", message: "Expected an integer" }]])
    }).pipe(Effect.provide(platform)))

  it.effect("that passes by itself is not moved", () =>
    Effect.gen(function*() {
      const { clock } = yield* control
      const now = yield* clock.get()
      assert.strictEqual(now.mode, "live")
      assert.isUndefined(now.stands)
      const { _tag, message } = yield* Effect.flip(clock.advance({ payload: { ms: 1 } }))
      assert.strictEqual(_tag, "NotManual")
      assert.include(message, "only a manual clock is moved")
      const raw = yield* post("/_sim/clock/run-to-next", {})
      assert.deepEqual([raw.status, raw.body["error"]], [409, "not_manual"])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("names what it waits for when it is stuck, and goes on once that is let go", () =>
    Effect.gen(function*() {
      const { clock } = yield* control
      yield* place({ to: "919840007305", pipeline: [question(), hangup] })
      const stuck = yield* Effect.flip(clock.advance({ payload: { ms: 60_000 } }))
      assert.strictEqual(stuck._tag, "Stuck")
      assert.match(stuck._tag === "Stuck" ? stuck.holds.join() : "", /^webhook Input of call \S+ to app\.localhost$/)
      const now = yield* clock.get()
      assert.include(now.stands, "waits for webhook Input")
      yield* clock.letGo()
      const on = yield* clock.advance({ payload: { ms: 60_000 } })
      assert.strictEqual(on.nowMs, stuck._tag === "Stuck" ? stuck.nowMs + 60_000 : 0)
    }).pipe(Effect.provide(
      InProcess.layer({
        app: menuApp(() => Effect.never).app,
        config: { accounts: [{ token: "sim-token", clock: "manual" }] }
      }).pipe(Layer.provide(Layer.succeed(TimeControl.Guard, Duration.millis(50))))
    )))
})
