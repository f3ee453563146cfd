/**
 * What is counted and timed of every operation: its name and how it ended, and nothing of what it was about.
 *
 * - `piopiy_operations`: how many ended, by `operation` and by `outcome`: `ok`, the reason of the failure, `interrupted` or
 *   `defect`.
 * - `piopiy_operation_duration_ms`: milliseconds that they took, waiting and retries included, by `operation`.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { Observer } from "./internal/observed.ts"
import type { Operation, PiopiyError } from "./PiopiyError.ts"

const requests = Metric.counter("piopiy_operations", {
  description: "Operations by name and by how they ended: ok, the reason of the failure, or interrupted",
  incremental: true
})

const duration = Metric.histogram("piopiy_operation_duration_ms", {
  description: "Milliseconds that operations took, waiting and retries included",
  boundaries: [25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000]
})

/** There are few operations and few ways to end: each metric is made once and kept. */
const kept = <Key, A>(make: (key: Key) => A): (key: Key) => A => {
  const made = new Map<Key, A>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const fresh = make(key)
    made.set(key, fresh)
    return fresh
  }
}

const metersOf = kept((operation: Operation) => ({
  counterOf: kept((outcome: string) => Metric.withAttributes(requests, { operation, outcome })),
  timer: Metric.withAttributes(duration, { operation })
}))

const outcomeOf = (exit: Exit.Exit<unknown, PiopiyError>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  const failure = Option.map(Cause.findErrorOption(exit.cause), (error) => error.reason._tag)
  return Option.getOrElse(failure, () => (Cause.hasInterrupts(exit.cause) ? "interrupted" : "defect"))
}

const observe: Observer = (operation, effect) => {
  const { counterOf, timer } = metersOf(operation)
  return Effect.flatMap(
    Clock.monotonicTimeNanos,
    (startedAt) =>
      Effect.onExit(effect, (exit) =>
        Effect.flatMap(Clock.monotonicTimeNanos, (endedAt) =>
          Effect.andThen(
            Metric.update(counterOf(outcomeOf(exit)), 1),
            Metric.update(timer, Number(endedAt - startedAt) / 1_000_000)
          )))
  )
}

/**
 * Counts and times the operations of a program that is given it, by Effect's metrics. Without it, none are.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never> = Layer.succeed(Observer, observe)
