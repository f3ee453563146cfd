/** The scenarios that ship: each holds, fits the schema for editors, and is in the table of the docs. */
import { assert, describe, it, layer } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { readdirSync, readFileSync } from "node:fs"
import { basename } from "node:path"
import { platform, temporary, textOf } from "./cli-kit.ts"
import { root, startSim } from "./processes.ts"

const folder = `${root}/packages/examples/scenarios`
const files = readdirSync(folder).filter((name) => name.endsWith(".json"))
const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"))

const validate = new Ajv2020({ strict: false, formats: { uri: true } }).compile(
  JSON.parse(readFileSync(`${root}/packages/simulator/scenario.schema.json`, "utf8"))
)

describe("the scenarios that ship", () => {
  it("are at least eight", () => {
    assert.isAtLeast(files.length, 8)
  })

  it.each(files)("%s fits scenario.schema.json", (file) => {
    assert.isTrue(validate(read(`${folder}/${file}`)), JSON.stringify(validate.errors))
    assert.isFalse(validate({ name: "x", steps: [], stepz: [] }))
  })

  it("are all in the table of docs/scenarios.md", () => {
    const text = readFileSync(`${root}/docs/scenarios.md`, "utf8")
    for (const file of files) assert.include(text, `| \`${file}\` |`)
  })
})

const Line = Schema.fromJsonString(Schema.Struct({
  file: Schema.String,
  passed: Schema.Boolean,
  failures: Schema.Array(Schema.Unknown),
  remarks: Schema.Array(Schema.String),
  journal: Schema.String
}))

/** Those that take no time of the machine's: their journals can be compared. */
const repeatable = files.filter((file) => !readFileSync(`${folder}/${file}`, "utf8").includes("\"clock\""))
const timed = files.filter((file) => !repeatable.includes(file))

/** Runs scenarios in one process: the exit code, and what became of each, by its file. */
const run = Effect.fnUntraced(function*(files: ReadonlyArray<string>, ...flags: ReadonlyArray<string>) {
  const kept = yield* temporary
  const program = yield* startSim(
    "run",
    ...files.map((file) => `${folder}/${file}`),
    "--json",
    "--journals",
    kept,
    ...flags
  )
  const { code, stdout } = yield* program.endedWithin("1 minute")
  const lines = yield* Effect.forEach(stdout.trimEnd().split("\n"), (line) => Schema.decodeEffect(Line)(line))
  return { code, lines: new Map(lines.map((line) => [basename(line.file), line])) }
})

/** All of them once, those that take their time in processes of their own; and the others twice more, with one seed. */
class Runs extends Context.Service<Runs, {
  readonly once: ReadonlyArray<Effect.Success<ReturnType<typeof run>>>
  readonly again: ReadonlyArray<Effect.Success<ReturnType<typeof run>>>
}>()("e2e/Runs") {
  static readonly layer = Layer.effect(
    this,
    Effect.all({
      once: Effect.forEach([repeatable, ...timed.map((file) => [file])], (files) => run(files), { concurrency: 3 }),
      again: Effect.forEach([1, 2], () => run(repeatable, "--seed", "7"))
    }, { concurrency: 2 })
  ).pipe(Layer.provideMerge(platform))
}

layer(Runs.layer, { excludeTestServices: true, timeout: 120_000 })(
  "the scenarios that ship, as they are run,",
  (it) => {
    it.effect("end with the exit code 0", () =>
      Effect.gen(function*() {
        const { again, once } = yield* Runs
        assert.deepEqual([...once, ...again].map(({ code }) => code), [...once, ...again].map(() => 0))
      }))

    it.effect.each(files)("%s holds", (file) =>
      Effect.gen(function*() {
        const { once } = yield* Runs
        const [line, ...others] = once.flatMap(({ lines }) => lines.get(file) ?? [])
        assert.deepEqual([line?.passed, line?.failures, others], [true, [], []])
        assert.notInclude(line?.remarks.join("\n"), "never fired")
      }))

    it.effect.each(repeatable)("%s leaves the same journal twice, byte for byte", (file) =>
      Effect.gen(function*() {
        const { again } = yield* Runs
        const journals = yield* Effect.forEach(again, ({ lines }) => textOf(lines.get(file)?.journal ?? ""))
        assert.isAbove(journals[0]?.length ?? 0, 1000)
        assert.isTrue(journals[0] === journals[1])
      }))
  }
)
