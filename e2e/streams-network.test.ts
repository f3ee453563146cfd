/** The network on the path of a stream, over real sockets: what a misbehaving one does to an app. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import type { Network } from "../packages/simulator/src/core/media/Network.ts"
import * as NetworkPath from "../packages/simulator/src/engine/NetworkPath.ts"
import { StreamPort } from "../packages/simulator/src/engine/StreamPort.ts"
import * as Timeline from "../packages/simulator/src/engine/Timeline.ts"
import { closed, dialer, dialTo, failed, opened, webSocketServer } from "./dialing.ts"
import { eventually } from "./processes.ts"
import * as servers from "./sockets/servers.ts"

const frame = new Uint8Array(320).fill(7)

/** How late a machine may be that has other things to do. */
const slackMs = 300

/** The dialer, with such a network before it. */
const over = Effect.fnUntraced(function*(network: Network) {
  const port = yield* dialer()
  const timeline = Context.get(yield* Layer.build(Layer.fresh(Timeline.layer)), Timeline.Timeline)
  return StreamPort.of({
    dial: (request, listener) => NetworkPath.dial({ timeline, port, network, seed: 1 }, request, listener)
  })
})

describe("a network over sockets", () => {
  it.live("holds frames back while it stalls, and delivers all of them after it", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const { line, next } = yield* dialTo(yield* over({ stalls: [{ fromMs: 0, ms: 400 }] }), server.url)
      assert.deepStrictEqual(yield* next, opened)
      const { webSocket } = yield* server.peer
      const began = yield* Clock.currentTimeMillis
      const moments: Array<number> = []
      const now = yield* Effect.clockWith((clock) => Effect.succeed(() => clock.currentTimeMillisUnsafe()))
      webSocket.on("message", (data, isBinary) => {
        moments.push(now() - began)
        assert.isTrue(isBinary)
        assert.deepStrictEqual(Buffer.from(frame), data)
      })
      for (let sent = 0; sent < 5; sent += 1) line.send(frame)
      yield* eventually("the frames to come", Effect.sync(() => moments.length === 5 ? true : undefined))
      assert.isAtLeast(Math.min(...moments), 350)
      assert.isAtMost(Math.max(...moments), 400 + slackMs)
    }))

  it.live("breaks off in the middle of a frame", () =>
    Effect.gen(function*() {
      const received: Array<Buffer> = []
      let isOver = false
      const server = yield* servers.plain((socket, { text }) => {
        const key = /sec-websocket-key: (\S+)/i.exec(text)?.[1] ?? ""
        const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")
        socket.on("data", (bytes) => received.push(Buffer.from(bytes)))
        socket.on("end", () => {
          isOver = true
        })
        socket.write(
          `HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
        )
      })
      const port = yield* over({ lostAfterMs: 200 })
      const { line, next } = yield* dialTo(port, `ws://127.0.0.1:${server.port}/stream`)
      assert.deepStrictEqual(yield* next, opened)
      line.send(frame)
      assert.deepStrictEqual(yield* next, closed("Network", 1006))
      yield* eventually("the connection to end", Effect.sync(() => isOver ? true : undefined))
      const bytes = Buffer.concat(received)
      const whole = 8 + 320
      assert.strictEqual(bytes.length, whole + 8 + 160, "a frame, and the head and half of another")
      assert.deepStrictEqual([...bytes.subarray(whole, whole + 4)], [0x82, 0xfe, 0x01, 0x40])
    }))

  it.live("that is lost is 1006 for the app, which hears every frame before it", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const { line, next } = yield* dialTo(yield* over({ lostAfterMs: 200 }), server.url)
      assert.deepStrictEqual(yield* next, opened)
      const { webSocket } = yield* server.peer
      let frames = 0
      let code = 0
      webSocket.on("message", () => {
        frames += 1
      })
      webSocket.on("close", (how) => {
        code = how
      })
      line.send(frame)
      line.send(frame)
      assert.deepStrictEqual(yield* next, closed("Network", 1006))
      yield* eventually("the app to see it", Effect.sync(() => code === 0 ? undefined : true))
      assert.deepStrictEqual([frames, code], [2, 1006])
    }))

  it.live("that is read slowly stops the app's socket, and lets it go on", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const bytesPerMs = 20_000
      const port = yield* over({ readBytesPerSecond: 1000 * bytesPerMs })
      const { line, messages, next } = yield* dialTo(port, server.url, { counts: true })
      assert.deepStrictEqual(yield* next, opened)
      const { webSocket } = yield* server.peer
      const text = "x".repeat(50_000)
      const count = 400
      const began = yield* Clock.currentTimeMillis
      for (let sent = 0; sent < count; sent += 1) webSocket.send(text)
      yield* eventually("some to be read", Effect.sync(() => messages() >= 20 ? true : undefined))
      const before = messages()
      const elapsedMs = (yield* Clock.currentTimeMillis) - began
      assert.isAtMost((before - 1) * text.length, (elapsedMs + 1) * bytesPerMs, "it is read no faster than that")
      yield* eventually("everything to be read", Effect.sync(() => messages() === count ? true : undefined))
      assert.strictEqual(webSocket.bufferedAmount, 0)
      line.close(1000, "")
      assert.deepStrictEqual(yield* next, closed("Platform", 1000))
    }))

  it.live("that is read slowly leaves what is not read with the app", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const port = yield* over({ readBytesPerSecond: 400_000 })
      const { line, messages, next } = yield* dialTo(port, server.url, { counts: true })
      assert.deepStrictEqual(yield* next, opened)
      const { webSocket } = yield* server.peer
      for (let sent = 0; sent < 800; sent += 1) webSocket.send("x".repeat(50_000))
      yield* eventually("some to be read", Effect.sync(() => messages() >= 10 ? true : undefined))
      // Of the 40 MB the system keeps no more than ten for both ends of the connection.
      assert.isAbove(webSocket.bufferedAmount, 25_000_000)
      line.close(1000, "")
      assert.deepStrictEqual(yield* next, closed("Platform", 1000))
    }))

  it.live("closes an app whose words it leaves unread, without a wait", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const { line, next } = yield* dialTo(yield* over({ readBytesPerSecond: 1000 }), server.url, { counts: true })
      assert.deepStrictEqual(yield* next, opened)
      const { webSocket } = yield* server.peer
      let code = 0
      webSocket.on("close", (how) => {
        code = how
      })
      for (let sent = 0; sent < 20; sent += 1) webSocket.send("x".repeat(10_000))
      yield* Effect.sleep("200 millis")
      line.close(1000, "")
      const began = yield* Clock.currentTimeMillis
      assert.deepStrictEqual(yield* next, closed("Platform", 1000))
      assert.isBelow((yield* Clock.currentTimeMillis) - began, 1000)
      yield* eventually("the app to see it", Effect.sync(() => code === 0 ? undefined : true))
      assert.strictEqual(code, 1000)
    }))

  it.live("refuses and delays a handshake", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const refused = yield* dialTo(yield* over({ handshakeStatus: 503 }), server.url)
      assert.deepStrictEqual(yield* refused.next, failed({ why: "Refused", status: 503 }))
      const began = yield* Clock.currentTimeMillis
      const late = yield* dialTo(yield* over({ handshakeLateMs: 200 }), server.url)
      assert.deepStrictEqual(yield* late.next, opened)
      assert.isAtLeast((yield* Clock.currentTimeMillis) - began, 190)
      const given = yield* dialTo(yield* over({ handshakeLateMs: 200 }), server.url, { handshakeMs: 100 })
      assert.deepStrictEqual(yield* given.next, failed({ why: "TimedOut" }))
    }))
})
