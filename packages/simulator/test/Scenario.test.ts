import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scenario from "../src/Scenario.ts"

const callIn = { atMs: 0, do: { _tag: "CallIn", from: "919840007301", to: "914400000001", as: "caller" } }
const leaves = (call: unknown) => ({ atMs: 1000, do: { _tag: "LeaveLine", call } })
const fine = { name: "fine", steps: [callIn, leaves("caller")] }

/** What is wrong with it, a line each. */
const problemsOf = (json: unknown) =>
  Effect.map(Effect.flip(Scenario.decode(json)), ({ reason }) => {
    assert.strictEqual(reason._tag, "InvalidConfig")
    return reason._tag === "InvalidConfig" ? reason.problems.map(({ message, path }) => `${path}: ${message}`) : []
  })

const person = (voice: unknown) => ({
  outcome: { _tag: "Answers", afterMs: 0, by: "Person" },
  answers: [],
  speaks: [{ afterMs: 0, voice }]
})

describe("Scenario.decode", () => {
  it.effect("takes a scenario, and keeps it as it is", () =>
    Effect.gen(function*() {
      assert.deepEqual<unknown>(yield* Scenario.decode(fine), fine)
    }))

  it.effect.each<readonly [string, unknown, ReadonlyArray<string | RegExp>]>([
    ["an unknown key", { ...fine, stepz: [] }, ["stepz: unknown key; did you mean steps?"]],
    [
      "an unknown key of a step",
      { ...fine, steps: [callIn, { atMs: 0, do: { _tag: "LeaveLine", call: 1, foo: 2 } }] },
      ["steps[1].do.foo: unknown key; there are _tag, call, leg"]
    ],
    [
      "an unknown key of the configuration",
      { ...fine, config: { peeple: {} } },
      ["config.peeple: unknown key; did you mean people?"]
    ],
    ["an act that is none", { ...fine, steps: [{ atMs: 0, do: { _tag: "Dance" } }] }, [
      /^steps\[0\]\.do\._tag: Expected one of CallIn, PlaceCall, /
    ]],
    ["a negative time", { ...fine, steps: [{ ...callIn, atMs: -1 }] }, [
      "steps[0].atMs: Expected whole milliseconds, 0 to 86400000"
    ]],
    ["a time after the end", { ...fine, lastsMs: 500 }, ["steps[1].atMs: comes after the end: lastsMs is 500"]],
    [
      "a time after the longest run, of a moment too",
      {
        ...fine,
        steps: [callIn, {
          when: { call: "caller", is: "Answered", afterMs: 3_600_001 },
          do: { _tag: "LeaveLine", call: 1 }
        }]
      },
      ["steps[1].when.afterMs: comes after the end: a run lasts 3600000 ms at most, unless lastsMs says more"]
    ],
    ["no time at all", { ...fine, steps: [{ do: callIn.do }] }, [
      "steps[0]: expected atMs or when: it would never be done"
    ]],
    [
      "two times",
      { ...fine, steps: [callIn, { ...leaves("caller"), when: { call: "caller", is: "Answered" } }] },
      ["steps[1]: expected atMs or when, not both"]
    ],
    [
      "a call that nobody names",
      { ...fine, steps: [callIn, leaves("callr")] },
      ["steps[1].do.call: no step names a call \"callr\": there is \"caller\""]
    ],
    [
      "a moment of a call that is named later",
      { ...fine, steps: [{ when: { call: "caller", is: "Ended" }, do: { ...callIn.do, as: "again" } }, callIn] },
      ["steps[0].when.call: steps[1] names the call \"caller\", and comes later in the file: move it up"]
    ],
    ["a name twice", { ...fine, steps: [callIn, callIn] }, [
      "steps[1].do.as: is another call's name already: \"caller\""
    ]],
    [
      "a name that is a number",
      { ...fine, steps: [{ ...callIn, do: { ...callIn.do, as: "919840007301" } }] },
      ["steps[0].do.as: expected a name, not digits, which mean a number"]
    ],
    [
      "an expectation of a call that nobody names",
      { ...fine, expect: [{ _tag: "Rang", number: "919840007301", call: "somebody" }] },
      ["expect[0].call: no step names a call \"somebody\": there is \"caller\""]
    ],
    [
      "a window of time that never comes",
      { ...fine, expect: [{ _tag: "Ended", betweenMs: [2000, 1000] }] },
      ["expect[0].betweenMs: never comes: it ends at 1000 and begins at 2000"]
    ],
    [
      "a window of time after the end",
      { ...fine, lastsMs: 3000, expect: [{ _tag: "Ended", betweenMs: [4000, 5000] }] },
      ["expect[0].betweenMs: comes after the end: lastsMs is 3000"]
    ],
    [
      "audio that is not there",
      {
        ...fine,
        steps: [callIn, { atMs: 1, do: { _tag: "Say", call: 1, voice: { _tag: "File", name: "b.wav" } } }],
        config: { people: { desk: person({ _tag: "File", name: "a.wav" }) }, files: { "c.wav": 10 } }
      },
      [
        "config.people[\"desk\"].speaks[0].voice.name: no such audio: \"a.wav\"; say in config.files how long it is, in milliseconds",
        "steps[1].do.voice.name: no such audio: \"b.wav\"; say in config.files how long it is, in milliseconds"
      ]
    ],
    ["an app without a URL", { ...fine, app: {} }, [
      "app: expected either url, where the app runs, or command, which starts it"
    ]],
    [
      "an app at two places",
      { ...fine, app: { url: "http://127.0.0.1:3000", command: ["node", "app.ts"] } },
      ["app: expected either url, where the app runs, or command, which starts it"]
    ],
    [
      "an environment for an app that runs already",
      { ...fine, app: { url: "http://127.0.0.1:3000", env: {} } },
      ["app: ready and env are for a command: the app at url runs already"]
    ],
    [
      "URLs that lead to no app",
      {
        ...fine,
        config: { accounts: [{ token: "t", answerUrl: "http://app.test/answer" }] },
        steps: [{
          atMs: 0,
          do: { _tag: "PlaceCall", operation: "/v3/voice/pcmo/call", body: { a: [{ url: "ws://app.test/s" }] } }
        }]
      },
      [
        /^config\.accounts\[0\]\.answerUrl: app\.test is the app of the scenario/,
        /^steps\[0\]\.do\.body\.a\[0\]\.url: app\.test is/
      ]
    ],
    [
      "a pipeline that the platform would refuse, by its path in the file",
      { ...fine, config: { pipelines: { menu: [{ action: "dance" }] } } },
      [/^config\.pipelines\.menu\[0\]\.action: /]
    ],
    [
      "a fault that could never fire",
      { ...fine, faults: [{ fault: { _tag: "Lost" }, when: { operation: "POST /v3/voice/ai/call" } }] },
      [/^faults\[0\]\.when\.operation: never holds/]
    ]
  ])("refuses %s, and says where", ([, json, expected]) =>
    Effect.gen(function*() {
      const problems = yield* problemsOf(json)
      assert.lengthOf(problems, expected.length, problems.join("\n"))
      expected.forEach((one, index) => {
        if (typeof one === "string") assert.strictEqual(problems[index], one)
        else assert.match(problems[index] ?? "", one)
      })
    }))
})

describe("Scenario.configOf", () => {
  it.effect("gives every account the clock, and the first the seed", () =>
    Effect.gen(function*() {
      const scenario = yield* Scenario.decode({
        ...fine,
        seed: 3,
        config: { accounts: [{ token: "a", seed: 5 }, { token: "b", seed: 6 }] }
      })
      const config = Scenario.configOf(scenario, { clock: { scaled: 10 } })
      assert.deepEqual(config.accounts, [
        { token: "a", seed: 3, clock: { scaled: 10 } },
        { token: "b", seed: 6, clock: { scaled: 10 } }
      ])
      assert.deepEqual(Scenario.settingsOf(scenario), { seed: 3, clock: "manual" })
      assert.deepEqual(Scenario.settingsOf(scenario, { seed: 9 }), { seed: 9, clock: "manual" })
    }))
})
