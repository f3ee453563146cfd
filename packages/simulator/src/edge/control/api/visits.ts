/** Lets requests in to the control API, and sees to it that their bodies can be read. */
import * as Effect from "effect/Effect"
import * as HttpApiError from "effect/http-api/HttpApiError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { Tenants } from "../../../engine/Tenants.ts"
import { problemsIn } from "../../../SimulatorConfig.ts"
import * as Admission from "../../rest/Admission.ts"
import * as body from "../../rest/body.ts"
import { type Guard, letIn, type TurnedAway } from "../letIn.ts"
import {
  Forbidden,
  InvalidRequest,
  NoSuchTenant,
  type Problem,
  TooLarge,
  Unauthorized,
  UnsupportedMediaType
} from "./Refusals.ts"
import { Visiting, Visitor } from "./Visiting.ts"

/**
 * Why a request was not let in, as this API says it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const turnedAway = ({ error, message }: TurnedAway): Unauthorized | Forbidden | NoSuchTenant => {
  switch (error) {
    case "unauthorized":
      return new Unauthorized({ message })
    case "forbidden":
      return new Forbidden({ message })
    case "no_such_tenant":
      return new NoSuchTenant({ message })
  }
}

/**
 * Refuses what was sent, with the first problem in the message.
 *
 * @category constructors
 * @since 0.1.0
 */
export const invalid = (problems: ReadonlyArray<typeof Problem.Type>): InvalidRequest => {
  const [first = { path: "", message: "does not fit" }] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ""
  const message = `${first.path === "" ? "" : `${first.path}: `}${first.message}${more}`
  return new InvalidRequest({ message, problems: problems.slice(0, Admission.maximumProblems) })
}

/** A document that is not nested too deep for whatever looks into it. */
const shallow = Admission.document((json) => Result.succeed(json))

/** Reads the body, which stays read. A request whose body says what it is cannot come from a web page that did not ask. */
const readable = (request: HttpServerRequest.HttpServerRequest) =>
  body.jsonSaid(request).pipe(
    Effect.mapError(({ body: { message }, status }) => {
      if (status === 413) return new TooLarge({ message })
      return status === 415 ? new UnsupportedMediaType({ message }) : invalid([{ path: "", message }])
    }),
    Effect.flatMap((json) => Effect.mapError(Effect.fromResult(shallow(json, "")), invalid))
  )

const places: Readonly<Record<string, string>> = { Params: "path", Query: "query" }

/** What does not fit, by its path; what is not of the body says where it stands. */
const misfit = ({ cause, kind }: HttpApiError.HttpApiSchemaError): InvalidRequest => {
  const place = places[kind]
  return invalid(
    problemsIn(cause).map(({ message, path }) => ({ path: place === undefined ? path : `${place}.${path}`, message }))
  )
}

/** What an answer of ours does not fit is our fault. */
const isOurs = ({ kind }: HttpApiError.HttpApiSchemaError): boolean => kind === "Body" || kind === "ResponseHeaders"

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = (guard: Guard): Layer.Layer<Visiting, never, Tenants> =>
  Layer.effect(
    Visiting,
    Effect.map(Tenants, (tenants) =>
      Visiting.of((answered, { endpoint }) =>
        Effect.gen(function*() {
          const request = yield* HttpServerRequest.HttpServerRequest
          const seen = yield* Effect.mapError(letIn(tenants, guard, request), turnedAway)
          if (endpoint.payload.size > 0) yield* readable(request)
          return yield* Effect.provideService(answered, Visitor, seen)
        }).pipe(
          Effect.mapError((error) =>
            HttpApiError.HttpApiSchemaError.is(error) && !isOurs(error) ? misfit(error) : error
          )
        )
      ))
  )
