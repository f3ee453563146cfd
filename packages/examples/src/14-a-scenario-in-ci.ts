/**
 * Lesson 14: a scenario file, checked by every push.
 *
 * An on-call line: who is first on call is rung, then who is second. Beside this app lies 14-a-scenario-in-ci.json: who calls,
 * who does not pick up, what goes wrong, and what has to come of it. It is data, so it can be written by people who don't
 * program, and for apps in any language: the file says which command starts this one. `run` starts it, plays the scenario on a
 * platform that it stops afterwards, and exits with 1 when something did not hold; then it says what happened instead, and
 * where the journal of the call lies.
 *
 *     npm run sim -- run packages/examples/src/14-a-scenario-in-ci.json
 *
 * In a CI job that is one step, whose results most hosts can show:
 *
 *     - run: npx piopiy-sim run scenarios/*.json --junit results.xml
 */
import { LegacyPipeline, PhoneNumber, WebhookRouter } from "@effect-piopiy/sdk"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the scenario: the first does not pick up, the second talks for 20 s. */
const settings = Config.all({
  line: phone("LINE", "914400000001"),
  first: phone("FIRST", "914400017002"),
  second: phone("SECOND", "914400017220")
})

/** Whoever starts a service waits until it says that it is there. */
const health = HttpRouter.add("GET", "/health", HttpServerResponse.text("ok"))

export const app = Layer.unwrap(Effect.map(settings, ({ first, line, second }) => {
  const onCall = LegacyPipeline.empty.pipe(
    LegacyPipeline.speak("You are being connected with whoever is on call."),
    LegacyPipeline.bridge({ from: line, to: [first, second], timeout: "15 seconds" }),
    LegacyPipeline.hangup
  )
  return Layer.merge(health, WebhookRouter.layer({ onAnswer: () => Effect.succeed(onCall) }))
}))

if (import.meta.main) {
  // `piopiy-sim run` chooses the port, and says so in the environment.
  const server = Layer.unwrap(
    Effect.map(Config.Port("PORT"), (port) => NodeHttpServer.layer(createServer, { host: "127.0.0.1", port }))
  )
  NodeRuntime.runMain(Layer.launch(Layer.provide(HttpRouter.serve(app), server)))
}
