/** The "calls" API as `HttpRouter` routes below `/v3`: the state of a live call, transfer, hangup. */
import * as RestCalls from "@effect-piopiy/sdk/wire/RestCalls"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Call from "../../core/call/Call.ts"
import { Refusal } from "../../engine/Refusal.ts"
import * as AdmissionCalls from "./AdmissionCalls.ts"
import { dialectV3 } from "./dialectV3.ts"
import * as operation from "./operation.ts"
import * as reply from "./reply.ts"

const paths = {
  call: `/v3${RestCalls.paths.call("{id}")}`,
  transfer: `/v3${RestCalls.paths.transfer("{id}")}`,
  hangup: `/v3${RestCalls.paths.hangup("{id}")}`,
  transferStatus: `/v3${RestCalls.paths.transferStatus("{id}")}`
}

/**
 * Where the operations are.
 *
 * @category constants
 * @since 0.1.0
 */
export const places: ReadonlyArray<operation.Place> = [
  { method: "GET", path: paths.call },
  { method: "POST", path: paths.transfer },
  { method: "POST", path: paths.hangup },
  { method: "GET", path: paths.transferStatus }
]

/** `answered` is documented in a test of telecmi/pipecat-piopiy 0.1.0; the words before the answer are assumed. */
const statusOf = (call: Call.Call): string => {
  if (call.phase === "Running") return "answered"
  return Call.leg(call, Call.callerLegId)?.state === "Ringing" ? "ringing" : "initiated"
}

const call = operation.get(
  dialectV3,
  paths.call,
  ({ id, tenant }) =>
    Effect.flatMap(tenant.switchboard.find(id), (found) =>
      found._tag === "Live"
        ? Effect.succeed(reply.callStatus(id, statusOf(found.call)))
        : Effect.fail(new Refusal({ why: "CallNotFound" })))
)

const transfer = operation.post(
  dialectV3,
  paths.transfer,
  (json) => AdmissionCalls.transfer(json, ""),
  ({ id, seq, tenant }, program) =>
    Effect.map(tenant.switchboard.transfer(id, program, seq), (requestId) => reply.queued({ callId: id, requestId }))
)

const hangup = operation.post(
  dialectV3,
  paths.hangup,
  (json) => AdmissionCalls.hangup(json, ""),
  ({ id, seq, tenant }, ending) =>
    Effect.map(tenant.switchboard.hangup(id, ending, seq), (requestId) => reply.queued({ callId: id, requestId }))
)

const transferStatus = operation.get(
  dialectV3,
  paths.transferStatus,
  ({ id, tenant }) => Effect.map(tenant.switchboard.findTransfer(id), reply.transferStatus)
)

/**
 * The routes.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: operation.Routes = Layer.mergeAll(
  call,
  transfer,
  hangup,
  transferStatus
)
