import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import { app, program } from "../src/02-menu-with-digits.ts"
import * as played from "./played.ts"

const sales = "914400017205"
const support = "914400027205"

/** The lesson's call, answered by the lesson's app. */
const play = (customer: string, settings: Readonly<Record<string, string>> = {}) =>
  played.play(program, { app: Layer.orDie(app), settings: { CUSTOMER: customer, ...settings } })

it.effect("asks for a digit once the customer has answered", () =>
  Effect.gen(function*() {
    const { journal } = yield* play("919840007301")
    const [question] = played.commands(journal, "StartPlayback")
    assert.strictEqual(
      question?.prompt._tag === "Say" && question.prompt.text,
      "Press 1 for sales, 2 for support"
    )
    assert.deepStrictEqual(played.events(journal, "DigitPressed").map(({ digit }) => digit), ["1"])
  }))

it.effect("posts the digit to the app, and runs the app's reply", () =>
  Effect.gen(function*() {
    const { journal, records } = yield* play("919840007301")
    const delivered = played.entries(journal, "Delivered")
    assert.lengthOf(delivered, 1)
    assert.strictEqual(delivered[0]?.url, "http://127.0.0.1:8788/menu")
    assert.strictEqual(delivered[0]?.notice.callId, records[0]?.callId)
    const notice = delivered[0]?.notice
    assert(notice?._tag === "Input")
    assert.deepStrictEqual(notice.result, { status: "success", inputType: "dtmf", entry: "1" })
    assert.strictEqual(delivered[0]?.outcome, "NewProgram")
  }))

it.effect("joins who presses 1 with sales, until sales hangs up", () =>
  Effect.gen(function*() {
    const { records } = yield* play("919840007301")
    assert.deepStrictEqual(played.legs(records[0]), [
      { to: "919840007301", cause: "NORMAL_CLEARING", dialedAt: 0, answeredAt: 1000, endedAt: 7600 },
      { to: sales, cause: "NORMAL_CLEARING", dialedAt: 1600, answeredAt: 2600, endedAt: 7600 }
    ])
    assert.strictEqual(records[0]?.endedBy, "Pipeline")
  }))

it.effect("joins who presses 2 with support", () =>
  Effect.gen(function*() {
    const { records } = yield* play("919840007302")
    assert.deepStrictEqual(played.legs(records[0]).map(({ to }) => to), ["919840007302", support])
    assert.strictEqual(records[0]?.legs[1]?.bridgedAt, 2600)
  }))

it.effect("hangs up when the desk is busy", () =>
  Effect.gen(function*() {
    const { records } = yield* play("919840007301", { SALES: "914400017001" })
    assert.strictEqual(played.legs(records[0])[1]?.cause, "USER_BUSY")
    assert.strictEqual(records[0]?.endedBy, "Pipeline")
  }))

it.effect("asks again after a digit that means nothing", () =>
  Effect.gen(function*() {
    const { records } = yield* play("919840007491")
    assert.deepStrictEqual(records[0]?.inputs.map(({ entry }) => entry), ["9", "1"])
    assert.deepStrictEqual(played.legs(records[0]).map(({ to }) => to), ["919840007491", sales])
  }))

it.effect("asks who stays silent a second time, then says goodbye", () =>
  Effect.gen(function*() {
    const { journal, records } = yield* play("919840007101")
    const heard = played.commands(journal, "StartPlayback").map(({ prompt }) =>
      prompt._tag === "Say" ? "menu" : prompt.name
    )
    assert.deepStrictEqual(heard, ["menu", "menu", "goodbye.wav"])
    assert.deepStrictEqual(records[0]?.inputs.map(({ status }) => status), ["no_input"])
    assert.strictEqual(records[0]?.endedBy, "Pipeline")
  }))

it.effect("answers 400 to what is no input result", () =>
  Effect.gen(function*() {
    const handler = yield* HttpRouter.toHttpEffect(app)
    const status = (body: string) =>
      handler.pipe(
        Effect.provideService(
          HttpServerRequest.HttpServerRequest,
          HttpServerRequest.fromWeb(new Request("http://app.test/menu", { method: "POST", body }))
        ),
        Effect.map((response) => response.status)
      )
    assert.strictEqual(yield* status("{\"digits\":\"1\"}"), 400)
    assert.strictEqual(yield* status("digits=1"), 400)
  }).pipe(Effect.provide(played.settings({}))))

it.effect("does not start with a reply that the platform would refuse", () =>
  Effect.gen(function*() {
    const issues = yield* Effect.flip(Layer.build(Layer.provide(app, HttpRouter.layer)))
    assert.include(JSON.stringify(issues), "onResult.url")
  }).pipe(Effect.provide(played.settings({ MENU_URL: "menu" }))))
