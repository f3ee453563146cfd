import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as TestClock from "effect/testing/TestClock"
import * as Simulator from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import {
  agentId,
  connect,
  entriesOf,
  flowId,
  get,
  hangup,
  host,
  phone,
  place,
  placeAgent,
  post,
  recordOf,
  send,
  textOf
} from "../../platform.ts"

const inProcess = InProcess.layer()
const token = "sim-token"
/** Answers at once and stays. */
const patient = "919840007100"
const silent = "914400007002"
const busy = "914400007001"
const sales = "914400007101"

const transferOf = (callId: string) => `/v3/calls/${callId}/actions/transfer`
const hangupOf = (callId: string) => `/v3/calls/${callId}/actions/hangup`

/** A call whose caller talks with an agent. */
const talking = Effect.gen(function*() {
  const callId = yield* placeAgent(patient, agentId)
  yield* TestClock.adjust("1 second")
  return callId
})

const statusOf = (requestId: string) => Effect.map(get(`/v3/transfers/${requestId}`, token), ({ body }) => body)

describe("the state of a call", () => {
  it.effect("is initiated, ringing, answered, and 404 once it has ended", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: "919840007203", pipeline: [connect([phone(silent)])] })
      const state = Effect.map(get(`/v3/calls/${callId}`, token), ({ body, status }) => [status, body])
      assert.deepStrictEqual(yield* state, [200, { call_id: callId, status: "initiated" }])
      yield* TestClock.adjust("700 millis")
      assert.deepStrictEqual(yield* state, [200, { call_id: callId, status: "ringing" }])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* state, [200, { call_id: callId, status: "answered" }])
      yield* TestClock.adjust("1 minute")
      const ended = yield* get(`/v3/calls/${callId}`, token)
      assert.deepStrictEqual([ended.status, ended.body["error"]], [404, "CALL_NOT_FOUND"])
    }).pipe(Effect.provide(inProcess)))

  it.effect("is found by the id in capitals, and only by the account whose call it is", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: [hangup] })
      const answer = yield* get(`/v3/calls/${callId.toUpperCase()}`, token)
      assert.deepStrictEqual([answer.status, answer.body["call_id"]], [200, callId])
      assert.strictEqual((yield* get(`/v3/calls/${callId}`, "other")).status, 404)
      assert.strictEqual((yield* get(`/v3/calls/${callId}`)).status, 401)
    }).pipe(Effect.provide(InProcess.layer({ config: { accounts: [{ token }, { token: "other" }] } }))))
})

