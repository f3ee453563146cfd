/**
 * Lesson 2: ask for a digit, and let your own app decide what happens next.
 *
 * The customer hears a menu. The platform collects the digit, posts it to your app, and runs the pipeline in the reply
 * instead of whatever was left. So a menu is two things: the call, which is `program`, and the app, which is `app`.
 * The callback carries no signature: in production put a secret into its path. When placing fails, see lesson 1.
 *
 * Start a platform with `npm run sim -- serve` and the app as the README of these lessons shows, then run
 * `node packages/examples/src/02-menu-with-digits.ts`.
 */
import {
  Action,
  AppId,
  Calls,
  Endpoint,
  OnResult,
  PhoneNumber,
  Piopiy,
  Pipeline,
  Prompt,
  Webhook
} from "@effect-piopiy/sdk"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: this customer presses 1; both desks answer after 1 s and talk for 5 s. */
const settings = Config.all({
  appId: Config.schema(AppId.AppId, "APP_ID").pipe(Config.withDefault(AppId.make("lessons"))),
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007301"),
  sales: phone("SALES", "914400017205"),
  support: phone("SUPPORT", "914400027205"),
  menuUrl: Config.String("MENU_URL").pipe(Config.withDefault("http://127.0.0.1:8788/menu"))
})

const menu = (menuUrl: string) =>
  Pipeline.make([
    Action.playGetInput({
      prompt: Prompt.say({ text: "Press 1 for sales, 2 for support", language: "en-US", voiceId: "female", speed: 1 }),
      input: ["dtmf"],
      dtmf: { maxDigits: 1, firstDigitTimeout: "5 seconds" },
      retries: { max: 1 },
      onResult: OnResult.url(menuUrl)
    })
  ])

const goodbye = Pipeline.make([Action.play("goodbye.wav"), Action.hangup])

export const program = Effect.gen(function*() {
  const { appId, callerId, customer, menuUrl } = yield* settings
  const calls = yield* Calls.Calls
  return yield* calls.placePipelineCall({ callerId, to: customer, appId, pipeline: menu(menuUrl) })
})

/** `POST /menu`: 1 rings sales, 2 rings support, any other digit asks again, silence says goodbye. */
export const app = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const { callerId, menuUrl, sales, support } = yield* settings
  const ring = (desk: PhoneNumber.PhoneNumber) =>
    Pipeline.make([Action.connect({ callerId, endpoints: [Endpoint.phone(desk)] }), Action.hangup])

  // Every reply is checked here: a faulty one stops the app at its start, not a customer in the middle of a call.
  const replies = yield* Effect.fromResult(Result.all({
    sales: Webhook.reply(ring(sales)),
    support: Webhook.reply(ring(support)),
    again: Webhook.reply(menu(menuUrl)),
    goodbye: Webhook.reply(goodbye)
  }))

  const replyTo = ({ digits }: Webhook.InputResult): string => {
    if (Option.isNone(digits)) return replies.goodbye
    return digits.value === "1" ? replies.sales : digits.value === "2" ? replies.support : replies.again
  }

  yield* router.add("POST", "/menu", (request) =>
    request.json.pipe(
      Effect.flatMap((body) => Effect.fromResult(Webhook.decodeInputResult(body))),
      Effect.match({
        onFailure: () => HttpServerResponse.empty({ status: 400 }),
        onSuccess: (result) => HttpServerResponse.text(replyTo(result), { contentType: "application/json" })
      })
    ))
}))

if (import.meta.main) {
  // The environment goes before these.
  const simulator = ConfigProvider.fromUnknown({
    PIOPIY_BASE_URL: "http://127.0.0.1:8787/v3",
    PIOPIY_TOKEN: "sim-token"
  })
  const piopiy = Piopiy.layerConfig.pipe(
    Layer.provide([FetchHttpClient.layer, ConfigProvider.layerAdd(simulator)])
  )
  const exit = await program.pipe(
    Effect.tap(Console.log),
    Effect.provide(piopiy),
    Effect.tapCause((cause) => Console.error(Cause.pretty(cause))),
    Effect.runPromiseExit
  )
  process.exitCode = Exit.isSuccess(exit) ? 0 : 1
}
