import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import type { AccountConfig } from "../../src/AccountConfig.ts"
import * as Account from "../../src/engine/Account.ts"
import type { CallRequest } from "../../src/engine/Switchboard.ts"
import { Tenants } from "../../src/engine/Tenants.ts"
import * as Timeline from "../../src/engine/Timeline.ts"
import { Simulator } from "../../src/Simulator.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { connect, hangup, phone, place, play, recordOf, run } from "../platform.ts"

const plain: Account.AccountOptions = {
  appId: 7,
  appSecret: Redacted.make("hidden"),
  active: true,
  balance: 10,
  ratePerMinute: 0.45,
  users: [{ id: "101_7", password: Redacted.make("pass") }, { id: "102_7", password: Redacted.make("pass") }]
}

const accountOf = (options: Partial<Account.AccountOptions> = {}, seed = 1) =>
  Effect.map(
    Layer.build(Account.layer({ ...plain, ...options }, seed).pipe(Layer.provideMerge(Layer.fresh(Timeline.layer)))),
    (world) => Context.get(world, Account.Account)
  )

/** What an account says to one more call beside `live` others: `in`, or why not and for how long. */
const asked = (account: Account.Account["Service"], live = 0, kind: "Legacy" | "Inbound" = "Legacy") => {
  const refusal = account.admit(live, kind)
  if (refusal === undefined) return "in"
  return refusal.retryAfterMs === undefined ? refusal.why : `${refusal.why} ${refusal.retryAfterMs}`
}

describe("Account.admit", () => {
  it.effect("refuses an inactive app before anything else, then an empty balance, then channels, then the rate", () =>
    Effect.gen(function*() {
      const limits = { balance: 0, channels: 1, callsPerSecond: 1 }
      assert.strictEqual(asked(yield* accountOf({ ...limits, active: false }), 1), "AppNotActive")
      assert.strictEqual(asked(yield* accountOf(limits), 1), "NoBalance")
      const account = yield* accountOf({ ...limits, balance: 1 })
      assert.deepEqual([asked(account, 0), asked(account, 1), asked(account, 0)], [
        "in",
        "ChannelsInUse 1000",
        "TooFast 1000"
      ])
    }))

  it.effect("lets any number of calls through when no limit is set", () =>
    Effect.gen(function*() {
      const account = yield* accountOf()
      for (let live = 0; live < 1000; live++) assert.strictEqual(asked(account, live), "in")
    }))

  it.effect("counts calls from outside as channels, and not towards the calls per second", () =>
    Effect.gen(function*() {
      const account = yield* accountOf({ channels: 2, callsPerSecond: 1 })
      assert.deepEqual(
        [asked(account, 0, "Inbound"), asked(account, 1, "Inbound"), asked(account, 2, "Inbound"), asked(account, 0)],
        ["in", "in", "ChannelsInUse 1000", "in"]
      )
    }))

  it.effect("does not count a call that it refused towards the calls per second", () =>
    Effect.gen(function*() {
      const account = yield* accountOf({ channels: 1, callsPerSecond: 1 })
      assert.deepEqual([asked(account, 1), asked(account, 0)], ["ChannelsInUse 1000", "in"])
      for (const wait of [400, 300]) {
        yield* TestClock.adjust(wait)
        asked(account)
      }
      assert.strictEqual(asked(account), "TooFast 300")
    }))

  const gaps = Schema.Array(Schema.Literals([0, 1, 7, 100, 333, 999, 1000, 1001]))
  it.effect.prop(
    "lets through at most so many calls within any second, no fewer, and says truly when the next may come",
    { limit: Schema.Literals([1, 2, 3, 10]), gaps },
    ({ gaps, limit }) =>
      Effect.gen(function*() {
        const account = yield* accountOf({ callsPerSecond: limit })
        const admitted: Array<number> = []
        const withinSecond = (now: number) => admitted.filter((at) => at > now - 1000)
        let now = 0
        for (const gap of gaps) {
          now += gap
          yield* TestClock.adjust(gap)
          const recent = withinSecond(now)
          if (recent.length < limit) {
            assert.strictEqual(asked(account), "in")
            admitted.push(now)
            continue
          }
          const wait = (recent[0] ?? Number.NaN) + 1000 - now
          assert.strictEqual(asked(account), `TooFast ${wait}`)
          yield* TestClock.adjust(wait - 1)
          assert.strictEqual(asked(account), "TooFast 1")
          yield* TestClock.adjust(1)
          now += wait
          assert.strictEqual(asked(account), "in")
          admitted.push(now)
        }
      })
  )
})

