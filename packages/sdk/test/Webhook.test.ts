import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Action from "../src/Action.ts"
import type { Issue } from "../src/Issue.ts"
import * as LegacyAction from "../src/LegacyAction.ts"
import * as LegacyPipeline from "../src/LegacyPipeline.ts"
import type { PiopiyError } from "../src/PiopiyError.ts"
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

const issuesOf = (result: Result.Result<unknown, PiopiyError>): ReadonlyArray<Issue> => {
  const reason = Result.isFailure(result) ? result.failure.reason : undefined
  return reason?._tag === "InvalidCallback" || reason?._tag === "InvalidRequest" ? reason.issues : []
}

const wirePathsOf = (result: Result.Result<unknown, PiopiyError>) => issuesOf(result).map(({ wirePath }) => wirePath)

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
    assert.deepStrictEqual(
      issuesOf(result).map((issue) => [issue.path, issue.wirePath]),
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
    assert.deepStrictEqual(issuesOf(result).map(({ path }) => path), ["pipeline[0].data[\"1\"]"])
    assert.isTrue(Result.isFailure(result) && result.failure.reason._tag === "InvalidRequest")
  })
})

const legA = "0b6f1c52-7d0e-4c55-9a55-5b7e6a0f1a01"
const requestId = "Q7tR2mXpZ4aVbN8sLk1JhGfDcE3wYuTiOo5P6qWe9rA"
const at = "2024-09-10T04:34:31.456Z"

/** After the sample of doc.telecmi.com/piopiy, answer URL. */
const answerBody = { action: "inbound", from: "19170000001", to: "19170000000", time: 1725942871456, cmiuuid: legA }

/** After the sample of doc.telecmi.com/piopiy, live-out-started. */
const eventBody = {
  appid: 2220001,
  callerid: 440000000001,
  conversation_uuid: requestId,
  direction: "outbound",
  extra_params: "{\"key\":\"value\"}",
  from: 440000000001,
  leg: "a",
  request_id: requestId,
  status: "out_started",
  time: 1725942871456,
  to: 19170000001,
  cmiuuid: legA,
  vn: 440000000001
}

/** After the sample of doc.telecmi.com/piopiy, inbound-webhooks-answered. */
const cdrBody = {
  to: 440000000001,
  appid: 2220001,
  time: 1632318511000,
  start_time: 1632318510,
  end_time: 1632318528,
  from: 440000000002,
  direction: "inbound",
  duration: 13,
  extra_params: "{ 'Name': 'Asha', 'ID':42 }",
  cmiuuid: legA,
  call_rate: "0.450000",
  balance: "878.900000",
  conversation_uuid: "c62abd10-1bab-11ec-8e24-ddb7c33510aa",
  answer_time: 1632318515,
  leg: "a",
  status: "answered",
  type: "cdr"
}

const iso = Option.map(DateTime.formatIso)

describe("decodeAnswer", () => {
  it("reads the documented body", () => {
    const request = Result.getOrThrow(Webhook.decodeAnswer(answerBody))
    assert.deepStrictEqual(
      { ...request, callId: String(request.callId), at: iso(request.at) },
      {
        callId: legA,
        extraParams: "",
        from: "19170000001",
        to: "19170000000",
        direction: Option.some("inbound"),
        at: Option.some(at),
        appId: Option.none()
      }
    )
  })

  it("reads numbers as text or as numbers, and the moment too", () => {
    const one = Result.getOrThrow(
      Webhook.decodeAnswer({ from: 919100000001, to: 4471000001, time: 1725942871456, cmiuuid: legA })
    )
    const other = Result.getOrThrow(
      Webhook.decodeAnswer({ from: "919100000001", to: "4471000001", time: "1725942871456", cmiuuid: legA })
    )
    assert.deepStrictEqual(one, other)
    assert.isTrue(Option.isNone(one.direction))
  })

  it.each(["cmiuuid", "cmuuid", "cmiuid"])("reads the call id under %s", (key) => {
    const { cmiuuid, ...rest } = answerBody
    assert.strictEqual(Result.getOrThrow(Webhook.decodeAnswer({ ...rest, [key]: cmiuuid })).callId, legA)
  })

  it("prefers the spelling of the documentation", () => {
    const request = Webhook.decodeAnswer({ ...answerBody, cmuuid: "5d2a1f0c-3b1e-4a77-8f0a-0c9d8e7f6a02" })
    assert.strictEqual(Result.getOrThrow(request).callId, legA)
  })

  it("reports all problems at once, in both spellings", () => {
    const result = Webhook.decodeAnswer({ from: 1e300, time: "yesterday" })
    assert.sameDeepMembers(
      issuesOf(result).map((issue) => [issue.path, issue.wirePath]),
      [["callId", "cmiuuid"], ["from", "from"], ["to", "to"], ["at", "time"]]
    )
  })
})

