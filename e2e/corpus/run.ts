/** A run over entries: a simulator for all of them, and a line for each. */
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { readBack } from "./documented.ts"
import type { Entry } from "./load.ts"
import { replayOlderCall } from "./olderCallReplay.ts"
import { replayOlder } from "./olderReplay.ts"
import { replay } from "./replay.ts"
import { failed, type Line, lineOf, lineOfEntry } from "./report.ts"
import * as simulator from "./simulator.ts"

const crashed = (cause: unknown) => [
  { side: "vector", what: "unsupported", path: [], expected: "a verdict", actual: String(cause) } as const
]

/** Replays every vector, in order, under virtual time. A vector that breaks the runner has failed. */
export const run = (entries: ReadonlyArray<Entry>): Effect.Effect<ReadonlyArray<Line>> =>
  Effect.gen(function*() {
    const platform = yield* simulator.start(
      entries.flatMap((entry) => entry._tag === "Vector" ? [entry.vector] : [])
    )
    return yield* Effect.forEach(entries, (entry) => {
      if (entry._tag === "Older") return Effect.sync(() => lineOf(entry, replayOlder(entry.vector)))
      if (entry._tag === "OlderCall") {
        return Effect.map(replayOlderCall(entry.vector), (findings) => lineOf(entry, findings))
      }
      if (entry._tag === "Sample") return Effect.sync(() => lineOf(entry, readBack(entry.sample)))
      if (entry._tag !== "Vector") return Effect.succeed(lineOfEntry(entry))
      const { vector } = entry
      return replay(vector, platform).pipe(
        Effect.map((findings) => lineOf(vector, findings)),
        Effect.catchDefect((defect) => Effect.succeed(failed(vector.where, vector.id, crashed(defect))))
      )
    })
  }).pipe(Effect.scoped, Effect.provide(TestClock.layer(), { local: true }))
