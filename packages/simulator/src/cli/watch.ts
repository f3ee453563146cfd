/** `piopiy-sim watch`: the calls of a running simulator on the terminal, as they happen. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as EntryJson from "../core/journal/EntryJson.ts"
import type { SimulatorError } from "../SimulatorError.ts"
import * as Connection from "./connection.ts"
import * as show from "./show.ts"
import { tokenFlag } from "./tokenFlag.ts"

const flags = {
  url: Flag.withDefault(Connection.urlFlag, Connection.defaultUrl),
  token: tokenFlag("token", "Bearer token of the account to watch, instead of the default one"),
  adminToken: Connection.adminTokenFlag,
  tenant: Connection.tenantFlag(Connection.lookedAt),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print the journal's entries, a line of JSON each")
  )
}

type Options = Command.Command.Config.Infer<typeof flags>

/** Where a watcher is: which run of the simulator, and the entry that it saw last. */
interface Place {
  readonly originEpochMs: number
  seq: number
}

const isNoServer = (error: SimulatorError): boolean => error.reason._tag === "NoServer"

/** Follows until the connection ends; run again, it goes on where it was, or begins anew with another run. */
const watcher = (options: Options) => {
  let place: Place | undefined
  let lines = show.calls(0, show.color)

  const print = (text: string): Effect.Effect<void> =>
    options.json
      ? Console.log(text)
      : Result.match(EntryJson.parse(text), {
        onFailure: () => show.note("something came that is no entry"),
        onSuccess: (entry) => show.print(lines(entry))
      })

  return Effect.gen(function*() {
    const { last, nowMs, originEpochMs } = yield* Connection.standing(options)
    const isAgain = place !== undefined
    if (place?.originEpochMs !== originEpochMs) {
      place = { originEpochMs, seq: isAgain ? 0 : last }
      lines = show.calls(isAgain ? 0 : nowMs, show.color)
    }
    if (isAgain) yield* show.note("connected again")
    else if (!options.json) yield* show.print([show.heading(show.color)])
    const here = place
    yield* Connection.follow(options, `from=${here.seq + 1}`).pipe(
      Stream.runForEach(({ seq, text }) =>
        Effect.suspend(() => {
          here.seq = seq
          return print(text)
        })
      ),
      // It was there a moment ago.
      Effect.catchIf(isNoServer, () => Effect.void)
    )
  })
}

const run = Effect.fnUntraced(function*(options: Options) {
  const once = watcher(options)
  const lost = show.note(`the connection to ${options.url} is lost; trying again every second`)
  const again = Effect.retry(once, { schedule: Schedule.spaced("1 second"), while: isNoServer })
  yield* once
  return yield* Effect.forever(Effect.andThen(lost, Effect.delay(again, "1 second")))
})

export const watch = Command.make(
  "watch",
  flags,
  (options) => Effect.provide(run(Connection.lookingIn(options)), FetchHttpClient.layer)
)
  .pipe(
    Command.withDescription("Print the calls of a running simulator as they happen, from now on, until Ctrl-C"),
    Command.withExamples([
      { command: "piopiy-sim watch", description: "All calls of the default account" },
      { command: "piopiy-sim watch --token mine --json", description: "Another account's, as journal entries" },
      {
        command: "piopiy-sim watch --admin-token boss --tenant second",
        description: "One of the accounts of a server that asks for an admin token"
      }
    ])
  )
