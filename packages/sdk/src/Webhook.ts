/**
 * What the platform posts to your URLs, and what you reply.
 *
 * The callbacks of the older API are documented: answer URL, digits, live events, records. Nothing public describes those
 * of the v3 API: {@link InputResult} is assumed, modelled on the older ones. None carries a signature; put a secret into
 * the URL. Keys that are not known are ignored everywhere.
 */
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as CallId from "./CallId.ts"
import { field, struct } from "./internal/fields.ts"
import * as judge from "./internal/judge.ts"
import * as readCallback from "./internal/readCallback.ts"
import type { Issues } from "./Issue.ts"
import * as LegacyPipeline from "./LegacyPipeline.ts"
import { type Operation, PiopiyError, Reason } from "./PiopiyError.ts"
import * as Pipeline from "./Pipeline.ts"
import type * as Variables from "./Variables.ts"
import type * as PcmoLegacy from "./wire/PcmoLegacy.ts"
import type * as PcmoV3 from "./wire/PcmoV3.ts"
import * as Wire from "./wire/Webhook.ts"

/**
 * What a caller entered, as posted to the URL of `OnResult.url` (assumed).
 *
 * @category models
 * @since 0.1.0
 */
export interface InputResult {
  readonly callId: CallId.CallId
  readonly from: string
  readonly to: string
  readonly inputType: "dtmf" | "speech"
  /** None when no digit was pressed. */
  readonly digits: Option.Option<string>
  /** None when nothing was said. */
  readonly speech: Option.Option<string>
  readonly status: "success" | "no_input" | "invalid"
  readonly variables: Variables.Variables
}

const received = <A>(operation: Operation, decode: (body: unknown) => Result.Result<A, Issues>) => (body: unknown) =>
  Result.mapError(
    decode(body),
    (issues) => new PiopiyError({ operation, reason: Reason.InvalidCallback({ issues }), attempts: 0 })
  )

const replied = <A, B>(operation: Operation, encode: (pipeline: A) => Result.Result<B, Issues>) => (pipeline: A) =>
  Result.mapError(
    encode(pipeline),
    (issues) => new PiopiyError({ operation, reason: Reason.InvalidRequest({ issues }), attempts: 0 })
  )

const readInputResult = judge.read(
  struct([
    field("callId", "call_id"),
    field("from", "from"),
    field("to", "to"),
    field("inputType", "input_type"),
    field("digits", "digits"),
    field("speech", "speech"),
    field("status", "status"),
    field("variables", "variables")
  ]),
  Wire.InputResult
)

const entered = (value: string | number | null | undefined): Option.Option<string> =>
  value === undefined || value === null || value === "" ? Option.none() : Option.some(String(value))

/**
 * Reads the JSON body of an input callback. Keys that are not known are ignored. Fails with reason `InvalidCallback`,
 * which holds every problem.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeInputResult: (body: unknown) => Result.Result<InputResult, PiopiyError> = received(
  "Webhook.decodeInputResult",
  (body) =>
    Result.map(readInputResult(body), (wire) => ({
      callId: CallId.make(wire.call_id),
      from: String(wire.from),
      to: String(wire.to),
      inputType: wire.input_type,
      digits: entered(wire.digits),
      speech: entered(wire.speech),
      status: wire.status,
      variables: wire.variables ?? {}
    }))
)

/**
 * The JSON that replies to a callback with the pipeline that replaces the rest: a bare array (assumed). Fails with
 * reason `InvalidRequest`, which holds every problem of the pipeline.
 *
 * @category encoding
 * @since 0.1.0
 */
export const replyJson: (pipeline: Pipeline.Pipeline) => Result.Result<PcmoV3.Pipeline, PiopiyError> = replied(
  "Webhook.reply",
  Pipeline.encode
)

/**
 * The same as text, to be sent as `application/json`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const reply = (pipeline: Pipeline.Pipeline): Result.Result<string, PiopiyError> =>
  Result.map(replyJson(pipeline), (json) => JSON.stringify(json))

/**
 * Whether the call came in or was placed.
 *
 * @category models
 * @since 0.1.0
 */
export type Direction = "inbound" | "outbound"

/**
 * What every callback of the older API tells. Numbers are texts as they came: of seven digits or more, without `+`, for
 * the most part, though a caller may be anonymous or have a leading zero.
 *
 * @category models
 * @since 0.1.0
 */
export interface Callback {
  /** Of one leg. Sent as `cmiuuid`, `cmuuid` or `cmiuid`. */
  readonly callId: CallId.CallId
  /** What a `param` action or a dial request attached; an empty text when nothing came. JSON for the most part. */
  readonly extraParams: string
}

/**
 * Asks what to do with a call that has come in, or that was placed with an answer URL and is answered. Reply with
 * {@link replyLegacy}; that the platform waits 5 seconds and hangs up otherwise is assumed.
 *
 * @category models
 * @since 0.1.0
 */
export interface AnswerRequest extends Callback {
  readonly from: string
  readonly to: string
  readonly direction: Option.Option<Direction>
  readonly at: Option.Option<DateTime.Utc>
  readonly appId: Option.Option<string>
}

