/**
 * One order of things for an app that is asked in memory, whatever order the machine brings them in.
 *
 * What an app waits for in earnest, as for a database, takes time on the wall and none of the test's. So under a test clock
 * time stands while the app answers, requests are answered one after another, and each when all that came of the one
 * before has happened. An app that sleeps on the test clock lets time pass and others go first.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import type * as TestClock from "effect/testing/TestClock"

/**
 * What an app is at.
 *
 * @category models
 * @since 0.1.0
 */
export interface AppAtWork {
  /** Answers a request of the platform when it is its turn. */
  readonly during: <A, E, R>(answering: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Asks the platform, and waits for what comes of it. */
  readonly asking: <A, E, R>(request: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Waits until no request is left but those that sleep, and what came of the others has happened. */
  readonly settled: Effect.Effect<void>
  /** The clock for the app and for its test: it shows who sleeps, and goes on when all is settled. */
  readonly clock: (clock: Clock.Clock) => Clock.Clock
}

/** How long an app may take on the wall before all goes on without it. A test clock itself waits for a second. */
const patienceMs = 500
/** Turns of the scheduler without news after which nothing more comes of something. */
const quietTurns = 12
/** The same for what others may still wait for: they are to go on before time does. */
const restTurns = 2 * quietTurns

/**
 * Whether a clock is one that a test moves.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isTestClock = (clock: Clock.Clock): clock is TestClock.TestClock =>
  "adjust" in clock && "withLive" in clock

/** A request that is being answered: what sleeps meanwhile. */
interface Request {
  readonly isAwake: Latch.Latch
  sleepers: number
}

/** The request that a fiber of the app is busy with. */
const Current = Context.Reference<Request | undefined>("@effect-piopiy/simulator/testing/AppAtWork/Current", {
  defaultValue: () => undefined
})

const asleep = <A, E, R>(request: Request, sleep: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    request.sleepers += 1
    request.isAwake.closeUnsafe()
    return Effect.ensuring(
      sleep,
      Effect.sync(() => {
        request.sleepers -= 1
        if (request.sleepers === 0) request.isAwake.openUnsafe()
      })
    )
  })

/** Tells when so much time has passed on the wall. */
const patience = (): () => boolean => {
  const wall = Clock.Clock.defaultValue()
  const endMs = wall.currentTimeMillisUnsafe() + patienceMs
  return () => wall.currentTimeMillisUnsafe() > endMs
}

/** Under a test clock and outside of the app, which cannot wait for itself. */
const fromOutside = (effect: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.all([Clock.Clock, Current]),
    ([clock, request]) => isTestClock(clock) && request === undefined ? effect : Effect.void
  )

/**
 * An app that nobody has asked yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): AppAtWork => {
  /** Those that wait for their turn, in the order in which they came. The first looks for it. */
  const queue: Array<Latch.Latch> = []
  /** How many are being answered and do not sleep. */
  let awake = 0
  /** Counts whatever happens. */
  let news = 0
  const tell = Effect.sync(() => {
    news += 1
  })

  /** Waits until nothing has happened for so many turns, and `isBusy` says no. */
  const quiet = (enough: number, isBusy: () => boolean) =>
    Effect.gen(function*() {
      for (let turns = 0, seen = news; turns < enough; turns += 1) {
        yield* Effect.yieldNow
        if (isBusy() || seen !== news) turns = 0
        seen = news
      }
    })

  const isAnyLeft = (): boolean => awake > 0 || queue.length > 0
  const settled = fromOutside(quiet(quietTurns, isAnyLeft))
  const atRest = fromOutside(quiet(restTurns, isAnyLeft))

  const clockOf = (clock: TestClock.TestClock): TestClock.TestClock => ({
    ...clock,
    sleep: (duration) =>
      Effect.flatMap(
        Current,
        (request) => request === undefined ? clock.sleep(duration) : asleep(request, clock.sleep(duration))
      ),
    adjust: (duration) => Effect.andThen(atRest, clock.adjust(duration)),
    setTime: (timestamp) => Effect.andThen(atRest, clock.setTime(timestamp))
  })

  /** Waits for the turn, and then for all to be quiet. */
  const turn = Effect.suspend(() => {
    const isFirst = Latch.makeUnsafe(queue.length === 0)
    queue.push(isFirst)
    news += 1
    const leave = Effect.sync(() => {
      queue.splice(queue.indexOf(isFirst), 1)
      queue[0]?.openUnsafe()
    })
    return Effect.ensuring(Effect.andThen(isFirst.await, quiet(quietTurns, () => awake > 0)), leave)
  })

  const answer = <A, E, R>(clock: TestClock.TestClock, answering: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      const request: Request = { isAwake: Latch.makeUnsafe(true), sleepers: 0 }
      let isCounted = false
      const count = (counts: boolean): void => {
        if (counts === isCounted) return
        isCounted = counts
        awake += counts ? 1 : -1
        news += 1
      }
      const answered = Effect.gen(function*() {
        count(true)
        const fiber = yield* Effect.forkChild(
          answering.pipe(
            Effect.provideService(Clock.Clock, clockOf(clock)),
            Effect.provideService(Current, request)
          ),
          { startImmediately: true }
        )
        // A test clock waits for fibers that have something to do, so this one has, until the answer is there. What comes
        // of it goes on in the same fiber, and is waited for, too.
        for (let isLate = patience(); fiber.pollUnsafe() === undefined && !isLate();) {
          if (request.sleepers === 0) {
            yield* Effect.yieldNow
          } else {
            count(false)
            yield* Effect.raceFirst(request.isAwake.await, Fiber.await(fiber))
            count(true)
            isLate = patience()
          }
        }
        count(false)
        return yield* Fiber.join(fiber)
      })
      return Effect.ensuring(answered, Effect.sync(() => count(false)))
    })

  return {
    during: (answering) =>
      Effect.flatMap(
        Clock.Clock,
        (clock) => isTestClock(clock) ? Effect.andThen(turn, answer(clock, answering)) : answering
      ),
    asking: (request) => Effect.ensuring(Effect.andThen(tell, request), Effect.andThen(settled, tell)),
    settled,
    clock: (clock) => isTestClock(clock) ? clockOf(clock) : clock
  }
}

/**
 * What is known of the app here: nothing, unless a front says more.
 *
 * @category references
 * @since 0.1.0
 */
export const AppAtWork = Context.Reference<AppAtWork>("@effect-piopiy/simulator/testing/AppAtWork", {
  defaultValue: () => ({
    during: (answering) => answering,
    asking: (request) => request,
    settled: Effect.void,
    clock: (clock) => clock
  })
})
