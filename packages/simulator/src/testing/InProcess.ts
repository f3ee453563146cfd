/**
 * The whole platform in memory, for tests under virtual time: no sockets, no waiting.
 *
 * The layer gives an `HttpClient` that reaches the simulator whatever the host of the URL, so the SDK's layers of every
 * API run on it unchanged, and an application that answers the webhooks.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as LocalClient from "../LocalClient.ts"
import type * as Scenario from "../Scenario.ts"
import type { ScenarioReport } from "../ScenarioReport.ts"
import * as Simulator from "../Simulator.ts"
import type { SimulatorConfig } from "../SimulatorConfig.ts"
import type { SimulatorError } from "../SimulatorError.ts"
import * as Streams from "../Streams.ts"
import { AppAtWork } from "./AppAtWork.ts"
import * as scenarios from "./scenarios.ts"

export {
  /**
   * Streams that reach a `StreamServer` of the SDK in this process.
   *
   * @category layers
   * @since 0.1.0
   */
  layer as streams
} from "./streams.ts"

export * as Expect from "./Expect.ts"

export {
  /**
   * Waits until a call has come to a moment.
   *
   * @category testing
   * @since 0.1.0
   */
  until
} from "./until.ts"

/** An application as routes: what a service would serve, called in memory. Handlers that fail are answered for, as on a port. */
export type App<E = never> = Layer.Layer<never, E, HttpRouter.HttpRouter | HttpRouter.Request<"Error", unknown>>

const noApp: App = HttpRouter.add("*", "*", HttpServerResponse.jsonUnsafe({ error: "no such page" }, { status: 404 }))

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
    Effect.map(HttpRouter.toHttpEffect(options.app ?? noApp), LocalClient.make)
  )
  const toPlatform = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpRouter.toHttpEffect(Simulator.routes()), LocalClient.make)
  )
  return toPlatform.pipe(
    Layer.provideMerge(
      Layer.unwrap(
        Effect.map(AppAtWork, ({ during }) => Simulator.layer(options.config, { allows: () => true, around: during }))
      )
    ),
    Layer.provide(options.streams ?? Streams.layerNone),
    Layer.provide(toApp)
  )
}

/**
 * Runs a scenario once, on a platform of its own with the app under test in this process, and tells what came of it:
 * `ScenarioReport.failures` gives all that failed. Time is that of the test, and a test clock is moved as far as the run
 * goes; with `clock`, or that of the scenario, the platform's is another one than the app's. A `Request` step has nobody to
 * ask, and the scenario's own `app` is not started.
 *
 * Fails with `InvalidConfig`, and as the layers of the app and of the streams do.
 *
 * @category testing
 * @since 0.1.0
 */
export const runScenario = <E = never, E2 = never, R = never>(
  scenario: Scenario.Scenario,
  options: Scenario.RunOptions & {
    readonly app?: App<E> | undefined
    readonly streams?: Layer.Layer<Streams.StreamPort, E2, R> | undefined
  } = {}
): Effect.Effect<ScenarioReport, SimulatorError | E | E2, R> => {
  const { app, streams, ...settings } = options
  return scenarios.run(scenario, settings, (config) => layer({ config, app, streams }))
}
