/** The scenarios that ship: each holds, fits the schema for editors, and is in the table of the docs. */
import { assert, describe, it } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { platform, temporary, textOf } from "./cli-kit.ts"
import { root, runSim } from "./processes.ts"

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

  it.live.each(files)("%s holds", (file) =>
    Effect.gen(function*() {
      const { code, stdout } = yield* runSim("run", `${folder}/${file}`, "--journals", yield* temporary)
      assert.strictEqual(code, 0, stdout)
      assert.match(stdout, /\n1 passed, 0 failed\n$/)
      assert.notInclude(stdout, "never fired")
    }).pipe(Effect.provide(platform)), 30_000)

  it.live.each(files.filter((file) => !readFileSync(`${folder}/${file}`, "utf8").includes("\"clock\"")))(
    "%s leaves the same journal twice, byte for byte",
    (file) =>
      Effect.gen(function*() {
        const journals = yield* Effect.forEach([1, 2], () =>
          Effect.gen(function*() {
            const kept = yield* temporary
            yield* runSim("run", `${folder}/${file}`, "--seed", "7", "--journals", kept)
            return yield* textOf(`${kept}/${file.replace(/\.json$/, "")}-seed-7.ndjson`)
          }))
        assert.isAbove(journals[0]?.length ?? 0, 1000)
        assert.isTrue(journals[0] === journals[1])
      }).pipe(Effect.provide(platform)),
    30_000
  )

  it("are all in the table of docs/scenarios.md", () => {
    const text = readFileSync(`${root}/docs/scenarios.md`, "utf8")
    for (const file of files) assert.include(text, `| \`${file}\` |`)
  })
})
