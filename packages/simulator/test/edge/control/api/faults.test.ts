import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Control from "../../../../src/Control.ts"
import * as InProcess from "../../../../src/testing/InProcess.ts"
import { get, host, place, play, post } from "../../../platform.ts"

const control = Control.make({ url: host })
const failing = { fault: { _tag: "Status", status: 503, effect: "before" }, when: { first: 1 } } as const

describe("faults over the control API", () => {
  it.effect("go wrong as they are added, and tell how often they fired", () =>
    Effect.gen(function*() {
      const { faults } = yield* control
      const { id } = yield* faults.add({ payload: { name: "once", ...failing } })
      assert.strictEqual((yield* post("/v3/voice/pcmo/call", {})).status, 503)
      assert.strictEqual((yield* post("/v3/voice/pcmo/call", {})).status, 400)
      assert.deepEqual(yield* faults.list(), [{ id, rule: { name: "once", ...failing }, matched: 2, fired: 1 }])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("are removed one by one, or all at once", () =>
    Effect.gen(function*() {
      const { faults } = yield* control
      const { id } = yield* faults.add({ payload: failing })
      yield* faults.add({ payload: failing })
      yield* faults.remove({ params: { id } })
      assert.deepEqual((yield* faults.list()).map((one) => one.id), ["fault2"])
      yield* faults.clear()
      assert.deepEqual(yield* faults.list(), [])
      assert.strictEqual((yield* Effect.flip(faults.remove({ params: { id } })))._tag, "NoSuchFault")
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("that could never fire are refused, and so is one beyond a thousand", () =>
    Effect.gen(function*() {
      const { faults } = yield* control
      const never = yield* post("/_sim/faults", { fault: { _tag: "Lost" }, when: { operation: "/v3/voice/ai/call" } })
      assert.strictEqual(never.status, 400)
      assert.deepEqual(
        never.body["problems"],
        [{ path: "when.operation", message: "never holds: Lost is a fault of webhooks" }]
      )
      yield* Effect.forEach(Array.from({ length: 1000 }), () => faults.add({ payload: failing }))
      const refused = yield* Effect.flip(faults.add({ payload: failing }))
      assert.deepInclude(refused, { _tag: "TooMany", what: "faults" })
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("take the whole server down for a while, after the answer", () =>
    Effect.gen(function*() {
      const { calls, faults } = yield* control
      const id = yield* place({ to: "919840007100", pipeline: [play("a.wav")] })
      yield* faults.outage({ payload: { ms: 2000 } })
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* Effect.flip(get("/_sim/health")))._tag, "HttpClientError")
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* calls.record({ params: { id } })).hangupCause, "SYSTEM_SHUTDOWN")
    }).pipe(Effect.provide(InProcess.layer())))
})
