/** `piopiy-sim run`: scenarios, and whether they hold. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as phrase from "../core/expect/phrase.ts"
import * as ClockMode from "../engine/ClockMode.ts"
import * as ScenarioRun from "../node/ScenarioRun.ts"
import * as SoundFiles from "../node/SoundFiles.ts"
import * as Scenario from "../Scenario.ts"
import * as ScenarioReport from "../ScenarioReport.ts"
import * as files from "./files.ts"
import * as Hosting from "./hosting.ts"
import * as junit from "./junit.ts"
import * as scenarioFiles from "./scenarioFiles.ts"
import * as show from "./show.ts"

/** Something did not hold: an exit code of 1, with nothing more to say. */
class NotPassed extends Data.TaggedError("NotPassed")<{}> {}

/** Where the journals and recordings of failures are kept that nobody gave a place. */
const defaultFolder = "piopiy-failures"

const folder = (name: string, description: string) =>
  Flag.optional(Flag.String(name).pipe(Flag.withMetavar("DIR"), Flag.withDescription(description)))

const parameters = {
  files: Argument.String("file").pipe(
    Argument.withDescription("A scenario as JSON, or a TypeScript or JavaScript file that exports one"),
    Argument.variadic({ min: 1 })
  ),
  clock: Hosting.clockFlag("How time passes, instead of what the scenario says"),
  seed: Flag.optional(
    Flag.Int("seed").pipe(
      Flag.withDescription("Seed of ids and chance, instead of the scenario's"),
      Flag.filter((seed) => seed >= 0, () => "a whole number, 0 or more")
    )
  ),
  repeat: Flag.Int("repeat").pipe(
    Flag.withDescription("Run each scenario so often, with seeds that count on from its own"),
    Flag.withDefault(1),
    Flag.filter((times) => times >= 1 && times <= 100_000, () => "a whole number, 1 to 100000")
  ),
  junit: Flag.optional(
    Flag.String("junit").pipe(Flag.withMetavar("FILE"), Flag.withDescription("Write the results here, as JUnit XML"))
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print a line of JSON for each run, and nothing else")
  ),
  journals: folder(
    "journals",
    `Keep the journal of every run here; left out, those of failures are kept in ${defaultFolder}`
  ),
  recordings: folder("recordings", "Keep what was said on audio streams here, of every run; otherwise as journals"),
  sounds: Hosting.soundsFlag,
  allowHost: Hosting.allowHostFlag("webhooks and audio streams may go to")
}

type Options = Command.Command.Config.Infer<typeof parameters>

/** A run, and what was kept of it. */
interface Done extends ScenarioRun.ScenarioRun {
  readonly file: string
  readonly hasApp: boolean
  readonly options: Options
  readonly journal: string | undefined
  readonly sounds: ReadonlyArray<string>
}

const isPassed = ({ report }: Done): boolean => ScenarioReport.passed(report)

/** A time as minutes, seconds and milliseconds. */
const clockText = (ms: number): string =>
  `${String(Math.floor(ms / 60_000)).padStart(2, "0")}:${((ms % 60_000) / 1000).toFixed(3).padStart(6, "0")}`

const indented = (text: string): string =>
  text.split("\n").map((line) => line === "" ? "" : `        ${line}`).join("\n")

/** A word as a shell takes it. */
const word = (text: string): string => /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** What repeats a run: its journal, or its file where that takes an app. */
const again = ({ file, hasApp, journal, options, report }: Done): string | undefined => {
  const clock = Option.toArray(options.clock).map((clock) => `--clock ${ClockMode.format(clock)}`)
  const reach = [
    ...Option.toArray(options.sounds).map((folder) => `--sounds ${word(folder)}`),
    ...options.allowHost.map((host) => `--allow-host ${word(host)}`)
  ]
  if (hasApp) return [`piopiy-sim run ${word(file)} --seed ${report.seed}`, ...clock, ...reach].join(" ")
  return journal === undefined ? undefined : [`piopiy-sim replay ${word(journal)}`, ...reach].join(" ")
}

