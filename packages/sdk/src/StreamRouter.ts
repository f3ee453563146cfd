/** The route for audio streams in an HTTP service, next to its others. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as socketConnection from "./internal/socketConnection.ts"
import * as StreamServer from "./StreamServer.ts"

const refused = (status: number, error: string) => HttpServerResponse.jsonUnsafe({ error }, { status })

const isUpgrade = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  headers["upgrade"]?.toLowerCase() === "websocket"

const handle = Effect.fnUntraced(function*<E, R>(
  server: StreamServer.StreamServer["Service"],
  handler: StreamServer.Handler<E, R>,
  context: Context.Context<Exclude<R, Scope.Scope>>,
  request: HttpServerRequest.HttpServerRequest
) {
  if (!isUpgrade(request)) {
    return HttpServerResponse.setHeader(refused(426, "upgrade_required"), "upgrade", "websocket")
  }
  const { token } = yield* HttpRouter.params
  const below = socketConnection.socketOf(request.source)
  const connect = Effect.flatMap(
    Effect.mapError(request.upgrade, () => ({ code: 1006, reason: "" })),
    (socket) => socketConnection.make(socket, below)
  )
  const fiber = yield* server.accept(Option.fromUndefinedOr(token), connect, handler).pipe(
    Effect.provideContext(context)
  )
  // A request is interrupted when its socket breaks, too. Then the handler has the time that it has after every end.
  const stop = Effect.suspend(() =>
    Option.exists(below, ({ destroyed }) => destroyed) ? Effect.void : Fiber.interrupt(fiber)
  )
  yield* Effect.onInterrupt(Fiber.await(fiber), () => stop)
  return HttpServerResponse.empty()
})

/**
 * The route, to be mounted with the others of a service: `HttpRouter.serve(StreamRouter.layer(handler))`. What the handler
 * needs is asked for once, when the layer is built.
 *
 * A stream that is not let in gets the status of its `StreamServer.Refusal`, and a request that is none gets 426. When the
 * HTTP server is closed, streams have as long as that one gives to its requests, then they are closed with 1001; to give
 * them the `drainTimeout` instead, call `StreamServer.drain` first.
 *
 * Bounds for a peer that does not read, and pings, need the socket of Node's HTTP server; other hosts do not show theirs.
 * That server takes messages of 100 MiB before they are refused here: give its `websocket` option a `maxPayload`. It answers
 * every ping, also of a peer that does not read, and gives a peer that has closed 30 s to let go of the connection, in which
 * the session does not know of it: give it a `closeTimeout`.
 *
 * The spans of the HTTP server hold the address of every request, and with it a token, which is spent.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E, R>(
  handler: StreamServer.Handler<E, R>
): Layer.Layer<never, never, HttpRouter.HttpRouter | StreamServer.StreamServer | Exclude<R, Scope.Scope>> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const server = yield* StreamServer.StreamServer
    const router = yield* HttpRouter.HttpRouter
    const context = yield* Effect.context<Exclude<R, Scope.Scope>>()
    const { admission, path } = server.hosting
    const handled = (request: HttpServerRequest.HttpServerRequest) =>
      HttpMiddleware.withLoggerDisabled(
        Effect.catch(
          handle(server, handler, context, request),
          ({ error, status }) => Effect.succeed(refused(status, error))
        )
      )
    yield* router.add("GET", `${path}/:token`, handled)
    if (admission === "anyone") yield* router.add("GET", path, handled)
  }))