describe("decodeDigits", () => {
  const digitsBody = { from: 919100000001, to: 4471000001, dtmf: "0123", cmuuid: legA, extra_params: "{}" }

  it("reads the documented body and keeps a leading zero", () => {
    const result = Result.getOrThrow(Webhook.decodeDigits(digitsBody))
    assert.deepStrictEqual({ ...result, callId: String(result.callId) }, {
      callId: legA,
      extraParams: "{}",
      from: "919100000001",
      to: "4471000001",
      digits: "0123"
    })
  })

  it.each<[unknown, string]>([["", ""], [null, ""], [7, "7"]])("reads %j as the digits %j", (dtmf, digits) => {
    assert.strictEqual(Result.getOrThrow(Webhook.decodeDigits({ ...digitsBody, dtmf })).digits, digits)
  })

  it("gives parameters that came as an object as their JSON", () => {
    const result = Result.getOrThrow(Webhook.decodeDigits({ ...digitsBody, extra_params: { order: 42 } }))
    assert.strictEqual(result.extraParams, "{\"order\":42}")
  })

  it("refuses a body without digits, naming them", () => {
    const { dtmf: _, ...rest } = digitsBody
    assert.deepStrictEqual(wirePathsOf(Webhook.decodeDigits(rest)), ["dtmf"])
  })
})

describe("decodeLiveEvent", () => {
  it.each([
    ["out_started", "Started"],
    ["started", "Started"],
    ["answered", "Answered"],
    ["in_answered", "Answered"],
    ["OUT_ANSWERED", "Answered"],
    ["out_bridged", "Bridged"],
    ["hangup", "HungUp"],
    ["in_hangup", "HungUp"],
    ["Out_Hangup", "HungUp"],
    ["stream_connected", "StreamConnected"],
    ["STREAM_DISCONNECTED", "StreamDisconnected"],
    ["waiting", "Other"],
    ["toString", "Other"]
  ])("reads %s as %s and keeps the name", (status, tag) => {
    const event = Result.getOrThrow(Webhook.decodeLiveEvent({ ...eventBody, status }))
    assert.deepStrictEqual([event._tag, event.status], [tag, status])
  })

  it("reads the documented body", () => {
    const { at: happenedAt, ...event } = Result.getOrThrow(Webhook.decodeLiveEvent(eventBody))
    assert.deepStrictEqual(iso(happenedAt), Option.some(at))
    assert.deepEqual<unknown>(event, {
      _tag: "Started",
      callId: legA,
      extraParams: "{\"key\":\"value\"}",
      status: "out_started",
      direction: Option.some("outbound"),
      leg: Option.some("a"),
      appId: Option.some("2220001"),
      conversationId: Option.some(requestId),
      requestId: Option.some(requestId),
      callerId: Option.some("440000000001"),
      virtualNumber: Option.some("440000000001"),
      user: Option.none(),
      from: "440000000001",
      to: Option.some("19170000001")
    })
  })

  it("takes the direction from the name when the body has none", () => {
    const { direction: _, ...rest } = eventBody
    const directions = ["in_answered", "out_answered", "answered"].map((status) =>
      Result.getOrThrow(Webhook.decodeLiveEvent({ ...rest, status })).direction
    )
    assert.deepStrictEqual(directions, [Option.some("inbound"), Option.some("outbound"), Option.none()])
  })

  const closing = (ws_status: unknown) => {
    const body = { ...eventBody, status: "STREAM_DISCONNECTED", ws_status }
    return Result.map(
      Webhook.decodeLiveEvent(body),
      (event) => event._tag === "StreamDisconnected" ? event.close : undefined
    )
  }

  it("tells how the stream closed, out of the JSON that is in the text", () => {
    const text = "{\"status\":\"disconnected\",\"message\":{\"code\":1006,\"reason\":\"Abnormal closure\"}}"
    const close = Option.some({ code: 1006, reason: "Abnormal closure" })
    assert.deepStrictEqual(Result.getOrThrow(closing(text)), close)
    assert.deepStrictEqual(Result.getOrThrow(closing(JSON.parse(text))), close)
    assert.deepStrictEqual(Result.getOrThrow(closing("{\"status\":\"disconnected\"}")), Option.none())
    assert.deepStrictEqual(Result.getOrThrow(closing(null)), Option.none())
  })

  it("refuses a stream status that is no JSON, naming it", () => {
    assert.deepStrictEqual(wirePathsOf(closing("{")), ["ws_status"])
  })
})

