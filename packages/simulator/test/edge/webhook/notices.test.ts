import * as Webhook from "@effect-piopiy/sdk/Webhook"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import type { AnswerNotice, DigitsNotice } from "../../../src/core/call/CallCommand.ts"
import * as Cdr from "../../../src/core/call/Cdr.ts"
import type { LegNotice } from "../../../src/core/call/LegNotice.ts"
import type { LegEvent, StreamEvent } from "../../../src/core/call/LiveEvent.ts"
import type { Notice } from "../../../src/core/call/Notice.ts"
import * as notices from "../../../src/edge/webhook/notices.ts"

const originEpochMs = 1_725_942_870_000

const callId = "0b6f1c52-7d0e-4c55-9a55-5b7e6a0f1a01"
const requestId = "Q7tR2mXpZ4aVbN8sLk1JhGfDcE3wYuTiOo5P6qWe9rA"

const leg: LegNotice = {
  callId,
  uuid: callId,
  leg: "first",
  direction: "outbound",
  appId: 1_000_001,
  conversationId: requestId,
  requestId,
  from: "914400000001",
  to: "919840000001",
  extraParams: "{\"key\":\"value\"}"
}

const { requestId: _, ...inboundLeg }: LegNotice = {
  ...leg,
  direction: "inbound",
  conversationId: callId,
  from: "919840000001",
  to: "914400000001"
}

const answer: AnswerNotice = {
  _tag: "Answer",
  callId,
  direction: "inbound",
  callerId: "919840000001",
  to: "914400000001",
  appId: "1000001",
  at: 1456
}

const digits: DigitsNotice = {
  _tag: "Digits",
  callId,
  callerId: "914400000001",
  to: "919840000001",
  digits: "1234",
  extraParams: "{}"
}

const event = (moment: LegEvent["moment"], of: LegNotice = leg): LegEvent => ({
  _tag: "Event",
  moment,
  at: 1456,
  ...of
})

const record: Cdr.Cdr = {
  _tag: "Record",
  startedAt: 1456,
  answeredAt: 5000,
  endedAt: 18_900,
  durationMs: 13_900,
  chargeMicros: 450_000,
  balance: 878.9,
  ...leg
}

const { answeredAt: __, ...unanswered } = record
const missed: Cdr.Cdr = { ...unanswered, durationMs: 0, chargeMicros: 0 }

const body = (notice: Notice) => notices.body(notice, originEpochMs)

/** What goes over the wire and comes out on the other side. */
const wired = (notice: Notice): unknown => JSON.parse(JSON.stringify(body(notice)))

const Samples = Schema.fromJsonString(Schema.Array(Schema.Struct({
  id: Schema.String,
  kind: Schema.String,
  expected: Schema.Record(Schema.String, Schema.Unknown)
})))

const samples = Schema.decodeSync(Samples)(
  readFileSync(new URL("../../../../../e2e/corpus/documented.json", import.meta.url), "utf8")
)

const sampleBody = (id: string): Readonly<Record<string, unknown>> => {
  const found = samples.find((sample) => sample.id === id)?.expected["body"]
  assert(typeof found === "object" && found !== null, `${id} is a sample with a body`)
  return { ...found }
}

/** The documented fields that ours lacks or has of another type; numbers and their text are compatible. */
const lacking = (id: string, ours: Readonly<Record<string, unknown>>): ReadonlyArray<string> => {
  const kind = (value: unknown): string => typeof value === "number" ? "string" : typeof value
  return Object.entries(sampleBody(id))
    .filter(([name, value]) => kind(ours[name]) !== kind(value))
    .map(([name]) => name)
}

