/** How the current (v3) API is spoken: a bearer token names the account, and failures are HTTP statuses. */
import * as Effect from "effect/Effect"
import { bearerToken } from "../bearer.ts"
import * as body from "./body.ts"
import type { Dialect } from "./operation.ts"
import * as reply from "./reply.ts"

/**
 * The token is looked at before the body is.
 *
 * @category dialects
 * @since 0.1.0
 */
export const dialectV3: Dialect = {
  identify: (request, tenants) => {
    const token = bearerToken(request)
    const tenant = token === undefined ? undefined : tenants.byToken(token)
    return tenant === undefined
      ? Effect.fail(reply.unauthorized)
      : Effect.succeed({ tenant, json: body.json(request) })
  },
  invalid: (problems) => reply.invalid(problems),
  respond: reply.toResponse
}
