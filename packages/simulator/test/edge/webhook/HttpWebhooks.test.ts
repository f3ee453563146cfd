import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { createHmac } from "node:crypto"
import * as HttpWebhooks from "../../../src/edge/webhook/HttpWebhooks.ts"
import { type Posting, WebhookPort } from "../../../src/engine/WebhookPort.ts"

const notice = {
  _tag: "Input",
  callId: "call-1",
  callerId: "914400000001",
  to: "919840000001",
  result: { status: "success", inputType: "dtmf", entry: "1" },
  variables: {}
} as const

/** What goes over the wire. */
const body = JSON.stringify({
  call_id: "call-1",
  from: "914400000001",
  to: "919840000001",
  input_type: "dtmf",
  digits: "1",
  speech: null,
  status: "success",
  variables: {},
  dtmf: "1",
  cmiuuid: "call-1"
})

const record = {
  _tag: "Record",
  callId: "call-1",
  uuid: "call-1",
  leg: "first",
  direction: "outbound",
  appId: 1_000_001,
  conversationId: "request-1",
  requestId: "request-1",
  from: "914400000001",
  to: "919840000001",
  extraParams: "{}",
  startedAt: 0,
  endedAt: 1000,
  durationMs: 0,
  chargeMicros: 0,
  balance: 1
} as const

const textOf = (request: HttpClientRequest.HttpClientRequest | undefined): string => {
  assert(request?.body._tag === "Uint8Array")
  return new TextDecoder().decode(request.body.body)
}

const loopback = "http://127.0.0.1:9/menu"

/** The way out over a client that answers in this process, and the requests that reached it. */
const over = (
  answer: (
    request: HttpClientRequest.HttpClientRequest
  ) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>,
  options: Partial<HttpWebhooks.WebhookOptions> = {}
) => {
  const seen: Array<HttpClientRequest.HttpClientRequest> = []
  const client = HttpClient.make((request) => {
    seen.push(request)
    return answer(request)
  })
  const layer = HttpWebhooks.layer({ ...HttpWebhooks.defaults, ...options }).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )
  const deliver = (url: string, more: Partial<Posting> = {}) =>
    WebhookPort.use((port) => port.deliver({ url, notice, originEpochMs: 0, ...more }))
  return { seen, layer, deliver }
}

const replying =
  (...[body, init]: ConstructorParameters<typeof Response>) => (request: HttpClientRequest.HttpClientRequest) =>
    Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(body, init)))

