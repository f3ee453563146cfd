/**
 * The webhook app of the demo. It takes the digit that a caller pressed and says whom to ring, and it is asked what to do
 * with a call from outside.
 */
import { Action, Endpoint, LegacyPipeline, type PhoneNumber, Pipeline, WebhookRouter } from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** Who is rung for sales, in turn, and the number that they see. */
export interface SalesDesk {
  readonly callerId: PhoneNumber.PhoneNumber
  readonly people: readonly [PhoneNumber.PhoneNumber, ...ReadonlyArray<PhoneNumber.PhoneNumber>]
}

const hunt = ({ callerId, people: [first, ...others] }: SalesDesk) =>
  Pipeline.make([
    Action.connect({ callerId, endpoints: [Endpoint.phone(first), ...others.map((one) => Endpoint.phone(one))] }),
    Action.hangup
  ])

const hangUp = Pipeline.make([Action.hangup])

const greet = ({ callerId, people: [first, ...others] }: SalesDesk) =>
  LegacyPipeline.empty.pipe(
    LegacyPipeline.speak("Welcome, you are being connected"),
    LegacyPipeline.bridge({ from: callerId, to: [first, ...others], ring: "group" })
  )

/**
 * `POST /app/input`: digit 1 hunts for somebody at the desk, anything else ends the call. `POST /app/answer`: who calls in
 * is greeted, and the whole desk rings at once.
 */
export const routes = (desk: SalesDesk) =>
  WebhookRouter.layer({
    path: "/app",
    onInput: ({ digits }) => Effect.succeed(Option.contains(digits, "1") ? hunt(desk) : hangUp),
    onAnswer: () => Effect.succeed(greet(desk))
  })
