/** One AI call through the SDK, each module by its path. */
import * as AgentId from "@effect-piopiy/sdk/AgentId"
import * as Calls from "@effect-piopiy/sdk/Calls"
import * as PhoneNumber from "@effect-piopiy/sdk/PhoneNumber"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
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
