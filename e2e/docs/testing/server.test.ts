import { AgentId, Calls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import * as Control from "@effect-piopiy/simulator/control"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/** In place of `piopiy-sim serve`, which may run anywhere: below, its URL is all that is known of it. */
const server = Layer.merge(SimulatorServer.layer({ port: 0 }), FetchHttpClient.layer)

it.live("talks for half a minute, in no time", () =>
  Effect.gen(function*() {
    const { url } = yield* SimulatorServer.SimulatorServer

    // A world of this test's own: its token is in the answer.
    const { token } = yield* (yield* Control.make({ url })).tenants.create({ payload: { clock: "manual", seed: 7 } })
    const control = yield* Control.make({ url, token })

    // What is tested.
    yield* Calls.Calls.use((calls) =>
      calls.placeAgentCall({
        callerId: PhoneNumber.make("914400000001"),
        to: PhoneNumber.make("919840000001"),
        agentId: AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
      })
    ).pipe(Effect.provide(Piopiy.layerFetch({ baseUrl: `${url}/v3`, token: Redacted.make(token) })))

    yield* control.clock.advance({ payload: { ms: 60_000 } })
    const { message, pass } = yield* control.runs.expect({ payload: { _tag: "Ended", by: "Caller", withinMs: 32_000 } })
    assert.isTrue(pass, message)
  }).pipe(Effect.provide(server)))
