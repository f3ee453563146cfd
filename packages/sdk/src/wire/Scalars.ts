/** The scalar shapes and small objects that the v3 request bodies and the v3 pipeline share. */
import * as Schema from "effect/Schema"
import * as Limits from "./Limits.ts"
import { withRule } from "./withRule.ts"

/**
 * A phone number as the platform spells it: {@link Limits.phonePattern}. JSON numbers are refused.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const Phone = Schema.String.check(
  Schema.isPattern(Limits.phonePattern, {
    expected: "a phone number of 7 to 16 digits with country code, no \"+\" and no spaces"
  })
)

/**
 * A dashed UUID: {@link Limits.uuidPattern}.
 *
 * Source: official Node SDK 1.2.0 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const Uuid = Schema.String.check(
  Schema.isPattern(Limits.uuidPattern, { expected: "a UUID of 8-4-4-4-12 hexadecimal digits with dashes" })
)

/**
 * A text of one character or more. That the platform refuses an empty one is assumed, where no line says otherwise.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NonEmpty = Schema.String.check(Schema.isPattern(/[^]/, { expected: "a string that is not empty" }))

/**
 * A whole number within an inclusive range. Booleans and fractions are refused.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const whole = (range: { readonly minimum: number; readonly maximum?: number }, unit: string = "") => {
  const maximum = range.maximum ?? Number.POSITIVE_INFINITY
  const bounds = range.maximum === undefined ? `of at least ${range.minimum}` : `from ${range.minimum} to ${maximum}`
  const expected = `a whole number ${bounds}${unit === "" ? "" : ` ${unit}`}`
  return Schema.Finite.annotate({ expected }).check(
    Schema.makeFilter((n: number) => Number.isInteger(n) && n >= range.minimum && n <= maximum, { expected })
  )
}

/**
 * A text whose length lies within an inclusive range, counted in UTF-16 code units.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed); they count differently beyond the basic plane.
 *
 * @category schemas
 * @since 0.1.0
 */
export const text = (range: Limits.Range) =>
  Schema.String.check(
    Schema.makeFilter((s: string) => s.length >= range.minimum && s.length <= range.maximum, {
      expected: `a string of ${range.minimum} to ${range.maximum} characters`
    })
  )

/**
 * One value of `variables`, `metadata` or the data of `param`: a string, a finite number or a boolean.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const VariableValue = Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]).annotate({
  expected: "a string, a finite number or a boolean"
})

/**
 * `variables` of a call and `metadata` of a `connect`: no limit of count or length.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const Variables = withRule(
  Schema.Record(Schema.String, VariableValue),
  (input) =>
    typeof input === "object" && input !== null && !Array.isArray(input)
      ? Object.keys(input).filter((key) => !Limits.variableKeyPattern.test(key)).map((key) => ({
        path: [key],
        message: "Expected a key of letters, digits and underscores that does not begin with a digit: rename it"
      }))
      : []
)

/**
 * `options` of a call.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const CallOptions = Schema.Struct({
  /** Longest talk time in seconds. Observed; that it counts from the answer is assumed. */
  max_duration_sec: Schema.optionalKey(whole(Limits.callMaxDurationSec, "(seconds)")),
  /** Whether the whole call is recorded. Observed; its scope is assumed. */
  record: Schema.optionalKey(Schema.Boolean),
  /** Longest ringing in seconds. Observed. */
  ring_timeout_sec: Schema.optionalKey(whole(Limits.ringTimeoutSec, "(seconds)"))
})