/**
 * Brings the digits of an `input` or a `playGetInput`. Reply with {@link replyLegacy}.
 *
 * @category models
 * @since 0.1.0
 */
export interface DigitsResult extends Callback {
  readonly from: string
  readonly to: string
  /** Empty when no key was pressed (assumed). */
  readonly digits: string
}

/**
 * What live events and records tell of a leg.
 *
 * @category models
 * @since 0.1.0
 */
export interface Leg extends Callback {
  /** As it came, in whichever spelling and case. */
  readonly status: string
  readonly direction: Option.Option<Direction>
  /** The first leg of a call is `a`. */
  readonly leg: Option.Option<"a" | "b">
  readonly at: Option.Option<DateTime.Utc>
  readonly appId: Option.Option<string>
  /** The same for all legs of a call. */
  readonly conversationId: Option.Option<string>
  /** Of the request that placed the call. */
  readonly requestId: Option.Option<CallId.RequestId>
  readonly callerId: Option.Option<string>
  readonly virtualNumber: Option.Option<string>
  /** Of the contact centre. */
  readonly user: Option.Option<string>
}

/**
 * What every live event tells besides.
 *
 * @category models
 * @since 0.1.0
 */
export interface LegEvent extends Leg {
  readonly from: string
  /** None in events of the stream. */
  readonly to: Option.Option<string>
}

/**
 * The audio stream of a leg is down.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamDisconnected extends LegEvent {
  readonly _tag: "StreamDisconnected"
  /** How the WebSocket closed, when the platform says so. */
  readonly close: Option.Option<{ readonly code: number; readonly reason: string }>
}

/**
 * The other things that happen to a leg. `Other` is a name that is not documented: see `status`.
 *
 * @category models
 * @since 0.1.0
 */
export interface LegChanged extends LegEvent {
  readonly _tag: "Started" | "Answered" | "Bridged" | "HungUp" | "StreamConnected" | "Other"
}

/**
 * A live event: what happened to a leg, whatever the page of the documentation calls it. The name as it came is `status`.
 *
 * @category models
 * @since 0.1.0
 */
export type LiveEvent = LegChanged | StreamDisconnected

/**
 * The record of a leg, written when it has ended. It may come more than once: the platform delivers it again after 5, 10
 * and 15 minutes until it is taken.
 *
 * @category models
 * @since 0.1.0
 */
export interface Cdr extends Leg {
  /** `Busy` and `Failed` are assumed; `Other` for a status that is not known. */
  readonly disposition: "Answered" | "Missed" | "Busy" | "Failed" | "Other"
  /** None in records of the contact centre. */
  readonly from: Option.Option<string>
  readonly to: string
  /** Talk time, zero when missed; an answered call may have none. */
  readonly duration: Duration.Duration
  readonly startedAt: Option.Option<DateTime.Utc>
  readonly answeredAt: Option.Option<DateTime.Utc>
  readonly endedAt: Option.Option<DateTime.Utc>
  /** Decimal text. */
  readonly callRate: Option.Option<string>
  /** Decimal text. */
  readonly balance: Option.Option<string>
  /** Of the contact centre: `sent_bye`, `recv_bye`, `recv_cancel` or `sent_reject`. */
  readonly hangupReason: Option.Option<string>
  /** Of the contact centre: the name of the file. */
  readonly recording: Option.Option<string>
}

/**
 * Reads the JSON body that the answer URL gets. Fails with reason `InvalidCallback`, which holds every problem.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeAnswer: (body: unknown) => Result.Result<AnswerRequest, PiopiyError> = received(
  "Webhook.decodeAnswer",
  readCallback.answer
)

/**
 * Reads the JSON body that the URL of an `input` or a `playGetInput` gets. Fails with reason `InvalidCallback`, which holds every problem.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeDigits: (body: unknown) => Result.Result<DigitsResult, PiopiyError> = received(
  "Webhook.decodeDigits",
  readCallback.digits
)

/**
 * Reads the JSON body of a live event. Names are compared without case. Fails with reason `InvalidCallback`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeLiveEvent: (body: unknown) => Result.Result<LiveEvent, PiopiyError> = received(
  "Webhook.decodeLiveEvent",
  readCallback.liveEvent
)

/**
 * Reads the JSON body of a record, that of the contact centre too. Fails with reason `InvalidCallback`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeCdr: (body: unknown) => Result.Result<Cdr, PiopiyError> = received(
  "Webhook.decodeCdr",
  readCallback.cdr
)

/**
 * The JSON that replies to the answer URL and to digits: a bare array of actions. Fails with reason
 * `InvalidRequest`, which holds every problem of the pipeline.
 *
 * @category encoding
 * @since 0.1.0
 */
export const replyLegacyJson: (
  pipeline: LegacyPipeline.LegacyPipeline
) => Result.Result<PcmoLegacy.Pipeline, PiopiyError> = replied("Webhook.replyLegacy", LegacyPipeline.encode)

/**
 * The same as text, to be sent as `application/json`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const replyLegacy = (pipeline: LegacyPipeline.LegacyPipeline): Result.Result<string, PiopiyError> =>
  Result.map(replyLegacyJson(pipeline), (json) => JSON.stringify(json))
