/**
 * A clock that stands until it is moved: Effect's own test clock, which says in addition when it is next waited for, and
 * whether all that runs on it has come to rest.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"

/**
 * The clock. Its moments are milliseconds, and it starts at 0.
 *
 * @category models
 * @since 0.1.0
 */
export interface ManualClock {
  /** What fibers need to live by this clock: the clock, and a scheduler that counts what they have still to do. */
  readonly services: Context.Context<never>
  /** The nearest moment that something sleeps to. */
  readonly nextMs: () => number | undefined
  /** Whether every fiber that lives by the clock waits for something. */
  readonly isIdle: () => boolean
  /** Moves the clock. Whoever sleeps up to there wakes, in order. */
  readonly set: (ms: number) => Effect.Effect<void>
  /** Runs something on the real clock instead. */
  readonly withLive: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** A scheduler that tells when nothing is left to do. */
const counting = (base: Scheduler.Scheduler, idle: () => void) => {
  let pending = 0
  const scheduler: Scheduler.Scheduler = {
    executionMode: base.executionMode,
    shouldYield: (fiber) => base.shouldYield(fiber),
    makeDispatcher: () => {
      const dispatcher = base.makeDispatcher()
      return {
        scheduleTask: (task, priority) => {
          pending += 1
          dispatcher.scheduleTask(() => {
            try {
              task()
            } finally {
              pending -= 1
              if (pending === 0) idle()
            }
          }, priority)
        },
        flush: () => dispatcher.flush()
      }
    }
  }
  return { scheduler, isIdle: () => pending === 0 }
}

/**
 * A clock at 0. `idle` is told each time that all fibers have come to rest.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (idle: () => void): Effect.Effect<ManualClock, never, Scope.Scope> =>
  Effect.gen(function*() {
    // Its warnings are for tests that forget to move it; this one may stand for hours.
    const built = yield* Layer.build(TestClock.layer({ warningDelay: Duration.infinity }))
    const clock = yield* Effect.provideContext(TestClock.testClockWith(Effect.succeed), built)
    const { isIdle, scheduler } = counting(Context.get(built, Scheduler.Scheduler), idle)
    const sleepers = new Set<{ readonly untilMs: number }>()

    const sleep = (duration: Duration.Duration): Effect.Effect<void> =>
      Effect.suspend(() => {
        const sleeper = { untilMs: clock.currentTimeMillisUnsafe() + Duration.toMillis(duration) }
        sleepers.add(sleeper)
        return Effect.ensuring(clock.sleep(duration), Effect.sync(() => sleepers.delete(sleeper)))
      })

    const nextMs = (): number | undefined => {
      let nearest: number | undefined
      for (const { untilMs } of sleepers) if (nearest === undefined || untilMs < nearest) nearest = untilMs
      return nearest
    }

    return {
      services: Context.make(Clock.Clock, { ...clock, sleep }).pipe(Context.add(Scheduler.Scheduler, scheduler)),
      nextMs,
      isIdle,
      set: (ms) => clock.setTime(ms),
      withLive: (effect) => clock.withLive(effect)
    }
  })
