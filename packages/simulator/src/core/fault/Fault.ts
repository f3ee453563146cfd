/** What can be made to go wrong, and when. Plain data; durations and moments in whole milliseconds of the tenant. */
import * as Schema from "effect/Schema"

/** A fault lasts a day at most. */
const longestMs = 86_400_000

const Millis = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: longestMs }))
const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 }))

/** Whether the platform does what it is asked for before the fault shows, or leaves it. */
const effect = Schema.Literals(["before", "after"])

/**
 * What goes wrong with a request. `Status` answers with a status of its own, and `retry-after` in whole seconds; `Delay`
 * goes on as usual after a while, whether or not the client still waits; `NoAnswer` keeps the client waiting until it
 * leaves; `Reset` breaks the connection off. `Truncated` ends in the middle of the reply, `Garbage` replies with what is
 * no JSON, `SlowBody` takes its time between the first and the last byte of the reply: in all three the platform has
 * acted.
 *
 * @category schemas
 * @since 0.1.0
 */
export const RequestFault = Schema.Union([
  Schema.TaggedStruct("Status", {
    status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })),
    effect,
    retryAfterS: Schema.optionalKey(Schema.Natural),
    body: Schema.optionalKey(Schema.Json)
  }),
  Schema.TaggedStruct("Delay", { ms: Millis }),
  Schema.TaggedStruct("NoAnswer", { effect }),
  Schema.TaggedStruct("Reset", { effect }),
  Schema.TaggedStruct("Truncated", {}),
  Schema.TaggedStruct("Garbage", {}),
  Schema.TaggedStruct("SlowBody", { ms: Millis })
])
/** @since 0.1.0 */
export type RequestFault = typeof RequestFault.Type

/** By their paths: keys and places in lists, with dots between them. */
const Values = Schema.Record(Schema.String, Schema.Json).check(
  Schema.makeFilter(
    (set) =>
      Object.keys(set).filter((path) => path.split(".").includes("")).map((path) => ({
        path: [path],
        issue: "expected a path as \"call_id\" or \"variables.name\""
      })),
    { expected: "values by their paths" }
  )
)

/**
 * What goes wrong with a webhook. `Lost` is never sent, and nobody answers it; `Late` goes out after a while; `Twice` goes
 * out a second time, `afterMs` after the first, and what is replied to that is passed over; `OutOfOrder` goes out after
 * the next one to the same URL was answered, or after five seconds when there is none; `Changed` has other values in
 * its JSON, by their paths.
 *
 * @category schemas
 * @since 0.1.0
 */
export const WebhookFault = Schema.Union([
  Schema.TaggedStruct("Lost", {}),
  Schema.TaggedStruct("Late", { ms: Millis }),
  Schema.TaggedStruct("Twice", { afterMs: Millis }),
  Schema.TaggedStruct("OutOfOrder", {}),
  Schema.TaggedStruct("Changed", { set: Values })
])
/** @since 0.1.0 */
export type WebhookFault = typeof WebhookFault.Type

/**
 * What goes wrong with an audio stream. `HandshakeRefused` and `HandshakeLate` are its dial; `StreamLost` breaks the
 * connection `afterMs` after it was open, in the middle of a frame; from `fromMs` on nothing passes for a while when it
 * is `Stalled`; `Jittered` frames come up to `jitterMs` late; `Bursts` come so many at a time; `Bandwidth` is that of the
 * line, both ways; a `SlowReader` takes what the app sends at that pace.
 *
 * @category schemas
 * @since 0.1.0
 */
export const StreamFault = Schema.Union([
  Schema.TaggedStruct("HandshakeRefused", {
    status: Schema.Int.check(Schema.isBetween({ minimum: 400, maximum: 599 }))
  }),
  Schema.TaggedStruct("HandshakeLate", { ms: Millis }),
  Schema.TaggedStruct("StreamLost", { afterMs: Millis }),
  Schema.TaggedStruct("Stalled", { fromMs: Millis, ms: Millis }),
  Schema.TaggedStruct("Jittered", { jitterMs: Millis }),
  Schema.TaggedStruct("Bursts", { frames: Count }),
  Schema.TaggedStruct("Bandwidth", { bytesPerSecond: Count }),
  Schema.TaggedStruct("SlowReader", { bytesPerSecond: Count })
])
/** @since 0.1.0 */
export type StreamFault = typeof StreamFault.Type

/**
 * Any fault.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Fault = Schema.Union([...RequestFault.members, ...WebhookFault.members, ...StreamFault.members])
/** @since 0.1.0 */
export type Fault = typeof Fault.Type

/**
 * Where a fault shows.
 *
 * @category models
 * @since 0.1.0
 */
