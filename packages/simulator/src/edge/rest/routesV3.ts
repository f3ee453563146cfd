/**
 * The current (v3) API as `HttpRouter` routes below `/v3`: placing calls, transfer and hangup, and beside them the
 * "calls" API.
 */
import * as RestV3 from "@effect-piopiy/sdk/wire/RestV3"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Refusal } from "../../engine/Refusal.ts"
import type { CallRequest } from "../../engine/Switchboard.ts"
import type * as Admission from "./Admission.ts"
import * as AdmissionV3 from "./AdmissionV3.ts"
import { dialectV3 } from "./dialectV3.ts"
import * as operation from "./operation.ts"
import * as reply from "./reply.ts"
import * as replyLegacy from "./replyLegacy.ts"
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

/** Where a bearer token asks for the balance; its answer is that of the older API (assumed: a page names it, no path). */
const balancePath = "/v3/balance"

const balance = operation.get(
  dialectV3,
  balancePath,
  ({ tenant }) => Effect.sync(() => replyLegacy.balance(tenant.account))
)

/**
 * Where the operations are.
 *
 * @category constants
 * @since 0.1.0
 */
export const places: ReadonlyArray<operation.Place> = [
  ...Object.values(RestV3.paths).map((path) => ({ method: "POST", path: `/v3${path}` } as const)),
  { method: "GET", path: balancePath },
  ...routesCalls.places
]

const post = <A>(path: string, admit: (json: unknown) => Admission.Admitted<A>, act: Act<A>): operation.Routes =>
  operation.post(dialectV3, `/v3${path}`, admit, act)

/**
 * The routes of the API. `/voice/agent/call` is taken for another name of `/voice/ai/call` (assumed).
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: operation.Routes = Layer.mergeAll(
  post(RestV3.paths.aiCall, AdmissionV3.aiCall, place),
  post(RestV3.paths.agentCall, AdmissionV3.aiCall, place),
  post(RestV3.paths.pcmoCall, AdmissionV3.pcmoCall, place),
  post(RestV3.paths.flowCall, AdmissionV3.flowCall, place),
  post(RestV3.paths.pcmoTransfer, AdmissionV3.transfer, transfer),
  post(RestV3.paths.hangup, AdmissionV3.hangup, hangup),
  balance,
  routesCalls.layer
)

/**
 * Who answers for the rest.
 *
 * @category constants
 * @since 0.1.0
 */
export const fallbacks: ReadonlyArray<operation.Fallback> = [operation.fallback(dialectV3, "/v3", places)]
