/** A tenant's time from outside: what it is, what comes next, and, where it is moved by hand, moving it. */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import type { ClockMode } from "./ClockMode.ts"
import * as Holds from "./Holds.ts"
import * as ManualClock from "./ManualClock.ts"
import type { Timeline } from "./Timeline.ts"

/**
 * Why time was not moved, or not as far as it was to be.
 *
 * `NotManual`: it passes by itself. `Backwards`, `TooFar`, `NotWhole`: to where it was to be moved. `Stuck`: what is in
 * flight did not come to an end in time; time stands at the moment at which that began, and may be moved again.
 *
 * @category models
 * @since 0.1.0
 */
export type TimeReason =
  | { readonly _tag: "NotManual"; readonly mode: ClockMode["_tag"] }
  | { readonly _tag: "Backwards"; readonly nowMs: number; readonly toMs: number }
  | { readonly _tag: "TooFar"; readonly nowMs: number; readonly toMs: number }
  | { readonly _tag: "NotWhole"; readonly ms: number }
  | { readonly _tag: "Stuck"; readonly nowMs: number; readonly labels: ReadonlyArray<string> }

/**
 * How far time may be moved at once: 365 days.
 *
 * @category constants
 * @since 0.1.0
 */
export const longestMs = 365 * 24 * 3_600_000

const describe = (reason: TimeReason): string => {
  switch (reason._tag) {
    case "NotManual":
      return `this tenant's time passes by itself (${reason.mode.toLowerCase()}): only a manual clock is moved`
    case "Backwards":
      return `time does not go back: it is ${reason.nowMs} ms, and was to be ${reason.toMs} ms; a reset begins anew at 0`
    case "TooFar":
      return `time is moved 365 days at once at most, to ${
        reason.nowMs + longestMs
      } ms, and was to be ${reason.toMs} ms: move it more than once`
    case "NotWhole":
      return `time is moved by whole milliseconds, and ${reason.ms} is none: round it`
    case "Stuck":
      return `time stands at ${reason.nowMs} ms and waits for ${
        reason.labels.length === 0 ? "fibers that do not come to rest" : reason.labels.join("; ")
      }; try again when that has come to an end, or let it go`
  }
}

/**
 * The failure of moving time.
 *
 * @category errors
 * @since 0.1.0
 */
export class TimeRefused extends Data.TaggedError("TimeRefused")<{ readonly reason: TimeReason }> {
  override get message(): string {
    return describe(this.reason)
  }
}

const refuse = (reason: TimeReason) => Effect.fail(new TimeRefused({ reason }))

/**
 * How time was moved: from when to when, and through how many moments at which something happened.
 *
 * @category models
 * @since 0.1.0
 */
export interface AdvanceReport {
  readonly fromMs: number
  readonly nowMs: number
  readonly moments: number
}

/**
 * Time, in whole milliseconds from the tenant's origin.
 *
 * Moved by hand it goes from one moment at which something is due to the next, never over one. At each it waits until
 * all that follows has happened, and until the holds are gone: a webhook or the handshake of a stream in flight takes no
 * time at all, however long it really lasts. After 10 s of real time without an end the move fails with `Stuck`.
 *
 * @category models
 * @since 0.1.0
 */
export interface TimeControl {
  readonly mode: ClockMode
  readonly nowMs: () => number
  /** What is due next, if anything is. */
  readonly next: () => { readonly dueMs: number; readonly label: string } | undefined
  /** Why time stands, one label for each reason. None unless it is moved by hand. */
  readonly holds: () => ReadonlyArray<string>
  /** Fails as {@link TimeReason} tells. */
  readonly advance: (ms: number) => Effect.Effect<AdvanceReport, TimeRefused>
  readonly advanceTo: (ms: number) => Effect.Effect<AdvanceReport, TimeRefused>
  /** To the next moment at which something is due; nowhere when nothing is. Fails with `NotManual` or `Stuck`. */
  readonly runToNext: Effect.Effect<AdvanceReport, TimeRefused>
  /** Time waits no longer for what is in flight now, which then is too late when its time is over. */
  readonly letGo: Effect.Effect<void>
}

