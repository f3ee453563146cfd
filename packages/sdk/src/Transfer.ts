/** Handing a live call over to somebody else. */
import type * as Duration from "effect/Duration"
import type * as Option from "effect/Option"
import type * as CallId from "./CallId.ts"
import type * as Endpoint from "./Endpoint.ts"
import type * as PhoneNumber from "./PhoneNumber.ts"
import type * as Pipeline from "./Pipeline.ts"
import type * as Variables from "./Variables.ts"

/**
 * A hand-over to a person or a SIP desk, who is asked while the caller waits.
 *
 * Source: telecmi/pipecat-piopiy (observed).
 *
 * @category models
 * @since 0.1.0
 */
export interface Warm {
  /** `Endpoint.phone` without headers, or `Endpoint.sip`, whose headers are texts and begin with `X-`. */
  readonly to: Endpoint.Phone | Endpoint.Sip
  readonly callerId?: PhoneNumber.PhoneNumber
  /** Longest ringing, in whole seconds. */
  readonly ringTimeout?: Duration.Input
  /** Whether the callee must press 1 to take the call. */
  readonly confirm?: boolean
  /** What the caller hears meanwhile: `true` for the platform's own, a file name or a URL. */
  readonly holdAudio?: true | string
  /** What the callee should know. A SIP callee gets it also as the header `X-Transfer-Summary`. */
  readonly summary?: string
  readonly variables?: Variables.Variables
}

/**
 * Whom a call goes on with, who is not asked before: a pipeline, or a phone. Only with a phone may the caller id be left
 * to the platform.
 *
 * Source: telecmi/pipecat-piopiy (observed).
 *
 * @category models
 * @since 0.1.0
 */
export type Blind = Pipeline.Pipeline | {
  readonly to: PhoneNumber.PhoneNumber
  readonly callerId?: PhoneNumber.PhoneNumber
}

/**
 * How far a transfer is; `queued` is the only status that changes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transfer {
  readonly requestId: CallId.RequestId
  readonly callId: Option.Option<CallId.CallId>
  readonly status: "queued" | "completed" | "failed"
  /** Why it failed: `busy`, `no_answer`, `rejected`, `invalid_number`, `unreachable`, `call_barred`, `network_error` or another. */
  readonly reason: Option.Option<string>
  /** Whether the call ended with the transfer that failed. */
  readonly callEnded: boolean
}

/**
 * How a transfer is watched.
 *
 * @category models
 * @since 0.1.0
 */
export interface Watch {
  /** Between two questions; 2 seconds unless told otherwise. */
  readonly every?: Duration.Input
  /** How long to go on asking; 75 seconds unless told otherwise. */
  readonly within?: Duration.Input
}
