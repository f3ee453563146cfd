/** Faults of requests and outages as a client over sockets meets them. */
import { Calls } from "@effect-piopiy/sdk"
import { type Fault, Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { inspect } from "node:util"
import { eventually } from "./processes.ts"
import { agent, connection, office, page, patient, sdk, stay, world } from "./world.ts"

const body = JSON.stringify({ caller_id: office, to_number: patient, agent_id: agent })

const requestText = (fault: Fault.RequestFault): string =>
  [
    "POST /v3/voice/ai/call HTTP/1.1",
    "host: platform",
    "authorization: Bearer sim-token",
    "content-type: application/json",
    `content-length: ${body.length}`,
    `x-sim-fault: ${JSON.stringify(fault)}`,
    "connection: close",
    "",
    body
  ].join("\r\n")

/** What a client gets on a connection of its own until that is over: the bytes, and the error if there was one. */
const exchange = Effect.fnUntraced(function*(fault: Fault.RequestFault) {
  const socket = yield* connection
  const begun = yield* Clock.currentTimeMillis
  const met = yield* Effect.callback<{ readonly text: string; readonly error: string; readonly pieces: number }>(
    (resume) => {
      let text = ""
      let error = ""
      let pieces = 0
      socket.on("data", (bytes) => {
        pieces += 1
        text += bytes.toString("latin1")
      })
      socket.on("error", (problem) => {
        error = "code" in problem ? String(problem.code) : problem.message
      })
      socket.on("close", () => resume(Effect.succeed({ text, error, pieces })))
      socket.write(requestText(fault))
    }
  )
  const [head = "", sent = ""] = met.text.split("\r\n\r\n")
  const length = /^content-length: (\d+)$/im.exec(head)?.[1]
  return {
    ...met,
    head,
    sent,
    length: length === undefined ? undefined : Number(length),
    ms: (yield* Clock.currentTimeMillis) - begun
  }
}, Effect.scoped)

const live = Effect.map(Effect.flatMap(Simulator.Simulator, ({ live }) => live), (calls) => calls.length)

describe("a request over a socket", () => {
  it.live.each<readonly ["before" | "after", number]>([["before", 0], ["after", 1]])(
    "is reset %s the platform acts, without a byte",
    ([effect, calls]) =>
      Effect.gen(function*() {
        const met = yield* exchange({ _tag: "Reset", effect })
        assert.deepEqual([met.text, met.error], ["", "ECONNRESET"])
        assert.strictEqual(yield* live, calls)
      }).pipe(Effect.provide(world()))
  )

  it.live("gets half of a reply that says how long it is, and then the connection ends", () =>
    Effect.gen(function*() {
      const { head, length, sent } = yield* exchange({ _tag: "Truncated" })
      assert.match(head, /^HTTP\/1\.1 200 /)
      assert(length !== undefined)
      assert.isAbove(length, 20)
      assert.strictEqual(sent.length, Math.floor(length / 2))
      assert.match(sent, /^\{"message":"call_queued",/)
      assert.strictEqual(yield* live, 1)
    }).pipe(Effect.provide(world())))

  it.live("gets a slow reply whole, piece by piece", () =>
    Effect.gen(function*() {
      const { length, ms, pieces, sent } = yield* exchange({ _tag: "SlowBody", ms: 400 })
      assert.strictEqual(sent.length, length)
      assert.include(sent, "call_queued")
      assert.isAtLeast(ms, 395)
      assert.isAtLeast(pieces, 3)
    }).pipe(Effect.provide(world())))

  it.live("gets a reply that is none", () =>
    Effect.gen(function*() {
      const { head, length, sent } = yield* exchange({ _tag: "Garbage" })
      assert.match(head, /^HTTP\/1\.1 200 [^]*content-type: text\/html/i)
      assert.strictEqual(sent.length, length)
      assert.match(sent, /^<!doctype/)
    }).pipe(Effect.provide(world())))

  it.live("hangs until the client leaves, and is counted until then", () =>
    Effect.gen(function*() {
      const { faults } = yield* Simulator.Simulator
      const socket = yield* connection
      socket.write(requestText({ _tag: "NoAnswer", effect: "after" }))
      yield* eventually("a request that hangs", Effect.sync(() => faults.hanging() === 1 ? true : undefined))
      assert.strictEqual(yield* live, 1)
      socket.destroy()
      yield* eventually("no request that hangs", Effect.sync(() => faults.hanging() === 0 ? true : undefined))
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.live("that is delayed rings the phone though the client has left", () =>
    Effect.gen(function*() {
      const socket = yield* connection
      socket.write(requestText({ _tag: "Delay", ms: 150 }))
      const simulator = yield* Simulator.Simulator
      yield* eventually(
        "the fault",
        Effect.map(simulator.journal(), (entries) => entries.find(({ _tag }) => _tag === "Faulted"))
      )
      socket.destroy()
      assert.strictEqual(yield* live, 0)
      yield* eventually("a call", Effect.map(live, (calls) => calls === 1 ? true : undefined))
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.live("is answered after others were reset on the same client", () =>
    Effect.gen(function*() {
      const { url } = yield* SimulatorServer.SimulatorServer
      const simulator = yield* Simulator.Simulator
      yield* simulator.faults.add({ fault: { _tag: "Reset", effect: "before" }, when: { first: 3 } })
      const call = HttpClientRequest.post(`${url}/v3/voice/ai/call`).pipe(
        HttpClientRequest.bearerToken("sim-token"),
        HttpClientRequest.bodyText(body, "application/json"),
        HttpClient.execute,
        Effect.match({ onFailure: ({ reason }) => reason._tag, onSuccess: ({ status }) => String(status) })
      )
      assert.deepEqual([yield* call, yield* call, yield* call, yield* call], [
        "TransportError",
        "TransportError",
        "TransportError",
        "200"
      ])
      assert.strictEqual(yield* live, 1)
    }).pipe(Effect.provide(world())))
})

describe("the SDK over a socket", () => {
  it.live.each<readonly [Fault.RequestFault, reason: string]>([
    [{ _tag: "Reset", effect: "after" }, "OutcomeUnknown"],
    [{ _tag: "Truncated" }, "OutcomeUnknown"],
    [{ _tag: "Status", status: 503, effect: "after" }, "Unavailable"]
  ])(
    "does not know what became of a call whose reply meets %j, and rings once",
    ([fault, reason]) =>
      Effect.gen(function*() {
        const { faults } = yield* Simulator.Simulator
        yield* faults.add({ fault })
        const error = yield* Effect.flip(Calls.Calls.use(stay))
        assert.deepEqual([error.reason._tag, error.verdict], [reason, "ambiguous"])
        assert.strictEqual(yield* live, 1)
      }).pipe(Effect.provide(world()))
  )
})

describe("an outage over sockets", () => {
  it.live("breaks every connection, ends calls, refuses new ones for a while, and the SDK's next call gets through", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const calls = yield* Calls.Calls
      const { url } = yield* SimulatorServer.SimulatorServer
      yield* stay(calls)
      const idle = yield* connection
      const closed = Effect.sync(() => idle.closed ? true : undefined)
      idle.resume()
      yield* simulator.outage({ lasts: "1 hour" })
      yield* eventually("the connection to break", closed)
      const error = yield* Effect.flip(HttpClient.get(`${url}/_sim/health`))
      assert.match(inspect(error.reason.cause), /ECONNREFUSED/)
      assert.lengthOf(yield* simulator.live, 0)
      const placing = yield* Effect.forkChild(stay(calls), { startImmediately: true })
      yield* simulator.outage({ lasts: "50 millis" })
      yield* Fiber.join(placing)
      assert.lengthOf(yield* simulator.live, 1)
      const entries = yield* simulator.journal()
      assert.strictEqual(entries[0]?._tag, "Started")
      assert.lengthOf(entries.filter(({ _tag }) => _tag === "Requested"), 2)
      assert.strictEqual((yield* simulator.records)[0]?.hangupCause, "SYSTEM_SHUTDOWN")
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.live("may end with the server, or come again and again", () =>
    Effect.gen(function*() {
      const { outage } = yield* Simulator.Simulator
      for (let time = 0; time < 5; time++) yield* outage({ lasts: "1 hour" })
      yield* outage({ lasts: 0 })
      yield* eventually("the server", Effect.orElseSucceed(page("/_sim/health"), () => undefined))
      yield* outage({ lasts: "1 hour" })
    }).pipe(Effect.provide(world())))

  it.live("waits for its port when somebody else has taken it", () =>
    Effect.gen(function*() {
      const { outage } = yield* Simulator.Simulator
      const { url } = yield* SimulatorServer.SimulatorServer
      const port = Number(new URL(url).port)
      yield* outage({ lasts: "20 millis" })
      yield* Effect.scoped(Effect.gen(function*() {
        yield* Layer.build(SimulatorServer.layer({ port }))
        yield* Effect.sleep("150 millis")
      }))
      const { status } = yield* eventually("the server", Effect.orElseSucceed(page("/_sim/health"), () => undefined))
      assert.strictEqual(status, 200)
      assert.strictEqual(yield* live, 0)
    }).pipe(Effect.provide(
      Layer.merge(sdk, FetchHttpClient.layer).pipe(
        Layer.provideMerge(SimulatorServer.layer({ port: 0 }))
      )
    )))
})
