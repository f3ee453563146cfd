/**
 * One operation of the emulated API: authentication, what it does, and the answer, in this order. Each request with
 * known credentials is journalled, and so is each refusal.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as Layer from "effect/Layer"
import type { Refusal } from "../../engine/Refusal.ts"
import { type Tenant, Tenants } from "../../engine/Tenants.ts"
import { bearerToken } from "../bearer.ts"
import type * as Admission from "./Admission.ts"
import * as body from "./body.ts"
import * as reply from "./reply.ts"

/**
 * Where an operation is: a path below `/v3` in which `{id}` stands for an id.
 *
 * @category models
 * @since 0.1.0
 */
export interface Place {
  readonly method: "GET" | "POST"
  readonly path: string
}

/**
 * Who asks for what: `id` is what stands in the path, in lower case, and `seq` the request's journal entry, which the
 * call names as its cause.
 *
 * @category models
 * @since 0.1.0
 */
export interface Asked {
  readonly tenant: Tenant
  readonly id: string
  readonly seq: number
}

type Layered = Layer.Layer<never, never, HttpRouter.HttpRouter | Tenants>

const refusedBySwitchboard = (refusal: Refusal): reply.Refused => {
  switch (refusal.why) {
    case "AgentNotRunning":
      return reply.agentNotRunning
    case "CallNotFound":
      return reply.callNotFound
    case "TransferInProgress":
      return reply.transferInProgress(refusal.requestId ?? "")
    case "TransferNotFound":
      return reply.transferNotFound
    case "TooManyCalls":
      return reply.tooManyCalls
    case "Stopping":
      return reply.stopping
  }
}

/** The path of a request below `/v3`, without its query. */
const pathOf = (request: HttpServerRequest.HttpServerRequest): string =>
  request.url.replace(/\?.*$/, "").replace(/^\/v3/, "")

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace("{id}", "([^/]+)")}$`)

/**
 * Whether a request is at a place, whatever its method.
 *
 * @category routing
 * @since 0.1.0
 */
export const isAt = (request: HttpServerRequest.HttpServerRequest, { path }: Place): boolean =>
  patternOf(path).test(pathOf(request))

const route = (
  { method, path }: Place,
  answer: (
    asked: Asked,
    request: HttpServerRequest.HttpServerRequest
  ) => Effect.Effect<reply.Accepted, reply.Refused | Refusal>
): Layered =>
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const tenants = yield* Tenants
    const name = `${method} /v3${path}`
    const pattern = patternOf(path)

    const handle = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
      const token = bearerToken(request)
      const tenant = token === undefined ? undefined : tenants.byToken(token)
      if (tenant === undefined) return reply.toResponse(reply.unauthorized)
      const { journal } = tenant
      const seq = journal.append({ _tag: "Requested", operation: name })
      const id = pattern.exec(pathOf(request))?.[1]?.toLowerCase() ?? ""
      return yield* answer({ tenant, id, seq }, request).pipe(
        Effect.mapError((failure) => "_tag" in failure ? refusedBySwitchboard(failure) : failure),
        Effect.catch((refused) =>
          Effect.sync(() => {
            const { error, field } = refused.body
            const where = field === undefined ? {} : { field }
            journal.append({ _tag: "Refused", causedBy: seq, operation: name, status: refused.status, error, ...where })
            return refused
          })
        ),
        Effect.map(reply.toResponse)
      )
    })

    yield* router.add(method, `/v3${path.replace("{id}", ":id")}`, handle)
  }))

/**
 * A `POST` with a body that has to be admitted.
 *
 * @category routing
 * @since 0.1.0
 */
export const post = <A>(
  path: string,
  admit: (json: unknown) => Admission.Admitted<A>,
  act: (asked: Asked, admitted: A) => Effect.Effect<reply.Accepted, Refusal>
): Layered =>
  route({ method: "POST", path }, (asked, request) =>
    body.json(request).pipe(
      Effect.flatMap((json) => Effect.mapError(Effect.fromResult(admit(json)), reply.invalid)),
      Effect.flatMap((admitted) => act(asked, admitted))
    ))

/**
 * A `GET`.
 *
 * @category routing
 * @since 0.1.0
 */
export const get = (path: string, act: (asked: Asked) => Effect.Effect<reply.Accepted, Refusal>): Layered =>
  route({ method: "GET", path }, act)
