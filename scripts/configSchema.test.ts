import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { files } from "./configSchema.ts"

it.each(files())("$name is the schema that such files are read with (else: node scripts/configSchema.ts)", (file) => {
  assert.strictEqual(readFileSync(file.path, "utf8"), file.text)
})
