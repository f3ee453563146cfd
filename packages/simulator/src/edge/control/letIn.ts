/**
 * Who may look in below `/_sim`, and at which tenants.
 *
 * A request sees one tenant: the one whose bearer token it carries, or the default one, or without a token the one that
 * `?tenant=NAME` names. When the server can be reached from other machines, it asks for the admin token instead. Otherwise
 * it asks to be called by a name of this machine, and by no page of another, so that no web page can look in.
 */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Redacted from "effect/Redacted"
import { isSame } from "../../engine/isSame.ts"
import type { Tenant, Tenants } from "../../engine/Tenants.ts"
import { bearerToken } from "../bearer.ts"
import * as hosts from "../webhook/hosts.ts"

/**
 * `adminToken` is set when the server can be reached from other machines.
 *
 * @category models
 * @since 0.1.0
 */
export interface Guard {
  readonly adminToken?: Redacted.Redacted<string>
}

/**
 * What a request may see: the tenant that it is about, and all that it may see unless it picked one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Seen {
  readonly tenant: Tenant
  readonly tenants: ReadonlyArray<Tenant>
}

/**
 * Why a request was not let in.
 *
 * @category models
 * @since 0.1.0
 */
export interface TurnedAway {
  readonly status: 401 | 403 | 404
  readonly error: "unauthorized" | "forbidden" | "no_such_tenant"
  readonly message: string
}

const statuses = { unauthorized: 401, forbidden: 403, no_such_tenant: 404 } as const

const turnAway = (error: TurnedAway["error"], message: string): Effect.Effect<never, TurnedAway> =>
  Effect.fail({ status: statuses[error], error, message })

/**
 * The parameters of a request.
 *
 * @category getters
 * @since 0.1.0
 */
export const search = (request: HttpServerRequest.HttpServerRequest): URLSearchParams =>
  new URLSearchParams(request.url.split("?")[1] ?? "")

/** The host that the client meant, without its port. A request within this process has none, and means this machine. */
const hostOf = (request: HttpServerRequest.HttpServerRequest): string =>
  (request.headers["host"] ?? "localhost").replace(/:\d+$/, "")

/** Whether a web page of another machine has the browser ask; whoever is none does not say where it comes from. */
const isForeign = (request: HttpServerRequest.HttpServerRequest): boolean => {
  const { origin } = request.headers
  return origin !== undefined && !hosts.isLoopback(URL.parse(origin)?.hostname ?? "")
}

/** How many names a refusal lists. */
const listed = 20

/**
 * Said of a name that no tenant has.
 *
 * @category constructors
 * @since 0.1.0
 */
export const noSuchTenant = (name: string, known: ReadonlyArray<Tenant>): TurnedAway => ({
  status: 404,
  error: "no_such_tenant",
  message: `no tenant is called ${JSON.stringify(name.slice(0, 100))}; known: ${
    known.slice(0, listed).map((tenant) => tenant.name).join(", ")
  }${known.length > listed ? ` and ${known.length - listed} more` : ""}`
})

/**
 * Whom the request may see: one tenant that its token or its `tenant` picks, or else all, the default one first.
 *
 * @category guards
 * @since 0.1.0
 */
export const letIn = (
  tenants: Tenants["Service"],
  { adminToken }: Guard,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Seen, TurnedAway> => {
  const token = bearerToken(request)
  const name = search(request).get("tenant")
  const one = (tenant: Tenant): Seen => ({ tenant, tenants: [tenant] })
  const byName = (): Effect.Effect<Seen, TurnedAway> => {
    if (name === null) return Effect.succeed({ tenant: tenants.main, tenants: tenants.all() })
    const found = tenants.byName(name)
    return found === undefined ? Effect.fail(noSuchTenant(name, tenants.all())) : Effect.succeed(one(found))
  }
  if (adminToken !== undefined) {
    return token !== undefined && isSame(token, Redacted.value(adminToken))
      ? byName()
      : turnAway("unauthorized", "send the admin token as 'Authorization: Bearer <token>'")
  }
  if (!hosts.isLoopback(hostOf(request)) || isForeign(request)) {
    return turnAway("forbidden", "ask for localhost or 127.0.0.1: a page of another host may not look in here")
  }
  if (token === undefined) return byName()
  const named = tenants.byToken(token)
  if (named === undefined) return turnAway("unauthorized", "no account has this token")
  return name === null || name === named.name
    ? Effect.succeed(one(named))
    : turnAway("forbidden", "this token is another tenant's")
}
