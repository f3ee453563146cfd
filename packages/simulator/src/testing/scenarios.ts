/** Scenarios as tests: run in this process, under virtual time or as time passes. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as Layer from "effect/Layer"
import * as LocalClient from "../LocalClient.ts"
import * as Scenario from "../Scenario.ts"
import type { ScenarioReport } from "../ScenarioReport.ts"
import * as ScenarioRunner from "../ScenarioRunner.ts"
import type * as Simulator from "../Simulator.ts"
import type { SimulatorConfig } from "../SimulatorConfig.ts"
import type { SimulatorError } from "../SimulatorError.ts"

/** Runs a scenario on the platform that is made of its configuration. Time is that of the fiber, unless it says otherwise. */
export const run = <E, R>(
  scenario: Scenario.Scenario,
  options: Scenario.RunOptions,
  platform: (config: SimulatorConfig) => Layer.Layer<Simulator.Platform | HttpClient.HttpClient, E, R>
): Effect.Effect<ScenarioReport, SimulatorError | E, R> =>
  Effect.gen(function*() {
    yield* Scenario.checked(scenario, { inProcess: true })
    const settings = { clock: scenario.clock ?? "live", ...options }
    return yield* HttpClient.HttpClient.pipe(
      Effect.flatMap((client) =>
        ScenarioRunner.run(
          scenario,
          { platform: LocalClient.ofPaths(client) },
          settings
        )
      ),
      Effect.provide(platform(Scenario.configOf(scenario, settings)), { local: true })
    )
  })
