/** When a failed request is sent again. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { toDuration } from "./internal/fields.ts"
import { attempt } from "./internal/plainData.ts"
import type { PiopiyError } from "./PiopiyError.ts"

/**
 * One attempt that has ended: its number from 1, how it failed if it did, and after what delay the next one follows if
 * one does.
 *
 * @category models
 * @since 0.1.0
 */
export interface Attempt {
  readonly number: number
  readonly error: Option.Option<PiopiyError>
  readonly retryIn: Option.Option<Duration.Duration>
}

/**
 * When to try again. Failures whose verdict is `safe` are retried, `never` is not; `ambiguous` only when asked.
 *
 * @category models
 * @since 0.1.0
 */
export interface RetryPolicy {
  /** Most attempts, the first included. */
  readonly maxAttempts: number
  /** Delay before the second attempt, doubled before each later one and spread by a fifth to both sides. */
  readonly baseDelay: Duration.Duration
  /** Longest delay that doubling leads to. */
  readonly maxDelay: Duration.Duration
  /** No attempt begins later than this after the first. */
  readonly maxElapsed: Duration.Duration
  /** A `Retry-After` within this is waited for; a longer one fails with `RateLimited` at once. */
  readonly maxRetryAfter: Duration.Duration
  /** Whether to send again what may have taken effect already. A phone may then ring twice. */
  readonly retryAmbiguousAndMaybeRingTwice: boolean
  /** Runs after each attempt. One that breaks changes nothing. */
  readonly onAttempt: (attempt: Attempt) => Effect.Effect<void>
  /** What {@link make} was given. The layer that is given the policy checks it. */
  readonly options?: Options
}

/**
 * Where a policy differs from the standard one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly maxAttempts?: number
  readonly baseDelay?: Duration.Input
  readonly maxDelay?: Duration.Input
  readonly maxElapsed?: Duration.Input
  readonly maxRetryAfter?: Duration.Input
  readonly retryAmbiguousAndMaybeRingTwice?: boolean
  readonly onAttempt?: (attempt: Attempt) => Effect.Effect<void>
}

/**
 * At most 3 attempts within 60 s, 400 ms apart at first and at most 10 s, and only where a retry is safe: no phone rings
 * twice because of it.
 *
 * @category policies
 * @since 0.1.0
 */
export const standard: RetryPolicy = {
  maxAttempts: 3,
  baseDelay: Duration.millis(400),
  maxDelay: Duration.seconds(10),
  maxElapsed: Duration.seconds(60),
  maxRetryAfter: Duration.seconds(30),
  retryAmbiguousAndMaybeRingTwice: false,
  onAttempt: () => Effect.void
}

/**
 * One attempt.
 *
 * @category policies
 * @since 0.1.0
 */
export const none: RetryPolicy = { ...standard, maxAttempts: 1 }

/** The log tells of a listener that breaks. */
const logged = (onAttempt: RetryPolicy["onAttempt"]): RetryPolicy["onAttempt"] => (attempt) =>
  Effect.catchCause(
    Effect.suspend(() => onAttempt(attempt)),
    (cause) => Effect.logWarning("the retry policy's onAttempt broke", cause)
  )

const readable = (input: Duration.Input | undefined, otherwise: Duration.Duration): Duration.Duration =>
  Option.getOrElse(toDuration(input), () => otherwise)

/**
 * A policy that differs from {@link standard} in the given points. At least one attempt is made. An `onAttempt` that
 * breaks changes nothing but for a line in the log. Options that cannot be used are refused with reason `InvalidConfig` by
 * the layer that is given the policy, all at once.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): RetryPolicy => {
  const given = attempt<Options>(() => ({ ...options }), {})
  const { maxAttempts, onAttempt, retryAmbiguousAndMaybeRingTwice } = given
  return {
    maxAttempts: typeof maxAttempts === "number" ? Math.max(1, Math.floor(maxAttempts)) || 1 : standard.maxAttempts,
    baseDelay: readable(given.baseDelay, standard.baseDelay),
    maxDelay: readable(given.maxDelay, standard.maxDelay),
    maxElapsed: readable(given.maxElapsed, standard.maxElapsed),
    maxRetryAfter: readable(given.maxRetryAfter, standard.maxRetryAfter),
    retryAmbiguousAndMaybeRingTwice: retryAmbiguousAndMaybeRingTwice === true,
    onAttempt: onAttempt === undefined ? standard.onAttempt : logged(onAttempt),
    options
  }
}