describe("decodeCdr", () => {
  it("reads the documented body", () => {
    const cdr = Result.getOrThrow(Webhook.decodeCdr(cdrBody))
    const { answeredAt, at: recordedAt, endedAt, startedAt } = cdr
    assert.deepStrictEqual([startedAt, answeredAt, endedAt, recordedAt].map(iso), [
      Option.some("2021-09-22T13:48:30.000Z"),
      Option.some("2021-09-22T13:48:35.000Z"),
      Option.some("2021-09-22T13:48:48.000Z"),
      Option.some("2021-09-22T13:48:31.000Z")
    ])
    assert.isTrue(Duration.equals(cdr.duration, Duration.seconds(13)))
    assert.deepStrictEqual(
      [cdr.disposition, cdr.from, cdr.to, cdr.callRate, cdr.balance],
      ["Answered", Option.some("440000000002"), "440000000001", Option.some("0.450000"), Option.some("878.900000")]
    )
    assert.strictEqual(cdr.extraParams, "{ 'Name': 'Asha', 'ID':42 }")
  })

  it.each([
    ["answered", "Answered"],
    ["in_missed", "Missed"],
    ["OUT_MISSED", "Missed"],
    ["busy", "Busy"],
    ["failed", "Failed"],
    ["constructor", "Other"]
  ])("reads the status %s as %s and keeps it", (status, disposition) => {
    const cdr = Result.getOrThrow(Webhook.decodeCdr({ ...cdrBody, status }))
    assert.deepStrictEqual([cdr.disposition, cdr.status], [disposition, status])
  })

  it("takes moments of 0 as never, and a rate of 0 as it is", () => {
    const missed = { ...cdrBody, status: "missed", duration: 0, answer_time: 0, call_rate: 0 }
    const cdr = Result.getOrThrow(Webhook.decodeCdr(missed))
    assert.isTrue(Option.isNone(cdr.answeredAt))
    assert.deepStrictEqual(cdr.callRate, Option.some("0"))
    assert.isTrue(Duration.isZero(cdr.duration))
  })

  it("keeps a caller id that begins with a zero", () => {
    const cdr = Result.getOrThrow(Webhook.decodeCdr({ ...cdrBody, callerid: "04471000001" }))
    assert.deepStrictEqual(cdr.callerId, Option.some("04471000001"))
  })

  it("reads a record of the contact centre", () => {
    const cdr = Result.getOrThrow(Webhook.decodeCdr({
      virtual_number: "440000000001",
      call_id: "c4504776-d91e-123b-29a7-56000429abc0",
      leg: "b",
      type: "cdr",
      appid: 2220001,
      to: 442000000001,
      cmiuuid: legA,
      status: "answered",
      user: "202_2220001",
      time: 1650630551178,
      direction: "outbound",
      answeredsec: 15,
      hangup_reason: "recv_bye",
      record: "true",
      filename: "1650630551178_202.wav"
    }))
    assert.isTrue(Duration.equals(cdr.duration, Duration.seconds(15)))
    assert.deepStrictEqual(
      [cdr.from, cdr.leg, cdr.virtualNumber, cdr.user, cdr.hangupReason, cdr.recording],
      [
        Option.none(),
        Option.some("b"),
        Option.some("440000000001"),
        Option.some("202_2220001"),
        Option.some("recv_bye"),
        Option.some("1650630551178_202.wav")
      ]
    )
  })

  it.each<[string, object, string]>([
    ["a negative duration", { duration: -1 }, "duration"],
    ["a duration in words", { duration: "long" }, "duration"],
    ["a moment beyond the calendar", { end_time: 8_640_000_000_001 }, "end_time"],
    ["a moment before 1970", { time: -1 }, "time"],
    ["a number that lost its digits", { from: 1e21 }, "from"],
    ["no status", { status: "" }, "status"],
    ["an id of another form", { cmiuuid: "1" }, "cmiuuid"]
  ])("refuses %s and names it", (_name, wrong, wirePath) => {
    assert.deepStrictEqual(wirePathsOf(Webhook.decodeCdr({ ...cdrBody, ...wrong })), [wirePath])
  })
})

