/**
 * The JSON Schemas of the files that the simulator reads, for editors, as they are published with the package.
 *
 * `node scripts/configSchema.ts` writes `packages/simulator/config.schema.json` and `scenario.schema.json` beside it; with
 * `--check` it compares, and exits with 1 when one is stale.
 */
import type * as JsonSchema from "effect/JsonSchema"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Scenario from "../packages/simulator/src/Scenario.ts"
import * as SimulatorConfig from "../packages/simulator/src/SimulatorConfig.ts"

const folder = join(import.meta.dirname, "..", "packages", "simulator")

const file = (name: string, schema: JsonSchema.JsonSchema) => ({
  name,
  path: join(folder, name),
  text: `${JSON.stringify(schema, undefined, 2)}\n`
})

/** The files, where they are kept, and what they hold. */
export const files = () => [
  file("config.schema.json", SimulatorConfig.jsonSchema()),
  file("scenario.schema.json", Scenario.jsonSchema())
]

const main = (check: boolean): void => {
  for (const { name, path, text } of files()) {
    if (!check) {
      writeFileSync(path, text)
    } else if (readFileSync(path, "utf8") !== text) {
      process.stderr.write(`packages/simulator/${name} is stale: run \`node scripts/configSchema.ts\`\n`)
      process.exitCode = 1
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes("--check"))
