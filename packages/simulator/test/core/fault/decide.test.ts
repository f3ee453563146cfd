import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as decide from "../../../src/core/fault/decide.ts"
import { type Rule, When } from "../../../src/core/fault/Fault.ts"

const request: decide.Point = {
  place: "Request",
  at: 1000,
  operation: "POST /v3/voice/ai/call",
  numbers: ["914400000001", "+91 98400 00001"],
  callId: "2f0c"
}
const webhook: decide.Point = { place: "Webhook", at: 1000, notice: "Record", url: "http://localhost:3000/cdr?a=1" }

const garbage = (when: When): Rule => ({ fault: { _tag: "Garbage" }, when })
const lost = (when: When): Rule => ({ fault: { _tag: "Lost" }, when })

/** Which of so many matches a rule fires at, counted from 1. */
const firings = (rule: Rule, count: number, seed = 1): ReadonlyArray<number> => {
  const fired: Array<number> = []
  let counts = decide.none
  for (let match = 1; match <= count; match++) {
    const next = decide.next(rule, counts, seed)
    counts = next.counts
    if (next.fires) fired.push(match)
  }
  assert.deepStrictEqual(counts, { matched: count, fired: fired.length })
  return fired
}

describe("a rule matches", () => {
  it.each<readonly [When, boolean]>([
    [{}, true],
    [{ operation: "POST /v3/voice/ai/call" }, true],
    [{ operation: "/v3/voice/ai/call" }, true],
    [{ operation: "GET /v3/voice/ai/call" }, false],
    [{ operation: "/v3/voice/ai" }, false],
    [{ number: "919840000001" }, true],
    [{ number: "914400000001" }, true],
    [{ number: "840000001" }, false],
    [{ callId: "2F0C" }, true],
    [{ callId: "2f0" }, false],
    [{ fromMs: 1000 }, true],
    [{ fromMs: 1001 }, false],
    [{ untilMs: 1001 }, true],
    [{ untilMs: 1000 }, false],
    [{ number: "919840000001", untilMs: 1000 }, false]
  ])("a request when %j: %s", (when, expected) => {
    assert.strictEqual(decide.matches(garbage(when), request), expected)
  })

  it.each<readonly [When, boolean]>([
    [{ notice: "Record" }, true],
    [{ notice: "Event" }, false],
    [{ url: "http://localhost:3000/cdr" }, true],
    [{ url: "http://localhost:3000/events" }, false],
    [{ number: "919840000001" }, false],
    [{ callId: "2f0c" }, false]
  ])("a webhook when %j: %s", (when, expected) => {
    assert.strictEqual(decide.matches(lost(when), webhook), expected)
  })

  it("nothing that happens elsewhere than its fault does", () => {
    assert.isFalse(decide.matches(lost({}), request))
    assert.isFalse(decide.matches(garbage({}), webhook))
  })
})

const Times = Schema.Struct({ nth: When.fields.nth, first: When.fields.first, probability: When.fields.probability })

describe("a rule fires", () => {
  it("each time when nothing else is said", () => {
    assert.deepStrictEqual(firings(lost({}), 3), [1, 2, 3])
  })

  it("at the matches that nth names, and at no more than the first few", () => {
    assert.deepStrictEqual(firings(lost({ nth: [2, 5] }), 6), [2, 5])
    assert.deepStrictEqual(firings(lost({ first: 2 }), 6), [1, 2])
    assert.deepStrictEqual(firings(lost({ first: 1, nth: [3, 4] }), 6), [3])
  })

  it.prop("never more often than first, and only where nth says so", [Times, Schema.Natural], ([when, seed]) => {
    const fired = firings(lost(when), 20, seed)
    if (when.first !== undefined) assert.isAtMost(fired.length, when.first)
    if (when.nth !== undefined) assert.includeMembers([...when.nth], [...fired])
    if (when.probability === 0) assert.deepStrictEqual(fired, [])
    assert.deepStrictEqual(firings(lost(when), 20, seed), fired)
  })

  it("about as often as its probability says, differently for another seed", () => {
    const fired = firings(lost({ probability: 0.3 }), 10_000, 1)
    assert.approximately(fired.length, 3000, 200)
    assert.notDeepEqual(firings(lost({ probability: 0.3 }), 10_000, 2), fired)
  })

  it.prop("at the same matches whatever probability others have", [Schema.Natural], ([seed]) => {
    const rare = firings(lost({ probability: 0.2 }), 50, seed)
    assert.includeMembers([...firings(lost({ probability: 0.6 }), 50, seed)], [...rare])
  })
})
