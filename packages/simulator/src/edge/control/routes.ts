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
import * as Call from "../../core/call/Call.ts"
import type { Query } from "../../engine/Journal.ts"
import { type Tenant, Tenants } from "../../engine/Tenants.ts"
import { bearerToken } from "../bearer.ts"
import * as hosts from "../webhook/hosts.ts"

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

/** Entries in one answer of `/_sim/journal` when no `limit` is given, and at most. */
const defaultLimit = 1000
const maxLimit = 10_000
/** Ended calls in one answer of `/_sim/calls`, the newest. */
const listedRecords = 1000

type Refused = HttpServerResponse.HttpServerResponse

const refused = (status: number, error: string, message: string): Effect.Effect<never, Refused> =>
  Effect.fail(HttpServerResponse.jsonUnsafe({ error, message }, { status }))

const json = (body: unknown) => Effect.succeed(HttpServerResponse.jsonUnsafe(body))

const search = (request: HttpServerRequest.HttpServerRequest): URLSearchParams =>
  new URLSearchParams(request.url.split("?")[1] ?? "")

/** The host that the client meant, without its port. A request within this process has none, and means this machine. */
const hostOf = (request: HttpServerRequest.HttpServerRequest): string =>
  (request.headers["host"] ?? "localhost").replace(/:\d+$/, "")

const tenantByName = (tenants: Tenants["Service"], name: string): Effect.Effect<Tenant, Refused> => {
  const found = tenants.all.find((tenant) => tenant.name === name)
  return found === undefined
    ? refused(404, "no_such_tenant", `known: ${tenants.all.map((tenant) => tenant.name).join(", ")}`)
    : Effect.succeed(found)
}

const tenantFor = (
  tenants: Tenants["Service"],
  options: ControlOptions,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Tenant, Refused> => {
  const token = bearerToken(request)
  const name = search(request).get("tenant")
  const byName = name === null ? Effect.succeed(tenants.main) : tenantByName(tenants, name)
  if (options.adminToken !== undefined) {
    if (token !== Redacted.value(options.adminToken)) {
      return refused(401, "unauthorized", "send the admin token as 'Authorization: Bearer <token>'")
    }
    return byName
  }
  if (!hosts.isLoopback(hostOf(request))) {
    return refused(403, "forbidden", "ask for localhost or 127.0.0.1: a page of another host may not look in here")
  }
  if (token === undefined) return byName
  const named = tenants.byToken(token)
  if (named === undefined) return refused(401, "unauthorized", "no account has this token")
  return name === null || name === named.name
    ? Effect.succeed(named)
    : refused(403, "forbidden", "this token is another tenant's")
}

const wholeNumber = (
  params: URLSearchParams,
  name: string,
  otherwise: number,
  maximum: number
): Effect.Effect<number, Refused> => {
  const text = params.get(name)
  if (text === null) return Effect.succeed(otherwise)
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN
  return value <= maximum
    ? Effect.succeed(value)
    : refused(400, "invalid_request", `${name} must be a whole number from 0 to ${maximum}`)
}

const times = (tenant: Tenant) => ({
  tenant: tenant.name,
  nowMs: tenant.timeline.nowMs(),
  originEpochMs: tenant.timeline.originEpochMs
})

const liveView = (call: Call.Call) => ({
  state: Call.label(call),
  callId: call.origin.callId,
  requestId: call.origin.requestId,
  kind: call.origin.kind,
  callerId: call.origin.callerId,
  to: call.origin.to,
  startedAt: call.origin.at,
  legs: call.legs,
  variables: call.variables
})

const calls = Effect.fnUntraced(function*(tenant: Tenant) {
  const live = yield* tenant.switchboard.live
  const ended = tenant.journal.records().slice(-listedRecords)
  return yield* json({ ...times(tenant), live: live.map(liveView), ended: ended.toReversed() })
})

const call = Effect.fnUntraced(function*(tenant: Tenant, callId: string) {
  const found = yield* tenant.switchboard.find(callId.toLowerCase())
  switch (found._tag) {
    case "Live":
      return yield* json({ ...times(tenant), live: liveView(found.call) })
    case "Ended":
      return yield* json({ ...times(tenant), evicted: found.evicted, record: found.record })
    case "Unknown":
      return yield* refused(404, "call_not_found", "no call of this tenant has this id; see /_sim/calls")
  }
})

const journal = Effect.fnUntraced(function*(tenant: Tenant, request: HttpServerRequest.HttpServerRequest) {
  const params = search(request)
  const callId = params.get("call")?.toLowerCase()
  const query: Query = {
    from: yield* wholeNumber(params, "from", 0, Number.MAX_SAFE_INTEGER),
    limit: yield* wholeNumber(params, "limit", defaultLimit, maxLimit),
    ...(callId === undefined ? {} : { callId })
  }
  if (callId !== undefined && tenant.journal.isEvicted(callId)) {
    return yield* refused(410, "evicted", `the entries of this call are gone; /_sim/calls/${callId} has its record`)
  }
  const entries = tenant.journal.read(query)
  const lines = params.get("format") === "ndjson" || request.headers["accept"]?.includes("application/x-ndjson")
  if (!lines) {
    return yield* json({ ...times(tenant), entries, next: (entries.at(-1)?.seq ?? (query.from ?? 1) - 1) + 1 })
  }
  return HttpServerResponse.text(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), {
    contentType: "application/x-ndjson"
  })
})

const health = (tenants: Tenants["Service"], options: ControlOptions) =>
  Effect.gen(function*() {
    const live = yield* Effect.forEach(tenants.all, (tenant) => tenant.switchboard.live)
    return yield* json({ status: "ok", version: options.version, calls: live.flat().length })
  })

const index = {
  health: "/_sim/health",
  calls: "/_sim/calls",
  call: "/_sim/calls/{id}",
  journal: "/_sim/journal?call={id}&from={seq}&limit={n}&format=ndjson"
}

/**
 * The routes. A path that is none of the server's is answered with 404 and a list of those that are.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: ControlOptions): Layer.Layer<never, never, HttpRouter.HttpRouter | Tenants> =>
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const tenants = yield* Tenants
    const within = (
      answer: (
        tenant: Tenant,
        request: HttpServerRequest.HttpServerRequest
      ) => Effect.Effect<HttpServerResponse.HttpServerResponse, Refused>
    ) =>
    (request: HttpServerRequest.HttpServerRequest) =>
      tenantFor(tenants, options, request).pipe(
        Effect.flatMap((tenant) => answer(tenant, request)),
        Effect.catch(Effect.succeed)
      )
    const lastPart = (request: HttpServerRequest.HttpServerRequest): string =>
      request.url.replace(/\?.*$/, "").split("/").at(-1) ?? ""

    yield* router.add("GET", "/_sim", within(() => json(index)))
    yield* router.add("GET", "/_sim/health", health(tenants, options))
    yield* router.add("GET", "/_sim/calls", within(calls))
    yield* router.add("GET", "/_sim/calls/:id", within((tenant, request) => call(tenant, lastPart(request))))
    yield* router.add("GET", "/_sim/journal", within(journal))
    yield* router.add(
      "*",
      "*",
      Effect.catch(
        refused(404, "not_found", "the emulated API is below /v3, the simulator's own pages below /_sim"),
        Effect.succeed
      )
    )
  }))
