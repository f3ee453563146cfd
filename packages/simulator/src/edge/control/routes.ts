/**
 * What is the simulator's own and not the platform's, all below `/_sim`: health, calls, the journal as pages, and the
 * control API, which is loaded when something of it is first asked for. {@link letIn} says who may look.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerError from "effect/http/HttpServerError"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Tenants } from "../../engine/Tenants.ts"
import type { Fallback } from "../rest/operation.ts"
import type { Needs } from "./api/serve.ts"
import * as callPages from "./callPages.ts"
import * as inbound from "./inbound.ts"
import { journal } from "./journalPage.ts"
import { type Guard, letIn, search } from "./letIn.ts"
import * as metrics from "./metrics.ts"
import * as openapiPages from "./openapiPages.ts"
import { json, type Page } from "./page.ts"
import * as streamPages from "./streamPages.ts"

/**
 * `adminToken` is set when the server can be reached from other machines.
 *
 * @category models
 * @since 0.1.0
 */
export interface ControlOptions extends Guard {
  readonly version: string
  readonly fallbacks: ReadonlyArray<Fallback>
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

/** What can be asked for, and how: `/calls/{id}` is below `/_sim`. */
interface Place {
  readonly method: string
  readonly path: string
}

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

const patternOf = ({ path }: Place): RegExp => new RegExp(`^/_sim${path.replace(/\{\w+\}/g, "([^/]+)")}$`)

/** What is at a path, by its method. Whoever waits for a server to be there may ask for the head of `health` alone. */
const places: ReadonlyArray<Place> = [
  { method: "GET", path: "" },
  { method: "GET", path: "/health" },
  { method: "HEAD", path: "/health" },
  ...pages
]

/** A path that is none of the server's, or whose id cannot be read, is 404; one that is, with another method, 405. */
const elsewhere = (
  request: HttpServerRequest.HttpServerRequest,
  more: ReadonlyArray<Place> = []
): HttpServerResponse.HttpServerResponse => {
  const here = [...places, ...more].filter((place) => patternOf(place).test(pathOf(request)))
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

const isNowhere = (error: HttpServerError.HttpServerError): boolean => error.reason._tag === "RouteNotFound"

const isOurs = (request: HttpServerRequest.HttpServerRequest): boolean => pathOf(request).startsWith("/_sim/")

/** What answers for the control API, made when something is first asked of it. It lives as long as the routes. */
const controlApi = (guard: Guard) =>
  Effect.gen(function*() {
    const context = yield* Effect.context<Needs | Scope.Scope>()
    // Its router must not be the one that the layer around was built with, nor may it live by the services of the request
    // that asks first.
    const own = Context.add(context, Layer.CurrentMemoMap, Layer.makeMemoMapUnsafe())
    const instead: (around: Context.Context<never>) => typeof own = () => own
    const load = Effect.flatMap(Effect.promise(() => import("./api/serve.ts")), (serve) =>
      Effect.map(serve.make(guard), (answered) => ({ answered, places: serve.places })))
    return yield* Effect.cached(Effect.uninterruptible(Effect.updateContext(load, instead)))
  })

/**
 * The routes. To add a page, add a row to `pages`; to add an operation to the control API, see `api/ControlApi.ts`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: ControlOptions): Layer.Layer<never, never, HttpRouter.HttpRouter | Needs> =>
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const tenants = yield* Tenants
    const api = yield* controlApi(options)
    const within = (answer: Page["answer"]) => (request: HttpServerRequest.HttpServerRequest) =>
      letIn(tenants, options, request).pipe(
        Effect.mapError(({ status, ...body }) => HttpServerResponse.jsonUnsafe(body, { status })),
        Effect.flatMap((seen) => answer({ ...seen, request, params: search(request), id: idIn(request) })),
        Effect.catch(Effect.succeed)
      )

    yield* router.add("GET", "/_sim", within(() => json(index)))
    yield* router.add("GET", healthPath, health(tenants, options))
    for (const page of pages) {
      yield* router.add(page.method, `/_sim${page.path.replace("{id}", ":id")}`, within(page.answer))
    }
    yield* router.add("*", "*", (request) => {
      const fallback = options.fallbacks.find(({ isFor }) => isFor(request))
      if (fallback !== undefined) return Effect.succeed(fallback.answer(request, tenants))
      // The router knows no route for `HEAD` alone.
      if (request.method === "HEAD" && pathOf(request) === healthPath) return health(tenants, options)
      return isOurs(request)
        ? Effect.flatMap(
          api,
          ({ answered, places }) =>
            Effect.catchIf(answered, isNowhere, () => Effect.succeed(elsewhere(request, places)))
        )
        : Effect.succeed(elsewhere(request))
    })
  }))
