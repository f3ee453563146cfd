/** How a simulated person, machine or agent behaves on the phone. Plain data; times in whole milliseconds. */
import * as Schema from "effect/Schema"
import { Line } from "../media/Carrier.ts"

const Millis = Schema.Natural

/**
 * Keys of a phone.
 *
 * @category models
 * @since 0.1.0
 */
export const Digits = Schema.String.check(
  Schema.isPattern(/^[0-9*#A-D]+$/, { expected: "keys: 0 to 9, *, #, A to D" })
)

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
 * A sound that a party makes: a text spoken in syllables of its own, speech without words, a file, a tone, noise, silence,
 * or keys as tones on the line, which nobody but whoever listens to the audio takes for keys.
 *
 * @category models
 * @since 0.1.0
 */
export const Sound = Schema.Union([
  Schema.TaggedStruct("Say", { text: Schema.NonEmptyString }),
  Schema.TaggedStruct("Speech", { ms: Millis }),
  Schema.TaggedStruct("File", { name: Schema.NonEmptyString }),
  Schema.TaggedStruct("Tone", { hertz: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4000 })), ms: Millis }),
  Schema.TaggedStruct("Noise", { ms: Millis }),
  Schema.TaggedStruct("Silence", { ms: Millis }),
  Schema.TaggedStruct("Dtmf", { digits: Digits })
])
/** @since 0.1.0 */
export type Sound = typeof Sound.Type

/**
 * Something that a party says, heard on audio streams alone. It begins `afterMs` after the answer; or when an app was
 * silent for `afterSilenceMs` after it had spoken; or `bargeInMs` after the first sample of an app's utterance. The app
 * counts as far as it was heard since the utterance before was over.
 *
 * @category models
 * @since 0.1.0
 */
export const Utterance = Schema.Union([
  Schema.Struct({ afterMs: Millis, voice: Sound }),
  Schema.Struct({ afterSilenceMs: Millis, voice: Sound }),
  Schema.Struct({ bargeInMs: Millis, voice: Sound })
])
/** @since 0.1.0 */
export type Utterance = typeof Utterance.Type

/**
 * A party's whole behaviour. `ringsAfterMs` is absent for a number that never rings. The n-th question gets the n-th
 * answer; past the last, silence. `speaks` is said in order, one after another. `hangsUp` counts from the answer, in the
 * middle of a word if need be, and is absent for a party that stays. `line` is that of the phone, heard on audio
 * streams alone; what it does not name is as the stream's profile has it.
 *
 * @category models
 * @since 0.1.0
 */
export const Party = Schema.Struct({
  ringsAfterMs: Schema.optionalKey(Millis),
  outcome: Outcome,
  answers: Schema.Array(Answer),
  speaks: Schema.optionalKey(Schema.Array(Utterance)),
  line: Schema.optionalKey(Line),
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
  readonly speaks?: ReadonlyArray<Utterance>
  readonly line?: Line
}): Party => ({
  ringsAfterMs: Math.min(500, options.answersAfterMs),
  outcome: { _tag: "Answers", afterMs: options.answersAfterMs, by: "Person" },
  answers: options.answers ?? [],
  ...(options.speaks === undefined ? {} : { speaks: options.speaks }),
  ...(options.line === undefined ? {} : { line: options.line }),
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
