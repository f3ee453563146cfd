/**
 * What happens to a call, in the past tense. `at` is whole milliseconds from the tenant's origin.
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { Program, Variables } from "../pcmo/Program.ts"
import { StreamProfile } from "../stream/StreamProfile.ts"

const at = Schema.Natural

/**
 * Who ended a call.
 *
 * @category models
 * @since 0.1.0
 */
export const EndedBy = Schema.Literals(["Caller", "Pipeline", "Api", "Timeout", "Network", "Platform"])
/** @since 0.1.0 */
export type EndedBy = typeof EndedBy.Type

/**
 * How a call came about: placed through the current API (`Agent`, `Pipeline`, `Flow`) or the older one (`Legacy`), or
 * from a phone that dialed a number of the platform (`Inbound`). The last two speak the older vocabulary.
 *
 * @category models
 * @since 0.1.0
 */
export const CallKind = Schema.Literals(["Agent", "Pipeline", "Flow", "Legacy", "Inbound"])
/** @since 0.1.0 */
export type CallKind = typeof CallKind.Type

/**
 * What the profile of the streams says about the calls that they belong to.
 *
 * @category models
 * @since 0.1.0
 */
export const StreamRules = StreamProfile.mapFields(Struct.pick(["lossGraceMs", "bridgeKeepsStream"]))
/** @since 0.1.0 */
export type StreamRules = typeof StreamRules.Type

/**
 * A call was asked for and admitted. `callerId` is the number that is shown, `to` the one that is called; of an inbound
 * call, the phone that calls and the platform's number. `extraParams` is text that comes back in callbacks.
 * `rateMicros` is what a started minute of an answered leg costs, in millionths of the account's currency. Without
 * `streamRules` those of the conservative profile hold.
 *
 * @category models
 * @since 0.1.0
 */
export const Originated = Schema.TaggedStruct("Originated", {
  at,
  callId: Schema.String,
  requestId: Schema.String,
  kind: CallKind,
  callerId: Schema.String,
  to: Schema.String,
  appId: Schema.optionalKey(Schema.String),
  agentId: Schema.optionalKey(Schema.String),
  program: Program,
  ringTimeoutMs: Schema.optionalKey(Schema.Natural),
  maxDurationMs: Schema.optionalKey(Schema.Natural),
  record: Schema.Boolean,
  variables: Variables,
  extraParams: Schema.optionalKey(Schema.String),
  rateMicros: Schema.optionalKey(Schema.Natural),
  streamRules: Schema.optionalKey(StreamRules)
})
/** @since 0.1.0 */
export type Originated = typeof Originated.Type

/**
 * What a callback was answered with, as read at the edge. `ignored` tells what of it was passed over.
 *
 * @category models
 * @since 0.1.0
 */
export const Reply = Schema.Union([
  Schema.TaggedStruct("NewProgram", { program: Program, ignored: Schema.optionalKey(Schema.Array(Schema.String)) }),
  Schema.TaggedStruct("Empty", {}),
  Schema.TaggedStruct("Invalid", { problems: Schema.Array(Schema.String) })
])
/** @since 0.1.0 */
export type Reply = typeof Reply.Type

/**
 * Why a callback has no reply: no connection or one that broke off (`NoReply`), a URL that may not be sent to
 * (`Forbidden`), too late (`TimedOut`), no 2xx (`Status`), too long (`TooLarge`), too many waiting (`QueueFull`), or the
 * simulator stopped meanwhile (`Stopped`).
 *
 * @category models
 * @since 0.1.0
 */
export const DeliveryFailure = Schema.Literals([
  "NoReply",
  "Forbidden",
  "TimedOut",
  "Status",
  "TooLarge",
  "QueueFull",
  "Stopped"
])
/** @since 0.1.0 */
export type DeliveryFailure = typeof DeliveryFailure.Type

/**
 * Why a stream was never open: refused by the app, no connection to it, a URL that may not be dialed, no handshake in
 * time, or too many sockets.
 *
 * @category models
 * @since 0.1.0
 */
export const StreamFailure = Schema.Literals(["Refused", "NoConnection", "Forbidden", "TimedOut", "TooMany"])
/** @since 0.1.0 */
export type StreamFailure = typeof StreamFailure.Type

/**
 * Who ended a stream.
 *
 * @category models
 * @since 0.1.0
 */
export const StreamEndedBy = Schema.Literals(["App", "Platform", "Network"])
/** @since 0.1.0 */
export type StreamEndedBy = typeof StreamEndedBy.Type

/**
 * Everything that a call can meet.
 *
 * @category models
 * @since 0.1.0
 */
export const CallEvent = Schema.Union([
  Originated,
  Schema.TaggedStruct("LegRinging", { at, legId: Schema.String }),
  Schema.TaggedStruct("LegAnswered", { at, legId: Schema.String, by: Schema.Literals(["Person", "Machine", "Agent"]) }),
  Schema.TaggedStruct("LegRejected", { at, legId: Schema.String, cause: Schema.String }),
  Schema.TaggedStruct("LegHungUp", { at, legId: Schema.String, cause: Schema.String }),
  Schema.TaggedStruct("DigitPressed", { at, legId: Schema.String, digit: Schema.String }),
  Schema.TaggedStruct("SpeechHeard", { at, legId: Schema.String, text: Schema.String }),
  Schema.TaggedStruct("PlaybackFinished", { at, playbackId: Schema.String }),
  Schema.TaggedStruct("TimerFired", { at, timer: Schema.String, generation: Schema.Natural }),
  Schema.TaggedStruct("WebhookReplied", { at, deliveryId: Schema.String, reply: Reply }),
  Schema.TaggedStruct("WebhookFailed", { at, deliveryId: Schema.String, why: DeliveryFailure }),
  Schema.TaggedStruct("StoredFound", { at, lookupId: Schema.String, program: Program }),
  Schema.TaggedStruct("StoredMissing", { at, lookupId: Schema.String }),
  Schema.TaggedStruct("StreamOpened", { at, streamId: Schema.String }),
  Schema.TaggedStruct("StreamFailed", {
    at,
    streamId: Schema.String,
    why: StreamFailure,
    status: Schema.optionalKey(Schema.Natural)
  }),
  Schema.TaggedStruct("StreamProgram", { at, streamId: Schema.String, program: Program }),
  Schema.TaggedStruct("StreamStopped", { at, streamId: Schema.String }),
  Schema.TaggedStruct("StreamClosed", {
    at,
    streamId: Schema.String,
    by: StreamEndedBy,
    code: Schema.Natural,
    reason: Schema.String
  }),
  Schema.TaggedStruct("TransferRequested", { at, requestId: Schema.String, program: Program }),
  Schema.TaggedStruct("HoldRequested", {
    at,
    requestId: Schema.String,
    hold: Schema.Literals(["On", "Off", "Toggle"])
  }),
  Schema.TaggedStruct("HangupRequested", {
    at,
    requestId: Schema.String,
    cause: Schema.String,
    reason: Schema.optionalKey(Schema.String),
    by: Schema.Literals(["Api", "Platform"])
  })
])
/** @since 0.1.0 */
export type CallEvent = typeof CallEvent.Type

/** One kind of event. */
export type EventOf<Tag extends CallEvent["_tag"]> = Extract<CallEvent, { readonly _tag: Tag }>
