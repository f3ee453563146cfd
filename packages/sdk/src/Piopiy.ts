/**
 * The services of this package, assembled. A bearer token gives those of the current API, an app id with its secret those
 * of the older one; whoever has both merges the two layers.
 *
 * Layers that are no functions are marked as pure: a bundler leaves out those that a program does not use, together with
 * the services in them.
 */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Account from "./Account.ts"
import * as Calls from "./Calls.ts"
import * as LegacyCalls from "./LegacyCalls.ts"
import * as LegacyConfig from "./LegacyConfig.ts"
import * as PiopiyConfig from "./PiopiyConfig.ts"
import type { PiopiyError } from "./PiopiyError.ts"
import * as RestV3 from "./wire/RestV3.ts"

/**
 * The service of the v3 API, over the caller's HTTP client, which must neither retry nor follow redirects by itself:
 * such a client could ring a phone twice. Two of these layers are two accounts, also in one program. Fails with reason
 * `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: PiopiyConfig.Options
): Layer.Layer<Calls.Calls, PiopiyError, HttpClient.HttpClient> =>
  Layer.provide(Layer.fresh(Calls.layer), PiopiyConfig.layer(options))

const timeout = () => Config.Duration("PIOPIY_TIMEOUT").pipe(Config.withDefault(Duration.seconds(10)))

/**
 * The same, configured by `PIOPIY_TOKEN`, `PIOPIY_BASE_URL` and `PIOPIY_TIMEOUT` (such as `10 seconds`). Fails with
 * `ConfigError` when the token is not there, with reason `InvalidConfig` when a value is unusable.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<
  Calls.Calls,
  PiopiyError | Config.ConfigError,
  HttpClient.HttpClient
> = /* @__PURE__ */ Layer.suspend(() =>
  Layer.unwrap(
    Effect.map(
      Effect.gen(function*() {
        return {
          token: yield* Config.Redacted("PIOPIY_TOKEN"),
          baseUrl: yield* Config.String("PIOPIY_BASE_URL").pipe(Config.withDefault(RestV3.baseUrl)),
          timeout: yield* timeout()
        }
      }),
      layer
    )
  )
)

/**
 * The same as {@link layer}, over the platform's `fetch`. Redirects are not followed.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerFetch = (options: PiopiyConfig.Options): Layer.Layer<Calls.Calls, PiopiyError> =>
  Layer.provide(layer(options), FetchHttpClient.layer)

/**
 * The same as {@link layerConfig}, over the platform's `fetch`. Redirects are not followed.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfigFetch: Layer.Layer<Calls.Calls, PiopiyError | Config.ConfigError> = /* @__PURE__ */ Layer
  .suspend(() => Layer.provide(layerConfig, FetchHttpClient.layer))

/**
 * The services of the older API, over the caller's HTTP client. Fails with reason `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerLegacy = (
  options: LegacyConfig.Options
): Layer.Layer<LegacyCalls.LegacyCalls | Account.Account, PiopiyError, HttpClient.HttpClient> =>
  Layer.provide(Layer.fresh(Layer.merge(LegacyCalls.layer, Account.layer)), LegacyConfig.layer(options))

/**
 * The same, configured by `PIOPIY_APP_ID`, `PIOPIY_APP_SECRET`, `PIOPIY_LEGACY_BASE_URL` and `PIOPIY_TIMEOUT`. Fails with
 * `ConfigError` when the id or the secret is not there, with reason `InvalidConfig` when a value is unusable.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerLegacyConfig: Layer.Layer<
  LegacyCalls.LegacyCalls | Account.Account,
  PiopiyError | Config.ConfigError,
  HttpClient.HttpClient
> = /* @__PURE__ */ Layer.suspend(() =>
  Layer.unwrap(
    Effect.map(
      Effect.gen(function*() {
        const baseUrl = yield* Config.option(Config.String("PIOPIY_LEGACY_BASE_URL"))
        return {
          appId: yield* Config.Int("PIOPIY_APP_ID"),
          appSecret: yield* Config.Redacted("PIOPIY_APP_SECRET"),
          timeout: yield* timeout(),
          ...(Option.isSome(baseUrl) ? { baseUrl: baseUrl.value } : {})
        }
      }),
      layerLegacy
    )
  )
)

/**
 * The same as {@link layerLegacy}, over the platform's `fetch`. Redirects are not followed.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerLegacyFetch = (
  options: LegacyConfig.Options
): Layer.Layer<LegacyCalls.LegacyCalls | Account.Account, PiopiyError> =>
  Layer.provide(layerLegacy(options), FetchHttpClient.layer)

/**
 * The same as {@link layerLegacyConfig}, over the platform's `fetch`. Redirects are not followed.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerLegacyConfigFetch: Layer.Layer<
  LegacyCalls.LegacyCalls | Account.Account,
  PiopiyError | Config.ConfigError
> = /* @__PURE__ */ Layer.suspend(() => Layer.provide(layerLegacyConfig, FetchHttpClient.layer))
