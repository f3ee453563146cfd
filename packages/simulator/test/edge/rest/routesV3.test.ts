import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schema from "effect/Schema"
import { Tenants } from "../../../src/engine/Tenants.ts"
import * as Simulator from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { agentId, appId, callerId, entriesOf, flowId, hangup, host, orgId, post, send } from "../../platform.ts"

const inProcess = InProcess.layer()
const to = "919840007100"
const pcmo = { caller_id: callerId, to_number: to, app_id: appId, pipeline: [hangup] }
const aiCall = "/v3/voice/ai/call"
const agentCall = "/v3/voice/agent/call"
const pcmoCall = "/v3/voice/pcmo/call"
const operations = [
  aiCall,
  agentCall,
  pcmoCall,
  "/v3/voice/flow/call",
  "/v3/voice/pcmo/transfer",
  "/v3/voice/call/hangup"
]

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const raw = (path: string, body: string, contentType: string | null = "application/json") =>
  HttpClientRequest.post(`${host}${path}`).pipe(
    HttpClientRequest.bearerToken("sim-token"),
    contentType === null
      ? HttpClientRequest.bodyUint8Array(new TextEncoder().encode(body), "")
      : HttpClientRequest.bodyText(body, contentType),
    send
  )

const authorized = (header: string | undefined) =>
  HttpClientRequest.post(`${host}${pcmoCall}`).pipe(
    (request) => header === undefined ? request : HttpClientRequest.setHeader(request, "authorization", header),
    HttpClientRequest.bodyJsonUnsafe(pcmo),
    send
  )

const Problems = Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String }))

describe("an account's limits", () => {
  const limited = (account: object) => InProcess.layer({ config: { accounts: [{ token: "sim-token", ...account }] } })
  const placing = post(pcmoCall, pcmo)

  it.effect.each(
    [
      [{ channels: 1 }, 429, "channels_in_use", "1"],
      [{ callsPerSecond: 1 }, 429, "rate_limited", "1"],
      [{ active: false }, 403, "app_not_active", undefined],
      [{ balance: 0 }, 403, "insufficient_balance", undefined]
    ] as const
  )("refuse a call too many: %j", ([account, status, error, retryAfter]) =>
    Effect.gen(function*() {
      if (status === 429) assert.strictEqual((yield* placing).status, 200)
      const refused = yield* placing
      assert.strictEqual(refused.status, status)
      assert.strictEqual(refused.body["error"], error)
      assert.strictEqual(refused.headers["retry-after"], retryAfter)
    }).pipe(Effect.provide(limited(account))))
})

describe("authentication", () => {
  it.effect.each([
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer unknown",
    "Bearer SIM-TOKEN",
    "Bearer sim-token extra",
    "Bearer sim-token,sim-token",
    "Basic sim-token",
    "sim-token",
    "Bearer: sim-token",
    "Bearer toString"
  ])("refuses the header %s with 401", (header) =>
    Effect.gen(function*() {
      const answer = yield* authorized(header)
      assert.strictEqual(answer.status, 401)
      assert.strictEqual(answer.body["error"], "unauthorized")
      const simulator = yield* Simulator.Simulator
      assert.lengthOf(yield* simulator.journal(), 1)
    }).pipe(Effect.provide(inProcess)))

  it.effect.each(["Bearer sim-token", "bearer sim-token", "BEARER  sim-token "])(
    "takes the header %s",
    (header) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* authorized(header)).status, 200)
      }).pipe(Effect.provide(inProcess))
  )

  it.effect.each(operations)("guards %s before it looks at the body", (path) =>
    Effect.gen(function*() {
      const answer = yield* post(path, "nonsense", "unknown")
      assert.strictEqual(answer.status, 401)
      assert.notInclude(answer.text, "unknown\"")
    }).pipe(Effect.provide(inProcess)))
})