export type Place = "Request" | "Webhook" | "Stream"

const places: Readonly<Record<Fault["_tag"], Place>> = {
  Status: "Request",
  Delay: "Request",
  NoAnswer: "Request",
  Reset: "Request",
  Truncated: "Request",
  Garbage: "Request",
  SlowBody: "Request",
  Lost: "Webhook",
  Late: "Webhook",
  Twice: "Webhook",
  OutOfOrder: "Webhook",
  Changed: "Webhook",
  HandshakeRefused: "Stream",
  HandshakeLate: "Stream",
  StreamLost: "Stream",
  Stalled: "Stream",
  Jittered: "Stream",
  Bursts: "Stream",
  Bandwidth: "Stream",
  SlowReader: "Stream"
}

/**
 * Where this fault shows.
 *
 * @category getters
 * @since 0.1.0
 */
export const placeOf = ({ _tag }: Fault): Place => places[_tag]

/**
 * @category guards
 * @since 0.1.0
 */
export const isRequestFault = (fault: Fault): fault is RequestFault => placeOf(fault) === "Request"
/**
 * @category guards
 * @since 0.1.0
 */
export const isWebhookFault = (fault: Fault): fault is WebhookFault => placeOf(fault) === "Webhook"
/**
 * @category guards
 * @since 0.1.0
 */
export const isStreamFault = (fault: Fault): fault is StreamFault => placeOf(fault) === "Stream"

/**
 * Which requests, webhooks or streams a fault is for: all conditions that are there must hold.
 *
 * - `operation`: of a request, as `POST /v3/voice/ai/call`, or the path alone; `{id}` stands for an id.
 * - `number`, `callId`: of the call. The number may be the one that calls or the one that is called.
 * - `notice`: of a webhook, what it is about. `url`: how the URL of a webhook or a stream begins.
 * - `fromMs`, `untilMs`: from a moment on, and before another.
 * - `nth`: which of those that all of the above holds for, counted from 1. `first`: so many times, and then no more.
 * - `probability`: how likely, drawn from the tenant's seed.
 *
 * @category schemas
 * @since 0.1.0
 */
export const When = Schema.Struct({
  operation: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^((GET|POST) )?\/\S+$/, { expected: "\"POST /v3/voice/ai/call\", or its path alone" })
    )
  ),
  number: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[0-9]{1,16}$/, { expected: "a number in digits" }))
  ),
  callId: Schema.optionalKey(Schema.NonEmptyString),
  notice: Schema.optionalKey(Schema.Literals(["Answer", "Input", "Digits", "Event", "Record", "Envelope"])),
  url: Schema.optionalKey(Schema.NonEmptyString),
  fromMs: Schema.optionalKey(Schema.Natural),
  untilMs: Schema.optionalKey(Schema.Natural),
  nth: Schema.optionalKey(Schema.NonEmptyArray(Count)),
  first: Schema.optionalKey(Count),
  probability: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })))
})
/** @since 0.1.0 */
export type When = typeof When.Type

/** Conditions that only some places can meet; a fault elsewhere would never fire. */
const onlyAt: Readonly<Partial<Record<keyof When, ReadonlyArray<Place>>>> = {
  operation: ["Request"],
  notice: ["Webhook"],
  url: ["Webhook", "Stream"]
}

const ofPlace: Readonly<Record<Place, string>> = {
  Request: "requests",
  Webhook: "webhooks",
  Stream: "streams"
}

const neverFires = ({ fault, when = {} }: { readonly fault: Fault; readonly when?: When }) => {
  const place = placeOf(fault)
  const misplaced = Object.entries(onlyAt).flatMap(([key, allowed]) =>
    Object.hasOwn(when, key) && !allowed.includes(place)
      ? [{ path: ["when", key], issue: `never holds: ${fault._tag} is a fault of ${ofPlace[place]}` }]
      : []
  )
  const { fromMs = 0, untilMs } = when
  return untilMs !== undefined && untilMs <= fromMs
    ? [...misplaced, {
      path: ["when", "untilMs"],
      issue: `never holds: it is not after ${fromMs}, where the time begins`
    }]
    : misplaced
}

/**
 * A fault, and when it shows: always, unless `when` says otherwise. One that could never fire is refused.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Rule = Schema.Struct({
  name: Schema.optionalKey(Schema.NonEmptyString),
  fault: Fault,
  when: Schema.optionalKey(When)
}).check(Schema.makeFilter(neverFires, { expected: "a rule that can fire" })).annotate({ identifier: "FaultRule" })
/** @since 0.1.0 */
export type Rule = typeof Rule.Type
