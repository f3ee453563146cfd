import { LegacyPipeline, WebhookRouter } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"

const app = WebhookRouter.layer({
  onAnswer: () =>
    Effect.succeed(LegacyPipeline.empty.pipe(LegacyPipeline.speak("We are closed"), LegacyPipeline.hangup))
})

it.effect("tells who calls at night that the shop is closed", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({
      from: "919840000001",
      to: "914400000001",
      answerUrl: "https://shop.example/piopiy/answer"
    })
    yield* TestClock.adjust("1 minute")
    const record = yield* simulator.ended(callId)
    assert.strictEqual(record.endedBy, "Pipeline")
    assert.strictEqual(record.disposition, "Answered")
  }).pipe(Effect.provide(InProcess.layer({ app }))))
