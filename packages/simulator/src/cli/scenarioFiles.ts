/** Scenario files, and what is kept of their runs. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Recording from "../core/media/Recording.ts"
import type { ScenarioRun } from "../node/ScenarioRun.ts"
import * as Scenario from "../Scenario.ts"
import type { ScenarioReport } from "../ScenarioReport.ts"
import { version } from "../SimulatorConfig.ts"
import { type Problem, SimulatorError } from "../SimulatorError.ts"
import * as files from "./files.ts"
import * as programs from "./programs.ts"

/** A scenario, the file it came from, and the folder of that. */
export interface ScenarioFile {
  readonly file: string
  readonly folder: string
  readonly scenario: Scenario.Scenario
}

const problemsOf = ({ reason, message }: SimulatorError): ReadonlyArray<Problem> =>
  reason._tag === "InvalidConfig" ? reason.problems : [{ path: "", message }]

const read = Effect.fnUntraced(function*(file: string) {
  const path = yield* Path.Path
  const scenario = yield* Effect.flatMap(
    programs.isProgram(file) ? programs.exported(file, "scenario") : files.readJson(file),
    (json) => Effect.mapError(Scenario.decode(json), files.inFile(file))
  )
  const found: ScenarioFile = { file, folder: path.dirname(path.resolve(file)), scenario }
  return found
})

/** Reads scenarios. Fails with all that is wrong with any of them. */
export const readAll = Effect.fnUntraced(function*(paths: ReadonlyArray<string>) {
  const problems: Array<Problem> = []
  const found = yield* Effect.forEach(paths, (file) =>
    read(file).pipe(
      Effect.map((one) => [one]),
      Effect.catchTag("SimulatorError", (error) =>
        Effect.sync((): Array<ScenarioFile> => {
          problems.push(...problemsOf(error))
          return []
        }))
    ))
  if (problems.length > 0) return yield* new SimulatorError({ reason: { _tag: "InvalidConfig", problems } })
  return found.flat()
})

/** The first line of the journal of a run: what it takes to repeat it. */
const head = (scenario: Scenario.Scenario, { clock, seed }: ScenarioReport) => ({
  _tag: "Scenario",
  seq: 0,
  at: 0,
  tenant: scenario.config?.accounts?.[0].name ?? "default",
  version,
  seed,
  clock,
  scenario
})

const ndjson = (values: ReadonlyArray<unknown>): string => values.map((value) => `${JSON.stringify(value)}\n`).join("")

/** What a run is called in a folder: as its file is, with its seed. */
export const nameOf = (file: string, seed: number): string =>
  `${
    file.replace(/^.*[/\\]/, "").replace(/\.(json|[cm]?[jt]s)$/i, "").replace(/[^A-Za-z0-9._-]+/g, "-") || "scenario"
  }-seed-${seed}`

/** Writes the journal of a run into a folder, which is made if there is none; gives its path. Fails with `FileUnreadable`. */
export const keepJournal = Effect.fnUntraced(
  function*(folder: string, name: string, scenario: Scenario.Scenario, { report }: ScenarioRun) {
    const path = yield* Path.Path
    const file = path.join(folder, `${name}.ndjson`)
    yield* files.makeFolder("--journals", folder)
    yield* files.write(file, ndjson([head(scenario, report), ...report.entries]))
    return file
  }
)

/** Writes results into a file, whose folder is made if there is none. Fails with `FileUnreadable`. */
export const keepResults = Effect.fnUntraced(function*(file: string, text: string) {
  yield* files.makeFolderAround("--junit", file)
  yield* files.write(file, text)
})

/** Writes what was said on each audio stream into a folder; gives the paths. Fails with `FileUnreadable`. */
export const keepRecordings = Effect.fnUntraced(function*(folder: string, name: string, { recordings }: ScenarioRun) {
  const system = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  if (recordings.size === 0) return []
  yield* files.makeFolder("--recordings", folder)
  return yield* Effect.forEach(recordings, ([stream, recording]) => {
    const file = path.join(folder, `${name}-${stream}.wav`)
    return Effect.mapError(Effect.as(system.writeFile(file, Recording.toWav(recording)), file), files.cannotWrite(file))
  })
})
