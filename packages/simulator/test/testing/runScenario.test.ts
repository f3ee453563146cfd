import { LegacyPipeline, StreamServer, type StreamSession, WebhookRouter } from "@effect-piopiy/sdk"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Scenario from "../../src/Scenario.ts"
import * as ScenarioReport from "../../src/ScenarioReport.ts"
import { Simulator } from "../../src/Simulator.ts"
import type * as Streams from "../../src/Streams.ts"
import * as InProcess from "../../src/testing/InProcess.ts"

const agentId = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"
/** Answers at once and stays. */
const patient = "919840007100"

const placing = (to: string, more: object = {}) => ({
  _tag: "PlaceCall",
  operation: "/v3/voice/ai/call",
  body: { caller_id: "914400000001", to_number: to, agent_id: agentId },
  as: "call",
  ...more
})

const connecting = (number: string) => [
  { action: "connect", params: { caller_id: "914400000001" }, endpoints: [{ type: "pstn", number }] },
  { action: "hangup" }
]

const asking = {
  _tag: "PlaceCall",
  operation: "/v3/voice/pcmo/call",
  body: {
    caller_id: "914400000001",
    to_number: patient,
    app_id: "scenarios",
    pipeline: [{
      action: "play_get_input",
      prompt: { type: "say", say: "Who are you", language: "en-US", voice_id: "female", speed: 1 },
      input: ["dtmf", "speech"],
      on_result: { type: "url", url: "http://app.test/input" }
    }]
  },
  as: "call"
}

interface Around<E, E2, R> extends Scenario.RunOptions {
  readonly app?: InProcess.App<E>
  readonly streams?: Layer.Layer<Streams.StreamPort, E2, R>
}

const run = <E = never, E2 = never, R = never>(json: object, around: Around<E, E2, R> = {}) =>
  Effect.gen(function*() {
    const scenario = yield* Scenario.decode({ name: "test", ...json }, { inProcess: true })
    return yield* InProcess.runScenario(scenario, around)
  })

/** That a run has no failure at all. */
const holds = (report: ScenarioReport.ScenarioReport): void =>
  assert.deepEqual(ScenarioReport.failures(report), [], JSON.stringify(report.entries, null, 1).slice(0, 4000))

