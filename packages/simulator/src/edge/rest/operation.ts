/**
 * One operation of the emulated API: whose request it is, what it does, and the answer, in this order. Each request with
 * known credentials is journalled, and so is each refusal. From then on a fault may befall it.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import type { Refusal } from "../../engine/Refusal.ts"
import { type Tenant, Tenants } from "../../engine/Tenants.ts"
import type * as Admission from "./Admission.ts"
import * as faulting from "./faulting.ts"
import * as reply from "./reply.ts"

/**
 * Where an operation is: a path in which `{id}` stands for an id.
 *
 * @category models
 * @since 0.1.0
 */
export interface Place {
  readonly method: "GET" | "POST"
  readonly path: string
}

/**
 * Whose request it is, and its body, not read before it is asked for if the credentials are not in it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Identified {
  readonly tenant: Tenant
  readonly json: Effect.Effect<unknown, reply.Refused>
}

/**
 * How a generation of the API is spoken: how a request says whose it is, and in what form it is answered, within the
 * tenant whose it is or, to strangers, the default one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Dialect {
  readonly identify: (
    request: HttpServerRequest.HttpServerRequest,
    tenants: Tenants["Service"]
  ) => Effect.Effect<Identified, reply.Refused>
  readonly invalid: (problems: reply.Problems) => reply.Refused
  readonly respond: (
    answer: reply.Accepted | reply.Refused,
    tenant: Tenant
  ) => HttpServerResponse.HttpServerResponse
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

/** What comes of it. */
type Outcome = Effect.Effect<reply.Accepted, reply.Refused | Refusal>

/** Routes, which need to know the tenants. */
export type Routes = Layer.Layer<never, never, HttpRouter.HttpRouter | Tenants>

/** The path of a request, without its query. */
const pathOf = (request: HttpServerRequest.HttpServerRequest): string => request.url.replace(/\?.*$/, "")

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace("{id}", "([^/]+)")}$`)

/**
 * Journals a refusal: `causedBy` is the request's entry.
 *
 * @category journalling
 * @since 0.1.0
 */
export const noting =
  (journal: Tenant["journal"], operation: string, causedBy: number) =>
  <A>(answer: Effect.Effect<A, reply.Refused>): Effect.Effect<A, reply.Refused> =>
    Effect.tapError(answer, ({ body: { error, field }, status }) =>
      Effect.sync(() => {
        const where = field === undefined ? {} : { field }
        journal.append({ _tag: "Refused", causedBy, operation, status, error, ...where })
      }))

const route = (
  dialect: Dialect,
  { method, path }: Place,
  answer: (asked: Asked, json: Identified["json"]) => Outcome
): Routes =>
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const tenants = yield* Tenants
    const operation = `${method} ${path}`
    const pattern = patternOf(path)

    const answered = ({ json, tenant }: Identified, id: string, seq: number) =>
      answer({ tenant, id, seq }, json).pipe(
        Effect.mapError((failure) => "_tag" in failure ? reply.fromRefusal(failure) : failure),
        noting(tenant.journal, operation, seq),
        Effect.catch((refused) => Effect.succeed(refused)),
        Effect.map((answer) => dialect.respond(answer, tenant))
      )

    const befallen = Effect.fnUntraced(function*(
      request: HttpServerRequest.HttpServerRequest,
      { json, tenant }: Identified,
      id: string,
      seq: number
    ) {
      const body = yield* Effect.cached(json)
      const read = yield* Effect.orElseSucceed(body, () => undefined)
      const say = (refused: reply.Refused) => dialect.respond(refused, tenant)
      const act = answered({ json: body, tenant }, id, seq)
      const point = yield* faulting.point(tenant, { operation, causedBy: seq, id, json: read })
      const asked = yield* faulting.asked(request)
      if (asked !== undefined) tenant.faults.asked(asked, point)
      const fault = asked ?? tenant.faults.request(point)
      return yield* fault === undefined ? act : faulting.befall(fault, { act, say, tenant })
    })

    const handled = (request: HttpServerRequest.HttpServerRequest, identified: Identified) => {
      const { journal, faults } = identified.tenant
      const id = pattern.exec(pathOf(request))?.[1]?.toLowerCase() ?? ""
      const seq = journal.append({ _tag: "Requested", operation })
      return faults.watches("Request") || faulting.header in request.headers
        ? befallen(request, identified, id, seq).pipe(
          noting(journal, operation, seq),
          Effect.catch((refused) => Effect.succeed(dialect.respond(refused, identified.tenant)))
        )
        : answered(identified, id, seq)
    }

    yield* router.add(method, `/${path.slice(1).replace("{id}", ":id")}`, (request) =>
      Effect.matchEffect(dialect.identify(request, tenants), {
        onFailure: (refused) =>
          Effect.succeed(dialect.respond(refused, tenants.main)),
        onSuccess: (identified) =>
          handled(request, identified)
      }))
  }))

/**
 * A `POST` with a body that has to be admitted.
 *
 * @category routing
 * @since 0.1.0
 */
export const post = <A>(
  dialect: Dialect,
  path: string,
  admit: (json: unknown) => Admission.Admitted<A>,
  act: (asked: Asked, admitted: A) => Outcome
): Routes =>
  route(dialect, { method: "POST", path }, (asked, json) =>
    json.pipe(
      Effect.flatMap((json) => Effect.mapError(Effect.fromResult(admit(json)), dialect.invalid)),
      Effect.flatMap((admitted) => act(asked, admitted))
    ))

/**
 * A `GET`.
 *
 * @category routing
 * @since 0.1.0
 */
export const get = (dialect: Dialect, path: string, act: (asked: Asked) => Outcome): Routes =>
  route(dialect, { method: "GET", path }, act)

/**
 * Who answers whatever else comes below a path.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fallback {
  readonly isFor: (request: HttpServerRequest.HttpServerRequest) => boolean
  readonly answer: (
    request: HttpServerRequest.HttpServerRequest,
    tenants: Tenants["Service"]
  ) => HttpServerResponse.HttpServerResponse
}

/**
 * Answers whatever else comes below a path: 404 when it is none of the places, 405 when it is one, with another method. It
 * is no route: for every method there is, those would be more than all others, and each platform is built with them.
 *
 * @category routing
 * @since 0.1.0
 */
export const fallback = (dialect: Dialect, below: `/${string}`, places: ReadonlyArray<Place>): Fallback => {
  const known = places.map(({ path }) => path).join(", ")
  const missing = reply.unreadable(404, "not_found", `the simulator emulates ${known}`)
  const pattern = new RegExp(`^/*${below}(/|$)`, "i")
  return {
    isFor: (request) => pattern.test(pathOf(request)),
    answer: (request, { main }) => {
      const path = pathOf(request)
      const place = places.find((place) => patternOf(place.path).test(path))
      return dialect.respond(
        // An id that the router cannot read leads here, too, by the method that is taken.
        place === undefined || place.method === request.method ? missing : {
          ...reply.unreadable(405, "method_not_allowed", `${place.path} takes ${place.method}`),
          headers: { allow: place.method }
        },
        main
      )
    }
  }
}
