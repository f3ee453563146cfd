/** One AI call through the SDK, all from its index. */
import { AgentId, Calls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const program = Calls.Calls.use((calls) =>
  calls.placeAgentCall({
    callerId: PhoneNumber.make("914440000000"),
    to: PhoneNumber.make("919840007230"),
    agentId: AgentId.make("2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a001")
  })
).pipe(Effect.provide(Piopiy.layerFetch({ token: Redacted.make("token") })))

void Effect.runPromise(program)
