import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as TestClock from "effect/testing/TestClock"
import type { Rule } from "../../src/core/fault/Fault.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { entriesOf, get } from "../platform.ts"

/** An app that is asked what to do with calls from outside, and everything that it was sent. */
const world = (...faults: ReadonlyArray<Rule>) => {
  const seen: Array<string> = []
  const app = HttpRouter.add("POST", "/answer", (request) =>
    Effect.gen(function*() {
      seen.push(yield* request.text)
      return HttpServerResponse.jsonUnsafe([{ action: "play", file_name: "hello.wav" }, { action: "hangup" }])
    }).pipe(Effect.orDie))
  const layer = InProcess.layer({
    app,
    config: { faults, accounts: [{ token: "sim-token", answerUrl: "http://localhost/answer" }] }
  })
  return { seen, layer }
}

/** A call from outside, an hour later: its record, and what its journal says of the webhook. */
const callIn = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  const { callId } = yield* simulator.callIn({ from: "919840007100", to: "914440000000" })
  yield* TestClock.adjust("1 hour")
  const entries = yield* simulator.journal({ callId })
  return {
    record: yield* simulator.ended(callId),
    outcomes: entriesOf(entries, "Delivered").map(({ at, outcome }) => `${at} ${outcome}`),
    faulted: entriesOf(entries, "Faulted").map(({ fault }) => fault)
  }
})

describe("a call whose answer URL", () => {
  it.effect("is never asked ends as one that nobody answers, after five seconds", () => {
    const { layer, seen } = world({ fault: { _tag: "Lost" } })
    return Effect.gen(function*() {
      const { faulted, outcomes, record } = yield* callIn
      assert.deepEqual([faulted, outcomes, seen], [["Lost"], ["5000 TimedOut"], []])
      assert.strictEqual(record.hangupCause, "NORMAL_TEMPORARY_FAILURE")
    }).pipe(Effect.provide(layer))
  })

  it.effect("is asked late goes on when it has answered", () => {
    const { layer } = world({ fault: { _tag: "Late", ms: 8000 } })
    return Effect.gen(function*() {
      const { outcomes, record } = yield* callIn
      assert.deepEqual(outcomes, ["8000 NewProgram"])
      assert.deepEqual([record.hangupCause, record.answeredAt], ["NORMAL_CLEARING", 8000])
    }).pipe(Effect.provide(layer))
  })

  it.effect("is asked twice does what the first reply says, once", () => {
    const { layer, seen } = world({ fault: { _tag: "Twice", afterMs: 1000 } })
    return Effect.gen(function*() {
      const { outcomes, record } = yield* callIn
      assert.deepEqual(outcomes, ["0 NewProgram", "1000 NewProgram"])
      assert.strictEqual(seen[0], seen[1])
      assert.deepEqual([record.hangupCause, record.endedAt], ["NORMAL_CLEARING", 3000])
    }).pipe(Effect.provide(layer))
  })

  it.effect("is told something else is told so, and the call knows nothing of it", () => {
    const { layer, seen } = world({ fault: { _tag: "Changed", set: { from: "0", "more.x": [1] } } })
    return Effect.gen(function*() {
      const { record } = yield* callIn
      const posted: unknown = JSON.parse(seen[0] ?? "")
      assert.deepInclude(posted, { from: "0", to: "914440000000", more: { x: [1] } })
      assert.strictEqual(record.callerId, "919840007100")
    }).pipe(Effect.provide(layer))
  })
})

describe("faults", () => {
  it.effect("that are drawn are the same in each run of one seed, to the last journal entry", () => {
    const { layer } = world(
      { fault: { _tag: "Reset", effect: "before" }, when: { probability: 0.3 } },
      { fault: { _tag: "Lost" }, when: { probability: 0.3 } },
      { fault: { _tag: "Twice", afterMs: 50 }, when: { probability: 0.5 } }
    )
    const run = Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      for (let request = 0; request < 20; request++) yield* Effect.ignore(get("/v3/balance", "sim-token"))
      for (let call = 0; call < 20; call++) yield* callIn
      return yield* simulator.journal()
    }).pipe(Effect.provide(layer), Effect.provide(TestClock.layer(), { local: true }))
    return Effect.gen(function*() {
      const first = yield* run
      assert.deepEqual(yield* run, first)
      const kinds = new Set(entriesOf(first, "Faulted").map(({ fault }) => fault))
      assert.sameMembers([...kinds], ["Reset", "Lost", "Twice"])
    })
  })
})
