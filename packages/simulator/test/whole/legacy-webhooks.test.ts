import * as Webhook from "@effect-piopiy/sdk/Webhook"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as inbound from "../../src/edge/control/inbound.ts"
import { Tenants } from "../../src/engine/Tenants.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as Streams from "../../src/Streams.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { entriesOf, place, play, post } from "../platform.ts"

type Fields = Readonly<Record<string, unknown>>

const isFields = Schema.is(Schema.Record(Schema.String, Schema.Unknown))

const app = "http://app.localhost"
const from = 914400000001
/** Answers after 2 s and stays. */
const patient = 919840007102
/** Answers after 1 s and hangs up 2 s later. */
const brief = 914400007202
/** Answers after 1 s and presses 5 at the first question. */
const presser = 919840007305

/** A customer's application, which keeps what it is told, in order. */
const customer = (answers: Readonly<Record<string, HttpServerResponse.HttpServerResponse>> = {}) => {
  const seen: Array<readonly [path: string, body: Fields]> = []
  const layer = HttpRouter.add("POST", "*", (request) =>
    Effect.map(Effect.orDie(request.json), (body) => {
      const path = new URL(request.url, app).pathname
      seen.push([path, isFields(body) ? body : {}])
      return answers[path] ?? HttpServerResponse.jsonUnsafe({ ok: true })
    }))
  return { layer, at: (path: string) => seen.flatMap(([at, body]) => at === path ? [body] : []), seen }
}

const platform = (
  { layer }: { readonly layer: InProcess.App },
  webhooks: { readonly events?: string; readonly cdr?: string; readonly envelope?: string },
  streams?: Layer.Layer<Streams.StreamPort>
) => InProcess.layer({ app: layer, config: { accounts: [{ token: "sim-token", balance: 1000, webhooks }] }, streams })

const reports = { events: `${app}/events`, cdr: `${app}/cdr` }

/** Dials through the older API and gives the request id. */
const dial = (to: number, pcmo: ReadonlyArray<unknown>, more: Fields = {}) =>
  post("/v2/global_pcmo_make_call", { appid: 1000001, secret: "sim-secret", from, to, pcmo, ...more }).pipe(
    Effect.map(({ body }) => body["request_id"])
  )

/** A phone calls the platform. */
const callIn = (body: unknown) =>
  Effect.flatMap(Tenants, ({ main }) =>
    inbound.handle(
      main,
      HttpServerRequest.fromClientRequest(
        HttpClientRequest.post("/_sim/calls/inbound").pipe(HttpClientRequest.bodyJsonUnsafe(body))
      )
    ))

const bridge = (number: number) => [{ action: "bridge", from, connect: [{ type: "pstn", number }] }, {
  action: "hangup"
}]

const statuses = (bodies: ReadonlyArray<Fields>): ReadonlyArray<string> =>
  bodies.map(({ leg, status }) => `${String(status)} ${String(leg)}`)