describe("answers", () => {
  it.effect.each(
    [
      [aiCall, { caller_id: callerId, to_number: to, agent_id: agentId }],
      [agentCall, { caller_id: callerId, to_number: to, agent_id: agentId }],
      [pcmoCall, pcmo],
      ["/v3/voice/flow/call", {
        caller_id: callerId,
        to_number: to,
        app_id: appId,
        flow_id: flowId,
        org_id: orgId
      }]
    ] as const
  )("say call_queued and the ids to %s", ([path, body]) =>
    Effect.gen(function*() {
      const answer = yield* post(path, body)
      assert.strictEqual(answer.status, 200)
      assert.deepEqual(Object.keys(answer.body), ["message", "call_id", "request_id"])
      assert.strictEqual(answer.body["message"], "call_queued")
      assert.match(String(answer.body["call_id"]), uuid)
      assert.match(String(answer.body["request_id"]), uuid)
      assert.include(answer.headers["content-type"], "application/json")
    }).pipe(Effect.provide(inProcess)))

  it.effect("say queued, the call's id and a new request id to a transfer and a hangup", () =>
    Effect.gen(function*() {
      const placed = yield* post(pcmoCall, pcmo)
      const call_id = placed.body["call_id"]
      const transferred = yield* post("/v3/voice/pcmo/transfer", { call_id, pipeline: [hangup] })
      const hungUp = yield* post("/v3/voice/call/hangup", { call_id })
      for (const answer of [transferred, hungUp]) {
        assert.strictEqual(answer.status, 200)
        assert.deepInclude(answer.body, { message: "queued", call_id })
      }
      const requests = [placed, transferred, hungUp].map(({ body }) => body["request_id"])
      assert.strictEqual(new Set(requests).size, 3)
    }).pipe(Effect.provide(inProcess)))

  it.effect("find a call whose id is spelled in capitals", () =>
    Effect.gen(function*() {
      const placed = yield* post(pcmoCall, pcmo)
      const call_id = String(placed.body["call_id"]).toUpperCase()
      assert.strictEqual((yield* post("/v3/voice/call/hangup", { call_id })).status, 200)
    }).pipe(Effect.provide(inProcess)))

  it.effect("journal each request, and what was refused", () =>
    Effect.gen(function*() {
      yield* post(pcmoCall, pcmo)
      yield* post(pcmoCall, { ...pcmo, to_number: "+91" })
      const simulator = yield* Simulator.Simulator
      const entries = yield* simulator.journal()
      const [first, second] = entriesOf(entries, "Requested")
      assert.strictEqual(first?.operation, "POST /v3/voice/pcmo/call")
      assert.strictEqual(entriesOf(entries, "Turned")[0]?.causedBy, first?.seq)
      assert.deepEqual(entriesOf(entries, "Refused"), [{
        _tag: "Refused",
        seq: entries.length,
        at: 0,
        tenant: "default",
        causedBy: second?.seq ?? 0,
        operation: "POST /v3/voice/pcmo/call",
        status: 400,
        error: "invalid_request",
        field: "to_number"
      }])
    }).pipe(Effect.provide(inProcess)))
})

