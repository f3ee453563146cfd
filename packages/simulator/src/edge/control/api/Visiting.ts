/** What every operation of the control API asks of a request: that it may look in, and that its body can be read. */
import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import type { Seen } from "../letIn.ts"
import { wire } from "./Refusals.ts"

/**
 * What the request may see.
 *
 * @category services
 * @since 0.1.0
 */
export class Visitor extends Context.Service<Visitor, Seen>()("@effect-piopiy/simulator/Control/Visitor") {}

/**
 * Lets requests in, and refuses bodies that are too long, no JSON, or do not fit.
 *
 * @category middlewares
 * @since 0.1.0
 */
export class Visiting extends HttpApiMiddleware.Service<Visiting, { provides: Visitor }>()(
  "@effect-piopiy/simulator/Control/Visiting",
  {
    error: [
      wire.invalidRequest,
      wire.unauthorized,
      wire.forbidden,
      wire.noSuchTenant,
      wire.tooLarge,
      wire.unsupportedMediaType
    ]
  }
) {}
