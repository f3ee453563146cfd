import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Tenants } from "../../../src/engine/Tenants.ts"
import * as Simulator from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { type Answer, entriesOf, get, host, post, recordOf, send, textOf } from "../../platform.ts"

const account = { token: "sim-token", balance: 1000, ratePerMinute: 0.45 }
const inProcess = InProcess.layer({ config: { accounts: [account] } })
const appid = 1_000_001
const secret = "sim-secret"
const from = 914400000001
/** Answers at once and stays. */
const patient = 919840007100
/** Answers after a second. */
const later = 919840007101
const silent = 914400007002
const busy = 914400007001
const sales = 914400007101

const hangup = { action: "hangup" }
const bridge = { action: "bridge", from, connect: [{ type: "pstn", number: sales }] }
const dialPaths = [
  "/v2/ind_pcmo_make_call",
  "/v2/global_pcmo_make_call",
  "/v1/pcmo_make_call",
  "/v1/global_pcmo_make_call"
]
const answerUrlPaths = ["/v1/make_call", "/v1/global_make_call"]
const actionPaths = ["/v1/call/action", "/v1/call/global_action"]
const queryPaths = [
  "/v2/piopiy/get_channels",
  "/v1/piopiy/cmiuuid_cdr",
  "/v1/piopiy/requestid_cdr",
  "/v2/balance",
  "/v1/balance"
]
const userPaths = ["/v2/user/login", "/v2/messages"]
const paths = [...dialPaths, ...answerUrlPaths, ...actionPaths, ...queryPaths, ...userPaths]
const [dialPath = ""] = dialPaths
const [actionPath = ""] = actionPaths

/** `POST` with the credentials of the default account, unless the body has others. */
const ask = (path: string, body: object) =>
  HttpClientRequest.post(`${host}${path}`).pipe(
    HttpClientRequest.bodyJsonUnsafe({ appid, secret, ...body }),
    send
  )

const dial = (to: number, pcmo: ReadonlyArray<unknown>, more: object = {}) => ask(dialPath, { from, to, pcmo, ...more })

/** The only call in progress. */
const live = Effect.flatMap(
  Simulator.Simulator,
  (simulator) =>
    Effect.flatMap(simulator.live, ([call]) => call === undefined ? Effect.die("no call") : Effect.succeed(call))
)

const liveId = Effect.map(live, ({ origin }) => origin.callId)

const codes = ({ body, status }: Answer) => [status, body["code"], body["cmi_code"]]

const Problems = Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String }))
const problemsOf = (answer: Answer) =>
  Effect.map(
    Schema.decodeUnknownEffect(Problems)(answer.body["problems"]),
    (problems) => problems.map(({ path }) => path)
  )

