import { AgentId, Calls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"

export const program = Effect.gen(function*() {
  const calls = yield* Calls.Calls
  const placed = yield* calls.placeAgentCall({
    callerId: PhoneNumber.make("914400000001"),
    to: PhoneNumber.make("919840000001"),
    agentId: AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"),
    options: { ringTimeout: "20 seconds", maxDuration: "10 minutes", record: true },
    variables: { customer: "Asha" }
  })
  const callId = yield* Effect.fromOption(placed.callId)
  yield* calls.hangup(callId, { reason: "wrong customer" })
}).pipe(
  Effect.catchTag("PiopiyError", (error) =>
    error.verdict === "ambiguous"
      ? Effect.logWarning(`the phone may be ringing, look before calling again: ${error.message}`)
      : Effect.fail(error)),
  Effect.provide(Piopiy.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))) // PIOPIY_TOKEN, PIOPIY_BASE_URL
)
