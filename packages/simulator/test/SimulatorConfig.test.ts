import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SimulatorConfig from "../src/SimulatorConfig.ts"
import type { SimulatorError } from "../src/SimulatorError.ts"

const pathsOf = (error: SimulatorError): ReadonlyArray<string> =>
  error.reason._tag === "InvalidConfig" ? error.reason.problems.map(({ path }) => path) : []

describe("SimulatorConfig.decode", () => {
  it.effect("takes an empty object, and every option", () =>
    Effect.gen(function*() {
      assert.deepEqual(yield* SimulatorConfig.decode({}), {})
      const all: SimulatorConfig.SimulatorConfig = {
        $schema: "./config.schema.json",
        accounts: [{
          token: "t",
          name: "n",
          seed: 3,
          clock: { scaled: 60 },
          appId: 5,
          appSecret: "s",
          active: false,
          balance: 0,
          ratePerMinute: 0,
          channels: 1,
          callsPerSecond: 10_000,
          users: [{ id: "101_5", password: "p" }],
          answerUrl: "http://localhost:1/a?b=c",
          numbers: { "18005550100": { answerUrl: "https://app.localhost/b" } },
          faults: [{ fault: { _tag: "Lost" } }],
          webhooks: {
            events: "http://localhost/e",
            cdr: "HTTP://localhost/c",
            envelope: "http://[::1]/v",
            signingSecret: "k"
          }
        }],
        legacyErrors: "status",
        seed: 1,
        pipelines: { bye: [{ action: "hangup" }] },
        flows: {},
        people: { "919840000001": { outcome: { _tag: "KeepsRinging" }, answers: [{ _tag: "StaysSilent" }] } },
        files: { "a.wav": 10 },
        faults: [{
          name: "storm",
          fault: { _tag: "Status", status: 503, effect: "before", retryAfterS: 1, body: { error: "busy" } },
          when: {
            operation: "POST /v3/voice/ai/call",
            number: "919840000001",
            callId: "c",
            nth: [1, 2],
            first: 3,
            probability: 0.5,
            fromMs: 0,
            untilMs: 1000
          }
        }],
        maxCalls: 5,
        maxEntries: 100,
        maxRecords: 10
      }
      assert.deepEqual(yield* SimulatorConfig.decode(all), all)
    }))

  it.effect("refuses with every problem, each by its path", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(SimulatorConfig.decode({
        accounts: [{ token: "two words" }, { token: "" }, { name: "x" }, { token: "t\u00f6ken" }],
        seed: 1.5,
        files: { "a.wav": -1 },
        people: { "91": { outcome: { _tag: "Answers", afterMs: "soon", by: "Person" }, answers: [] } },
        maxCalls: "many",
        maxEntries: 0,
        colour: "red"
      }))
      assert.sameMembers([...pathsOf(error)], [
        "accounts[0].token",
        "accounts[1].token",
        "accounts[2].token",
        "accounts[3].token",
        "seed",
        "files[\"a.wav\"]",
        "people[\"91\"].outcome.afterMs",
        "maxCalls",
        "maxEntries",
        "colour"
      ])
      assert.notInclude(error.message, "two words")
    }))

  const account = (entry: Readonly<Record<string, unknown>>) => ({ accounts: [{ token: "t", ...entry }] })
  it.effect.each<readonly [entry: Readonly<Record<string, unknown>>, path: string]>([
    [{ appId: 0 }, "accounts[0].appId"],
    [{ appId: "1000001" }, "accounts[0].appId"],
    [{ appId: 1.5 }, "accounts[0].appId"],
    [{ appSecret: "" }, "accounts[0].appSecret"],
    [{ active: "no" }, "accounts[0].active"],
    [{ balance: -1 }, "accounts[0].balance"],
    [{ balance: 1_000_000_001 }, "accounts[0].balance"],
    [{ ratePerMinute: -0.1 }, "accounts[0].ratePerMinute"],
    [{ channels: 0 }, "accounts[0].channels"],
    [{ callsPerSecond: 0 }, "accounts[0].callsPerSecond"],
    [{ callsPerSecond: 10_001 }, "accounts[0].callsPerSecond"],
    [{ users: [{ id: "a", password: "p" }, { id: "" }] }, "accounts[0].users[1].id"],
    [{ users: [{ id: "a", password: "" }] }, "accounts[0].users[0].password"],
    [{ answerUrl: "localhost:3000" }, "accounts[0].answerUrl"],
    [{ answerUrl: "http://" }, "accounts[0].answerUrl"],
    [{ answerUrl: "ftp://localhost/a" }, "accounts[0].answerUrl"],
    [{ numbers: { "18005550100": {} } }, "accounts[0].numbers[\"18005550100\"].answerUrl"],
    [{ webhooks: { cdr: "/cdr" } }, "accounts[0].webhooks.cdr"],
    [{ faults: [{ fault: { _tag: "Lost" }, when: { operation: "/v3" } }] }, "accounts[0].faults[0].when.operation"],
    [{ faults: Array.from({ length: 1001 }, () => ({ fault: { _tag: "Lost" } })) }, "accounts[0].faults"],
    [{ webhooks: { records: "http://localhost/" } }, "accounts[0].webhooks.records"],
    [{ webhooks: { signingSecret: "a b" } }, "accounts[0].webhooks.signingSecret"]
  ])("refuses an account with %j, by its path", ([entry, path]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(SimulatorConfig.decode(account(entry)))
      assert.include(pathsOf(error), path)
      assert.isTrue(pathsOf(error).every((other) => other.startsWith("accounts[0].")))
    }))

  it.effect("does not say what a refused secret was", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(SimulatorConfig.decode({
        ...account({ appSecret: 8_675_309, webhooks: { signingSecret: "hush hush" } }),
        legacyErrors: "teapot"
      }))
      assert.sameMembers([...pathsOf(error)], [
        "accounts[0].appSecret",
        "accounts[0].webhooks.signingSecret",
        "legacyErrors"
      ])
      assert.notMatch(error.message, /8675309|hush/)
    }))

  it.effect.each([null, [], 7, "text", { accounts: [] }])("refuses %j", (json) =>
    Effect.gen(function*() {
      assert.isAbove(pathsOf(yield* Effect.flip(SimulatorConfig.decode(json))).length, 0)
    }))
})

