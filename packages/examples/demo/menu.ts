/** The webhook app of the demo: it takes the digit that a caller pressed and says what happens next. */
import { Action, Endpoint, type PhoneNumber, Pipeline, Webhook } from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
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

/** `POST /menu`: digit 1 hunts for somebody at the desk, anything else ends the call. */
export const routes = (desk: SalesDesk) =>
  HttpRouter.add("POST", "/menu", (request) =>
    Effect.gen(function*() {
      const { digits } = yield* Effect.fromResult(Webhook.decodeInputResult(yield* request.json))
      const next = Option.contains(digits, "1") ? hunt(desk) : hangUp
      return HttpServerResponse.text(yield* Effect.fromResult(Webhook.reply(next)), { contentType: "application/json" })
    }).pipe(
      Effect.orElseSucceed(() => HttpServerResponse.jsonUnsafe({ error: "not an input result" }, { status: 400 }))
    ))
