/** Every block on the pages that is not TypeScript is run, or read by whatever it is for, or listed here with the reason. */
import { Expectation, Fault, Moment, Scenario, Simulator, SimulatorConfig, Verdict } from "@effect-piopiy/simulator"
import { Platform, until } from "@effect-piopiy/simulator/testing"
import { matchers } from "@effect-piopiy/simulator/vitest"
import { assert, describe, it } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as Yaml from "effect/encoding/Yaml"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { operations } from "../packages/simulator/src/edge/control/api/document.ts"
import { append, brief, place, platform, serving, temporary, textOf } from "./cli-kit.ts"
import { app, bot } from "./docs/testing/bot.ts"
import { type Block, blocks, blocksIn, pages } from "./docsPages.ts"
import { root, runSim, start } from "./processes.ts"

/** Blocks that nothing here runs, by how they begin. */
const notRun: Readonly<Record<string, string>> = {
  "npm start ": "npm test is what runs this; e2e/demo.test.ts runs npm start",
  "your app ": "a picture of what npm start prints, whose times differ; e2e/demo.test.ts runs it",
  "npm run bench": "takes twenty minutes; e2e/benchmarks.test.ts runs parts of it",
  "npm install ": "asks a registry for packages that this repository has",
  "npm run sim -- serve": "serves until Ctrl-C; e2e/examples.test.ts runs the lessons that it names",
  "node scripts/run.mjs --input-type=module": "serves until Ctrl-C; e2e/examples.test.ts serves the same app",
  "docker ": "wants a container engine; e2e/image.test.ts starts what the image starts"
}

/** Blocks that another test runs. */
const runElsewhere: Readonly<Record<string, string>> = { "docs/ci.md": "e2e/action.test.ts" }

/** What the shell of the pages prints, by how the blocks begin. They run on a server where they name one. */
const shell: Readonly<Record<string, ReadonlyArray<string>>> = {
  "npx piopiy-sim serve --port 0 --json > simulator.json &": ["call_queued", "\"pass\":true"],
  "# waits for the first call to end": ["\"to\":\"Ended\""],
  "echo '[{ \"action\": \"play\"": ["\"disposition\":\"Answered\""],
  "curl http://127.0.0.1:8787/_sim/calls/inbound": ["\"call_id\""]
}

const entryOf = <A>(table: Readonly<Record<string, A>>, { firstLine }: Block): A | undefined =>
  Object.entries(table).find(([beginning]) => firstLine.startsWith(beginning))?.[1]

const isShell = ({ language }: Block): boolean => ["sh", "bash", "console", ""].includes(language)

const page = (name: string): string => pages.find((one) => one.name === name)?.text ?? ""

const message = blocksIn("").find(({ firstLine }) => firstLine.startsWith("expected the app to fall silent"))

it("every block has a test, or a reason to have none", () => {
  const read = new Set(["ts", "json", "yaml", "mermaid"])
  const loose = blocks.filter((block) =>
    !read.has(block.language)
    && runElsewhere[block.page] === undefined
    && entryOf(shell, block) === undefined
    && entryOf(notRun, block) === undefined
    && block !== message
  )
  assert.deepStrictEqual(loose.map(({ firstLine, page }) => [page, firstLine]), [])
})

it("every reason is that of a block, and every place where blocks run has some", () => {
  const idle = [...Object.keys(shell), ...Object.keys(notRun)].filter((beginning) =>
    !blocks.some((block) => isShell(block) && block.firstLine.startsWith(beginning))
  )
  assert.deepStrictEqual(idle, [])
  for (const [page, test] of Object.entries(runElsewhere)) {
    assert.include(readFileSync(join(root, test), "utf8"), page)
  }
})

const runnable = blocks.filter((block) =>
  isShell(block) && runElsewhere[block.page] === undefined && entryOf(shell, block) !== undefined
)

describe("the shell", () => {
  it.live.each(runnable.map((block) => [block.page, block] as const))(
    "of %s runs",
    ([, block]) =>
      Effect.gen(function*() {
        const folder = yield* temporary
        // Stands for the package in a registry.
        const command = join(root, "packages", "simulator", "src", "cli", "bin.ts")
        yield* append(`${folder}/npx`, `#!/bin/sh\nshift\nexec "${process.execPath}" "${command}" "$@"\n`)
        const known = "http://127.0.0.1:8787"
        let script = block.text
        if (script.includes(known)) {
          const { baseUrl, url } = yield* serving()
          yield* place(baseUrl, brief)
          script = script.replaceAll(known, url)
        }
        // What it leaves running behind itself would hold its standard error, which is therefore a file.
        const prepared = `cd "${folder}"; exec 2> errors; chmod +x npx; PATH="$PWD:${dirname(process.execPath)}:$PATH"`
        const { ended } = yield* start("bash", ["-euo", "pipefail", "-c", `${prepared}\n${script}`])
        const { code, stdout } = yield* ended
        assert.strictEqual(code, 0, yield* textOf(`${folder}/errors`))
        for (const text of entryOf(shell, block) ?? []) assert.include(stdout, text)
      }).pipe(Effect.scoped, Effect.provide(platform)),
    30_000
  )

  it.live("names commands and flags of piopiy-sim that exist", () =>
    Effect.gen(function*() {
      const named = pages.flatMap(({ name, text }) =>
        [...text.matchAll(/(?:piopiy-sim|npm run sim --) ([a-z]+)([^`\n]*)/g)].map((
          [, command = "", rest = ""]
        ) => ({
          name,
          command,
          flags: [...(rest.split(" -- ")[0] ?? "").matchAll(/ (--[a-z][a-z-]*)/g)].map(([, flag = ""]) => flag)
        }))
      )
      const { stdout } = yield* runSim("--help")
      const commands = [...(stdout.split("SUBCOMMANDS")[1] ?? "").matchAll(/^ {2}([a-z]+) /gm)].map(([, one = ""]) =>
        one
      )
      assert.includeMembers(commands, ["serve", "run"])
      for (const readme of ["README.md", "packages/simulator/README.md"]) {
        assert.deepStrictEqual(commands.filter((command) => !page(readme).includes(`| \`${command}`)), [])
      }
      const help = yield* Effect.forEach(
        commands,
        (command) => Effect.map(runSim(command, "--help"), ({ stdout }) => [command, stdout] as const),
        { concurrency: 2 }
      )
      const texts = new Map(help)
      const unknown = named.flatMap(({ command, flags, name }) =>
        [`piopiy-sim ${command} `, ...flags].filter((word) => texts.get(command)?.includes(word) !== true).map((
          word
        ) => [name, command, word])
      )
      assert.deepStrictEqual(unknown, [])
    }), 60_000)
})

const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json)))

