/**
 * The one place where a tenant's time passes.
 *
 * Everything that is to happen lies in a heap ordered by the moment it is due, then by the order in which it was
 * scheduled; one fiber sleeps to the head. The same code runs under a test clock and live, since only Effect's `Clock`
 * is read.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as DueHeap from "./dueHeap.ts"

/**
 * Something that lies in the future. It can be cancelled until it runs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Scheduled extends DueHeap.Due {
  readonly label: string
  readonly run: () => void
}

/**
 * A tenant's time, in whole milliseconds from its origin. Scheduling and cancelling are plain functions, so that a
 * call's commands are carried out without a pause between them.
 *
 * @category services
 * @since 0.1.0
 */
export class Timeline extends Context.Service<Timeline, {
  readonly originEpochMs: number
  readonly nowMs: () => number
  /** A moment that has passed is due at once, after what is due already. `run` must not throw. */
  readonly at: (dueMs: number, label: string, run: () => void) => Scheduled
  readonly cancel: (scheduled: Scheduled) => void
  readonly pending: () => number
  readonly next: () => Option.Option<Scheduled>
}>()("@effect-piopiy/simulator/Timeline") {}

const nanosPerMilli = 1_000_000n

const make = Effect.gen(function*() {
  const clock = yield* Clock.Clock
  const origin = clock.monotonicTimeNanosUnsafe()
  let nanos = origin
  let millis = 0
  /** A clock that is moved by hand shows one moment many times. */
  const nowMs = (): number => {
    const now = clock.monotonicTimeNanosUnsafe()
    if (now === nanos) return millis
    nanos = now
    millis = Number((now - origin) / nanosPerMilli)
    return millis
  }
  const heap = DueHeap.make<Scheduled>()
  const nearer = Latch.makeUnsafe(false)
  let order = 0
  /** Up to where the driver sleeps, for ever with nothing to do; nothing while it is awake. */
  let asleepUntil: number | undefined
  /** Whoever opens a latch runs those who wait for it, and nothing that is due may run before `at` has returned. */
  let isScheduling = false

  const at = (dueMs: number, label: string, run: () => void): Scheduled => {
    const scheduled = { dueMs: Math.max(dueMs, nowMs()), order: order++, index: -1, label, run }
    DueHeap.push(heap, scheduled)
    if (asleepUntil !== undefined && scheduled.dueMs < asleepUntil) {
      isScheduling = true
      nearer.openUnsafe()
      isScheduling = false
    }
    return scheduled
  }

  const runDue = (): void => {
    const now = nowMs()
    for (let head = DueHeap.peek(heap); head !== undefined && head.dueMs <= now; head = DueHeap.peek(heap)) {
      DueHeap.remove(heap, head)
      head.run()
    }
  }

  /** Runs what is due and sleeps to what comes next, over and over, as long as nothing nearer comes up meanwhile. */
  const drowse = Effect.gen(function*() {
    while (true) {
      asleepUntil = undefined
      if (isScheduling && (DueHeap.peek(heap)?.dueMs ?? Number.POSITIVE_INFINITY) <= nowMs()) yield* Effect.yieldNow
      runDue()
      const dueMs = DueHeap.peek(heap)?.dueMs ?? Number.POSITIVE_INFINITY
      const restMs = dueMs - nowMs()
      if (restMs <= 0) continue
      asleepUntil = dueMs
      yield* restMs === Number.POSITIVE_INFINITY ? Effect.never : clock.sleep(Duration.millis(restMs))
    }
  })

  yield* Effect.gen(function*() {
    while (true) {
      nearer.closeUnsafe()
      yield* Effect.raceFirst(nearer.await, drowse)
    }
  }).pipe(Effect.forkScoped)

  return Timeline.of({
    originEpochMs: clock.currentTimeMillisUnsafe(),
    nowMs,
    at,
    cancel: (scheduled) => DueHeap.remove(heap, scheduled),
    pending: () => heap.items.length,
    next: () => Option.fromUndefinedOr(DueHeap.peek(heap))
  })
})

/**
 * A timeline whose origin is now, driven until the scope closes.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Timeline> = Layer.effect(Timeline, make)
