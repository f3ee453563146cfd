import { AgentId, Calls, PhoneNumber, RetryPolicy } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import { advance, Platform } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

const number = PhoneNumber.make("919840000001")

/** What is tested. Yours does something with the failure. */
const ring = Calls.Calls.use((calls) =>
  calls.placeAgentCall({
    callerId: PhoneNumber.make("914400000001"),
    to: number,
    agentId: AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
  })
)

/** Rings, and looks a minute later. */
const later = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  const ringing = yield* Effect.forkChild(Effect.result(ring))
  yield* advance("1 minute")
  return { result: yield* Fiber.join(ringing), evidence: yield* simulator.evidence() }
})

const placing = { operation: "POST /v3/voice/ai/call", number, nth: [1] } as const

describe("a connection that breaks off", () => {
  it.effect.each([["after", 1], ["before", 0]] as const)(
    "%s the platform has acted leaves the same failure, and has rung %i times",
    ([effect, times]) =>
      Effect.gen(function*() {
        const simulator = yield* Simulator.Simulator
        yield* simulator.faults.add({ name: "once", fault: { _tag: "Reset", effect }, when: placing })
        const error = yield* Effect.flip(ring)
        assert.strictEqual(error.reason._tag, "OutcomeUnknown")
        assert.strictEqual(error.verdict, "ambiguous")
        yield* advance("1 minute")
        const evidence = yield* simulator.evidence()
        expect(evidence).toHaveFiredFault("once")
        if (times === 0) expect(evidence).not.toHaveRung(number)
        else expect(evidence).toHaveRung(number, { times })
      }).pipe(Effect.provide(Platform.layer()))
  )

  it.effect("rings twice under a policy that sends everything again: this test can fail", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      yield* simulator.faults.add({ name: "once", fault: { _tag: "Reset", effect: "after" }, when: placing })
      const { evidence } = yield* later
      expect(evidence).not.toHaveRungNobodyTwice()
    }).pipe(
      Effect.provide(
        Platform.layer({ sdk: { retryPolicy: RetryPolicy.make({ retryAmbiguousAndMaybeRingTwice: true }) } })
      )
    ))
})

it.effect("no answer in time leaves the outcome open, too", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    yield* simulator.faults.add({ name: "once", fault: { _tag: "NoAnswer", effect: "after" }, when: placing })
    const { evidence, result } = yield* later
    assert(result._tag === "Failure" && result.failure.verdict === "ambiguous")
    expect(evidence).toHaveRung(number, { times: 1 })
  }).pipe(Effect.provide(Platform.layer())))

it.effect("too many calls at once are placed a little later", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    yield* simulator.faults.add({
      name: "once",
      fault: { _tag: "Status", status: 429, effect: "before", retryAfterS: 2 },
      when: placing
    })
    const { evidence } = yield* later
    expect(evidence).toHaveRung(number, { times: 1, betweenMs: [2500, 2500] }) // a phone rings 500 ms after it is dialed
  }).pipe(Effect.provide(Platform.layer())))

it.effect("a platform that is down has rung nobody, and says so", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    yield* simulator.outage({ lasts: "1 hour" })
    const { evidence, result } = yield* later
    assert(result._tag === "Failure" && result.failure.reason._tag === "NotSent")
    assert.strictEqual(result.failure.verdict, "safe")
    expect(evidence).not.toHaveRung(number)
  }).pipe(Effect.provide(Platform.layer())))
