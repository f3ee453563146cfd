import { assert, describe, it } from "@effect/vitest"
import type { Rule } from "../../../src/core/fault/Fault.ts"
import * as idle from "../../../src/core/fault/idle.ts"
import type { Entry } from "../../../src/core/journal/Entry.ts"

const requested = (seq: number, operation: string): Entry => ({
  _tag: "Requested",
  seq,
  at: 0,
  tenant: "default",
  operation
})

const delivered = (seq: number, path: string): Entry => ({
  _tag: "Delivered",
  seq,
  at: 0,
  tenant: "default",
  callId: "a",
  causedBy: 1,
  deliveryId: "d",
  url: `http://app.test${path}`,
  notice: { _tag: "Answer", callId: "a", direction: "inbound", callerId: "1", to: "2", at: 0 },
  attempt: 1,
  durationMs: 1,
  outcome: "Taken"
})

const journal = [
  requested(1, "POST /v3/voice/ai/call"),
  requested(2, "POST /v3/voice/ai/call"),
  requested(3, "POST /v3/voice/call/hangup"),
  delivered(4, "/answer?token=1")
]

const why = (rule: Rule, matched: number, entries: ReadonlyArray<Entry> = journal): string =>
  idle.why({ rule, matched }, entries)

describe("a fault that never fired", () => {
  it("says that there was nothing of its place", () => {
    assert.strictEqual(why({ fault: { _tag: "Lost" } }, 0, []), "there was no webhook")
    assert.strictEqual(why({ fault: { _tag: "Delay", ms: 1 } }, 0, []), "there was no request")
    assert.strictEqual(why({ fault: { _tag: "StreamLost", afterMs: 1 } }, 0), "there was no stream")
  })

  it("says that what there was came before it", () => {
    assert.strictEqual(
      why({ fault: { _tag: "Lost" }, when: { nth: [1] } }, 0),
      "there was no webhook after it was added"
    )
  })

  it("names its conditions, and what there was instead", () => {
    assert.strictEqual(
      why({ fault: { _tag: "Delay", ms: 1 }, when: { operation: "/v3/voice/flow/call", nth: [2] } }, 0),
      "no request met {\"operation\":\"/v3/voice/flow/call\"}; "
        + "there were POST /v3/voice/ai/call and POST /v3/voice/call/hangup"
    )
    assert.strictEqual(
      why({ fault: { _tag: "Lost" }, when: { notice: "Record" } }, 0),
      "no webhook met {\"notice\":\"Record\"}; there was Answer to http://app.test/answer"
    )
  })

  it("says which of those that met its conditions never came", () => {
    assert.strictEqual(
      why({ fault: { _tag: "Lost" }, when: { nth: [7, 9] } }, 3),
      "fewer met its conditions than nth asks for, 7 and 9; let it ask for earlier ones"
    )
  })

  it("says that chance spared them, or another fault came first", () => {
    assert.strictEqual(
      why({ fault: { _tag: "Lost" }, when: { probability: 0.01 } }, 3),
      "chance spared all that met its conditions, at a probability of 0.01; raise it, or take another seed"
    )
    assert.strictEqual(
      why({ fault: { _tag: "Lost" } }, 3),
      "a rule before it fired each time; put it first, or let that one leave some"
    )
  })
})
