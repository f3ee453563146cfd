/** Scenarios that are programs: files of TypeScript, as `piopiy-sim run` reads them. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { platform, temporary } from "./cli-kit.ts"
import { runSim } from "./processes.ts"

const program = (text: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const file = `${yield* temporary}/busy.ts`
    yield* files.writeFileString(file, text)
    return file
  })

const steps = (number: string) =>
  `[{ atMs: 0, do: { _tag: "PlaceCall", operation: "/v3/voice/ai/call", body: {
    caller_id: "914400000001", to_number: ${number}, agent_id: "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"
  } } }]`

it.live("a scenario that TypeScript puts together runs as one of JSON", () =>
  Effect.gen(function*() {
    const file = yield* program(`
      const engaged: string = "91984000" + String(7001)
      export const scenario = {
        name: "busy", steps: ${steps("engaged")}, expect: [{ _tag: "Ended", disposition: "Busy" }]
      } as const
    `)
    const { code, stderr, stdout } = yield* runSim("run", file)
    assert.strictEqual(code, 0, stderr)
    assert.include(stdout, "busy")
  }).pipe(Effect.scoped, Effect.provide(platform)))

it.live.each(
  [
    ["export default { name: 'odd', steps: [], expect: [], sedd: 1 }", "sedd: unknown key; did you mean seed?"],
    ["export const other = 1", "exports neither scenario nor a default"],
    ["throw new Error('no luck')", "cannot be loaded: no luck"]
  ] as const
)("a program that is no scenario is refused in words: %s", ([text, said]) =>
  Effect.gen(function*() {
    const { code, stderr } = yield* runSim("run", yield* program(text))
    assert.strictEqual(code, 1)
    assert.include(stderr, said)
  }).pipe(Effect.scoped, Effect.provide(platform)))
