import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type { Entry } from "../../src/core/journal/Entry.ts"
import * as Rooms from "../../src/engine/Rooms.ts"
import * as EngineTenants from "../../src/engine/Tenants.ts"
import { WebhookPort } from "../../src/engine/WebhookPort.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as SimulatorConfig from "../../src/SimulatorConfig.ts"
import * as Streams from "../../src/Streams.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { get, hangup, place, play } from "../platform.ts"

const inProcess = InProcess.layer()
const patient = "919840007100"
const simulator = Simulator.Simulator
const { Tenants } = EngineTenants

/** Tenants with a bound of their own, and nobody to call. */
const bounded = (limit: number) =>
  Layer.unwrap(
    Effect.map(SimulatorConfig.tenants({}), ([first, ...others]) =>
      EngineTenants.layer(first, others, { limit, idle: "15 minutes" }))
  ).pipe(
    Layer.provide(Layer.succeed(WebhookPort, {
      deliver: () =>
        Effect.never
    })),
    Layer.provide(Streams.layerNone)
  )

const optionsOf = (index: number, account: Partial<Parameters<typeof SimulatorConfig.tenant>[1]> = {}) =>
  SimulatorConfig.tenant({}, { token: `token-${index}`, ...account }, index)

describe("a tenant that is created at run time", () => {
  it.effect("is there by its name, its token, its app id and its users, and has calls of its own", () =>
    Effect.gen(function*() {
      const { create, live, tenant } = yield* simulator
      const made = yield* create({ token: "red", name: "red", seed: 5, appId: 77, appSecret: "shh", users: [] })
      const callId = yield* place({ to: patient, pipeline: [play("a.wav")], token: "red" })
      assert.deepEqual((yield* made.live).map(({ origin }) => origin.callId), [callId])
      assert.lengthOf(yield* live, 0)
      assert.strictEqual((yield* tenant("red")).seed, 5)
      const tenants = yield* Tenants
      assert.strictEqual(tenants.byApp(77, "shh"), tenants.byName("red"))
      assert.deepEqual(tenants.all().map(({ name }) => name), ["default", "red"])
      assert.strictEqual((yield* get(`/_sim/calls/${callId}`, "red")).status, 200)
      assert.strictEqual((yield* get(`/_sim/calls/${callId}`)).status, 404)
    }).pipe(Effect.provide(inProcess)))

  it.effect("has a name and an app id that nobody else has when it names none", () =>
    Effect.gen(function*() {
      const { create } = yield* simulator
      const made = yield* Effect.forEach(["a", "b"], (token) => create({ token }))
      assert.deepEqual(made.map(({ name }) => name), ["tenant-1", "tenant-2"])
      const tenants = yield* Tenants
      assert.deepEqual(tenants.all().map(({ account }) => account.appId), [1_000_001, 1_000_002, 1_000_003])
    }).pipe(Effect.provide(inProcess)))

  it.effect("has what the configuration says of all accounts", () =>
    Effect.gen(function*() {
      const { create } = yield* simulator
      const made = yield* create({ token: "red" })
      assert.strictEqual(made.seed, 9)
      yield* place({ to: patient, pipeline: [play("long.wav")], token: "red" })
      yield* TestClock.adjust(60_000)
      assert.deepEqual((yield* made.records).map(({ endedAt }) => endedAt), [60_000])
    }).pipe(Effect.provide(InProcess.layer({ config: { seed: 9, files: { "long.wav": 60_000 } } }))))

  it.effect.each(
    [
      [{ token: "x", name: "default" }, "NameTaken"],
      [{ token: "sim-token", name: "x" }, "TokenTaken"],
      [{ token: "x", name: "x", appId: 1_000_001 }, "AppIdTaken"],
      [{ token: "x", name: "x", appId: 5, users: [{ id: "101_1000001", password: "p" }] }, "UserTaken"]
    ] as const
  )("is refused as %j: %s", ([account, why]) =>
    Effect.gen(function*() {
      const { create, tenant } = yield* simulator
      const refused = yield* Effect.flip(create(account))
      assert.strictEqual(refused._tag === "TenantRefused" ? refused.why : refused.reason._tag, why)
      assert.strictEqual((yield* tenant("default")).name, "default")
      assert.strictEqual((yield* Effect.flip(tenant("x"))).why, "NoSuchTenant")
    }).pipe(Effect.provide(inProcess)))

  it.effect("is refused with every problem when its account does not fit", () =>
    Effect.gen(function*() {
      const { create } = yield* simulator
      const refused = yield* Effect.flip(create({ token: "x", numbers: { boss: { answerUrl: "http://localhost/a" } } }))
      assert.include(refused.message, "numbers.boss")
    }).pipe(Effect.provide(inProcess)))

  it.effect("is refused beyond the bound, and taken again once there is room", () =>
    Effect.gen(function*() {
      const { create, remove } = yield* Tenants
      yield* Effect.forEach([1, 2, 3], (index) => Effect.flatMap(optionsOf(index), create))
      const refused = yield* Effect.flip(Effect.flatMap(optionsOf(4), create))
      assert.strictEqual(refused._tag === "TenantRefused" ? refused.why : refused._tag, "TooMany")
      assert.isTrue(yield* remove("tenant-2"))
      assert.strictEqual((yield* Effect.flatMap(optionsOf(4), create)).name, "tenant-4")
    }).pipe(Effect.provide(bounded(3))))

  it.effect("can be one of 256, and no more", () =>
    Effect.gen(function*() {
      const { all, create } = yield* Tenants
      for (let index = 1; index <= 256; index++) yield* Effect.flatMap(optionsOf(index), create)
      assert.lengthOf(all(), 257)
      const refused = yield* Effect.flip(Effect.flatMap(optionsOf(257), create))
      assert.include(refused.message, "too many tenants")
    }).pipe(Effect.provide(bounded(Rooms.defaults.limit))))

  it.effect("is removed with its calls, and frees its names", () =>
    Effect.gen(function*() {
      const { create, remove } = yield* simulator
      const made = yield* create({ token: "red", name: "red" })
      yield* place({ to: patient, pipeline: [play("a.wav")], token: "red" })
      const following = yield* Effect.forkChild(Stream.runCollect(made.follow()), { startImmediately: true })
      assert.isTrue(yield* remove("red"))
      assert.strictEqual((yield* get("/_sim/calls", "red")).status, 401)
      assert.strictEqual((yield* Fiber.join(following)).at(-1)?._tag, "Turned")
      assert.deepEqual((yield* made.records).map(({ hangupCause }) => hangupCause), ["SYSTEM_SHUTDOWN"])
      assert.isFalse(yield* remove("red"))
      assert.deepEqual(yield* (yield* create({ token: "red", name: "red" })).live, [])
    }).pipe(Effect.provide(inProcess)))

  it.effect("alone is removed: those of the configuration stay", () =>
    Effect.gen(function*() {
      const { remove, tenant } = yield* simulator
      assert.isFalse(yield* remove("default"))
      assert.strictEqual((yield* tenant("default")).name, "default")
    }).pipe(Effect.provide(inProcess)))
})

