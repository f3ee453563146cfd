/** A lock of which can be told without an effect whether it is free: then what needs no wait needs no lock either. */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

export interface Turns {
  /** Whether nobody has the lock, nor waits for it. */
  readonly isFree: () => boolean
  /** Runs alone, in the order of the calls. */
  readonly take: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export const make = (): Turns => {
  const semaphore = Semaphore.makeUnsafe(1)
  let takers = 0
  const leave = Effect.sync(() => {
    takers -= 1
  })
  return {
    isFree: () => takers === 0,
    take: (effect) =>
      Effect.uninterruptibleMask((restore) => {
        takers += 1
        return Effect.ensuring(restore(semaphore.withPermit(effect)), leave)
      })
  }
}
