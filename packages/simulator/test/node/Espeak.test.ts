/** The program is a stand-in: it writes a WAV file like espeak-ng's, of a length that its input and options tell. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Speech } from "../../src/engine/Sounds.ts"
import * as Espeak from "../../src/node/Espeak.ts"

/** Says 10 ms a character; knows no language but German, and cannot say `broken`. Counts how often it ran. */
const program = (folder: string) =>
  `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs")
if (process.argv.includes("--version")) process.exit(0)
appendFileSync(${JSON.stringify(join(folder, "runs"))}, process.argv.slice(2).join(" ") + "\\n")
const text = readFileSync(0, "utf8")
const language = process.argv[process.argv.indexOf("-v") + 1]
if (text === "broken") process.exit(1)
if (process.argv.includes("-v") && language !== "de-DE") process.exit(0)
const samples = Buffer.alloc(text.length * 10 * 22 * 2)
for (let at = 0; at < samples.length; at += 2) samples.writeInt16LE(1000, at)
const head = Buffer.alloc(44)
head.write("RIFF", 0)
head.writeUInt32LE(0x7ffff024, 4)
head.write("WAVEfmt ", 8)
head.writeUInt32LE(16, 16)
head.writeUInt16LE(1, 20)
head.writeUInt16LE(1, 22)
head.writeUInt32LE(22050, 24)
head.writeUInt32LE(44100, 28)
head.writeUInt16LE(2, 32)
head.writeUInt16LE(16, 34)
head.write("data", 36)
head.writeUInt32LE(0x7ffff000, 40)
process.stdout.write(Buffer.concat([head, samples]))
`

const synthesiser = Effect.gen(function*() {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "espeak-"))),
    (one) => Effect.sync(() => rmSync(one, { recursive: true }))
  )
  const command = join(folder, "espeak-ng.cjs")
  writeFileSync(command, program(folder), { mode: 0o755 })
  writeFileSync(join(folder, "runs"), "")
  const speak = yield* Effect.provide(Effect.map(Speech, (speech) => speech), Espeak.layer({ command }))
  return { speak, runs: () => readFileSync(join(folder, "runs"), "utf8").trimEnd().split("\n") }
})

const say = (text: string, speed = 1, language?: string) =>
  ({ _tag: "Say", text, speed, ...(language === undefined ? {} : { language }) }) as const

describe("espeak-ng", () => {
  it.effect("speaks a text at the next rate that the simulator knows, and once", () =>
    Effect.gen(function*() {
      const { runs, speak } = yield* synthesiser
      const sound = speak(say("Good morning"))
      assert.strictEqual(sound?.sampleRate, 24_000)
      assert.approximately(sound?.samples.length ?? 0, 120 * 24, 24)
      assert.strictEqual(speak(say("Good morning")), sound)
      assert.deepStrictEqual(runs(), ["--stdin --stdout -s 175"])
    }).pipe(Effect.scoped))

  it.effect("speaks as fast as it can, and in a language that it knows", () =>
    Effect.gen(function*() {
      const { runs, speak } = yield* synthesiser
      for (const prompt of [say("a", 2), say("a", 0.1), say("a", 9), say("a", 1, "de-DE"), say("a", 1, "-w /tmp/x")]) {
        assert.isDefined(speak(prompt))
      }
      assert.isDefined(speak(say("a", 1, "xx-YY")), "a language that it does not know is as none")
      assert.deepStrictEqual(runs().map((run) => run.slice("--stdin --stdout ".length)), [
        "-s 350",
        "-s 80",
        "-s 450",
        "-s 175 -v de-DE",
        "-s 175",
        "-s 175 -v xx-YY",
        "-s 175"
      ])
    }).pipe(Effect.scoped))

  it.effect("that cannot speak a text leaves it to others, and is not asked again", () =>
    Effect.gen(function*() {
      const { runs, speak } = yield* synthesiser
      assert.isUndefined(speak(say("broken")))
      assert.isUndefined(speak(say("broken")))
      assert.lengthOf(runs(), 1)
    }).pipe(Effect.scoped))

  it.effect("that is not installed says so at once", () =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(Effect.provide(Effect.void, Espeak.layer({ command: "no-such-program" })))
      assert.strictEqual(
        failure.message,
        "--speech: no-such-program does not run: install the package espeak-ng, or leave the option out"
      )
    }))
})
