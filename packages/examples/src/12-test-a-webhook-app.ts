/**
 * Lesson 12: test an app that answers calls.
 *
 * A shop's order line. Whoever calls is asked for the number of an order, and hears where it is; who has none, or when the
 * shop does not know, talks to the desk. When nobody picks up there, the customer is called back. The test is the point:
 * test/12-test-a-webhook-app.test.ts lets people call these routes on a platform in memory, and lets the platform
 * misbehave. Three things here are the way they are because of it: a question to the shop has a time-out, since a caller
 * waits; a record is taken twice without harm, since it may be posted twice; and nobody gets in without the secret.
 *
 * Start the app with `node packages/examples/src/12-test-a-webhook-app.ts`, a platform that knows of it, and call:
 *
 *     piopiy=http://127.0.0.1:8788/piopiy/in-production-a-secret
 *     npm run sim -- serve --answer-url $piopiy/answer --cdr-url $piopiy/cdr
 *     curl -H 'Content-Type: application/json' -d '{"from":"919840007342","to":"914400000001"}' \
 *       http://127.0.0.1:8787/_sim/calls/inbound
 */
import { LegacyPipeline, PhoneNumber, type Webhook, WebhookRouter } from "@effect-piopiy/sdk"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: the desk answers after 1 s and talks for 15 s. */
const settings = Config.all({
  shop: phone("SHOP", "914400000001"),
  desk: phone("DESK", "914400017215"),
  port: Config.Port("PORT").pipe(Config.withDefault(8788)),
  publicUrl: Config.String("PUBLIC_URL").pipe(Config.withDefault("http://127.0.0.1:8788")),
  secret: Config.Redacted("WEBHOOK_SECRET").pipe(Config.withDefault(Redacted.make("in-production-a-secret")))
})

/** What the shop knows: in production a query, which takes its time and may fail. */
export class Orders extends Context.Service<Orders, {
  readonly whereabouts: (order: string) => Effect.Effect<Option.Option<string>>
}>()("lessons/Orders") {
  static readonly layerSample = Layer.succeed(this, {
    whereabouts: (order) => Effect.succeed(order === "42" ? Option.some("with the courier") : Option.none())
  })
}

/** Who is to be called back: in production a table, with the id of the leg as its key. */
export class Callbacks extends Context.Service<Callbacks, {
  readonly note: (legId: string, customer: string) => Effect.Effect<void>
}>()("lessons/Callbacks") {
  static readonly layerConsole = Layer.succeed(this, {
    note: (legId, customer) => Console.log(`call ${customer} back, who was not put through (${legId})`)
  })
}

/** The routes, below `/piopiy/SECRET`: `answer`, `digits` and `cdr`. */
export const app = Layer.unwrap(Effect.map(settings, ({ desk, publicUrl, secret, shop }) => {
  const toDesk = LegacyPipeline.empty.pipe(
    LegacyPipeline.bridge({ from: shop, to: desk, timeout: "15 seconds" }),
    LegacyPipeline.hangup
  )

  const ask = LegacyPipeline.empty.pipe(
    LegacyPipeline.playGetInput({
      prompt: "your-order-number.wav",
      maxDigits: 2,
      timeout: "4 seconds",
      url: `${publicUrl}/piopiy/${Redacted.value(secret)}/digits`
    })
  )

  const tell = Effect.fn("tell")(function*({ digits }: Webhook.DigitsResult) {
    const orders = yield* Orders
    // The platform gives an app 5 s for a reply, and then hangs up (assumed). A human is better than that.
    const found = yield* Effect.timeoutOption(orders.whereabouts(digits), "2 seconds")
    return Option.match(Option.flatten(found), {
      onNone: () => toDesk,
      onSome: (place) =>
        LegacyPipeline.empty.pipe(LegacyPipeline.speak(`Your order is ${place}.`), LegacyPipeline.hangup)
    })
  })

  const noteMissed = Effect.fn("noteMissed")(function*({ callId, disposition, from, leg }: Webhook.Cdr) {
    const callbacks = yield* Callbacks
    if (disposition === "Answered" || Option.getOrNull(leg) !== "b" || Option.isNone(from)) return
    yield* callbacks.note(callId, from.value)
  })

  return WebhookRouter.layer<never, Orders | Callbacks>({
    secret,
    onAnswer: () => Effect.succeed(ask),
    onDigits: tell,
    onCdr: noteMissed
  })
}))

if (import.meta.main) {
  const server = Layer.unwrap(
    Effect.map(settings, ({ port }) => NodeHttpServer.layer(createServer, { host: "127.0.0.1", port }))
  )
  const service = HttpRouter.serve(app).pipe(
    Layer.provide([server, Orders.layerSample, Callbacks.layerConsole])
  )
  NodeRuntime.runMain(Layer.launch(service))
}