describe("InProcess.runScenario", () => {
  it.effect("runs until all steps are done and all calls have ended, and judges what is expected", () =>
    Effect.gen(function*() {
      const report = yield* run({
        steps: [{ atMs: 500, do: placing("919840007205") }],
        expect: [
          { _tag: "Rang", number: "919840007205", times: 1 },
          { _tag: "BridgedTo", number: agentId, call: "call" },
          { _tag: "Ended", call: "call", by: "Caller", betweenMs: [6500, 6500] }
        ]
      })
      holds(report)
      assert.deepEqual([report.virtualMs, report.seed, report.verdicts.length], [6500, 1, 3])
      assert.strictEqual(report.entries[0]?._tag, "Started")
    }))

  it.effect("refuses what a file may not say either, whatever the types let through", () =>
    Effect.gen(function*() {
      const surplus = { name: "test", stepz: [] }
      const scenario: Scenario.Scenario = {
        ...surplus,
        steps: [{ atMs: -5, do: { _tag: "Press", call: 1, digits: "one" } }],
        expect: [{ _tag: "Rang", number: patient, times: -1 }]
      }
      const around = InProcess.layer()
      const both = [
        InProcess.runScenario(scenario),
        Effect.provide(Simulator.use((simulator) => simulator.scenario(scenario)), around)
      ]
      for (const refused of both) {
        const { reason } = yield* Effect.flip(refused)
        assert(reason._tag === "InvalidConfig")
        assert.sameMembers(
          reason.problems.map(({ path }) => path),
          ["stepz", "steps[0].atMs", "steps[0].do.digits", "expect[0].times"]
        )
      }
    }))

  it.effect("tells each expectation that does not hold, and that the run failed", () =>
    Effect.gen(function*() {
      const report = yield* run({
        steps: [{ atMs: 0, do: placing("919840007205") }],
        expect: [{ _tag: "Rang", number: "919840007205" }, { _tag: "Ended", call: "call", by: "Api" }]
      })
      assert.deepEqual(report.verdicts.map(({ pass }) => pass), [true, false])
      assert.isFalse(ScenarioReport.passed(report))
      assert.deepEqual(ScenarioReport.failures(report), report.verdicts.slice(1).map(({ message }) => message))
      assert.include(report.verdicts[1]?.message ?? "", "Api")
    }))

  it.effect("has people act when their moments come, to the millisecond", () =>
    Effect.gen(function*() {
      const report = yield* run({
        config: {
          people: {
            "914400000002": { outcome: { _tag: "KeepsRinging" }, ringsAfterMs: 100, answers: [] },
            "914400000003": { outcome: { _tag: "KeepsRinging" }, ringsAfterMs: 100, answers: [] }
          }
        },
        steps: [
          { atMs: 0, do: placing(patient) },
          {
            when: { call: "call", is: "Bridged", afterMs: 1000 },
            do: { _tag: "Transfer", call: "call", pipeline: connecting("914400000002") }
          },
          {
            when: { call: "call", is: "Ringing", nth: 3, afterMs: 250 },
            do: { _tag: "Reject", call: "call", leg: "914400000002" }
          },
          { atMs: 5000, do: { ...placing(patient), as: "second" } },
          {
            when: { call: "second", is: "Bridged" },
            do: { _tag: "Transfer", call: "second", pipeline: connecting("914400000003") }
          },
          {
            when: { call: "second", is: "Ringing", nth: 3, afterMs: 250 },
            do: { _tag: "Answer", call: "second", leg: "914400000003" }
          },
          { when: { call: "second", is: "Transferred", afterMs: 750 }, do: { _tag: "LeaveLine", call: "second" } }
        ],
        expect: [
          { _tag: "Ended", call: "call", by: "Pipeline", betweenMs: [1650, 1650] },
          { _tag: "BridgedTo", number: "914400000003", call: 2, betweenMs: [5650, 5650] },
          { _tag: "Ended", call: "second", by: "Caller", betweenMs: [6400, 6400] }
        ]
      })
      holds(report)
    }))

  it.effect("presses and speaks where an app in this process asks", () =>
    Effect.gen(function*() {
      const app = HttpRouter.add("POST", "/input", HttpServerResponse.jsonUnsafe([{ action: "hangup" }]))
      const answers = [
        [{ _tag: "Press", call: "call", digits: "7" }, { entry: "7", input_type: "dtmf" }],
        [{ _tag: "Speak", call: "call", text: "it is me" }, { entry: "it is me", input_type: "speech" }]
      ] as const
      for (const [act, body] of answers) {
        const report = yield* run({
          steps: [{ atMs: 0, do: asking }, { when: { call: "call", is: "Asked", afterMs: 300 }, do: act }],
          expect: [
            { _tag: "WebhookDelivered", notice: "Input", url: "/input", betweenMs: [300, 300] },
            { _tag: "Ended", call: "call", by: "Pipeline" }
          ]
        }, { app })
        holds(report)
        const bodies = report.entries.flatMap((entry) => entry._tag === "Delivered" ? [entry.body ?? ""] : [])
        assert.lengthOf(bodies, 1)
        assert.include(bodies[0], body.entry)
      }
    }))

  it.effect("lets a handler in this process listen, on the same clock", () => {
    const app = WebhookRouter.layer({
      onAnswer: ({ callId, from, to }) =>
        Effect.flatMap(
          StreamServer.StreamServer,
          (streams) => Effect.map(streams.stream({ callId, from, to }), (stream) => LegacyPipeline.make([stream]))
        )
    })
    const server = Layer.orDie(StreamServer.layer({ url: "ws://app.test", drainTimeout: 0 }))
    const echo = (session: StreamSession.StreamSession) => Stream.runForEach(session.frames, session.send)
    return Effect.gen(function*() {
      const streams = yield* StreamServer.StreamServer
      const report = yield* run({
        config: { accounts: [{ token: "t", answerUrl: "http://app.test/piopiy/answer" }], recordAudio: false },
        steps: [
          { atMs: 0, do: { _tag: "CallIn", from: patient, to: "914400000001", as: "call" } },
          {
            when: { call: "call", is: "Streaming", afterMs: 500 },
            do: { _tag: "Say", call: "call", voice: { _tag: "Speech", ms: 1000 } }
          },
          { when: { call: "call", is: "Streaming", afterMs: 2500 }, do: { _tag: "LeaveLine", call: "call" } }
        ],
        expect: [{ _tag: "CallerHeard", atLeastMs: 800, call: "call" }]
      }, {
        app: Layer.provide(app, Layer.succeed(StreamServer.StreamServer, streams)),
        streams: InProcess.streams(echo)
      })
      holds(report)
      assert.strictEqual(report.virtualMs, 2500)
    }).pipe(Effect.provide(server))
  })

  it.effect("scripts people, and has things go wrong, from then on", () =>
    Effect.gen(function*() {
      const report = yield* run({
        steps: [
          {
            atMs: 0,
            do: {
              _tag: "Script",
              number: "919840000001",
              party: { outcome: { _tag: "Rejects", afterMs: 10, cause: "USER_BUSY" }, answers: [] }
            }
          },
          { atMs: 1, do: { ...placing("919840000001"), as: "busy" } },
          {
            atMs: 100,
            do: { _tag: "Fault", rule: { name: "down", fault: { _tag: "Status", status: 503, effect: "before" } } }
          },
          { atMs: 200, do: placing(patient, { mayFail: true }) }
        ],
        expect: [{ _tag: "Ended", call: "busy", disposition: "Busy", betweenMs: [11, 11] }, {
          _tag: "FaultFired",
          name: "down"
        }]
      })
      holds(report)
    }))

  it.effect("goes down and comes back in the time of the run", () =>
    Effect.gen(function*() {
      const report = yield* run({
        steps: [
          { atMs: 0, do: placing(patient) },
          { atMs: 1000, do: { _tag: "Outage", ms: 2000 } },
          { atMs: 2999, do: { ...placing("919840007201", { mayFail: true }), as: "refused" } },
          { atMs: 3000, do: { ...placing("919840007202"), as: "taken" } }
        ],
        expect: [
          { _tag: "Ended", call: "call", cause: "SYSTEM_SHUTDOWN", betweenMs: [1000, 1000] },
          { _tag: "Rang", number: "919840007201", times: 0 },
          { _tag: "Ended", call: "taken", by: "Caller" }
        ]
      })
      holds(report)
    }))

  it.effect("lasts as long as it says, whatever goes on", () =>
    Effect.gen(function*() {
      const report = yield* run({ lastsMs: 4000, steps: [{ atMs: 0, do: placing(patient) }] })
      holds(report)
      assert.strictEqual(report.virtualMs, 4000)
      const quiet = yield* run({ lastsMs: 4000, steps: [] })
      assert.strictEqual(quiet.virtualMs, 4000)
    }))

  it.effect("gives the call whose reply was lost the name that it was to have", () =>
    Effect.gen(function*() {
      const report = yield* run({
        faults: [{ fault: { _tag: "Reset", effect: "after" } }],
        steps: [
          { atMs: 0, do: placing(patient, { mayFail: true }) },
          { when: { call: "call", is: "Bridged" }, do: { _tag: "LeaveLine", call: "call" } }
        ],
        expect: [{ _tag: "Ended", call: "call", by: "Caller" }]
      })
      holds(report)
    }))

  it.effect("gives a call of the older API its name, too", () =>
    Effect.gen(function*() {
      const report = yield* run({
        steps: [{
          atMs: 0,
          do: {
            _tag: "PlaceCall",
            operation: "/v2/ind_pcmo_make_call",
            body: {
              appid: 1_000_001,
              secret: "sim-secret",
              from: 914400000001,
              to: 919840007205,
              pcmo: [{ action: "play", file_name: "a.wav" }]
            },
            as: "call"
          }
        }],
        expect: [{ _tag: "Ended", call: "call" }]
      })
      holds(report)
    }))
})

