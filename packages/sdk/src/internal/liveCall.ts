/** The "calls" API: its requests from values of this package, and its replies back. */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as CallId from "../CallId.ts"
import type { Issues } from "../Issue.ts"
import * as PcmoV3 from "../wire/PcmoV3.ts"
import * as RestCalls from "../wire/RestCalls.ts"
import { NonEmpty, Phone, Uuid } from "../wire/Scalars.ts"
import { isPipeline, pipeline } from "./encodePipeline.ts"
import { constant, field, inline, required, type Row, seconds, struct } from "./fields.ts"
import * as judge from "./judge.ts"
import { attempt, getIn } from "./plainData.ts"

/** What is asked of a call: its id is part of the path, the rest is the body. */
export interface Request {
  readonly callId: string
  readonly body: unknown
}

const callId = field("callId", "call_id")

const split = <Wire extends { readonly call_id: string }>(wire: Result.Result<Wire, Issues>) =>
  Result.map(wire, ({ call_id, ...body }): Request => ({ callId: call_id, body }))

const warmRows = (tag: string, to: ReadonlyArray<Row>) =>
  struct([
    callId,
    inline("transfer", [
      inline("to", to, tag),
      field("callerId", "caller_id"),
      field("ringTimeout", "timeout_sec", seconds),
      field("confirm", "confirm"),
      field("holdAudio", "hold_audio"),
      field("summary", "transfer_summary"),
      field("variables", "variables")
    ])
  ])

const { sip_headers, sip_uri: _sip, to_number: _phone, ...warmFields } = RestCalls.WarmTransfer.fields

const warmToPhone = judge.encode(
  warmRows("Phone", [field("number", "to_number")]),
  Schema.Struct({ call_id: Uuid, to_number: Phone, ...warmFields })
)

const warmToSip = judge.encode(
  warmRows("Sip", [field("uri", "sip_uri"), field("headers", "sip_headers")]),
  Schema.Struct({ call_id: Uuid, sip_uri: NonEmpty, ...warmFields, sip_headers })
)

const isSip = (request: unknown): boolean => attempt(() => getIn(request, ["transfer", "to", "_tag"]) === "Sip", false)

/** A live call that goes on with a person, who is asked while the caller waits. */
export const warmTransfer = (request: unknown): Result.Result<Request, Issues> =>
  isSip(request) ? split(warmToSip(request)) : split(warmToPhone(request))

const withPipeline = judge.encode(
  struct([callId, field("transfer", "pipeline", pipeline)]),
  Schema.Struct({ call_id: Uuid, pipeline: PcmoV3.Pipeline })
)

const connect = "pipeline.0"

const toNumber = judge.encode(
  struct([
    callId,
    constant(`${connect}.action`, "connect"),
    constant(`${connect}.params`, {}),
    constant(`${connect}.endpoints.0.type`, "pstn"),
    inline("transfer", [
      field("callerId", `${connect}.params.caller_id`),
      required("to", `${connect}.endpoints.0.number`)
    ])
  ]),
  Schema.Struct({ call_id: Uuid, ...RestCalls.BlindTransfer.fields })
)

/** A live call that goes on with a pipeline, or with a phone. */
export const blindTransfer = (request: unknown): Result.Result<Request, Issues> =>
  attempt(() => isPipeline(getIn(request, ["transfer"])), false)
    ? split(withPipeline(request))
    : split(toNumber(request))

const ending = judge.encode(
  struct([
    constant("cause", RestCalls.hangupCauseDefault),
    callId,
    inline("options", [field("cause", "cause"), field("reason", "reason")])
  ]),
  Schema.Struct({ call_id: Uuid, ...RestCalls.Hangup.fields })
)

/** The end of a live call. Without a cause, the normal one is sent. */
export const end = (request: unknown): Result.Result<Request, Issues> => split(ending(request))

/** The id of a call that is asked about. */
export const status = judge.encode(struct([callId]), Schema.Struct({ call_id: Uuid }))

/** Text that can stand in a path on its own. The form of these ids is not described. */
const PathSegment = Schema.String.check(
  Schema.isPattern(/^(?!\.{1,2}$)[\x21-\x7e]{1,256}$/, { expected: "a request id: 1 to 256 characters without spaces" })
)

/** The id of a transfer that is asked about. */
export const transferStatus = judge.encode(
  struct([field("requestId", "request_id")]),
  Schema.Struct({ request_id: PathSegment })
)

const readCall = judge.readWire(RestCalls.Call)

/** The state of a call, as far as its shape is known. */
export const decodeCall = (body: unknown) =>
  Result.map(readCall(body), (wire) => ({
    callId: Schema.decodeUnknownOption(CallId.CallId)(wire.call_id),
    status: Option.fromNullishOr(wire.status),
    raw: body
  }))

const readTransfer = judge.readWire(RestCalls.Transfer)

const ended = RestCalls.callEndedSuffix

/** How far the transfer that was asked about is. */
export const decodeTransfer = (requestId: CallId.RequestId) => (body: unknown) =>
  Result.map(readTransfer(body), (wire) => {
    const reason = wire.reason ?? ""
    const callEnded = reason.endsWith(ended)
    return {
      requestId,
      callId: Schema.decodeUnknownOption(CallId.CallId)(wire.call_id),
      status: wire.status,
      reason: Option.liftPredicate((text: string) => text !== "")(callEnded ? reason.slice(0, -ended.length) : reason),
      callEnded
    }
  })
