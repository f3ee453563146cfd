/** Benchmarks at tiny sizes: that they run and what they print, never how fast. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../benchmarks/main.ts", import.meta.url))

const Output = Schema.fromJsonString(Schema.Struct({
  machine: Schema.Struct({ node: Schema.String, cpuCount: Schema.Natural }),
  reports: Schema.Array(Schema.Struct({
    benchmark: Schema.String,
    columns: Schema.Array(Schema.Struct({ key: Schema.String, target: Schema.optionalKey(Schema.String) })),
    rows: Schema.NonEmptyArray(
      Schema.Struct({ subject: Schema.NonEmptyString, figures: Schema.Record(Schema.String, Schema.Finite) })
    )
  }))
}))

const run = Effect.fnUntraced(function*(options: ReadonlyArray<string>) {
  const child = yield* ChildProcess.make(execPath, [main, ...options], { stdin: "ignore", stderr: "inherit" })
  const text = yield* child.stdout.pipe(Stream.decodeText(), Stream.mkString)
  assert.strictEqual(yield* child.exitCode, 0)
  return text
})

const bench = (...options: ReadonlyArray<string>) =>
  run(options).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

const measure = Effect.fnUntraced(function*(name: string) {
  const output = yield* Schema.decodeEffect(Output)(yield* bench(name, "--quick", "--json"))
  const [report, ...others] = output.reports
  assert(report !== undefined && others.length === 0, "one report")
  assert.strictEqual(report.benchmark, name)
  return report
})

/** Figures that a machine need not have. */
const optional = new Set(["residentMb", "kilobytes"])

/** Rows of which some columns mean nothing. */
const partial = new Set(["4: the timer alone"])

const names = ["transitions", "start", "rest", "load", "virtual", "day", "bundle", "imports", "sdkCalls"]
const streamNames = ["streamHour", "streamCrowd", "streamLive", "streamReceive", "streamDrift"]
const testingNames = ["testSpeed", "worlds", "sameSeed"]

for (const name of [...names, ...streamNames, ...testingNames]) {
  it.live(`${name} fills every column of every row`, () =>
    Effect.gen(function*() {
      const { columns, rows } = yield* measure(name)
      for (const { figures, subject } of rows) {
        if (partial.has(subject)) continue
        for (const { key } of columns) assert(optional.has(key) || key in figures, `${subject} has ${key}`)
      }
    }), 60_000)
}

it.live("transitions names its target and sets no exit code by it", () =>
  Effect.gen(function*() {
    const { columns } = yield* measure("transitions")
    assert.deepStrictEqual(columns.flatMap(({ target }) => target ?? []), [">= 300,000"])
  }), 60_000)

it.live("without --json it prints the machine and a table", () =>
  Effect.gen(function*() {
    const text = yield* bench("transitions", "--quick")
    assert.match(text, /^Node v\d+/)
    assert.include(text, "(target >= 300,000)")
    assert.match(text, /direct call, busy +[\d,]+ /)
  }), 60_000)
