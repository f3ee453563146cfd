import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { page, pagePath } from "./callMachine.ts"

it("docs/call-machine.md says what the machine does (else: node scripts/callMachine.ts)", () => {
  assert.strictEqual(readFileSync(pagePath, "utf8"), page())
})