describe("a tenant that is idle", () => {
  const created = (clock: "live" | "manual" = "live") =>
    Effect.flatMap(simulator, ({ create }) => create({ token: "red", name: "red", clock }))
  const isThere = Effect.map(Tenants, (tenants) => tenants.all().some(({ name }) => name === "red"))

  it.effect("expires after 15 minutes", () =>
    Effect.gen(function*() {
      yield* created()
      yield* TestClock.adjust("15 minutes")
      assert.isFalse(yield* isThere)
    }).pipe(Effect.provide(inProcess)))

  it.effect("does not before, and not after a request", () =>
    Effect.gen(function*() {
      yield* created()
      yield* TestClock.adjust("14 minutes")
      assert.isTrue(yield* isThere)
      yield* get("/_sim/calls", "red")
      yield* TestClock.adjust("14 minutes")
      assert.isTrue(yield* isThere)
      yield* TestClock.adjust("1 minute")
      assert.isFalse(yield* isThere)
    }).pipe(Effect.provide(inProcess)))

  it.effect("does not while a call is in progress", () =>
    Effect.gen(function*() {
      yield* created()
      yield* place({ to: patient, pipeline: [play("long.wav"), hangup], token: "red" })
      yield* TestClock.adjust("60 minutes")
      assert.isTrue(yield* isThere)
      yield* TestClock.adjust("14 minutes")
      assert.isTrue(yield* isThere)
      yield* TestClock.adjust("1 minute")
      assert.isFalse(yield* isThere)
    }).pipe(Effect.provide(InProcess.layer({ config: { files: { "long.wav": 3_600_000 } } }))))

  it.effect("does not while somebody follows its journal, but for what copies it", () =>
    Effect.gen(function*() {
      const made = yield* created()
      yield* (yield* Tenants).copy(() => undefined)
      const following = yield* Effect.forkChild(Stream.runDrain(made.follow()), { startImmediately: true })
      yield* TestClock.adjust("1 hour")
      assert.isTrue(yield* isThere)
      yield* Fiber.interrupt(following)
      yield* TestClock.adjust("30 minutes")
      assert.isFalse(yield* isThere)
    }).pipe(Effect.scoped, Effect.provide(inProcess)))

  it.effect("expires in the middle of a call when its time stands", () =>
    Effect.gen(function*() {
      const made = yield* created("manual")
      yield* place({ to: patient, pipeline: [play("a.wav")], token: "red" })
      assert.lengthOf(yield* made.live, 1)
      yield* TestClock.adjust("15 minutes")
      assert.isFalse(yield* isThere)
    }).pipe(Effect.provide(inProcess)))

  it.effect("never expires when the configuration has it", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 day")
      assert.lengthOf((yield* Tenants).all(), 1)
    }).pipe(Effect.provide(inProcess)))
})

