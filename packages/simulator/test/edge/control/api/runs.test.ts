import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Control from "../../../../src/Control.ts"
import * as ScenarioTime from "../../../../src/engine/ScenarioTime.ts"
import * as InProcess from "../../../../src/testing/InProcess.ts"
import { callerId, get, hangup, host, jsonReply, menuApp, place, play, post, question } from "../../../platform.ts"

const control = Control.make({ url: host })
const patient = "919840007100"
const presser = "919840007305"

const scenario = (pipeline: ReadonlyArray<unknown>, more: Readonly<Record<string, unknown>> = {}) => ({
  name: "one call",
  steps: [{
    atMs: 0,
    do: {
      _tag: "PlaceCall",
      operation: "/v3/voice/pcmo/call",
      body: { caller_id: callerId, to_number: presser, app_id: "app", pipeline },
      as: "call"
    }
  }],
  expect: [{ _tag: "Rang", number: presser, times: 1 }],
  ...more
})
const run = (body: unknown, query = "") => post(`/_sim/scenarios${query}`, body)

describe("an expectation over the control API", () => {
  it.effect("is judged by what the tenant's journal says by now", () =>
    Effect.gen(function*() {
      const { clock, runs } = yield* control
      const rang = { _tag: "Rang", number: patient } as const
      const early = yield* runs.expect({ payload: rang })
      assert.isFalse(early.pass)
      yield* place({ to: patient, pipeline: [hangup] })
      yield* clock.advance({ payload: { ms: 10_000 } })
      const late = yield* runs.expect({ payload: rang })
      assert.isTrue(late.pass, late.message)
      assert.include(late.message, patient)
    }).pipe(Effect.provide(InProcess.layer({ config: { accounts: [{ token: "sim-token", clock: "manual" }] } }))))

  it.effect("that is none is refused", () =>
    Effect.gen(function*() {
      const answer = yield* post("/_sim/expect", { _tag: "Sang", number: patient })
      assert.deepEqual([answer.status, answer.body["error"]], [400, "invalid_request"])
    }).pipe(Effect.provide(InProcess.layer())))
})

