/** What the simulator's own pages have in common: who asks, for what, and how they answer and refuse. */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Tenant } from "../../engine/Tenants.ts"

/**
 * A request that was let in: the tenant it is about, and all those it may see unless it picked one. `id` is what stands
 * in the path, in lower case.
 *
 * @category models
 * @since 0.1.0
 */
export interface Visit {
  readonly request: HttpServerRequest.HttpServerRequest
  readonly params: URLSearchParams
  readonly id: string
  readonly tenant: Tenant
  readonly tenants: ReadonlyArray<Tenant>
}

/** An answer that says why there is no better one. */
export type Refused = HttpServerResponse.HttpServerResponse

/**
 * One page: its name in the index, its path below `/_sim` in which `{id}` stands for an id, and the parameters it takes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  readonly name: string
  readonly method: "GET" | "POST"
  readonly path: `/${string}`
  readonly params?: string
  readonly answer: (visit: Visit) => Effect.Effect<HttpServerResponse.HttpServerResponse, Refused>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const json = (body: unknown): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.succeed(HttpServerResponse.jsonUnsafe(body))

/**
 * @category constructors
 * @since 0.1.0
 */
export const refused = (
  status: number,
  error: string,
  message: string,
  more: object = {}
): Effect.Effect<never, Refused> => Effect.fail(HttpServerResponse.jsonUnsafe({ error, message, ...more }, { status }))

/** Said of an id that is no call's. */
export const callNotFound = refused(404, "call_not_found", "no call of this tenant has this id; see /_sim/calls")

/**
 * Which tenant it is, and how its times are to be read.
 *
 * @category getters
 * @since 0.1.0
 */
export const times = ({ name, timeline }: Tenant) => ({
  tenant: name,
  nowMs: timeline.nowMs(),
  originEpochMs: timeline.originEpochMs
})
