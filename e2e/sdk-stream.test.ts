/** The stream server of the SDK over real sockets, by both ways of hosting it. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import * as StreamServerNode from "@effect-piopiy/sdk/StreamServerNode"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { connect } from "node:net"
import { dial, hosts } from "./streams.ts"

const frame = AudioFrame.toBytes(AudioFrame.silence("20 millis", 8000))

/** Says what it hears. */
const echo = (session: StreamSession.StreamSession) => Stream.runForEach(session.frames, session.send)

/** Where handlers leave what they saw, for the test to take. */
const notes = <A>() => Queue.unbounded<A>()

/** A test whose log, of what is meant to go wrong, stays out of the report. */
const live = <E>(claim: string, run: () => Effect.Effect<void, E, Scope.Scope>) =>
  it.live(claim, () => Effect.provide(run(), Logger.layer([])))

for (const [where, host] of hosts) {
  describe(`on ${where}`, () => {
    live("audio goes both ways, for the call that the token is of", () =>
      Effect.gen(function*() {
        const calls = yield* notes<StreamSession.CallFacts>()
        const { address } = yield* host((session) => Effect.andThen(Queue.offer(calls, session.call), echo(session)))
        const { texts, webSocket } = yield* dial(yield* address)
        assert.deepStrictEqual(yield* Queue.take(calls), { from: "919876543210" })
        for (let index = 0; index < 3; index += 1) {
          webSocket.send(frame)
          assert.include(yield* Queue.take(texts), "\"type\":\"streamAudio\"")
        }
      }))

    live("a socket gets in with its token alone, and once", () =>
      Effect.gen(function*() {
        let runs = 0
        const { address, port } = yield* host((session) =>
          Effect.suspend(() => {
            runs += 1
            return echo(session)
          }), { tokenLifetime: "200 millis" })
        const [good, late] = [yield* address, yield* address]
        const base = `ws://127.0.0.1:${port}`
        const last = good.endsWith("A") ? "B" : "A"
        const wrong = [`${good.slice(0, -1)}${last}`, `${base}/stream/x`]
        const missing = [`${base}/stream`, `${base}/`, `${base}/stream/a/b`, `${base}/streams/x`]
        const statusOf = (url: string) => Effect.map(dial(url), ({ status }) => status)
        assert.deepStrictEqual(yield* Effect.forEach(wrong, statusOf), [403, 403])
        assert.deepStrictEqual(yield* Effect.forEach(missing, statusOf), [404, 404, 404, 404])
        assert.deepStrictEqual(yield* Effect.forEach([`${good}?at=1`, good], statusOf), [101, 403])
        yield* Effect.sleep("200 millis")
        assert.strictEqual(yield* statusOf(late), 403)
        assert.strictEqual(runs, 1)
      }))

    live("the path is the one that was asked for", () =>
      Effect.gen(function*() {
        const { address } = yield* host(echo, { path: "/audio/in" })
        const elsewhere = yield* address
        const there = elsewhere.replace("/stream/", "/audio/in/")
        const statuses = yield* Effect.forEach(
          [elsewhere, there],
          (url) => Effect.map(dial(url), ({ status }) => status)
        )
        assert.deepStrictEqual(statuses, [404, 101])
      }))

    live("a request that is no WebSocket gets 426", () =>
      Effect.gen(function*() {
        const { address } = yield* host(echo)
        const url = (yield* address).replace("ws:", "http:")
        const response = yield* Effect.promise(() => fetch(url))
        assert.strictEqual(response.status, 426)
        assert.strictEqual(response.headers.get("upgrade"), "websocket")
      }))

    live("an address without a token leads in when anyone may", () =>
      Effect.gen(function*() {
        const calls = yield* notes<StreamSession.CallFacts>()
        const { port } = yield* host((session) => Queue.offer(calls, session.call).pipe(Effect.asVoid), {
          admission: "anyone"
        })
        const { closed, status } = yield* dial(`ws://127.0.0.1:${port}/stream`)
        assert.strictEqual(status, 101)
        assert.deepStrictEqual(yield* Queue.take(calls), {})
        assert.strictEqual((yield* closed).code, 1000)
      }))

    live(
      "a message above the bound is refused with 1009, and other broken frames with their codes",
      () =>
        Effect.gen(function*() {
          const closes = yield* notes<number>()
          const { address } = yield* host((session) =>
            Effect.flatMap(session.closed, ({ code }) => Effect.asVoid(Queue.offer(closes, code)))
          )
          const long = yield* dial(yield* address)
          long.webSocket.send(new Uint8Array(65_538))
          assert.strictEqual((yield* long.closed).code, 1009)
          assert.strictEqual(yield* Queue.take(closes), 1009)
          const unmasked = [[0x82, 0x01, 0x00], 1002] as const
          const noText = [[0x81, 0x82, 0, 0, 0, 0, 0xff, 0xff], 1007] as const
          for (const [bytes, code] of [unmasked, noText]) {
            const broken = yield* dial(yield* address)
            broken.socket().write(Uint8Array.from(bytes))
            assert.strictEqual((yield* broken.closed).code, code)
            assert.strictEqual(yield* Queue.take(closes), code)
          }
        })
    )

    live("a peer that never reads is cut off, after a bounded number of bytes", () =>
      Effect.gen(function*() {
        const failure = yield* Deferred.make<unknown>()
        const heard = AudioFrame.toBytes(AudioFrame.silence("5 seconds", 16_000))
        let written = 0
        const { address, server } = yield* host(
          (session) =>
            session.play({ type: "mp3", audio: heard, sampleRate: 16_000 }).pipe(
              Effect.tap(Effect.sync(() => {
                written += heard.byteLength
              })),
              Effect.forever,
              Effect.catch((error) => Deferred.succeed(failure, { ...error.reason }))
            ),
          { sendTimeout: "300 millis" }
        )
        const { closed, socket } = yield* dial(yield* address)
        socket().pause()
        assert.deepStrictEqual(yield* Deferred.await(failure), {
          _tag: "Closed",
          code: 1006,
          reason: "nothing was taken for 300ms"
        })
        // What the system keeps for both ends of a connection, by far.
        assert.isBelow(written, 64 << 20)
        socket().resume()
        assert.strictEqual((yield* closed).code, 1006)
        assert.strictEqual(yield* Effect.repeat(server.sessions, { until: (count) => count === 0 }), 0)
      }))

    live("a peer that reads slowly gets everything", () =>
      Effect.gen(function*() {
        const audio = new Uint8Array(200_000).fill(7)
        const file = { type: "mp3", audio, sampleRate: 16_000 } as const
        const { address } = yield* host((session) =>
          Effect.repeat(session.play(file), { times: 99 }).pipe(Effect.asVoid)
        )
        const { closed, texts, webSocket } = yield* dial(yield* address)
        for (let round = 0; round < 10; round += 1) {
          webSocket.pause()
          yield* Effect.sleep("10 millis")
          webSocket.resume()
          yield* Queue.takeN(texts, 5)
        }
        yield* Queue.takeN(texts, 50)
        assert.strictEqual((yield* closed).code, 1000)
      }))

    live("a peer that never sends is closed with 1008", () =>
      Effect.gen(function*() {
        const { address } = yield* host(() => Effect.never, {
          firstMessageTimeout: "100 millis",
          finishTimeout: "1 millis"
        })
        const { closed } = yield* dial(yield* address)
        assert.strictEqual((yield* closed).code, 1008)
      }))

    live("a peer is pinged, and cut off unless it answers", () =>
      Effect.gen(function*() {
        const { address } = yield* host(echo, { pingInterval: "60 millis" })
        const silent = yield* dial(yield* address, { autoPong: false })
        const alive = yield* dial(yield* address)
        let pings = 0
        alive.webSocket.on("ping", () => pings += 1)
        assert.strictEqual((yield* silent.closed).code, 1006)
        yield* Effect.sleep("400 millis")
        assert.strictEqual(alive.webSocket.readyState, alive.webSocket.OPEN)
        assert.isAtLeast(pings, 3)
      }))

    live("the session knows how the peer closed", () =>
      Effect.gen(function*() {
        const closes = yield* notes<unknown>()
        const { address } = yield* host((session) =>
          Effect.flatMap(session.closed, (close) => Effect.asVoid(Queue.offer(closes, close)))
        )
        for (const code of [1000, 1001, 1003, 1008, 1011, 1013, 3000, 4999]) {
          const { closed, webSocket } = yield* dial(yield* address)
          webSocket.close(code, "why")
          assert.deepStrictEqual(yield* Queue.take(closes), { code, reason: "why" })
          assert.strictEqual((yield* closed).code, code)
        }
        const plain = yield* dial(yield* address)
        plain.webSocket.close()
        assert.deepStrictEqual(yield* Queue.take(closes), { code: 1005, reason: "" })
      }))

    live("a handler goes on for its time when the peer breaks off", () =>
      Effect.gen(function*() {
        const closes = yield* notes<number>()
        const done = yield* Deferred.make<string>()
        const { address, server } = yield* host((session) =>
          Effect.gen(function*() {
            const { code } = yield* session.closed
            yield* Queue.offer(closes, code)
            yield* Effect.sleep("100 millis")
            yield* Deferred.succeed(done, "the report is written")
          })
        )
        const { socket, webSocket } = yield* dial(yield* address)
        webSocket.send(frame)
        socket().resetAndDestroy()
        assert.strictEqual(yield* Queue.take(closes), 1006)
        assert.strictEqual(yield* Deferred.await(done), "the report is written")
        assert.strictEqual(yield* Effect.repeat(server.sessions, { until: (count) => count === 0 }), 0)
      }))

    live("the peer sees how the handler ended", () =>
      Effect.gen(function*() {
        const handlers: ReadonlyArray<readonly [StreamServer.Handler<string, never>, number]> = [
          [() => Effect.void, 1000],
          [(session) => Effect.asVoid(Effect.timeoutOption(session.closed, "1 millis")), 1000],
          [() => Effect.fail("no voice"), 1011],
          [() => Effect.die("a defect"), 1011],
          [() => {
            throw new Error("thrown")
          }, 1011],
          [() => Effect.interrupt, 1001]
        ]
        for (const [handler, code] of handlers) {
          const { address } = yield* host(handler)
          const { closed } = yield* dial(yield* address)
          assert.strictEqual((yield* closed).code, code)
        }
      }))

    live("a hundred streams run at once, and one more is refused with 503", () =>
      Effect.gen(function*() {
        const { address, server } = yield* host(echo, { maxSessions: 100 })
        const all = yield* Effect.forEach(
          Array.from({ length: 100 }),
          () => Effect.flatMap(address, (url) => dial(url)),
          { concurrency: 20 }
        )
        assert.strictEqual(yield* server.sessions, 100)
        assert.strictEqual((yield* dial(yield* address)).status, 503)
        for (const { webSocket } of all) for (let index = 0; index < 5; index += 1) webSocket.send(frame)
        yield* Effect.forEach(all, ({ texts }) => Queue.takeN(texts, 5))
        for (const { webSocket } of all) webSocket.close(1000)
        yield* Effect.forEach(all, ({ closed }) => closed)
        yield* Effect.repeat(server.sessions, { until: (count) => count === 0 })
        assert.strictEqual((yield* dial(yield* address)).status, 101)
      }))

    live("draining refuses further streams, and closes with 1001 those that do not end", () =>
      Effect.gen(function*() {
        const { address, server } = yield* host(() => Effect.never, { drainTimeout: "200 millis" })
        const { closed } = yield* dial(yield* address)
        const draining = yield* Effect.forkChild(server.drain, { startImmediately: true })
        assert.strictEqual((yield* dial(yield* address)).status, 503)
        assert.deepStrictEqual(yield* closed, { code: 1001, reason: "the server is going away" })
        yield* Fiber.join(draining)
        assert.strictEqual(yield* server.sessions, 0)
      }))

    live(
      "the end of the server closes with 1001, cuts off who does not answer, and frees the port",
      () =>
        Effect.gen(function*() {
          const scope = yield* Scope.make()
          const { address, port } = yield* Scope.provide(host(() => Effect.never), scope)
          const polite = yield* dial(yield* address)
          const rude = yield* dial(yield* address)
          rude.socket().pause()
          yield* Scope.close(scope, Exit.void)
          assert.strictEqual((yield* polite.closed).code, 1001)
          const error = yield* Effect.callback<Error>((resume) => {
            connect(port, "127.0.0.1").once("error", (refused) => resume(Effect.succeed(refused)))
          })
          assert.propertyVal(error, "code", "ECONNREFUSED")
        })
    )
  })
}

live("a client that does not finish its request in time is cut off", () =>
  Effect.gen(function*() {
    const server = yield* StreamServer.make({ url: "wss://bot.example.com" })
    const port = yield* StreamServerNode.make(echo, { port: 0, connectTimeout: "200 millis" }).pipe(
      Effect.provideService(StreamServer.StreamServer, server)
    )
    for (const begun of ["", "GET /stream/x HTTP/1.1\r\nHost: x\r\n"]) {
      yield* Effect.callback<void>((resume) => {
        const socket = connect(port, "127.0.0.1", () => socket.write(begun))
        socket.on("error", () => {})
        socket.resume().once("close", () => resume(Effect.void))
      })
    }
  }))

live("a port that is taken is a failure with the system's code", () =>
  Effect.gen(function*() {
    const server = yield* StreamServer.make({ url: "wss://bot.example.com" })
    const listening = (port: number) =>
      StreamServerNode.make(echo, { port }).pipe(Effect.provideService(StreamServer.StreamServer, server))
    const port = yield* listening(0)
    const error = yield* Effect.flip(listening(port))
    assert.deepStrictEqual({ ...error.reason }, { _tag: "CannotListen", code: "EADDRINUSE" })
  }))