describe("a tenant that starts anew", () => {
  it.effect.each(["live", "manual"] as const)(
    "has no call of before, and the same ids and times again (%s)",
    (clock) =>
      Effect.gen(function*() {
        const simulated = yield* simulator
        const { reset } = simulated
        const pass = clock === "live" ? TestClock.adjust(1700) : simulated.time.advance(1700)
        const first = yield* place({ to: patient, pipeline: [play("a.wav")] })
        yield* pass
        const before = yield* simulated.journal()
        yield* reset()
        assert.lengthOf(yield* simulated.live, 0)
        assert.lengthOf(yield* simulated.records, 0)
        assert.deepEqual((yield* simulated.journal()).map(({ _tag, at, seq }) => [_tag, at, seq]), [["Started", 0, 1]])
        assert.strictEqual(yield* place({ to: patient, pipeline: [play("a.wav")] }), first)
        yield* clock === "live" ? TestClock.adjust(1700) : simulated.time.advance(1700)
        const again = yield* simulated.journal()
        assert.deepEqual(again.slice(1), before.slice(1))
      }).pipe(Effect.provide(InProcess.layer({ config: { accounts: [{ token: "sim-token", clock }] } })))
  )

  it.effect("tells those who follow the old journal its end, and forgets faults, scripts and logins", () =>
    Effect.gen(function*() {
      const simulated = yield* simulator
      const { byUserToken, login } = yield* Tenants
      const following = yield* Effect.forkChild(Stream.runCollect(simulated.follow()), { startImmediately: true })
      yield* simulated.script(patient, { outcome: { _tag: "KeepsRinging" }, answers: [] })
      const token = login("101_1000001", "sim-password") ?? ""
      yield* simulated.reset()
      assert.strictEqual((yield* Fiber.join(following)).at(-1)?._tag, "Scripted")
      yield* place({ to: patient, pipeline: [play("a.wav")] })
      yield* TestClock.adjust(3000)
      assert.lengthOf(yield* simulated.records, 1)
      assert.strictEqual(byUserToken(token), (yield* Tenants).main)
    }).pipe(Effect.provide(inProcess)))

  it.effect("is another one: the default is the new one, and so is what its token names", () =>
    Effect.gen(function*() {
      const tenants = yield* Tenants
      const old = tenants.main
      const made = yield* tenants.reset("default")
      assert.notStrictEqual(made, old)
      assert.strictEqual(tenants.main, made)
      assert.strictEqual(tenants.byToken("sim-token"), made)
      assert.deepEqual(tenants.all(), [made])
    }).pipe(Effect.provide(inProcess)))

  it.effect("is one that there is", () =>
    Effect.gen(function*() {
      const refused = yield* Effect.flip(Effect.flatMap(simulator, ({ reset }) => reset("nobody")))
      assert.strictEqual(refused.message, "nobody: no tenant has this name")
    }).pipe(Effect.provide(inProcess)))

  it.effect("starts anew twice when two ask for it", () =>
    Effect.gen(function*() {
      const { reset } = yield* Tenants
      const both = yield* Effect.all([reset("default"), reset("default")], { concurrency: "unbounded" })
      assert.notStrictEqual(both[0], both[1])
      assert.deepEqual((yield* Tenants).all(), [both[1]])
    }).pipe(Effect.provide(inProcess)))
})

describe("a copy of all journals", () => {
  it.effect("has every entry of tenants of before, of those that come and go, and of those that start anew", () => {
    const kept: Array<Entry> = []
    const keep = (_: unknown, entry: Entry) => kept.push(entry)
    return Effect.gen(function*() {
      const { create, remove, reset } = yield* simulator
      yield* place({ to: patient, pipeline: [play("a.wav")] })
      yield* Effect.scoped(Effect.gen(function*() {
        yield* (yield* Tenants).copy(keep)
        yield* create({ token: "red", name: "red" })
        yield* place({ to: patient, pipeline: [play("a.wav")], token: "red" })
        yield* remove("red")
        yield* reset()
        yield* TestClock.adjust(0)
      }))
      yield* place({ to: patient, pipeline: [play("a.wav")] })
      yield* TestClock.adjust(0)
      const ended = ["Started", "Requested", "Turned", "Turned"]
      const of = (name: string) => kept.filter(({ tenant }) => tenant === name).map(({ _tag }) => _tag)
      assert.deepEqual(of("default"), [...ended, "Started"])
      assert.deepEqual(of("red"), ended)
    }).pipe(Effect.provide(inProcess))
  })

  it.effect("has every entry, however much more is written at once than the journal keeps", () => {
    const kept: Array<number> = []
    return Effect.gen(function*() {
      const { main, copy } = yield* Tenants
      yield* copy((_, { seq }) => kept.push(seq))
      for (let call = 0; call < 40; call++) yield* place({ to: patient, pipeline: [play("a.wav")] })
      yield* main.switchboard.endAll
      yield* TestClock.adjust(0)
      assert.isBelow(main.journal.size(), 40)
      assert.deepEqual(kept, Array.from({ length: main.journal.last() }, (_, index) => index + 1))
    }).pipe(Effect.scoped, Effect.provide(InProcess.layer({ config: { maxEntries: 20 } })))
  })
})
