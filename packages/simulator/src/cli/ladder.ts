/** `piopiy-sim ladder`: the calls of a journal that was written to a file. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as EntryJson from "../core/journal/EntryJson.ts"
import * as files from "./files.ts"
import * as show from "./show.ts"

const counted = (count: number, what: string): string => `${count} ${count === 1 ? "line" : "lines"} ${what}`

const run = Effect.fnUntraced(function*(path: string) {
  const ladders = show.recorded(show.color)
  const skipped: Record<EntryJson.NoEntry, number> = { NotJson: 0, NotAnEntry: 0 }
  let entries = 0
  yield* Stream.runForEach(files.lines(path), (line) =>
    Result.match(EntryJson.parse(line), {
      onFailure: (why) => Effect.sync(() => skipped[why] += 1),
      onSuccess: (entry) =>
        Effect.suspend(() => {
          entries += 1
          return show.print(ladders.add(entry))
        })
    }))
  yield* show.print(ladders.rest())
  if (entries === 0) return yield* files.unreadable(path, "holds no journal entry")
  if (skipped.NotJson > 0) yield* show.note(`${path}: skipped ${counted(skipped.NotJson, "cut off")}`)
  if (skipped.NotAnEntry > 0) yield* show.note(`${path}: skipped ${counted(skipped.NotAnEntry, "of something else")}`)
})

export const ladder = Command.make(
  "ladder",
  { file: Argument.String("file").pipe(Argument.withDescription("A journal as serve --journal writes it")) },
  ({ file }) => run(file)
).pipe(
  Command.withDescription("Print the calls of a recorded journal, each whole; a line that was cut off does no harm"),
  Command.withExamples([
    { command: "piopiy-sim ladder calls.ndjson", description: "What serve --journal calls.ndjson has written" }
  ])
)
