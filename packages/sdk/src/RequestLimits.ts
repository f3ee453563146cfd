/** How many requests may start and run. */
import type * as Effect from "effect/Effect"
import * as limiter from "./internal/limiter.ts"
import type { Reason } from "./PiopiyError.ts"

/**
 * A line in which requests wait for each other. Layers that are given the same value share it.
 *
 * @category models
 * @since 0.1.0
 */
export interface RequestLimits {
  readonly options: Options
  /** Runs a request when its turn has come. Fails with reason `Overloaded` when too many wait already. */
  readonly run: <A, R>(send: Effect.Effect<A, Reason, R>) => Effect.Effect<A, Reason, R>
}

/**
 * What is limited. Whatever is left out is not.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Requests that may start in a second, evenly spaced: 2 means one every 500 ms. Fractions are fine. */
  readonly perSecond?: number
  /** Requests that may run at once. */
  readonly concurrency?: number
  /** Requests that may wait; 1000 unless told otherwise. */
  readonly waiting?: number
}

/**
 * A line of its own. Retries count as requests, which start in the order in which they came; time spent waiting is no part
 * of the time-out. A request that finds `waiting` others in line fails at once with reason `Overloaded`: nothing was sent.
 * Options that are no limits are refused with reason `InvalidConfig` by the layer that is given the value.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): RequestLimits => ({ options, run: limiter.make(options) })
