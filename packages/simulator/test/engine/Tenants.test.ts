import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Tenants } from "../../src/engine/Tenants.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { get, hangup, place, play, post } from "../platform.ts"

const config = {
  accounts: [
    { token: "red-token", name: "red", seed: 1 },
    {
      token: "blue-token",
      name: "blue",
      seed: 2,
      appId: 77,
      appSecret: "blue-secret",
      users: [{ id: "sales", password: "blue-password" }],
      answerUrl: "http://localhost/any",
      numbers: { "18005550100": { answerUrl: "http://localhost/desk" } },
      webhooks: { cdr: "http://localhost/cdr" }
    }
  ]
} as const
const inProcess = InProcess.layer({ config })
const patient = "919840007100"

describe("Tenants", () => {
  it.effect("are named by their tokens, the first is the default", () =>
    Effect.gen(function*() {
      const tenants = yield* Tenants
      assert.strictEqual(tenants.byToken("red-token"), tenants.main)
      assert.deepEqual(tenants.all().map(({ name }) => name), ["red", "blue"])
      assert.isUndefined(tenants.byToken("sim-token"))
    }).pipe(Effect.provide(inProcess)))

  it.effect("are named by their app ids with the right secret, and by nothing less", () =>
    Effect.gen(function*() {
      const { all, byApp } = yield* Tenants
      const [red, blue] = all()
      assert.strictEqual(byApp(1_000_001, "sim-secret"), red)
      assert.strictEqual(byApp(77, "blue-secret"), blue)
      assert.isDefined(blue)
      assert.isUndefined(byApp(77, "sim-secret"))
      assert.isUndefined(byApp(1_000_001, "blue-secret"))
      assert.isUndefined(byApp(1_000_002, "sim-secret"))
      assert.isUndefined(byApp(Number.NaN, "sim-secret"))
    }).pipe(Effect.provide(inProcess)))

  it.effect("are named by the token of a user who has logged in", () =>
    Effect.gen(function*() {
      const tenants = yield* Tenants
      const before = tenants.main.account.login("101_1000001", "sim-password") ?? ""
      assert.isUndefined(tenants.byUserToken(before))
      const token = tenants.login("101_1000001", "sim-password") ?? ""
      assert.strictEqual(tenants.byUserToken(token), tenants.main)
      const other = tenants.login("sales", "blue-password") ?? ""
      assert.strictEqual(tenants.byUserToken(other), tenants.all()[1])
      assert.isUndefined(tenants.byUserToken("red-token"))
    }).pipe(Effect.provide(inProcess)))

  it.effect("log nobody in whose id or password is another's", () =>
    Effect.gen(function*() {
      const { login } = yield* Tenants
      assert.isUndefined(login("101_1000001", "blue-password"))
      assert.isUndefined(login("sales", "sim-password"))
      assert.isUndefined(login("101_77", "sim-password"))
    }).pipe(Effect.provide(inProcess)))

  it.effect("know whom to ask about a call from outside: the number's URL, or else the account's", () =>
    Effect.gen(function*() {
      const [red, blue] = (yield* Tenants).all()
      assert.strictEqual(blue?.answerUrlOf("18005550100"), "http://localhost/desk")
      assert.strictEqual(blue?.answerUrlOf("18005550101"), "http://localhost/any")
      assert.isUndefined(red?.answerUrlOf("18005550100"))
    }).pipe(Effect.provide(inProcess)))

  it.effect("carry what the older API's edge needs: where notices go, how errors show, the account", () =>
    Effect.gen(function*() {
      const [red, blue] = (yield* Tenants).all()
      assert.deepEqual([red?.webhooks, red?.account.appId, red?.legacyErrors], [{}, 1_000_001, "body"])
      assert.deepEqual([blue?.webhooks.cdr, blue?.account.appId], ["http://localhost/cdr", 77])
    }).pipe(Effect.provide(inProcess)))

  it.effect("spend each its own balance", () =>
    Effect.gen(function*() {
      yield* place({ to: patient, pipeline: [hangup], token: "red-token" })
      yield* place({ to: "919840007201", pipeline: [play("a.wav")], token: "blue-token" })
      yield* TestClock.adjust("10 seconds")
      const { all } = yield* Tenants
      assert.deepEqual(all().map(({ account }) => account.balance()), [1_000_000, 999_999.55])
    }).pipe(Effect.provide(inProcess)))

  it.effect("do not see each other's calls, journals and records", () =>
    Effect.gen(function*() {
      const red = yield* place({ to: patient, pipeline: [play("a.wav")], token: "red-token" })
      const blue = yield* place({ to: "919840007001", pipeline: [play("a.wav")], token: "blue-token" })
      yield* TestClock.adjust("1 second")
      const tenants = yield* Tenants
      const [first, second] = tenants.all()
      assert.notInclude(JSON.stringify(first?.journal.read()), blue)
      assert.notInclude(JSON.stringify(second?.journal.read()), red)
      assert.lengthOf(first?.journal.records() ?? [], 0)
      assert.lengthOf(second?.journal.records() ?? [], 1)
      assert.strictEqual((yield* get(`/_sim/calls/${red}`, "red-token")).status, 200)
      assert.strictEqual((yield* get(`/_sim/calls/${red}`, "blue-token")).status, 404)
    }).pipe(Effect.provide(inProcess)))

  it.effect("cannot steer each other's calls", () =>
    Effect.gen(function*() {
      const red = yield* place({ to: patient, pipeline: [play("a.wav")], token: "red-token" })
      const hungUp = yield* post("/v3/voice/call/hangup", { call_id: red }, "blue-token")
      const transferred = yield* post("/v3/voice/pcmo/transfer", { call_id: red, pipeline: [hangup] }, "blue-token")
      assert.deepEqual([hungUp.status, transferred.status], [404, 404])
      assert.strictEqual((yield* post("/v3/voice/call/hangup", { call_id: red }, "red-token")).status, 200)
    }).pipe(Effect.provide(inProcess)))

  it.effect("have seeds, and bounds on calls, of their own", () =>
    Effect.gen(function*() {
      const red = yield* place({ to: patient, pipeline: [play("a.wav")], token: "red-token" })
      const refused = yield* post("/v3/voice/pcmo/call", {
        caller_id: "914400000001",
        to_number: patient,
        app_id: "app",
        pipeline: [hangup]
      }, "red-token")
      assert.deepEqual([refused.status, refused.body["error"]], [429, "too_many_calls"])
      assert.strictEqual(refused.headers["retry-after"], "1")
      const blue = yield* place({ to: patient, pipeline: [play("a.wav")], token: "blue-token" })
      assert.notStrictEqual(red, blue)
    }).pipe(Effect.provide(InProcess.layer({ config: { ...config, maxCalls: 1 } }))))

  it.effect("number their entries each by itself", () =>
    Effect.gen(function*() {
      for (const token of ["red-token", "blue-token", "red-token"]) {
        yield* place({ to: patient, pipeline: [hangup], token })
      }
      const tenants = yield* Tenants
      for (const { journal, name } of tenants.all()) {
        const entries = journal.read()
        assert.deepEqual(entries.map(({ seq }) => seq), entries.map((_, index) => index + 1))
        assert.isTrue(entries.every(({ tenant }) => tenant === name))
      }
    }).pipe(Effect.provide(inProcess)))
})
