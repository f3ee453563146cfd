/** Benchmarks at tiny sizes: that they run and what they print, never how fast. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
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

/** All of them one after another, as they run when none is named: what each reports. */
class Reports extends Context.Service<Reports, ReadonlyArray<typeof Output.Type["reports"][number]>>()("e2e/Reports") {
  static readonly layer = Layer.effect(
    this,
    bench("--quick", "--json").pipe(
      Effect.flatMap(Schema.decodeEffect(Output)),
      Effect.map(({ reports }) => reports)
    )
  )
}

const report = Effect.fnUntraced(function*(name: string) {
  const [found, ...others] = (yield* Reports).filter(({ benchmark }) => benchmark === name)
  assert(found !== undefined && others.length === 0, "one report")
  return found
})

/** Figures that a machine need not have. */
const optional = new Set(["residentMb", "kilobytes"])

/** Rows of which some columns mean nothing. */
const partial = new Set(["4: the timer alone"])

const names = ["transitions", "start", "rest", "load", "virtual", "day", "bundle", "imports", "sdkCalls"]
const streamNames = ["streamHour", "streamCrowd", "streamLive", "streamReceive", "streamDrift"]
const testingNames = ["testSpeed", "worlds", "sameSeed"]
const all = [...names, ...streamNames, ...testingNames]

layer(Reports.layer, { excludeTestServices: true, timeout: 120_000 })("benchmarks", (it) => {
  it.effect("are all there, each with one report", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* Reports).map(({ benchmark }) => benchmark), all)
    }))

  it.effect.each(all)("%s fills every column of every row", (name) =>
    Effect.gen(function*() {
      const { columns, rows } = yield* report(name)
      for (const { figures, subject } of rows) {
        if (partial.has(subject)) continue
        for (const { key } of columns) assert(optional.has(key) || key in figures, `${subject} has ${key}`)
      }
    }))

  it.effect("name their targets and set no exit code by them", () =>
    Effect.gen(function*() {
      const { columns } = yield* report("transitions")
      assert.deepStrictEqual(columns.flatMap(({ target }) => target ?? []), [">= 300,000"])
    }))
})

it.live("one that is named runs alone; without --json it prints the machine and a table", () =>
  Effect.gen(function*() {
    const text = yield* bench("transitions", "--quick")
    assert.match(text, /^Node v\d+/)
    assert.include(text, "(target >= 300,000)")
    assert.match(text, /direct call, busy +[\d,]+ /)
    assert.notInclude(text, "sim serve")
  }), 60_000)