describe("HttpWebhooks", () => {
  it.effect("posts JSON under a name of its own, with no credentials", () => {
    const { deliver, layer, seen } = over(replying("[]"))
    return Effect.gen(function*() {
      yield* deliver(loopback)
      const [request] = seen
      assert.strictEqual(request?.method, "POST")
      assert.strictEqual(request?.headers["user-agent"], "piopiy-simulator")
      assert.isUndefined(request?.headers["authorization"])
      assert(request?.body._tag === "Uint8Array")
      assert.strictEqual(request.body.contentType, "application/json")
    }).pipe(Effect.provide(layer))
  })

  it.effect("posts other values where they are changed, and signs and shows what it posts", () => {
    const { deliver, layer, seen } = over(replying("[]"))
    return Effect.gen(function*() {
      const changes = { digits: "9", "variables.vip": true }
      const receipt = yield* deliver(loopback, { changes, signingSecret: Redacted.make("s") })
      const [request] = seen
      const posted: unknown = JSON.parse(textOf(request))
      assert.deepEqual<unknown>(posted, { ...JSON.parse(body), digits: "9", variables: { vip: true } })
      assert.strictEqual(receipt.body, textOf(request))
      const signed = createHmac("sha256", "s").update(`0.${textOf(request)}`).digest("hex")
      assert.strictEqual(request?.headers["x-piopiy-sim-signature"], `t=0,v1=${signed}`)
    }).pipe(Effect.provide(layer))
  })

  it.effect.each([
    "http://192.0.2.1/menu",
    "http://169.254.169.254/",
    "http://user:secret@127.0.0.1/",
    "ftp://127.0.0.1/",
    "http://",
    "not a url",
    ""
  ])("sends nothing to '%s', and says Forbidden", (url) => {
    const { deliver, layer, seen } = over(replying("[]"))
    return Effect.gen(function*() {
      assert.deepEqual(yield* deliver(url), { _tag: "Failed", why: "Forbidden" })
      assert.lengthOf(seen, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("sends nothing to an allowed name that leads to a forbidden address", () => {
    const { deliver, layer, seen } = over(replying("[]"), {
      allows: () => true,
      resolve: () => Effect.succeed(["192.0.2.7", "169.254.169.254"])
    })
    return Effect.gen(function*() {
      assert.deepEqual(yield* deliver("http://hooks.example.com/"), { _tag: "Failed", why: "Forbidden" })
      assert.lengthOf(seen, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("gives up on a name that does not resolve in time", () => {
    const { deliver, layer, seen } = over(replying("[]"), { resolve: () => Effect.never })
    return Effect.gen(function*() {
      const delivery = yield* Effect.forkChild(deliver(loopback))
      yield* TestClock.adjust("5 seconds")
      assert.deepEqual(yield* Fiber.join(delivery), { _tag: "Failed", why: "TimedOut", body })
      assert.lengthOf(seen, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("says NoReply when there is no connection", () => {
    const { deliver, layer } = over((request) =>
      Effect.fail(
        new HttpClientError.HttpClientError({
          reason: new HttpClientError.TransportError({ request, cause: new Error("ECONNREFUSED") })
        })
      )
    )
    return Effect.gen(function*() {
      assert.deepEqual(yield* deliver(loopback), { _tag: "Failed", why: "NoReply", body })
    }).pipe(Effect.provide(layer))
  })

  it.effect.each([204, 205])("takes %d, which has no body, for an empty reply", (status) => {
    const { deliver, layer } = over(replying(null, { status }))
    return Effect.gen(function*() {
      assert.deepEqual(yield* deliver(loopback), {
        _tag: "Replied",
        status,
        reply: { _tag: "Empty" },
        replyText: "",
        body
      })
    }).pipe(Effect.provide(layer))
  })

  it.effect("counts the time until the last byte of the reply, not the first", () => {
    const { deliver, layer } = over(
      replying(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array([91])) }))
    )
    return Effect.gen(function*() {
      const delivery = yield* Effect.forkChild(deliver(loopback))
      yield* TestClock.adjust(4999)
      assert.isUndefined(delivery.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.deepEqual(yield* Fiber.join(delivery), { _tag: "Failed", why: "TimedOut", body })
    }).pipe(Effect.provide(layer))
  })

  it.effect("says TooLarge of an endless reply", () => {
    const chunk = new TextEncoder().encode(" ".repeat(65_536))
    const { deliver, layer } = over(replying(new ReadableStream({ pull: (body) => body.enqueue(chunk) })))
    return Effect.gen(function*() {
      assert.deepEqual(yield* deliver(loopback), { _tag: "Failed", why: "TooLarge", body })
    }).pipe(Effect.provide(layer))
  })

  it.effect("takes a reply of exactly a mebibyte", () => {
    const { deliver, layer } = over(replying("[]".padEnd(1 << 20, " ")))
    return Effect.gen(function*() {
      const receipt = yield* deliver(loopback)
      assert(receipt._tag === "Replied")
      assert.strictEqual(receipt.reply._tag, "Empty")
    }).pipe(Effect.provide(layer))
  })

  it.effect.each(["fine", "{\"pipeline\":[]}", "[1]", ""])(
    "takes a 2xx upon a report, whatever it says: '%s'",
    (text) => {
      const { deliver, layer } = over(replying(text, { status: 202 }))
      return Effect.gen(function*() {
        const receipt = yield* deliver(loopback, { notice: record })
        assert(receipt._tag === "Replied")
        assert.deepEqual([receipt.status, receipt.reply, receipt.replyText], [202, { _tag: "Empty" }, text])
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect("takes no 3xx, 4xx or 5xx upon a report", () =>
    Effect.forEach([302, 404, 503], (status) => {
      const { deliver, layer } = over(replying("no", { status }))
      return Effect.gen(function*() {
        const receipt = yield* deliver(loopback, { notice: record })
        assert(receipt._tag === "Failed")
        assert.deepEqual([receipt.why, receipt.status, receipt.replyText], ["Status", status, "no"])
      }).pipe(Effect.provide(layer))
    }))

  it.effect("keeps no more than 4096 characters of what it sent", () => {
    const { deliver, layer, seen } = over(replying("[]"))
    return Effect.gen(function*() {
      const receipt = yield* deliver(loopback, { notice: { ...record, extraParams: "x".repeat(10_000) } })
      assert.lengthOf(receipt.body ?? "", 4096)
      assert.isAbove(textOf(seen[0]).length, 10_000)
    }).pipe(Effect.provide(layer))
  })

  it.effect("signs nothing unless there is a secret", () => {
    const { deliver, layer, seen } = over(replying("[]"))
    return Effect.gen(function*() {
      yield* deliver(loopback)
      assert.isUndefined(seen[0]?.headers["x-piopiy-sim-signature"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("signs the bytes that it sends, at the moment at which it sends them", () => {
    const { deliver, layer, seen } = over(replying("[]"))
    return Effect.gen(function*() {
      yield* TestClock.setTime(1_725_942_871_456)
      yield* deliver(loopback, { notice: record, signingSecret: Redacted.make("a secret") })
      const expected = createHmac("sha256", "a secret").update(`1725942871.${textOf(seen[0])}`).digest("hex")
      assert.strictEqual(seen[0]?.headers["x-piopiy-sim-signature"], `t=1725942871,v1=${expected}`)
    }).pipe(Effect.provide(layer))
  })
})