describe("live events and records", () => {
  it.effect("of a call with two legs come in the documented order, and the SDK reads every one", () => {
    const own = customer()
    return Effect.gen(function*() {
      const requestId = yield* dial(patient, bridge(brief), { extra_params: { order: 42 } })
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(statuses(own.at("/events")), [
        "out_started a",
        "out_answered a",
        "out_started b",
        "out_bridged b",
        "out_hangup b",
        "out_hangup a"
      ])
      assert.deepEqual(statuses(own.at("/cdr")), ["answered b", "answered a"])
      for (const body of own.at("/events")) {
        const event = Result.getOrThrow(Webhook.decodeLiveEvent(body))
        assert.notStrictEqual(event._tag, "Other")
        assert.deepEqual<unknown>(event.conversationId, Option.some(requestId))
        assert.strictEqual(event.extraParams, "{\"order\":42}")
        assert.deepEqual(event.appId, Option.some("1000001"))
      }
      const [further, first] = own.at("/cdr").map((body) => Result.getOrThrow(Webhook.decodeCdr(body)))
      assert.deepEqual([first?.to, further?.to], [String(patient), String(brief)])
      // 0.45 for each leg's first minute, off 1000; both records are written when the call is over.
      assert.deepEqual([first?.callRate, first?.balance], [Option.some("0.450000"), Option.some("999.100000")])
      assert.deepEqual(further?.balance, first?.balance)
      const ids = own.at("/events").map(({ cmiuuid, leg }) => `${String(leg)} ${String(cmiuuid)}`)
      assert.lengthOf(new Set(ids), 2)
    }).pipe(Effect.provide(platform(own, reports)))
  })

  const closes: ReadonlyArray<readonly [how: string, close: Streams.StreamClose, told: Fields]> = [
    ["that the app closes", { by: "App", code: 4001, reason: "enough" }, { code: 4001, reason: "enough" }],
    ["that breaks off", { by: "Network", code: 1006, reason: "" }, { code: 1006, reason: "Abnormal closure" }]
  ]
  it.effect.each(closes)("of an audio stream %s tell when it is open and how it ended", ([, close, message]) => {
    const own = customer()
    const listeners: Array<Streams.Listener> = []
    const streams = Layer.succeed(Streams.StreamPort, {
      dial: (_, listener) => {
        listeners.push(listener)
        return { send: () => {}, bufferedBytes: () => 0, close: () => {} }
      }
    })
    return Effect.gen(function*() {
      yield* dial(patient, [{ action: "stream", ws_url: "ws://bot.test/x", stream_on_answer: true }])
      yield* TestClock.adjust("3 seconds")
      for (const { opened } of listeners) opened()
      yield* TestClock.adjust("1 second")
      for (const { closed } of listeners) closed(close)
      yield* TestClock.adjust("1 minute")
      const told = own.at("/events").filter(({ ws_status }) => ws_status !== undefined)
      assert.deepEqual(told.map(({ status, ws_status }) => [status, ws_status]), [
        ["stream_connected", JSON.stringify({ status: "connected" })],
        ["STREAM_DISCONNECTED", JSON.stringify({ status: "disconnected", message })]
      ])
      assert.deepEqual(told.map(({ time }) => Number(time)), [3000, 4000])
      const read = told.map((body) => Result.getOrThrow(Webhook.decodeLiveEvent(body)))
      assert.deepEqual(read.map(({ _tag }) => _tag), ["StreamConnected", "StreamDisconnected"])
    }).pipe(Effect.provide(platform(own, reports, streams)))
  })

  it.effect("of a call that nobody answered are its start, its end, and a missed record", () => {
    const own = customer()
    return Effect.gen(function*() {
      yield* dial(919840007002, bridge(brief))
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(statuses(own.at("/events")), ["out_started a", "out_hangup a"])
      assert.deepEqual(own.at("/cdr").map(({ call_rate, duration, status }) => [status, duration, call_rate]), [
        ["missed", 0, 0]
      ])
    }).pipe(Effect.provide(platform(own, reports)))
  })

  it.effect("of calls of the current API come too, with their variables as extra_params", () => {
    const own = customer()
    return Effect.gen(function*() {
      yield* place({ to: String(patient), pipeline: [play("a.wav")], variables: { customer: "Asha" } })
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(statuses(own.at("/events")), ["out_started a", "out_answered a", "out_hangup a"])
      assert.deepEqual(own.at("/cdr").map(({ extra_params }) => extra_params), ["{\"customer\":\"Asha\"}"])
    }).pipe(Effect.provide(platform(own, reports)))
  })

  it.effect("are not sent unless they are configured", () => {
    const own = customer()
    return Effect.gen(function*() {
      yield* dial(patient, bridge(brief))
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(own.seen, 0)
    }).pipe(Effect.provide(platform(own, {})))
  })

  it.effect("leave the envelope alone, which goes to a URL of its own", () => {
    const own = customer()
    return Effect.gen(function*() {
      yield* place({ to: String(patient), pipeline: [play("a.wav")] })
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(own.at("/envelope").map(({ event }) => event), [
        "call.initiated",
        "call.ringing",
        "call.answered",
        "call.ended"
      ])
      assert.lengthOf(own.seen, 4)
    }).pipe(Effect.provide(platform(own, { envelope: `${app}/envelope` })))
  })

  it.effect("change nothing in how a call goes, whatever becomes of them", () => {
    const run = (own: ReturnType<typeof customer>, webhooks: typeof reports | Record<never, string>) =>
      Effect.gen(function*() {
        yield* dial(patient, bridge(brief))
        yield* TestClock.adjust("1 minute")
        const [record] = yield* Simulator.Simulator.use((simulator) => simulator.records)
        return record
      }).pipe(Effect.provide(Layer.fresh(platform(own, webhooks)).pipe(Layer.provideMerge(TestClock.layer()))))
    return Effect.gen(function*() {
      const refusing = customer({
        "/events": HttpServerResponse.empty({ status: 500 }),
        "/cdr": HttpServerResponse.empty({ status: 500 })
      })
      const silent = yield* run(customer(), {})
      const told = yield* run(refusing, reports)
      assert.isDefined(told)
      assert.deepEqual(told, silent)
    })
  })

  it.effect("record comes again after 5, 10 and 15 minutes while nobody takes it", () => {
    const own = customer({ "/cdr": HttpServerResponse.empty({ status: 503 }) })
    return Effect.gen(function*() {
      yield* dial(919840007002, [{ action: "hangup" }])
      yield* TestClock.adjust("1 hour")
      const simulator = yield* Simulator.Simulator
      const entries = entriesOf(yield* simulator.journal(), "Delivered").filter(({ notice }) =>
        notice._tag === "Record"
      )
      const [first] = entries
      assert.deepEqual(
        entries.map(({ at, attempt, status }) => [attempt, status, (at - (first?.at ?? 0)) / 60_000]),
        [[1, 503, 0], [2, 503, 5], [3, 503, 15], [4, 503, 30]]
      )
      assert.lengthOf(new Set(own.at("/cdr").map((body) => JSON.stringify(body))), 1)
      assert.strictEqual(first?.body, JSON.stringify(own.at("/cdr")[0]))
    }).pipe(Effect.provide(platform(own, reports)))
  })

  it.effect("of calls that end because the simulator stops go out before it has stopped", () => {
    const own = customer()
    return Effect.gen(function*() {
      const scope = yield* Scope.make()
      const world = yield* Layer.buildWithScope(platform(own, reports), scope)
      yield* Effect.provide(dial(patient, [{ action: "play", file_name: "a.wav" }]), world)
      yield* TestClock.adjust("3 seconds")
      assert.lengthOf(own.at("/cdr"), 0)
      yield* Scope.close(scope, Exit.void)
      assert.deepEqual(statuses(own.at("/cdr")), ["answered a"])
      assert.deepEqual(statuses(own.at("/events")).slice(-1), ["out_hangup a"])
      const entries = yield* Context.get(world, Simulator.Simulator).journal()
      assert.deepEqual(entriesOf(entries, "Delivered").at(-1)?.outcome, "Taken")
    })
  })
})

