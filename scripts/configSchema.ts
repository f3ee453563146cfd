/**
 * The JSON Schema of the simulator's configuration, for editors, as it is published with the package.
 *
 * `node scripts/configSchema.ts` writes `packages/simulator/config.schema.json`; with `--check` it compares, and exits
 * with 1 when the file is stale.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as SimulatorConfig from "../packages/simulator/src/SimulatorConfig.ts"

/** Where the schema is kept. */
export const schemaPath = join(import.meta.dirname, "..", "packages", "simulator", "config.schema.json")

/** The schema as text. */
export const schemaText = (): string => `${JSON.stringify(SimulatorConfig.jsonSchema(), undefined, 2)}\n`

const main = (check: boolean): void => {
  if (!check) return writeFileSync(schemaPath, schemaText())
  if (readFileSync(schemaPath, "utf8") === schemaText()) return
  process.stderr.write("packages/simulator/config.schema.json is stale: run `node scripts/configSchema.ts`\n")
  process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes("--check"))