describe("SimulatorConfig.tenants", () => {
  it.effect("gives each tenant the faults of all, then its own, and refuses more of both than a tenant takes", () =>
    Effect.gen(function*() {
      const common = [{ fault: { _tag: "Garbage" } }] as const
      const own = [{ fault: { _tag: "Lost" } }] as const
      const accounts = [{ token: "a" }, { token: "b", faults: own }] as const
      const [first, second] = yield* SimulatorConfig.tenants({ faults: common, accounts })
      assert.deepEqual([first.faults, second?.faults], [common, [...common, ...own]])
      const many = Array.from({ length: 1000 }, () => common[0])
      const error = yield* Effect.flip(SimulatorConfig.tenants({ faults: many, accounts }))
      assert.deepEqual(pathsOf(error), ["accounts[1].faults"])
    }))

  it.effect("gives one tenant, sim-token and seed 1, when nothing is told", () =>
    Effect.gen(function*() {
      const tenants = yield* SimulatorConfig.tenants({})
      assert.deepEqual(
        tenants.map(({ maxCalls, name, seed, token }) => [name, Redacted.value(token), seed, maxCalls]),
        [
          ["default", "sim-token", 1, 10_000]
        ]
      )
    }))

  it.effect("gives the account app 1000001 with sim-secret, 1,000,000 to spend at 0.45, no limits and a user", () =>
    Effect.gen(function*() {
      const [{ account, answerUrls, legacyErrors, webhooks }] = yield* SimulatorConfig.tenants({})
      assert.deepEqual({ ...account, appSecret: undefined, users: undefined }, {
        appId: 1_000_001,
        appSecret: undefined,
        active: true,
        balance: 1_000_000,
        ratePerMinute: 0.45,
        users: undefined
      })
      assert.strictEqual(Redacted.value(account.appSecret), "sim-secret")
      assert.deepEqual(account.users.map(({ id, password }) => [id, Redacted.value(password)]), [
        ["101_1000001", "sim-password"]
      ])
      assert.deepEqual([legacyErrors, webhooks, answerUrls], ["body", {}, { byNumber: new Map() }])
    }))

  it.effect("counts app ids on, and names the default user after the app id", () =>
    Effect.gen(function*() {
      const tenants = yield* SimulatorConfig.tenants({
        accounts: [{ token: "a" }, { token: "b" }, { token: "c", appId: 9 }]
      })
      assert.deepEqual(
        tenants.map(({ account }) => [account.appId, account.users.map(({ id }) => id)]),
        [[1_000_001, ["101_1000001"]], [1_000_002, ["101_1000002"]], [9, ["101_9"]]]
      )
    }))

  it.effect("gives an account with a secret of its own no user whose password everybody knows", () =>
    Effect.gen(function*() {
      const [first, second] = yield* SimulatorConfig.tenants({
        accounts: [
          { token: "a", appSecret: "s" },
          { token: "b", appSecret: "s", users: [{ id: "u", password: "p" }] }
        ]
      })
      assert.deepEqual(first.account.users, [])
      assert.deepEqual(second?.account.users.map(({ id }) => id), ["u"])
    }))

  it.effect("hands an account's options on, secrets unreadable", () =>
    Effect.gen(function*() {
      const [tenant] = yield* SimulatorConfig.tenants({
        legacyErrors: "status",
        accounts: [{
          token: "hush-token",
          appSecret: "hush-app",
          active: false,
          balance: 7.5,
          ratePerMinute: 0.1,
          channels: 3,
          callsPerSecond: 4,
          users: [{ id: "u", password: "hush-user" }],
          answerUrl: "http://localhost/a",
          numbers: { "18005550100": { answerUrl: "http://localhost/n" } },
          webhooks: {
            events: "http://localhost/e",
            cdr: "http://localhost/c",
            envelope: "http://localhost/v",
            signingSecret: "hush-sign"
          }
        }]
      })
      const { active, balance, callsPerSecond, channels, ratePerMinute } = tenant.account
      assert.deepEqual([active, balance, ratePerMinute, channels, callsPerSecond], [false, 7.5, 0.1, 3, 4])
      const { signingSecret, ...urls } = tenant.webhooks
      assert.deepEqual(urls, {
        events: "http://localhost/e",
        cdr: "http://localhost/c",
        envelope: "http://localhost/v"
      })
      assert.strictEqual(signingSecret === undefined ? "" : Redacted.value(signingSecret), "hush-sign")
      assert.deepEqual(tenant.answerUrls, {
        byNumber: new Map([["18005550100", "http://localhost/n"]]),
        otherwise: "http://localhost/a"
      })
      assert.strictEqual(tenant.legacyErrors, "status")
      assert.notInclude(JSON.stringify(tenant), "hush")
    }))

  it.effect("names accounts that have no name, and lets an account's seed go before the common one", () =>
    Effect.gen(function*() {
      const tenants = yield* SimulatorConfig.tenants({
        seed: 4,
        accounts: [{ token: "a" }, { token: "b", seed: 8 }, { token: "c", name: "sea" }]
      })
      assert.deepEqual(tenants.map(({ name, seed }) => [name, seed]), [["default", 4], ["tenant-1", 8], ["sea", 4]])
    }))

  it.effect("hands bounds, files and people on", () =>
    Effect.gen(function*() {
      const people = { "1": { outcome: { _tag: "KeepsRinging" }, answers: [] } } as const
      const [only] = yield* SimulatorConfig.tenants({
        maxEntries: 7,
        maxRecords: 6,
        maxCalls: 5,
        files: { a: 9 },
        people
      })
      assert.deepEqual(only.bounds, { entries: 7, records: 6 })
      assert.deepEqual([only.maxCalls, only.fileMs.get("a"), only.people], [5, 9, people])
    }))

  it.effect("refuses two accounts with one name or token", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(
        SimulatorConfig.tenants({ accounts: [{ token: "a" }, { token: "a", name: "default" }] })
      )
      assert.deepEqual(pathsOf(error), ["accounts[1].name", "accounts[1].token"])
    }))

  it.effect("refuses two accounts with one app id, given or by default, and one user twice", () =>
    Effect.gen(function*() {
      const users = [{ id: "u", password: "p" }]
      const error = yield* Effect.flip(SimulatorConfig.tenants({
        accounts: [
          { token: "a", appId: 1_000_002, users },
          { token: "b", users: [] },
          { token: "c", appId: 1_000_002, users: [{ id: "v", password: "p" }, ...users] }
        ]
      }))
      assert.deepEqual(pathsOf(error), ["accounts[1].appId", "accounts[2].appId", "accounts[2].users[1].id"])
    }))

  it.effect("refuses answer URLs of what is no phone number", () =>
    Effect.gen(function*() {
      const answerUrl = "http://localhost/a"
      const error = yield* Effect.flip(SimulatorConfig.tenants({
        accounts: [{
          token: "a",
          numbers: { "+18005550100": { answerUrl }, "18005550100": { answerUrl }, desk: { answerUrl } }
        }]
      }))
      assert.sameMembers([...pathsOf(error)], [
        "accounts[0].numbers[\"+***********\"]",
        "accounts[0].numbers.desk"
      ])
    }))
})

