import { Action, AppId, Calls, OnResult, PhoneNumber, Piopiy, Pipeline, Prompt, Webhook } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"

// What is tested: a service that rings a patient and asks, and the page that hears of the answer.

const remind = Effect.fnUntraced(function*(patient: PhoneNumber.PhoneNumber) {
  const calls = yield* Calls.Calls
  const { callId } = yield* calls.placePipelineCall({
    callerId: PhoneNumber.make("914400000001"),
    to: patient,
    appId: AppId.make("reminders"),
    pipeline: Pipeline.make([
      Action.playGetInput({
        prompt: Prompt.say({ text: "Press 1 if you come tomorrow", language: "en-US", voiceId: "female", speed: 1 }),
        input: ["dtmf"],
        onResult: OnResult.url("https://clinic.example/answer")
      })
    ])
  })
  return yield* Effect.fromOption(callId)
})

const reply = (fileName: string) => Webhook.reply(Pipeline.make([Action.play(fileName), Action.hangup]))

const app = HttpRouter.add("POST", "/answer", (request) =>
  Effect.gen(function*() {
    const { digits } = yield* Effect.fromResult(Webhook.decodeInputResult(yield* request.json))
    const text = yield* Effect.fromResult(reply(Option.contains(digits, "1") ? "thanks.wav" : "we-will-call.wav"))
    return HttpServerResponse.text(text, { contentType: "application/json" })
  }).pipe(Effect.orDie))

// The test: the same code, over a platform in memory.

const platform = Piopiy.layer({ token: Redacted.make("sim-token") }).pipe(
  Layer.provideMerge(InProcess.layer({ app, config: { files: { "thanks.wav": 1200 } } }))
)

it.effect("thanks who presses 1, and hangs up", () =>
  Effect.gen(function*() {
    const callId = yield* remind(PhoneNumber.make("919840007301"))
    yield* TestClock.adjust("1 minute")
    const simulator = yield* Simulator.Simulator
    const record = yield* simulator.ended(callId)
    assert.deepStrictEqual(record.inputs, [{ at: 1600, status: "success", inputType: "dtmf", entry: "1" }])
    assert.strictEqual(record.endedBy, "Pipeline")
    assert.strictEqual(record.endedAt, 1600 + 1200)
  }).pipe(Effect.provide(platform)))

it.effect("promises a call to who presses nothing", () =>
  Effect.gen(function*() {
    const callId = yield* remind(PhoneNumber.make("919840007101"))
    yield* TestClock.adjust("1 minute")
    const simulator = yield* Simulator.Simulator
    const entries = yield* simulator.journal({ callId })
    const replies = entries.flatMap((entry) => entry._tag === "Delivered" ? [entry.replyText ?? ""] : [])
    assert.lengthOf(replies, 1)
    assert.include(replies[0], "we-will-call.wav")
  }).pipe(Effect.provide(platform)))

it.effect("leaves who is engaged alone", () =>
  Effect.gen(function*() {
    const callId = yield* remind(PhoneNumber.make("919840007001"))
    yield* TestClock.adjust("1 minute")
    const simulator = yield* Simulator.Simulator
    const record = yield* simulator.ended(callId)
    assert.strictEqual(record.disposition, "Busy")
    assert.lengthOf(yield* simulator.records, 1)
  }).pipe(Effect.provide(platform)))
