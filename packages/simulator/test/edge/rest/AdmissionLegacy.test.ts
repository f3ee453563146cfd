import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Program from "../../../src/core/pcmo/Program.ts"
import type * as Admission from "../../../src/edge/rest/Admission.ts"
import * as AdmissionLegacy from "../../../src/edge/rest/AdmissionLegacy.ts"

const uuid = "fb449ebb-9ae6-4d33-87eb-fed995707dbc"
const credentials = { appid: 2223123, secret: "secret-uuid" }
const ends = { ...credentials, from: 918000000001, to: 919400000001 }
const dial = { ...ends, pcmo: [{ action: "hangup" }] }
const asking = { ...ends, answer_url: "https://example.com/answer" }
const act = { ...credentials, action: "hold", cmiuuid: uuid }
const byLeg = { ...credentials, cmiuuid: uuid }
const byRequest = { ...credentials, request_id: "Q7tR2mXpZ4aV" }
const indian = { appid: 2223123, token: "secret-uuid" }
const login = { id: "101_2223123", password: "p" }
const message = { token: "t", text: "hello", to: 19170000001 }
const without = (json: object, key: string): object =>
  Object.fromEntries(Object.entries(json).filter(([name]) => name !== key))

type Read = (json: unknown) => Admission.Admitted<unknown>
const { callAction, cdrByLeg, cdrByRequest, dialAnswerUrl, dialPcmo } = AdmissionLegacy

const paths = (admitted: Admission.Admitted<unknown>): ReadonlyArray<string> =>
  Result.isFailure(admitted) ? admitted.failure.map(({ path }) => path) : []

/** Each row: a rule, its reader, a body that it just admits, a body just past it, and where the problem is. */
const rules: ReadonlyArray<readonly [rule: string, read: Read, admitted: unknown, refused: unknown, path: string]> = [
  ["an app id is a number", AdmissionLegacy.app, credentials, { ...credentials, appid: "2223123" }, "appid"],
  ["an app id is above zero", AdmissionLegacy.app, { ...credentials, appid: 1 }, { ...credentials, appid: 0 }, "appid"],
  ["an app id is there", AdmissionLegacy.app, credentials, without(credentials, "appid"), "appid"],
  ["a secret is there", AdmissionLegacy.app, credentials, without(credentials, "secret"), "secret"],
  ["a secret is text", AdmissionLegacy.app, credentials, { ...credentials, secret: 5 }, "secret"],
  ["a secret is not empty", AdmissionLegacy.app, credentials, { ...credentials, secret: "" }, "secret"],
  ["a secret is no token", AdmissionLegacy.app, credentials, indian, "secret"],
  ["a secret may be called token in India", AdmissionLegacy.appIndia, indian, { ...indian, token: 1 }, "token"],
  ["a secret may be called so in India", AdmissionLegacy.appIndia, credentials, { appid: 1 }, "secret"],
  ["a user has a token", AdmissionLegacy.userToken, message, without(message, "token"), "token"],
  ["a user logs in with an id", AdmissionLegacy.login, login, without(login, "id"), "id"],
  ["a user logs in with a password", AdmissionLegacy.login, login, { ...login, password: "" }, "password"],

  ["a dial is an object", dialPcmo, dial, [dial], ""],
  ["a dial calls somebody", dialPcmo, dial, without(dial, "to"), "to"],
  ["the called number is a JSON number", dialPcmo, dial, { ...dial, to: "919400000001" }, "to"],
  ["the called number has 7 digits", dialPcmo, { ...dial, to: 1_000_000 }, { ...dial, to: 999_999 }, "to"],
  ["the called number is whole", dialPcmo, dial, { ...dial, to: 919400000001.5 }, "to"],
  ["a dial shows a number", dialPcmo, dial, without(dial, "from"), "from"],
  ["the shown number is a JSON number", dialPcmo, dial, { ...dial, from: "918000000001" }, "from"],
  ["a dial has a PCMO", dialPcmo, dial, without(dial, "pcmo"), "pcmo"],
  ["a PCMO is read", dialPcmo, dial, { ...dial, pcmo: [{ action: "play" }] }, "pcmo[0].file_name"],
  ["a duration is a number", dialPcmo, { ...dial, duration: 0 }, { ...dial, duration: "30" }, "duration"],
  ["extra params may be text", dialPcmo, { ...dial, extra_params: "" }, { ...dial, extra_params: 1 }, "extra_params"],
  ["extra params may be an object", dialPcmo, { ...dial, extra_params: {} }, {
    ...dial,
    extra_params: []
  }, "extra_params"],
  ["other keys are passed over", dialPcmo, { ...dial, record: true }, { ...dial, to: null }, "to"],
  ["an answer URL is there", dialAnswerUrl, asking, dial, "answer_url"],
  ["an answer URL is of the web", dialAnswerUrl, asking, { ...asking, answer_url: "ftp://e/x" }, "answer_url"],
  ["a dial by answer URL has numbers too", dialAnswerUrl, asking, { ...asking, from: true }, "from"],

  ["an action is known", callAction, { ...act, action: "holdToggle" }, { ...act, action: "transfer" }, "action"],
  ["an action is on a leg", callAction, act, without(act, "cmiuuid"), "cmiuuid"],
  [
    "a leg's id may be cmiuid",
    callAction,
    { ...without(act, "cmiuuid"), cmiuid: uuid },
    { ...act, cmiuid: 5 },
    "cmiuid"
  ],
  ["a leg's id is text", callAction, { ...act, cmiuuid: "x" }, { ...act, cmiuuid: 5 }, "cmiuuid"],
  ["a record is asked for by leg", cdrByLeg, byLeg, { ...credentials, cmiuid: uuid }, "cmiuuid"],
  ["records are asked for by request", cdrByRequest, byRequest, credentials, "request_id"],
  ["a message has a text", AdmissionLegacy.message, message, { ...message, text: "" }, "text"],
  ["a message's number may be text", AdmissionLegacy.message, { ...message, to: "19170000001" }, {
    ...message,
    to: "+1917"
  }, "to"],
  ["a message goes to somebody", AdmissionLegacy.message, message, without(message, "to"), "to"]
]

