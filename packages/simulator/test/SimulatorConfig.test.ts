import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as SimulatorConfig from "../src/SimulatorConfig.ts"
import type { SimulatorError } from "../src/SimulatorError.ts"

const pathsOf = (error: SimulatorError): ReadonlyArray<string> =>
  error.reason._tag === "InvalidConfig" ? error.reason.problems.map(({ path }) => path) : []

describe("SimulatorConfig.decode", () => {
  it.effect("takes an empty object, and every option", () =>
    Effect.gen(function*() {
      assert.deepEqual(yield* SimulatorConfig.decode({}), {})
      const all: SimulatorConfig.SimulatorConfig = {
        accounts: [{ token: "t", name: "n", seed: 3 }],
        seed: 1,
        pipelines: { bye: [{ action: "hangup" }] },
        flows: {},
        people: { "919840000001": { outcome: { _tag: "KeepsRinging" }, answers: [{ _tag: "StaysSilent" }] } },
        files: { "a.wav": 10 },
        maxCalls: 5,
        maxEntries: 100,
        maxRecords: 10
      }
      assert.deepEqual(yield* SimulatorConfig.decode(all), all)
    }))

  it.effect("refuses with every problem, each by its path", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(SimulatorConfig.decode({
        accounts: [{ token: "two words" }, { token: "" }, { name: "x" }],
        seed: 1.5,
        files: { "a.wav": -1 },
        people: { "91": { outcome: { _tag: "Answers", afterMs: "soon", by: "Person" }, answers: [] } },
        maxCalls: "many",
        colour: "red"
      }))
      assert.sameMembers([...pathsOf(error)], [
        "accounts[0].token",
        "accounts[1].token",
        "accounts[2].token",
        "seed",
        "files[\"a.wav\"]",
        "people[\"91\"].outcome.afterMs",
        "maxCalls",
        "colour"
      ])
      assert.notInclude(error.message, "two words")
    }))

  it.effect.each([null, [], 7, "text", { accounts: [] }])("refuses %j", (json) =>
    Effect.gen(function*() {
      assert.isAbove(pathsOf(yield* Effect.flip(SimulatorConfig.decode(json))).length, 0)
    }))
})

describe("SimulatorConfig.tenants", () => {
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
})
