/**
 * Listens for audio streams on a port of its own, on Node, with the package `ws`, which is to be installed beside this one.
 * Nothing else of this package needs it.
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { type RawData, type WebSocket, WebSocketServer } from "ws"
import * as socketConnection from "./internal/socketConnection.ts"
import { Reason, StreamError } from "./StreamError.ts"
import * as StreamServer from "./StreamServer.ts"
import type * as StreamTransport from "./StreamTransport.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** 0 takes any that is free. */
  readonly port: number
  /** Default: `127.0.0.1`. */
  readonly host?: string
  /** How long a client may take to connect and send its request, give or take a tenth. Default: 10 seconds. */
  readonly connectTimeout?: Duration.Input
}

/** Connections that may be there beside the streams: requests under way, and those that are being refused. */
const spareConnections = 256

const listen = (
  server: Server,
  { host = "127.0.0.1", port }: Options
): Effect.Effect<number, StreamError> =>
  Effect.callback<number, StreamError>((resume) => {
    const onError = (error: NodeJS.ErrnoException) =>
      resume(Effect.fail(new StreamError({ reason: Reason.CannotListen({ code: error.code ?? error.name }) })))
    server.once("error", onError)
    server.listen(port, host, () => {
      server.off("error", onError)
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

const broken: StreamTransport.Close = { code: 1006, reason: "" }

/** Answers a request that is not let in, as HTTP. */
const refuse = (socket: Duplex, status: number, error: string): void => {
  const body = JSON.stringify({ error })
  socket.once("finish", () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\n`
      + `Content-Length: ${body.length}\r\n\r\n${body}`
  )
}

/** Bytes waiting for the peer beyond which its pings are not answered: one that does not read could fill the memory. */
const maximumPongs = 64 * 1024

/**
 * An open socket, until the scope closes; then it lingers. Messages are taken from `ws` itself, those of one read together
 * and as views of it: Effect's socket makes an event and a copy of each.
 */
const connectionOf = Effect.fnUntraced(function*(webSocket: WebSocket, request: IncomingMessage) {
  const below = socketConnection.socketOf(request)
  const ended = Deferred.makeUnsafe<never, StreamTransport.Close>()

  const end = (close: StreamTransport.Close) => Deferred.doneUnsafe(ended, Effect.fail(close))
  const onPing = (data: Buffer) => {
    if (webSocket.bufferedAmount < maximumPongs) webSocket.pong(data)
  }
  const onError = (error: Error) => end(socketConnection.closeOfError(error))
  const onClose = (code: number, reason: Buffer) => end({ code, reason: reason.toString() })

  /** What comes in one read is settled at its end. Until others had a turn no more is read, if they need one. */
  const receive = (
    { message, settle }: StreamTransport.Receiver,
    { currentDispatcher }: Fiber.Fiber<unknown, unknown>
  ) => {
    let isSettled = true
    const goOn = () => webSocket.resume()
    const settleAll = () => {
      isSettled = true
      if (settle() || webSocket.isPaused) return
      webSocket.pause()
      currentDispatcher.scheduleTask(goOn, 0)
    }
    return (data: RawData, isBinary: boolean) => {
      if (!(data instanceof Uint8Array)) return
      message(isBinary ? data : data.toString())
      if (!isSettled) return
      isSettled = false
      queueMicrotask(settleAll)
    }
  }

  yield* socketConnection.linger(below)
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      // Nothing may come before there is a receiver.
      webSocket.pause()
      webSocket.on("ping", onPing).on("error", onError).on("close", onClose)
    }),
    () =>
      Effect.sync(() => {
        end(broken)
        // The peer's side of the closing is still to be read.
        webSocket.resume()
      })
  )
  if (webSocket.readyState !== webSocket.OPEN) return yield* Effect.fail(broken)
  const connection: StreamTransport.Connection = {
    run: (receiver) =>
      Effect.withFiber((fiber) => {
        const onMessage = receive(receiver, fiber)
        webSocket.on("message", onMessage)
        webSocket.resume()
        return Effect.ensuring(Deferred.await(ended), Effect.sync(() => webSocket.off("message", onMessage)))
      }),
    write: (text) => Effect.sync(() => webSocket.send(text)),
    close: (close) =>
      Effect.ignore(Effect.try(() => {
        const { code, reason } = socketConnection.sendable(close)
        webSocket.close(code, reason)
      })),
    terminate: Effect.sync(() => webSocket.terminate()),
    vitals: Option.map(below, socketConnection.vitalsOf)
  }
  return connection
})

const handshake = (
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer
): Effect.Effect<StreamTransport.Connection, StreamTransport.Close, Scope.Scope> =>
  Effect.callback<WebSocket, StreamTransport.Close>((resume) => {
    // A handshake that is refused never calls back.
    const onClose = () => resume(Effect.fail(broken))
    if (socket.destroyed) return onClose()
    socket.once("close", onClose)
    sockets.handleUpgrade(request, socket, head, (opened) => {
      socket.off("close", onClose)
      resume(Effect.succeed(opened))
    })
  }).pipe(Effect.flatMap((opened) => connectionOf(opened, request)))

/** The path of a request, without its query. */
const pathOf = ({ url = "" }: IncomingMessage): string => url.split("?", 1)[0] ?? ""

/**
 * A server that listens, until the scope closes; gives its port. It lets in what {@link StreamServer} lets in, answers 404
 * for any other path, and 426 to what is no WebSocket. With 256 connections more than there may be streams, further ones
 * are dropped without an answer. Closed, it listens no more and drains the {@link StreamServer}.
 * Fails with `CannotListen`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <E, R>(
  handler: StreamServer.Handler<E, R>,
  options: Options
): Effect.Effect<number, StreamError, StreamServer.StreamServer | Exclude<R, Scope.Scope> | Scope.Scope> =>
  Effect.gen(function*() {
    const streams = yield* StreamServer.StreamServer
    const { maxMessageBytes, maxSessions, path } = streams.hosting
    const run = yield* FiberSet.makeRuntime<Exclude<R, Scope.Scope>>()
    // `closeTimeout` is not in the types of the package.
    const settings = {
      noServer: true,
      clientTracking: false,
      autoPong: false,
      closeTimeout: socketConnection.closeTimeoutMs,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes
    }
    const sockets = new WebSocketServer(settings)

    const isStream = (request: IncomingMessage): boolean => {
      const asked = pathOf(request)
      return asked === path || (asked.startsWith(`${path}/`) && asked.lastIndexOf("/") === path.length)
    }

    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const token = Option.liftPredicate(pathOf(request).slice(path.length + 1), (text) => text !== "")
      return streams.accept(token, handshake(sockets, request, socket, head), handler).pipe(
        Effect.catch(({ error, status }) => Effect.sync(() => refuse(socket, status, error)))
      )
    }

    const connectTimeoutMs = Duration.toMillis(options.connectTimeout ?? "10 seconds")
    const server = createServer(
      {
        headersTimeout: connectTimeoutMs,
        requestTimeout: connectTimeoutMs,
        connectionsCheckingInterval: Math.ceil(connectTimeoutMs / 10),
        maxHeaderSize: 16_384
      },
      (request, response) => {
        const [status, error] = isStream(request) ? [426, "upgrade_required"] as const : [404, "not_found"] as const
        response.writeHead(status, { "content-type": "application/json", connection: "close", upgrade: "websocket" })
        response.end(JSON.stringify({ error }))
      }
    )
    server.maxConnections = maxSessions + spareConnections
    server.on("upgrade", (request, socket, head) => {
      socket.on("error", () => {})
      if (isStream(request)) run(upgrade(request, socket, head))
      else refuse(socket, 404, "not_found")
    })

    yield* Effect.addFinalizer(() =>
      Effect.gen(function*() {
        const closed = yield* Effect.forkChild(
          Effect.callback<void>((resume) => {
            server.close(() => resume(Effect.void))
          }),
          { startImmediately: true }
        )
        yield* Effect.interruptible(streams.drain)
        server.closeAllConnections()
        yield* Fiber.await(closed)
      })
    )
    const port = yield* listen(server, options)
    server.on("error", (error) => run(Effect.logError("the stream server failed", error.message)))
    return port
  })

/**
 * A server that listens as long as the layer lives, see {@link make}.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E, R>(
  handler: StreamServer.Handler<E, R>,
  options: Options
): Layer.Layer<never, StreamError, StreamServer.StreamServer | Exclude<R, Scope.Scope>> =>
  Layer.effectDiscard(make(handler, options))
