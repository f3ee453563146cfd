/** Where the platform is, who asks, and how patiently. */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Issue } from "./Issue.ts"
import { PiopiyError, Reason } from "./PiopiyError.ts"
import * as RetryPolicy from "./RetryPolicy.ts"
import * as RestV3 from "./wire/RestV3.ts"

/**
 * What every request shares. Provide it with {@link layer}, or all at once with `Piopiy.layer`.
 *
 * @category services
 * @since 0.1.0
 */
export class PiopiyConfig extends Context.Service<PiopiyConfig, {
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly token: Redacted.Redacted<string>
  /** Longest wait for one attempt, its reply included. */
  readonly timeout: Duration.Duration
  readonly retryPolicy: RetryPolicy.RetryPolicy
}>()("@effect-piopiy/sdk/PiopiyConfig") {}

/**
 * What a configuration is made from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** The bearer token of the account. */
  readonly token: Redacted.Redacted<string>
  /** Default: `https://rest.piopiy.com/v3`. An http or https URL without credentials, query and fragment. */
  readonly baseUrl?: string
  /** Default: 10 seconds. */
  readonly timeout?: Duration.Input
  /** Default: `RetryPolicy.standard`. */
  readonly retryPolicy?: RetryPolicy.RetryPolicy
}

const issue = (path: string, message: string): Issue => ({ path, wirePath: path, message })

const checkToken = (token: unknown): ReadonlyArray<Issue> => {
  const text: unknown = Redacted.isRedacted(token) ? Redacted.value(token) : undefined
  return typeof text === "string" && /^[\x21-\x7e]+$/.test(text)
    ? []
    : [issue("token", "Expected a token as Redacted text, not empty, of printable characters without spaces")]
}

const checkBaseUrl = (baseUrl: unknown): ReadonlyArray<Issue> => {
  const url = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return [issue("baseUrl", "Expected a URL that begins with http:// or https://")]
  }
  return url.username === "" && url.password === "" && !/[?#]/.test(String(baseUrl))
    ? []
    : [issue("baseUrl", "Expected a URL without credentials, query and fragment: the token has its own option")]
}

const isPositive = (duration: Duration.Duration): boolean =>
  Duration.isFinite(duration) && Duration.isPositive(duration)

/**
 * Checks a configuration. Fails with reason `InvalidConfig`, which holds every problem and never the token.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<PiopiyConfig["Service"], PiopiyError> => {
  const baseUrl = options.baseUrl ?? RestV3.baseUrl
  const timeout = Option.filter(Duration.fromInput(options.timeout ?? "10 seconds"), isPositive)
  const [first, ...rest] = [
    ...checkToken(options.token),
    ...checkBaseUrl(baseUrl),
    ...(Option.isNone(timeout) ? [issue("timeout", "Expected a duration above zero, such as \"10 seconds\"")] : [])
  ]
  if (first !== undefined || Option.isNone(timeout)) {
    const issues = [first ?? issue("timeout", "Expected a duration"), ...rest] as const
    return Effect.fail(
      new PiopiyError({ operation: "PiopiyConfig.make", reason: Reason.InvalidConfig({ issues }), attempts: 0 })
    )
  }
  return Effect.succeed({
    baseUrl: baseUrl.replace(/\/+$/, ""),
    token: options.token,
    timeout: timeout.value,
    retryPolicy: options.retryPolicy ?? RetryPolicy.standard
  })
}

/**
 * A checked configuration as a layer. Fails with reason `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<PiopiyConfig, PiopiyError> =>
  Layer.effect(PiopiyConfig, make(options))
