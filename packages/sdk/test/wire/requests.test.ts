import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Messaging from "../../src/wire/Messaging.ts"
import { parseOptions } from "../../src/wire/PcmoV3.ts"
import * as RestCalls from "../../src/wire/RestCalls.ts"
import * as RestLegacy from "../../src/wire/RestLegacy.ts"
import * as Stream from "../../src/wire/Stream.ts"

type Wire = Schema.ConstraintDecoder<unknown>

const credentials = { appid: 2223123, secret: "secret-uuid" }
const cmiuuid = "fb449ebb-9ae6-4d33-87eb-fed995707dbc"
const dial = {
  ...credentials,
  extra_params: { order_id: "ORD12345" },
  from: 918000000001,
  duration: 4200,
  pcmo: [{ action: "bridge", from: 918000000001, connect: [{ type: "pstn", number: 918000000002 }] }],
  to: 919400000001
}
const connect = { action: "connect", params: {}, endpoints: [{ type: "pstn", number: "919876543210" }] }

/** Bodies as sent by official Node SDK 1.0.8 and Python SDK 1.0.6, telecmi/pipecat-piopiy 0.1.0, or as documented. */
const bodies: ReadonlyArray<readonly [string, Wire, object]> = [
  ["a dial request", RestLegacy.DialPcmo, dial],
  ["a dial request with an answer URL", RestLegacy.DialAnswerUrl, {
    ...credentials,
    from: 918000000001,
    duration: 3600,
    answer_url: "https://example.com/answer",
    to: 919400000001
  }],
  ["a hold", RestLegacy.CallAction, { ...credentials, cmiuuid, action: "hold" }],
  ["a toggled hold", RestLegacy.CallAction, { ...credentials, cmiuuid, action: "holdToggle" }],
  ["a query for channels", RestLegacy.Credentials, credentials],
  ["a query for a record", RestLegacy.CdrByCallId, { ...credentials, cmiuuid }],
  ["a warm transfer", RestCalls.WarmTransfer, {
    to_number: "919876543210",
    caller_id: "911203134087",
    timeout_sec: 30,
    confirm: true,
    hold_audio: "https://example.com/hold.mp3",
    transfer_summary: "Refund on order A-1042",
    variables: { ticket: "A-1042" }
  }],
  ["a warm transfer to a SIP address", RestCalls.WarmTransfer, {
    sip_uri: "sip:desk@pbx.example.com",
    hold_audio: true,
    sip_headers: { "X-Ticket": "A-1042" }
  }],
  ["a blind transfer without a caller id", RestCalls.BlindTransfer, { pipeline: [connect] }],
  ["a hangup", RestCalls.Hangup, { cause: "normal", reason: "resolved" }],
  ["a login", Messaging.Login, { id: "101_2222223", password: "p" }],
  ["a text message", Messaging.Message, { token: "user-token", text: "hello", to: 19170000001 }],
  ["audio", Stream.Command, {
    type: "streamAudio",
    data: { audioDataType: "raw", sampleRate: 8000, audioData: "AQIDBA==" }
  }],
  ["an interruption", Stream.Command, { action: "break" }]
]

const replies: ReadonlyArray<readonly [string, Wire, object]> = [
  ["to a dial request, as documented", RestLegacy.Dialled, {
    data: { status: "progress", request_id: "Q7tR2m" },
    status: "progress",
    request_id: "Q7tR2m",
    code: 200
  }],
  ["to a dial request, as in official examples", RestLegacy.Dialled, {
    data: { status: "progress" },
    status: "progress",
    request_id: "Q7tR2m",
    cmi_code: 200
  }],
  ["about channels", RestLegacy.Channels, { code: 200, channel: "2" }],
  ["about a call", RestLegacy.CdrOfCall, {
    cdr: {
      duration: 9,
      balance: "44.809024",
      rate: 1.5,
      from: 440000000001,
      to: 440000000002,
      time: 1637124352000,
      leg: "a",
      direction: "outbound",
      status: "answered"
    },
    code: 200
  }],
  ["about the balance", RestLegacy.Balance, { code: 200, expire: 1637124352000, sms: 5, balance: "12.5" }],
  ["to a transfer", RestCalls.Accepted, { message: "queued", call_id: cmiuuid, request_id: "req-1" }],
  ["about a transfer", RestCalls.Transfer, { request_id: "req-1", status: "failed", reason: "busy_and_call_ended" }],
  ["to a login", Messaging.LoggedIn, { code: 200, msg: "ok", token: "t", agent: { id: "101_2222223" } }]
]

