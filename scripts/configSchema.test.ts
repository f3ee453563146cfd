import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { schemaPath, schemaText } from "./configSchema.ts"

it("config.schema.json is the schema that configurations are read with (else: node scripts/configSchema.ts)", () => {
  assert.strictEqual(readFileSync(schemaPath, "utf8"), schemaText())
})