/** What is to be said of a failure. */
const details = (done: Done): ReadonlyArray<string> => {
  const { appOutput, journal, report, sounds } = done
  const command = again(done)
  return [
    "",
    ...ScenarioReport.failures(report).flatMap((message) => [indented(message), ""]),
    ...report.remarks.map((remark) => indented(`remark     ${remark}`)),
    ...(appOutput === "" ? [] : [indented(`the app printed last:\n${appOutput.trimEnd()}`)]),
    ...(journal === undefined ? [] : [indented(`journal    ${journal}`)]),
    ...sounds.map((sound) => indented(`recording  ${sound}`)),
    ...(command === undefined ? [] : [indented(`again      ${command}`)]),
    ""
  ]
}

/** What is to be said of several seeds. */
const seeds = (runs: ReadonlyArray<Done>, failed: ReadonlyArray<Done>): string => {
  const [first] = runs
  if (first === undefined || runs.length === 1) return ""
  return failed.length === 0
    ? `, ${runs.length} seeds from ${first.report.seed}`
    : `, ${failed.length} of ${runs.length} seeds failed`
}

/** Seeds of which it is said why they failed. */
const mostSeeds = 20

/** Why each of several seeds failed, in a line. */
const reasons = (runs: ReadonlyArray<Done>, failed: ReadonlyArray<Done>): ReadonlyArray<string> => {
  const [worst] = failed
  if (worst === undefined || runs.length === 1) return []
  const [shown, more] = [failed.slice(0, mostSeeds), failed.length - mostSeeds]
  const width = Math.max(...shown.map(({ report }) => String(report.seed).length))
  return [
    ...shown.map(({ report }) => {
      const [why = ""] = (ScenarioReport.failures(report)[0] ?? "").split("\n")
      return indented(`seed ${String(report.seed).padStart(width)}  ${phrase.line(why)}`)
    }),
    ...more > 0 ? [indented(`and ${more} more: here ${mostSeeds} at most are told, by --json and --junit all`)] : [],
    "",
    indented(`seed ${worst.report.seed} in full`)
  ]
}

/** What there was to remark each time. */
const remarksOn = (runs: ReadonlyArray<Done>): ReadonlyArray<string> =>
  runs[0]?.report.remarks.filter((remark) => runs.every(({ report }) => report.remarks.includes(remark))) ?? []

/** All runs of a file, in a line, with why each failed, and details of the first that did. */
const lines = (runs: ReadonlyArray<Done>, width: number): ReadonlyArray<string> => {
  const [first] = runs
  if (first === undefined) return []
  const failed = runs.filter((run) => !isPassed(run))
  const [worst] = failed
  const realMs = runs.reduce((sum, { report }) => sum + report.realMs, 0)
  const virtual = runs.length === 1 ? `${clockText(first.report.virtualMs)} ` : ""
  const label = show.outcome(worst === undefined, show.color)
  return [
    `${label}  ${first.report.name.padEnd(width)}  ${virtual}in ${realMs} ms${seeds(runs, failed)}`,
    ...reasons(runs, failed),
    ...worst === undefined ? remarksOn(runs).map((remark) => indented(`remark     ${remark}`)) : details(worst)
  ]
}

const json = (done: Done): string => {
  const { file, journal, report, sounds } = done
  const command = isPassed(done) ? undefined : again(done)
  return JSON.stringify({
    file,
    name: report.name,
    seed: report.seed,
    clock: report.clock,
    passed: isPassed(done),
    failures: ScenarioReport.failures(report),
    remarks: report.remarks,
    virtualMs: report.virtualMs,
    realMs: report.realMs,
    ...(journal === undefined ? {} : { journal }),
    ...(sounds.length === 0 ? {} : { recordings: sounds }),
    ...(command === undefined ? {} : { again: command })
  })
}

