/** `piopiy-sim replay` as a process: journals of runs and of servers, whole, changed, cut off and of other versions. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
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
import { eventually, root, runSim } from "./processes.ts"

const scenario = (name: string) => `${root}/packages/examples/scenarios/${name}.json`

/** The journal of a run; gives its path. */
const kept = Effect.fnUntraced(function*(name: string) {
  const folder = yield* temporary
  const { code, stdout } = yield* runSim("run", scenario(name), "--journals", folder)
  assert.strictEqual(code, 0, stdout)
  return `${folder}/${name}-seed-1.ndjson`
})

/** The same journal with another text in one place. */
const changed = Effect.fnUntraced(function*(path: string, from: string, to: string) {
  const text = yield* textOf(path)
  assert.include(text, from)
  return yield* written("changed.ndjson", text.replace(from, to))
})

describe.concurrent("piopiy-sim replay", () => {
  it.live("finds that a run comes out the same, entry for entry", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* runSim("replay", yield* kept("no-answer-then-failover"))
      assert.deepEqual([code, stderr], [0, ""])
      assert.match(stdout, /^turns {4}\d+ turns of 1 call: the same\nrun {6}all \d+ entries are the same\n$/)
    }).pipe(Effect.provide(platform)))

  it.live("shows where a turn comes out differently than it was, and ends with 1", () =>
    Effect.gen(function*() {
      const path = yield* changed(
        yield* kept("busy-group"),
        "\"callerId\":\"914400000001\"},{\"_tag\":\"ArmTimer\"",
        "\"callerId\":\"914400000002\"},{\"_tag\":\"ArmTimer\""
      )
      const { code, stdout } = yield* runSim("replay", path)
      assert.strictEqual(code, 1)
      assert.match(
        stdout,
        /^turns {4}entry \d+ \(call [0-9a-f-]{36}, at 0 ms\) differs at commands\[0\]\.callerId\n {2}recorded {2}"914400000002"\n {2}now {7}"914400000001"\n/
      )
      assert.match(stdout, /\nrun {6}entry \d+ \(Turned, at 0 ms\) differs at commands\[0\]\.callerId\n/)
    }).pipe(Effect.provide(platform)))

  it.live("shows where the second run first differed from the first", () =>
    Effect.gen(function*() {
      const path = yield* changed(
        yield* kept("busy-group"),
        "\"nobody-is-free.wav\":2500",
        "\"nobody-is-free.wav\":2600"
      )
      const { code, stdout } = yield* runSim("replay", path)
      assert.strictEqual(code, 1)
      assert.match(
        stdout,
        /^turns {4}.*: the same\nrun {6}entry \d+ \(Turned, at 2800 ms\) differs at at\n {2}recorded {2}2800\n {2}now {7}2900\n$/
      )
    }).pipe(Effect.provide(platform)))

  it.live("turns the calls of a scenario with an app again, and says why the run is not repeated", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* runSim("replay", yield* kept("menu-with-wrong-digits"))
      assert.strictEqual(code, 0)
      assert.match(stdout, /^turns {4}.*: the same\nrun {6}not repeated: the scenario has an app of its own/)
    }).pipe(Effect.provide(platform)))

  it.live("takes what a server that was killed has written, and says that a line is cut off", () =>
    Effect.gen(function*() {
      const path = `${yield* temporary}/calls.ndjson`
      const { baseUrl, program, url } = yield* serving("--journal", path)
      yield* ended(url, yield* place(baseUrl, busy))
      const live = yield* place(baseUrl, patient)
      yield* eventually(
        "the call to be in the file",
        Effect.map(textOf(path), (text) => text.includes(live) ? true : undefined)
      )
      yield* program.send("SIGKILL")
      yield* program.ended
      yield* append(path, "{\"seq\":99,\"at\":12,\"ten")
      const { code, stderr, stdout } = yield* runSim("replay", path)
      assert.deepEqual([code, stderr], [0, `piopiy-sim: ${path}: skipped 1 line cut off or of something else\n`])
      assert.match(stdout, /^turns {4}\d+ turns of 2 calls: the same\n$/)
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("compares a run that is cut off as far as it goes", () =>
    Effect.gen(function*() {
      const text = yield* textOf(yield* kept("hand-off"))
      const path = yield* written("cut.ndjson", text.slice(0, text.length * 0.7))
      const { code, stderr, stdout } = yield* runSim("replay", path)
      assert.strictEqual(code, 0, stdout)
      assert.include(stderr, "skipped 1 line")
      assert.match(stdout, /\nrun {6}all \d+ entries are the same\n$/)
    }).pipe(Effect.provide(platform)))

  it.live("refuses the journal of another version, with both, unless it is told to go on", () =>
    Effect.gen(function*() {
      const path = yield* changed(
        yield* kept("busy-group"),
        "\"_tag\":\"Started\",\"version\":\"0.0.0\"",
        "\"_tag\":\"Started\",\"version\":\"9.9.9\""
      )
      failedWith(
        yield* runSim("replay", path),
        `piopiy-sim: ${path}: was written by version 9.9.9, and this is version 0.0.0: replay it with piopiy-sim 9.9.9, or`
      )
      const { code, stdout } = yield* runSim("replay", path, "--anyway")
      assert.strictEqual(code, 1)
      assert.match(stdout, /^turns {4}.*: the same\nrun {6}entry 1 \(Started, at 0 ms\) differs at version\n/)
    }).pipe(Effect.provide(platform)))

  it.live("says what a file lacks, and ends with 1", () =>
    Effect.gen(function*() {
      const path = yield* written("other.ndjson", "{\"other\":true}\nnot JSON\n")
      failedWith(yield* runSim("replay", path), `piopiy-sim: ${path}: holds no journal entry\n`)
      failedWith(yield* runSim("replay", "/nowhere.ndjson"), "piopiy-sim: /nowhere.ndjson: no such file\n")
      const files = yield* FileSystem.FileSystem
      yield* files.writeFileString(path, "")
      failedWith(yield* runSim("replay", path), `piopiy-sim: ${path}: holds no journal entry\n`)
    }).pipe(Effect.provide(platform)))

  it.live("says that it cannot repeat a run whose first line was changed, instead of passing over it", () =>
    Effect.gen(function*() {
      const path = yield* changed(yield* kept("busy-group"), "\"clock\":\"manual\"", "\"clock\":\"fast\"")
      failedWith(
        yield* runSim("replay", path),
        `piopiy-sim: ${path}: its first line cannot be read, so the run cannot be repeated: clock: `
      )
    }).pipe(Effect.provide(platform)))
})
