/** Which account of a simulator with several the commands look at. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { brief, busy, failedWith, place, platform, playing, printed, serving, temporary, written } from "./cli-kit.ts"
import { eventually, runSim, startSim, startSimIn } from "./processes.ts"

const accounts = [{ token: "sim-token", name: "first" }, { token: "other", name: "second" }]

/** A simulator with two accounts. Both have the same seed, so their calls have the same ids. */
const two = Effect.fnUntraced(function*(...flags: ReadonlyArray<string>) {
  const config = yield* written("sim.json", JSON.stringify({ accounts }))
  return yield* serving("--config", config, ...flags)
})

const guard = ["--admin-token", "boss"] as const

/** Waits for the end of a call of the second account. */
const over = (url: string, callId: string) =>
  eventually(
    `the end of ${callId}`,
    HttpClientRequest.get(`${url}/_sim/calls/${callId}/cdr?tenant=second`).pipe(
      HttpClientRequest.bearerToken("boss"),
      HttpClient.execute,
      Effect.map(({ status }) => status === 200 ? true : undefined)
    )
  )

describe.concurrent("--tenant", () => {
  it.live("has watch look at that account of a server which asks for an admin token", () =>
    Effect.gen(function*() {
      const { baseUrl, url } = yield* two(...guard)
      const watch = yield* startSim("watch", "--url", url, ...guard, "--tenant", "second")
      yield* watch.firstLine
      yield* place(baseUrl, brief)
      yield* place(baseUrl, busy, "other")
      yield* printed(watch, "USER_BUSY")
      assert.include(watch.stdout(), `to ${busy}`)
      assert.notInclude(watch.stdout(), `to ${brief}`)
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("goes before a token that is in the environment for all commands", () =>
    Effect.gen(function*() {
      const { baseUrl, url } = yield* two()
      const watch = yield* startSimIn({ PIOPIY_SIM_TOKEN: "sim-token" }, "watch", "--url", url, "--tenant", "second")
      yield* watch.firstLine
      yield* printed(watch, `is ${yield* place(baseUrl, busy, "other")}, from`)
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("names the accounts that there are where there is none of this name", () =>
    Effect.gen(function*() {
      const { url } = yield* two(...guard)
      failedWith(
        yield* runSim("watch", "--url", url, ...guard, "--tenant", "third"),
        "piopiy-sim: 404 no_such_tenant: no tenant is called \"third\"; known: first, second\n"
      )
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("has call follow the call that it has placed there", () =>
    Effect.gen(function*() {
      const { url } = yield* two(...guard)
      const args = ["--to", brief, "--pipeline", yield* playing, "--token", "other", "--json"]
      const { code, stderr, stdout } = yield* runSim("call", "--url", url, ...args, ...guard, "--tenant", "second")
      assert.deepEqual([code, stderr], [0, ""])
      assert.include(stdout, "\"disposition\":\"Answered\"")
      failedWith(yield* runSim("call", ...args, "--tenant", "second"), "piopiy-sim: --tenant: goes with --url\n")
      const tokenless = ["--to", brief, "--pipeline", yield* playing, "--tenant", "second"]
      failedWith(
        yield* runSim("call", "--url", url, ...guard, ...tokenless),
        "piopiy-sim: --tenant: goes with the --token of that account, which places the call\n"
      )
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("has timeline find a call of that account", () =>
    Effect.gen(function*() {
      const { baseUrl, url } = yield* two(...guard)
      const callId = yield* place(baseUrl, busy, "other")
      yield* over(url, callId)
      const elsewhere = yield* runSim("timeline", callId, "--url", url, ...guard)
      const there = yield* runSim("timeline", callId, "--url", url, ...guard, "--tenant", "second")
      assert.match(elsewhere.stderr, /404 call_not_found/)
      assert.match(there.stderr, /404 no_such_stream: this call has no audio stream/)
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("has ladder draw the calls of that account alone", () =>
    Effect.gen(function*() {
      const path = `${yield* temporary}/calls.ndjson`
      const { baseUrl, program, url } = yield* two(...guard, "--journal", path)
      yield* place(baseUrl, brief)
      const second = yield* place(baseUrl, busy, "other")
      yield* over(url, second)
      yield* program.send("SIGTERM")
      yield* program.ended
      const { code, stdout } = yield* runSim("ladder", path, "--tenant", "second")
      assert.strictEqual(code, 0)
      assert.include(stdout, `dials ..${busy.slice(-4)}`)
      assert.notInclude(stdout, `dials ..${brief.slice(-4)}`)
      failedWith(
        yield* runSim("ladder", path, "--tenant", "third"),
        `piopiy-sim: ${path}: holds no entry of an account called third, but of first and second\n`
      )
    }).pipe(Effect.scoped, Effect.provide(platform)))
})
