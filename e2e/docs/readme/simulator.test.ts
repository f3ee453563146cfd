import { LegacyPipeline, WebhookRouter } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import { Platform, until } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

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
    yield* until(callId, "Ended")
    expect(yield* simulator.evidence()).toHaveHeardPrompt("We are closed")
    expect(yield* simulator.evidence()).toHaveEnded({ by: "Pipeline" })
  }).pipe(Effect.provide(Platform.layer({ app }))))
