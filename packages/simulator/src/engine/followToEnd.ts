/** Reading a journal as it grows, and what is left of it when the simulator stops. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Entry } from "../core/journal/Entry.ts"
import type { Journal } from "./Journal.ts"

/**
 * Hands over every entry from now on until the scope closes, the last ones included. What has been handed over is seen
 * through, also when the scope closes meanwhile.
 */
export const followToEnd = (
  journal: Journal["Service"],
  take: (entries: ReadonlyArray<Entry>) => Effect.Effect<void>
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.suspend(() => {
    let next = 0
    const takeNext = (entries: ReadonlyArray<Entry>) =>
      Effect.uninterruptible(Effect.suspend(() => {
        next = (entries.at(-1)?.seq ?? next - 1) + 1
        return take(entries)
      }))
    return Effect.addFinalizer(() => Effect.suspend(() => takeNext(journal.read({ from: next })))).pipe(
      Effect.andThen(Effect.forkScoped(Stream.runForEachArray(journal.follow(), takeNext))),
      Effect.asVoid
    )
  })
