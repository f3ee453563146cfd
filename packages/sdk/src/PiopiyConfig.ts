/** Where the platform is, who asks, and how patiently. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as checkConfig from "./internal/checkConfig.ts"
import type { Operation, PiopiyError } from "./PiopiyError.ts"
import type { RequestLimits } from "./RequestLimits.ts"
import type * as RetryPolicy from "./RetryPolicy.ts"
import * as RestV3 from "./wire/RestV3.ts"

/**
 * How requests are sent, whatever the credentials are.
 *
 * @category models
 * @since 0.1.0
 */
export interface SendingOptions {
  /** Longest wait for one attempt, its reply included. Default: 10 seconds. */
  readonly timeout?: Duration.Input
  /** The same for single operations. */
  readonly timeouts?: { readonly [operation in Operation]?: Duration.Input }
  /** Default: `RetryPolicy.standard`. */
  readonly retryPolicy?: RetryPolicy.RetryPolicy
  /** Default: none. */
  readonly limits?: RequestLimits
}

/**
 * What every request of the v3 API shares. Provide it with {@link layer}, or all at once with `Piopiy.layer`.
 *
 * @category services
 * @since 0.1.0
 */
export class PiopiyConfig extends Context.Service<
  PiopiyConfig,
  checkConfig.Sending & {
    /** Without a trailing slash. */
    readonly baseUrl: string
    readonly token: Redacted.Redacted<string>
  }
>()("@effect-piopiy/sdk/PiopiyConfig") {}

/**
 * What a configuration is made from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends SendingOptions {
  /** The bearer token of the account. */
  readonly token: Redacted.Redacted<string>
  /** Default: `https://rest.piopiy.com/v3`. An http or https URL without credentials, query and fragment. */
  readonly baseUrl?: string
}

/**
 * Checks a configuration. Fails with reason `InvalidConfig`, which holds every problem and never the token.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<PiopiyConfig["Service"], PiopiyError> => {
  const reader = checkConfig.makeReader(options)
  const token = checkConfig.secret(reader, "token")
  const baseUrl = reader.optional("baseUrl", checkConfig.checkBaseUrl, RestV3.baseUrl)
  const sending = checkConfig.sending(reader)
  return checkConfig.configured("PiopiyConfig.make", reader.finish({ baseUrl, token, ...sending }))
}

/**
 * A checked configuration as a layer. Fails with reason `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<PiopiyConfig, PiopiyError> =>
  Layer.effect(PiopiyConfig, make(options))
