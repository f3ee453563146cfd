/** `piopiy-sim replay`: a journal run again, and where it first comes out differently. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as EntryJson from "../core/journal/EntryJson.ts"
import * as replaying from "../core/journal/replay.ts"
import { problemsIn } from "../edge/schemaProblems.ts"
import * as ClockMode from "../engine/ClockMode.ts"
import * as ScenarioRun from "../node/ScenarioRun.ts"
import * as SoundFiles from "../node/SoundFiles.ts"
import * as Scenario from "../Scenario.ts"
import { version } from "../SimulatorConfig.ts"
import * as files from "./files.ts"
import * as Hosting from "./hosting.ts"
import * as show from "./show.ts"

/** The second time was not like the first: an exit code of 1, with nothing more to say. */
class NotTheSame extends Data.TaggedError("NotTheSame")<{}> {}

const parameters = {
  file: Argument.String("journal").pipe(
    Argument.withDescription("A journal, as run keeps it or as serve --journal writes it")
  ),
  anyway: Flag.Boolean("anyway").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Also when another version wrote the journal")
  ),
  sounds: Hosting.soundsFlag,
  allowHost: Hosting.allowHostFlag("webhooks and audio streams may go to")
}

type Options = Command.Command.Config.Infer<typeof parameters>

/** What a run begins its journal with. */
const Head = Schema.Struct({
  _tag: Schema.tag("Scenario"),
  seed: Schema.Natural,
  clock: ClockMode.Setting,
  scenario: Schema.Unknown
})
const readHead = Schema.decodeUnknownEffect(Head)
const readStarted = Schema.decodeUnknownOption(
  Schema.Struct({ _tag: Schema.tag("Started"), version: Schema.String })
)
const readAssumed = Schema.decodeUnknownOption(Schema.Struct({ assumes: Schema.Array(Schema.String) }))
const parseJson = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))

/** A journal as far as it could be read. `entries` are kept only where the whole run is to be repeated. */
interface Journal {
  readonly head: Option.Option<typeof Head.Type>
  readonly count: number
  readonly entries: ReadonlyArray<unknown>
  readonly torn: number
  readonly replayed: replaying.Replayed
}

const otherVersion = (path: string, recorded: string) =>
  files.unreadable(
    path,
    `was written by version ${recorded}, and this is version ${version}: replay it with piopiy-sim ${recorded}, `
      + "or with --anyway to see where the two first differ"
  )

const unreadableHead = (path: string, error: Schema.SchemaError) =>
  files.unreadable(
    path,
    `its first line cannot be read, so the run cannot be repeated: ${
      problemsIn(error).map(({ message, path }) => `${path}: ${message}`).join("; ")
    }; was it changed?`
  )

const read = Effect.fnUntraced(function*(path: string, anyway: boolean) {
  const replay = replaying.make()
  const entries: Array<unknown> = []
  let head = Option.none<typeof Head.Type>()
  let count = 0
  let torn = 0
  yield* Stream.runForEach(files.lines(path), (line) => {
    const json = parseJson(line)
    const entry = EntryJson.parse(line)
    if (Result.isFailure(json) || Result.isFailure(entry)) {
      torn += 1
      return Effect.void
    }
    if (entry.success._tag === "Scenario") {
      return Effect.matchEffect(readHead(json.success), {
        onFailure: (error) => Effect.fail(unreadableHead(path, error)),
        onSuccess: (read) => Effect.sync(() => (head = Option.some(read)))
      })
    }
    count += 1
    if (Option.isSome(head)) entries.push(json.success)
    const recorded = readStarted(json.success)
    if (Option.isSome(recorded) && recorded.value.version !== version && !anyway) {
      return Effect.fail(otherVersion(path, recorded.value.version))
    }
    const assumed = Option.match(readAssumed(json.success), { onNone: () => ({}), onSome: (said) => said })
    replay.add({ ...entry.success, ...assumed })
    return Effect.void
  })
  if (count === 0) return yield* files.unreadable(path, "holds no journal entry")
  const journal: Journal = { head, count, entries, torn, replayed: replay.result() }
  return journal
})

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing"
  return text.length > 400 ? `${text.slice(0, 400)}...` : text
}

