import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Program from "../../../src/core/pcmo/Program.ts"
import * as AdmissionCalls from "../../../src/edge/rest/AdmissionCalls.ts"
import * as AdmissionV3 from "../../../src/edge/rest/AdmissionV3.ts"

const number = "919876543210"
const callId = "c4d0e5f6-a7b8-12c9-d3e4-f56789012345"
const pipeline = [{ action: "connect", params: {}, endpoints: [{ type: "pstn", number }] }]

const transfer = (json: unknown) => AdmissionCalls.transfer(json, "")
const hangup = (json: unknown) => AdmissionCalls.hangup(json, "")
const problems = (json: unknown): ReadonlyArray<string> => {
  const read = transfer(json)
  return Result.isFailure(read) ? read.failure.map(({ path }) => path) : []
}
const step = (json: unknown): Program.Step | undefined => {
  const read = transfer(json)
  return Result.isSuccess(read) ? read.success[0] : undefined
}

describe("a warm transfer", () => {
  it("needs a number or a SIP address, and nothing else", () => {
    assert.deepStrictEqual(step({ to_number: number }), {
      _tag: "Consult",
      endpoint: { _tag: "Pstn", number },
      ringTimeoutMs: 40_000,
      confirm: false,
      variables: {}
    })
    assert.deepInclude(step({ sip_uri: "sip:a@b" }), { endpoint: { _tag: "Sip", uri: "sip:a@b" }, headers: {} })
  })

  it("carries everything that it was given", () => {
    const body = {
      to_number: number,
      caller_id: "911203134087",
      timeout_sec: 30,
      confirm: true,
      hold_audio: "https://example.com/hold.mp3",
      transfer_summary: "Refund",
      variables: { ticket: "A-1042" }
    }
    assert.deepStrictEqual(step(body), {
      _tag: "Consult",
      endpoint: { _tag: "Pstn", number },
      callerId: "911203134087",
      ringTimeoutMs: 30_000,
      confirm: true,
      holdAudio: "https://example.com/hold.mp3",
      summary: "Refund",
      variables: { ticket: "A-1042" }
    })
  })

  it("tells a SIP user the summary in a header of its own, beside the headers that it was given", () => {
    const body = { sip_uri: "sip:a@b", sip_headers: { "X-Ticket": "A" }, transfer_summary: "Refund" }
    assert.deepInclude(step(body), { headers: { "X-Ticket": "A", "X-Transfer-Summary": "Refund" } })
  })

  it("plays the platform's own audio when hold_audio is true", () => {
    assert.deepInclude(step({ to_number: number, hold_audio: true }), { holdAudio: "hold_audio" })
  })

  it("rings as long as ever when timeout_sec is 0", () => {
    assert.deepInclude(step({ to_number: number, timeout_sec: 0 }), { ringTimeoutMs: 40_000 })
    assert.deepInclude(step({ to_number: number, timeout_sec: 1 }), { ringTimeoutMs: 1000 })
  })

  it.each(
    [
      ["no destination", {}, "to_number"],
      ["two destinations", { to_number: number, sip_uri: "sip:a@b" }, "sip_uri"],
      ["a number with +", { to_number: `+${number}` }, "to_number"],
      ["an empty SIP address", { sip_uri: "" }, "sip_uri"],
      ["a caller id that is no number", { to_number: number, caller_id: "me" }, "caller_id"],
      ["half a second", { to_number: number, timeout_sec: 0.5 }, "timeout_sec"],
      ["less than no time", { to_number: number, timeout_sec: -1 }, "timeout_sec"],
      ["a text to confirm", { to_number: number, confirm: "yes" }, "confirm"],
      ["false as hold audio", { to_number: number, hold_audio: false }, "hold_audio"],
      ["no name as hold audio", { to_number: number, hold_audio: "" }, "hold_audio"],
      ["a summary that is no text", { to_number: number, transfer_summary: 1 }, "transfer_summary"],
      ["a header without X-", { sip_uri: "sip:a@b", sip_headers: { Ticket: "A" } }, "sip_headers.Ticket"],
      ["a header that is no text", { sip_uri: "sip:a@b", sip_headers: { "X-A": 1 } }, "sip_headers[\"X-A\"]"],
      ["a variable that is an object", { to_number: number, variables: { a: {} } }, "variables.a"],
      ["an unknown key", { to_number: number, mode: "warm" }, "mode"]
    ] as const
  )("is refused with %s, which it names", (_, body, path) => {
    assert.deepStrictEqual(problems(body), [path])
  })
})

describe("a blind transfer", () => {
  it("may leave the caller id of a connect out, here alone", () => {
    assert.deepInclude(step({ pipeline }), { _tag: "Connect", endpoints: [{ _tag: "Pstn", number }] })
    assert.notProperty(step({ pipeline }), "callerId")
    assert.isTrue(Result.isFailure(AdmissionV3.transfer({ call_id: callId, pipeline })))
  })

  it("keeps every other rule of a pipeline", () => {
    assert.deepStrictEqual(problems({ pipeline: [] }), ["pipeline"])
    assert.deepStrictEqual(problems({ pipeline: [{ action: "speak" }] }), ["pipeline[0].action"])
    assert.deepStrictEqual(
      problems({ pipeline: [{ ...pipeline[0], params: { caller_id: "me" } }] }),
      ["pipeline[0].params.caller_id"]
    )
  })

  it("takes no key of a warm one", () => {
    assert.deepStrictEqual(problems({ pipeline, to_number: number }), ["to_number"])
  })

  it.each([null, [], "text", 7])("is no %j", (body) => {
    assert.deepStrictEqual(problems(body), [""])
  })
})

describe("a hangup", () => {
  it("has the cause normal unless told another, of any length and spelling", () => {
    assert.deepStrictEqual(hangup({}), Result.succeed({ cause: "normal" }))
    const free = "the customer has left the building ".repeat(9)
    assert.deepStrictEqual(hangup({ cause: free, reason: "r" }), Result.succeed({ cause: free, reason: "r" }))
  })

  it.each([{ cause: "" }, { cause: null }, { reason: "" }, { call_id: callId }, []])("is not %j", (body) => {
    assert.isTrue(Result.isFailure(hangup(body)))
  })
})

it.prop("any JSON whatever is admitted as a program that the engine runs, or refused with problems", {
  json: Schema.Json
}, ({ json }) => {
  for (const body of [json, { to_number: json }, { sip_uri: "sip:a@b", sip_headers: json }, { pipeline: json }]) {
    const read = transfer(body)
    if (Result.isSuccess(read)) assert.isTrue(Schema.is(Program.Program)(read.success))
    else assert.isAbove(read.failure.length, 0)
  }
})