const readers: ReadonlyArray<readonly [name: string, read: Read]> = [
  ["a dial", dialPcmo],
  ["a dial by answer URL", dialAnswerUrl],
  ["an action", callAction],
  ["a query by leg", cdrByLeg],
  ["a query by request", cdrByRequest],
  ["a message", AdmissionLegacy.message],
  ["an app", AdmissionLegacy.app],
  ["an app in India", AdmissionLegacy.appIndia],
  ["a user's token", AdmissionLegacy.userToken],
  ["a login", AdmissionLegacy.login]
]

const bodies = [dial, asking, act, byLeg, byRequest, indian, login, message]

describe("AdmissionLegacy", () => {
  it.each(rules)("%s", (_, read, admitted, refused, path) => {
    assert.deepStrictEqual(paths(read(admitted)), [])
    assert.deepStrictEqual(paths(read(refused)), [path])
  })

  it("reads a dial as the official clients send it", () => {
    assert.deepStrictEqual(
      Result.getOrNull(dialPcmo({ ...dial, duration: 30, extra_params: { order_id: "ORD1", n: [1] } })),
      {
        appId: "2223123",
        callerId: "918000000001",
        to: "919400000001",
        program: [{ _tag: "Hangup" }],
        maxDurationMs: 30_000,
        extraParams: "{\"order_id\":\"ORD1\",\"n\":[1]}",
        ignored: []
      }
    )
  })

  it("fills in 90 minutes and no extra params", () => {
    const { extraParams, maxDurationMs } = Result.getOrThrow(dialPcmo(dial))
    assert.deepStrictEqual([maxDurationMs, extraParams], [5_400_000, "{}"])
    assert.strictEqual(Result.getOrThrow(dialPcmo({ ...dial, duration: 0 })).maxDurationMs, 5_400_000)
  })

  it("takes text as extra params as it is", () => {
    const text = "{ 'Name': 'Asha', 'ID':42 }"
    assert.strictEqual(Result.getOrThrow(dialPcmo({ ...dial, extra_params: text })).extraParams, text)
  })

  it("asks the answer URL", () => {
    assert.deepStrictEqual(Result.getOrThrow(dialAnswerUrl(asking)).program, [
      { _tag: "Ask", url: "https://example.com/answer" }
    ])
  })

  it("reads ids of legs in lower case, and those of requests as they are", () => {
    assert.deepStrictEqual(Result.getOrNull(callAction({ ...act, cmiuuid: uuid.toUpperCase() })), {
      uuid,
      action: "hold"
    })
    assert.strictEqual(Result.getOrNull(cdrByLeg({ ...byLeg, cmiuuid: uuid.toUpperCase() })), uuid)
    assert.strictEqual(Result.getOrNull(cdrByRequest(byRequest)), "Q7tR2mXpZ4aV")
  })

  it("tells what of a dial it passed over, the credentials not among it", () => {
    const told = (admitted: Admission.Admitted<AdmissionLegacy.DialRequest>) =>
      Result.getOrThrow(admitted).ignored.map(({ path }) => path)
    const pcmo = [{ action: "paly" }, { action: "hangup", reason: "x" }]
    assert.deepStrictEqual(told(dialPcmo({ ...dial, record: true, pcmo })), [
      "record",
      "pcmo[0].action",
      "pcmo[1].reason"
    ])
    assert.deepStrictEqual(told(dialAnswerUrl({ ...asking, pcmo })), ["pcmo"])
  })

  it("gives every call a program of the engine", () => {
    for (const { program } of [Result.getOrThrow(dialPcmo(dial)), Result.getOrThrow(dialAnswerUrl(asking))]) {
      assert.isTrue(Schema.is(Program.Program)(program))
    }
  })

  it("judges JSON that is nested too deep as one problem", () => {
    const deep: unknown = JSON.parse(`{"a":${"[".repeat(100)}${"]".repeat(100)}}`)
    for (const [, read] of readers) assert.deepStrictEqual(paths(read(deep)), [""])
  })

  describe.each(readers)("%s", (_, read) => {
    it.prop("is judged without throwing, whatever the JSON", { json: Schema.Json }, ({ json }) => {
      assert.isTrue(Result.isFailure(read(json)))
    })

    it.prop(
      "is judged without throwing, whatever a field holds",
      { body: Schema.Literals([0, 1, 2, 3, 4, 5, 6, 7]), field: Schema.Natural, json: Schema.Json },
      ({ body, field, json }) => {
        const good = bodies[body] ?? {}
        const key = Object.keys(good)[field % Object.keys(good).length] ?? ""
        const admitted = read({ ...good, [key]: json })
        assert.isTrue(Result.isSuccess(admitted) || admitted.failure.length <= 100)
      }
    )
  })
})
