import { RetryPolicy } from "@effect-piopiy/sdk"
import { type Fault, Simulator } from "@effect-piopiy/simulator"
import { advance, Platform } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestConsole from "effect/testing/TestConsole"
import { type Outcome, program, retryPolicy } from "../src/11-retries-and-faults.ts"
import * as played from "./played.ts"

const customer = "919840007002"
const placing = { operation: "POST /v3/voice/pcmo/call" }
const hangingUp = { operation: "POST /v3/voice/call/hangup" }

/** Rules as in faults.json, which the simulator takes from its configuration, too. */
const platform = (rules: ReadonlyArray<Fault.Rule>, policy = retryPolicy) =>
  Layer.provideMerge(
    Platform.layer({ config: { faults: rules }, sdk: { retryPolicy: policy, timeout: "5 seconds" } }),
    played.settings({})
  )

/** Two minutes, in which the program has come to its end and all phones are silent again. */
const run = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  const running = yield* Effect.forkChild(program)
  yield* advance("2 minutes")
  const outcome = yield* Fiber.join(running)
  return { outcome, evidence: yield* simulator.evidence(), records: yield* simulator.records }
})

it.effect("lets the phone ring for 6 s", () =>
  Effect.gen(function*() {
    const { evidence, outcome, records } = yield* run
    assert.strictEqual(outcome, "Rang")
    expect(evidence).toHaveRung(customer, { times: 1 })
    expect(evidence).toHaveEnded({ by: "Api", withinMs: 6000 })
    assert.lengthOf(records, 1)
    assert.deepStrictEqual(yield* TestConsole.logLines, [])
  }).pipe(Effect.provide(platform([]))))

describe("placing", () => {
  const always: ReadonlyArray<readonly [why: string, fault: Fault.Fault, outcome: Outcome, rings: number]> = [
    ["an error before anything is done", { _tag: "Status", status: 503, effect: "before" }, "MayHaveRung", 0],
    ["an error though all is done", { _tag: "Status", status: 503, effect: "after" }, "MayHaveRung", 1],
    ["a connection that breaks before", { _tag: "Reset", effect: "before" }, "MayHaveRung", 0],
    ["a connection that breaks after", { _tag: "Reset", effect: "after" }, "MayHaveRung", 1],
    ["no answer, and nothing done", { _tag: "NoAnswer", effect: "before" }, "MayHaveRung", 0],
    ["no answer, and all done", { _tag: "NoAnswer", effect: "after" }, "MayHaveRung", 1],
    ["half a reply", { _tag: "Truncated" }, "MayHaveRung", 1],
    ["a reply of something in between", { _tag: "Garbage" }, "MayHaveRung", 1],
    ["a slow platform", { _tag: "Delay", ms: 4000 }, "Rang", 1],
    ["too many calls, for as long as it tries", { _tag: "Status", status: 429, effect: "before" }, "NotRung", 0]
  ]

  it.effect.each(always)(
    "with %s: is honest, and rings no more than once",
    ([, fault, outcome, rings]) =>
      Effect.gen(function*() {
        const told = yield* run
        assert.strictEqual(told.outcome, outcome)
        expect(told.evidence).toHaveRungNobodyTwice()
        if (rings > 0) expect(told.evidence).toHaveRung(customer, { times: rings })
        else expect(told.evidence).not.toHaveRung(customer)
      }).pipe(Effect.provide(platform([{ name: "always", fault, when: placing }])))
  )

  it.effect("comes back when the platform said, and rings then", () =>
    Effect.gen(function*() {
      const { evidence, outcome } = yield* run
      assert.strictEqual(outcome, "Rang")
      // Its phone rings half a second after it was dialed.
      expect(evidence).toHaveRung(customer, { times: 1, betweenMs: [4500, 4500] })
    }).pipe(
      Effect.provide(
        platform([{
          fault: { _tag: "Status", status: 429, effect: "before", retryAfterS: 2 },
          when: { ...placing, first: 2 }
        }])
      )
    ))

  it.effect("waits for a platform that is down for a moment", () =>
    Effect.gen(function*() {
      yield* Simulator.Simulator.use((simulator) => simulator.outage({ lasts: "1 second" }))
      const { evidence, outcome } = yield* run
      assert.strictEqual(outcome, "Rang")
      expect(evidence).toHaveRung(customer, { times: 1 })
    }).pipe(Effect.provide(platform([]))))

  it.effect("leaves a phone that it lost sight of to its time to ring", () =>
    Effect.gen(function*() {
      const { evidence } = yield* run
      expect(evidence).toHaveEnded({ cause: "NO_ANSWER", withinMs: 20_000 })
    }).pipe(Effect.provide(platform([{ fault: { _tag: "Reset", effect: "after" }, when: placing }]))))

  const careless = RetryPolicy.make({ retryAmbiguousAndMaybeRingTwice: true })

  it.effect("rings twice under a policy that tries everything again", () =>
    Effect.gen(function*() {
      const { evidence, outcome } = yield* run
      assert.strictEqual(outcome, "Rang")
      expect(evidence).not.toHaveRungNobodyTwice()
    }).pipe(
      Effect.provide(
        platform([{ fault: { _tag: "Reset", effect: "after" }, when: { ...placing, first: 1 } }], careless)
      )
    ))
})

describe("hanging up", () => {
  const once: ReadonlyArray<Fault.Fault> = [
    { _tag: "Status", status: 503, effect: "before" },
    { _tag: "Status", status: 503, effect: "after" },
    { _tag: "Reset", effect: "before" },
    { _tag: "Reset", effect: "after" },
    { _tag: "NoAnswer", effect: "before" },
    { _tag: "Garbage" }
  ]

  it.effect.each(once)(
    "is asked for again after $_tag, before the phone stops by itself",
    (fault) =>
      Effect.gen(function*() {
        const { evidence, outcome } = yield* run
        assert.strictEqual(outcome, "Rang")
        expect(evidence).toHaveFiredFault("once")
        expect(evidence).toHaveEnded({ by: "Api", withinMs: 12_000 })
        assert.lengthOf(yield* TestConsole.logLines, 1)
      }).pipe(Effect.provide(platform([{ name: "once", fault, when: { ...hangingUp, first: 1 } }])))
  )

  it.effect("is given up after five attempts, and the phone stops by itself", () =>
    Effect.gen(function*() {
      const { evidence, outcome } = yield* run
      assert.strictEqual(outcome, "Rang")
      expect(evidence).toHaveEnded({ by: "Timeout", cause: "NO_ANSWER" })
      assert.lengthOf(yield* TestConsole.logLines, 5)
    }).pipe(
      Effect.provide(platform([{ fault: { _tag: "Status", status: 500, effect: "before" }, when: hangingUp }]))
    ))
})
