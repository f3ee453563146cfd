/** The control API as one effect that answers a request, and where its operations are. */
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type { Tenants } from "../../../engine/Tenants.ts"
import type { Simulator } from "../../../Simulator.ts"
import type { Guard } from "../letIn.ts"
import * as calls from "./calls.ts"
import * as clock from "./clock.ts"
import { served } from "./ControlApi.ts"
import * as faults from "./faults.ts"
import * as runs from "./runs.ts"
import * as tenants from "./tenants.ts"
import * as visits from "./visits.ts"

/**
 * Where the operations are that this API serves itself: `/calls/{id}/press` below `/_sim`.
 *
 * @category getters
 * @since 0.1.0
 */
export const places: ReadonlyArray<{ readonly method: string; readonly path: string }> = Object.values(served.groups)
  .flatMap(({ endpoints }) =>
    Object.values(endpoints).map(({ method, path }) => ({
      method,
      path: path.replace(/^\/_sim/, "").replace(/:(\w+)/g, "{$1}")
    }))
  )

/**
 * What the API is served of.
 *
 * @category models
 * @since 0.1.0
 */
export type Needs = Tenants | Simulator

/**
 * Serves the API. The effect answers one request.
 *
 * @category serving
 * @since 0.1.0
 */
export const make = (guard: Guard) =>
  HttpRouter.toHttpEffect(
    HttpApiBuilder.layer(served).pipe(
      Layer.provide([
        tenants.layer,
        calls.callsLayer,
        calls.partiesLayer,
        clock.layer,
        faults.layer,
        runs.layer
      ]),
      Layer.provide([visits.layer(guard), SecureRandom.layerWebCrypto, HttpServer.layerServices])
    )
  )
