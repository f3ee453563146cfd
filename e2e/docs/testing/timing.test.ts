import { Action, AppId, Calls, OnResult, PhoneNumber, Pipeline, Prompt, Webhook } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import { advance, Platform, until } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

// What is tested: a service that rings a patient and asks, and the page that hears of the answer.

const remind = Effect.fnUntraced(function*(patient: PhoneNumber.PhoneNumber) {
  const calls = yield* Calls.Calls
  const { callId } = yield* calls.placePipelineCall({
    callerId: PhoneNumber.make("914400000001"),
    to: patient,
    appId: AppId.make("reminders"),
    options: { ringTimeout: "25 seconds", maxDuration: "5 minutes" },
    pipeline: Pipeline.make([
      Action.playGetInput({
        prompt: Prompt.file("do-you-come.wav"),
        input: ["dtmf"],
        dtmf: { firstDigitTimeout: "6 seconds" },
        onResult: OnResult.url("https://clinic.example/answer")
      })
    ])
  })
  return yield* Effect.fromOption(callId)
})

const app = HttpRouter.add("POST", "/answer", (request) =>
  Effect.gen(function*() {
    const { digits } = yield* Effect.fromResult(Webhook.decodeInputResult(yield* request.json))
    const file = digits._tag === "Some" ? "thanks.wav" : "we-will-call.wav"
    const text = yield* Effect.fromResult(Webhook.reply(Pipeline.make([Action.play(file), Action.hangup])))
    return HttpServerResponse.text(text, { contentType: "application/json" })
  }).pipe(Effect.orDie))

const platform = Platform.layer({ app, config: { files: { "do-you-come.wav": 4000, "thanks.wav": 1200 } } })

it.effect("waits 6 s for a key once the question is over", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    yield* until(yield* remind(PhoneNumber.make("919840007101")), "Ended") // answers after 1 s, presses nothing
    const moment = 1000 + 4000 + 6000
    expect(yield* simulator.evidence()).toHaveHeardPrompt("we-will-call.wav", { betweenMs: [moment, moment] })
  }).pipe(Effect.provide(platform)))

it.effect("takes a key in the last moment", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const callId = yield* remind(PhoneNumber.make("919840007101"))
    yield* until(callId, "Asked")
    yield* advance(4000 + 5999)
    yield* simulator.press(callId, "1")
    expect(yield* simulator.evidence()).toHaveHeardPrompt("thanks.wav")
    yield* advance(1200)
    expect(yield* simulator.evidence()).toHaveEnded({ by: "Pipeline", disposition: "Answered" })
  }).pipe(Effect.provide(platform)))

it.effect("rings for 25 s and no longer", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    yield* remind(PhoneNumber.make("919840007002")) // is never answered
    yield* advance(24_999)
    expect(yield* simulator.evidence()).not.toHaveEnded()
    yield* advance(1)
    expect(yield* simulator.evidence()).toHaveEnded({ cause: "NO_ANSWER" })
  }).pipe(Effect.provide(platform)))
