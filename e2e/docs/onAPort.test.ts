import { AgentId, Calls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import { Party, Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const customer = PhoneNumber.make("919840000001")

/** A server on a free port, and people who are quick, since time is real here. */
const server = SimulatorServer.layer({
  port: 0,
  config: { people: { [customer]: Party.person({ answersAfterMs: 50, talksForMs: 500 }) } }
})

const sdk = Layer.unwrap(Effect.map(
  SimulatorServer.SimulatorServer,
  ({ url }) => Piopiy.layerFetch({ baseUrl: `${url}/v3`, token: Redacted.make("sim-token") })
))

it.live("joins the customer with the agent, over a socket", () =>
  Effect.gen(function*() {
    const calls = yield* Calls.Calls
    const simulator = yield* Simulator.Simulator
    const placed = yield* calls.placeAgentCall({
      callerId: PhoneNumber.make("914400000001"),
      to: customer,
      agentId: AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
    })
    const record = yield* simulator.ended(yield* Effect.fromOption(placed.callId))
    assert.deepStrictEqual(record.legs.map(({ disposition }) => disposition), ["Answered", "Answered"])
    assert.strictEqual(record.endedBy, "Caller")
    assert.isAtLeast(record.endedAt - record.startedAt, 550)
  }).pipe(Effect.provide(sdk.pipe(Layer.provideMerge(server)))))
