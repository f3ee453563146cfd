/** A clock that goes faster than another, or slower. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

const nanosPerMilli = 1_000_000n

/**
 * `factor` times as fast as `base`, from now on. Its wall clock starts with that of `base`, and never steps.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (base: Clock.Clock, factor: number): Clock.Clock => {
  const origin = base.monotonicTimeNanosUnsafe()
  const wallOrigin = base.currentTimeNanosUnsafe()
  const elapsed = (): bigint => BigInt(Math.round(Number(base.monotonicTimeNanosUnsafe() - origin) * factor))
  const wallNanos = (): bigint => wallOrigin + elapsed()
  const wallMillis = (): number => Number(wallNanos() / nanosPerMilli)
  const monotonicNanos = (): bigint => origin + elapsed()
  return {
    currentTimeMillisUnsafe: wallMillis,
    currentTimeMillis: Effect.sync(wallMillis),
    currentTimeNanosUnsafe: wallNanos,
    currentTimeNanos: Effect.sync(wallNanos),
    monotonicTimeNanosUnsafe: monotonicNanos,
    monotonicTimeNanos: Effect.sync(monotonicNanos),
    sleep: (duration) => base.sleep(Duration.millis(Duration.toMillis(duration) / factor))
  }
}
