import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Moment } from "../../src/core/scenario/Moment.ts"
import * as TimeControl from "../../src/engine/TimeControl.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { connect, hangup, jsonReply, menuApp, phone, place, play, question } from "../platform.ts"

const { until } = InProcess
/** Rings after 500 ms, answers after 1 s, presses 5 at the first question. */
const presser = "919840007305"
const real = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, Clock.Clock, Clock.Clock.defaultValue())

const app = menuApp(() => jsonReply([connect([phone("919840007102")]), hangup])).app
const on = (clock: "live" | "manual" | { readonly scaled: number }, more: InProcess.App = app) =>
  InProcess.layer({ app: more, config: { accounts: [{ token: "sim-token", clock }] } })
const now = Effect.map(Simulator.Simulator, ({ time }) => time.nowMs())
const asked = place({ to: presser, pipeline: [play("a.wav"), question(), hangup] })

const moments: ReadonlyArray<readonly [Moment, number]> = [
  ["Placed", 0],
  ["Ringing", 500],
  ["Answered", 1000],
  ["Playing", 1000],
  ["Asked", 4000],
  ["Asking", 4600],
  ["Bridged", 6600],
  ["Ended", 31_000]
]

describe("until", () => {
  describe.each(["live", "manual"] as const)("on a %s clock", (clock) => {
    it.effect.each(moments)(
      "lets time pass to the moment of %s, %d ms, and no further",
      ([moment, atMs]) =>
        Effect.gen(function*() {
          const callId = yield* asked
          assert.strictEqual((yield* until(callId, moment)).at, atMs)
          assert.strictEqual(yield* now, atMs)
        }).pipe(Effect.provide(on(clock)))
    )
  })

  it.effect("gives a moment that has been without letting time pass", () =>
    Effect.gen(function*() {
      const callId = yield* asked
      yield* until(callId, "Bridged")
      assert.strictEqual((yield* until(callId, "Ringing")).at, 500)
      assert.strictEqual(yield* now, 6600)
    }).pipe(Effect.provide(on("live"))))

  it.effect("takes a function of the journal of the call so far", () =>
    Effect.gen(function*() {
      const callId = yield* asked
      const pressed = yield* until(
        callId,
        (entries) => entries.some((entry) => entry._tag === "Turned" && entry.event._tag === "DigitPressed")
      )
      assert.strictEqual(pressed.at, 4600)
    }).pipe(Effect.provide(on("live"))))

  it.effect("watches another tenant than the default one", () =>
    Effect.gen(function*() {
      const { create } = yield* Simulator.Simulator
      const world = yield* create({ token: "red", clock: "manual" })
      const callId = yield* place({ to: presser, pipeline: [hangup], token: "red" })
      assert.strictEqual((yield* until(callId, "Ended", { world })).at, 1000)
      assert.strictEqual(yield* now, 0)
    }).pipe(Effect.provide(on("live"))))

  it.effect.each(["live", "manual"] as const)(
    "fails when it was not in time, with what the call came to (%s)",
    (clock) =>
      Effect.gen(function*() {
        const callId = yield* asked
        const error = yield* Effect.flip(until(callId, "Bridged", { within: "4200 millis" }))
        assert.strictEqual(yield* now, 4200)
        assert.include(error.message, `call ${callId}, Bridged: it did not come within 4s 200ms\n`)
        assert.include(error.message, "answers")
        assert.notInclude(error.message, "presses")
      }).pipe(Effect.provide(on(clock)))
  )

  it.effect("fails at once when the call has ended without it", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: "919840007001", pipeline: [hangup] })
      const error = yield* Effect.flip(until(callId, "Answered"))
      assert.include(error.message, "the call ended without it")
      assert.include(error.message, "USER_BUSY")
      assert.strictEqual(yield* now, 300)
    }).pipe(Effect.provide(on("live"))))

  it.effect("fails at once when there is no such call", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(until("nobody", "Answered"))
      assert.strictEqual(error.message, "call nobody, Answered: the journal knows no such call")
    }).pipe(Effect.provide(on("live"))))

  it.effect("notices what an app that sleeps does, within a second", () =>
    Effect.gen(function*() {
      const callId = yield* asked
      assert.strictEqual((yield* until(callId, "Bridged")).at, 9050)
      assert.isAtMost(yield* now, 10_050)
    }).pipe(
      Effect.provide(on("live", menuApp(() => Effect.delay(jsonReply([connect([phone("919840007102")])]), 2450)).app))
    ))

  it.effect("fails as a stuck clock does", () =>
    Effect.gen(function*() {
      const callId = yield* asked
      const error = yield* Effect.flip(until(callId, "Bridged"))
      assert.strictEqual(error._tag, "TimeRefused")
    }).pipe(
      Effect.provide(
        on("manual", menuApp(() => Effect.never).app).pipe(
          Layer.provide(Layer.succeed(TimeControl.Guard, Duration.millis(50)))
        )
      )
    ))

  it.live("waits for time that passes by itself, and no longer than that", () =>
    Effect.gen(function*() {
      const callId = yield* asked
      const { at } = yield* until(callId, "Bridged")
      assert.isAtLeast(at, 6600)
      const error = yield* Effect.flip(until(callId, "Transferred", { within: "2 seconds" }))
      assert.include(error.message, "within 2s")
      assert.isAbove(yield* now, at)
    }).pipe(Effect.provide(on({ scaled: 100 }))))

  it.effect("holds a manual clock for an app that really takes time", () =>
    Effect.gen(function*() {
      const callId = yield* asked
      assert.strictEqual((yield* until(callId, "Bridged")).at, 6600)
    }).pipe(
      Effect.provide(
        on(
          "manual",
          menuApp(() => Effect.andThen(real(Effect.sleep(20)), jsonReply([connect([phone("919840007102")])]))).app
        )
      )
    ))
})
