import { EntryJson } from "@effect-piopiy/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Result from "effect/Result"
import { busy, ended, failedWith, noted, place, platform, printed, serving } from "./cli-kit.ts"
import { eventually, runSim, startSim, startSimIn } from "./processes.ts"
import { closedPort } from "./world.ts"

describe("piopiy-sim watch", () => {
  it.live("prints what happens from now on, naming each call, until Ctrl-C, which ends it with 0", () =>
    Effect.gen(function*() {
      const { baseUrl, url } = yield* serving()
      const before = yield* place(baseUrl, busy)
      yield* ended(url, before)
      const watch = yield* startSim("watch", "--url", url)
      assert.match(yield* watch.firstLine, /your app +platform +phone +others/)
      for (const callId of [yield* place(baseUrl, busy), yield* place(baseUrl, busy)]) {
        const tag = callId.slice(-4)
        yield* printed(watch, `${tag} is ${callId}, from 914400000001 to ${busy}`)
        yield* printed(watch, new RegExp(`busy, USER_BUSY by network.* ${tag}\n`))
      }
      assert.notInclude(watch.stdout(), before)
      yield* watch.send("SIGINT")
      const { code, stderr } = yield* watch.ended
      assert.deepEqual([code, stderr], [0, ""])
    }).pipe(Effect.provide(platform)))

  it.live("prints entries as they are when asked for JSON, of the account whose token it has", () =>
    Effect.gen(function*() {
      const { baseUrl, url } = yield* serving("--token", "mine")
      const watch = yield* startSim("watch", "--url", url, "--json", "--token", "mine")
      // Nothing is printed before the first entry, so there is no other sign that it watches.
      yield* eventually(
        "a watcher",
        Effect.flatMap(
          HttpClient.get(`${url}/_sim/metrics`),
          ({ text }) =>
            Effect.map(text, (metrics) => metrics.includes("followers{tenant=\"default\"} 1\n") ? true : undefined)
        )
      )
      const callId = yield* place(baseUrl, busy, "mine")
      yield* ended(url, callId)
      yield* printed(watch, "WriteRecord")
      const journal = yield* Effect.flatMap(
        HttpClient.get(`${url}/_sim/journal?format=ndjson&from=2`),
        ({ text }) => text
      )
      assert.strictEqual(watch.stdout(), journal)
      for (const line of journal.trimEnd().split("\n")) assert.isTrue(Result.isSuccess(EntryJson.parse(line)))
    }).pipe(Effect.provide(platform)))

  it.live("connects again when the simulator comes back, and misses nothing of it", () =>
    Effect.gen(function*() {
      const first = yield* serving()
      const watch = yield* startSim("watch", "--url", first.url)
      yield* watch.firstLine
      yield* first.program.send("SIGKILL")
      yield* noted(watch, `piopiy-sim: the connection to ${first.url} is lost; trying again every second\n`)
      const second = yield* startSim("serve", "--port", new URL(first.url).port, "--seed", "2")
      yield* printed(second, "Ctrl-C")
      const callId = yield* place(first.baseUrl, busy)
      yield* noted(watch, "piopiy-sim: connected again\n")
      yield* printed(watch, `is ${callId}`)
      yield* printed(watch, "USER_BUSY by network")
      yield* watch.send("SIGTERM")
      assert.strictEqual((yield* watch.ended).code, 0)
    }).pipe(Effect.provide(platform)), 60_000)

  it.live("can be stopped while it waits for the simulator", () =>
    Effect.gen(function*() {
      const { program, url } = yield* serving()
      const watch = yield* startSim("watch", "--url", url)
      yield* watch.firstLine
      yield* program.send("SIGTERM")
      yield* noted(watch, "is lost")
      yield* watch.send("SIGINT")
      assert.strictEqual((yield* watch.ended).code, 0)
    }).pipe(Effect.provide(platform)))

  it.live("says how to start a simulator when there is none", () =>
    Effect.gen(function*() {
      const port = yield* closedPort
      const url = `http://127.0.0.1:${port}`
      failedWith(
        yield* runSim("watch", "--url", url),
        `piopiy-sim: no simulator answers at ${url}; start one with: piopiy-sim serve --port ${port}\n`
      )
    }))

  it.live("is the account whose token a flag gives, whatever admin token is in the environment", () =>
    Effect.gen(function*() {
      const { baseUrl, url } = yield* serving("--token", "mine")
      const environment = { PIOPIY_SIM_ADMIN_TOKEN: "boss", PIOPIY_SIM_TOKEN: "another" }
      const watch = yield* startSimIn(environment, "watch", "--url", url, "--token", "mine")
      assert.match(yield* watch.firstLine, /your app +platform +phone +others/)
      const callId = yield* place(baseUrl, busy, "mine")
      yield* printed(watch, `is ${callId}, from`)
    }).pipe(Effect.provide(platform)))

  it.live("says in one line what it may not see, and where it cannot look, and ends with 1", () =>
    Effect.gen(function*() {
      const { url } = yield* serving("--admin-token", "boss")
      failedWith(yield* runSim("watch", "--url", url), "piopiy-sim: 401 unauthorized: ")
      failedWith(yield* runSim("watch", "--url", url, "--token", "sim-token"), "piopiy-sim: 401 unauthorized: ")
      const { code, stderr } = yield* runSim("watch", "--url", `${url}/v3`)
      assert.strictEqual(code, 1)
      assert.include(stderr, "a URL without a path")
    }))
})
