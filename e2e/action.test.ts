/** What docs/ci.md offers: the composite action, its steps run by bash as a runner runs them, and the blocks of the page. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Yaml from "effect/encoding/Yaml"
import * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import { dirname } from "node:path"
import { append, platform, temporary, textOf, written } from "./cli-kit.ts"
import { eventually, root, start } from "./processes.ts"

const Step = Schema.Struct({
  id: Schema.String,
  shell: Schema.Literal("bash"),
  env: Schema.Record(Schema.String, Schema.String),
  run: Schema.String
})
const Action = Schema.Struct({
  inputs: Schema.Record(Schema.String, Schema.Struct({ description: Schema.String, default: Schema.String })),
  outputs: Schema.Record(Schema.String, Schema.Struct({ description: Schema.String, value: Schema.String })),
  runs: Schema.Struct({ using: Schema.Literal("composite"), steps: Schema.Array(Step) })
})

const action = Effect.flatMap(
  textOf(`${root}/action.yml`),
  (text) => Schema.decodeUnknownEffect(Action)(Yaml.parse(text))
)

const sim = `${process.execPath} ${root}/packages/simulator/src/cli/bin.ts`

const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{ (\S+) \}\}/g, (_, name: string) => values[name] ?? `no ${name}`)

const keyed = (prefix: string, values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]))

/** Whether there is a process of this id, which is sent a signal. */
const isRunning = (pid: string | undefined, signal: string) =>
  Effect.flatMap(
    start("sh", ["-c", `kill ${signal} "$0"`, pid ?? ""]),
    ({ ended }) => Effect.map(Effect.orDie(ended), ({ code }) => code === 0)
  )

/** Runs the steps with inputs, and gives how they ended and the outputs. */
const runAction = Effect.fnUntraced(function*(given: Readonly<Record<string, string>>) {
  const { inputs, outputs, runs } = yield* action
  const folder = yield* temporary
  const defaults = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default]))
  const values = keyed("inputs.", { ...defaults, command: sim, port: "0", ...given })
  let said: Readonly<Record<string, string>> = {}
  let ending = { code: 0 as number | null, stdout: "", stderr: "" }
  for (const { env, id, run } of runs.steps) {
    if (ending.code !== 0) break
    const script = yield* written("step.sh", run)
    const output = yield* written("output", "")
    const variables = { RUNNER_TEMP: folder, GITHUB_OUTPUT: output, ...env }
    const program = yield* start("env", [
      ...Object.entries(variables).map(([name, value]) => `${name}=${filled(value, values)}`),
      ...["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script]
    ])
    ending = yield* program.ended
    const lines = (yield* textOf(output)).split("\n").filter((line) => line !== "")
    said = {
      ...said,
      ...Object.fromEntries(
        lines.map((line) => [`steps.${id}.outputs.${line.split("=")[0]}`, line.slice(line.indexOf("=") + 1)])
      )
    }
  }
  const results = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, filled(value, said)]))
  yield* Effect.addFinalizer(() => Effect.scoped(isRunning(results["pid"], "-KILL")))
  return { ending, results }
})

