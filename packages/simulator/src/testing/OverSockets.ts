/**
 * The same platform over sockets, for `it.live`: a simulator on a free port, and the app under test on another. A test that
 * waits with `until` and `advance` runs on either unchanged.
 *
 * Time passes by itself, unless the account's `clock` says otherwise. Nothing leaves this machine: all that is posted and
 * all streams that are dialed go to the app, whatever the host of their URL.
 */
import type { PiopiyError } from "@effect-piopiy/sdk/PiopiyError"
import type { StreamError } from "@effect-piopiy/sdk/StreamError"
import * as StreamRouter from "@effect-piopiy/sdk/StreamRouter"
import type * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import * as SimulatorServer from "../node/SimulatorServer.ts"
import type { SimulatorError } from "../SimulatorError.ts"
import { assemble, assembleStreams, type Left, type Services as Shared } from "./assemble.ts"
import { configOf, type PlatformOptions, type StreamingOptions } from "./PlatformOptions.ts"

export type { PlatformOptions, StreamingOptions } from "./PlatformOptions.ts"

/**
 * What there is in memory, and where the simulator listens.
 *
 * @category models
 * @since 0.1.0
 */
export type Services = Shared | SimulatorServer.SimulatorServer

/** Where the app is to listen. It is let go of at once: what is not over when a test is, is not waited for. */
const listening = NodeHttpServer.layerServer(createServer, { host: "127.0.0.1", port: 0, gracefulShutdownTimeout: 0 })

/** A simulator that goes nowhere but to the app. */
const simulator = (options: PlatformOptions<unknown, unknown>) =>
  Layer.unwrap(Effect.map(HttpServer.HttpServer, ({ address }) =>
    SimulatorServer.layer({
      port: 0,
      config: configOf(options),
      aliases: { "*": HttpServer.formatAddress(address) }
    })))

/** Whoever asks any host asks the simulator. */
const client = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function*() {
    const { url } = yield* SimulatorServer.SimulatorServer
    return HttpClient.mapRequest(yield* HttpClient.HttpClient, (request) => {
      const { pathname = request.url, search = "" } = URL.parse(request.url) ?? {}
      return HttpClientRequest.setUrl(request, `${url}${pathname}${search}`)
    })
  })
).pipe(Layer.provide(FetchHttpClient.layer))

/** Both ports, open but for the app's routes. */
const opened = (options: PlatformOptions<unknown, unknown>) =>
  Effect.map(
    Layer.build(client.pipe(Layer.provideMerge(simulator(options)), Layer.provideMerge(Layer.orDie(listening)))),
    (ports) => Layer.succeedContext(Context.omit(Layer.CurrentMemoMap)(ports))
  )

/** Routes on the app's port. They are built apart, so that the router is nobody else's. */
const serve = <R>(routes: Layer.Layer<never, never, R>) =>
  Layer.effectDiscard(Layer.build(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })))

/**
 * The platform, as `Platform.layer` has it in memory. Fails as that does, and with `CannotListen`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E = never, R = never>(
  options: PlatformOptions<E, R> = {}
): Layer.Layer<Services, SimulatorError | PiopiyError | HttpRouter.Request.Without<E>, Left<R, Shared>> =>
  Layer.unwrap(Effect.map(
    opened(options),
    (ports) => Layer.merge(ports, assemble(options, (app) => Layer.provideMerge(serve(app), ports)))
  ))

/**
 * The platform with a server for streams, as `Platform.layerStreams` has it in memory; it is at the app's port. Fails as
 * that does, and with `CannotListen`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerStreams = <HE, HR, E = never, R = never>(
  handler: StreamServer.Handler<HE, HR>,
  options: StreamingOptions<E, R> = {}
): Layer.Layer<
  Services | StreamServer.StreamServer,
  SimulatorError | PiopiyError | StreamError | HttpRouter.Request.Without<E>,
  Left<R, Shared | StreamServer.StreamServer> | Exclude<Exclude<HR, Scope.Scope>, Shared | StreamServer.StreamServer>
> =>
  Layer.unwrap(Effect.map(opened(options), (ports) =>
    Layer.merge(
      ports,
      assembleStreams(
        handler,
        options,
        (app, handled) => Layer.provideMerge(serve(Layer.merge(app, StreamRouter.layer(handled))), ports)
      )
    )))