describe("bodies", () => {
  it.each(
    [
      ["answer-url-inbound", answer],
      ["answer-url-inbound-numeric-variant", answer],
      ["dtmf-callback", digits],
      ["dtmf-callback-no-param", digits],
      ["live-out-started-a", event("Started")],
      ["live-out-started-b", event("Started", { ...leg, leg: "further" })],
      ["live-out-bridged-b", event("Bridged", { ...leg, leg: "further" })],
      ["cdr-in-answered", { ...record, ...inboundLeg }],
      ["cdr-in-missed-older-form", { ...missed, ...inboundLeg }],
      ["cdr-out-answered-older-form", record]
    ] as const
  )("have every field of the documented sample %s, of its type", (id, notice) => {
    assert.deepEqual(lacking(id, body(notice)), [])
  })

  it("of documented samples are all looked at, but for those of the audio stream and of the contact centre", () => {
    const told = samples.filter(({ expected, kind }) => kind.startsWith("callback.") && "body" in expected)
    assert.deepEqual(
      told.map(({ id }) => id).filter((id) => !/^(answer-url|dtmf|live-out|cdr)-/.test(id)),
      ["live-stream-disconnected", "chub-cdr-out-answered-a", "chub-cdr-out-missed"]
    )
  })

  it("carry the fixed values of the documented samples", () => {
    assert.strictEqual(body(event("Started"))["status"], sampleBody("live-out-started-a")["status"])
    assert.strictEqual(body(event("Bridged"))["status"], sampleBody("live-out-bridged-b")["status"])
    for (const name of ["status", "type", "out", "leg", "direction"]) {
      assert.strictEqual(body(record)[name], sampleBody("cdr-out-answered-older-form")[name])
    }
    assert.strictEqual(body(missed)["status"], sampleBody("cdr-in-missed-older-form")["status"])
    assert.strictEqual(body(record)["call_rate"], sampleBody("cdr-in-answered")["call_rate"])
  })

  it("of the answer URL are read by the SDK as they are meant", () => {
    const read = Result.getOrThrow(Webhook.decodeAnswer(wired(answer)))
    assert.deepEqual([read.callId, read.from, read.to], [callId, "919840000001", "914400000001"])
    assert.deepEqual(read.direction, Option.some("inbound"))
    assert.deepEqual(read.appId, Option.some("1000001"))
    assert.deepEqual(Option.map(read.at, DateTime.toEpochMillis), Option.some(originEpochMs + 1456))
  })

  it("of the answer URL say outbound of a call that was placed", () => {
    assert.strictEqual(body({ ...answer, direction: "outbound" })["action"], "outbound")
  })

  it("of digits are read by the SDK as they are meant, with the call id in both spellings", () => {
    const read = Result.getOrThrow(Webhook.decodeDigits(wired(digits)))
    assert.deepEqual<unknown>(read, {
      callId,
      from: "914400000001",
      to: "919840000001",
      digits: "1234",
      extraParams: "{}"
    })
    assert.deepEqual([body(digits)["cmuuid"], body(digits)["cmiuuid"]], [callId, callId])
  })

  it("of digits that never came have an empty text", () => {
    assert.strictEqual(body({ ...digits, digits: "" })["dtmf"], "")
  })

  it.each(
    [
      ["Started", "out_started", "Started"],
      ["Answered", "out_answered", "Answered"],
      ["Bridged", "out_bridged", "Bridged"],
      ["HungUp", "out_hangup", "HungUp"]
    ] as const
  )("of live events are read by the SDK as they are meant: %s", (moment, status, tag) => {
    const read = Result.getOrThrow(Webhook.decodeLiveEvent(wired(event(moment))))
    assert.deepEqual([read._tag, read.status, read.callId, read.extraParams], [tag, status, callId, leg.extraParams])
    assert.deepEqual(read.leg, Option.some("a"))
    assert.deepEqual(read.conversationId, Option.some(requestId))
    assert.deepEqual(read.callerId, Option.some("914400000001"))
    assert.deepEqual(Option.map(read.at, DateTime.toEpochMillis), Option.some(originEpochMs + 1456))
  })

  it("of a stream have the documented fields alone, and its close as JSON text", () => {
    const about = { _tag: "Event", at: 1456, ...leg, leg: "further" } as const
    const connected: StreamEvent = { ...about, moment: "StreamConnected" }
    const disconnected: StreamEvent = {
      ...about,
      moment: "StreamDisconnected",
      code: 1006,
      reason: "Abnormal closure"
    }
    const sample = sampleBody("live-stream-disconnected")
    const told = body(disconnected)
    assert.sameMembers(Object.keys(told), Object.keys(sample))
    for (const name of ["status", "leg", "ws_status"]) assert.deepEqual(told[name], sample[name])
    assert.strictEqual(body(connected)["status"], "stream_connected")
    assert.strictEqual(body(connected)["ws_status"], "{\"status\":\"connected\"}")
    assert.strictEqual(Result.getOrThrow(Webhook.decodeLiveEvent(wired(connected)))._tag, "StreamConnected")
    assert.strictEqual(Result.getOrThrow(Webhook.decodeLiveEvent(wired(disconnected)))._tag, "StreamDisconnected")
  })

  it("of live events of calls that came in say so, and have no request id, caller id or number", () => {
    const told = body(event("Answered", inboundLeg))
    assert.deepEqual([told["status"], told["direction"]], ["in_answered", "inbound"])
    assert.strictEqual(body(event("HungUp", inboundLeg))["status"], "in_hangup")
    assert.deepEqual(["request_id", "callerid", "vn"].filter((name) => name in told), [])
  })

  it("of records are read by the SDK as they are meant", () => {
    const read = Result.getOrThrow(Webhook.decodeCdr(wired(record)))
    assert.strictEqual(read.disposition, "Answered")
    assert.strictEqual(Duration.toSeconds(read.duration), 13)
    assert.deepEqual(Option.map(read.startedAt, DateTime.toEpochMillis), Option.some(1_725_942_871_000))
    assert.deepEqual(Option.map(read.answeredAt, DateTime.toEpochMillis), Option.some(1_725_942_875_000))
    assert.deepEqual(Option.map(read.endedAt, DateTime.toEpochMillis), Option.some(1_725_942_888_000))
    assert.deepEqual([read.callRate, read.balance], [Option.some("0.450000"), Option.some("878.900000")])
  })

  it("of records of legs that nobody answered have a duration and a rate of the number 0, and no answer time", () => {
    const told = body(missed)
    assert.deepEqual([told["status"], told["duration"], told["call_rate"]], ["missed", 0, 0])
    assert.isFalse("answer_time" in told)
    assert.strictEqual(Result.getOrThrow(Webhook.decodeCdr(wired(missed))).disposition, "Missed")
  })

  it("show digits as JSON numbers, and whatever is no exact number as text", () => {
    const to = (text: string) => body(event("Started", { ...leg, to: text }))["to"]
    assert.strictEqual(to("919840000001"), 919840000001)
    assert.strictEqual(to("9999999999999999"), "9999999999999999")
    assert.strictEqual(to("desk.1"), "desk.1")
  })

  it("of the envelope have all its fields, whatever happened", () => {
    const told = body({
      _tag: "Envelope",
      happened: "TransferFailed",
      callId,
      requestId: "transfer-1",
      direction: "outbound",
      from: "914400000001",
      to: "919840000001",
      status: "busy",
      at: 1456,
      variables: { customer: "Asha" }
    })
    assert.deepEqual(told, {
      event: "transfer.failed",
      call_id: callId,
      request_id: "transfer-1",
      direction: "outbound",
      from: "914400000001",
      to: "919840000001",
      agent_id: null,
      status: "busy",
      time: originEpochMs + 1456,
      duration: null,
      hangup_cause: null,
      recording_url: null,
      variables: { customer: "Asha" }
    })
  })

  it("come again after the documented delays", () => {
    const schedule = samples.find(({ id }) => id === "cdr-retry-schedule")?.expected["delays_after_previous_minutes"]
    assert.deepEqual(Cdr.attemptDelaysMs.map((delay) => delay / 60_000), schedule)
  })
})
