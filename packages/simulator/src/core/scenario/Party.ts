/** How a simulated person, machine or agent behaves on the phone. Plain data; times in whole milliseconds. */
import * as Schema from "effect/Schema"

const Millis = Schema.Natural
const Digits = Schema.String.check(Schema.isPattern(/^[0-9*#A-D]+$/, { expected: "keys: 0 to 9, *, #, A to D" }))

/**
 * What comes of ringing: an answer, a refusal, or nothing. Counted from the dialing.
 *
 * @category models
 * @since 0.1.0
 */
export const Outcome = Schema.Union([
  Schema.TaggedStruct("Answers", { afterMs: Millis, by: Schema.Literals(["Person", "Machine", "Agent"]) }),
  Schema.TaggedStruct("Rejects", { afterMs: Millis, cause: Schema.String }),
  Schema.TaggedStruct("KeepsRinging", {})
])

/**
 * What the party does when it is asked for input, `afterMs` after the asking began. Keys follow each other `gapMs`
 * apart.
 *
 * @category models
 * @since 0.1.0
 */
export const Answer = Schema.Union([
  Schema.TaggedStruct("Presses", { afterMs: Millis, digits: Digits, gapMs: Millis }),
  Schema.TaggedStruct("Says", { afterMs: Millis, text: Schema.NonEmptyString }),
  Schema.TaggedStruct("StaysSilent", {})
])

/**
 * A party's whole behaviour. `ringsAfterMs` is absent for a number that never rings. The n-th question gets the n-th
 * answer; past the last, silence. `hangsUp` counts from the answer, and is absent for a party that stays.
 *
 * @category models
 * @since 0.1.0
 */
export const Party = Schema.Struct({
  ringsAfterMs: Schema.optionalKey(Millis),
  outcome: Outcome,
  answers: Schema.Array(Answer),
  hangsUp: Schema.optionalKey(Schema.Struct({ afterMs: Millis, cause: Schema.String }))
})
/** @since 0.1.0 */
export type Party = typeof Party.Type

/**
 * A person who answers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const person = (options: {
  readonly answersAfterMs: number
  readonly talksForMs?: number
  readonly answers?: Party["answers"]
}): Party => ({
  ringsAfterMs: Math.min(500, options.answersAfterMs),
  outcome: { _tag: "Answers", afterMs: options.answersAfterMs, by: "Person" },
  answers: options.answers ?? [],
  ...(options.talksForMs === undefined
    ? {}
    : { hangsUp: { afterMs: options.talksForMs, cause: "NORMAL_CLEARING" } })
})

/**
 * Presses digits 600 ms after the asking began, 250 ms apart.
 *
 * @category constructors
 * @since 0.1.0
 */
export const presses = (digits: string): Party["answers"][number] => ({
  _tag: "Presses",
  afterMs: 600,
  digits,
  gapMs: 250
})
