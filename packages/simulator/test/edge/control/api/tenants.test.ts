import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Control from "../../../../src/Control.ts"
import * as InProcess from "../../../../src/testing/InProcess.ts"
import { get, hangup, host, place, play, post } from "../../../platform.ts"

const inProcess = InProcess.layer({ config: { accounts: [{ token: "sim-token" }, { token: "other", name: "b/ c" }] } })
const patient = "919840007100"

const control = Control.make({ url: host })
const as = (token: string) => Control.make({ url: host, token })

describe("a tenant made over the control API", () => {
  it.effect("has the name, seed and clock that it was made with, and credentials that work", () =>
    Effect.gen(function*() {
      const { tenants } = yield* control
      const made = yield* tenants.create({ payload: { name: "mine", seed: 7, clock: "manual" } })
      assert.deepInclude(made, { name: "mine", seed: 7, clock: "manual", nowMs: 0, calls: 0, expiresInMs: 900_000 })
      const callId = yield* place({ to: patient, pipeline: [play("a.wav")], token: made.token })
      const legacy = yield* post("/v2/ind_pcmo_make_call", {
        appid: made.appId,
        secret: made.appSecret,
        from: 919840000001,
        to: 919840007100,
        pcmo: [{ action: "hangup" }]
      })
      assert.deepInclude(legacy.body, { code: 200 }, legacy.text)
      const { calls } = yield* as(made.token)
      assert.include((yield* calls.list()).live.map((call) => call.callId), callId)
    }).pipe(Effect.provide(inProcess)))

  it.effect("has a token and a secret that differ from the next one's, and that nobody guesses", () =>
    Effect.gen(function*() {
      const { tenants } = yield* control
      const [one, two] = yield* Effect.all([tenants.create({ payload: {} }), tenants.create({ payload: {} })])
      const secrets = [one.token, two.token, one.appSecret, two.appSecret]
      assert.strictEqual(new Set(secrets).size, 4)
      for (const secret of secrets) assert.match(secret, /^[0-9a-f]{48}$/)
      assert.notStrictEqual(one.name, two.name)
      assert.notStrictEqual(one.appId, two.appId)
    }).pipe(Effect.provide(inProcess)))

  it.effect("behaves as its own people, pipelines and faults say", () =>
    Effect.gen(function*() {
      const { tenants } = yield* control
      const { token } = yield* tenants.create({
        payload: {
          clock: "manual",
          people: { [patient]: { outcome: { _tag: "Rejects", afterMs: 100, cause: "USER_BUSY" }, answers: [] } },
          faults: [{ fault: { _tag: "Status", status: 503, effect: "before" }, when: { nth: [2] } }]
        }
      })
      const callId = yield* place({ to: patient, pipeline: [play("a.wav")], token })
      const mine = yield* as(token)
      yield* mine.clock.advance({ payload: { ms: 200 } })
      const { record } = yield* mine.calls.get({ params: { id: callId } })
      assert.strictEqual(record?.hangupCause, "USER_BUSY")
      const second = yield* post("/v3/voice/pcmo/call", {}, token)
      assert.strictEqual(second.status, 503)
    }).pipe(Effect.provide(inProcess)))

  it.effect("is refused when another has its name, token or app id", () =>
    Effect.gen(function*() {
      const { tenants } = yield* control
      yield* tenants.create({ payload: { name: "mine", token: "t", appId: 77 } })
      const what = (payload: Control.NewTenant) =>
        Effect.map(
          Effect.flip(tenants.create({ payload })),
          (error) => error._tag === "Taken" ? error.what : error._tag
        )
      assert.deepEqual(
        yield* Effect.all([
          what({ name: "mine" }),
          what({ token: "t" }),
          what({ appId: 77 }),
          what({ token: "sim-token" })
        ]),
        ["name", "token", "appId", "token"]
      )
    }).pipe(Effect.provide(inProcess)))

  it.effect("is refused beyond 256 of them", () =>
    Effect.gen(function*() {
      const { tenants } = yield* control
      yield* Effect.forEach(Array.from({ length: 256 }), () => tenants.create({ payload: { clock: "manual" } }))
      const refused = yield* Effect.flip(tenants.create({ payload: {} }))
      assert.strictEqual(refused._tag === "TooMany" ? refused.what : refused._tag, "tenants")
    }).pipe(Effect.provide(inProcess)), 60_000)

  it.effect("goes when nobody has used it for 15 minutes, and says when", () =>
    Effect.gen(function*() {
      const { tenants } = yield* control
      const { name } = yield* tenants.create({ payload: {} })
      yield* TestClock.adjust("10 minutes")
      const left = Effect.map(tenants.list(), (all) => all.find((one) => one.name === name)?.expiresInMs)
      assert.strictEqual(yield* left, 300_000)
      yield* TestClock.adjust("6 minutes")
      assert.isUndefined(yield* left)
      assert.strictEqual((yield* Effect.flip(tenants.get({ params: { name } })))._tag, "NoSuchTenant")
    }).pipe(Effect.provide(inProcess)))

  it.effect("starts anew with its options and its token, and is gone once it is removed", () =>
    Effect.gen(function*() {
      const { tenants } = yield* control
      const made = yield* tenants.create({ payload: { name: "mine", clock: "manual", seed: 3 } })
      const first = yield* place({ to: patient, pipeline: [hangup], token: made.token })
      const { clock } = yield* as(made.token)
      yield* clock.advance({ payload: { ms: 60_000 } })
      const again = yield* tenants.reset({ params: { name: "mine" } })
      assert.deepInclude(again, { nowMs: 0, calls: 0, seed: 3, clock: "manual" })
      assert.strictEqual(yield* place({ to: patient, pipeline: [hangup], token: made.token }), first)
      yield* tenants.remove({ params: { name: "mine" } })
      const refused = yield* post("/v3/voice/pcmo/call", {}, made.token)
      assert.strictEqual(refused.status, 401)
    }).pipe(Effect.provide(inProcess)))
})

