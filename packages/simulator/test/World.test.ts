import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Simulator from "../src/Simulator.ts"
import * as InProcess from "../src/testing/InProcess.ts"
import { connect, hangup, jsonReply, menuApp, phone, place, play, post, question } from "./platform.ts"

const platform = InProcess.layer({
  app: menuApp(() => jsonReply([hangup])).app,
  config: { accounts: [{ token: "sim-token", webhooks: { cdr: "http://app/menu" } }] }
})
const presser = "919840007305"

/** A call of two legs that was transferred and has ended, and all the ids that belong to it. */
const call = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  const callId = yield* place({ to: "919840007100", pipeline: [play("a.wav"), connect([phone("919840017100")])] })
  yield* TestClock.adjust(4000)
  const [live] = yield* simulator.live
  const transferred = yield* post("/v3/voice/pcmo/transfer", { call_id: callId, pipeline: [play("a.wav"), hangup] })
  return {
    callId,
    requestId: live?.origin.requestId ?? "",
    leg: live?.legs[1]?.uuid ?? "",
    transfer: String(transferred.body["request_id"])
  }
})

describe("World", () => {
  it.effect("finds a call that lasts and one that has ended by any of its ids", () =>
    Effect.gen(function*() {
      const { find } = yield* Simulator.Simulator
      yield* place({ to: "919840007001", pipeline: [hangup] })
      const ids = yield* call
      const found = () => Effect.forEach(Object.values(ids), find)
      assert.deepEqual(
        (yield* found()).map((one) => one._tag === "Live" ? one.call.origin.callId : one._tag),
        Object.values(ids).map(() => ids.callId)
      )
      yield* TestClock.adjust("1 hour")
      assert.deepEqual(
        (yield* found()).map((one) => one._tag === "Ended" ? one.record.callId : one._tag),
        Object.values(ids).map(() => ids.callId)
      )
    }).pipe(Effect.provide(platform)))

  it.effect("lets nobody who follows the journal act before the writer is done", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const callId = yield* place({ to: "919840007100", pipeline: [hangup] })
      const after: Array<string> = []
      yield* simulator.follow({ callId, from: 4 }).pipe(
        Stream.take(1),
        Stream.runForEach(() => Effect.map(simulator.live, (live) => after.push(live[0]?.phase ?? "no call"))),
        Effect.forkChild({ startImmediately: true })
      )
      assert.deepEqual((yield* simulator.live).map(({ phase }) => phase), ["Calling"])
      yield* TestClock.adjust(4000)
      assert.deepEqual(after, ["no call"])
    }).pipe(Effect.provide(platform)))

  it.effect("finds a call by what was posted about it, and none by an id that nothing has", () =>
    Effect.gen(function*() {
      const { find, journal } = yield* Simulator.Simulator
      const callId = yield* place({ to: presser, pipeline: [question(), hangup] })
      yield* TestClock.adjust("1 hour")
      const delivered = (yield* journal()).flatMap((entry) => entry._tag === "Delivered" ? [entry.deliveryId] : [])
      assert.isAbove(delivered.length, 1)
      for (const found of yield* Effect.forEach(delivered, find)) {
        assert.strictEqual(found._tag === "Ended" ? found.record.callId : found._tag, callId)
      }
      assert.strictEqual((yield* find("nothing"))._tag, "Unknown")
    }).pipe(Effect.provide(platform)))

  it.effect("gives the records of legs as the customer gets them, once the call has ended", () =>
    Effect.gen(function*() {
      const { cdrs, journal } = yield* Simulator.Simulator
      const { callId } = yield* call
      assert.deepEqual(yield* cdrs(callId), [])
      yield* TestClock.adjust("1 hour")
      const posted = (yield* journal({ callId })).flatMap((entry) =>
        entry._tag === "Delivered" && entry.notice._tag === "Record" ? [entry.notice] : []
      )
      assert.deepEqual(yield* cdrs(callId), posted)
      assert.lengthOf(posted, 2)
    }).pipe(Effect.provide(platform)))

  it.effect("shows the default tenant as it is now, also when that has started anew", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      yield* place({ to: "919840007100", pipeline: [play("a.wav")] })
      yield* TestClock.adjust(500)
      assert.strictEqual(simulator.time.nowMs(), 500)
      const again = yield* simulator.reset()
      assert.deepEqual([simulator.time.nowMs(), simulator.originEpochMs], [0, 500])
      assert.deepEqual([again.name, again.seed, again.time.nowMs()], ["default", 1, 0])
    }).pipe(Effect.provide(platform)))
})
