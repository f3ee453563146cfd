/** Where scenarios go wrong by themselves: refusals that look like replies, an outage of no time, an app that is silent. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as TimeControl from "../../src/engine/TimeControl.ts"
import * as Scenario from "../../src/Scenario.ts"
import * as ScenarioReport from "../../src/ScenarioReport.ts"
import * as InProcess from "../../src/testing/InProcess.ts"

const run = (json: object, app?: InProcess.App<never>) =>
  Effect.gen(function*() {
    const scenario = yield* Scenario.decode({ name: "test", ...json }, { inProcess: true })
    return yield* InProcess.runScenario(scenario, { clock: "manual", ...(app === undefined ? {} : { app }) })
  })

/** Answers after a second, and hangs up at once. */
const brief = "919840007200"

const placing = {
  _tag: "PlaceCall",
  operation: "/v3/voice/ai/call",
  body: { caller_id: "914400000001", to_number: brief, agent_id: "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02" },
  as: "call"
}

const older = (secret: string, more: object = {}) => ({
  _tag: "PlaceCall",
  operation: "/v2/ind_pcmo_make_call",
  body: {
    appid: 1_000_001,
    secret,
    from: 914_400_000_001,
    to: Number(brief),
    pcmo: [{ action: "play", file_name: "a.wav" }]
  },
  ...more
})

describe("a scenario", () => {
  it.effect("fails when the older API refuses with a code in a 200, unless it may", () =>
    Effect.gen(function*() {
      const refused = yield* run({ steps: [{ atMs: 0, do: older("wrong") }] })
      const [message, ...more] = ScenarioReport.failures(refused)
      assert.match(message ?? "", /^steps\[0\] \(PlaceCall\): 420 unknown credentials/)
      assert.deepEqual(more, [])
      const allowed = yield* run({ steps: [{ atMs: 0, do: older("wrong", { mayFail: true }) }] })
      assert.isTrue(ScenarioReport.passed(allowed))
      const taken = yield* run({
        steps: [{ atMs: 0, do: older("sim-secret", { as: "call" }) }],
        expect: [{ _tag: "Ended", call: "call" }]
      })
      assert.deepEqual(ScenarioReport.failures(taken), [])
    }))

  it.effect("is back from an outage before what comes next, in no more time than that takes", () =>
    Effect.gen(function*() {
      const report = yield* run({
        steps: [{ atMs: 0, do: { _tag: "Outage", ms: 0 } }, { atMs: 0, do: placing }],
        expect: [{ _tag: "Ended", call: "call", withinMs: 1000 }]
      })
      assert.deepEqual(ScenarioReport.failures(report), [])
      assert.strictEqual(report.virtualMs, 1000)
    }))

  it.live("says what it waited for when an app never answers, and nothing of calls still in progress", () =>
    Effect.gen(function*() {
      const silent = HttpRouter.add("POST", "*", Effect.never)
      const report = yield* run({
        steps: [{
          atMs: 0,
          do: { _tag: "CallIn", from: "919840000001", to: "914400000001", answerUrl: "http://app.test/answer" }
        }]
      }, silent).pipe(Effect.provideService(TimeControl.Guard, Duration.millis(200)))
      const [message, ...more] = ScenarioReport.failures(report)
      assert.match(message ?? "", /^came to no end at 0 ms: webhook Answer of call \S+ to app\.test\n\ncall 1 is /)
      assert.deepEqual(more, [])
    }))

  it.effect("says of an act on a call that has ended that there is none", () =>
    Effect.gen(function*() {
      const report = yield* run({
        steps: [
          { atMs: 0, do: placing },
          { when: { call: "call", is: "Ended", afterMs: 1 }, do: { _tag: "Press", call: "call", digits: "1" } }
        ]
      })
      const told = ScenarioReport.failures(report).map((failure) => failure.split("\n\n")[0])
      assert.deepEqual(told, ["steps[1] (Press): no such call is in progress: it never was, or it has ended"])
    }))

  it.effect("is refused with numbers that no call can have, and names of calls in time linear in its steps", () =>
    Effect.gen(function*() {
      const plus = { _tag: "CallIn", from: "+919840000001", to: "914400000001" }
      const { message } = yield* Effect.flip(run({ steps: [{ atMs: 0, do: plus }] }))
      assert.strictEqual(message, "steps[0].do.from: Expected a number: 7 to 16 digits with country code, and no +")
      const steps = Array.from({ length: 20_000 }, (_, index) => ({
        atMs: 0,
        do: { ...placing, as: `call${index}` }
      }))
      const expect = [{ _tag: "Rang", number: brief, call: "nobody" }]
      const many = yield* Effect.flip(run({ steps, expect }))
      assert.match(
        many.message,
        /^expect\[0\]\.call: no step names a call "nobody": there are "call0", .* and 19990 more$/
      )
    }))
})
