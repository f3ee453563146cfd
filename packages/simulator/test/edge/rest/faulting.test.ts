import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as TestClock from "effect/testing/TestClock"
import type { RequestFault, Rule } from "../../../src/core/fault/Fault.ts"
import { type Platform, Simulator } from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { agentId, type Answer, callerId, entriesOf, get, host, placeAgent, post, send } from "../../platform.ts"

const operation = "POST /v3/voice/ai/call"
const phone = "919840007102"

const under = (...faults: ReadonlyArray<Rule>) => Effect.provide(InProcess.layer({ config: { faults } }))

const body = { caller_id: callerId, to_number: phone, agent_id: agentId }
const call = post("/v3/voice/ai/call", body)

const legacyBody = { appid: 1_000_001, secret: "sim-secret", from: 914_400_000_001, to: 919_840_007_102, pcmo: [] }
const legacyCall = post("/v2/ind_pcmo_make_call", { ...legacyBody, pcmo: [{ action: "hangup" }] })

const ringing = Effect.map(Effect.flatMap(Simulator, ({ live }) => live), (calls) => calls.length)

const faulted = Effect.map(
  Effect.flatMap(Simulator, ({ journal }) => journal()),
  (entries) => entriesOf(entries, "Faulted").map(({ fault, faultId }) => `${faultId} ${fault}`)
)

/** What a client is told by its system when it gets no answer. */
const codeOf = ({ reason }: HttpClientError.HttpClientError): unknown =>
  reason._tag === "TransportError" && typeof reason.cause === "object" && reason.cause !== null
    && "code" in reason.cause
    ? reason.cause.code
    : reason._tag

/** The answer, or how it failed. */
const outcomeOf = (request: Effect.Effect<Answer, HttpClientError.HttpClientError, HttpClient.HttpClient>) =>
  Effect.match(request, {
    onFailure: (error) => String(codeOf(error)),
    onSuccess: ({ body, status }) => `${status} ${String(body["message"] ?? body["error"] ?? "")}`
  })

