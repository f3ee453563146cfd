import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Moment from "../../../src/core/scenario/Moment.ts"
import * as Simulator from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import * as platform from "../../platform.ts"

const { connect, menuApp, jsonReply, phone, place, play, post, question } = platform

/** Answers at once and stays. */
const patient = "919840007100"
/** Answers after 1 s and presses 5 at the first question. */
const presser = "919840007305"
/** Answers after 1 s and hangs up 1 s later. */
const seller = "914400007201"

const atsOf = (callId: string, moment: Moment.Moment) =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const entries = yield* simulator.journal({ callId })
    return entries.filter((entry) => Moment.isAt(moment, entry)).map(({ at }) => at)
  })

const app = menuApp(() => jsonReply([play("thanks.wav"), connect([phone(seller)])])).app

describe("a moment of a call", () => {
  it.effect("comes when the journal tells of it, each time that it does", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: presser, pipeline: [question()] })
      yield* TestClock.adjust("1 minute")
      const expected: ReadonlyArray<readonly [Moment.Moment, ReadonlyArray<number>]> = [
        ["Placed", [0]],
        ["Ringing", [500, 5100]],
        ["Answered", [1000, 5600]],
        ["Playing", [1000, 1600]],
        ["Asked", [1000]],
        ["Asking", [1600]],
        ["Bridged", [5600]],
        ["Streaming", []],
        ["Transferred", []],
        ["Ended", [6600]]
      ]
      for (const [moment, ats] of expected) assert.deepEqual([moment, yield* atsOf(callId, moment)], [moment, ats])
    }).pipe(Effect.provide(InProcess.layer({ app }))))

  it.effect("is the end of a transfer, too", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: [connect([phone("914400007100")])] })
      yield* TestClock.adjust("1 second")
      yield* post("/v3/voice/pcmo/transfer", { call_id: callId, pipeline: [connect([phone(seller)])] })
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(yield* atsOf(callId, "Transferred"), [2000])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("does not come with an event that was ignored", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: [connect([phone("914400007100")])] })
      yield* TestClock.adjust("1 second")
      const simulator = yield* Simulator.Simulator
      const [turned] = platform.entriesOf(yield* simulator.journal({ callId }), "Turned")
      assert.isDefined(turned)
      if (turned === undefined) return
      assert.isTrue(Moment.isAt("Placed", turned))
      const commands = [{ _tag: "Ignored", state: "Talking", event: "Originated", why: "already-originated" }] as const
      assert.isFalse(Moment.isAt("Placed", { ...turned, commands }))
    }).pipe(Effect.provide(InProcess.layer())))
})
