/** Who asks the older API, which takes an app id and its secret, and how patiently. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as checkConfig from "./internal/checkConfig.ts"
import type { SendingOptions } from "./PiopiyConfig.ts"
import type { PiopiyError } from "./PiopiyError.ts"

/**
 * The two networks of the older API.
 *
 * @category models
 * @since 0.1.0
 */
export type Network = "india" | "global"

/**
 * What every request of the older API shares. Provide it with {@link layer}, or all at once with `Piopiy.layerLegacy`.
 *
 * @category services
 * @since 0.1.0
 */
export class LegacyConfig extends Context.Service<
  LegacyConfig,
  checkConfig.Sending & {
    readonly appId: number
    readonly appSecret: Redacted.Redacted<string>
    /** Stands in for both hosts of the platform, without a trailing slash. */
    readonly baseUrl: Option.Option<string>
    readonly network: Option.Option<Network>
  }
>()("@effect-piopiy/sdk/LegacyConfig") {}

/**
 * What a configuration of the older API is made from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends SendingOptions {
  /** A number; the official clients refuse text (observed). */
  readonly appId: number
  readonly appSecret: Redacted.Redacted<string>
  /**
   * One address in place of `https://rest.telecmi.com` and `https://piopiy.telecmi.com`, such as that of a simulator; the
   * paths `/v1` and `/v2` follow it.
   */
  readonly baseUrl?: string
  /**
   * The network of all requests. Default: that of the destination, which is `india` for 91 and ten digits; for a call in
   * progress `global`, as with the official Node client 1.0.8.
   */
  readonly network?: Network
}

const checkAppId = (value: unknown): Result.Result<number, string> =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0
    ? Result.succeed(value)
    : Result.fail("an app id: a whole number above zero, not a text")

const checkNetwork = (value: unknown): Result.Result<Option.Option<Network>, string> =>
  value === "india" || value === "global"
    ? Result.succeed(Option.some<Network>(value))
    : Result.fail("\"india\" or \"global\"")

/**
 * Checks a configuration. Fails with reason `InvalidConfig`, which holds every problem and never the secret.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<LegacyConfig["Service"], PiopiyError> => {
  const reader = checkConfig.makeReader(options)
  const config = {
    appId: reader.required("appId", checkAppId, 0),
    appSecret: checkConfig.secret(reader, "appSecret"),
    baseUrl: reader.optional(
      "baseUrl",
      (value) => Result.map(checkConfig.checkBaseUrl(value), Option.some),
      Option.none<string>()
    ),
    network: reader.optional("network", checkNetwork, Option.none<Network>()),
    ...checkConfig.sending(reader)
  }
  return checkConfig.configured("LegacyConfig.make", reader.finish(config))
}

/**
 * A checked configuration as a layer. Fails with reason `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<LegacyConfig, PiopiyError> =>
  Layer.effect(LegacyConfig, make(options))
