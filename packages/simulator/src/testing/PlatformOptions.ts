/** What a platform for tests is told, and what follows from it: the account that is spoken for, and chance. */
import type * as PiopiyConfig from "@effect-piopiy/sdk/PiopiyConfig"
import type * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { type AccountConfig, SimulatorConfig } from "../index.ts"

/**
 * `app` is the routes of the service under test: everything that is posted reaches them, whatever the host of its URL;
 * without them all is 404. They may ask for the services of the platform. `seed` is that of the default account's ids, and
 * of chance. `sdk` says how the SDK's services send: time-outs, retries, limits.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlatformOptions<E = never, R = never> {
  readonly config?: SimulatorConfig.SimulatorConfig
  readonly seed?: number
  readonly app?: Layer.Layer<never, E, R>
  readonly sdk?: PiopiyConfig.SendingOptions
}

/**
 * The same for a service that listens to calls. `server` says how its `StreamServer` takes streams in; left out, it is at
 * `ws://bot.test/stream`, and does not wait for streams to end when the platform is closed.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamingOptions<E = never, R = never> extends PlatformOptions<E, R> {
  readonly server?: Partial<StreamServer.Options>
}

type Config = Pick<PlatformOptions, "config" | "seed">

/**
 * The configuration, with the seed.
 *
 * @category getters
 * @since 0.1.0
 */
export const configOf = ({ config = {}, seed }: Config): SimulatorConfig.SimulatorConfig => {
  if (seed === undefined) return config
  const [first, ...others] = config.accounts ?? [{ token: SimulatorConfig.defaultToken }]
  return { ...config, accounts: [{ ...first, seed }, ...others] }
}

/**
 * The default account.
 *
 * @category getters
 * @since 0.1.0
 */
export const accountOf = (options: Config): AccountConfig.AccountConfig =>
  configOf(options).accounts?.[0] ?? { token: SimulatorConfig.defaultToken }

/**
 * Chance that follows from the seed. What it is for is part of it, so that a draw for one thing shifts none for another.
 *
 * @category getters
 * @since 0.1.0
 */
export const chanceOf = (options: Config, what: string): Effect.Effect<Random.Random> => {
  const seed = accountOf(options).seed ?? options.config?.seed ?? SimulatorConfig.defaultSeed
  return Random.withSeed(Effect.flatMap(Random.Random, Effect.succeed), `${what} ${seed}`)
}
