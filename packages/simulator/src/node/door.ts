/** What only a server over sockets can do to a connection: break it off, and take no more. */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { Server } from "node:http"
import { Outage } from "../engine/Outage.ts"
import * as Simulator from "../Simulator.ts"

/** Resets the connection; nothing is written on it any more. */
const breakOff = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.sync(() => {
    const { socket } = NodeHttpServerRequest.toIncomingMessage(request)
    if ("resetAndDestroy" in socket) socket.resetAndDestroy()
    NodeHttpServerRequest.toServerResponse(request).destroy()
    return HttpServerResponse.empty()
  })

/**
 * Ends the connection of a request that died of it.
 *
 * @category layers
 * @since 0.1.0
 */
export const severing: Layer.Layer<never, never, HttpRouter.HttpRouter> = HttpRouter.middleware(
  (answered) =>
    Effect.catchCauseIf(
      answered,
      (cause) => Simulator.severed(cause) !== undefined,
      () => Effect.flatMap(HttpServerRequest.HttpServerRequest, breakOff)
    ),
  { global: true }
)

const close = (server: Server): Effect.Effect<void> =>
  Effect.callback((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

const open = (server: Server, host: string, port: number): Effect.Effect<void> =>
  Effect.callback<void, Error>((resume) => {
    const forget = (): void => {
      server.off("listening", succeed).off("error", fail)
    }
    const succeed = (): void => {
      forget()
      resume(Effect.void)
    }
    const fail = (error: Error): void => {
      forget()
      resume(Effect.fail(error))
    }
    server.on("listening", succeed).on("error", fail).listen(port, host)
    return Effect.sync(forget)
  }).pipe(
    // Somebody else may have taken the port meanwhile, and let it go again.
    Effect.retry(Schedule.spaced("100 millis")),
    Effect.orDie
  )

/**
 * Has a server that listens follow the platform when that goes down and comes back, on the same port.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (server: Server, host: string): Layer.Layer<never, never, HttpServer.HttpServer | Outage> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const { address } = yield* HttpServer.HttpServer
    const outage = yield* Outage
    const port = "port" in address ? address.port : 0
    yield* outage.attach({ close: close(server), open: open(server, host, port) })
  }))