describe("a transfer", () => {
  it.effect.each([{ to_number: sales }, { pipeline: [{ ...connect([phone(sales)]), params: {} }] }])(
    "as %j is queued, then completed",
    (body) =>
      Effect.gen(function*() {
        const callId = yield* talking
        const answer = yield* post(transferOf(callId), body)
        const requestId = yield* textOf(answer, "request_id")
        assert.deepStrictEqual(answer.body, { message: "queued", call_id: callId, request_id: requestId })
        const queued = { request_id: requestId, call_id: callId, status: "queued" }
        assert.deepStrictEqual(yield* statusOf(requestId), queued)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* statusOf(requestId), { ...queued, status: "completed" })
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("that failed says why", () =>
    Effect.gen(function*() {
      const callId = yield* talking
      const requestId = yield* Effect.flatMap(
        post(transferOf(callId), { to_number: busy }),
        (answer) => textOf(answer, "request_id")
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* statusOf(requestId), {
        request_id: requestId,
        call_id: callId,
        status: "failed",
        reason: "busy"
      })
    }).pipe(Effect.provide(inProcess)))

  it.effect("is remembered for 15 minutes after it settled, the call's end notwithstanding", () =>
    Effect.gen(function*() {
      const callId = yield* talking
      const requestId = yield* Effect.flatMap(
        post(transferOf(callId), { to_number: sales }),
        (answer) => textOf(answer, "request_id")
      )
      yield* TestClock.adjust("1 second")
      yield* post(hangupOf(callId), {})
      yield* TestClock.adjust("899999 millis")
      assert.strictEqual((yield* get(`/v3/transfers/${requestId}`, token)).status, 200)
      yield* TestClock.adjust("1 millis")
      const forgotten = yield* get(`/v3/transfers/${requestId}`, token)
      assert.deepStrictEqual([forgotten.status, forgotten.body["error"]], [404, "TRANSFER_NOT_FOUND"])
    }).pipe(Effect.provide(inProcess)))

  it.effect("is refused with 409 and the running one's id while another is in progress, on either path", () =>
    Effect.gen(function*() {
      const callId = yield* talking
      const running = yield* Effect.flatMap(
        post(transferOf(callId), { to_number: silent }),
        (answer) => textOf(answer, "request_id")
      )
      for (
        const answer of [
          yield* post(transferOf(callId), { to_number: sales }),
          yield* post(transferOf(callId), { pipeline: [hangup] }),
          yield* post("/v3/voice/pcmo/transfer", { call_id: callId, pipeline: [hangup] })
        ]
      ) {
        assert.deepStrictEqual([answer.status, answer.body["error"]], [409, "transfer_in_progress"])
        assert.strictEqual(answer.body["request_id"], running)
      }
      const simulator = yield* Simulator.Simulator
      assert.lengthOf(entriesOf(yield* simulator.journal(), "Refused"), 3)
      yield* TestClock.adjust("40 seconds")
      assert.strictEqual((yield* post(transferOf(callId), { to_number: sales })).status, 200)
    }).pipe(Effect.provide(inProcess)))

  it.effect("by the other path has a status too", () =>
    Effect.gen(function*() {
      const callId = yield* talking
      const answer = yield* post("/v3/voice/pcmo/transfer", { call_id: callId, pipeline: [connect([phone(sales)])] })
      const requestId = yield* textOf(answer, "request_id")
      assert.strictEqual((yield* statusOf(requestId))["status"], "queued")
    }).pipe(Effect.provide(inProcess)))

  it.effect("with a body that does not fit is refused with 400, and its fields named", () =>
    Effect.gen(function*() {
      const callId = yield* talking
      const answer = yield* post(transferOf(callId), { to_number: sales, sip_uri: "sip:a@b" })
      assert.deepStrictEqual([answer.status, answer.body["field"]], [400, "sip_uri"])
    }).pipe(Effect.provide(inProcess)))
})

describe("a hangup", () => {
  it.effect("ends the call with the cause normal, and the reason that it gives", () =>
    Effect.gen(function*() {
      const callId = yield* talking
      const answer = yield* post(hangupOf(callId), { reason: "resolved" })
      assert.deepStrictEqual(Object.keys(answer.body), ["message", "call_id", "request_id"])
      assert.deepInclude(answer.body, { message: "queued", call_id: callId })
      const record = yield* recordOf(callId)
      assert.deepInclude(record, { hangupCause: "normal", hangupReason: "resolved", endedBy: "Api" })
    }).pipe(Effect.provide(inProcess)))

  it.effect("is refused with 404 once the call has ended, and so is a transfer", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: busy, pipeline: [hangup] })
      yield* recordOf(callId)
      for (const id of [callId, flowId, "nonsense"]) {
        for (const answer of [yield* post(hangupOf(id), {}), yield* post(transferOf(id), { to_number: sales })]) {
          assert.deepStrictEqual([answer.status, answer.body["error"]], [404, "CALL_NOT_FOUND"])
        }
      }
    }).pipe(Effect.provide(inProcess)))
})

it.effect.each(
  [
    ["PUT", `/v3/calls/${flowId}`, "GET"],
    ["POST", `/v3/calls/${flowId}`, "GET"],
    ["POST", `/v3/transfers/${flowId}`, "GET"],
    ["GET", transferOf(flowId), "POST"],
    ["DELETE", hangupOf(flowId), "POST"]
  ] as const
)("%s is no method of an operation: 405, and what it takes", ([method, path, allow]) =>
  Effect.gen(function*() {
    const answer = yield* send(HttpClientRequest.make(method)(`${host}${path}`))
    assert.deepStrictEqual([answer.status, answer.headers["allow"]], [405, allow])
  }).pipe(Effect.provide(inProcess)))

it.effect.each([`/v3/calls/${flowId}`, `/v3/transfers/${flowId}`])(
  "%s asks for a token",
  (path) =>
    Effect.gen(function*() {
      assert.strictEqual((yield* get(path)).status, 401)
      assert.strictEqual((yield* get(path, "unknown")).status, 401)
    }).pipe(Effect.provide(inProcess))
)