describe("a request that a fault befalls", () => {
  it.effect.each<readonly [RequestFault, outcome: string, calls: number]>([
    [{ _tag: "Status", status: 503, effect: "before" }, "503 a fault that the simulator was told to have", 0],
    [{ _tag: "Status", status: 503, effect: "after" }, "503 a fault that the simulator was told to have", 1],
    [{ _tag: "Status", status: 200, effect: "before", body: { message: "call_queued" } }, "200 call_queued", 0],
    [{ _tag: "Reset", effect: "before" }, "ECONNRESET", 0],
    [{ _tag: "Reset", effect: "after" }, "ECONNRESET", 1],
    [{ _tag: "Truncated" }, "DecodeError", 1],
    [{ _tag: "Garbage" }, "200 ", 1]
  ])("by %j is answered so, and places as many calls", ([fault, outcome, calls]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* outcomeOf(call), outcome)
      assert.strictEqual(yield* ringing, calls)
      assert.deepEqual(yield* faulted, [`fault1 ${fault._tag}`])
    }).pipe(under({ fault })))

  it.effect.each<readonly [RequestFault, outcome: string, calls: number]>([
    [{ _tag: "Status", status: 500, effect: "after" }, "500 ", 1],
    [{ _tag: "Reset", effect: "after" }, "ECONNRESET", 1],
    [{ _tag: "Reset", effect: "before" }, "ECONNRESET", 0],
    [{ _tag: "Truncated" }, "DecodeError", 1]
  ])("of the older API, by %j, is answered so, too", ([fault, outcome, calls]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* outcomeOf(legacyCall), outcome)
      assert.strictEqual(yield* ringing, calls)
    }).pipe(under({ fault })))

  it.effect("has the words of its API, and says when to come again", () =>
    Effect.gen(function*() {
      const v3 = yield* call
      assert.deepEqual([v3.status, v3.headers["retry-after"], v3.body["error"]], [429, "7", "fault"])
      const legacy = yield* legacyCall
      assert.deepEqual([legacy.status, legacy.headers["retry-after"], legacy.body["code"]], [429, "7", 429])
    }).pipe(under({ fault: { _tag: "Status", status: 429, effect: "before", retryAfterS: 7 } })))

  it.effect("with garbage gets what is no JSON", () =>
    Effect.gen(function*() {
      const { headers, text } = yield* call
      assert.strictEqual(headers["content-type"], "text/html")
      assert.match(text, /^<!doctype html>/)
    }).pipe(under({ fault: { _tag: "Garbage" } })))

  it.effect("with a delay is answered as usual when it is over, and rings no sooner", () =>
    Effect.gen(function*() {
      const asking = yield* Effect.forkChild(call, { startImmediately: true })
      yield* TestClock.adjust(1999)
      assert.strictEqual(yield* ringing, 0)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* ringing, 1)
      assert.strictEqual((yield* Fiber.join(asking)).body["message"], "call_queued")
    }).pipe(under({ fault: { _tag: "Delay", ms: 2000 } })))

  it.effect("with a delay rings all the same when the client has left meanwhile", () =>
    Effect.gen(function*() {
      const asking = yield* Effect.forkChild(Effect.timeoutOption(call, 500), { startImmediately: true })
      yield* TestClock.adjust(500)
      assert.strictEqual((yield* Fiber.join(asking))._tag, "None")
      assert.strictEqual(yield* ringing, 0)
      yield* TestClock.adjust(1500)
      assert.strictEqual(yield* ringing, 1)
    }).pipe(under({ fault: { _tag: "Delay", ms: 2000 } })))

  it.effect.each<readonly [effect: "before" | "after", calls: number]>([["before", 0], ["after", 1]])(
    "without an answer, %s the platform acts, waits until the client leaves",
    ([effect, calls]) =>
      Effect.gen(function*() {
        const { faults } = yield* Simulator
        const asking = yield* Effect.forkChild(call, { startImmediately: true })
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* ringing, calls)
        assert.strictEqual(faults.hanging(), 1)
        assert.include((yield* get("/_sim/metrics")).text, "piopiy_sim_requests_hanging{tenant=\"default\"} 1")
        yield* Fiber.interrupt(asking)
        assert.strictEqual(faults.hanging(), 0)
      }).pipe(under({ fault: { _tag: "NoAnswer", effect } }))
  )

  it.effect("without an answer loses its connection after ten minutes", () =>
    Effect.gen(function*() {
      const asking = yield* Effect.forkChild(outcomeOf(call), { startImmediately: true })
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* Fiber.join(asking), "ECONNRESET")
    }).pipe(under({ fault: { _tag: "NoAnswer", effect: "before" } })))

  it.effect("with a slow body is whole when the time is over, and not a moment before", () =>
    Effect.gen(function*() {
      const asking = yield* Effect.forkChild(call, { startImmediately: true })
      yield* TestClock.adjust(2999)
      assert.strictEqual(yield* ringing, 1)
      assert.isUndefined(asking.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* Fiber.join(asking)).body["message"], "call_queued")
    }).pipe(under({ fault: { _tag: "SlowBody", ms: 3000 } })))
})

