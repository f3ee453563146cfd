import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import { AccountConfig, SimulatorConfig } from "@effect-piopiy/simulator"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as HangupCause from "../packages/simulator/src/core/call/HangupCause.ts"
import { assumptions, reportAssumptions } from "../packages/simulator/src/core/journal/Assumption.ts"
import { pages, read, render } from "./docs.ts"

it.each(pages)("docs/%s says what the code says (else: node scripts/docs.ts)", (page) => {
  assert.strictEqual(read(page), render(page, read(page)))
})

it("a page without a place for one of its parts is refused", () => {
  const page = read("scenarios.md").replace("<!-- end of agents -->", "")
  assert.throws(() => render("scenarios.md", page), /no place for "agents"/)
})

it("every rule of the v3 wire and every cause of the simulator has a row", () => {
  const protocol = read("protocol.md")
  const rules = Object.keys(Limits).filter((name) => !/^(legacy|stream)[A-Z]/.test(name))
  assert.deepStrictEqual(rules.filter((name) => !protocol.includes(`| \`${name}\` |`)), [])
  const scenarios = read("scenarios.md")
  const causes = Object.values(HangupCause).filter((value) => typeof value === "string")
  assert.deepStrictEqual(causes.filter((cause) => !scenarios.includes(`| \`${cause}\` |`)), [])
})

/** Names of at least two words with dashes, as assumptions and reasons to ignore have, between the given signs. */
const names = (text: string, sign: string): ReadonlyArray<string> =>
  [...text.matchAll(new RegExp(`${sign}([a-z]+(?:-[a-z]+)+)${sign}`, "g"))].map(([, name]) => name ?? "")

const commands = readFileSync(join(import.meta.dirname, "../packages/simulator/src/core/call/CallCommand.ts"), "utf8")

it("a name that the pages use for an assumption, or for why an event is ignored, exists", () => {
  const defaults = [SimulatorConfig.defaultToken, AccountConfig.defaultAppSecret, AccountConfig.defaultPassword]
  const known = new Set([
    ...Object.keys(assumptions),
    ...Object.keys(reportAssumptions),
    ...names(commands, "\""),
    ...defaults
  ])
  for (const page of ["protocol.md", "scenarios.md", "timing.md", "limits.md"]) {
    assert.deepStrictEqual(names(read(page), "`").filter((name) => !known.has(name)), [], page)
  }
})

const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))
const example = /```json\n([\s\S]*?)```/.exec(read("scenarios.md"))?.[1] ?? ""

it.effect("the configuration in docs/scenarios.md is one, and has every key", () =>
  Effect.gen(function*() {
    const config = yield* SimulatorConfig.decode(yield* parse(example))
    assert.sameMembers(Object.keys(config), Object.keys(SimulatorConfig.SimulatorConfig.fields))
    const tenants = yield* SimulatorConfig.tenants(config)
    assert.deepStrictEqual(tenants.map(({ name, seed }) => [name, seed]), [["default", 1], ["other", 7]])
    assert.strictEqual(tenants[0].stored.pipelines.get("opening-hours")?.length, 2)
    assert.strictEqual(tenants[0].stored.flows.size, 1)
  }))
