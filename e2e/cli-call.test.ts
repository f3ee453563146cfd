import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { brief, busy, failedWith, patient, platform, playing, printed, serving, staying, written } from "./cli-kit.ts"
import { runSim, startSim } from "./processes.ts"
import { closedPort } from "./world.ts"

const agent = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"

const Record = Schema.fromJsonString(
  Schema.Struct({
    callId: Schema.String,
    callerId: Schema.String,
    disposition: Schema.String,
    originEpochMs: Schema.Finite
  })
)

describe("piopiy-sim call", () => {
  it.live("prints a call on a simulator of its own, to its record, and ends with 0 when it was answered", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* runSim("call", "--to", brief, "--pipeline", yield* playing)
      assert.deepEqual([code, stderr], [0, ""])
      const lines = stdout.split("\n")
      assert.match(lines[0] ?? "", /your app +platform +919840007200 +others/)
      assert.match(lines[1] ?? "", /^ {3}0\.000 .*pipeline call/)
      assert.match(stdout, /│◀─ answers ─+│/)
      assert.match(stdout, /\n {2}Record [0-9a-f-]{36}\n {4}caller +\.\.7200 +answered/)
      assert.notInclude(stdout, "\u001b")
    }).pipe(Effect.provide(platform)))

  it.live("ends with 1, and says nothing more, when it was not", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* runSim("call", "--to", busy, "--agent", agent)
      assert.deepEqual([code, stderr], [1, ""])
      assert.include(stdout, "agent call")
      assert.include(stdout, "USER_BUSY")
    }).pipe(Effect.provide(platform)))

  it.live("has ids from its seed, and takes account and people from a file", () =>
    Effect.gen(function*() {
      const person = { outcome: { _tag: "Rejects", afterMs: 1, cause: "CALL_REJECTED" }, answers: [] }
      const config = yield* written(
        "sim.json",
        JSON.stringify({ accounts: [{ token: "mine" }], people: { [brief]: person } })
      )
      const flags = ["call", "--to", brief, "--pipeline", yield* playing, "--config", config, "--json"]
      const [one, same, other] = yield* Effect.forEach(["5", "5", "6"], (seed) => runSim(...flags, "--seed", seed))
      const idOf = (stdout = "") => Effect.map(Schema.decodeEffect(Record)(stdout), ({ callId }) => callId)
      assert.strictEqual(yield* idOf(one?.stdout), yield* idOf(same?.stdout))
      assert.notStrictEqual(yield* idOf(one?.stdout), yield* idOf(other?.stdout))
      assert.include(one?.stdout, "CALL_REJECTED")
      assert.strictEqual(one?.code, 1)
    }).pipe(Effect.provide(platform)), 60_000)

  it.live("prints the record alone as JSON when asked, from the simulator at a URL, as the account it is told", () =>
    Effect.gen(function*() {
      const { url } = yield* serving("--token", "mine", "--admin-token", "boss")
      const { code, stderr, stdout } = yield* runSim(
        ...["call", "--url", `${url}/`, "--to", busy, "--from", "914400000009", "--pipeline", yield* playing],
        ...["--token", "mine", "--admin-token", "boss", "--json"]
      )
      assert.deepEqual([code, stderr], [1, ""])
      assert.lengthOf(stdout.trimEnd().split("\n"), 1)
      const record = yield* Schema.decodeEffect(Record)(stdout)
      assert.deepEqual([record.disposition, record.callerId], ["Busy", "914400000009"])
    }).pipe(Effect.provide(platform)))

  it.live("says in one line why it was refused, and ends with 1", () =>
    Effect.gen(function*() {
      const { url } = yield* serving()
      const pipeline = ["--pipeline", yield* playing]
      const nowhere = `http://127.0.0.1:${yield* closedPort}`
      for (
        const [flags, start] of [
          [["--to", "nobody", ...pipeline, "--url", url], "piopiy-sim: 400 invalid_request: to_number: "],
          [["--to", busy, "--agent", "nobody", "--url", url], "piopiy-sim: 400 invalid_request: agent_id: "],
          [["--to", busy, "--token", "wrong", ...pipeline, "--url", url], "piopiy-sim: 401 unauthorized: "],
          [["--to", busy, ...pipeline, "--url", url, "--seed", "1"], "piopiy-sim: --url: goes with no flag but"],
          [["--to", busy, ...pipeline, "--url", url, "--balance", "0"], "piopiy-sim: --url: goes with no flag but"],
          [["--to", busy, ...pipeline, "--url", url, "--inactive"], "piopiy-sim: --url: goes with no flag but"],
          [["--to", busy, ...pipeline, "--admin-token", "x"], "piopiy-sim: --admin-token: goes with --url"],
          [["--to", busy, ...pipeline, "--url", nowhere], `piopiy-sim: no simulator answers at ${nowhere}; start one`],
          [["--to", busy], "piopiy-sim: give either --pipeline FILE or --agent ID"],
          [["--to", busy, "--agent", "a", ...pipeline], "piopiy-sim: give either --pipeline FILE or --agent ID"],
          [["--to", busy, "--pipeline", "/nowhere.json"], "piopiy-sim: /nowhere.json: no such file"]
        ] as const
      ) failedWith(yield* runSim("call", ...flags), start)
    }).pipe(Effect.provide(platform)), 60_000)

  it.live("says that the simulator went away in the middle, and ends with 1", () =>
    Effect.gen(function*() {
      const { program, url } = yield* serving()
      const call = yield* startSim("call", "--url", url, "--to", patient, "--pipeline", yield* staying)
      yield* printed(call, "talking")
      yield* program.send("SIGKILL")
      const { code, stderr } = yield* call.ended
      assert.strictEqual(code, 1)
      assert.match(stderr, /^piopiy-sim: the connection ended before call [0-9a-f-]{36} did\n$/)
    }).pipe(Effect.provide(platform)))

  it.live("ends with 1 when it is stopped in the middle, and its simulator with it", () =>
    Effect.gen(function*() {
      const call = yield* startSim("call", "--to", patient, "--pipeline", yield* staying)
      yield* printed(call, "talking")
      yield* call.send("SIGINT")
      const { code, stderr } = yield* call.ended
      assert.deepEqual([code, stderr], [1, ""])
    }).pipe(Effect.provide(platform)))
})
