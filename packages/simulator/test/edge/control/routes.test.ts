import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Simulator from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { type Answer, get, hangup, host, place, play, post, recordOf, send } from "../../platform.ts"

const inProcess = InProcess.layer()
const patient = "919840007100"
const busy = "919840007001"

const Entries = Schema.Array(Schema.Struct({ seq: Schema.Int, _tag: Schema.String }))
const entriesOf = (answer: Answer) => Schema.decodeUnknownEffect(Entries)(answer.body["entries"])
const seqsOf = (answer: Answer) => Effect.map(entriesOf(answer), (entries) => entries.map(({ seq }) => seq))

const Calls = Schema.Struct({
  tenant: Schema.String,
  nowMs: Schema.Int,
  live: Schema.Array(Schema.Struct({ callId: Schema.String, state: Schema.String })),
  ended: Schema.Array(Schema.Struct({ callId: Schema.String, hangupCause: Schema.String }))
})
const callsOf = (answer: Answer) => Schema.decodeUnknownEffect(Calls)(answer.body)

describe("/_sim", () => {
  it.effect("lists its pages", () =>
    Effect.gen(function*() {
      const answer = yield* get("/_sim")
      assert.deepEqual(Object.keys(answer.body), [
        "health",
        "calls",
        "call",
        "cdr",
        "stream",
        "timeline",
        "recording",
        "journal",
        "metrics",
        "openapi",
        "control",
        "docs",
        "inbound"
      ])
    }).pipe(Effect.provide(inProcess)))
})

describe("/_sim/health", () => {
  it.effect("counts the calls in progress", () =>
    Effect.gen(function*() {
      assert.deepEqual((yield* get("/_sim/health")).body, { status: "ok", version: "0.0.0", calls: 0 })
      yield* place({ to: patient, pipeline: [play("a.wav")] })
      assert.deepEqual((yield* get("/_sim/health")).body, { status: "ok", version: "0.0.0", calls: 1 })
    }).pipe(Effect.provide(inProcess)))

  it.effect("answers whoever asks for its head alone, and says so to any other method", () =>
    Effect.gen(function*() {
      const ask = (method: "HEAD" | "PUT") => send(HttpClientRequest.make(method)(`${host}/_sim/health`))
      assert.strictEqual((yield* ask("HEAD")).status, 200)
      const other = yield* ask("PUT")
      assert.deepEqual([other.status, other.headers["allow"]], [405, "GET, HEAD"])
    }).pipe(Effect.provide(inProcess)))
})

describe("/_sim/calls", () => {
  it.effect("shows live calls and ended ones, the newest first", () =>
    Effect.gen(function*() {
      const first = yield* place({ to: busy, pipeline: [hangup] })
      const second = yield* place({ to: busy, pipeline: [hangup] })
      yield* TestClock.adjust("10 seconds")
      const live = yield* place({ to: patient, pipeline: [play("a.wav")] })
      yield* TestClock.adjust("1 second")
      const calls = yield* callsOf(yield* get("/_sim/calls"))
      assert.strictEqual(calls.nowMs, 11_000)
      assert.deepEqual(calls.live, [{ callId: live, state: "Playing" }])
      assert.deepEqual(calls.ended.map(({ callId }) => callId), [second, first])
    }).pipe(Effect.provide(inProcess)))
})

describe("/_sim/calls/{id}", () => {
  it.effect("shows a live call with its legs, in whatever case its id is spelled", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: [play("a.wav")], variables: { n: 1 } })
      yield* TestClock.adjust("1 second")
      const answer = yield* get(`/_sim/calls/${callId.toUpperCase()}?x=1`)
      assert.strictEqual(answer.status, 200)
      assert.deepNestedInclude(answer.body, {
        "live.callId": callId,
        "live.state": "Playing",
        "live.variables": { n: 1 }
      })
      assert.nestedPropertyVal(answer.body, "live.legs[0].legId", "caller")
    }).pipe(Effect.provide(inProcess)))

  it.effect("shows the record of an ended call", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: busy, pipeline: [hangup] })
      const record = yield* recordOf(callId)
      const answer = yield* get(`/_sim/calls/${callId}`)
      assert.strictEqual(answer.body["evicted"], false)
      assert.deepEqual(answer.body["record"], record)
    }).pipe(Effect.provide(inProcess)))

  it.effect("says evicted of a call whose entries are gone, and keeps its record", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: busy, pipeline: [hangup] })
      const record = yield* recordOf(callId)
      for (let call = 0; call < 10; call++) yield* Effect.flatMap(place({ to: busy, pipeline: [hangup] }), recordOf)
      const answer = yield* get(`/_sim/calls/${callId}`)
      assert.deepEqual([answer.status, answer.body["evicted"]], [200, true])
      assert.deepEqual(answer.body["record"], record)
      const entries = yield* get(`/_sim/journal?call=${callId}`)
      assert.deepEqual([entries.status, entries.body["error"]], [410, "evicted"])
    }).pipe(Effect.provide(InProcess.layer({ config: { maxEntries: 20 } }))))

  it.effect.each(["nobody", "%20", "..%2f.."])("answers 404 to the id %s", (id) =>
    Effect.gen(function*() {
      const answer = yield* get(`/_sim/calls/${id}`)
      assert.strictEqual(answer.status, 404)
      assert.isString(answer.body["error"])
    }).pipe(Effect.provide(inProcess)))
})

