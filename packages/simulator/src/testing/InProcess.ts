/**
 * The whole platform in memory, for tests under virtual time: no sockets, no waiting.
 *
 * The layer gives an `HttpClient` that reaches the simulator whatever the host of the URL, so the SDK's layers of every
 * API run on it unchanged, and an application that answers the webhooks.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Simulator from "../Simulator.ts"
import type { SimulatorConfig } from "../SimulatorConfig.ts"
import type { SimulatorError } from "../SimulatorError.ts"
import * as Streams from "../Streams.ts"

export {
  /**
   * Streams that reach a `StreamServer` of the SDK in this process.
   *
   * @category layers
   * @since 0.1.0
   */
  layer as streams
} from "./streams.ts"

/** An application as routes: what a service would serve, called in memory. */
export type App<E = never> = Layer.Layer<never, E, HttpRouter.HttpRouter>

const noApp: App = HttpRouter.add("*", "*", HttpServerResponse.jsonUnsafe({ error: "no such page" }, { status: 404 }))

/** A client whose requests are answered in this process. */
const clientOf = <E>(
  app: Effect.Effect<
    HttpServerResponse.HttpServerResponse,
    E,
    Scope.Scope | HttpServerRequest.HttpServerRequest
  >
): HttpClient.HttpClient =>
  HttpClient.make((request) =>
    app.pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromClientRequest(request)),
      Effect.scoped,
      Effect.catchCause((cause) => Effect.map(HttpServerError.causeResponse(cause), ([response]) => response)),
      Effect.map((response) => HttpServerResponse.toClientResponse(response, { request }))
    )
  )

/**
 * A platform, and the client that reaches it. `app` answers the webhooks, whatever their host. `streams` is where audio
 * streams go, as to a `StreamServer` by {@link streams}; without it nobody can be reached.
 *
 * Fails with `InvalidConfig`, and as the layers of the app and of the streams do.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E = never, E2 = never, R = never>(
  options: {
    readonly config?: SimulatorConfig | undefined
    readonly app?: App<E> | undefined
    readonly streams?: Layer.Layer<Streams.StreamPort, E2, R> | undefined
  } = {}
): Layer.Layer<Simulator.Platform | HttpClient.HttpClient, SimulatorError | E | E2, R> => {
  const toApp = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpRouter.toHttpEffect<never, E, HttpRouter.HttpRouter>(options.app ?? noApp), clientOf)
  )
  const toPlatform = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpRouter.toHttpEffect(Simulator.routes()), clientOf)
  )
  return toPlatform.pipe(
    Layer.provideMerge(Simulator.layer(options.config, { allows: () => true })),
    Layer.provide(options.streams ?? Streams.layerNone),
    Layer.provide(toApp)
  )
}
