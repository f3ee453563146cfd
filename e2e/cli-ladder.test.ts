/** The journal file of a simulator that was killed, and the ladders that can be drawn from it. */
import { EntryJson } from "@effect-piopiy/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  append,
  busy,
  ended,
  failedWith,
  patient,
  place,
  platform,
  serving,
  temporary,
  textOf,
  written
} from "./cli-kit.ts"
import { eventually, runSim } from "./processes.ts"

/** Kills a simulator while a call lasts. Gives that call's id, and the one of a call that had ended. */
const killed = Effect.fnUntraced(function*(path: string) {
  const { baseUrl, program, url } = yield* serving("--journal", path)
  const over = yield* place(baseUrl, busy)
  yield* ended(url, over)
  const live = yield* place(baseUrl, patient)
  yield* eventually(
    "the call to be in the file",
    Effect.map(textOf(path), (text) => text.includes(live) ? true : undefined)
  )
  yield* program.send("SIGKILL")
  assert.strictEqual((yield* program.ended).signal, "SIGKILL")
  return { over, live }
})

const torn = "{\"seq\":99,\"at\":12,\"ten"

const isEntry = (line: string): boolean => Result.isSuccess(EntryJson.parse(line))

describe("a journal file", () => {
  it.live("has every line whole but the last when its simulator is killed while many calls go on", () =>
    Effect.gen(function*() {
      const path = `${yield* temporary}/calls.ndjson`
      const { baseUrl, program } = yield* serving("--journal", path)
      const placing = Effect.forEach(Array.from({ length: 300 }), () => place(baseUrl, patient), { concurrency: 10 })
      yield* Effect.forkChild(Effect.ignore(placing))
      yield* eventually(
        "many calls in the file",
        Effect.map(textOf(path), (text) => text.length > 200_000 ? true : undefined)
      )
      yield* program.send("SIGKILL")
      yield* program.ended
      const lines = (yield* textOf(path)).split("\n")
      const whole = lines.slice(0, -1)
      assert.isTrue(whole.every(isEntry))
      assert.deepEqual(whole.map((line) => Result.getOrThrow(EntryJson.parse(line)).seq), whole.map((_, at) => at + 1))
      assert.strictEqual((yield* runSim("ladder", path)).code, 0)
    }).pipe(Effect.provide(platform)))

  it.live("goes on with a line of its own after one that is torn", () =>
    Effect.gen(function*() {
      const path = `${yield* temporary}/calls.ndjson`
      yield* killed(path)
      yield* append(path, torn)
      const { program } = yield* serving("--journal", path)
      yield* program.send("SIGTERM")
      yield* program.ended
      const lines = (yield* textOf(path)).trimEnd().split("\n")
      assert.deepEqual(lines.filter((line) => !isEntry(line)), [torn])
      assert.include(lines[lines.indexOf(torn) + 1], "\"Started\"")
    }).pipe(Effect.provide(platform)))
})

describe("piopiy-sim ladder", () => {
  it.live("prints the calls of a file, the unfinished last, and does without a line that is torn", () =>
    Effect.gen(function*() {
      const path = `${yield* temporary}/calls.ndjson`
      const { live, over } = yield* killed(path)
      const whole = yield* runSim("ladder", path)
      assert.deepEqual([whole.code, whole.stderr], [0, ""])
      assert.match(whole.stdout, new RegExp(`^\n +your app.*${busy}[^]*\n  Record ${over}\n`))
      assert.isTrue(whole.stdout.endsWith("\n\n  No record: the journal ends before the call does\n"))
      assert.include(whole.stdout, patient)
      assert.notInclude(whole.stdout, `Record ${live}`)
      yield* append(path, torn)
      const { code, stderr, stdout } = yield* runSim("ladder", path)
      assert.deepEqual([code, stdout], [0, whole.stdout])
      assert.strictEqual(stderr, `piopiy-sim: ${path}: skipped 1 line cut off\n`)
    }).pipe(Effect.provide(platform)))

  it.live("prints what it does not know by its tag, and counts what is no entry", () =>
    Effect.gen(function*() {
      const common = { at: 5, tenant: "t", callId: "c", mood: "new" }
      const entries = [
        { ...common, _tag: "Turned", seq: 1, event: { _tag: "Sang" }, to: "Singing", commands: [{ _tag: "Applaud" }] },
        { ...common, _tag: "Turned", seq: 2, event: { _tag: "LegRinging", legId: "caller" }, to: "Ended", commands: [] }
      ]
      const path = yield* written(
        "new.ndjson",
        [...entries, { other: true }].map((one) => JSON.stringify(one)).join("\n")
      )
      const { code, stderr, stdout } = yield* runSim("ladder", path)
      assert.deepEqual([code, stderr], [0, `piopiy-sim: ${path}: skipped 1 line of something else\n`])
      assert.match(stdout, /^\n +0\.000 .*Sang.*\n +0\.000 .*Applaud.*\n +0\.000 .*rings.*\n$/)
    }).pipe(Effect.provide(platform)))

  it.live("says what a file lacks, and ends with 1", () =>
    Effect.gen(function*() {
      const path = yield* written("other.ndjson", "{\"other\":true}\nnot JSON\n")
      failedWith(yield* runSim("ladder", path), `piopiy-sim: ${path}: holds no journal entry\n`)
      failedWith(yield* runSim("ladder", "/nowhere.ndjson"), "piopiy-sim: /nowhere.ndjson: no such file\n")
    }).pipe(Effect.provide(platform)))
})
