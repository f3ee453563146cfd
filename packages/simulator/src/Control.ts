/**
 * A simulator that runs elsewhere, from a program: its tenants, the people on the phone, time, faults, and what it knows.
 *
 * {@link api} says what there is, {@link make} gives a client of it. A request that is refused fails with one of the classes
 * exported here; one that does not get through with `HttpClientError`.
 */
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { api } from "./edge/control/api/ControlApi.ts"
import { JournalEntry } from "./edge/control/api/PagesApi.ts"
import { wire } from "./edge/control/api/Refusals.ts"

export {
  /**
   * What the control API is: operations, schemas, errors.
   *
   * @category apis
   * @since 0.1.0
   */
  api
}
export type { Acted } from "./edge/control/api/CallsApi.ts"
export type { ClockState, Moved } from "./edge/control/api/ClockApi.ts"
export type { FaultStanding } from "./edge/control/api/FaultsApi.ts"
export type { EndedCall, JournalEntry, LiveCall } from "./edge/control/api/PagesApi.ts"
export {
  /** @since 0.1.0 */
  BadTime,
  /** @since 0.1.0 */
  CallInProgress,
  /** @since 0.1.0 */
  CallNotFound,
  /** @since 0.1.0 */
  CallRefused,
  /** @since 0.1.0 */
  CannotAct,
  /** @since 0.1.0 */
  Configured,
  /** @since 0.1.0 */
  Evicted,
  /** @since 0.1.0 */
  Forbidden,
  /** @since 0.1.0 */
  InvalidRequest,
  /** @since 0.1.0 */
  LegNotFound,
  /** @since 0.1.0 */
  NoRecording,
  /** @since 0.1.0 */
  NoSuchFault,
  /** @since 0.1.0 */
  NoSuchScript,
  /** @since 0.1.0 */
  NoSuchStream,
  /** @since 0.1.0 */
  NoSuchTenant,
  /** @since 0.1.0 */
  NotManual,
  /** @since 0.1.0 */
  Stuck,
  /** @since 0.1.0 */
  Taken,
  /** @since 0.1.0 */
  TimedOut,
  /** @since 0.1.0 */
  TooLarge,
  /** @since 0.1.0 */
  TooMany,
  /** @since 0.1.0 */
  Unauthorized,
  /** @since 0.1.0 */
  UnsupportedMediaType
} from "./edge/control/api/Refusals.ts"
export type { Judgement, ScenarioResult } from "./edge/control/api/RunsApi.ts"
export type { CreatedTenant, NewTenant, TenantState } from "./edge/control/api/TenantsApi.ts"

/**
 * Where the simulator is, without a path, and as whom it is spoken to.
 *
 * - `token`: a tenant's. Whatever is asked for is then of this tenant.
 * - `adminToken`: what a server asks for that other machines can reach. It goes before `token`.
 * - `tenant`: the tenant that is meant, by its name; the default one without it and without a `token`.
 *
 * @category models
 * @since 0.1.0
 */
export interface ControlOptions {
  readonly url: string
  readonly token?: string | Redacted.Redacted<string>
  readonly adminToken?: string | Redacted.Redacted<string>
  readonly tenant?: string
}

/** Which entries: of one call, and from a `seq` on. */
export interface Following {
  readonly call?: string
  readonly from?: number
}

const Refusal = Schema.Union([
  wire.invalidRequest,
  wire.unauthorized,
  wire.forbidden,
  wire.noSuchTenant,
  wire.callNotFound,
  wire.evicted
])
/** Why the journal cannot be followed. */
type Refusal = typeof Refusal.Type

const readRefusal = Schema.decodeUnknownEffect(Refusal)
const readEntry = Schema.decodeUnknownEffect(Schema.fromJsonString(JournalEntry))

const refused = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<never, Refusal | HttpClientError.HttpClientError | Schema.SchemaError> =>
  Effect.flatMap(Effect.flatMap(response.json, readRefusal), (refusal) => Effect.fail(refusal))

const addressed = ({ adminToken, tenant, token, url }: ControlOptions) =>
(
  request: HttpClientRequest.HttpClientRequest
): HttpClientRequest.HttpClientRequest => {
  const asked = HttpClientRequest.prependUrl(request, url.replace(/\/$/, ""))
  const meant = tenant === undefined ? asked : HttpClientRequest.setUrlParam(asked, "tenant", tenant)
  const shown = adminToken ?? token
  return shown === undefined ? meant : HttpClientRequest.bearerToken(meant, shown)
}

/**
 * A client of the control API over the `HttpClient`. Its groups are those of {@link api}: `tenants`, `calls`, `parties`,
 * `clock`, `faults`, `runs` and `journal`.
 *
 * An operation that takes a body asks for a `payload`, be it `{}`: the client that is made from {@link api} knows no optional
 * one.
 *
 * `journal.follow` is the journal as it grows, from `from` on. It ends when the connection does, or the tenant.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(options: ControlOptions) {
  const httpClient = HttpClient.mapRequest(yield* HttpClient.HttpClient, addressed(options))
  const client = yield* HttpApiClient.makeWith(api, { httpClient })

  const follow = (query: Following = {}) =>
    HttpClientRequest.get("/_sim/journal").pipe(
      HttpClientRequest.setUrlParams({ format: "sse", ...query }),
      httpClient.execute,
      Effect.filterOrElse(({ status }) => status === 200, refused),
      Effect.map(({ stream }) =>
        stream.pipe(
          Stream.decodeText(),
          Stream.pipeThroughChannel(Sse.decode()),
          Stream.mapEffect(({ data }) => readEntry(data))
        )
      ),
      Stream.unwrap
    )

  return { ...client, journal: { ...client.journal, follow } }
})

/**
 * What {@link make} gives.
 *
 * @category models
 * @since 0.1.0
 */
export type Control = Effect.Success<ReturnType<typeof make>>
