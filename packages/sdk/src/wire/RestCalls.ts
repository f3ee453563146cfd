/**
 * The "calls" API, on the same host and with the same token as the current REST API: acting on a live call and watching
 * a transfer.
 *
 * Its source is telecmi/pipecat-piopiy 0.1.0: requests are observed by running its client, replies and codes are
 * documented in its sources and tests, unless a line says otherwise.
 */
import * as Schema from "effect/Schema"
import * as PcmoV3 from "./PcmoV3.ts"
import { NonEmpty, Phone, Uuid, Variables, whole } from "./Scalars.ts"
import { withRule } from "./withRule.ts"

/**
 * Paths below `RestV3.baseUrl`. `transfer` and `hangup` are `POST`, the others `GET`. `id` is written into the path as
 * it is.
 *
 * @category constants
 * @since 0.1.0
 */
export const paths = {
  call: (id: string) => `/calls/${id}`,
  transfer: (id: string) => `/calls/${id}/actions/transfer`,
  hangup: (id: string) => `/calls/${id}/actions/hangup`,
  transferStatus: (requestId: string) => `/transfers/${requestId}`
} as const

/**
 * Body of a warm transfer: the callee is asked while the caller waits. Exactly one of `to_number` and `sip_uri`, which
 * the encoder sees to.
 *
 * @category requests
 * @since 0.1.0
 */
export const WarmTransfer = Schema.Struct({
  to_number: Schema.optionalKey(Phone),
  sip_uri: Schema.optionalKey(NonEmpty),
  caller_id: Schema.optionalKey(Phone),
  /** Longest ringing. The client takes any whole number; the platform's bounds are not published. */
  timeout_sec: Schema.optionalKey(whole({ minimum: 0 }, "(seconds)")),
  /** Whether the callee must press 1. */
  confirm: Schema.optionalKey(Schema.Boolean),
  /** What the caller hears meanwhile: `true` for the platform's own, a file name or a URL. */
  hold_audio: Schema.optionalKey(
    Schema.Union([Schema.Literal(true), NonEmpty]).annotate({ expected: "true, a file name or a URL" })
  ),
  /** For a SIP callee it also travels as the header `X-Transfer-Summary`. */
  transfer_summary: Schema.optionalKey(Schema.String),
  /** Headers whose names begin with `X-` (documented; not checked by the client). */
  sip_headers: Schema.optionalKey(
    withRule(
      Schema.Record(Schema.String, Schema.String),
      (input) =>
        typeof input === "object" && input !== null && !Array.isArray(input)
          ? Object.keys(input).filter((name) => !/^X-./i.test(name)).map((name) => ({
            path: [name],
            message: "Expected a header whose name begins with X-: rename it"
          }))
          : []
    )
  ),
  variables: Schema.optionalKey(Variables)
})

/**
 * A `connect` that may lack its caller id: the client sends `params: {}` when it is given none, which
 * `/voice/pcmo/transfer` refuses.
 *
 * @category requests
 * @since 0.1.0
 */
export const BlindConnect = Schema.Struct({
  ...PcmoV3.Connect.fields,
  params: Schema.Struct({
    ...PcmoV3.Connect.fields.params.fields,
    caller_id: Schema.optionalKey(Phone)
  })
})

/**
 * Body of a blind transfer: the call goes on with another pipeline.
 *
 * @category requests
 * @since 0.1.0
 */
export const BlindTransfer = Schema.Struct({
  pipeline: Schema.NonEmptyArray(
    Schema.Union([
      BlindConnect,
      PcmoV3.Play,
      PcmoV3.PlayGetInput,
      PcmoV3.Input,
      PcmoV3.Param,
      PcmoV3.Record,
      PcmoV3.Hangup
    ]).annotate({ expected: "an object whose action is connect, hangup, input, param, play, play_get_input or record" })
  ).annotate({ expected: "an array with at least one action" })
})

/**
 * The cause that a hangup carries when its caller names none. Conflict: that of `/voice/call/hangup` is
 * `NORMAL_CLEARING`.
 *
 * @category constants
 * @since 0.1.0
 */
export const hangupCauseDefault = "normal"

/**
 * Body of a hangup. `cause` is free text; an empty `reason` is not sent.
 *
 * @category requests
 * @since 0.1.0
 */
export const Hangup = Schema.Struct({
  cause: NonEmpty,
  reason: Schema.optionalKey(NonEmpty)
})

/**
 * Reply to a transfer and to a hangup. `message` is `RestV3.queued`. Open.
 *
 * @category replies
 * @since 0.1.0
 */
export const Accepted = Schema.Struct({
  message: Schema.optionalKey(Schema.String),
  call_id: Schema.optionalKey(Schema.String),
  request_id: Schema.optionalKey(Schema.String)
})

/**
 * Reply to `call`. Its shape is not described: one test of the client shows these two members. A call that has ended is
 * answered with 404. Open.
 *
 * @category replies
 * @since 0.1.0
 */
export const Call = Schema.Struct({
  call_id: Schema.optionalKey(Schema.String),
  status: Schema.optionalKey(Schema.String)
})

/**
 * How far a transfer is. `queued` is the only status that changes.
 *
 * @category constants
 * @since 0.1.0
 */
export const transferStatuses = ["queued", "completed", "failed"] as const

/**
 * Why a transfer failed. With {@link callEndedSuffix} at its end, the call is over too.
 *
 * @category constants
 * @since 0.1.0
 */
export const transferReasons = [
  "busy",
  "no_answer",
  "rejected",
  "invalid_number",
  "unreachable",
  "call_barred",
  "network_error"
] as const

/**
 * The end of a reason that says that the call ended with the transfer.
 *
 * @category constants
 * @since 0.1.0
 */
export const callEndedSuffix = "_and_call_ended"

/**
 * Reply to `transferStatus`. A reason that is not among {@link transferReasons} may come. Open.
 *
 * @category replies
 * @since 0.1.0
 */
export const Transfer = Schema.Struct({
  request_id: Schema.String,
  call_id: Schema.optionalKey(Schema.String),
  status: Schema.Literals(transferStatuses),
  reason: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/**
 * How long the platform remembers a transfer that has settled, and how its own client asks: every 2 seconds for up to
 * 75 seconds.
 *
 * @category constants
 * @since 0.1.0
 */
export const transferWatch = { keptForSec: 15 * 60, pollEverySec: 2, pollForSec: 75 } as const

/**
 * What a transfer tells in the media room of an agent, as a data message of UTF-8 JSON. `completed` may be missing:
 * leaving the room is the real sign. Open.
 *
 * @category messages
 * @since 0.1.0
 */
export const RoomTransferStatus = Schema.Struct({
  type: Schema.Literal("transfer_status"),
  call_id: Uuid,
  request_id: Schema.String,
  status: Schema.Literals(["started", "failed", "completed"]),
  reason: Schema.optionalKey(Schema.NullOr(Schema.String))
})