describe("questions of the older API", () => {
  it.effect("ask the answer URL about a call that comes in, and run what it replies", () => {
    const own = customer({ "/answer": HttpServerResponse.jsonUnsafe(bridge(brief)) })
    return Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const response = yield* callIn({ from: String(patient), to: from, answer_url: `${app}/answer` })
      assert.strictEqual(response.status, 202)
      yield* TestClock.adjust("1 minute")
      const [question, ...more] = own.at("/answer")
      assert.lengthOf(more, 0)
      const read = Result.getOrThrow(Webhook.decodeAnswer(question))
      assert.deepEqual([read.from, read.to, read.direction], [String(patient), String(from), Option.some("inbound")])
      assert.deepEqual(read.appId, Option.some("1000001"))
      assert.deepEqual(statuses(own.at("/events")), ["in_answered a", "in_hangup b", "in_hangup a"])
      assert.deepEqual(statuses(own.at("/cdr")), ["answered b", "answered a"])
      for (const { conversation_uuid, direction } of own.at("/cdr")) {
        assert.deepEqual([conversation_uuid, direction], [read.callId, "inbound"])
      }
      const [record] = yield* simulator.records
      assert.strictEqual(record?.kind, "Inbound")
    }).pipe(Effect.provide(platform(own, reports)))
  })

  it.effect("take a reply under pcmo for the same, and digits with what param attached", () => {
    const own = customer({
      "/digits": HttpServerResponse.jsonUnsafe({ pcmo: [{ action: "play", file_name: "thanks.wav" }] })
    })
    return Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      yield* dial(presser, [
        { action: "param", text: "order 42" },
        { action: "play_get_input", action_url: `${app}/digits`, file_name: "menu.wav", max_digit: 1 }
      ])
      yield* TestClock.adjust("1 minute")
      const [body] = own.at("/digits")
      const read = Result.getOrThrow(Webhook.decodeDigits(body))
      assert.deepEqual([read.digits, read.extraParams, read.to], ["5", "order 42", String(presser)])
      const delivered = entriesOf(yield* simulator.journal(), "Delivered").find(({ notice }) =>
        notice._tag === "Digits"
      )
      assert.deepEqual([delivered?.outcome, delivered?.attempt, delivered?.body], [
        "NewProgram",
        1,
        JSON.stringify(body)
      ])
    }).pipe(Effect.provide(platform(own, reports)))
  })

  it.effect("end the call when the answer URL replies nothing that can be run", () => {
    const own = customer({ "/answer": HttpServerResponse.text("<Response/>") })
    return Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      yield* callIn({ from: patient, to: from, answer_url: `${app}/answer` })
      yield* TestClock.adjust("1 minute")
      const [record] = yield* simulator.records
      assert.deepEqual([record?.disposition, record?.hangupReason], [
        "Failed",
        "the reply to the callback is not a pipeline"
      ])
    }).pipe(Effect.provide(platform(own, reports)))
  })
})