describe("callbacks of the older API", () => {
  const decoders: ReadonlyArray<(body: unknown) => Result.Result<Webhook.Callback, PiopiyError>> = [
    Webhook.decodeAnswer,
    Webhook.decodeDigits,
    Webhook.decodeLiveEvent,
    Webhook.decodeCdr
  ]
  const whole = { ...cdrBody, ...eventBody, ...answerBody, dtmf: "1" }

  it("ignore keys that are not known", () => {
    for (const decode of decoders) assert.isTrue(Result.isSuccess(decode({ ...whole, colour: "red" })))
  })

  it("fail by a reason that says what could not be read", () => {
    for (const decode of decoders) {
      const result = decode({})
      const error = Result.isFailure(result) ? result.failure : undefined
      assert.strictEqual(error?.reason._tag, "InvalidCallback")
      assert.strictEqual(error?.verdict, "never")
      assert.include(error?.message, "callId: ")
    }
  })

  it("never repeat what they were given when they refuse it", () => {
    const secret = "+91 98765 43210"
    for (const decode of decoders) {
      const result = decode({
        cmiuuid: secret,
        from: [secret],
        to: { secret },
        time: secret,
        status: 5,
        ws_status: secret
      })
      assert.isAbove(wirePathsOf(result).length, 3)
      assert.notMatch(JSON.stringify(result), /98765/)
    }
  })

  it("never throw, whatever they are given", () => {
    for (const value of junk()) {
      for (const decode of decoders) {
        assert.isTrue(Result.isFailure(decode(value)))
        for (const key of Object.keys({ ...whole, ws_status: "", duration: 1 })) {
          assert.isTrue(Result.isResult(decode({ ...whole, [key]: value })))
        }
      }
    }
  })

  it.prop("accept or refuse any JSON without throwing", [Schema.Json, Schema.Json], ([json, other]) => {
    for (const decode of decoders) {
      assert.isTrue(Result.isResult(decode(json)))
      assert.isTrue(Result.isResult(decode({ ...whole, extra_params: json, ws_status: other, time: other })))
    }
  })

  it("are read in bounded time, however large the body is", () => {
    const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`k${index}`, [index]]))
    const long = "9".repeat(5_000_000)
    for (const decode of decoders) {
      assert.isTrue(Result.isFailure(decode({ ...whole, extra_params: wide })))
      assert.isTrue(Result.isResult(decode({ ...whole, from: long, time: long, ws_status: long, dtmf: long })))
    }
  })

  it("are read with lone surrogates in them", () => {
    assert.strictEqual(
      Result.getOrThrow(Webhook.decodeDigits({ ...whole, extra_params: "\ud800" })).extraParams,
      "\ud800"
    )
  })
})

describe("replyLegacy", () => {
  it("is the bare array of actions", () => {
    const text = Result.getOrThrow(
      Webhook.replyLegacy(LegacyPipeline.make([LegacyAction.play("welcome.wav"), LegacyAction.hangup]))
    )
    assert.strictEqual(text, "[{\"action\":\"play\",\"file_name\":\"welcome.wav\"},{\"action\":\"hangup\"}]")
  })

  it("is refused for a faulty pipeline", () => {
    assert.deepStrictEqual(
      wirePathsOf(Webhook.replyLegacy(LegacyPipeline.make([LegacyAction.play("welcome")]))),
      ["pcmo[0].file_name"]
    )
  })
})