const testCase = (times: number) => (done: Done): junit.TestCase => {
  const { file, report } = done
  const command = again(done)
  return {
    file,
    name: times === 1 ? report.name : `${report.name} (seed ${report.seed})`,
    realMs: report.realMs,
    failures: ScenarioReport.failures(report),
    output: [...report.remarks, ...command === undefined ? [] : [command]]
  }
}

const once = Effect.fnUntraced(
  function*({ file, folder, scenario }: scenarioFiles.ScenarioFile, name: string, seed: number, options: Options) {
    const run = yield* ScenarioRun.run(scenario, {
      folder,
      seed,
      allowHosts: options.allowHost,
      ...Option.match(options.clock, { onNone: () => ({}), onSome: (clock) => ({ clock }) }),
      ...Option.match(options.sounds, { onNone: () => ({}), onSome: (sounds) => ({ sounds }) })
    })
    const kept = (asked: Option.Option<string>): string | undefined =>
      Option.getOrElse(asked, () => ScenarioReport.passed(run.report) ? undefined : defaultFolder)
    const journals = kept(options.journals)
    const recordings = kept(options.recordings)
    const done: Done = {
      ...run,
      file,
      hasApp: scenario.app !== undefined,
      options,
      journal: journals === undefined ? undefined : yield* scenarioFiles.keepJournal(journals, name, scenario, run),
      sounds: recordings === undefined ? [] : yield* scenarioFiles.keepRecordings(recordings, name, run)
    }
    // Of many runs only what is told of each is kept.
    return { ...done, report: { ...run.report, entries: [] }, recordings: new Map() }
  }
)

const run = Effect.fnUntraced(function*(options: Options) {
  const scenarios = yield* scenarioFiles.readAll(options.files).pipe(
    Effect.provide(Option.match(options.sounds, { onNone: () => Layer.empty, onSome: SoundFiles.layer }))
  )
  // Better known now than after the runs; and what an earlier one has left is not taken for this one's.
  if (Option.isSome(options.junit)) yield* scenarioFiles.keepResults(options.junit.value, junit.toXml([]))
  if (Option.isSome(options.journals)) yield* files.makeFolder("--journals", options.journals.value)
  if (Option.isSome(options.recordings)) yield* files.makeFolder("--recordings", options.recordings.value)
  const width = Math.max(0, ...scenarios.map(({ scenario }) => scenario.name.length))
  const names = new Set<string>()
  const all: Array<Done> = []
  for (const one of scenarios) {
    const first = Option.getOrElse(options.seed, () => Scenario.settingsOf(one.scenario).seed)
    const runs: Array<Done> = []
    for (let index = 0; index < options.repeat; index++) {
      const seed = first + index
      let name = scenarioFiles.nameOf(one.file, seed)
      for (let count = 2; names.has(name); count++) name = `${scenarioFiles.nameOf(one.file, seed)}-${count}`
      names.add(name)
      const done = yield* once(one, name, seed, options)
      runs.push(done)
      if (options.json) yield* Console.log(json(done))
    }
    if (!options.json) yield* show.print(lines(runs, width))
    all.push(...runs)
  }
  const failed = all.filter((run) => !isPassed(run)).length
  if (Option.isSome(options.junit)) {
    yield* scenarioFiles.keepResults(options.junit.value, junit.toXml(all.map(testCase(options.repeat))))
  }
  if (!options.json) yield* Console.log(`${all.length - failed} passed, ${failed} failed`)
  if (failed > 0) return yield* new NotPassed()
})

export const runScenarios = Command.make(
  "run",
  parameters,
  (options) => Effect.onInterrupt(run(options), () => show.stoppedEarly)
).pipe(
  Command.withDescription(
    "Run scenarios, each on a simulator of its own; the exit code is 0 when all hold, 1 otherwise"
  ),
  Command.withExamples([
    { command: "piopiy-sim run scenarios/*.json", description: "Each once, with its own seed" },
    {
      command: "piopiy-sim run busy-group.json --repeat 100 --junit results.xml",
      description: "With a hundred seeds, the results for a CI host"
    }
  ])
)