describe("a dial", () => {
  it.effect.each(dialPaths)(
    "at %s says progress and the request id, with the code under both names",
    (path) =>
      Effect.gen(function*() {
        const answer = yield* ask(path, { from, to: patient, pcmo: [hangup] })
        const request_id = yield* textOf(answer, "request_id")
        assert.deepStrictEqual(answer.status, 200)
        assert.deepStrictEqual(answer.body, {
          data: { status: "progress", request_id },
          status: "progress",
          request_id,
          code: 200,
          cmi_code: 200
        })
        assert.match(request_id, /^[A-Za-z0-9]{43}$/)
        assert.include(answer.headers["content-type"], "application/json")
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("becomes a call of the older kind, with all that it was told", () =>
    Effect.gen(function*() {
      yield* dial(patient, [{ action: "record" }], { duration: 30, extra_params: { order: 1 } })
      const { at, callId, requestId, ...origin } = (yield* live).origin
      assert.deepInclude(origin, {
        kind: "Legacy",
        appId: "1000001",
        callerId: "914400000001",
        to: "919840007100",
        maxDurationMs: 30_000,
        record: false,
        variables: {},
        extraParams: "{\"order\":1}"
      })
      assert.deepStrictEqual(origin.program.map(({ _tag }) => _tag), ["Record"])
      assert.notStrictEqual(callId, requestId)
      assert.strictEqual(at, 0)
    }).pipe(Effect.provide(inProcess)))

  it.effect.each(answerUrlPaths)("at %s asks the answer URL upon the answer", (path) =>
    Effect.gen(function*() {
      const answer = yield* ask(path, { from, to: patient, answer_url: "http://app.localhost/answer" })
      assert.deepStrictEqual(codes(answer), [200, 200, 200])
      assert.deepStrictEqual((yield* live).origin.program, [{ _tag: "Ask", url: "http://app.localhost/answer" }])
    }).pipe(Effect.provide(inProcess)))

  it.effect("is refused when it does not say its type: a page of another host may post so without asking", () =>
    Effect.gen(function*() {
      const body = new TextEncoder().encode(JSON.stringify({ appid, secret, from, to: patient, pcmo: [hangup] }))
      const unsaid = HttpClientRequest.post(`${host}${dialPath}`).pipe(
        HttpClientRequest.bodyUint8Array(body, "application/json"),
        HttpClientRequest.removeHeader("content-type")
      )
      const simulator = yield* Simulator.Simulator
      assert.deepStrictEqual(codes(yield* send(unsaid)), [415, 415, 415])
      assert.lengthOf(yield* simulator.records, 0)
    }).pipe(Effect.provide(inProcess)))

  it.effect("warns of what was passed over", () =>
    Effect.gen(function*() {
      const answer = yield* dial(patient, [{ action: "paly", file_name: "a.wav" }, bridge])
      assert.strictEqual(answer.body["code"], 200)
      assert.deepStrictEqual(answer.body["warnings"], [{
        path: "pcmo[0].action",
        message: "unknown action, ignored; known here: "
          + "bridge, connect, hangup, input, param, play, play_get_input, record, speak, stream"
      }])
    }).pipe(Effect.provide(inProcess)))

  it.effect("to nobody rings the phone and goes on", () =>
    Effect.gen(function*() {
      yield* dial(patient, [{ ...bridge, connect: [] }, { action: "speak", text: "nobody" }])
      const record = yield* recordOf(yield* liveId)
      assert.deepStrictEqual([record.legs.length, record.disposition], [1, "Answered"])
      assert.isAbove(record.durationMs, 0)
    }).pipe(Effect.provide(inProcess)))
})

describe("an action on a call", () => {
  it.effect.each(actionPaths)(
    "at %s holds, unholds, toggles and hangs up by either spelling of the id",
    (path) =>
      Effect.gen(function*() {
        yield* dial(patient, [bridge])
        yield* TestClock.adjust("5 seconds")
        const cmiuuid = yield* liveId
        const onHold = Effect.map(live, (call) => call.onHold === true)
        const states: Array<unknown> = []
        for (const action of ["hold", "unhold", "holdToggle", "holdToggle"]) {
          const id = states.length % 2 === 0 ? { cmiuuid } : { cmiuid: cmiuuid.toUpperCase() }
          const answer = yield* ask(path, { action, ...id })
          assert.deepStrictEqual(answer.body, { msg: `${action} queued`, code: 200, cmi_code: 200 })
          states.push(yield* onHold)
        }
        assert.deepStrictEqual(states, [true, false, true, false])
        yield* ask(path, { action: "hangup", cmiuuid })
        const record = yield* recordOf(cmiuuid)
        assert.deepInclude(record, { hangupCause: "NORMAL_CLEARING", endedBy: "Api", endedAt: 5000 })
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("finds the call by the id of its second leg, too", () =>
    Effect.gen(function*() {
      yield* dial(patient, [bridge])
      yield* TestClock.adjust("5 seconds")
      const { legs, origin } = yield* live
      const cmiuuid = legs[1]?.uuid ?? ""
      assert.notStrictEqual(cmiuuid, origin.callId)
      assert.deepStrictEqual(codes(yield* ask(actionPath, { action: "hangup", cmiuuid })), [200, 200, 200])
      assert.strictEqual((yield* recordOf(origin.callId)).endedAt, 5000)
    }).pipe(Effect.provide(inProcess)))

  it.effect("is refused with 404 when no call in progress has the id", () =>
    Effect.gen(function*() {
      yield* dial(busy, [hangup])
      const cmiuuid = yield* liveId
      yield* recordOf(cmiuuid)
      for (const id of [cmiuuid, "nonsense"]) {
        for (const action of ["hold", "unhold", "holdToggle", "hangup"]) {
          const answer = yield* ask(actionPath, { action, cmiuuid: id })
          assert.deepStrictEqual(codes(answer), [200, 404, 404])
        }
      }
    }).pipe(Effect.provide(inProcess)))

  it.effect("cannot hold a call on which nobody talks", () =>
    Effect.gen(function*() {
      yield* dial(patient, [{ ...bridge, connect: [{ type: "pstn", number: silent }] }])
      yield* TestClock.adjust("5 seconds")
      const answer = yield* ask(actionPath, { action: "hold", cmiuuid: yield* liveId })
      assert.deepStrictEqual(codes(answer), [200, 400, 400])
      assert.include(String(answer.body["msg"]), "nobody talks")
    }).pipe(Effect.provide(inProcess)))
})

describe("queries", () => {
  it.effect("count the calls in progress, as text", () =>
    Effect.gen(function*() {
      const channels = Effect.map(ask("/v2/piopiy/get_channels", {}), ({ body }) => body["channel"])
      assert.strictEqual(yield* channels, "0")
      yield* dial(patient, [bridge])
      yield* dial(patient, [bridge])
      assert.strictEqual(yield* channels, "2")
    }).pipe(Effect.provide(inProcess)))

  it.effect("tell the record of each leg once the call has ended, and 404 before", () =>
    Effect.gen(function*() {
      const placed = yield* dial(later, [bridge])
      const request_id = yield* textOf(placed, "request_id")
      yield* TestClock.adjust("1500 millis")
      const { legs, origin: { callId } } = yield* live
      const cmiuuid = legs[1]?.uuid ?? ""
      const byLeg = (id: string) => ask("/v1/piopiy/cmiuuid_cdr", { cmiuuid: id })
      const byRequest = ask("/v1/piopiy/requestid_cdr", { request_id })
      for (const answer of [yield* byLeg(callId), yield* byLeg(cmiuuid), yield* byRequest]) {
        assert.deepStrictEqual(codes(answer), [200, 404, 404])
      }
      yield* TestClock.adjust("60500 millis")
      yield* ask(actionPath, { action: "hangup", cmiuuid })
      const { originEpochMs } = yield* Simulator.Simulator
      const caller = {
        duration: 61,
        balance: "998.650000",
        rate: "0.900000",
        from,
        to: later,
        time: originEpochMs,
        leg: "a",
        direction: "outbound",
        status: "answered"
      }
      const callee = {
        ...caller,
        duration: 60,
        rate: "0.450000",
        to: sales,
        leg: "b",
        time: originEpochMs + 1000
      }
      assert.deepStrictEqual((yield* byLeg(callId)).body, { cdr: caller, code: 200, cmi_code: 200 })
      assert.deepStrictEqual((yield* byLeg(cmiuuid.toUpperCase())).body["cdr"], callee)
      assert.deepStrictEqual((yield* byRequest).body, { count: 2, cdr: [callee, caller], code: 200, cmi_code: 200 })
    }).pipe(Effect.provide(inProcess)))

  it.effect("tell of a leg that nobody answered", () =>
    Effect.gen(function*() {
      yield* dial(busy, [hangup])
      const cmiuuid = yield* liveId
      yield* recordOf(cmiuuid)
      const answer = yield* ask("/v1/piopiy/cmiuuid_cdr", { cmiuuid })
      assert.deepInclude(answer.body["cdr"], { status: "missed", duration: 0, rate: 0, balance: "1000.000000" })
    }).pipe(Effect.provide(inProcess)))

  it.effect("tell the balance: as a number, in India as text, and to a bearer token", () =>
    Effect.gen(function*() {
      const { originEpochMs } = yield* Simulator.Simulator
      const expire = originEpochMs + 365 * 24 * 3_600_000
      const others = { sms: 1000, expire }
      assert.deepStrictEqual((yield* ask("/v2/balance", {})).body, {
        balance: 1000,
        ...others,
        code: 200,
        cmi_code: 200
      })
      const india = { appid, secret: undefined, token: secret }
      for (const body of [{}, india]) {
        assert.deepStrictEqual((yield* ask("/v1/balance", body)).body, {
          balance: "1000",
          ...others,
          code: 200,
          cmi_code: 200
        })
      }
      assert.deepStrictEqual((yield* get("/v3/balance", "sim-token")).body, { balance: 1000, ...others })
      assert.strictEqual((yield* get("/v3/balance")).status, 401)
      assert.deepStrictEqual(codes(yield* ask("/v2/balance", india)), [200, 422, 422])
    }).pipe(Effect.provide(inProcess)))

  it.effect("see the calls of their own account alone", () =>
    Effect.gen(function*() {
      yield* dial(patient, [bridge])
      const other = { appid: 1_000_002, secret }
      assert.strictEqual((yield* ask("/v2/piopiy/get_channels", other)).body["channel"], "0")
      const answer = yield* ask(actionPath, { ...other, action: "hangup", cmiuuid: yield* liveId })
      assert.strictEqual(answer.body["code"], 404)
    }).pipe(Effect.provide(InProcess.layer({ config: { accounts: [{ token: "a" }, { token: "b" }] } }))))
})

describe("messages", () => {
  const login = { id: "101_1000001", password: "sim-password" }
  const logIn = ask("/v2/user/login", login)

  it.effect("are taken of a user who has logged in", () =>
    Effect.gen(function*() {
      const user = yield* logIn
      const token = yield* textOf(user, "token")
      assert.deepStrictEqual(user.body, {
        msg: "logged in",
        token,
        agent: { category: "user", id: login.id, inet_no: appid, name: login.id },
        code: 200,
        cmi_code: 200
      })
      for (const to of [19170000001, "19170000001"]) {
        const answer = yield* ask("/v2/messages", { token, text: "hello", to })
        assert.deepStrictEqual(answer.body, { msg: "message sent", code: 200, cmi_code: 200 })
      }
      const simulator = yield* Simulator.Simulator
      const requests = entriesOf(yield* simulator.journal(), "Requested").map(({ operation }) => operation)
      assert.deepStrictEqual(requests, ["POST /v2/user/login", "POST /v2/messages", "POST /v2/messages"])
      const messages = entriesOf(yield* simulator.journal(), "Messaged").map(({ text, to }) => [text, to])
      assert.deepStrictEqual(messages, [["hello", "19170000001"], ["hello", "19170000001"]])
    }).pipe(Effect.provide(inProcess)))

  it.effect("are refused with their own codes", () =>
    Effect.gen(function*() {
      const token = yield* textOf(yield* logIn, "token")
      const refusals = [
        yield* ask("/v2/user/login", { ...login, password: "wrong" }),
        yield* ask("/v2/user/login", { id: login.id }),
        yield* ask("/v2/messages", { token: "unknown", text: "hello", to: patient }),
        yield* ask("/v2/messages", { text: "hello", to: patient }),
        yield* ask("/v2/messages", { token, to: patient }),
        yield* ask("/v2/messages", { token, text: "hello", to: "home" })
      ]
      assert.deepStrictEqual(refusals.map(({ body }) => body["code"]), [401, 400, 404, 400, 400, 400])
    }).pipe(Effect.provide(inProcess)))
})

describe("credentials", () => {
  it.effect.each([...dialPaths, ...answerUrlPaths, ...actionPaths, ...queryPaths])(
    "are asked for by %s before the rest of the body is looked at",
    (path) =>
      Effect.gen(function*() {
        const unknown = path === "/v2/piopiy/get_channels" ? 407 : 420
        for (const body of [{ secret: "wrong" }, { appid: 7 }]) {
          const answer = yield* ask(path, body)
          assert.deepStrictEqual(codes(answer), [200, unknown, unknown])
          assert.notInclude(answer.text, "wrong")
        }
        for (const [body, field] of [[{ appid: "1000001" }, "appid"], [{ secret: 5 }, "secret"]] as const) {
          const answer = yield* ask(path, body)
          assert.deepStrictEqual(codes(answer), [200, 422, 422])
          assert.deepStrictEqual(yield* problemsOf(answer), [field])
        }
        const simulator = yield* Simulator.Simulator
        assert.lengthOf(yield* simulator.journal(), 1)
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("of a user are not those of an app, nor is a bearer token either", () =>
    Effect.gen(function*() {
      const bearer = yield* post(dialPath, { from, to: patient, pcmo: [hangup] })
      assert.deepStrictEqual(codes(bearer), [200, 422, 422])
      const app = yield* ask("/v2/messages", { token: secret, text: "hello", to: patient })
      assert.strictEqual(app.body["code"], 404)
    }).pipe(Effect.provide(inProcess)))
})

describe("refusals", () => {
  it.effect("name the first field at fault in msg, and list every problem", () =>
    Effect.gen(function*() {
      const answer = yield* dial(patient, [{ action: "play" }], { to: "919840007100" })
      assert.deepStrictEqual(Object.keys(answer.body), ["code", "cmi_code", "msg", "problems"])
      assert.deepStrictEqual(codes(answer), [200, 422, 422])
      assert.match(String(answer.body["msg"]), /^to: expected a phone number .* as a JSON number, got /)
      assert.deepStrictEqual(yield* problemsOf(answer), ["to", "pcmo[0].file_name"])
      assert.notInclude(answer.text, "919840007100")
    }).pipe(Effect.provide(inProcess)))

  it.effect("are journalled with their code", () =>
    Effect.gen(function*() {
      yield* dial(patient, [])
      yield* ask(actionPath, { action: "hangup", cmiuuid: "nonsense" })
      const simulator = yield* Simulator.Simulator
      const refused = entriesOf(yield* simulator.journal(), "Refused")
      assert.deepStrictEqual(
        refused.map(({ causedBy, error, field, operation, status }) => [causedBy, operation, status, error, field]),
        [
          [2, `POST ${dialPath}`, 422, "invalid_request", "pcmo"],
          [4, `POST ${actionPath}`, 404, "CALL_NOT_FOUND", undefined]
        ]
      )
    }).pipe(Effect.provide(inProcess)))

  it.effect("have the code as HTTP status when the configuration says so", () =>
    Effect.gen(function*() {
      const answers = [
        yield* dial(patient, [hangup]),
        yield* dial(patient, []),
        yield* dial(patient, [hangup], { secret: "wrong" }),
        yield* ask("/v2/piopiy/get_channels", { secret: "wrong" }),
        yield* ask(actionPath, { action: "hangup", cmiuuid: "nonsense" })
      ]
      for (const [index, code] of [200, 422, 420, 407, 404].entries()) {
        assert.deepStrictEqual(answers.map(codes)[index], [code, code, code])
      }
    }).pipe(Effect.provide(InProcess.layer({ config: { legacyErrors: "status" } }))))

  it.effect("of an account without balance are 403, of one that is not active, too, on either API", () =>
    Effect.gen(function*() {
      for (const [account, error] of [["poor", "insufficient_balance"], ["off", "app_not_active"]] as const) {
        const own = account === "poor" ? { appid: 1_000_001 } : { appid: 1_000_002 }
        assert.deepStrictEqual(codes(yield* dial(patient, [hangup], own)), [200, 403, 403])
        const pcmo = { caller_id: String(from), to_number: String(patient), app_id: "a", pipeline: [hangup] }
        const current = yield* post("/v3/voice/pcmo/call", pcmo, account)
        assert.deepStrictEqual([current.status, current.body["error"]], [403, error])
      }
    }).pipe(
      Effect.provide(
        InProcess.layer({ config: { accounts: [{ token: "poor", balance: 0 }, { token: "off", active: false }] } })
      )
    ))

  it.effect("for now are 429 and say after how many seconds to come back, whatever the HTTP status", () =>
    Effect.gen(function*() {
      yield* dial(patient, [bridge])
      yield* TestClock.adjust("400 millis")
      for (const own of [{ appid: 1_000_001 }, { appid: 1_000_002 }]) {
        if (own.appid === 1_000_002) yield* dial(patient, [bridge], own)
        const answer = yield* dial(patient, [bridge], own)
        assert.deepStrictEqual(codes(answer), [200, 429, 429])
        assert.strictEqual(answer.headers["retry-after"], "1")
      }
    }).pipe(
      Effect.provide(
        InProcess.layer({ config: { accounts: [{ token: "a", channels: 1 }, { token: "b", callsPerSecond: 1 }] } })
      )
    ))

  it.effect("are 503 while the simulator stops", () =>
    Effect.gen(function*() {
      const tenants = yield* Tenants
      yield* tenants.main.switchboard.stop
      assert.deepStrictEqual(codes(yield* dial(patient, [hangup])), [200, 503, 503])
    }).pipe(Effect.provide(inProcess)))
})

describe("what cannot be read", () => {
  const raw = (body: string, contentType = "application/json") =>
    HttpClientRequest.post(`${host}${dialPath}`).pipe(HttpClientRequest.bodyText(body, contentType), send)

  it.effect.each(["", "{", "nonsense", "[1,]"])(
    "is 400 as HTTP status: the body '%s'",
    (body) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(codes(yield* raw(body)), [400, 400, 400])
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("is of another type: 415 as HTTP status", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(codes(yield* raw("{}", "text/plain")), [415, 415, 415])
    }).pipe(Effect.provide(inProcess)))

  it.effect.each(["null", "[]", "7", "[".repeat(200_000) + "]".repeat(200_000)])(
    "is no JSON that holds credentials: 422 to %.9s",
    (body) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(codes(yield* raw(body)), [200, 422, 422])
      }).pipe(Effect.provide(inProcess))
  )

  it.effect.each(paths)("is another method than POST of %s: 405", (path) =>
    Effect.gen(function*() {
      for (const method of ["GET", "PUT", "DELETE"] as const) {
        const answer = yield* send(HttpClientRequest.make(method)(`${host}${path}?x=1`))
        assert.deepStrictEqual(codes(answer), [405, 405, 405])
        assert.strictEqual(answer.headers["allow"], "POST")
      }
    }).pipe(Effect.provide(inProcess)))

  it.effect.each(["/v1/", "/v2/x", "/v2/make_call", "/v1/call", "/v1/call/action/x", "/v2/piopiy"])(
    "is at no path: 404 to %s, and what there is",
    (path) =>
      Effect.gen(function*() {
        const answer = yield* ask(path, {})
        assert.deepStrictEqual(codes(answer), [404, 404, 404])
        for (const known of paths) assert.include(String(answer.body["msg"]), known)
      }).pipe(Effect.provide(inProcess))
  )
})
