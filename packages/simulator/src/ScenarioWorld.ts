/** A scenario on a platform that is made for it in this process, and reaches the world as another one does. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as aliases from "./edge/aliases.ts"
import type { WebhookOptions } from "./edge/webhook/HttpWebhooks.ts"
import type { StreamPort } from "./engine/StreamPort.ts"
import * as LocalClient from "./LocalClient.ts"
import * as Scenario from "./Scenario.ts"
import type { ScenarioReport } from "./ScenarioReport.ts"
import * as ScenarioRunner from "./ScenarioRunner.ts"
import * as Simulator from "./Simulator.ts"
import { type Problem, SimulatorError } from "./SimulatorError.ts"

/** What a scenario asks for that nobody may have of a program that runs for others. */
const tooMuch = ({ app, steps }: Scenario.Scenario, allows: (url: URL) => boolean): ReadonlyArray<Problem> => [
  ...(app?.command === undefined
    ? []
    : [{
      path: "app.command",
      message: "no programs are started here: start the app, and say where it runs in app.url"
    }]),
  ...(app?.url === undefined || allows(new URL(app.url))
    ? []
    : [{ path: "app.url", message: "nothing may be sent there, unless its host is allowed by name" }]),
  ...steps.flatMap(({ do: act }, index) =>
    act._tag === "Request" && URL.parse(act.url)?.hostname !== Scenario.appHost
      ? [{
        path: `steps[${index}].do.url`,
        message: `steps ask the app alone: give app.url, and here a URL of http://${Scenario.appHost}`
      }]
      : []
  )
]

/**
 * Runs a scenario once. Webhooks and streams go where `webhooks` lets them, and to the app. Fails with `InvalidConfig`,
 * every problem by its path.
 *
 * @category running
 * @since 0.1.0
 */
export const run = (
  scenario: Scenario.Scenario,
  webhooks: WebhookOptions,
  options: Scenario.RunOptions = {}
): Effect.Effect<ScenarioReport, SimulatorError, HttpClient.HttpClient | StreamPort> =>
  Effect.gen(function*() {
    yield* Scenario.checked(scenario)
    const problems = tooMuch(scenario, webhooks.allows)
    if (problems.length > 0) return yield* new SimulatorError({ reason: { _tag: "InvalidConfig", problems } })
    const leading: aliases.Aliases = scenario.app?.url === undefined ? {} : { [Scenario.appHost]: scenario.app.url }
    const app = aliases.client(leading)(yield* HttpClient.HttpClient)
    const platform = yield* Layer.build(
      Simulator.layer(Scenario.configOf(scenario, options), {
        ...webhooks,
        allows: (url) => Object.hasOwn(leading, url.hostname) || webhooks.allows(url),
        resolve: aliases.resolving(leading, webhooks.resolve)
      }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, app)), Layer.provide(aliases.streams(leading)))
    )
    const routes = yield* Effect.provideContext(HttpRouter.toHttpEffect(Simulator.routes()), platform)
    const client = LocalClient.ofPaths(LocalClient.make(routes))
    return yield* Effect.provideContext(
      ScenarioRunner.run(scenario, { platform: client, ...(scenario.app === undefined ? {} : { app }) }, options),
      platform
    )
  }).pipe(
    Effect.scoped,
    // What the platform around was built with is not this one's.
    Effect.updateContext((context: Context.Context<HttpClient.HttpClient | StreamPort>) =>
      Context.add(context, Layer.CurrentMemoMap, Layer.makeMemoMapUnsafe())
    )
  )
