/** Scenarios as values and as files: what `piopiy-sim run` reads, and {@link ScenarioRunner} runs. */
import * as Effect from "effect/Effect"
import type * as JsonSchema from "effect/JsonSchema"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import * as check from "./core/scenario/check.ts"
import * as core from "./core/scenario/Scenario.ts"
import * as ClockMode from "./engine/ClockMode.ts"
import { Sounds } from "./engine/Sounds.ts"
import * as SimulatorConfig from "./SimulatorConfig.ts"
import { type Problem, SimulatorError } from "./SimulatorError.ts"

export {
  /**
   * The host by which URLs of a scenario mean the app under test, wherever it is.
   *
   * @category constants
   * @since 0.1.0
   */
  appHost
} from "./core/scenario/Scenario.ts"

/**
 * A scenario. Each key says in its description what it does and what it is when left out.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Scenario = Schema.Struct({
  ...core.fields,
  clock: Schema.optionalKey(
    ClockMode.Setting.annotate({
      description: "How time passes (default manual, at once). An app in a process of its own that listens to audio "
        + "wants live."
    })
  ),
  config: Schema.optionalKey(
    SimulatorConfig.SimulatorConfig.mapFields(Struct.omit(["$schema", "seed", "faults"])).annotate({
      description: "People, files, pipelines, flows, accounts and whatever else a simulator is told."
    })
  )
})
/** @since 0.1.0 */
export type Scenario = typeof Scenario.Type

/**
 * The schema as JSON Schema, for editors: what `scenario.schema.json` holds.
 *
 * @category schemas
 * @since 0.1.0
 */
export const jsonSchema = (): JsonSchema.JsonSchema =>
  SimulatorConfig.jsonSchemaOf("A scenario of piopiy-sim", Scenario)

/**
 * How a run differs from what the scenario says: its seed, and how time passes.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunOptions {
  readonly seed?: number
  readonly clock?: ClockMode.Setting
}

/**
 * The seed and the clock of a run.
 *
 * @category getters
 * @since 0.1.0
 */
export const settingsOf = (scenario: Scenario, options: RunOptions = {}): Required<RunOptions> => ({
  seed: options.seed ?? scenario.seed ?? scenario.config?.accounts?.[0].seed ?? SimulatorConfig.defaultSeed,
  clock: options.clock ?? scenario.clock ?? "manual"
})

/**
 * The token that steps ask with: the first account's.
 *
 * @category getters
 * @since 0.1.0
 */
export const tokenOf = ({ config }: Scenario): string => config?.accounts?.[0].token ?? SimulatorConfig.defaultToken

/**
 * The configuration of the simulator that a run takes place on. What is said on audio streams is kept, unless the
 * scenario says otherwise.
 *
 * @category constructors
 * @since 0.1.0
 */
export const configOf = (scenario: Scenario, options: RunOptions = {}): SimulatorConfig.SimulatorConfig => {
  const { clock, seed } = settingsOf(scenario, options)
  const { accounts: [first, ...others] = [{ token: SimulatorConfig.defaultToken }], ...config } = scenario.config ?? {}
  return {
    recordAudio: true,
    ...config,
    seed,
    ...(scenario.faults === undefined ? {} : { faults: scenario.faults }),
    accounts: [{ ...first, clock, seed }, ...others.map((account) => ({ ...account, clock }))]
  }
}

const invalid = (problems: ReadonlyArray<Problem>) =>
  new SimulatorError({ reason: { _tag: "InvalidConfig", problems } })

/** Problems of the configuration, by their paths in the scenario. */
const withinConfig = (error: SimulatorError): SimulatorError =>
  error.reason._tag === "InvalidConfig"
    ? invalid(error.reason.problems.map(({ message, path }) => ({ path: `config.${path}`, message })))
    : error

/**
 * Where a scenario is run: with `inProcess`, URLs may lead to an app that it does not name.
 *
 * @category models
 * @since 0.1.0
 */
export interface CheckOptions {
  readonly inProcess?: boolean
}

/** Checks what the schema does not see. */
const whole = (scenario: Scenario, options: CheckOptions): Effect.Effect<Scenario, SimulatorError> =>
  Effect.gen(function*() {
    const sounds = yield* Sounds
    const problems = check.problems(scenario, {
      ...options,
      ...(sounds === undefined ? {} : { sounds: new Set(sounds.keys()) })
    })
    if (problems.length > 0) return yield* invalid(problems)
    yield* Effect.mapError(SimulatorConfig.tenants(configOf(scenario)), withinConfig)
    return scenario
  })

/**
 * Reads unknown JSON. Fails with `InvalidConfig`, every problem by its path: unknown keys, impossible times, names that
 * nobody gives, missing audio.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (json: unknown, options: CheckOptions = {}): Effect.Effect<Scenario, SimulatorError> =>
  Effect.flatMap(SimulatorConfig.decodeAs(Scenario)(json), (scenario) => whole(scenario, options))

/**
 * Checks a scenario that a program wrote, as {@link decode} does one of a file: its type does not keep numbers within their
 * bounds, nor keys out that are none.
 *
 * @category decoding
 * @since 0.1.0
 */
export const checked: (scenario: Scenario, options?: CheckOptions) => Effect.Effect<Scenario, SimulatorError> = decode