describe("Account", () => {
  it.effect("knows its secret, and no other text", () =>
    Effect.gen(function*() {
      const account = yield* accountOf()
      assert.isTrue(account.accepts("hidden"))
      for (const other of ["", "h", "hidde", "hiddem", "hiddenn", "Hidden", "hidden\0"]) {
        assert.isFalse(account.accepts(other), JSON.stringify(other))
      }
    }))

  it.effect("counts money in whole millionths, to the nearest", () =>
    Effect.gen(function*() {
      const account = yield* accountOf({ balance: 1.005, ratePerMinute: 1.005 })
      assert.deepEqual([account.rateMicros, account.balance()], [1_005_000, 1.005])
      assert.strictEqual((yield* accountOf({ ratePerMinute: 0.000_000_6 })).rateMicros, 1)
    }))

  it.effect("expires a year after its origin, and does not count messages down", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_700_000_000_000)
      const account = yield* accountOf()
      assert.strictEqual(account.expiresAt, 1_700_000_000_000 + 365 * 86_400_000)
      assert.strictEqual(account.smsBalance(), 1000)
    }))

  it.effect("gives a user one token, which seed, app, user and password decide", () =>
    Effect.gen(function*() {
      const account = yield* accountOf()
      const token = account.login("101_7", "pass")
      assert.match(token ?? "", /^[A-Za-z0-9]{43}$/)
      assert.strictEqual(account.login("101_7", "pass"), token)
      assert.strictEqual((yield* accountOf()).login("101_7", "pass"), token)
      const others = [
        account.login("102_7", "pass"),
        (yield* accountOf({}, 2)).login("101_7", "pass"),
        (yield* accountOf({ appId: 8 })).login("101_7", "pass"),
        (yield* accountOf({ users: [{ id: "101_7", password: Redacted.make("other") }] })).login("101_7", "other")
      ]
      assert.lengthOf(new Set([token, ...others]), 5)
      assert.notInclude(others, undefined)
    }))

  it.effect("logs nobody in with an unknown id or a wrong password", () =>
    Effect.gen(function*() {
      const account = yield* accountOf()
      assert.isUndefined(account.login("101_7", "passs"))
      assert.isUndefined(account.login("101_8", "pass"))
      assert.isUndefined(account.login("101_7", ""))
    }))
})

/** A platform with one account, on which `long.wav` plays for ten minutes. */
const inProcess = (options: Omit<AccountConfig, "token"> = {}) =>
  InProcess.layer({
    config: { accounts: [{ token: "sim-token", ...options }], files: { "long.wav": 600_000, "second.wav": 1000 } }
  })

/** Asks the switchboard for a call of the older API. */
const originate = (to: string, more: Partial<CallRequest> = {}) =>
  Effect.flatMap(Tenants, ({ main }) =>
    main.switchboard.originate({
      kind: "Legacy",
      callerId: "914400000001",
      to,
      program: [{ _tag: "Play", prompt: { _tag: "File", name: "long.wav" } }],
      record: false,
      variables: {},
      ...more
    }, 0))
const whyNot = (to: string, more: Partial<CallRequest> = {}) =>
  Effect.map(Effect.flip(originate(to, more)), ({ retryAfterMs, why }) => [why, retryAfterMs])
const balance = Effect.map(Tenants, ({ main }) => main.account.balance())

const missingAgent = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7ff001"
const busy = "919840007001"
const stays = "919840007100"
/** Answers after a second and hangs up 61 s later. */
const talks = "919840007261"

