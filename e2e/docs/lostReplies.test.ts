import { AgentId, Calls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/** Requests arrive; the connection breaks before the reply. */
const losesReplies = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, (platform) =>
    HttpClient.make((request) =>
      Effect.andThen(
        platform.execute(request),
        Effect.fail(
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({ request, cause: { code: "ECONNRESET" } })
          })
        )
      )
    ))
)

const platform = Piopiy.layer({ token: Redacted.make("sim-token") }).pipe(
  Layer.provide(losesReplies),
  Layer.provideMerge(InProcess.layer())
)

it.effect("does not ring twice when the reply to a placed call is lost", () =>
  Effect.gen(function*() {
    const calls = yield* Calls.Calls
    const simulator = yield* Simulator.Simulator
    const error = yield* Effect.flip(calls.placeAgentCall({
      callerId: PhoneNumber.make("914400000001"),
      to: PhoneNumber.make("919840000001"),
      agentId: AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
    }))
    assert.strictEqual(error.reason._tag, "OutcomeUnknown")
    assert.strictEqual(error.verdict, "ambiguous")
    assert.lengthOf(yield* simulator.live, 1)
  }).pipe(Effect.provide(platform)))
