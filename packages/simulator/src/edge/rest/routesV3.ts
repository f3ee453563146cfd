/**
 * The current (v3) API as `HttpRouter` routes below `/v3`.
 *
 * A request passes authentication, admission and the switchboard, in this order. Each one with known credentials is
 * journalled, and so is each refusal.
 */
import * as RestV3 from "@effect-piopiy/sdk/wire/RestV3"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import type { Refusal } from "../../engine/Refusal.ts"
import type { CallRequest } from "../../engine/Switchboard.ts"
import { type Tenant, Tenants } from "../../engine/Tenants.ts"
import { bearerToken } from "../bearer.ts"
import type * as Admission from "./Admission.ts"
import * as AdmissionV3 from "./AdmissionV3.ts"
import * as body from "./body.ts"
import * as reply from "./reply.ts"

const refusedBySwitchboard = (refusal: Refusal): reply.Refused => {
  switch (refusal.why) {
    case "AgentNotRunning":
      return reply.agentNotRunning
    case "CallNotFound":
      return reply.callNotFound
    case "TooManyCalls":
      return reply.tooManyCalls
    case "Stopping":
      return reply.stopping
  }
}

/** What is done once a body is admitted. `seq` is the request's journal entry, which the call names as its cause. */
type Act<A> = (tenant: Tenant, admitted: A, seq: number) => Effect.Effect<reply.Accepted, Refusal>

const operation = <A>(path: string, admit: (json: unknown) => Admission.Admitted<A>, act: Act<A>) =>
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const tenants = yield* Tenants
    const name = `POST /v3${path}`

    const handle = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
      const token = bearerToken(request)
      const tenant = token === undefined ? undefined : tenants.byToken(token)
      if (tenant === undefined) return reply.toResponse(reply.unauthorized)
      const { journal } = tenant
      const seq = journal.append({ _tag: "Requested", operation: name })
      return yield* body.json(request).pipe(
        Effect.flatMap((json) => Effect.mapError(Effect.fromResult(admit(json)), reply.invalid)),
        Effect.flatMap((admitted) => Effect.mapError(act(tenant, admitted, seq), refusedBySwitchboard)),
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

    yield* router.add("POST", `/v3${path}`, handle)
  }))

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

const place: Act<AdmissionV3.PlaceRequest> = (tenant, admitted, seq) =>
  Effect.map(tenant.switchboard.originate(callRequest(admitted), seq), reply.callQueued)

const transfer: Act<AdmissionV3.TransferRequest> = (tenant, { callId, program }, seq) =>
  Effect.map(tenant.switchboard.transfer(callId, program, seq), (requestId) => reply.queued({ callId, requestId }))

const hangup: Act<AdmissionV3.HangupRequest> = (tenant, { callId, ...ending }, seq) =>
  Effect.map(tenant.switchboard.hangup(callId, ending, seq), (requestId) => reply.queued({ callId, requestId }))

const known: ReadonlyArray<string> = Object.values(RestV3.paths).map((path) => `/v3${path}`)

/** A path that is none of the API's is 404; one that is, with another method, 405. */
const fallback = HttpRouter.add("*", "/v3/*", (request) => {
  const path = request.url.replace(/\?.*$/, "")
  return Effect.succeed(
    reply.toResponse(
      known.includes(path)
        ? { ...reply.refused(405, "method_not_allowed", `${path} takes POST`), headers: { allow: "POST" } }
        : reply.refused(404, "not_found", `the simulator emulates ${known.join(", ")}`)
    )
  )
})

/**
 * The routes of the API.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Tenants> = Layer.mergeAll(
  operation(RestV3.paths.aiCall, AdmissionV3.aiCall, place),
  operation(RestV3.paths.pcmoCall, AdmissionV3.pcmoCall, place),
  operation(RestV3.paths.flowCall, AdmissionV3.flowCall, place),
  operation(RestV3.paths.pcmoTransfer, AdmissionV3.transfer, transfer),
  operation(RestV3.paths.hangup, AdmissionV3.hangup, hangup),
  fallback
)
