import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import { dirname } from "node:path"
import { brief, ended, failedWith, noted, place, platform, printed, serving, written } from "./cli-kit.ts"
import { runSim, runSimIn, startSim, startSimIn } from "./processes.ts"

const account = {
  token: "mine",
  answerUrl: "http://localhost/answer",
  numbers: { "914400000001": { answerUrl: "https://app.example/support" } },
  webhooks: { events: "https://allowed.example/e", cdr: "http://me:hidden@localhost/cdr" }
}

describe("piopiy-sim serve", () => {
  it.live("does not start without the sounds that it is told of, nor with a file that is none, nor with other voices", () =>
    Effect.gen(function*() {
      failedWith(yield* runSim("serve", "--port", "0", "--sounds", "/nowhere/at/all"), "piopiy-sim: /nowhere/at/all: ")
      const broken = yield* written("hello.wav", "no audio")
      const ending = yield* runSim("serve", "--port", "0", "--sounds", dirname(broken))
      failedWith(ending, `piopiy-sim: ${broken}: is no WAV file of 16-bit samples`)
      assert.strictEqual((yield* runSim("serve", "--port", "0", "--speech", "singing")).code, 1)
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("says at once which of its URLs nothing will be sent to, and why", () =>
    Effect.gen(function*() {
      const config = yield* written("sim.json", JSON.stringify({ accounts: [account] }))
      const { program } = yield* serving("--config", config, "--allow-host", "allowed.example")
      yield* noted(program, "a user or a password")
      const said = program.stderr().trimEnd().split("\n")
      assert.lengthOf(said, 2)
      assert.include(said[0], ".answerUrl: nothing will be sent to app.example, unless --allow-host app.example")
      assert.include(said[1], "accounts[0].webhooks.cdr: ")
      assert.notInclude(program.stderr(), "hidden")
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("takes its configuration and the hosts it may send to from the environment, and names the file that does not fit", () =>
    Effect.gen(function*() {
      const config = yield* written("sim.json", JSON.stringify({ accounts: [account] }))
      const environment = { PIOPIY_SIM_CONFIG: config, PIOPIY_SIM_ALLOW_HOST: "allowed.example,app.example" }
      const program = yield* startSimIn(environment, "serve", "--port", "0")
      yield* noted(program, "a user or a password")
      assert.lengthOf(program.stderr().trimEnd().split("\n"), 1)
      const wrong = yield* written("wrong.json", JSON.stringify({ acounts: [] }))
      failedWith(
        yield* runSimIn({ PIOPIY_SIM_CONFIG: wrong }, "serve", "--port", "0"),
        `piopiy-sim: ${wrong}: acounts: unknown key; did you mean accounts?`
      )
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("names the variables that a server which others can reach needs", () =>
    Effect.gen(function*() {
      const { code, stderr } = yield* runSim("serve", "--port", "0", "--host", "0.0.0.0")
      assert.strictEqual(code, 1)
      for (const name of ["ADMIN_TOKEN", "TOKEN", "APP_SECRET"]) assert.include(stderr, `PIOPIY_SIM_${name} in the`)
    }))

  it.live("lets time pass as fast as --clock says", () =>
    Effect.gen(function*() {
      const { baseUrl, url } = yield* serving("--clock", "scaled=100")
      const callId = yield* place(baseUrl, "919840007250")
      yield* ended(url, callId)
      const cdr = yield* Effect.flatMap(HttpClient.get(`${url}/_sim/calls/${callId}/cdr`), ({ json }) => json)
      const { endedAt } = yield* Schema.decodeUnknownEffect(Schema.Struct({ endedAt: Schema.Int }))(cdr)
      assert.isAtLeast(endedAt, 51_000)
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("lets time stand where --clock says manual, and says so", () =>
    Effect.gen(function*() {
      const program = yield* startSim("serve", "--port", "0", "--clock", "manual")
      yield* printed(program, "clock      manual")
      const [, url = ""] = /older API\s+(\S+)\/v1/.exec(program.stdout()) ?? []
      const callId = yield* place(`${url}/v3`, brief)
      yield* Effect.sleep("1200 millis")
      const page = yield* Effect.flatMap(HttpClient.get(`${url}/_sim/calls/${callId}`), ({ text }) => text)
      assert.include(page, "\"nowMs\":0,")
      assert.include(page, "\"live\"")
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live.each(["fast", "scaled=0", "scaled=1001"])(
    "does not start with --clock %s, and says what can be",
    (clock) =>
      Effect.gen(function*() {
        const { code, stderr } = yield* runSim("serve", "--port", "0", "--clock", clock)
        assert.strictEqual(code, 1)
        assert.include(stderr, `live, manual, or scaled=N with N above 0 up to 1000; not ${clock}`)
      }).pipe(Effect.scoped, Effect.provide(platform))
  )
})
