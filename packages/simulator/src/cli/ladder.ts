/** `piopiy-sim ladder`: the calls of a journal that was written to a file. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as phrase from "../core/expect/phrase.ts"
import * as EntryJson from "../core/journal/EntryJson.ts"
import * as Connection from "./connection.ts"
import * as files from "./files.ts"
import * as show from "./show.ts"

const counted = (count: number, what: string): string => `${count} ${count === 1 ? "line" : "lines"} ${what}`

const parameters = {
  file: Argument.String("file").pipe(Argument.withDescription("A journal as serve --journal writes it")),
  tenant: Connection.tenantFlag("Calls of the account of this name alone")
}

const run = Effect.fnUntraced(function*({ file: path, tenant }: Command.Command.Config.Infer<typeof parameters>) {
  const ladders = show.recorded(show.color)
  const skipped: Record<EntryJson.NoEntry, number> = { NotJson: 0, NotAnEntry: 0 }
  const tenants = new Set<string>()
  let entries = 0
  yield* Stream.runForEach(files.lines(path), (line) =>
    Result.match(EntryJson.parse(line), {
      onFailure: (why) => Effect.sync(() => skipped[why] += 1),
      onSuccess: (entry) =>
        Effect.suspend(() => {
          entries += 1
          tenants.add(entry.tenant)
          return Option.exists(tenant, (name) => name !== entry.tenant) ? Effect.void : show.print(ladders.add(entry))
        })
    }))
  yield* show.print(ladders.rest())
  if (entries === 0) return yield* files.unreadable(path, "holds no journal entry")
  if (Option.isSome(tenant) && !tenants.has(tenant.value)) {
    const known = phrase.listed(phrase.some([...tenants], 20))
    return yield* files.unreadable(path, `holds no entry of an account called ${tenant.value}, but of ${known}`)
  }
  if (skipped.NotJson > 0) yield* show.note(`${path}: skipped ${counted(skipped.NotJson, "cut off")}`)
  if (skipped.NotAnEntry > 0) yield* show.note(`${path}: skipped ${counted(skipped.NotAnEntry, "of something else")}`)
})

export const ladder = Command.make(
  "ladder",
  parameters,
  run
).pipe(
  Command.withDescription("Print the calls of a recorded journal, each whole; a line that was cut off does no harm"),
  Command.withExamples([
    { command: "piopiy-sim ladder calls.ndjson", description: "What serve --journal calls.ndjson has written" }
  ])
)
