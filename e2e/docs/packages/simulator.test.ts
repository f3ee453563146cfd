import { AgentId, Calls, PhoneNumber } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import { advance, Platform } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

it.effect("gives up after 20 s when nobody answers", () =>
  Effect.gen(function*() {
    const calls = yield* Calls.Calls
    yield* calls.placeAgentCall({
      callerId: PhoneNumber.make("914400000001"),
      to: PhoneNumber.make("919840007002"), // rings and is never answered
      agentId: AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"),
      options: { ringTimeout: "20 seconds" }
    })
    yield* advance("1 minute")
    const simulator = yield* Simulator.Simulator
    expect(yield* simulator.evidence()).toHaveEnded({ cause: "NO_ANSWER", betweenMs: [20_000, 20_000] })
  }).pipe(Effect.provide(Platform.layer())))
