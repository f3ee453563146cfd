/** What a scenario does, and when. Plain data; times in whole milliseconds of the tenant. */
import * as Schema from "effect/Schema"
import { Rule } from "../fault/Fault.ts"
import { Moment } from "./Moment.ts"
import { Digits, Party, Sound } from "./Party.ts"

/** A scenario lasts a day at most. */
export const longestMs = 86_400_000
/** How long one lasts at most that does not say. */
export const defaultLongestMs = 3_600_000

/** @since 0.1.0 */
export const Millis = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: longestMs }, { message: `Expected whole milliseconds, 0 to ${longestMs}` })
)

const optional = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(schema.annotate({ description }))

/** A call by its name, or by its place among the calls of the run, from 1. */
export const CallName = Schema.Union([
  Schema.NonEmptyString,
  Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))
]).annotate({ description: "A call: the name that a step gave it, or its place among the calls of the run, from 1." })
/** @since 0.1.0 */
export type CallName = typeof CallName.Type

const Number = Schema.String.check(
  Schema.isPattern(/^[0-9]{7,16}$/, { message: "Expected a number: 7 to 16 digits with country code, and no +" })
)
const Operation = Schema.String.check(
  Schema.isPattern(/^\/v[123]\/\S+$/, { message: "Expected the path of an operation, as /v3/voice/ai/call" })
)

const Url = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/]\S*$/i, { message: "Expected an http or https URL" })
)

const as = optional("What later steps and expectations call this call.", Schema.NonEmptyString)
const leg = optional(
  "Which leg, instead of the caller's: leg1 and on, as the journal names them.",
  Schema.NonEmptyString
)

/**
 * One thing to do.
 *
 * - `CallIn`: a phone calls a number of the platform.
 * - `PlaceCall`: a request of the API, with the first account's token. A reply other than 2xx, or none, fails the run,
 *   unless it `mayFail`.
 * - `Request`: a POST to the app, or a GET without a body, as whoever makes it place a call.
 * - `Transfer`, `HangUp`: the same for a call in progress, over the current API.
 * - `Press`, `Speak`, `Say`: a person presses keys, says a text that is recognised, makes a sound that audio streams carry.
 * - `Answer`, `Reject`, `LeaveLine`: a person whose phone rings answers or refuses; one who talks hangs up.
 * - `Script`: whoever has this number behaves so from now on. `Fault`: goes wrong from now on.
 * - `Outage`: the platform is gone for a while; calls in progress end.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Act = Schema.Union([
  Schema.TaggedStruct("CallIn", { from: Number, to: Number, answerUrl: Schema.optionalKey(Url), as }),
  Schema.TaggedStruct("PlaceCall", {
    operation: Operation,
    body: Schema.Json,
    as,
    mayFail: optional("Whether the request may be refused or break off (default false).", Schema.Boolean)
  }),
  Schema.TaggedStruct("Request", {
    url: Url,
    body: Schema.optionalKey(Schema.Json),
    mayFail: optional("Whether it may be refused or break off (default false).", Schema.Boolean)
  }),
  Schema.TaggedStruct("Transfer", { call: CallName, pipeline: Schema.Array(Schema.Json) }),
  Schema.TaggedStruct("HangUp", { call: CallName, cause: Schema.optionalKey(Schema.NonEmptyString) }),
  Schema.TaggedStruct("Press", { call: CallName, digits: Digits, leg }),
  Schema.TaggedStruct("Speak", { call: CallName, text: Schema.NonEmptyString, leg }),
  Schema.TaggedStruct("Say", { call: CallName, voice: Sound, leg }),
  Schema.TaggedStruct("Answer", { call: CallName, leg }),
  Schema.TaggedStruct("Reject", { call: CallName, leg }),
  Schema.TaggedStruct("LeaveLine", { call: CallName, leg }),
  Schema.TaggedStruct("Script", { number: Schema.NonEmptyString, party: Party }),
  Schema.TaggedStruct("Fault", { rule: Rule }),
  Schema.TaggedStruct("Outage", { ms: Millis })
])
/** @since 0.1.0 */
export type Act = typeof Act.Type

/**
 * A moment of a call: the first of its kind, or the `nth`, and `afterMs` later.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Occasion = Schema.Struct({
  call: CallName,
  is: Moment,
  nth: optional(
    "Which of these moments, from 1 (default 1).",
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))
  ),
  afterMs: optional("How long after it (default 0).", Millis)
})
/** @since 0.1.0 */
export type Occasion = typeof Occasion.Type

/**
 * What to do, and when: at a moment of the run, or of a call.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Step = Schema.Struct({
  atMs: optional("When, from the beginning of the run. Either this or when.", Millis),
  when: optional("At which moment of a call. Either this or atMs.", Occasion),
  do: Act
})
/** @since 0.1.0 */
export type Step = typeof Step.Type

/**
 * The call that a step is about, if it is one that is there already.
 *
 * @category getters
 * @since 0.1.0
 */
export const callOf = ({ do: act }: Step): CallName | undefined => "call" in act ? act.call : undefined

/**
 * The name that a step gives a call.
 *
 * @category getters
 * @since 0.1.0
 */
export const nameOf = ({ do: act }: Step): string | undefined => "as" in act ? act.as : undefined
