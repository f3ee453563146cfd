import { Scenario, ScenarioReport } from "@effect-piopiy/simulator"
import { runScenario } from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import file from "../src/14-a-scenario-in-ci.json" with { type: "json" }
import { app } from "../src/14-a-scenario-in-ci.ts"
import { settings } from "./played.ts"

/** The scenario of the file, with the app in this process: the command in it is for `piopiy-sim run`. */
const run = (environment: Readonly<Record<string, string>> = {}, options: Scenario.RunOptions = {}) =>
  Effect.flatMap(
    Scenario.decode(file),
    (scenario) => runScenario(scenario, { ...options, app: Layer.provide(app, settings(environment)) })
  )

it.effect("holds", () =>
  Effect.gen(function*() {
    const report = yield* run()
    assert.deepStrictEqual(ScenarioReport.failures(report), [])
    assert.deepStrictEqual(report.remarks, [])
  }))

it.effect.each([2, 3, 4])("holds with seed %i, too", (seed) =>
  Effect.gen(function*() {
    assert.isTrue(ScenarioReport.passed(yield* run({}, { seed })))
  }))

it.effect("does not hold when the second on call is busy, and says so", () =>
  Effect.gen(function*() {
    const report = yield* run({ SECOND: "914400017001" })
    assert.isFalse(ScenarioReport.passed(report))
    const [failure, ...others] = ScenarioReport.failures(report)
    assert.deepStrictEqual(others, [])
    assert.include(failure, "914400017220")
    assert.include(failure, "dials callee2 ..7001")
  }))
