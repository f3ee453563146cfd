/**
 * Lesson 4: hand a live call over to a human.
 *
 * A customer talks to an AI agent until it is time for a human. Then the call gets another pipeline, which replaces
 * whatever it was running: ring the human, and when the human does not pick up, the agent again, so that the customer is
 * never left alone. The agent stays on the line until one of them answers. Between your decision and your request the
 * customer may hang up: that is no failure but the end of the matter.
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/04-transfer-to-a-human.ts`.
 */
import { Action, AgentId, type CallId, Calls, Endpoint, PhoneNumber, Piopiy, Pipeline } from "@effect-piopiy/sdk"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: this customer stays on the line, the human answers after 1 s and talks for 15 s. */
const settings = Config.all({
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007101"),
  agentId: Config.schema(AgentId.AgentId, "AGENT_ID").pipe(
    Config.withDefault(AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"))
  ),
  human: phone("HUMAN", "914400017215"),
  after: Config.Duration("TRANSFER_AFTER").pipe(Config.withDefault(Duration.seconds(5)))
})

/** What became of the customer, as far as the platform's reply tells: a transfer is queued, not yet answered. */
export type Outcome = "Transferring" | "CustomerGone" | "Unknown" | "NotSteerable"

const outcome = (value: Outcome) => Effect.succeed(value)

/** What a service does when the agent, or whoever listens, asks for a human. */
export const transferToHuman = Effect.fn("transferToHuman")(
  function*(callId: CallId.CallId) {
    const { agentId, callerId, human } = yield* settings
    const calls = yield* Calls.Calls
    yield* calls.transfer(
      callId,
      Pipeline.make([
        Action.connect({
          callerId,
          endpoints: [Endpoint.phone(human), Endpoint.agent(agentId)],
          ringTimeout: "15 seconds",
          metadata: { reason: "asked for a human" }
        }),
        Action.hangup
      ])
    )
    return yield* outcome("Transferring")
  },
  Effect.catchReasons("PiopiyError", {
    CallNotFound: () => outcome("CustomerGone"),
    // The transfer may be under way. A second one would cut into the first, and ring the human twice.
    OutcomeUnknown: () => outcome("Unknown"),
    Unavailable: () => outcome("Unknown")
  })
)

export const program = Effect.gen(function*() {
  const { after, agentId, callerId, customer } = yield* settings
  const calls = yield* Calls.Calls
  const placed = yield* calls.placeAgentCall({ callerId, to: customer, agentId })
  // The platform promises a message alone. A call without an id goes on, but cannot be steered.
  if (Option.isNone(placed.callId)) return yield* outcome("NotSteerable")
  yield* Effect.sleep(after)
  return yield* transferToHuman(placed.callId.value)
})

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