const difference = (where: string, recorded: unknown, now: unknown): ReadonlyArray<string> => [
  where,
  `  recorded  ${shown(recorded)}`,
  `  now       ${shown(now)}`
]

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

/** The turns of all calls, through the call machine once more. */
const turns = ({ calls, changed, missing, turns }: replaying.Replayed): ReadonlyArray<string> => {
  const passedOver = missing === 0
    ? ""
    : `; ${counted(missing, "call")} passed over, whose beginning is not in the journal`
  if (changed === undefined) {
    return [`turns    ${counted(turns, "turn")} of ${counted(calls, "call")}: the same${passedOver}`]
  }
  const { at, callId, now, path, recorded, seq } = changed
  return difference(
    `turns    entry ${seq} (call ${callId}, at ${at} ms) differs at ${path === "" ? "all of it" : path}`,
    recorded,
    now
  )
}

const Placed = Schema.Struct({ _tag: Schema.String, seq: Schema.Natural, at: Schema.Natural })
const readPlaced = Schema.decodeUnknownOption(Placed)

const entryText = (entry: unknown): string =>
  Option.match(readPlaced(entry), {
    onNone: () => "an entry that is not there",
    onSome: ({ _tag, at, seq }) => `entry ${seq} (${_tag}, at ${at} ms)`
  })

/** The whole run once more, as far as the journal goes. */
const again = Effect.fnUntraced(
  function*({ entries, torn }: Journal, { clock, scenario, seed }: typeof Head.Type, options: Options) {
    const path = options.file
    const read = yield* Scenario.decode(scenario).pipe(
      Effect.provide(Option.match(options.sounds, { onNone: () => Layer.empty, onSome: SoundFiles.layer })),
      Effect.mapError((error) => files.unreadable(path, `its scenario cannot be read: ${error.message}`))
    )
    if (read.app !== undefined) {
      yield* Console.log("run      not repeated: the scenario has an app of its own; run its file again instead")
      return true
    }
    if (clock !== "manual") {
      yield* show.note(`${path}: the run was on a clock that passes by itself, so its moments are not exact`)
    }
    const { report } = yield* ScenarioRun.run(read, {
      folder: ".",
      seed,
      clock: "manual",
      allowHosts: options.allowHost,
      ...Option.match(options.sounds, { onNone: () => ({}), onSome: (sounds) => ({ sounds }) })
    })
    const now = torn > 0 ? report.entries.slice(0, entries.length) : report.entries
    const found = replaying.firstDifference(entries, now)
    if (found === undefined) {
      yield* Console.log(`run      all ${counted(entries.length, "entry").replace(/entrys$/, "entries")} are the same`)
      return true
    }
    const { index, left, path: where, right } = found
    const what = entryText(entries[index] ?? now[index])
    yield* show.print(
      difference(
        where === ""
          ? `run      ${what} is ${left === undefined ? "new" : "missing"}`
          : `run      ${what} differs at ${where}`,
        left,
        right
      )
    )
    return false
  }
)

const run = Effect.fnUntraced(function*(options: Options) {
  const { anyway, file } = options
  const journal = yield* read(file, anyway)
  if (journal.torn > 0) {
    yield* show.note(`${file}: skipped ${counted(journal.torn, "line")} cut off or of something else`)
  }
  yield* show.print(turns(journal.replayed))
  const same = yield* Option.match(journal.head, {
    onNone: () => Effect.succeed(true),
    onSome: (head) => again(journal, head, options)
  })
  if (!same || journal.replayed.changed !== undefined) return yield* new NotTheSame()
})

export const replay = Command.make(
  "replay",
  parameters,
  (options) => Effect.onInterrupt(run(options), () => show.stoppedEarly)
).pipe(
  Command.withDescription(
    "Run a journal again: the turns of its calls, and the whole run if it was a scenario's without an app; the exit code "
      + "is 0 when it comes out the same, 1 otherwise"
  ),
  Command.withExamples([
    { command: "piopiy-sim replay piopiy-failures/busy-group-seed-1.ndjson", description: "What a failed run left" },
    { command: "piopiy-sim replay calls.ndjson", description: "What serve --journal calls.ndjson has written" }
  ])
)