const strictly = (schema: Wire, body: unknown) => Schema.decodeUnknownResult(schema, parseOptions)(body)

describe("request bodies", () => {
  it.each(bodies)("take %s with its keys in the order of the client", (_name, schema, body) => {
    assert.strictEqual(JSON.stringify(Result.getOrThrow(strictly(schema, body))), JSON.stringify(body))
  })

  it.each(bodies)("refuse a key too many in %s", (_name, schema, body) => {
    assert.isTrue(Result.isFailure(strictly(schema, { ...body, colour: "red" })))
  })

  it.each<[string, Wire, object]>([
    ["an app id as text", RestLegacy.DialPcmo, { ...dial, appid: "2223123" }],
    ["a number as text", RestLegacy.DialPcmo, { ...dial, to: "919400000001" }],
    ["an empty list of actions", RestLegacy.DialPcmo, { ...dial, pcmo: [] }],
    ["a duration of 0", RestLegacy.DialPcmo, { ...dial, duration: 0 }],
    ["the id under the key of the Node client", RestLegacy.CallAction, {
      ...credentials,
      cmiuid: cmiuuid,
      action: "hold"
    }],
    ["an action that nothing documents", RestLegacy.CallAction, { ...credentials, cmiuuid, action: "mute" }],
    ["a number with a plus", RestCalls.WarmTransfer, { to_number: "+919876543210" }],
    ["hold audio that is false", RestCalls.WarmTransfer, { to_number: "919876543210", hold_audio: false }],
    ["a header that does not begin with X-", RestCalls.WarmTransfer, { sip_uri: "sip:a@b", sip_headers: { Via: "x" } }],
    ["a connect by its older key", RestCalls.BlindTransfer, {
      pipeline: [{ ...connect, params: { from: "919876543210" } }]
    }],
    ["a cause that is empty", RestCalls.Hangup, { cause: "" }]
  ])("refuse %s", (_name, schema, body) => {
    assert.isTrue(Result.isFailure(strictly(schema, body)))
  })
})

describe("replies", () => {
  it.each(replies)("%s are read with what else is in them", (_name, schema, body) => {
    assert.isTrue(Result.isSuccess(Schema.decodeResult(schema)({ ...body, more: [1] })))
  })
})

describe("addresses", () => {
  it("are those that the official clients post to", () => {
    assert.deepStrictEqual(
      [
        RestLegacy.networks.india.dialPcmo,
        RestLegacy.networks.global.dialPcmo,
        RestLegacy.networks.india.dialAnswerUrl,
        RestLegacy.networks.global.dialAnswerUrl,
        RestLegacy.networks.india.callAction,
        RestLegacy.networks.global.callAction
      ],
      [
        "https://rest.telecmi.com/v2/ind_pcmo_make_call",
        "https://rest.telecmi.com/v2/global_pcmo_make_call",
        "https://piopiy.telecmi.com/v1/make_call",
        "https://piopiy.telecmi.com/v1/global_make_call",
        "https://piopiy.telecmi.com/v1/call/action",
        "https://piopiy.telecmi.com/v1/call/global_action"
      ]
    )
    assert.strictEqual(RestCalls.paths.transfer(cmiuuid), `/calls/${cmiuuid}/actions/transfer`)
    assert.strictEqual(RestCalls.paths.transferStatus("req-1"), "/transfers/req-1")
  })
})
