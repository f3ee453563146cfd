/**
 * How the older API is spoken: credentials are in the body, and the code of a failure too, under two names.
 *
 * The documentation calls the code `code`, official examples `cmi_code`; both are there (conflict). A failure comes with
 * HTTP 200 (assumed: one third-party integration) unless the account is told to use the code as HTTP status. What could
 * not even be read, or is at no path, always has the HTTP status.
 */
import * as RestLegacy from "@effect-piopiy/sdk/wire/RestLegacy"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Tenant, Tenants } from "../../engine/Tenants.ts"
import type * as Admission from "./Admission.ts"
import * as body from "./body.ts"
import type { Dialect } from "./operation.ts"
import * as reply from "./reply.ts"

/**
 * What is expected of credentials, and the codes of failures that differ between operations.
 *
 * @category models
 * @since 0.1.0
 */
export interface Credentials<A> {
  readonly read: (json: unknown) => Admission.Admitted<A>
  readonly find: (tenants: Tenants["Service"], credentials: A) => Tenant | undefined
  /** The code when nobody has these credentials. */
  readonly unknown: number
  /** The code of a body that does not fit. */
  readonly invalid: number
}

const success = RestLegacy.successCodes[0]

const bodyOf = (answer: reply.Accepted | reply.Refused): Readonly<Record<string, unknown>> => {
  if (!("error" in answer.body)) return { ...answer.body, code: success, cmi_code: success }
  const { message, problems } = answer.body
  return { code: answer.status, cmi_code: answer.status, msg: message, ...(problems === undefined ? {} : { problems }) }
}

const respond: Dialect["respond"] = (answer, tenant) =>
  HttpServerResponse.jsonUnsafe(bodyOf(answer), {
    status: tenant.legacyErrors === "status" || "unread" in answer ? answer.status : 200,
    ...("headers" in answer && answer.headers !== undefined ? { headers: answer.headers } : {})
  })

/**
 * The dialect with credentials of one kind.
 *
 * @category dialects
 * @since 0.1.0
 */
export const make = <A>({ find, invalid, read, unknown }: Credentials<A>): Dialect => {
  const refuseInvalid: Dialect["invalid"] = (problems) => reply.invalid(problems, invalid)
  const stranger = reply.refused(
    unknown,
    "unauthorized",
    "unknown credentials: send those of one of the simulator's accounts in the body"
  )
  return {
    identify: (request, tenants) =>
      Effect.flatMap(body.jsonSaid(request), (json) =>
        Effect.fromResult(read(json)).pipe(
          Effect.mapError(refuseInvalid),
          Effect.flatMap((credentials) => {
            const tenant = find(tenants, credentials)
            return tenant === undefined
              ? Effect.fail(stranger)
              : Effect.succeed({ tenant, json: Effect.succeed(json) })
          })
        )),
    invalid: refuseInvalid,
    respond
  }
}
