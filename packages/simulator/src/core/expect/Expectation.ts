/** What a run is expected to come to. Plain data; times in whole milliseconds from the tenant's origin. */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { EndedBy } from "../call/CallEvent.ts"
import { assumptions, reportAssumptions } from "../journal/Assumption.ts"

const optional = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(schema.annotate({ description }))

const Times = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))

/** Who was called: a phone, a SIP user or an AI agent. */
const Number = Schema.NonEmptyString.annotate({
  description: "A number, with + or without; the address of a SIP user; the id of an agent."
})

const times = optional("How many times exactly (default once or more often).", Times)

/**
 * Which calls, and when. Left out, any of them at any time.
 *
 * @category schemas
 * @since 0.1.0
 */
export const scope = {
  call: optional(
    "A call: its id, that of the request that placed it, the number that it called or was called from, or its place among "
      + "the calls of the run, from 1.",
    Schema.Union([Schema.NonEmptyString, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))])
  ),
  withinMs: optional("No later than so long after the origin.", Schema.Natural),
  betweenMs: optional(
    "From the first of these moments on, and no later than the second.",
    Schema.Tuple([Schema.Natural, Schema.Natural])
  )
}

/**
 * A phone, a SIP user or an agent rang: each leg that rang, or was answered without ringing, counts.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Rang = Schema.TaggedStruct("Rang", { number: Number, times, ...scope })

/**
 * Somebody, or a machine, answered.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Answered = Schema.TaggedStruct("Answered", { number: Number, ...scope })

/**
 * The caller was bridged to somebody. A direct call has one leg, and bridges nobody.
 *
 * @category schemas
 * @since 0.1.0
 */
export const BridgedTo = Schema.TaggedStruct("BridgedTo", { number: Number, ...scope })

/**
 * A prompt began that the caller hears: a text with these words in it, or the file of exactly this name.
 *
 * @category schemas
 * @since 0.1.0
 */
export const HeardPrompt = Schema.TaggedStruct("HeardPrompt", {
  text: Schema.NonEmptyString.annotate({ description: "Words of a spoken text, or the name of a file." }),
  ...scope
})

/**
 * Somebody pressed these keys, whether or not anybody waited for them: all keys pressed at one question, or at several
 * that follow each other.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Pressed = Schema.TaggedStruct("Pressed", {
  digits: Schema.String.check(Schema.isPattern(/^[0-9*#A-D]+$/, { message: "Expected keys of a phone" })),
  ...scope
})

/**
 * A call ended so.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Ended = Schema.TaggedStruct("Ended", {
  cause: optional("Its hangup cause, as NORMAL_CLEARING.", Schema.NonEmptyString),
  by: optional("Who ended it.", EndedBy),
  disposition: optional(
    "What came of it.",
    Schema.Literals(["Answered", "Missed", "Busy", "Failed", "Canceled"])
  ),
  ...scope
})

/**
 * A webhook went out and was answered with a 2xx. `body` names what must be in its JSON: keys that it does not name may be
 * anything, lists are compared place by place. Its moment is the sending.
 *
 * @category schemas
 * @since 0.1.0
 */
export const WebhookDelivered = Schema.TaggedStruct("WebhookDelivered", {
  notice: optional(
    "What it is about.",
    Schema.Literals(["Answer", "Input", "Digits", "Event", "Record", "Envelope"])
  ),
  url: optional("How its URL begins, or its path, when this begins with a slash.", Schema.NonEmptyString),
  body: optional("What is in its JSON, among other things.", Schema.Json),
  times,
  ...scope
})

const refusal = {
  operation: optional("As POST /v3/voice/ai/call, or the path alone.", Schema.NonEmptyString),
  error: optional("The error code of the reply, or its status.", Schema.NonEmptyString)
}

/**
 * A request of the API was refused. The journal does not tell for which call, so there is none to be named.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Refused = Schema.TaggedStruct("Refused", { ...refusal, ...scope })

/**
 * No request of the API was refused so.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NotRefused = Schema.TaggedStruct("NotRefused", { ...refusal, ...scope })

/**
 * On each call with an audio stream, so much of what the app sent reached the caller's ear and was loud enough to be
 * noticed; pauses within a sentence, up to 200 ms, count.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CallerHeard = Schema.TaggedStruct("CallerHeard", {
  atLeastMs: Schema.Natural,
  fromMs: optional("What was heard before this moment does not count.", Schema.Natural),
  ...scope
})

/**
 * Each time the caller began to speak while the app was heard, the app was silent so soon after it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SilentWithin = Schema.TaggedStruct("SilentWithin", { ms: Schema.Natural, ...scope })

/**
 * The app answered so soon after the caller's last voiced sample, at most: each time, or so many times of a hundred. What
 * the app never answered is no turn.
 *
 * @category schemas
 * @since 0.1.0
 */
export const TurnLatencyBelow = Schema.TaggedStruct("TurnLatencyBelow", {
  ms: Schema.Natural,
  percentile: optional("Of how many turns in a hundred (default 100).", Schema.Literals([50, 95, 100])),
  ...scope
})

/**
 * No phone or SIP user was dialed by two calls that the API placed. Dialing again within one call is hunting, and does not
 * count; neither do calls that came in, nor agents.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NothingRangTwice = Schema.TaggedStruct("NothingRangTwice", {
  except: optional("Numbers that several calls are meant to dial.", Schema.Array(Number)),
  ...scope
})

/**
 * Nothing that happened rests on what no public source states.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NoAssumptions = Schema.TaggedStruct("NoAssumptions", {
  except: optional(
    "Assumptions that may be made.",
    Schema.Array(Schema.Literals([...Struct.keys(assumptions), ...Struct.keys(reportAssumptions)]))
  ),
  ...scope
})

/**
 * A fault fired: one of the rule of this name, or id.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FaultFired = Schema.TaggedStruct("FaultFired", { name: Schema.NonEmptyString, ...scope })

/**
 * Something that a run is expected to come to.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Expectation = Schema.Union([
  Rang,
  Answered,
  BridgedTo,
  HeardPrompt,
  Pressed,
  Ended,
  WebhookDelivered,
  Refused,
  NotRefused,
  CallerHeard,
  SilentWithin,
  TurnLatencyBelow,
  NothingRangTwice,
  NoAssumptions,
  FaultFired
])
/** @since 0.1.0 */
export type Expectation = typeof Expectation.Type

/** One kind of expectation. */
export type ExpectationOf<Tag extends Expectation["_tag"]> = Extract<Expectation, { readonly _tag: Tag }>
