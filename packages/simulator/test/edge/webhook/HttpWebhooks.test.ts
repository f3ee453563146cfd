import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as HttpWebhooks from "../../../src/edge/webhook/HttpWebhooks.ts"
import { WebhookPort } from "../../../src/engine/WebhookPort.ts"

const notice = {
  callId: "call-1",
  callerId: "914400000001",
  to: "919840000001",
  result: { status: "success", inputType: "dtmf", entry: "1" },
  variables: {}
} as const

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
  const deliver = (url: string) => WebhookPort.use((port) => port.deliver(url, notice))
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
      assert.deepEqual(yield* Fiber.join(delivery), { _tag: "Failed", why: "TimedOut" })
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
      assert.deepEqual(yield* deliver(loopback), { _tag: "Failed", why: "NoReply" })
    }).pipe(Effect.provide(layer))
  })

  it.effect.each([204, 205])("takes %d, which has no body, for an empty reply", (status) => {
    const { deliver, layer } = over(replying(null, { status }))
    return Effect.gen(function*() {
      assert.deepEqual(yield* deliver(loopback), { _tag: "Replied", status, reply: { _tag: "Empty" }, replyText: "" })
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
      assert.deepEqual(yield* Fiber.join(delivery), { _tag: "Failed", why: "TimedOut" })
    }).pipe(Effect.provide(layer))
  })

  it.effect("says TooLarge of an endless reply", () => {
    const chunk = new TextEncoder().encode(" ".repeat(65_536))
    const { deliver, layer } = over(replying(new ReadableStream({ pull: (body) => body.enqueue(chunk) })))
    return Effect.gen(function*() {
      assert.deepEqual(yield* deliver(loopback), { _tag: "Failed", why: "TooLarge" })
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

  it.effect("sends sixteen at a time to one destination, and the others when their turn comes", () => {
    const { deliver, layer, seen } = over(() => Effect.never)
    return Effect.gen(function*() {
      yield* Effect.forEach(Array.from({ length: 20 }), () => Effect.forkChild(deliver(loopback)))
      yield* TestClock.adjust(1)
      assert.lengthOf(seen, 16)
      yield* TestClock.adjust("5 seconds")
      assert.lengthOf(seen, 20)
    }).pipe(Effect.provide(layer))
  })

  it.effect("tells destinations apart by scheme, host and port", () => {
    const { deliver, layer, seen } = over(() => Effect.never)
    const urls = ["http://127.0.0.1/a", "https://127.0.0.1/a", "http://127.0.0.1:81/a", "http://localhost/a"]
    return Effect.gen(function*() {
      for (const url of urls) {
        yield* Effect.forEach(Array.from({ length: 16 }), (_, index) => Effect.forkChild(deliver(`${url}${index}`)))
      }
      yield* TestClock.adjust(1)
      assert.lengthOf(seen, 64)
    }).pipe(Effect.provide(layer))
  })
})