describe("a run that does not go as its scenario says", () => {
  it.effect.each<readonly [string, object, ReadonlyArray<string | RegExp>]>([
    [
      "a request that is refused",
      { steps: [{ atMs: 0, do: placing("12") }] },
      [/^steps\[0\] \(PlaceCall\): 400 .*to_number/]
    ],
    [
      "a step of a call that there is not, and all that waits for it",
      {
        steps: [
          { atMs: 0, do: placing(`919840007100`, { mayFail: true, body: {} }) },
          { atMs: 10, do: { _tag: "LeaveLine", call: "call" } },
          { when: { call: "call", is: "Ended" }, do: { ...placing(patient), as: "next" } },
          { when: { call: "next", is: "Ended" }, do: placing(patient, { as: "last" }) }
        ]
      },
      [
        "steps[1] (LeaveLine): there is no call \"call\"",
        "steps[2] (PlaceCall) was never done: call \"call\" never was Ended in time",
        "steps[3] (PlaceCall) was never done: call \"next\" never was Ended in time"
      ]
    ],
    [
      "a moment that did not come before the call ended",
      {
        steps: [
          { atMs: 0, do: placing("919840007001") },
          { when: { call: "call", is: "Bridged", nth: 2 }, do: { _tag: "LeaveLine", call: "call" } }
        ]
      },
      ["steps[1] (LeaveLine) was never done: call \"call\" never was Bridged 2 times in time"]
    ],
    [
      "a person who cannot do that now",
      {
        steps: [{ atMs: 0, do: placing("919840007105") }, { atMs: 10, do: { _tag: "Press", call: 1, digits: "1" } }, {
          atMs: 6000,
          do: { _tag: "LeaveLine", call: 1 }
        }]
      },
      [/^steps\[1\] \(Press\): this leg is not on the line/]
    ],
    [
      "a call that never ends",
      {
        steps: [{
          atMs: 0,
          do: placing(patient, {
            body: {
              caller_id: "914400000001",
              to_number: patient,
              agent_id: agentId,
              options: { max_duration_sec: 7200 }
            }
          })
        }]
      },
      ["calls were still in progress after 3600000 ms: 1; if that is meant, say lastsMs"]
    ],
    [
      "an app that nobody can ask",
      { steps: [{ atMs: 0, do: { _tag: "Request", url: "http://app.test/go" } }] },
      ["steps[0] (Request): there is no app that could be asked"]
    ],
    [
      "a reply that does not come",
      { faults: [{ fault: { _tag: "NoAnswer", effect: "before" } }], steps: [{ atMs: 0, do: placing(patient) }] },
      ["steps[0] (PlaceCall): no reply within 10000 ms"]
    ]
  ])("says so of %s", ([, json, expected]) =>
    Effect.gen(function*() {
      const { broken } = yield* run(json)
      assert.lengthOf(broken, expected.length, broken.join("\n"))
      expected.forEach((one, index) => {
        const [first = ""] = (broken[index] ?? "").split("\n")
        if (typeof one === "string") assert.strictEqual(first, one)
        else assert.match(first, one)
      })
    }))

  it.effect.each<readonly [string, object, RegExp]>([
    [
      "a step that was refused",
      {
        steps: [
          { atMs: 0, do: placing("919840007205") },
          { atMs: 1000, do: placing("12", { as: "refused" }) }
        ]
      },
      /^steps\[1\] \(PlaceCall\): 400 .*\n\ncall 1 is .*, ended at 00:06\.000: .*\n.*phone.*\n[^]*hangs up/
    ],
    [
      "a reply that does not come",
      {
        faults: [{ fault: { _tag: "NoAnswer", effect: "before" } }],
        steps: [{ atMs: 0, do: placing(patient) }]
      },
      /^steps\[0\] \(PlaceCall\): no reply within 10000 ms\n\n.*phone.*\n.*NoAnswer/
    ],
    [
      "a moment that did not come",
      {
        steps: [
          { atMs: 0, do: placing("919840007001") },
          { when: { call: "call", is: "Bridged" }, do: { _tag: "LeaveLine", call: "call" } }
        ]
      },
      /never was Bridged in time\n\ncall 1 is .*USER_BUSY.*\n[^]*busy/i
    ],
    [
      "calls that go on",
      {
        steps: [
          {
            atMs: 0,
            do: { ...placing(patient), body: { ...placing(patient).body, options: { max_duration_sec: 7200 } } }
          },
          { atMs: 10, do: placing("919840007001", { as: "other" }) }
        ]
      },
      /if that is meant, say lastsMs\n\ncall 1 is .*, goes on\n/
    ]
  ])("shows the ladder around %s", ([, json, expected]) =>
    Effect.gen(function*() {
      const report = yield* run(json)
      assert.match(ScenarioReport.failures(report).join("\n"), expected)
    }))

  it.effect("remarks on faults that never fired, which are no failure", () =>
    Effect.gen(function*() {
      const report = yield* run({
        faults: [
          { name: "elsewhere", fault: { _tag: "Lost" } },
          { fault: { _tag: "Delay", ms: 1 }, when: { operation: "/v3/voice/ai/call", nth: [7] } },
          { fault: { _tag: "Status", status: 503, effect: "before" }, when: { operation: "/v3/voice/flow/call" } }
        ],
        steps: [{ atMs: 0, do: placing("919840007001") }]
      })
      holds(report)
      assert.deepEqual(report.remarks, [
        "fault elsewhere (Lost) never fired: there was no webhook",
        "fault fault2 (Delay) never fired: fewer met its conditions than nth asks for, 7; let it ask for earlier ones",
        "fault fault3 (Status) never fired: no request met {\"operation\":\"/v3/voice/flow/call\"}; "
        + "there was POST /v3/voice/ai/call"
      ])
    }))
})

describe("the same scenario and seed", () => {
  const scenario = {
    faults: [{ fault: { _tag: "Status", status: 503, effect: "before" }, when: { probability: 0.5 } }],
    steps: Array.from({ length: 12 }, (_, index) => ({
      atMs: index * 700,
      do: { ...placing("919840007203", { mayFail: true }), as: `call ${index}` }
    }))
  }
  /** Each on a test clock of its own, since the wall clock at the origin is in the journal. */
  const journal = (seed: number, clock: "live" | "manual" = "live") =>
    run(scenario, { seed, clock }).pipe(
      Effect.map(({ entries }) => JSON.stringify(entries)),
      Effect.provide(TestClock.layer(), { local: true })
    )

  it.effect("give the same journal, byte for byte", () =>
    Effect.gen(function*() {
      const first = yield* journal(5)
      assert.include(first, "\"Faulted\"")
      assert.isTrue((yield* journal(5)) === first)
      assert.isFalse((yield* journal(6)) === first)
    }))

  it.effect("give it on a manual clock as on a test clock", () =>
    Effect.gen(function*() {
      assert.isTrue((yield* journal(5, "manual")) === (yield* journal(5)))
    }))
})
