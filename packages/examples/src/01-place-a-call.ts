/**
 * Lesson 1: place a call, and know what to do when that fails.
 *
 * A customer's phone rings; whoever picks up talks to an AI agent. The platform queues the call and answers at once, so
 * success means queued, not answered. A failure comes in three kinds: nothing was sent, so try again later; the request
 * left and no verdict came back, so look before dialing again, or the phone rings twice; and what trying again cannot
 * mend, which is left to fail.
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/01-place-a-call.ts`.
 */
import { AgentId, type CallId, Calls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
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
import * as Option from "effect/Option"

/** The defaults suit the simulator: this customer answers after 1 s and hangs up 10 s later. */
const settings = Config.all({
  callerId: Config.schema(PhoneNumber.PhoneNumber, "CALLER_ID").pipe(
    Config.withDefault(PhoneNumber.make("914400000001"))
  ),
  customer: Config.schema(PhoneNumber.PhoneNumber, "CUSTOMER").pipe(
    Config.withDefault(PhoneNumber.make("919840007210"))
  ),
  agentId: Config.schema(AgentId.AgentId, "AGENT_ID").pipe(
    Config.withDefault(AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"))
  )
})

/** What became of the request, in the words of the job queue that asked for it. */
export type Outcome = Data.TaggedEnum<{
  Queued: { readonly callId: Option.Option<CallId.CallId> }
  TryLater: { readonly after: Duration.Duration }
  LookFirst: { readonly why: string }
}>
export const Outcome = Data.taggedEnum<Outcome>()

const aMinute = Duration.minutes(1)

export const program = Effect.gen(function*() {
  const { agentId, callerId, customer } = yield* settings
  const calls = yield* Calls.Calls
  const { callId } = yield* calls.placeAgentCall({
    callerId,
    to: customer,
    agentId,
    options: { ringTimeout: "20 seconds", maxDuration: "10 minutes" },
    variables: { order: "A-1042" }
  })
  return Outcome.Queued({ callId })
}).pipe(
  // The SDK has tried three times by now, since these two are safe to try again. No phone has rung.
  Effect.catchReasons("PiopiyError", {
    NotSent: () => Effect.succeed(Outcome.TryLater({ after: aMinute })),
    RateLimited: ({ retryAfter }) =>
      Effect.succeed(Outcome.TryLater({ after: Option.getOrElse(retryAfter, () => aMinute) }))
  }),
  // After these the phone may be ringing: the SDK has tried once, and so should you.
  Effect.catchReasons("PiopiyError", {
    OutcomeUnknown: ({ why }) => Effect.succeed(Outcome.LookFirst({ why })),
    Unavailable: ({ status }) => Effect.succeed(Outcome.LookFirst({ why: `status ${status}` }))
  })
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