describe("The account of a tenant", () => {
  it.effect("pays for every started minute from the answer on, when the call has ended", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: talks, pipeline: [play("long.wav")] })
      yield* TestClock.adjust("61 seconds")
      assert.strictEqual(yield* balance, 1)
      const record = yield* recordOf(callId)
      assert.deepEqual(record.legs.map((leg) => [leg.durationMs, leg.chargeMicros]), [[61_000, 900_000]])
      assert.strictEqual(yield* balance, 0.1)
    }).pipe(Effect.provide(inProcess({ balance: 1 }))))

  it.effect("pays for each leg by itself", () =>
    Effect.gen(function*() {
      const record = yield* run({ to: stays, pipeline: [connect([phone("919840007259")]), play("second.wav")] })
      assert.deepEqual(record.legs.map((leg) => [leg.durationMs, leg.chargeMicros]), [
        [61_000, 900_000],
        [59_000, 450_000]
      ])
      assert.strictEqual(yield* balance, 999_998.65)
    }).pipe(Effect.provide(inProcess())))

  it.effect("pays its own rate, and nothing for a call that nobody answers", () =>
    Effect.gen(function*() {
      yield* run({ to: busy, pipeline: [hangup] })
      assert.strictEqual(yield* balance, 5)
      yield* run({ to: stays, pipeline: [play("second.wav")] })
      assert.strictEqual(yield* balance, 4.75)
    }).pipe(Effect.provide(inProcess({ balance: 5, ratePerMinute: 0.25 }))))

  it.effect("lets calls in progress take the balance below zero, and no new call begin then", () =>
    Effect.gen(function*() {
      yield* originate("919840007230")
      const longer = yield* originate(talks)
      yield* TestClock.adjust("32 seconds")
      assert.strictEqual(yield* balance, -0.1)
      assert.deepEqual(yield* whyNot(stays), ["NoBalance", undefined])
      assert.deepEqual(yield* whyNot(stays, { kind: "Inbound" }), ["NoBalance", undefined])
      assert.strictEqual((yield* recordOf(longer.callId)).durationMs, 61_000)
      assert.strictEqual(yield* balance, -1.3)
    }).pipe(Effect.provide(inProcess({ balance: 0.5, ratePerMinute: 0.6 }))))

  it.effect("begins no call while the app is inactive, whoever the call is for", () =>
    Effect.gen(function*() {
      assert.deepEqual(yield* whyNot(stays), ["AppNotActive", undefined])
      assert.deepEqual(yield* whyNot(stays, { kind: "Inbound" }), ["AppNotActive", undefined])
      assert.deepEqual(yield* whyNot(stays, { kind: "Agent", agentId: missingAgent }), ["AppNotActive", undefined])
      assert.lengthOf(yield* Simulator.use(({ live }) => live), 0)
    }).pipe(Effect.provide(inProcess({ active: false }))))

  it.effect("has a channel for a further call as soon as one has ended", () =>
    Effect.gen(function*() {
      yield* originate(busy)
      yield* originate(stays, { kind: "Inbound" })
      assert.deepEqual(yield* whyNot(stays), ["ChannelsInUse", 1000])
      yield* TestClock.adjust("300 millis")
      yield* originate(stays)
      assert.deepEqual(yield* whyNot(stays), ["ChannelsInUse", 1000])
    }).pipe(Effect.provide(inProcess({ channels: 2 }))))

  it.effect("takes a further call when the wait that it named is over", () =>
    Effect.gen(function*() {
      yield* originate(busy)
      yield* TestClock.adjust("400 millis")
      yield* originate(busy)
      assert.deepEqual(yield* whyNot(busy), ["TooFast", 600])
      yield* originate(busy, { kind: "Inbound" })
      yield* TestClock.adjust("600 millis")
      yield* originate(busy)
      assert.deepEqual(yield* whyNot(busy), ["TooFast", 400])
    }).pipe(Effect.provide(inProcess({ callsPerSecond: 2 }))))
})
