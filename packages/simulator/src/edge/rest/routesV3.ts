/**
 * The current (v3) API as `HttpRouter` routes below `/v3`: placing calls, transfer and hangup, and beside them the
 * "calls" API.
 */
import * as RestV3 from "@effect-piopiy/sdk/wire/RestV3"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type { Refusal } from "../../engine/Refusal.ts"
import type { CallRequest } from "../../engine/Switchboard.ts"
import type { Tenants } from "../../engine/Tenants.ts"
import * as AdmissionV3 from "./AdmissionV3.ts"
import * as operation from "./operation.ts"
import * as reply from "./reply.ts"
import * as routesCalls from "./routesCalls.ts"

type Act<A> = (asked: operation.Asked, admitted: A) => Effect.Effect<reply.Accepted, Refusal>

const callRequest = (admitted: AdmissionV3.PlaceRequest): CallRequest => {
  const { agentId, appId, callerId, kind, options, program, to, variables } = admitted
  return {
    kind,
    callerId,
    to,
    ...(appId === undefined ? {} : { appId }),
    ...(agentId === undefined ? {} : { agentId }),
    program,
    ...options,
    variables
  }
}

const place: Act<AdmissionV3.PlaceRequest> = ({ seq, tenant }, admitted) =>
  Effect.map(tenant.switchboard.originate(callRequest(admitted), seq), reply.callQueued)

const transfer: Act<AdmissionV3.TransferRequest> = ({ seq, tenant }, { callId, program }) =>
  Effect.map(tenant.switchboard.transfer(callId, program, seq), (requestId) => reply.queued({ callId, requestId }))

const hangup: Act<AdmissionV3.HangupRequest> = ({ seq, tenant }, { callId, ...ending }) =>
  Effect.map(tenant.switchboard.hangup(callId, ending, seq), (requestId) => reply.queued({ callId, requestId }))

const places: ReadonlyArray<operation.Place> = [
  ...Object.values(RestV3.paths).map((path) => ({ method: "POST", path } as const)),
  ...routesCalls.places
]

const known = places.map(({ path }) => `/v3${path}`).join(", ")

/** A path that is none of the API's is 404; one that is, with another method, 405. */
const fallback = HttpRouter.add("*", "/v3/*", (request) => {
  const place = places.find((place) => operation.isAt(request, place))
  return Effect.succeed(
    reply.toResponse(
      place === undefined
        ? reply.refused(404, "not_found", `the simulator emulates ${known}`)
        : {
          ...reply.refused(405, "method_not_allowed", `/v3${place.path} takes ${place.method}`),
          headers: { allow: place.method }
        }
    )
  )
})

/**
 * The routes of the API. `/voice/agent/call` is taken for another name of `/voice/ai/call` (assumed).
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Tenants> = Layer.mergeAll(
  operation.post(RestV3.paths.aiCall, AdmissionV3.aiCall, place),
  operation.post(RestV3.paths.agentCall, AdmissionV3.aiCall, place),
  operation.post(RestV3.paths.pcmoCall, AdmissionV3.pcmoCall, place),
  operation.post(RestV3.paths.flowCall, AdmissionV3.flowCall, place),
  operation.post(RestV3.paths.pcmoTransfer, AdmissionV3.transfer, transfer),
  operation.post(RestV3.paths.hangup, AdmissionV3.hangup, hangup),
  routesCalls.layer,
  fallback
)