describe("refusals", () => {
  it.effect("name the first field at fault and list every problem", () =>
    Effect.gen(function*() {
      const answer = yield* post(pcmoCall, { caller_id: 9144, to_number: "919840007100", extra: 1, pipeline: [{}] })
      assert.strictEqual(answer.status, 400)
      assert.deepEqual(Object.keys(answer.body), ["error", "message", "field", "problems"])
      assert.strictEqual(answer.body["error"], "invalid_request")
      const problems = yield* Schema.decodeUnknownEffect(Problems)(answer.body["problems"])
      const [first] = problems
      assert.strictEqual(answer.body["field"], first?.path)
      assert.strictEqual(answer.body["message"], `${first?.path}: ${first?.message}`)
      assert.deepEqual(
        problems.map(({ path }) => path).toSorted(),
        ["app_id", "caller_id", "extra", "pipeline[0].action"]
      )
    }).pipe(Effect.provide(inProcess)))

  it.effect.each(["", "{", "nonsense", "[1,]", "{\"a\":1}}"])(
    "answer 400 invalid_json to the body '%s'",
    (body) =>
      Effect.gen(function*() {
        const answer = yield* raw(pcmoCall, body)
        assert.deepEqual([answer.status, answer.body["error"]], [400, "invalid_json"])
      }).pipe(Effect.provide(inProcess))
  )

  it.effect.each(["null", "[]", "7", "\"text\""])(
    "answer 400 to the JSON %s, which is no object",
    (body) =>
      Effect.gen(function*() {
        const answer = yield* raw(pcmoCall, body)
        assert.deepEqual([answer.status, answer.body["error"], answer.body["field"]], [400, "invalid_request", ""])
      }).pipe(Effect.provide(inProcess))
  )

  it.effect.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"])(
    "answer 415 to %s",
    (contentType) =>
      Effect.gen(function*() {
        const answer = yield* raw(pcmoCall, JSON.stringify(pcmo), contentType)
        assert.deepEqual([answer.status, answer.body["error"]], [415, "unsupported_media_type"])
      }).pipe(Effect.provide(inProcess))
  )

  it.effect.each(["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.x+json"])(
    "are not given to %s",
    (contentType) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* raw(pcmoCall, JSON.stringify(pcmo), contentType)).status, 200)
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("answer 400, not a crash, to JSON nested deeper than anything reads", () =>
    Effect.gen(function*() {
      const answer = yield* raw(pcmoCall, "[".repeat(200_000) + "]".repeat(200_000))
      assert.strictEqual(answer.status, 400)
    }).pipe(Effect.provide(inProcess)))

  it.effect.each(["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"] as const)(
    "answer 405 to %s of an operation, and say what it takes",
    (method) =>
      Effect.gen(function*() {
        const answer = yield* send(HttpClientRequest.make(method)(`${host}${pcmoCall}?x=1`))
        assert.deepEqual([answer.status, answer.headers["allow"]], [405, "POST"])
      }).pipe(Effect.provide(inProcess))
  )

  it.effect.each([
    "/v3/voice/ai/hangup",
    "/v3/voice",
    "/v3/",
    "/v3/voice/pcmo/call/x",
    "/v3/calls",
    "/v3/calls/1/actions"
  ])(
    "answer 404 to %s, and say what there is",
    (path) =>
      Effect.gen(function*() {
        const answer = yield* post(path, {})
        assert.deepEqual([answer.status, answer.body["error"]], [404, "not_found"])
        for (const operation of operations) assert.include(String(answer.body["message"]), operation)
      }).pipe(Effect.provide(inProcess))
  )

  it.effect.each(["/", "/v4/x", "/v3", "/favicon.ico", "/_simulator"])(
    "answer 404 to %s",
    (path) =>
      Effect.gen(function*() {
        const answer = yield* send(HttpClientRequest.get(`${host}${path}`))
        assert.deepEqual([answer.status, answer.body["error"]], [404, "not_found"])
      }).pipe(Effect.provide(inProcess))
  )

  it.effect.each([
    "/%E0%A4%A",
    "/v3/%E0%A4%A",
    "/v3/calls/%E0%A4%A",
    `/v3/calls/${"x".repeat(10_000)}`,
    "/v1/%E0%A4%A",
    "/_sim/calls/%E0%A4%A",
    `/_sim/calls/${"x".repeat(10_000)}`
  ])(
    "answer 404 to a path that is none",
    (path) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* send(HttpClientRequest.get(`${host}${path}`))).status, 404)
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("answer 503 while the simulator stops", () =>
    Effect.gen(function*() {
      const tenants = yield* Tenants
      yield* tenants.main.switchboard.stop
      const answer = yield* post(pcmoCall, pcmo)
      assert.deepEqual([answer.status, answer.body["error"]], [503, "stopping"])
    }).pipe(Effect.provide(inProcess)))
})
