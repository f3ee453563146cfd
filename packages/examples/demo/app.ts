/**
 * The app of the demo. It takes the digit that a caller pressed and says whom to ring, it is asked what to do with a call
 * from outside, and it takes in the audio of those that its bot talks to.
 */
import {
  Action,
  Endpoint,
  LegacyPipeline,
  type PhoneNumber,
  Pipeline,
  StreamRouter,
  StreamServer,
  type Webhook,
  WebhookRouter
} from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as bot from "./bot.ts"

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

/** An address for the stream of this one call. Only one that carries both voices stays when the bot hands the call over. */
const connectBot = Effect.fnUntraced(function*({ callId, from, to }: Webhook.AnswerRequest) {
  const streams = yield* StreamServer.StreamServer
  return LegacyPipeline.make([yield* streams.stream({ callId, from, to }, { listenMode: "both" })])
})

/**
 * `POST /app/input`: digit 1 hunts for somebody at the desk, anything else ends the call. `POST /app/answer`: who calls the
 * bot's number gets the bot; anybody else is greeted, and the whole desk rings at once. `/stream`: the bot listens.
 */
export const routes = (desk: SalesDesk, line: bot.BotLine) =>
  Layer.merge(
    WebhookRouter.layer({
      path: "/app",
      onInput: ({ digits }) => Effect.succeed(Option.contains(digits, "1") ? hunt(desk) : hangUp),
      onAnswer: (call) => call.to === line.number ? connectBot(call) : Effect.succeed(greet(desk))
    }),
    StreamRouter.layer(bot.attend(line))
  )