describe("a rule for requests", () => {
  it.effect("looks at the numbers of the body, text or not, and leaves other requests alone", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* post("/v3/voice/ai/call", { ...body, to_number: "919840007103" })).status, 200)
      assert.strictEqual((yield* call).status, 503)
      assert.strictEqual((yield* legacyCall).status, 503)
    }).pipe(under({ fault: { _tag: "Status", status: 503, effect: "before" }, when: { number: phone } })))

  it.effect("knows the call that a request is about by its id, in the path or in the body, and its numbers", () =>
    Effect.gen(function*() {
      const callId = yield* placeAgent(phone, agentId)
      const other = yield* placeAgent("919840007103", agentId)
      const { faults } = yield* Simulator
      yield* faults.add({ fault: { _tag: "Status", status: 503, effect: "before" }, when: { number: phone } })
      yield* faults.add({ fault: { _tag: "Status", status: 504, effect: "before" }, when: { callId: other } })
      assert.strictEqual((yield* get(`/v3/calls/${callId}`, "sim-token")).status, 503)
      assert.strictEqual((yield* get(`/v3/calls/${other}`, "sim-token")).status, 504)
      assert.strictEqual((yield* post("/v3/voice/call/hangup", { call_id: callId })).status, 503)
      assert.strictEqual((yield* post("/v3/voice/call/hangup", { call_id: other.toUpperCase() })).status, 504)
      const told = entriesOf(yield* Effect.flatMap(Simulator, ({ journal }) => journal()), "Faulted")
      assert.deepEqual(told.map((entry) => entry.callId), [callId, other, callId, other])
    }).pipe(under()))

  it.effect("may be for a moment, and for the nth request in it", () =>
    Effect.gen(function*() {
      const statuses: Array<number> = []
      for (let second = 0; second < 6; second++) {
        statuses.push((yield* call).status)
        yield* TestClock.adjust("1 second")
      }
      assert.deepEqual(statuses, [200, 200, 503, 200, 503, 200])
    }).pipe(under({
      fault: { _tag: "Status", status: 503, effect: "before" },
      when: { operation, fromMs: 1000, untilMs: 5000, nth: [2, 4] }
    })))

  it.effect("befalls a request that would have been refused, which is journalled when the platform came to act", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* post("/v3/voice/ai/call", {})).status, 503)
      assert.strictEqual((yield* post("/v3/voice/ai/call", "no object")).status, 503)
      const entries = yield* Effect.flatMap(Simulator, ({ journal }) => journal())
      assert.deepEqual(entries.map(({ _tag }) => _tag), [
        "Started",
        "Requested",
        "Faulted",
        "Refused",
        "Requested",
        "Faulted",
        "Refused"
      ])
    }).pipe(under({ fault: { _tag: "Status", status: 503, effect: "after" } })))

  it.effect("leaves strangers and pages of the simulator alone", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* post("/v3/voice/ai/call", body, "nobody")).status, 401)
      assert.strictEqual((yield* get("/_sim/health")).status, 200)
      assert.deepEqual(yield* faulted, [])
    }).pipe(under({ fault: { _tag: "Reset", effect: "before" } })))

  it.effect("is one account's when that account has it", () =>
    Effect.gen(function*() {
      const a = yield* post("/v3/voice/ai/call", body, "a")
      const b = yield* post("/v3/voice/ai/call", body, "b")
      assert.deepEqual([a.status, b.status], [200, 503])
    }).pipe(Effect.provide(InProcess.layer({
      config: {
        accounts: [
          { token: "a" },
          { token: "b", faults: [{ fault: { _tag: "Status", status: 503, effect: "before" } }] }
        ]
      }
    }))))

  it.effect("changes nothing about a request that it does not befall", () => {
    const run = Effect.gen(function*() {
      yield* call
      yield* post("/v3/voice/ai/call", { ...body, agent_id: "no-id" })
      yield* legacyCall
      yield* TestClock.adjust("1 minute")
      return yield* Effect.flatMap(Simulator, ({ journal }) => journal())
    })
    return Effect.gen(function*() {
      const plain = yield* Effect.provide(run, InProcess.layer())
      const watched = yield* run.pipe(under({ fault: { _tag: "Garbage" }, when: { probability: 0 } }))
      assert.deepEqual(watched.slice(1), plain.slice(1))
    })
  })
})

