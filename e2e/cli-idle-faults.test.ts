/** What `serve` and `exec` say in the end of fault rules that never fired. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import { patient, place, platform, serving, written } from "./cli-kit.ts"
import { runSim } from "./processes.ts"

const status = { _tag: "Status", status: 503, effect: "before" }
const slow = (operation: string) => ({ name: operation, fault: { _tag: "Delay", ms: 1 }, when: { operation } })
const placing = "/v3/voice/pcmo/call"

const configured = (json: object) => written("sim.json", JSON.stringify(json))

const notes = (stderr: string): ReadonlyArray<string> => stderr.split("\n").filter((line) => line.includes("fault "))

describe.concurrent("fault rules that never fired", () => {
  it.live("are told by serve once it has stopped, and no others", () =>
    Effect.gen(function*() {
      const config = yield* configured({
        // It fires on one account alone, which counts anew then.
        faults: [slow(placing)],
        accounts: [
          { token: "sim-token", name: "one" },
          { token: "other", name: "two", faults: [{ name: "elsewhere", fault: status }] }
        ]
      })
      const { baseUrl, program, url } = yield* serving("--config", config)
      yield* place(baseUrl, patient)
      yield* HttpClient.post(`${url}/_sim/tenants/one/reset`)
      yield* program.send("SIGTERM")
      const { code, stderr } = yield* program.ended
      assert.strictEqual(code, 0)
      assert.deepEqual(notes(stderr), ["piopiy-sim: fault elsewhere (Status) never fired: there was no request"])
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("are not those that a call meets which ends with the server", () =>
    Effect.gen(function*() {
      const config = yield* configured({
        accounts: [{
          token: "sim-token",
          webhooks: { cdr: "http://127.0.0.1:9/cdr" },
          faults: [{ name: "last", fault: { _tag: "Lost" } }, { name: "unlucky", fault: status, when: { nth: [7] } }]
        }]
      })
      const { baseUrl, program } = yield* serving("--config", config)
      yield* place(baseUrl, patient)
      yield* program.send("SIGTERM")
      assert.deepEqual(notes((yield* program.ended).stderr), [
        "piopiy-sim: fault unlucky (Status) never fired: fewer met its conditions than nth asks for, 7; let it ask for earlier ones"
      ])
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("are told by exec, which ends with the code of the command all the same", () =>
    Effect.gen(function*() {
      const config = yield* configured({ faults: [slow(placing)] })
      const { code, stderr } = yield* runSim("exec", "--config", config, "--", "sh", "-c", "exit 7")
      assert.strictEqual(code, 7)
      assert.deepEqual(notes(stderr), [`piopiy-sim: fault ${placing} (Delay) never fired: there was no request`])
    }).pipe(Effect.scoped, Effect.provide(platform)))
})