const headOf = (timeline: Timeline["Service"]): { readonly dueMs: number; readonly label: string } | undefined => {
  const head = Option.getOrUndefined(timeline.next())
  return head === undefined ? undefined : { dueMs: head.dueMs, label: head.label }
}

/**
 * Time that passes by itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const passing = (mode: ClockMode, timeline: Timeline["Service"]): TimeControl => {
  const notManual = refuse({ _tag: "NotManual", mode: mode._tag })
  return {
    mode,
    nowMs: timeline.nowMs,
    next: () => headOf(timeline),
    holds: () => [],
    advance: () => notManual,
    advanceTo: () => notManual,
    runToNext: notManual,
    letGo: Effect.void
  }
}

/**
 * How long an advance waits for what is in flight, in real time.
 *
 * @category references
 * @since 0.1.0
 */
export const Guard = Context.Reference<Duration.Duration>("@effect-piopiy/simulator/TimeControl/Guard", {
  defaultValue: () => Duration.seconds(10)
})

/**
 * Time that is moved by hand: what fibers have to live by, the holds that stop it, and control over a timeline that does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const manual = Effect.gen(function*() {
  const guard = yield* Guard
  const news = Latch.makeUnsafe(false)
  const tell = (): void => {
    news.openUnsafe()
  }
  const holds = Holds.make(tell)
  const clock = yield* ManualClock.make(() => {
    holds.rested()
    tell()
  })
  const lock = Semaphore.makeUnsafe(1)

  const isAtRest = (): boolean => clock.isIdle() && holds.labels().length === 0

  const atRest: Effect.Effect<void> = Effect.suspend(() => {
    if (isAtRest()) return Effect.void
    news.closeUnsafe()
    return Effect.flatMap(news.await, () => atRest)
  })

  const control = (mode: ClockMode, timeline: Timeline["Service"]): TimeControl => {
    const { nowMs } = timeline

    const settled = Effect.suspend(() =>
      isAtRest() ? Effect.void : clock.withLive(Effect.timeoutOrElse(atRest, {
        duration: guard,
        orElse: () => refuse({ _tag: "Stuck", nowMs: nowMs(), labels: holds.labels() })
      }))
    )

    /** Moves to each moment that comes, as long as `until` takes it, and then to the end. */
    const move = (toMs: number): Effect.Effect<AdvanceReport, TimeRefused> =>
      Effect.gen(function*() {
        const fromMs = nowMs()
        let moments = 0
        yield* settled
        for (let due = clock.nextMs(); due !== undefined && due <= toMs; due = clock.nextMs()) {
          yield* clock.set(Math.max(due, nowMs()))
          yield* settled
          moments += 1
        }
        yield* clock.set(toMs)
        return { fromMs, nowMs: nowMs(), moments }
      })

    const checked = (toMs: number): Effect.Effect<AdvanceReport, TimeRefused> => {
      const now = nowMs()
      if (toMs < now) return refuse({ _tag: "Backwards", nowMs: now, toMs })
      if (toMs > now + longestMs) return refuse({ _tag: "TooFar", nowMs: now, toMs })
      return Number.isInteger(toMs) ? move(toMs) : refuse({ _tag: "NotWhole", ms: toMs })
    }

    const advanceTo = (ms: number) => lock.withPermits(1)(Effect.suspend(() => checked(ms)))
    const runToNext = Effect.andThen(settled, Effect.suspend(() => move(clock.nextMs() ?? nowMs())))

    return {
      mode,
      nowMs,
      next: () => {
        const head = headOf(timeline)
        const dueMs = clock.nextMs()
        if (dueMs === undefined || (head !== undefined && head.dueMs <= dueMs)) return head
        return { dueMs, label: "something sleeps" }
      },
      holds: holds.labels,
      advance: (ms) =>
        Number.isInteger(ms) || !Number.isFinite(ms)
          ? lock.withPermits(1)(Effect.suspend(() => checked(nowMs() + ms)))
          : refuse({ _tag: "NotWhole", ms }),
      advanceTo,
      runToNext: lock.withPermits(1)(runToNext),
      letGo: Effect.sync(holds.letGo)
    }
  }

  return { services: clock.services, holds, control }
})
