/** The bodies that the emulated API answers with, in the platform's shape. */
import * as RestV3 from "@effect-piopiy/sdk/wire/RestV3"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Transfer } from "../../engine/TransferBook.ts"
import type { Problem } from "./Admission.ts"

/**
 * The answer to a request that was taken: a status and a JSON object.
 *
 * @category models
 * @since 0.1.0
 */
export interface Accepted {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * The answer to a request that was not: `error` is the platform's code, `field` the first one at fault.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refused {
  readonly status: number
  readonly body: {
    readonly error: string
    readonly message: string
    readonly field?: string
    readonly request_id?: string
    readonly problems?: ReadonlyArray<Problem>
  }
  readonly headers?: Readonly<Record<string, string>>
}

/** `message` is exact (documented in the SDKs' tests); that the ids come along is assumed. */
export const callQueued = (ids: { readonly callId: string; readonly requestId: string }): Accepted => ({
  status: 200,
  body: { message: RestV3.callQueued, call_id: ids.callId, request_id: ids.requestId }
})

/** `message` is exact (documented in the SDKs' tests); that the ids come along is assumed. */
export const queued = (ids: { readonly callId: string; readonly requestId: string }): Accepted => ({
  status: 200,
  body: { message: RestV3.queued, call_id: ids.callId, request_id: ids.requestId }
})

/** The two members are those of a test of telecmi/pipecat-piopiy 0.1.0 (documented); there may be more. */
export const callStatus = (callId: string, status: string): Accepted => ({
  status: 200,
  body: { call_id: callId, status }
})

/** `reason` comes with a transfer that failed. Source: telecmi/pipecat-piopiy 0.1.0 (documented). */
export const transferStatus = ({ callId, requestId, settled }: Transfer): Accepted => ({
  status: 200,
  body: {
    request_id: requestId,
    call_id: callId,
    status: settled?.status ?? "queued",
    ...(settled?.reason === undefined ? {} : { reason: settled.reason })
  }
})

/** `{"error","message"}` as the documented errors have it; `message` beside `error` is assumed. */
export const refused = (status: number, error: string, message: string): Refused => ({
  status,
  body: { error, message }
})

/** A body that admission refused: the first problem in `message` and `field`, all of them in `problems` (assumed). */
export const invalid = (problems: readonly [Problem, ...ReadonlyArray<Problem>]): Refused => {
  const [first] = problems
  const message = first.path === "" ? first.message : `${first.path}: ${first.message}`
  return { status: 400, body: { error: "invalid_request", message, field: first.path, problems } }
}

export const unauthorized: Refused = refused(
  401,
  "unauthorized",
  "unknown bearer token: send one of the simulator's accounts as 'Authorization: Bearer <token>'"
)

export const callNotFound: Refused = refused(
  RestV3.errorCodes.callNotFound.status,
  RestV3.errorCodes.callNotFound.code,
  "no call with this id is in progress"
)

/** `request_id` is that of the transfer that is in progress (documented for the calls API). */
export const transferInProgress = (requestId: string): Refused => {
  const { code, status } = RestV3.errorCodes.transferInProgress
  return {
    status,
    body: { error: code, message: "another transfer of this call is in progress", request_id: requestId }
  }
}

/** The code is assumed, after that of a call that is not found. */
export const transferNotFound: Refused = refused(
  404,
  "TRANSFER_NOT_FOUND",
  "no transfer has this request id, or it settled more than 15 minutes ago"
)

export const agentNotRunning: Refused = refused(
  RestV3.errorCodes.agentNotRunning.status,
  RestV3.errorCodes.agentNotRunning.code,
  "no worker of this agent is registered"
)

export const tooManyCalls: Refused = {
  ...refused(429, "too_many_calls", "the simulator's bound on calls in progress is reached: end some, or raise it"),
  headers: { "retry-after": "1" }
}

export const stopping: Refused = refused(503, "stopping", "the simulator is stopping and takes no more calls")

/** The answer as it goes out. */
export const toResponse = (reply: Accepted | Refused): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(reply.body, {
    status: reply.status,
    ...("headers" in reply && reply.headers !== undefined ? { headers: reply.headers } : {})
  })