describe("the header x-sim-fault", () => {
  const asking = (text: string, request = HttpClientRequest.post(`${host}/v3/voice/ai/call`)) =>
    request.pipe(
      HttpClientRequest.bearerToken("sim-token"),
      HttpClientRequest.bodyJsonUnsafe(body),
      HttpClientRequest.setHeader("x-sim-fault", text),
      send
    )

  it.effect("has a fault befall this one request, before any rule", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* asking("{\"_tag\":\"Status\",\"status\":502,\"effect\":\"after\"}")).status, 502)
      assert.strictEqual(yield* ringing, 1)
      assert.strictEqual((yield* call).status, 503)
      assert.deepEqual(yield* faulted, ["header Status", "fault1 Status"])
    }).pipe(under({ fault: { _tag: "Status", status: 503, effect: "before" } })))

  it.effect.each([
    "Reset",
    "{}",
    "{\"_tag\":\"Reset\"}",
    "{\"_tag\":\"Lost\"}",
    "{\"_tag\":\"Reset\",\"effect\":\"after\",\"probability\":1}"
  ])("that is %s is refused with the reason, and nothing is done", (text) =>
    Effect.gen(function*() {
      const { body, status } = yield* asking(text)
      assert.deepEqual([status, body["error"]], [400, "invalid_fault"])
      assert.match(String(body["message"]), /^x-sim-fault: ./)
      assert.strictEqual(yield* ringing, 0)
      const entries = yield* Effect.flatMap(Simulator, ({ journal }) => journal())
      assert.deepEqual(entries.map(({ _tag }) => _tag), ["Started", "Requested", "Refused"])
    }).pipe(under()))
})

describe("an outage", () => {
  const fails = (request: Effect.Effect<Answer, HttpClientError.HttpClientError, HttpClient.HttpClient | Platform>) =>
    Effect.map(Effect.flip(request), codeOf)

  it.effect("ends calls, lets nobody in while it lasts, and keeps the journal", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator
      const callId = yield* placeAgent(phone, agentId)
      yield* TestClock.adjust("3 seconds")
      yield* simulator.outage({ lasts: "5 seconds" })
      assert.strictEqual((yield* simulator.ended(callId)).hangupCause, "SYSTEM_SHUTDOWN")
      assert.deepEqual([yield* fails(call), yield* fails(get("/_sim/health"))], ["ECONNREFUSED", "ECONNREFUSED"])
      yield* TestClock.adjust(4999)
      assert.strictEqual(yield* fails(call), "ECONNREFUSED")
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* call).status, 200)
      assert.lengthOf(entriesOf(yield* simulator.journal(), "Requested"), 2)
      assert.strictEqual((yield* simulator.journal())[0]?._tag, "Started")
    }).pipe(under()))

  it.effect("breaks off what a fault keeps waiting, and nothing comes of what was delayed", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator
      const { faults } = simulator
      yield* faults.add({ fault: { _tag: "NoAnswer", effect: "before" }, when: { nth: [1] } })
      yield* faults.add({ fault: { _tag: "Delay", ms: 60_000 }, when: { nth: [2] } })
      yield* faults.add({ fault: { _tag: "SlowBody", ms: 60_000 }, when: { nth: [3] } })
      const asking = yield* Effect.forEach(
        [1, 2, 3],
        () => Effect.forkChild(outcomeOf(call), { startImmediately: true })
      )
      yield* TestClock.adjust(1000)
      yield* simulator.outage({ lasts: "1 second" })
      assert.deepEqual(yield* Fiber.joinAll(asking), ["ECONNRESET", "ECONNRESET", "DecodeError"])
      assert.strictEqual(faults.hanging(), 0)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(yield* ringing, 0)
      assert.lengthOf(yield* simulator.records, 1)
    }).pipe(under()))

  it.effect("that begins anew meanwhile lasts from then", () =>
    Effect.gen(function*() {
      const { outage } = yield* Simulator
      yield* outage({ lasts: "5 seconds" })
      yield* TestClock.adjust("4 seconds")
      yield* outage({ lasts: "5 seconds" })
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(yield* fails(call), "ECONNREFUSED")
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* call).status, 200)
    }).pipe(under()))

  it.effect("befalls every account, and a platform that ends meanwhile ends well", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(
        Effect.gen(function*() {
          yield* post("/v3/voice/ai/call", body, "b")
          yield* Effect.flatMap(Simulator, ({ outage }) => outage({ lasts: "1 hour" }))
          return yield* fails(post("/v3/voice/ai/call", body, "b"))
        }).pipe(Effect.provide(InProcess.layer({ config: { accounts: [{ token: "a" }, { token: "b" }] } })))
      )
      assert.deepEqual(exit, Exit.succeed("ECONNREFUSED"))
    }))
})