describe("the action", () => {
  it.live("starts the simulator with the flags, waits until it answers, and tells where", () =>
    Effect.gen(function*() {
      const config = yield* written("sim.json", JSON.stringify({ accounts: [{ token: "in-a-file" }] }))
      const { ending, results: { pid, ...results } } = yield* runAction({ flags: `--config=${config}\n--seed\n9\n` })
      assert.deepEqual([ending.code, ending.stdout], [0, ""], ending.stderr)
      const { "base-url": baseUrl, journal, url } = results
      assert.strictEqual(baseUrl, `${url}/v3`)
      const health = yield* Effect.flatMap(HttpClient.get(`${url}/_sim/health`), ({ text }) => text)
      assert.include(health, "\"status\"")
      assert.include(yield* textOf(journal ?? ""), "\"seed\":9")
      assert.isTrue(yield* isRunning(pid, "-TERM"))
      yield* eventually(
        "the end of the simulator",
        Effect.map(isRunning(pid, "-0"), (is) => is ? undefined : true)
      )
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("fails with what the simulator said when that does not start", () =>
    Effect.gen(function*() {
      const { ending, results } = yield* runAction({ flags: "--no-such-flag" })
      assert.strictEqual(ending.code, 1)
      assert.include(ending.stderr, "--no-such-flag")
      assert.include(ending.stdout, "::error::the Piopiy simulator does not answer")
      assert.strictEqual(results["url"], "no steps.start.outputs.url")
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("gives up on one that never answers, and leaves nothing running", () =>
    Effect.gen(function*() {
      const folder = yield* temporary
      const silent = yield* written("silent.sh", `echo $$ > ${folder}/pid; exec sleep 300`)
      const { ending } = yield* runAction({ command: `sh ${silent}`, "wait-seconds": "1" })
      assert.strictEqual(ending.code, 1)
      const pid = (yield* textOf(`${folder}/pid`)).trim()
      yield* eventually("its end", Effect.map(isRunning(pid, "-0"), (is) => is ? undefined : true))
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("takes no input for a command", () =>
    Effect.gen(function*() {
      const folder = yield* temporary
      const touch = `$(touch ${folder}/touched)`
      const { ending } = yield* runAction({ flags: `--seed=${touch}`, port: touch, "wait-seconds": `a[${touch}]` })
      assert.strictEqual(ending.code, 1)
      const touched = yield* Effect.flip(textOf(`${folder}/touched`))
      assert.strictEqual(touched.reason._tag, "NotFound")
    }).pipe(Effect.scoped, Effect.provide(platform)))
})

const blocks = (language: string) =>
  Effect.map(
    textOf(`${root}/docs/ci.md`),
    (page) =>
      [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, text = ""]) => text)
  )

describe("docs/ci.md", () => {
  it.live.each([[0, "call_queued"], [1, "\"status\""]] as const)(
    "has shell that runs, block %i",
    ([index, said]) =>
      Effect.gen(function*() {
        const folder = yield* temporary
        // Stands for the package in a registry.
        yield* append(`${folder}/npx`, `#!/bin/sh\nshift\nexec ${sim} "$@"\n`)
        const script = yield* Effect.map(blocks("sh"), (found) => found[index] ?? "exit 9")
        const prepared = `cd ${folder}; chmod +x npx; PATH=${folder}:${dirname(process.execPath)}:$PATH; ${script}`
        const { ended } = yield* start("bash", ["-euo", "pipefail", "-c", prepared])
        const { code, stderr, stdout } = yield* ended
        assert.strictEqual(code, 0, stderr)
        assert.include(stdout, said)
      }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("names no input or output of the action that it lacks", () =>
    Effect.gen(function*() {
      const { inputs, outputs } = yield* action
      const [first = ""] = yield* blocks("yaml")
      const Job = Schema.Struct({
        jobs: Schema.Struct({
          test: Schema.Struct({ steps: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)) })
        })
      })
      const { jobs: { test: { steps } } } = yield* Schema.decodeUnknownEffect(Job)(Yaml.parse(first))
      const { with: given } = steps.find(({ id }) => id === "simulator") ?? {}
      assert.includeMembers(Object.keys(inputs), Object.keys(given ?? { "no such step": 1 }))
      const used = [...first.matchAll(/steps\.simulator\.outputs\.([\w-]+)/g)].map(([, name]) => name)
      assert.isNotEmpty(used)
      assert.includeMembers(Object.keys(outputs), used)
    }).pipe(Effect.provide(platform)))

  it.live("has YAML that can be read", () =>
    Effect.gen(function*() {
      const found = yield* blocks("yaml")
      assert.lengthOf(found, 4)
      for (const block of found) assert.isObject(Yaml.parse(block))
    }).pipe(Effect.provide(platform)))
})