describe("/_sim/calls/{id}/cdr", () => {
  it.effect("is the record of an ended call, with the moment that its times count from", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_700_000_000_000)
      const callId = yield* place({ to: busy, pipeline: [hangup] })
      const record = yield* recordOf(callId)
      const answer = yield* get(`/_sim/calls/${callId.toUpperCase()}/cdr?x=1`)
      const { originEpochMs } = yield* Simulator.Simulator
      assert.deepEqual([answer.status, answer.body], [200, { tenant: "default", originEpochMs, ...record }])
    }).pipe(Effect.provide(inProcess)))

  it.effect("is refused with 409 while the call lasts, and with 404 when there is no such call", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: [play("a.wav")] })
      yield* TestClock.adjust("1 second")
      const early = yield* get(`/_sim/calls/${callId}/cdr`)
      assert.deepEqual([early.status, early.body["error"]], [409, "call_in_progress"])
      const nobody = yield* get("/_sim/calls/nobody/cdr")
      assert.deepEqual([nobody.status, nobody.body["error"]], [404, "call_not_found"])
    }).pipe(Effect.provide(inProcess)))
})

describe("another method", () => {
  it.effect.each(["/_sim/calls", "/_sim/calls/x/cdr", "/_sim/journal?format=sse", "/_sim/metrics"])(
    "is answered with 405 at %s, saying what is taken there",
    (path) =>
      Effect.gen(function*() {
        const answer = yield* post(path, {})
        assert.deepEqual([answer.status, answer.headers["allow"]], [405, "GET"])
        assert.strictEqual(answer.body["error"], "method_not_allowed")
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("is answered with 404 where there is no page", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* post("/_sim/calls/x/y", {})).status, 404)
    }).pipe(Effect.provide(inProcess)))
})

describe("/_sim/journal", () => {
  const threeCalls = Effect.gen(function*() {
    const first = yield* place({ to: busy, pipeline: [hangup] })
    const second = yield* place({ to: busy, pipeline: [hangup] })
    yield* TestClock.adjust("1 second")
    return { first, second }
  })

  it.effect("pages through everything with from and limit", () =>
    Effect.gen(function*() {
      yield* threeCalls
      const simulator = yield* Simulator.Simulator
      const all = (yield* simulator.journal()).map(({ seq }) => seq)
      const paged: Array<number> = []
      let next: unknown = 0
      for (let page = 0; page < 10; page++) {
        const answer = yield* get(`/_sim/journal?from=${next}&limit=2`)
        paged.push(...(yield* seqsOf(answer)))
        next = answer.body["next"]
      }
      assert.deepEqual(paged, all)
      assert.strictEqual(next, all.length + 1)
    }).pipe(Effect.provide(inProcess)))

  it.effect("keeps to one call", () =>
    Effect.gen(function*() {
      const { first } = yield* threeCalls
      const simulator = yield* Simulator.Simulator
      const answer = yield* get(`/_sim/journal?call=${first.toUpperCase()}`)
      assert.deepEqual(yield* seqsOf(answer), (yield* simulator.journal({ callId: first })).map(({ seq }) => seq))
      assert.deepEqual(yield* seqsOf(yield* get("/_sim/journal?call=nobody")), [])
    }).pipe(Effect.provide(inProcess)))

  it.effect("gives a line an entry when asked for NDJSON, by parameter or by Accept", () =>
    Effect.gen(function*() {
      yield* threeCalls
      const simulator = yield* Simulator.Simulator
      const expected = (yield* simulator.journal()).map((entry) => `${JSON.stringify(entry)}\n`).join("")
      const byParameter = yield* get("/_sim/journal?format=ndjson")
      const byAccept = yield* HttpClientRequest.get(`${host}/_sim/journal`).pipe(
        HttpClientRequest.accept("application/x-ndjson"),
        send
      )
      for (const answer of [byParameter, byAccept]) {
        assert.include(answer.headers["content-type"], "application/x-ndjson")
        assert.strictEqual(answer.text, expected)
      }
    }).pipe(Effect.provide(inProcess)))

  it.effect.each([
    "from=-1",
    "from=1.5",
    "from=x",
    "from=",
    "from=0x10",
    "from=1e2",
    "from=%201",
    "from=99999999999999999999",
    "limit=10001",
    "limit=-1",
    "limit=many",
    "limit=Infinity",
    "format=xml",
    "format=",
    "format=toString"
  ])("answers 400 to %s", (params) =>
    Effect.gen(function*() {
      const answer = yield* get(`/_sim/journal?${params}`)
      assert.deepEqual([answer.status, answer.body["error"]], [400, "invalid_request"])
      assert.include(answer.text, `${params.split("=")[0]} must be`)
    }).pipe(Effect.provide(inProcess)))
})

