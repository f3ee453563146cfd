/** Phone numbers as the platform spells them: digits with country code. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { shapeOf } from "./internal/plainData.ts"
import type { Issue } from "./Issue.ts"
import * as Limits from "./wire/Limits.ts"
import { Phone } from "./wire/Scalars.ts"

/**
 * A string of 7 to 16 digits with country code, without `+` and without separators.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed). The documentation also shows a leading `+`, which
 * both clients refuse; {@link parse} takes it off.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PhoneNumber = Phone.pipe(Schema.brand("@effect-piopiy/sdk/PhoneNumber"))

/**
 * A checked phone number.
 *
 * @category models
 * @since 0.1.0
 */
export type PhoneNumber = typeof PhoneNumber.Type

/**
 * A phone number from a constant of the program. Throws when the constant is not one: use {@link parse} for input.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (text: string): PhoneNumber => PhoneNumber.make(text)

/**
 * Reads a phone number as people write it: `+`, spaces, dashes, dots and parentheses are taken off first. The issue of a
 * failure does not repeat the text.
 *
 * @category parsing
 * @since 0.1.0
 */
export const parse = (text: string): Result.Result<PhoneNumber, Issue> => {
  const digits: unknown = typeof text === "string" ? text.replace(/[+ \-.()]/g, "") : text
  return Result.mapError(Schema.decodeUnknownResult(PhoneNumber)(digits), () => ({
    path: "",
    wirePath: "",
    message: `Expected a phone number of 7 to 16 digits with country code, got ${shapeOf(text)}`
  }))
}

/**
 * Whether a value is a phone number in the platform's spelling.
 *
 * @category guards
 * @since 0.1.0
 */
export const isPhoneNumber = (value: unknown): value is PhoneNumber =>
  typeof value === "string" && Limits.phonePattern.test(value)
