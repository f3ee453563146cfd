/**
 * Why the control API does not do something. Each error is a class with its own tag; on the wire it is `error`, the tag in
 * small letters, with `message` and whatever else it tells.
 */
import * as Effect from "effect/Effect"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"

const tag = <const Code extends string, const Tag extends string>(code: Code, tag: Tag) =>
  Schema.Literal(code).transform(tag).pipe(Schema.withConstructorDefault(Effect.succeed(tag)))

const message = Schema.String

/**
 * One thing wrong in what was sent, by its path: `people["919840000001"].outcome`, `query.seed`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Problem = Schema.Struct({ path: Schema.String, message: Schema.String })

/**
 * What was sent does not fit: every problem by its path.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidRequest extends Schema.Error<InvalidRequest>("InvalidRequest")({
  _tag: tag("invalid_request", "InvalidRequest"),
  message,
  problems: Schema.Array(Problem).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed([])),
    Schema.withConstructorDefault(Effect.succeed([]))
  )
}) {}

/**
 * A token is missing, or nobody has it.
 *
 * @category errors
 * @since 0.1.0
 */
export class Unauthorized extends Schema.Error<Unauthorized>("Unauthorized")({
  _tag: tag("unauthorized", "Unauthorized"),
  message
}) {}

/**
 * The token is another tenant's, or a web page asks.
 *
 * @category errors
 * @since 0.1.0
 */
export class Forbidden extends Schema.Error<Forbidden>("Forbidden")({ _tag: tag("forbidden", "Forbidden"), message }) {}

/**
 * No tenant has this name.
 *
 * @category errors
 * @since 0.1.0
 */
export class NoSuchTenant extends Schema.Error<NoSuchTenant>("NoSuchTenant")({
  _tag: tag("no_such_tenant", "NoSuchTenant"),
  message
}) {}

/**
 * Another tenant has what no two may have.
 *
 * @category errors
 * @since 0.1.0
 */
export class Taken extends Schema.Error<Taken>("Taken")({
  _tag: tag("taken", "Taken"),
  message,
  what: Schema.Literals(["name", "token", "appId", "users"])
}) {}

/**
 * The tenant is of the configuration: it starts anew, but does not go.
 *
 * @category errors
 * @since 0.1.0
 */
export class Configured extends Schema.Error<Configured>("Configured")({
  _tag: tag("configured", "Configured"),
  message
}) {}

/**
 * A bound is reached.
 *
 * @category errors
 * @since 0.1.0
 */
export class TooMany extends Schema.Error<TooMany>("TooMany")({
  _tag: tag("too_many", "TooMany"),
  message,
  what: Schema.Literals(["tenants", "faults", "scripts", "scenarios"])
}) {}

/**
 * No such call is in progress, or none was ever there, as the operation says.
 *
 * @category errors
 * @since 0.1.0
 */
export class CallNotFound extends Schema.Error<CallNotFound>("CallNotFound")({
  _tag: tag("call_not_found", "CallNotFound"),
  message
}) {}

/**
 * The call has no such leg, or it has ended.
 *
 * @category errors
 * @since 0.1.0
 */
export class LegNotFound extends Schema.Error<LegNotFound>("LegNotFound")({
  _tag: tag("leg_not_found", "LegNotFound"),
  message
}) {}

/**
 * Nobody can do that now: the leg is not on the line, does not ring, or nobody listens.
 *
 * @category errors
 * @since 0.1.0
 */
export class CannotAct extends Schema.Error<CannotAct>("CannotAct")({
  _tag: tag("cannot_act", "CannotAct"),
  message,
  why: Schema.Literals(["LegNotAnswered", "LegNotRinging", "NobodyListens"])
}) {}

/**
 * The call lasts, and has no record yet.
 *
 * @category errors
 * @since 0.1.0
 */
export class CallInProgress extends Schema.Error<CallInProgress>("CallInProgress")({
  _tag: tag("call_in_progress", "CallInProgress"),
  message
}) {}

/**
 * The entries of this call are gone; its record is not.
 *
 * @category errors
 * @since 0.1.0
 */
export class Evicted extends Schema.Error<Evicted>("Evicted")({ _tag: tag("evicted", "Evicted"), message }) {}

/**
 * The call has no such stream; these it has.
 *
 * @category errors
 * @since 0.1.0
 */
