import { AgentId, Calls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"

const platform = Piopiy.layer({ token: Redacted.make("sim-token") }).pipe(Layer.provideMerge(InProcess.layer()))

it.effect("talks for half a minute", () =>
  Effect.gen(function*() {
    const calls = yield* Calls.Calls
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* calls.placeAgentCall({
      callerId: PhoneNumber.make("914400000001"),
      to: PhoneNumber.make("919840000001"),
      agentId: AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
    })
    yield* TestClock.adjust("1 minute")
    const record = yield* simulator.ended(yield* Effect.fromOption(callId))
    assert.strictEqual(record.durationMs, 30_000)
    assert.strictEqual(record.hangupCause, "NORMAL_CLEARING")
  }).pipe(Effect.provide(platform)))
