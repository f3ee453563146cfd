/** How keypad digits are collected. */
import type * as Duration from "effect/Duration"

/**
 * Rules of a digit collection. Options that are left out are not sent.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed). That the platform counts both timeouts in seconds is
 * assumed. That `minDigits` exceeds `maxDigits` is not refused.
 *
 * @category models
 * @since 0.1.0
 */
export interface Dtmf {
  /** At least 1. */
  readonly minDigits?: number
  /** At least 1. */
  readonly maxDigits?: number
  /** Longest wait for the first digit, whole seconds, at least 1 s. */
  readonly firstDigitTimeout?: Duration.Input
  /** Longest wait between digits, whole seconds, at least 1 s. */
  readonly interDigitTimeout?: Duration.Input
  /** The key that ends the collection; an empty text for none. */
  readonly finishKey?: string
  /** Whether digits pressed earlier are dropped. */
  readonly flushBuffer?: boolean
}
