import { AgentId, Calls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"

export const program = Effect.gen(function*() {
  const calls = yield* Calls.Calls
  const { callId } = yield* calls.placeAgentCall({
    callerId: PhoneNumber.make("914400000001"),
    to: PhoneNumber.make("919840007210"),
    agentId: AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"),
    options: { ringTimeout: "20 seconds" }
  })
  yield* Effect.log("queued", callId)
}).pipe(
  Effect.catchReason("PiopiyError", "OutcomeUnknown", ({ why }) => Effect.logWarning("the phone may be ringing:", why)),
  Effect.provide(Piopiy.layerConfigFetch) // PIOPIY_TOKEN; PIOPIY_BASE_URL for the simulator
)
