/**
 * Lesson 11: try again without ringing twice.
 *
 * A missed call as a sign: the customer's phone rings for a while, then your service hangs up. Both requests can go wrong.
 * To hang up twice does no harm, so the SDK asks until it knows. To place a call twice rings twice, so it asks again only
 * when nothing was sent, or when the platform said to come back; otherwise you are told, and had better take the phone as
 * rung. A call that you lost sight of ends by itself, since it was placed with a time to ring.
 *
 * Start a platform that has a bad day with `npm run sim -- serve --config packages/examples/faults.json`, and run
 * `node packages/examples/src/11-retries-and-faults.ts` twice: the first run takes all in its stride, the second cannot.
 */
import { Action, AppId, type CallId, Calls, PhoneNumber, Piopiy, Pipeline, RetryPolicy } from "@effect-piopiy/sdk"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: nobody answers this customer's phone. */
const settings = Config.all({
  appId: Config.schema(AppId.AppId, "APP_ID").pipe(Config.withDefault(AppId.make("lessons"))),
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007002"),
  ringFor: Config.Duration("RING_FOR").pipe(Config.withDefault(Duration.seconds(6)))
})

/** More patient than the standard policy, and as careful. Each attempt that did not do is told. */
export const retryPolicy = RetryPolicy.make({
  maxAttempts: 5,
  baseDelay: "500 millis",
  maxElapsed: "1 minute",
  onAttempt: ({ error, number }) =>
    Option.match(error, {
      onNone: () => Effect.void,
      onSome: ({ message }) => Console.log(`attempt ${number}: ${message}`)
    })
})

/** What the queue that asked for it is to do: nothing, keep it in mind, ask again. */
export type Outcome = "Rang" | "MayHaveRung" | "NotRung"

const outcome = (value: Outcome) => Effect.succeed(value)

const stopRinging = (callId: CallId.CallId) =>
  Calls.Calls.use((calls) => calls.hangup(callId)).pipe(
    Effect.asVoid,
    Effect.catchReasons("PiopiyError", {
      // The customer was faster.
      CallNotFound: () => Effect.void,
      // Five attempts, and no verdict: the time to ring ends it.
      OutcomeUnknown: () => Effect.void,
      Unavailable: () => Effect.void
    })
  )

/** A call that ends by itself: 20 s after it was placed, or when somebody answers. */
const ring = Effect.gen(function*() {
  const { appId, callerId, customer } = yield* settings
  const calls = yield* Calls.Calls
  return yield* calls.placePipelineCall({
    callerId,
    to: customer,
    appId,
    pipeline: Pipeline.make([Action.hangup]),
    options: { ringTimeout: "20 seconds" }
  })
})

export const program = Effect.gen(function*() {
  const { ringFor } = yield* settings
  const { callId } = yield* ring
  yield* Effect.sleep(ringFor)
  if (Option.isSome(callId)) yield* stopRinging(callId.value)
  return yield* outcome("Rang")
}).pipe(
  Effect.catchReasons("PiopiyError", {
    NotSent: () => outcome("NotRung"),
    RateLimited: () => outcome("NotRung"),
    OutcomeUnknown: () => outcome("MayHaveRung"),
    Unavailable: () => outcome("MayHaveRung")
  })
)

if (import.meta.main) {
  // The environment goes before these.
  const simulator = ConfigProvider.fromUnknown({
    PIOPIY_BASE_URL: "http://127.0.0.1:8787/v3",
    PIOPIY_TOKEN: "sim-token"
  })
  const piopiy = Layer.unwrap(
    Effect.gen(function*() {
      const baseUrl = yield* Config.String("PIOPIY_BASE_URL")
      const token = yield* Config.Redacted("PIOPIY_TOKEN")
      return Piopiy.layerFetch({ baseUrl, token, retryPolicy, timeout: "5 seconds" })
    })
  ).pipe(Layer.provide(ConfigProvider.layerAdd(simulator)))
  const exit = await program.pipe(
    Effect.tap(Console.log),
    Effect.provide(piopiy),
    Effect.tapCause((cause) => Console.error(Cause.pretty(cause))),
    Effect.runPromiseExit
  )
  process.exitCode = Exit.isSuccess(exit) ? 0 : 1
}
