/** Letting time pass, whichever way it does. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { TimeControl } from "../index.ts"
import { Simulator } from "../Simulator.ts"
import type { World } from "../World.ts"
import { isTestClock } from "./AppAtWork.ts"

const refusal = (nowMs: number, ms: number): TimeControl.TimeReason | undefined => {
  if (ms < 0) return { _tag: "Backwards", nowMs, toMs: nowMs + ms }
  if (ms > TimeControl.longestMs) return { _tag: "TooFar", nowMs, toMs: nowMs + ms }
  return Number.isInteger(ms) ? undefined : { _tag: "NotWhole", ms }
}

/**
 * Lets so much of a tenant's time pass, and gives the time that it is then, in milliseconds from the tenant's origin: moves a
 * manual clock, or the test clock around; sleeps where time passes by itself. `world` is another tenant than the default
 * one; a test clock moves the time of all whose own clock is not manual.
 *
 * Fails with {@link TimeControl.TimeRefused}: not a whole number of milliseconds, back in time, more than 365 days; a
 * manual clock that is stuck.
 *
 * @category testing
 * @since 0.1.0
 */
export const advance = Effect.fn("advance")(function*(
  duration: Duration.Input,
  options: { readonly world?: World } = {}
) {
  const { time } = options.world ?? (yield* Simulator)
  // A duration makes nothing of what is no number.
  const ms = typeof duration === "number" ? duration : Duration.toMillis(Duration.fromInputUnsafe(duration))
  const reason = refusal(time.nowMs(), ms)
  if (reason !== undefined) return yield* new TimeControl.TimeRefused({ reason })
  const clock = yield* Clock.Clock
  const endMs = time.nowMs() + ms
  const speed = time.mode._tag === "Scaled" ? time.mode.factor : 1
  if (time.mode._tag === "Manual") {
    yield* time.advance(ms)
  } else if (isTestClock(clock)) {
    yield* clock.adjust(ms / speed)
  } else {
    // Timers of the system may be early.
    while (time.nowMs() < endMs) yield* Effect.sleep(Math.max(1, (endMs - time.nowMs()) / speed))
  }
  return time.nowMs()
})
