import { Pipeline, Webhook } from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

export const route = HttpRouter.add("POST", "/menu", (request) =>
  Effect.gen(function*() {
    const { digits } = yield* Effect.fromResult(Webhook.decodeInputResult(yield* request.json))
    yield* Effect.log("pressed", digits)
    const reply = yield* Effect.fromResult(Webhook.reply(Pipeline.empty.pipe(Pipeline.hangup)))
    return HttpServerResponse.text(reply, { contentType: "application/json" })
  }))
