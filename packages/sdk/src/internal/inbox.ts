/**
 * What has come and was not taken yet: added without an effect, and taken as a whole by one that waits for it.
 *
 * It stands where a queue of Effect would for the sake of what a frame costs: a queue wakes its takers by a task of the
 * scheduler, in another turn of the event loop; here they go on before `flush` returns.
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as MutableList from "effect/MutableList"

/** Nothing bounds it: whoever adds looks at `size`, and drops. */
export interface Inbox<in out A, E> {
  readonly size: () => number
  /** Wakes nobody: `flush` does, once all is added that has come at once. */
  readonly add: (value: A) => void
  readonly dropOldest: () => A | undefined
  /** Hands all there is to who has waited longest. Whether nothing is left. */
  readonly flush: () => boolean
  /** Lets what is there be taken, and then nothing more. The first end is the one that counts. */
  readonly end: (error: E) => void
  /** All there is, at least one. Fails with the end, once all was taken. */
  readonly takeAll: Effect.Effect<Arr.NonEmptyArray<A>, E>
}

export const make = <A, E>(): Inbox<A, E> => {
  type Taken = Effect.Effect<Arr.NonEmptyArray<A>, E>
  const values = MutableList.make<A>()
  const waiting: Array<(taken: Taken) => void> = []
  let ended: Effect.Effect<never, E> | undefined

  const take = (): Taken | undefined => {
    const all = MutableList.takeAll(values)
    return Arr.isArrayNonEmpty(all) ? Effect.succeed(all) : ended
  }

  const flush = (): boolean => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const taken = take()
      if (taken === undefined) return true
      waiting.shift()
      next(taken)
    }
    return values.length === 0
  }

  return {
    size: () => values.length,
    add: (value) => MutableList.append(values, value),
    dropOldest: () => {
      const oldest = MutableList.take(values)
      return oldest === MutableList.Empty ? undefined : oldest
    },
    flush,
    end: (error) => {
      ended ??= Effect.fail(error)
      flush()
    },
    takeAll: Effect.callback((resume) => {
      const taken = take()
      if (taken !== undefined) return resume(taken)
      waiting.push(resume)
      return Effect.sync(() => {
        const place = waiting.indexOf(resume)
        if (place >= 0) waiting.splice(place, 1)
      })
    })
  }
}