describe("JSON", () => {
  it.effect.each(blocksIn("json").map((block) => [block.page, block.text] as const))(
    "on %s is what its schema says",
    ([, text]) =>
      Effect.gen(function*() {
        const json = yield* parse(text)
        const [, file = ""] = /([a-z.]+\.schema\.json)$/.exec(String(json["$schema"] ?? "")) ?? []
        if (file === "") {
          yield* Schema.decodeUnknownEffect(Fault.Rule)(json)
        } else {
          const schema = yield* parse(readFileSync(join(root, "packages", "simulator", file), "utf8"))
          const validate = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).compile(schema)
          assert.deepStrictEqual([validate(json), validate.errors], [true, null])
          yield* file.startsWith("scenario") ? Scenario.decode(json) : SimulatorConfig.decode(json)
        }
      })
  )
})

it.each(blocksIn("yaml").map((block) => [block.page, block.text] as const))("YAML on %s can be read", (_, text) => {
  assert.isObject(Yaml.parse(text))
})

describe("diagrams", () => {
  const [sequence] = blocksIn("mermaid").filter(({ firstLine }) => firstLine === "sequenceDiagram")
  const lines = (sequence?.text ?? "").trim().split("\n").slice(1).map((line) => line.trim())

  it("of sequences have lines that mermaid knows, between participants that are declared", () => {
    const declared = lines.flatMap((line) => /^participant (\w+) as .+$/.exec(line)?.[1] ?? [])
    const strange = lines.filter((line) => {
      if (line.startsWith("participant ")) return false
      const [, from, to] = /^(\w+)-?->>(\w+): .+$/.exec(line) ?? /^Note over (\w+)(?:,(\w+))?: .+$/.exec(line) ?? []
      return from === undefined || ![from, to ?? from].every((name) => declared.includes(name))
    })
    assert.isAtLeast(declared.length, 5)
    assert.deepStrictEqual(strange, [])
  })

  it("are of that kind, or are written by a script whose test compares them", () => {
    assert.deepStrictEqual(blocksIn("mermaid").map(({ firstLine, page }) => [page, firstLine]), [
      ["docs/architecture.md", "sequenceDiagram"],
      ["docs/call-machine.md", "stateDiagram-v2"]
    ])
  })
})

it.effect("the message on docs/testing.md is what the test that it tells of says", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({ from: "919840007502", to: "914400000001" })
    yield* until(callId, "Ended")
    const verdict = Verdict.check({ _tag: "SilentWithin", ms: 20 }, yield* simulator.evidence())
    assert.isFalse(verdict.pass)
    assert.isTrue(verdict.message.startsWith(message?.text ?? "no such block"), verdict.message)
  }).pipe(Effect.provide(Platform.layerStreams(bot, {
    app,
    config: { accounts: [{ token: "sim-token", answerUrl: "https://bot.example/piopiy/answer" }] }
  }))))

it("the pages name every matcher, moment, expectation, fault and operation of the control API", () => {
  const testing = page("docs/testing.md")
  const scenarios = page("docs/scenarios.md")
  const tags = (schema: { readonly members: ReadonlyArray<{ readonly fields: { readonly _tag: Tag } }> }) =>
    schema.members.map(({ fields }) => fields._tag.schema.literal)
  const missing = (text: string, names: ReadonlyArray<string>) => names.filter((name) => !text.includes(`\`${name}`))
  assert.deepStrictEqual(missing(testing, [...Object.keys(matchers), ...Moment.Moment.literals]), [])
  assert.deepStrictEqual(missing(scenarios, [...tags(Expectation.Expectation), ...tags(Fault.Fault)]), [])
  const groups = new Set(operations().map(({ path }) => path.split("/")[2] ?? ""))
  assert.deepStrictEqual([...groups].filter((group) => !new RegExp(`\`(?:[A-Z]+ )?${group}[\`/?]`).test(testing)), [])
})

interface Tag {
  readonly schema: { readonly literal: string }
}
