/**
 * The current REST API: base URL, paths, request bodies and replies.
 *
 * Request bodies are closed objects; their source is official Node SDK 1.2.0 and Python SDK 1.2.2 (observed) unless a
 * line says otherwise.
 */
import * as Schema from "effect/Schema"
import * as Limits from "./Limits.ts"
import * as PcmoV3 from "./PcmoV3.ts"
import { CallOptions, Phone, text, Uuid, Variables } from "./Scalars.ts"

/**
 * Where the API lives. Observed: default of the official Python SDK 1.2.2.
 *
 * @category constants
 * @since 0.1.0
 */
export const baseUrl = "https://rest.piopiy.com/v3"

/**
 * Paths below {@link baseUrl}, all `POST`. Observed. Hangup was `/voice/ai/hangup` in the official Node SDK 1.0.9 alone.
 * `agentCall` is named by telecmi/pipecat-piopiy 0.1.0 (documented); that it is another name of `aiCall` is assumed.
 *
 * @category constants
 * @since 0.1.0
 */
export const paths = {
  aiCall: "/voice/ai/call",
  pcmoCall: "/voice/pcmo/call",
  pcmoTransfer: "/voice/pcmo/transfer",
  hangup: "/voice/call/hangup",
  flowCall: "/voice/flow/call",
  agentCall: "/voice/agent/call"
} as const

/**
 * Body of {@link paths.aiCall}.
 *
 * @category requests
 * @since 0.1.0
 */
export const AiCall = Schema.Struct({
  caller_id: Phone,
  to_number: Phone,
  agent_id: Uuid,
  options: Schema.optionalKey(CallOptions),
  variables: Schema.optionalKey(Variables)
})

/**
 * Body of {@link paths.pcmoCall}. `app_id` may be any string, an empty one included.
 *
 * @category requests
 * @since 0.1.0
 */
export const PcmoCall = Schema.Struct({
  caller_id: Phone,
  to_number: Phone,
  app_id: Schema.String,
  pipeline: PcmoV3.Pipeline,
  options: Schema.optionalKey(CallOptions),
  variables: Schema.optionalKey(Variables),
  agent_id: Schema.optionalKey(Uuid)
})

/**
 * Body of {@link paths.pcmoTransfer}.
 *
 * @category requests
 * @since 0.1.0
 */
export const PcmoTransfer = Schema.Struct({ call_id: Uuid, pipeline: PcmoV3.Pipeline })

/**
 * Body of {@link paths.hangup}. The official clients always send `cause`; that it is optional is assumed, since their methods default it.
 *
 * @category requests
 * @since 0.1.0
 */
export const Hangup = Schema.Struct({
  call_id: Uuid,
  cause: Schema.optionalKey(text(Limits.hangupCauseLength)),
  reason: Schema.optionalKey(text(Limits.hangupReasonLength))
})

/**
 * Body of {@link paths.flowCall}.
 *
 * @category requests
 * @since 0.1.0
 */
export const FlowCall = Schema.Struct({
  flow_id: Uuid,
  org_id: Uuid,
  caller_id: Phone,
  to_number: Phone,
  app_id: Schema.String,
  options: Schema.optionalKey(CallOptions),
  variables: Schema.optionalKey(Variables)
})

/**
 * `message` of an accepted call. Documented: tests of the official SDKs.
 *
 * @category constants
 * @since 0.1.0
 */
export const callQueued = "call_queued"

/**
 * `message` of an accepted transfer or hangup. Documented: tests of the official SDKs.
 *
 * @category constants
 * @since 0.1.0
 */
export const queued = "queued"

/**
 * The reply to an accepted request. `message` is documented; that the ids may come with it is assumed, after the
 * "calls" API of the same host. Open: a reader ignores what it does not know.
 *
 * @category replies
 * @since 0.1.0
 */
export const Accepted = Schema.Struct({
  message: Schema.String,
  call_id: Schema.optionalKey(Schema.String),
  request_id: Schema.optionalKey(Schema.String)
})

/**
 * The reply to a refused request. `error` is documented (`403 {"error":"app_not_active"}`); `message` and `request_id`
 * are assumed.
 *
 * @category replies
 * @since 0.1.0
 */
export const Refused = Schema.Struct({
  error: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String),
  request_id: Schema.optionalKey(Schema.String)
})

/**
 * Codes seen in `error`, with their status and mark.
 *
 * @category constants
 * @since 0.1.0
 */
export const errorCodes = {
  /** Documented: tests of the official SDKs. */
  appNotActive: { status: 403, code: "app_not_active" },
  /** Documented: notes of telecmi/pipecat-piopiy, when no agent worker is registered. */
  agentNotRunning: { status: 403, code: "ai_agent_not_running" },
  /**
   * Documented for the `calls` API (telecmi/pipecat-piopiy), assumed here; the body carries the `request_id` of the
   * transfer that runs.
   */
  transferInProgress: { status: 409, code: "transfer_in_progress" },
  /** Documented for the `calls` API (telecmi/pipecat-piopiy, upper case), assumed here. */
  callNotFound: { status: 404, code: "CALL_NOT_FOUND" }
} as const
