/** Requests that wait for each other, so that no more start or run at once than was asked for. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { Reason } from "../PiopiyError.ts"
import { attempt } from "./plainData.ts"

/** See `RequestLimits.Options`. */
interface Limits {
  readonly perSecond?: number
  readonly concurrency?: number
  readonly waiting?: number
}

/** Runs a request when its turn has come. Fails with reason `Overloaded` when too many wait already. */
export type Limiter = <A, R>(send: Effect.Effect<A, Reason, R>) => Effect.Effect<A, Reason, R>

const unlimited: Limiter = (send) => send

/** Whoever waits for the next start holds the gate, so that one who gives up takes no start with him. */
const pace = (perSecond: number): Effect.Effect<void> => {
  const gate = Semaphore.makeUnsafe(1)
  const gap = BigInt(Math.ceil(1_000_000_000 / perSecond))
  let nextAt: bigint | undefined
  return gate.withPermit(Effect.gen(function*() {
    const now = yield* Clock.monotonicTimeNanos
    if (nextAt !== undefined && nextAt > now) yield* Effect.sleep(Duration.nanos(nextAt - now))
    nextAt = (nextAt !== undefined && nextAt > now ? nextAt : now) + gap
  }))
}

const paceOf = (perSecond: number | undefined): Effect.Effect<void> =>
  perSecond !== undefined && perSecond > 0 && 1 / perSecond < 86_400 ? pace(perSecond) : Effect.void

/** A limiter with a line of its own. Options that are no limits are refused by whoever is given it. */
export const make = (options: Limits): Limiter => {
  const limits = attempt<Limits>(() => ({ ...options }), {})
  if (limits.perSecond === undefined && limits.concurrency === undefined) return unlimited
  const start = paceOf(limits.perSecond)
  const places = limits.concurrency === undefined ? undefined : Semaphore.makeUnsafe(limits.concurrency)
  const longest = limits.waiting ?? 1000
  let waiting = 0
  return (send) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        if (waiting >= longest) return Effect.fail(Reason.Overloaded({ waiting }))
        waiting += 1
        let inLine = true
        const leave = Effect.sync(() => {
          if (inLine) waiting -= 1
          inLine = false
        })
        const turn = start.pipe(Effect.andThen(leave), Effect.andThen(send))
        return restore(places === undefined ? turn : places.withPermit(turn)).pipe(Effect.ensuring(leave))
      })
    )
}
