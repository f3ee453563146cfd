/** The bodies that the emulated API answers with, in the platform's shape. */
import * as RestV3 from "@effect-piopiy/sdk/wire/RestV3"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Refusal } from "../../engine/Refusal.ts"
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
 * The answer to a request that was not: `error` is the platform's code, `field` the first one at fault. `unread` says
 * that the request never came to be looked at, because its path, its method or its body is none.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refused {
  readonly status: number
  readonly unread?: true
  readonly body: {
    readonly error: string
    readonly message: string
    readonly field?: string
    readonly request_id?: string
    readonly problems?: ReadonlyArray<Problem>
  }
  readonly headers?: Readonly<Record<string, string>>
}

/** At least one problem. */
export type Problems = readonly [Problem, ...ReadonlyArray<Problem>]

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

/** A request that nobody can make sense of, whatever it asks for. */
export const unreadable = (status: number, error: string, message: string): Refused => ({
  ...refused(status, error, message),
  unread: true
})

/** A body that admission refused: the first problem in `message` and `field`, all of them in `problems` (assumed). */
export const invalid = (problems: Problems, status: number = 400): Refused => {
  const [first] = problems
  const message = first.path === "" ? first.message : `${first.path}: ${first.message}`
  return { status, body: { error: "invalid_request", message, field: first.path, problems } }
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

/** Putting on hold takes two who talk. The code is assumed. */
export const notBridged: Refused = refused(400, "not_bridged", "nobody talks on this call, so it cannot be put on hold")

export const appNotActive: Refused = refused(
  RestV3.errorCodes.appNotActive.status,
  RestV3.errorCodes.appNotActive.code,
  "the account's app is not active"
)

/** The status and the code are assumed. */
export const noBalance: Refused = refused(403, "insufficient_balance", "nothing is left on the account")

/** For now: `retry-after` in whole seconds, and one at least. Status, code and header are assumed. */
const forNow = (error: string, message: string, retryAfterMs: number = 1000): Refused => ({
  ...refused(429, error, message),
  headers: { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }
})

export const tooManyCalls: Refused = forNow(
  "too_many_calls",
  "the simulator's bound on calls in progress is reached: end some, or raise it"
)

export const channelsInUse = (retryAfterMs?: number): Refused =>
  forNow("channels_in_use", "every channel of the account is in use", retryAfterMs)

export const tooFast = (retryAfterMs?: number): Refused =>
  forNow("rate_limited", "the account places no more calls in a second", retryAfterMs)

export const stopping: Refused = refused(503, "stopping", "the simulator is stopping and takes no more calls")

/** What the switchboard's refusal says to whoever asked. */
export const fromRefusal = (refusal: Refusal): Refused => {
  switch (refusal.why) {
    case "AgentNotRunning":
      return agentNotRunning
    case "CallNotFound":
      return callNotFound
    case "TransferInProgress":
      return transferInProgress(refusal.requestId ?? "")
    case "TransferNotFound":
      return transferNotFound
    case "NotBridged":
      return notBridged
    case "AppNotActive":
      return appNotActive
    case "NoBalance":
      return noBalance
    case "ChannelsInUse":
      return channelsInUse(refusal.retryAfterMs)
    case "TooFast":
      return tooFast(refusal.retryAfterMs)
    case "TooManyCalls":
      return tooManyCalls
    case "Stopping":
      return stopping
    case "LegNotFound":
      return refused(404, "leg_not_found", refusal.message)
    case "LegNotAnswered":
      return refused(409, "leg_not_answered", refusal.message)
    case "LegNotRinging":
      return refused(409, "leg_not_ringing", refusal.message)
    case "NobodyListens":
      return refused(409, "nobody_listens", refusal.message)
    case "NoSuchKey":
      return refused(400, "no_such_key", refusal.message)
    case "TooManyScripts":
      return refused(409, "too_many_scripts", refusal.message)
  }
}

/** The answer as it goes out. */
export const toResponse = (reply: Accepted | Refused): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(reply.body, {
    status: reply.status,
    ...("headers" in reply && reply.headers !== undefined ? { headers: reply.headers } : {})
  })
