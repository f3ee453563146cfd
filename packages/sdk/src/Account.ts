/** What is left on the account. */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as bearer from "./internal/bearer.ts"
import * as checkConfig from "./internal/checkConfig.ts"
import * as legacy from "./internal/legacy.ts"
import * as readLegacy from "./internal/readLegacy.ts"
import * as replyErrors from "./internal/replyErrors.ts"
import * as rest from "./internal/rest.ts"
import { without } from "./internal/scrub.ts"
import { LegacyConfig } from "./LegacyConfig.ts"
import type * as PiopiyConfig from "./PiopiyConfig.ts"
import type { PiopiyError } from "./PiopiyError.ts"
import * as RestLegacy from "./wire/RestLegacy.ts"

/**
 * What is left on the account.
 *
 * Source: doc.telecmi.com/chub (documented), for the app id and secret.
 *
 * @category models
 * @since 0.1.0
 */
export interface Balance {
  /** In the currency of the account, which is not named. */
  readonly amount: number
  /** Text messages that may still be sent. */
  readonly messages: Option.Option<number>
  readonly expiresAt: Option.Option<DateTime.Utc>
}

/**
 * Asks for the balance. Provide it with {@link layer}, all at once with `Piopiy.layerLegacy`, or with {@link layerBearer}.
 *
 * @category services
 * @since 0.1.0
 */
export class Account extends Context.Service<Account, {
  /** What is left. Fails as the queries of `LegacyCalls` and `Calls` do. */
  readonly balance: Effect.Effect<Balance, PiopiyError>
}>()("@effect-piopiy/sdk/Account") {}

const operation = "Account.balance"

/**
 * The service with app id and secret. Source: `/v2/balance` (documented).
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Account, never, HttpClient.HttpClient | LegacyConfig> = Layer.effect(
  Account,
  Effect.gen(function*() {
    const config = yield* LegacyConfig
    const ask = yield* legacy.make(config)
    const secret = Redacted.value(config.appSecret)
    const scrub = without([secret])
    return Account.of({
      balance: rest.operate(operation, () => Result.void, (_, running) =>
        ask<Balance>({
          running,
          url: RestLegacy.queries.balance,
          body: { appid: config.appId, secret },
          scrub,
          meaning: (reply) => replyErrors.decoded(reply, scrub, readLegacy.balance)
        }))
    })
  })
)

/**
 * Where a bearer token asks for the balance.
 *
 * @category models
 * @since 0.1.0
 */
export interface BearerOptions {
  /** Below the base URL of the configuration. Default: `/balance`. */
  readonly path?: `/${string}`
}

const checkPath = (value: unknown): Result.Result<string, string> =>
  typeof value === "string" && /^\/[\x21-\x7e]*$/.test(value)
    ? Result.succeed(value)
    : Result.fail("a path that begins with a slash and has no spaces")

/**
 * The service with a bearer token. All of it is assumed: a balance method is documented for this token, and neither its
 * path nor its reply, which is read as that of the older API. A path that is not there fails with `Rejected`, status 404;
 * one that is none fails the layer with `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerBearer = (
  options: BearerOptions = {}
): Layer.Layer<Account, PiopiyError, HttpClient.HttpClient | PiopiyConfig.PiopiyConfig> =>
  Layer.effect(
    Account,
    Effect.gen(function*() {
      const reader = checkConfig.makeReader(options)
      const read = reader.optional("path", checkPath, "/balance")
      const path = yield* checkConfig.configured(operation, reader.finish(read))
      const { get } = yield* bearer.make
      return Account.of({
        balance: rest.operate(operation, () => Result.void, (_, running) => get(running, path, readLegacy.balance))
      })
    })
  )
