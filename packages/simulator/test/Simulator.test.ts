import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Simulator from "../src/Simulator.ts"
import * as InProcess from "../src/testing/InProcess.ts"
import * as platform from "./platform.ts"

const { hangup, place, play } = platform

/** Answers at once and stays. */
const patient = "919840007100"
const ending = (record: { readonly hangupCause: string; readonly hangupReason?: string; readonly endedBy: string }) => [
  record.hangupCause,
  record.hangupReason,
  record.endedBy
]

describe("Simulator", () => {
  it.effect("gives the record of a call that has ended, and waits for one that has not", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const callId = yield* place({ to: "919840007201", pipeline: [play("a.wav")] })
      const waiting = yield* Effect.forkChild(simulator.ended(callId), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(waiting)).endedAt, 2000)
      assert.strictEqual((yield* simulator.ended(callId)).callId, callId)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("ends what is in progress with SYSTEM_SHUTDOWN when its scope closes, records included", () =>
    Effect.gen(function*() {
      const simulator = yield* Effect.gen(function*() {
        yield* place({ to: patient, pipeline: [play("a.wav")] })
        yield* place({ to: "919840007002", pipeline: [play("a.wav")] })
        yield* TestClock.adjust("1 second")
        return yield* Simulator.Simulator
      }).pipe(Effect.provide(InProcess.layer()))
      const records = yield* simulator.records
      assert.deepEqual(records.map(ending), [
        ["SYSTEM_SHUTDOWN", "the simulator stopped", "Platform"],
        ["SYSTEM_SHUTDOWN", "the simulator stopped", "Platform"]
      ])
      assert.deepEqual(records.map(({ disposition }) => disposition), ["Answered", "Canceled"])
      assert.deepEqual(yield* simulator.live, [])
    }))

  it.effect("follows the journal from an entry on", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const following = yield* simulator.follow({ from: 2 }).pipe(
        Stream.take(2),
        Stream.runCollect,
        Effect.forkChild({ startImmediately: true })
      )
      yield* place({ to: patient, pipeline: [hangup] })
      assert.deepEqual((yield* Fiber.join(following)).map(({ _tag }) => _tag), ["Requested", "Turned"])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is another one inside of it: each has its own calls and answers for itself", () =>
    Effect.gen(function*() {
      const outer = yield* Simulator.Simulator
      yield* place({ to: "919840007001", pipeline: [hangup] })
      yield* Effect.gen(function*() {
        const inner = yield* Simulator.Simulator
        assert.strictEqual(inner.seed, 2)
        yield* place({ to: "919840007001", pipeline: [hangup] })
        yield* place({ to: "919840007001", pipeline: [hangup] })
        assert.lengthOf(yield* inner.live, 2)
      }).pipe(Effect.provide(InProcess.layer({ config: { seed: 2 } })))
      assert.lengthOf(yield* outer.live, 1)
    }).pipe(Effect.provide(InProcess.layer({ config: { seed: 1 } }))))

  it.effect("refuses a configuration with every problem by its path", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.scoped(Layer.build(InProcess.layer({
        config: {
          accounts: [{ token: "a", name: "x" }, { token: "a", name: "x" }],
          pipelines: { desk: [{ action: "dance" }], empty: [] },
          flows: { [platform.flowId]: [{ action: "play" }] }
        }
      }))))
      assert(error.reason._tag === "InvalidConfig")
      assert.deepEqual(error.reason.problems.map(({ path }) => path), [
        "pipelines.desk[0].action",
        "pipelines.empty",
        `flows["0b9d2c44-7b1f-4f0e-9a51-3f2d6a1c5e70"][0].file_name`,
        "accounts[1].name",
        "accounts[1].token"
      ])
    }))
})
