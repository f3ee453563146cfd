import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Action from "../src/Action.ts"
import * as Pipeline from "../src/Pipeline.ts"
import * as Webhook from "../src/Webhook.ts"
import { junk, untyped } from "./untyped.ts"

const body = {
  call_id: "c4d0e5f6-a7b8-12c9-d3e4-f56789012345",
  from: "919999999999",
  to: 918888888888,
  input_type: "dtmf",
  digits: "12",
  speech: null,
  status: "success",
  variables: { campaign: "spring" },
  dtmf: "12",
  cmiuuid: "c4d0e5f6-a7b8-12c9-d3e4-f56789012345"
}

describe("decodeInputResult", () => {
  it("reads a callback and ignores keys of the older API", () => {
    const result = Result.getOrThrow(Webhook.decodeInputResult(body))
    assert.deepStrictEqual(
      { ...result, callId: String(result.callId) },
      {
        callId: body.call_id,
        from: "919999999999",
        to: "918888888888",
        inputType: "dtmf",
        digits: Option.some("12"),
        speech: Option.none(),
        status: "success",
        variables: { campaign: "spring" }
      }
    )
  })

  it.each([{ digits: "" }, { digits: null }, { digits: undefined }])("reads %j as no digits", (without) => {
    const result = Webhook.decodeInputResult({ ...body, ...without, status: "no_input" })
    assert.isTrue(Option.isNone(Result.getOrThrow(result).digits))
  })

  it("reports all problems at once, in both spellings", () => {
    const result = Webhook.decodeInputResult({ ...body, call_id: "x", input_type: "fax", status: "done" })
    const issues = Result.isFailure(result) ? result.failure : []
    assert.deepStrictEqual(
      issues.map((issue) => [issue.path, issue.wirePath]),
      [["callId", "call_id"], ["inputType", "input_type"], ["status", "status"]]
    )
  })

  it("never throws, whatever it is given", () => {
    for (const value of junk()) {
      assert.isTrue(Result.isFailure(Webhook.decodeInputResult(value)))
      assert.isTrue(Result.isResult(Webhook.decodeInputResult({ ...body, variables: value })))
    }
  })

  it.prop("accepts or refuses any JSON without throwing", [Schema.Json], ([json]) => {
    assert.isTrue(Result.isResult(Webhook.decodeInputResult(json)))
  })
})

describe("reply", () => {
  it("is the bare array of actions", () => {
    const text = Result.getOrThrow(Webhook.reply(Pipeline.make([Action.play("bye.wav"), Action.hangup])))
    assert.strictEqual(text, "[{\"action\":\"play\",\"file_name\":\"bye.wav\"},{\"action\":\"hangup\"}]")
  })

  it("is refused for a faulty pipeline", () => {
    assert.isTrue(Result.isResult(untyped(Webhook.reply, Pipeline.empty)))
    const result = Webhook.reply(Pipeline.make([Action.param({ "1": 1 })]))
    assert.deepStrictEqual(Result.isFailure(result) ? result.failure.map((issue) => issue.path) : [], [
      "pipeline[0].data[\"1\"]"
    ])
  })
})
