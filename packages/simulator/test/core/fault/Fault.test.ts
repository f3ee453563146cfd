import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Fault from "../../../src/core/fault/Fault.ts"

const decode = Schema.decodeUnknownResult(Fault.Rule)
const read = (json: unknown) => decode(json, { errors: "all", onExcessProperty: "error" })
const problem = (json: unknown): string =>
  Result.match(read(json), { onFailure: ({ message }) => message, onSuccess: () => "taken" })

describe("a fault rule", () => {
  it.prop("is read from JSON as it stands there", [Fault.Rule], ([rule]) => {
    const json: unknown = JSON.parse(JSON.stringify(rule))
    assert.deepEqual<unknown>(Result.getOrThrow(read(json)), json)
  })

  it.prop("is for one place, which its kind decides", [Fault.Fault], ([fault]) => {
    const places = [Fault.isRequestFault(fault), Fault.isWebhookFault(fault), Fault.isStreamFault(fault)]
    assert.deepStrictEqual(places.filter((is) => is), [true])
    assert.deepStrictEqual(
      places,
      [Fault.RequestFault, Fault.WebhookFault, Fault.StreamFault].map((schema) =>
        Schema.is(Schema.Union([schema]))(fault)
      )
    )
  })

  it.each<readonly [json: unknown, says: string]>([
    [{ fault: { _tag: "Reset", effect: "later" } }, "[\"fault\"][\"effect\"]"],
    [{ fault: { _tag: "Explodes" } }, "[\"fault\"]"],
    [{ fault: { _tag: "Status", status: 600, effect: "before" } }, "[\"fault\"][\"status\"]"],
    [{ fault: { _tag: "Late", ms: -1 } }, "[\"fault\"][\"ms\"]"],
    [{ fault: { _tag: "Late", ms: 86_400_001 } }, "[\"fault\"][\"ms\"]"],
    [{ fault: { _tag: "Changed", set: { "a..b": 1 } } }, "[\"set\"][\"a..b\"]"],
    [{ fault: { _tag: "Lost" }, when: { number: "+91984" } }, "[\"when\"][\"number\"]"],
    [{ fault: { _tag: "Lost" }, when: { nth: [0] } }, "[\"when\"][\"nth\"][0]"],
    [{ fault: { _tag: "Lost" }, when: { probability: 1.5 } }, "[\"when\"][\"probability\"]"],
    [{ fault: { _tag: "Garbage" }, when: { operation: "v3/voice" } }, "[\"when\"][\"operation\"]"],
    [{ fault: { _tag: "Lost" }, whenever: {} }, "[\"whenever\"]"]
  ])("that is %j is refused by what is wrong with it", (json, says) => {
    assert.include(problem(json), says)
  })

  it.each<readonly [json: unknown, says: string]>([
    [{ fault: { _tag: "Lost" }, when: { operation: "/v3/voice/ai/call" } }, "Lost is a fault of webhooks"],
    [{ fault: { _tag: "Jittered", jitterMs: 5 }, when: { notice: "Record" } }, "Jittered is a fault of streams"],
    [{ fault: { _tag: "Garbage" }, when: { url: "http://localhost" } }, "Garbage is a fault of requests"],
    [{ fault: { _tag: "Lost" }, when: { fromMs: 500, untilMs: 500 } }, "it is not after 500"],
    [{ fault: { _tag: "Lost" }, when: { untilMs: 0 } }, "it is not after 0"]
  ])("that could never fire, as %j, is refused", (json, says) => {
    assert.include(problem(json), says)
  })
})
