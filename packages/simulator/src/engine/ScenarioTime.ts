/** How a run gets from one moment to the next, by the clock that it is on. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as TestClock from "effect/testing/TestClock"
import type { Tenant } from "./Tenants.ts"
import type { TimeRefused } from "./TimeControl.ts"

/**
 * The time of a run.
 *
 * @category models
 * @since 0.1.0
 */
export interface Moving {
  /** On to whatever comes next, the limit at the latest. Fails with `Stuck`. */
  readonly next: Effect.Effect<void, TimeRefused>
  /** Waits for all that belongs to the present moment. Fails with `Stuck`. */
  readonly settle: Effect.Effect<void, TimeRefused>
  /** Waits for what was under way when the run was over, as far as it takes real time. */
  readonly linger: Effect.Effect<void, TimeRefused>
  /** Nothing is ever to come, so far as can be told. */
  readonly isStill: () => boolean
}

/**
 * What real time is told by. A test of the bounds in real time has a clock of its own there.
 *
 * @category services
 * @since 0.1.0
 */
export const Wall = Context.Reference<Clock.Clock>("@effect-piopiy/simulator/Wall", {
  defaultValue: () => Clock.Clock.defaultValue()
})

/**
 * Waits in real time, whatever clock the fiber lives by.
 *
 * @category waiting
 * @since 0.1.0
 */
export const onTheWall = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Wall, (wall) => Effect.provideService(effect, Clock.Clock, wall))

/** Under a test clock, how far it goes when nothing is known to come: whoever sleeps on it is not seen. */
const stepMs = 1000
/** A run in real time is over when its journal has been still for so long. */
const stillFor: Duration.Input = "300 millis"
const lingersFor: Duration.Input = "3 seconds"

const moved = ({ time }: Tenant, limitMs: number): Moving => ({
  next: Effect.suspend(() => {
    const dueMs = time.next()?.dueMs
    // What is in flight may bring something that is due.
    if (dueMs === undefined && time.holds().length > 0) return Effect.asVoid(time.advance(0))
    return Effect.asVoid(dueMs === undefined || dueMs >= limitMs ? time.advanceTo(limitMs) : time.runToNext)
  }),
  settle: Effect.asVoid(time.advance(0)),
  linger: Effect.asVoid(time.advance(0)),
  isStill: () => time.next() === undefined && time.holds().length === 0
})

const adjusted = ({ time }: Tenant, clock: TestClock.TestClock, limitMs: number): Moving => ({
  next: Effect.suspend(() => {
    const now = time.nowMs()
    const dueMs = Math.min(time.next()?.dueMs ?? limitMs, now + stepMs, limitMs)
    return clock.adjust(Math.max(0, dueMs - now))
  }),
  settle: clock.adjust(0),
  linger: clock.adjust(0),
  isStill: () => false
})

const passing = ({ journal, time, timeline }: Tenant, limitMs: number) =>
  Effect.gen(function*() {
    const news = Latch.makeUnsafe(false)
    const wake = (): void => {
      news.openUnsafe()
    }
    const end = timeline.at(limitMs, "the end of the scenario", wake)
    yield* Effect.addFinalizer(() => Effect.sync(() => timeline.cancel(end)))
    yield* Effect.forkScoped(Stream.runForEach(journal.follow({ from: journal.last() + 1 }), () => Effect.sync(wake)))
    /** In a later turn: whoever wakes it may be in the middle of what is due. */
    const next = news.await.pipe(
      Effect.andThen(Effect.sync(() => news.closeUnsafe())),
      Effect.andThen(Effect.yieldNow)
    )
    const quiet: Effect.Effect<void> = Effect.suspend(() => {
      const before = journal.last()
      return Effect.andThen(
        Effect.sleep(stillFor),
        Effect.suspend(() => journal.last() === before ? Effect.void : quiet)
      )
    })
    const moving: Moving & { readonly wake: () => void } = {
      wake,
      next: Effect.suspend(() => time.nowMs() >= limitMs ? Effect.void : next),
      settle: Effect.void,
      linger: onTheWall(Effect.asVoid(Effect.timeoutOption(quiet, lingersFor))),
      isStill: () => false
    }
    return moving
  })

const isTestClock = (clock: Clock.Clock): clock is TestClock.TestClock => "adjust" in clock

/**
 * The time of a tenant, up to a limit: moved by hand, along with the test clock that the fiber lives by, or as it passes by
 * itself. `wake` tells whoever waits for the latter that there is something to do.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  tenant: Tenant,
  limitMs: number
): Effect.Effect<Moving & { readonly wake: () => void }, never, Scope.Scope> =>
  Effect.gen(function*() {
    if (tenant.time.mode._tag === "Manual") return { ...moved(tenant, limitMs), wake: () => undefined }
    const clock = yield* Clock.Clock
    return isTestClock(clock)
      ? { ...adjusted(tenant, clock, limitMs), wake: () => undefined }
      : yield* passing(tenant, limitMs)
  })