describe("a scenario over the control API", () => {
  it.effect("runs at once on a platform of its own, which leaves nothing here", () =>
    Effect.gen(function*() {
      const { calls, runs, tenants } = yield* control
      const result = yield* runs.scenario({
        query: { seed: 5 },
        payload: {
          name: "one call",
          steps: [
            { atMs: 1000, do: { _tag: "CallIn", from: patient, to: "914440000000", answerUrl: "http://localhost/x" } }
          ],
          expect: [{ _tag: "Ended", call: 1 }]
        }
      })
      assert.deepInclude(result, { name: "one call", seed: 5, clock: "manual", passed: true, failures: [] })
      assert.isUndefined(result.entries)
      assert.deepEqual((yield* calls.list()).live, [])
      assert.lengthOf(yield* tenants.list(), 1)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("tells what failed, and gives the journal when it is asked for", () =>
    Effect.gen(function*() {
      const { body, status, text } = yield* run(
        scenario([play("a.wav"), hangup], { expect: [{ _tag: "Rang", number: patient }] }),
        "?journal=true"
      )
      assert.strictEqual(status, 200, text)
      assert.isFalse(body["passed"])
      assert.include(JSON.stringify(body["failures"]), patient)
      assert.deepInclude(Array.isArray(body["entries"]) ? body["entries"][0] : {}, { _tag: "Started", seq: 1 })
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("asks the app that runs at its URL", () => {
    const menu = menuApp(() => jsonReply([play("thanks.wav")]))
    return Effect.gen(function*() {
      const toApp = { ...question(), on_result: { type: "url", url: "http://app.test/menu" } }
      const { body, text } = yield* run(scenario([toApp, hangup], { app: { url: "http://127.0.0.1:9999" } }))
      assert.isTrue(body["passed"], text)
      assert.lengthOf(menu.seen, 1)
    }).pipe(Effect.provide(InProcess.layer({ app: menu.app })))
  })

  it.effect("may not start programs, nor ask anybody but its app", () =>
    Effect.gen(function*() {
      const command = yield* run(scenario([hangup], { app: { command: ["node", "x.js"] } }))
      const elsewhere = yield* run({
        ...scenario([hangup]),
        steps: [{ atMs: 0, do: { _tag: "Request", url: "http://localhost:1/x" } }],
        expect: []
      })
      const paths = [command, elsewhere].map(({ body, status }) => [
        status,
        Array.isArray(body["problems"]) ? body["problems"].map(({ path }) => path) : []
      ])
      assert.deepEqual(paths, [[400, ["app.command"]], [400, ["steps[0].do.url"]]])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("may take a minute of real time, and no longer", () =>
    Effect.gen(function*() {
      const clock = yield* Clock.Clock
      const lasting = (lastsMs: number) =>
        Effect.map(run({ name: "long", clock: "live", lastsMs, steps: [] }), ({ body, status }) => [
          status,
          body["passed"] ?? body["error"]
        ])
      yield* Effect.gen(function*() {
        assert.deepEqual(yield* lasting(59_999), [200, true])
        assert.deepEqual(yield* lasting(60_001), [503, "timed_out"])
        assert.deepEqual(yield* lasting(59_999), [200, true])
      }).pipe(Effect.provide(Layer.provide(InProcess.layer(), Layer.succeed(ScenarioTime.Wall, clock))))
    }))

  it.effect("is one of four at most that run at once", () =>
    Effect.gen(function*() {
      const asked = yield* Queue.unbounded<void>()
      const mayReply = yield* Latch.make()
      const app = HttpRouter.add(
        "POST",
        "/menu",
        Effect.gen(function*() {
          yield* Queue.offer(asked, undefined)
          yield* mayReply.await
          return yield* jsonReply([hangup])
        })
      )
      const toApp = { ...question(), on_result: { type: "url", url: "http://app.test/menu" } }
      const one = run(scenario([toApp, hangup], { app: { url: "http://127.0.0.1:9999" } }))
      yield* Effect.gen(function*() {
        const running = yield* Effect.forEach([1, 2, 3, 4], () => Effect.forkChild(one))
        for (const _ of running) yield* Queue.take(asked)
        const fifth = yield* one
        assert.deepEqual([fifth.status, fifth.body["error"], fifth.body["what"]], [429, "too_many", "scenarios"])
        yield* mayReply.open
        for (const fiber of running) assert.isTrue((yield* Fiber.join(fiber)).body["passed"])
        assert.isTrue((yield* one).body["passed"])
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("is refused with the path of whatever does not fit", () =>
    Effect.gen(function*() {
      const unknown = yield* run({ ...scenario([hangup]), stpes: [] })
      const late = yield* run({
        ...scenario([hangup]),
        lastsMs: 10,
        steps: [{ atMs: 20, do: { _tag: "Outage", ms: 1 } }]
      })
      const query = yield* run(scenario([hangup]), "?seed=-1&sede=2")
      const found = [unknown, late, query].map(({ body, status }) => [
        status,
        Array.isArray(body["problems"]) ? body["problems"].map(({ path }) => path) : []
      ])
      assert.deepEqual(found, [
        [400, ["stpes"]],
        [400, ["steps[0].atMs"]],
        [400, ["query.sede", "query.seed"]]
      ])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("lets the server be as it was, also after an outage of its own", () =>
    Effect.gen(function*() {
      const { body, text } = yield* run({
        name: "outage",
        steps: [{ atMs: 0, do: { _tag: "Outage", ms: 1000 } }]
      })
      assert.isTrue(body["passed"], text)
      assert.strictEqual((yield* get("/_sim/health")).status, 200)
    }).pipe(Effect.provide(InProcess.layer())))
})
