/**
 * A whole platform in memory, and the SDK's services on it: the one layer that a test of a service needs.
 *
 * Time is that of the test: under `it.effect` that of the test clock, which `advance` and `until` move. While the app
 * answers it stands, whatever the app really waits for, unless it sleeps or takes longer than half a second.
 */
import type { PiopiyError } from "@effect-piopiy/sdk/PiopiyError"
import type { StreamError } from "@effect-piopiy/sdk/StreamError"
import type * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as HttpRouter from "effect/http/HttpRouter"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { SimulatorError } from "../SimulatorError.ts"
import { assemble, assembleStreams, type Left, type Services } from "./assemble.ts"
import * as InProcess from "./InProcess.ts"
import { configOf, type PlatformOptions, type StreamingOptions } from "./PlatformOptions.ts"

export type { Services } from "./assemble.ts"
export type { PlatformOptions, StreamingOptions } from "./PlatformOptions.ts"

/**
 * The platform. The app is built last, of the platform's services and of whatever else it asks for.
 *
 * Fails with `InvalidConfig`, of the simulator or of the SDK, and as the app does.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E = never, R = never>(
  options: PlatformOptions<E, R> = {}
): Layer.Layer<Services, SimulatorError | PiopiyError | HttpRouter.Request.Without<E>, Left<R, Services>> =>
  assemble(options, (app) => InProcess.layer({ config: configOf(options), app }))

/**
 * The platform, and a `StreamServer` whose streams go to a handler, whatever the host of their URLs. The app issues their
 * tickets, and both may ask for the platform's services. Tokens follow from the seed.
 *
 * Fails as {@link layer} does, and with `InvalidConfig` of the server.
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
  | Left<R, Services | StreamServer.StreamServer>
  | Exclude<Exclude<HR, Scope.Scope>, Services | StreamServer.StreamServer>
> =>
  assembleStreams(
    handler,
    options,
    (app, handled) => InProcess.layer({ config: configOf(options), app, streams: InProcess.streams(handled) })
  )