describe("SimulatorConfig.wellKnown", () => {
  it("finds the default secrets of every account, the first one's by its flags", () => {
    const paths = (config: SimulatorConfig.SimulatorConfig) => SimulatorConfig.wellKnown(config).map(({ path }) => path)
    assert.deepEqual(paths({}), ["--token", "--app-secret"])
    assert.deepEqual(
      paths({ accounts: [{ token: "own" }, { token: "sim-token", appSecret: "sim-secret" }] }),
      ["--app-secret", "accounts[1].token", "accounts[1].appSecret"]
    )
    assert.deepEqual(paths({ accounts: [{ token: "own", appSecret: "too" }, { token: "a", appSecret: "b" }] }), [])
  })
})

describe("SimulatorConfig.jsonSchema", () => {
  it("closes every object, so that an editor marks a misspelt key", () => {
    const text = JSON.stringify(SimulatorConfig.jsonSchema())
    assert.include(text, "\"additionalProperties\":false")
    assert.notInclude(text, "\"additionalProperties\":true")
  })

  it("says of every key of an account and of the whole what it does", () => {
    const isObject = Schema.is(Schema.Record(Schema.String, Schema.Unknown))
    const under = (value: unknown, key: string): unknown => isObject(value) ? value[key] : undefined
    const schema = SimulatorConfig.jsonSchema()
    for (const properties of [schema["properties"], under(under(schema["$defs"], "Account"), "properties")]) {
      assert.isTrue(isObject(properties))
      const silent = Object.entries(isObject(properties) ? properties : {})
        .filter(([, property]) => typeof under(property, "description") !== "string")
      assert.deepEqual(silent, [])
    }
  })
})
