import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import {
  App,
  app,
  closedPort,
  connectToColleague,
  jsonReply,
  rawServer,
  runMenu,
  silentServer,
  world
} from "./world.ts"

describe("webhooks over real sockets", () => {
  const redirecting = () => app(() => Effect.sync(() => HttpServerResponse.redirect("/elsewhere", { status: 302 })))
  const followsNone = Effect.gen(function*() {
    const { seen, url } = yield* App
    const { delivery, record } = yield* runMenu(`${url}/menu`)
    assert.deepEqual([delivery?.status, delivery?.outcome], [302, "Status"])
    assert.strictEqual(record.hangupReason, "no reply to the callback: Status")
    assert.lengthOf(seen, 1)
  })

  it.live("do not follow a redirect", () => followsNone.pipe(Effect.provide([world(), redirecting()])))

  it.live("do not follow a redirect when the program around has an HTTP client of its own", () =>
    followsNone.pipe(Effect.provide([world(), redirecting()]), Effect.provide(FetchHttpClient.layer)))

  it.live.each([
    "http://192.0.2.1/menu",
    "http://198.51.100.7:8080/menu",
    "http://hooks.invalid/menu",
    "http://[2001:db8::1]/menu",
    "http://169.254.169.254/latest/meta-data"
  ])("do not go to %s: they are forbidden at once", (url) =>
    Effect.gen(function*() {
      const { delivery, record } = yield* runMenu(url)
      assert.strictEqual(delivery?.outcome, "Forbidden")
      assert.isBelow(delivery?.durationMs ?? Infinity, 500)
      assert.strictEqual(record.hangupReason, "no reply to the callback: Forbidden")
    }).pipe(Effect.provide(world())))

  it.live.each([
    "http://169.254.169.254/latest/meta-data",
    "http://[fe80::1]/menu",
    "http://[::ffff:169.254.169.254]/"
  ])(
    "do not go to %s, even if it is allowed by name",
    (url) =>
      Effect.gen(function*() {
        const { delivery } = yield* runMenu(url)
        assert.strictEqual(delivery?.outcome, "Forbidden")
        assert.isBelow(delivery?.durationMs ?? Infinity, 500)
      }).pipe(Effect.provide(world({ allowHosts: ["169.254.169.254", "fe80::1", "[::ffff:a9fe:a9fe]"] })))
  )

  it.live("go to a host that is not this machine by name only when it is allowed", () =>
    Effect.gen(function*() {
      const { seen, url } = yield* App
      // The unspecified address leads to this machine, and is not one of its names.
      const elsewhere = url.replace("127.0.0.1", "0.0.0.0")
      const forbidden = yield* Effect.provide(runMenu(elsewhere), world())
      assert.strictEqual(forbidden.delivery?.outcome, "Forbidden")
      assert.lengthOf(seen, 0)
      const allowed = yield* Effect.provide(runMenu(elsewhere), world({ allowHosts: ["0.0.0.0"] }))
      assert.strictEqual(allowed.delivery?.outcome, "NewProgram")
      assert.lengthOf(seen, 1)
    }).pipe(Effect.provide(app(() => jsonReply(connectToColleague)))))

  it.live("say NoReply when nobody listens", () =>
    Effect.gen(function*() {
      const port = yield* closedPort
      const { delivery } = yield* runMenu(`http://127.0.0.1:${port}/menu`)
      assert.strictEqual(delivery?.outcome, "NoReply")
    }).pipe(Effect.provide(world())))

  it.live("say TimedOut after five seconds when nobody answers, and the call ends", () =>
    Effect.gen(function*() {
      const port = yield* silentServer
      const { delivery, record } = yield* runMenu(`http://127.0.0.1:${port}/menu`)
      assert.strictEqual(delivery?.outcome, "TimedOut")
      assert.isAtLeast(delivery?.durationMs ?? 0, 5000)
      assert.isBelow(delivery?.durationMs ?? 0, 6500)
      assert.strictEqual(record.hangupReason, "no reply to the callback: TimedOut")
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.live("say NoReply when the connection breaks in the middle of the reply", () =>
    Effect.gen(function*() {
      const port = yield* rawServer((socket) => {
        socket.once("data", () => {
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[")
          socket.destroy()
        })
      })
      const { delivery } = yield* runMenu(`http://127.0.0.1:${port}/menu`)
      assert.strictEqual(delivery?.outcome, "NoReply")
    }).pipe(Effect.scoped, Effect.provide(world())))
})