describe("tenants", () => {
  const two = InProcess.layer({
    config: { accounts: [{ token: "red-token", name: "red" }, { token: "blue-token", name: "blue" }] }
  })

  it.effect("are chosen by token, by name, or by default", () =>
    Effect.gen(function*() {
      const tenantOf = (answer: Answer) => answer.body["tenant"]
      assert.strictEqual(tenantOf(yield* get("/_sim/calls")), "red")
      assert.strictEqual(tenantOf(yield* get("/_sim/calls", "blue-token")), "blue")
      assert.strictEqual(tenantOf(yield* get("/_sim/calls?tenant=blue")), "blue")
      assert.strictEqual(tenantOf(yield* get("/_sim/journal?tenant=blue&limit=1")), "blue")
    }).pipe(Effect.provide(two)))

  it.effect("that do not exist are refused: 401 by token, 404 by name", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* get("/_sim/calls", "green-token")).status, 401)
      assert.strictEqual((yield* get("/_sim/calls?tenant=green")).status, 404)
    }).pipe(Effect.provide(two)))

  it.effect("a token opens its own tenant alone", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* get("/_sim/calls?tenant=default", "nonsense")).status, 401)
      assert.strictEqual((yield* get("/_sim/calls?tenant=default", "sim-token")).status, 200)
    }).pipe(Effect.provide(inProcess)))

  it.effect.each(
    [
      ["localhost:8787", 200],
      ["127.0.0.1:8787", 200],
      ["[::1]:8787", 200],
      ["evil.example", 403],
      ["evil.example:8787", 403],
      ["127.0.0.1.evil.example", 403]
    ] as const
  )("asked as %s, they answer %d, so that no web page can look in", ([name, status]) =>
    Effect.gen(function*() {
      const response = yield* HttpClientRequest.get(`${host}/_sim/calls`).pipe(
        HttpClientRequest.setHeader("host", name),
        HttpClient.execute
      )
      assert.strictEqual(response.status, status)
    }).pipe(Effect.provide(inProcess)))
})

describe("the admin token", () => {
  /** The control pages as they are off loopback, called in memory. */
  const guarded = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      HttpRouter.toHttpEffect(Simulator.routes({ adminToken: Redacted.make("admin") })),
      (app) =>
        HttpClient.make((request) =>
          app.pipe(
            Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromClientRequest(request)),
            Effect.scoped,
            Effect.orDie,
            Effect.map((response) => HttpServerResponse.toClientResponse(response, { request }))
          )
        )
    )
  ).pipe(Layer.provide(inProcess))

  it.effect.each([
    "/_sim",
    "/_sim/calls",
    "/_sim/calls/x",
    "/_sim/calls/x/cdr",
    "/_sim/journal",
    "/_sim/journal?format=sse&limit=1",
    "/_sim/metrics"
  ])(
    "guards %s",
    (path) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* get(path)).status, 401)
        assert.strictEqual((yield* get(path, "sim-token")).status, 401)
        assert.strictEqual((yield* get(`${path}${path.includes("?") ? "&" : "?"}tenant=default`)).status, 401)
        const { status } = yield* HttpClient.execute(
          HttpClientRequest.bearerToken(HttpClientRequest.get(`${host}${path}`), "admin")
        )
        assert.notStrictEqual(status, 401)
      }).pipe(Effect.provide(guarded))
  )

  it.effect("leaves health open, and chooses tenants by name", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* get("/_sim/health")).status, 200)
      assert.strictEqual((yield* get("/_sim/calls?tenant=default", "admin")).body["tenant"], "default")
      assert.strictEqual((yield* get("/_sim/calls?tenant=green", "admin")).status, 404)
    }).pipe(Effect.provide(guarded)))

  it.effect("does not open the emulated API", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* post("/v3/voice/call/hangup", {}, "admin")).status, 401)
      assert.strictEqual((yield* post("/v3/voice/call/hangup", {}, "sim-token")).status, 400)
    }).pipe(Effect.provide(guarded)))
})