export class NoSuchStream extends Schema.Error<NoSuchStream>("NoSuchStream")({
  _tag: tag("no_such_stream", "NoSuchStream"),
  message,
  streams: Schema.Array(Schema.String)
}) {}

/**
 * No stream of the call was open, audio is not kept, or newer calls needed the room.
 *
 * @category errors
 * @since 0.1.0
 */
export class NoRecording extends Schema.Error<NoRecording>("NoRecording")({
  _tag: tag("no_recording", "NoRecording"),
  message
}) {}

/**
 * The tenant's time passes by itself.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotManual
  extends Schema.Error<NotManual>("NotManual")({ _tag: tag("not_manual", "NotManual"), message })
{}

/**
 * Time is not moved there: backwards, or further than 365 days.
 *
 * @category errors
 * @since 0.1.0
 */
export class BadTime extends Schema.Error<BadTime>("BadTime")({
  _tag: tag("bad_time", "BadTime"),
  message,
  nowMs: Schema.Natural
}) {}

/**
 * What is in flight did not come to an end: why, by one label each. Time stands at `nowMs`, and may be moved again.
 *
 * @category errors
 * @since 0.1.0
 */
export class Stuck extends Schema.Error<Stuck>("Stuck")({
  _tag: tag("stuck", "Stuck"),
  message,
  nowMs: Schema.Natural,
  holds: Schema.Array(Schema.String)
}) {}

/**
 * No fault rule has this id.
 *
 * @category errors
 * @since 0.1.0
 */
export class NoSuchFault extends Schema.Error<NoSuchFault>("NoSuchFault")({
  _tag: tag("no_such_fault", "NoSuchFault"),
  message
}) {}

/**
 * The number is not scripted.
 *
 * @category errors
 * @since 0.1.0
 */
export class NoSuchScript extends Schema.Error<NoSuchScript>("NoSuchScript")({
  _tag: tag("no_such_script", "NoSuchScript"),
  message
}) {}

/**
 * The scenario did not come to its end in time.
 *
 * @category errors
 * @since 0.1.0
 */
export class TimedOut extends Schema.Error<TimedOut>("TimedOut")({ _tag: tag("timed_out", "TimedOut"), message }) {}

/**
 * The body is longer than a request may be.
 *
 * @category errors
 * @since 0.1.0
 */
export class TooLarge extends Schema.Error<TooLarge>("TooLarge")({ _tag: tag("too_large", "TooLarge"), message }) {}

/**
 * The body does not say that it is JSON.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnsupportedMediaType extends Schema.Error<UnsupportedMediaType>("UnsupportedMediaType")({
  _tag: tag("unsupported_media_type", "UnsupportedMediaType"),
  message
}) {}

/**
 * The account does not allow the call: no balance, too many calls, a platform that stops. `error` is the code of the API.
 *
 * @category errors
 * @since 0.1.0
 */
export class CallRefused extends Schema.Error<CallRefused>("CallRefused")({
  _tag: Schema.tag("CallRefused").pipe(Schema.withDecodingDefaultKey(Effect.succeed("CallRefused" as const))),
  error: Schema.String,
  message
}) {}

const errorKey = { _tag: "error" } as const

/**
 * The errors as they go over the wire, each with its status.
 *
 * @category schemas
 * @since 0.1.0
 */
export const wire = {
  invalidRequest: InvalidRequest.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(400)),
  unauthorized: Unauthorized.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(401)),
  forbidden: Forbidden.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(403)),
  noSuchTenant: NoSuchTenant.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(404)),
  callNotFound: CallNotFound.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(404)),
  legNotFound: LegNotFound.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(404)),
  noRecording: NoRecording.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(404)),
  noSuchStream: NoSuchStream.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(404)),
  noSuchFault: NoSuchFault.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(404)),
  noSuchScript: NoSuchScript.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(404)),
  taken: Taken.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(409)),
  configured: Configured.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(409)),
  cannotAct: CannotAct.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(409)),
  callInProgress: CallInProgress.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(409)),
  notManual: NotManual.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(409)),
  evicted: Evicted.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(410)),
  tooLarge: TooLarge.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(413)),
  unsupportedMediaType: UnsupportedMediaType.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(415)),
  badTime: BadTime.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(422)),
  tooMany: TooMany.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(429)),
  stuck: Stuck.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(503)),
  timedOut: TimedOut.pipe(Schema.encodeKeys(errorKey), HttpApiSchema.status(503))
} as const