describe("tenants of the configuration", () => {
  it.effect("are listed, found by names of any spelling, and do not go", () =>
    Effect.gen(function*() {
      const { tenants } = yield* control
      const all = yield* tenants.list()
      assert.deepEqual(all.map(({ expiresInMs, name }) => [name, expiresInMs]), [["default", undefined], [
        "b/ c",
        undefined
      ]])
      assert.strictEqual((yield* tenants.get({ params: { name: "b/ c" } })).name, "b/ c")
      assert.strictEqual((yield* Effect.flip(tenants.remove({ params: { name: "b/ c" } })))._tag, "Configured")
      assert.strictEqual((yield* tenants.reset({ params: { name: "b/ c" } })).name, "b/ c")
    }).pipe(Effect.provide(inProcess)))

  it.effect("are out of sight for whoever comes with another one's token", () =>
    Effect.gen(function*() {
      const { tenants } = yield* as("other")
      assert.deepEqual((yield* tenants.list()).map(({ name }) => name), ["b/ c"])
      const tags = yield* Effect.all([
        Effect.flip(tenants.get({ params: { name: "default" } })),
        Effect.flip(tenants.reset({ params: { name: "default" } })),
        Effect.flip(tenants.remove({ params: { name: "default" } }))
      ])
      assert.deepEqual(tags.map(({ _tag }) => _tag), ["NoSuchTenant", "NoSuchTenant", "NoSuchTenant"])
    }).pipe(Effect.provide(inProcess)))
})

describe("the body of a new tenant", () => {
  const problems = (body: unknown) =>
    Effect.map(post("/_sim/tenants", body), ({ body, status }) => [status, body["error"], body["problems"]])

  it.effect("is refused with every problem by its path, unknown keys among them", () =>
    Effect.gen(function*() {
      const [status, error, found] = yield* problems({
        nmae: "x",
        seed: -1,
        people: { "919840000001": { answers: [] } }
      })
      assert.deepEqual([status, error], [400, "invalid_request"])
      assert.sameMembers(
        Array.isArray(found) ? found.map(({ path }) => path) : [],
        ["nmae", "seed", "people[\"************\"].outcome"]
      )
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is refused for what only a look at the whole shows", () =>
    Effect.gen(function*() {
      const [status, , found] = yield* problems({
        numbers: { abc: { answerUrl: "http://localhost/a" } },
        pipelines: { main: [{ action: "dance" }] }
      })
      assert.strictEqual(status, 400)
      assert.sameMembers(
        Array.isArray(found) ? found.map(({ path }) => path) : [],
        ["pipelines.main[0].action", "numbers.abc"]
      )
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("leaves no tenant behind when it is refused", () =>
    Effect.gen(function*() {
      yield* problems({ seed: "x" })
      const { tenants } = yield* control
      assert.lengthOf(yield* tenants.list(), 1)
      assert.strictEqual((yield* get("/_sim/tenants")).status, 200)
    }).pipe(Effect.provide(InProcess.layer())))
})
