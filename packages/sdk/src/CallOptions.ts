/** Limits of a whole call. */
import type * as Duration from "effect/Duration"

/**
 * What holds for a call as a whole. Options that are left out are not sent; the platform's defaults are not published.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category models
 * @since 0.1.0
 */
export interface CallOptions {
  /** Longest talk time, 30 s to 2 h in whole seconds. That it counts from the answer is assumed. */
  readonly maxDuration?: Duration.Input
  /** Longest ringing, 5 s to 2 min in whole seconds. */
  readonly ringTimeout?: Duration.Input
  /** Whether the whole call is recorded. Its scope is assumed. */
  readonly record?: boolean
}
