/** Streams over real sockets: both ways of hosting them, and a platform that dials with the `ws` package. */
import * as StreamRouter from "@effect-piopiy/sdk/StreamRouter"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import * as StreamServerNode from "@effect-piopiy/sdk/StreamServerNode"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import type { Socket } from "node:net"
import { type ClientOptions, WebSocket } from "ws"

export interface Hosted {
  readonly server: StreamServer.StreamServer["Service"]
  readonly port: number
  /** Where a fresh token leads to. */
  readonly address: Effect.Effect<string>
}

type Host = (
  handler: StreamServer.Handler<unknown, never>,
  options?: Partial<StreamServer.Options>
) => ReturnType<typeof onPort>

const hosted = (server: StreamServer.StreamServer["Service"], port: number): Hosted => ({
  server,
  port,
  address: Effect.map(
    Effect.orDie(server.issue({ from: "919876543210" })),
    ({ token }) => `ws://127.0.0.1:${port}/stream/${Redacted.value(token)}`
  )
})

const make = (options: Partial<StreamServer.Options>) =>
  StreamServer.make({ url: "wss://bot.example.com", drainTimeout: 0, ...options })

/** A port of their own. */
export const onPort = Effect.fnUntraced(function*(
  handler: StreamServer.Handler<unknown, never>,
  options: Partial<StreamServer.Options> = {}
) {
  const server = yield* make(options)
  const port = yield* StreamServerNode.make(handler, { port: 0 }).pipe(
    Effect.provideService(StreamServer.StreamServer, server)
  )
  return hosted(server, port)
})

/** A route of an HTTP service. */
export const onRoute: Host = Effect.fnUntraced(function*(handler, options = {}) {
  const server = yield* make(options)
  const http = NodeHttpServer.layerServer(createServer, {
    host: "127.0.0.1",
    port: 0,
    gracefulShutdownTimeout: "10 millis"
  })
  const service = HttpRouter.serve(StreamRouter.layer(handler), { disableListenLog: true }).pipe(
    Layer.provide(Layer.succeed(StreamServer.StreamServer, server)),
    Layer.provideMerge(Layer.orDie(http))
  )
  const { address } = Context.get(yield* Layer.build(service), HttpServer.HttpServer)
  return hosted(server, Number(new URL(HttpServer.formatAddress(address)).port))
})

export const hosts: ReadonlyArray<readonly [string, Host]> = [["a port", onPort], ["a route", onRoute]]

/** What came of a dialling: a stream that is open, or the status of the refusal. */
export interface Dialled {
  readonly webSocket: WebSocket
  /** 101 when it is open. */
  readonly status: number
  readonly texts: Queue.Dequeue<string>
  readonly closed: Effect.Effect<{ readonly code: number; readonly reason: string }>
  readonly socket: () => Socket
}

/** Dials, and breaks off at the end of the test. */
export const dial = Effect.fnUntraced(function*(address: string, options: ClientOptions = {}) {
  const texts = yield* Queue.unbounded<string>()
  const closed = yield* Deferred.make<{ readonly code: number; readonly reason: string }>()
  const status = yield* Deferred.make<number>()
  let socket: Socket | undefined
  const webSocket = yield* Effect.acquireRelease(
    Effect.sync(() => new WebSocket(address, { perMessageDeflate: false, ...options })),
    (one) => Effect.sync(() => one.terminate())
  )
  webSocket.on("upgrade", (response) => {
    socket = response.socket
  })
  webSocket.on("open", () => Deferred.doneUnsafe(status, Effect.succeed(101)))
  webSocket.on("unexpected-response", (_, response) => {
    Deferred.doneUnsafe(status, Effect.succeed(response.statusCode ?? 0))
    response.resume()
  })
  webSocket.on("error", () => {})
  webSocket.on("message", (bytes) => Queue.offerUnsafe(texts, String(bytes)))
  webSocket.on("close", (code, reason) => Deferred.doneUnsafe(closed, Effect.succeed({ code, reason: String(reason) })))
  const dialled: Dialled = {
    webSocket,
    status: yield* Deferred.await(status),
    texts,
    closed: Deferred.await(closed),
    socket: () => {
      if (socket === undefined) throw new Error("the stream was not opened")
      return socket
    }
  }
  return dialled
})
