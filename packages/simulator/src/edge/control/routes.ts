/**
 * What is the simulator's own and not the platform's: health, calls, the journal, all below `/_sim`.
 *
 * A request sees one tenant: the one whose bearer token it carries, or the default one, or without a token the one that
 * `?tenant=NAME` names. When the server can be reached from other machines, everything but health asks for the admin
 * token instead. Otherwise it asks to be called by a name of this machine, so that no web page can look in.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { isSame } from "../../engine/isSame.ts"
import { type Tenant, Tenants } from "../../engine/Tenants.ts"
import { bearerToken } from "../bearer.ts"
import * as hosts from "../webhook/hosts.ts"
import * as callPages from "./callPages.ts"
import * as inbound from "./inbound.ts"
import { journal } from "./journalPage.ts"
import * as metrics from "./metrics.ts"
import * as openapiPages from "./openapiPages.ts"
import { json, type Page, type Refused, refused, type Visit } from "./page.ts"
import * as streamPages from "./streamPages.ts"

/**
 * `adminToken` is set when the server can be reached from other machines.
 *
 * @category models
 * @since 0.1.0
 */
export interface ControlOptions {
  readonly version: string
  readonly adminToken?: Redacted.Redacted<string>
}

const search = (request: HttpServerRequest.HttpServerRequest): URLSearchParams =>
  new URLSearchParams(request.url.split("?")[1] ?? "")

/** The host that the client meant, without its port. A request within this process has none, and means this machine. */
const hostOf = (request: HttpServerRequest.HttpServerRequest): string =>
  (request.headers["host"] ?? "localhost").replace(/:\d+$/, "")

const tenantByName = (tenants: Tenants["Service"], name: string): Effect.Effect<Tenant, Refused> => {
  const found = tenants.byName(name)
  return found === undefined
    ? refused(404, "no_such_tenant", `known: ${tenants.all().map((tenant) => tenant.name).join(", ")}`)
    : Effect.succeed(found)
}

/** Whom the request may see: one tenant that its token or its `tenant` picks, or else all, the default one first. */
const letIn = (
  tenants: Tenants["Service"],
  options: ControlOptions,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Pick<Visit, "tenant" | "tenants">, Refused> => {
  const token = bearerToken(request)
  const name = search(request).get("tenant")
  const one = (tenant: Tenant) => ({ tenant, tenants: [tenant] })
  const byName = name === null
    ? Effect.succeed({ tenant: tenants.main, tenants: tenants.all() })
    : Effect.map(tenantByName(tenants, name), one)
  if (options.adminToken !== undefined) {
    return token !== undefined && isSame(token, Redacted.value(options.adminToken))
      ? byName
      : refused(401, "unauthorized", "send the admin token as 'Authorization: Bearer <token>'")
  }
  if (!hosts.isLoopback(hostOf(request))) {
    return refused(403, "forbidden", "ask for localhost or 127.0.0.1: a page of another host may not look in here")
  }
  if (token === undefined) return byName
  const named = tenants.byToken(token)
  if (named === undefined) return refused(401, "unauthorized", "no account has this token")
  return name === null || name === named.name
    ? Effect.succeed(one(named))
    : refused(403, "forbidden", "this token is another tenant's")
}

const health = (tenants: Tenants["Service"], options: ControlOptions) =>
  Effect.gen(function*() {
    const live = yield* Effect.forEach(tenants.all(), (tenant) => tenant.switchboard.live)
    return yield* json({ status: "ok", version: options.version, calls: live.flat().length })
  })

const pages: ReadonlyArray<Page> = [
  { name: "calls", method: "GET", path: "/calls", answer: callPages.calls },
  { name: "call", method: "GET", path: "/calls/{id}", answer: callPages.call },
  { name: "cdr", method: "GET", path: "/calls/{id}/cdr", answer: callPages.cdr },
  ...streamPages.pages,
  {
    name: "journal",
    method: "GET",
    path: "/journal",
    params: "?call={id}&from={seq}&limit={n}&format={json|ndjson|sse}",
    answer: journal
  },
  { name: "metrics", method: "GET", path: "/metrics", answer: metrics.page },
  ...openapiPages.pages,
  {
    name: "inbound",
    method: "POST",
    path: "/calls/inbound",
    answer: ({ request, tenant }) => inbound.handle(tenant, request)
  }
]

const healthPath = "/_sim/health"

/** Every page by name; what is not asked for with `GET` says so. */
const index = {
  health: healthPath,
  ...Object.fromEntries(
    pages.map(({ method, name, params = "", path }) => [
      name,
      `${method === "GET" ? "" : `${method} `}/_sim${path}${params}`
    ])
  )
}

const pathOf = (request: HttpServerRequest.HttpServerRequest): string => request.url.replace(/\?.*$/, "")

/** What stands for `{id}` in a path: `/_sim/calls/{id}`. */
const idIn = (request: HttpServerRequest.HttpServerRequest): string =>
  pathOf(request).split("/")[3]?.toLowerCase() ?? ""

const patternOf = ({ path }: { readonly path: string }): RegExp =>
  new RegExp(`^/_sim${path.replace("{id}", "([^/]+)")}$`)

/** What is at a path, by its method. Whoever waits for a server to be there may ask for the head of `health` alone. */
const places: ReadonlyArray<{ readonly method: string; readonly path: string }> = [
  { method: "GET", path: "" },
  { method: "GET", path: "/health" },
  { method: "HEAD", path: "/health" },
  ...pages
]

/** A path that is none of the server's, or whose id cannot be read, is 404; one that is, with another method, 405. */
const elsewhere = (request: HttpServerRequest.HttpServerRequest): HttpServerResponse.HttpServerResponse => {
  const here = places.filter((place) => patternOf(place).test(pathOf(request)))
  const allow = here.map(({ method }) => method).join(", ")
  return here.length === 0 || here.some(({ method }) => method === request.method)
    ? HttpServerResponse.jsonUnsafe({
      error: "not_found",
      message: "the emulated API is below /v3, /v2 and /v1, the simulator's own pages below /_sim"
    }, { status: 404 })
    : HttpServerResponse.jsonUnsafe(
      { error: "method_not_allowed", message: `${pathOf(request)} takes ${allow}` },
      { status: 405, headers: { allow } }
    )
}

/**
 * The routes. To add a page, add a row to `pages`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: ControlOptions): Layer.Layer<never, never, HttpRouter.HttpRouter | Tenants> =>
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const tenants = yield* Tenants
    const within = (answer: Page["answer"]) => (request: HttpServerRequest.HttpServerRequest) =>
      letIn(tenants, options, request).pipe(
        Effect.flatMap((seen) => answer({ ...seen, request, params: search(request), id: idIn(request) })),
        Effect.catch(Effect.succeed)
      )

    yield* router.add("GET", "/_sim", within(() => json(index)))
    // The router knows no route for `HEAD` alone.
    yield* router.add("*", healthPath, (request) =>
      request.method === "GET" || request.method === "HEAD"
        ? health(tenants, options)
        : Effect.succeed(elsewhere(request)))
    for (const page of pages) {
      yield* router.add(page.method, `/_sim${page.path.replace("{id}", ":id")}`, within(page.answer))
    }
    yield* router.add("*", "*", (request) => Effect.succeed(elsewhere(request)))
  }))
