/**
 * Lesson 3: hunt for somebody who is free.
 *
 * A customer asked to be called back. The platform rings the customer, then the people at the desk, one after another or
 * all at once, with music in between, and an AI agent when nobody picks up. The pipeline goes on after the conversation
 * too, not only when the hunt has failed: so the stand-in is the last endpoint of the one connect, not a second one,
 * which would ring after every good talk.
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/03-hunt-for-an-agent.ts`, perhaps
 * with `STRATEGY=simultaneous`.
 */
import { Action, AgentId, AppId, Calls, Endpoint, Issue, PhoneNumber, Piopiy, Pipeline } from "@effect-piopiy/sdk"
import * as Array from "effect/Array"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: of the desk one is busy, one lets it ring, one answers after 1 s and talks for 20 s. */
const settings = Config.all({
  appId: Config.schema(AppId.AppId, "APP_ID").pipe(Config.withDefault(AppId.make("lessons"))),
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007101"),
  desk: Config.Array(PhoneNumber.PhoneNumber, "DESK").pipe(
    Config.withDefault(["914400017001", "914400017002", "914400017220"].map(PhoneNumber.make))
  ),
  standIn: Config.schema(AgentId.AgentId, "STAND_IN").pipe(
    Config.withDefault(AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"))
  ),
  strategy: Config.Literals(["sequential", "simultaneous"], "STRATEGY").pipe(Config.withDefault("sequential")),
  ringTimeout: Config.Duration("RING_TIMEOUT").pipe(Config.withDefault(Duration.seconds(10)))
})

/** The settings ask for what the platform would refuse. Nothing was sent; somebody has to mend them. */
export class Misconfigured extends Data.TaggedError("Misconfigured")<{ readonly issues: Issue.Issues }> {
  override get message(): string {
    return `The call cannot be placed with these settings.\n${Issue.format(this.issues)}`
  }
}

export const program = Effect.gen(function*() {
  const { appId, callerId, customer, desk, ringTimeout, standIn, strategy } = yield* settings
  const calls = yield* Calls.Calls
  return yield* calls.placePipelineCall({
    callerId,
    to: customer,
    appId,
    pipeline: Pipeline.make([
      Action.connect({
        callerId,
        endpoints: Array.append(desk.map((person) => Endpoint.phone(person)), Endpoint.agent(standIn)),
        strategy,
        ringTimeout,
        waitingMusic: "waiting.wav"
      }),
      Action.hangup
    ])
  })
}).pipe(
  // The SDK checks before it sends, and tells every problem at once, each with its path.
  Effect.catchReason("PiopiyError", "InvalidRequest", ({ issues }) => Effect.fail(new Misconfigured({ issues })))
)

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
