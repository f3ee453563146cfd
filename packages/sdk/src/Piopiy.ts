/** The services of this package, assembled. */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Calls from "./Calls.ts"
import * as PiopiyConfig from "./PiopiyConfig.ts"
import type { PiopiyError } from "./PiopiyError.ts"
import * as RestV3 from "./wire/RestV3.ts"

/**
 * All services of the v3 API, over the caller's HTTP client. Fails with reason `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: PiopiyConfig.Options
): Layer.Layer<Calls.Calls, PiopiyError, HttpClient.HttpClient> =>
  Layer.provide(Calls.layer, PiopiyConfig.layer(options))

/**
 * The same, configured by `PIOPIY_TOKEN`, `PIOPIY_BASE_URL` and `PIOPIY_TIMEOUT` (such as `10 seconds`). Fails with
 * `ConfigError` when the token is not there, with reason `InvalidConfig` when a value is unusable.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<Calls.Calls, PiopiyError | Config.ConfigError, HttpClient.HttpClient> = Layer
  .unwrap(
    Effect.map(
      Effect.gen(function*() {
        return {
          token: yield* Config.Redacted("PIOPIY_TOKEN"),
          baseUrl: yield* Config.String("PIOPIY_BASE_URL").pipe(Config.withDefault(RestV3.baseUrl)),
          timeout: yield* Config.Duration("PIOPIY_TIMEOUT").pipe(Config.withDefault(Duration.seconds(10)))
        }
      }),
      layer
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
