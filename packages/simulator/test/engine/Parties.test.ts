import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { CallRecord } from "../../src/core/call/CallRecord.ts"
import { rows as agentRows } from "../../src/core/scenario/AgentPlan.ts"
import { rows as numberRows } from "../../src/core/scenario/NumberPlan.ts"
import type { Happening } from "../../src/engine/happening.ts"
import * as Parties from "../../src/engine/Parties.ts"
import * as Timeline from "../../src/engine/Timeline.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import * as platform from "../platform.ts"

const { agent, agentId, connect, legOf, phone, play, question, run, sip } = platform

const inProcess = InProcess.layer()
const caller = "919840007100"

interface Expected {
  readonly ringingAt?: number
  readonly answeredAt?: number
  readonly by?: "Person" | "Machine"
  readonly endedAt: number
  readonly cause: string
  readonly disposition: string
}

/** How a call to the number goes when it plays a long file after the answer. */
const numberCases: ReadonlyArray<readonly [code: string, row: string, expected: Expected]> = [
  ["7001", "7001", { endedAt: 300, cause: "USER_BUSY", disposition: "Busy" }],
  ["7002", "7002", { ringingAt: 500, endedAt: 40_000, cause: "NO_ANSWER", disposition: "Missed" }],
  ["7003", "7003", { ringingAt: 500, endedAt: 2000, cause: "CALL_REJECTED", disposition: "Missed" }],
  ["7004", "7004", { endedAt: 300, cause: "UNALLOCATED_NUMBER", disposition: "Failed" }],
  ["7005", "7005", { endedAt: 300, cause: "DESTINATION_OUT_OF_ORDER", disposition: "Failed" }],
  ["7006", "7006", { endedAt: 300, cause: "NETWORK_OUT_OF_ORDER", disposition: "Failed" }],
  ["7007", "7007", { endedAt: 300, cause: "OUTGOING_CALL_BARRED", disposition: "Failed" }],
  ["7008", "7008", {
    ringingAt: 500,
    answeredAt: 2000,
    by: "Machine",
    endedAt: 22_000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7100", "71nn", {
    ringingAt: 0,
    answeredAt: 0,
    by: "Person",
    endedAt: 600_000,
    cause: "ALLOTTED_TIMEOUT",
    disposition: "Answered"
  }],
  ["7139", "71nn", {
    ringingAt: 500,
    answeredAt: 39_000,
    by: "Person",
    endedAt: 639_000,
    cause: "ALLOTTED_TIMEOUT",
    disposition: "Answered"
  }],
  ["7141", "71nn", { ringingAt: 500, endedAt: 40_000, cause: "NO_ANSWER", disposition: "Missed" }],
  ["7200", "72nn", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 1000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7215", "72nn", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 16_000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7305", "73nn", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 31_000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7412", "74nn", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 31_000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7501", "7501", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 8000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7502", "7502", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 8000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7503", "7503", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 11_000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7504", "7504", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 31_000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7505", "7505", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 16_000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7506", "7506", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 3000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["0001", "other", {
    ringingAt: 500,
    answeredAt: 2000,
    by: "Person",
    endedAt: 32_000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }],
  ["7400", "74nn", {
    ringingAt: 500,
    answeredAt: 1000,
    by: "Person",
    endedAt: 31_000,
    cause: "NORMAL_CLEARING",
    disposition: "Answered"
  }]
]

const seen = (record: CallRecord): Expected => {
  const leg = legOf(record, "caller")
  const { answeredAt, answeredBy, ringingAt } = leg
  return {
    ...(ringingAt === undefined ? {} : { ringingAt }),
    ...(answeredAt === undefined ? {} : { answeredAt }),
    ...(answeredBy === "Person" || answeredBy === "Machine" ? { by: answeredBy } : {}),
    endedAt: record.endedAt,
    cause: record.hangupCause,
    disposition: record.disposition
  }
}

const longFile = InProcess.layer({ config: { files: { "long.wav": 3_600_000 } } })

describe("number plan", () => {
  it("has a case for every row", () => {
    const covered = new Set(numberCases.map(([, row]) => row))
    for (const { digits } of numberRows) assert.isTrue(covered.has(digits), digits)
  })

  it.effect.each(numberCases)("lets %s do what its row says", ([code, , expected]) =>
    Effect.gen(function*() {
      const record = yield* run({
        to: `91984000${code}`,
        pipeline: [play("long.wav")],
        options: { max_duration_sec: 600 }
      })
      assert.deepEqual(seen(record), expected)
    }).pipe(Effect.provide(longFile)))

  it.effect.each(
    [
      ["7001", 300, "USER_BUSY", "Busy"],
      ["7002", 20_000, "NO_ANSWER", "Missed"],
      ["7003", 2000, "CALL_REJECTED", "Missed"],
      ["7004", 300, "UNALLOCATED_NUMBER", "Failed"],
      ["7201", 2000, "NORMAL_CLEARING", "Answered"]
    ] as const
  )(
    "lets %s do the same as somebody who is rung for a caller",
    ([code, endedAt, cause, disposition]) =>
      Effect.gen(function*() {
        const record = yield* run({
          to: caller,
          pipeline: [connect([phone(`91440000${code}`)], { options: { ring_timeout_sec: 20 } })]
        })
        const leg = legOf(record, "callee1")
        assert.deepEqual([leg.endedAt, leg.hangupCause, leg.disposition], [endedAt, cause, disposition])
        assert.deepEqual([record.endedBy, record.hangupCause], ["Pipeline", "NORMAL_CLEARING"])
      }).pipe(Effect.provide(inProcess))
  )

  it.effect.each([
    "sip:7001@pbx.example",
    "sips:bob7001@pbx.example:5061;transport=tls",
    "7001@pbx.example"
  ])("goes by the digits at the end of the user part of %s", (uri) =>
    Effect.gen(function*() {
      const record = yield* run({ to: caller, pipeline: [connect([sip(uri)])] })
      assert.strictEqual(legOf(record, "callee1").hangupCause, "USER_BUSY")
    }).pipe(Effect.provide(inProcess)))

  it.effect("lets the answer win when it comes in the very moment of the ring timeout", () =>
    Effect.gen(function*() {
      const record = yield* run({
        to: "919840007110",
        pipeline: [play("a.wav")],
        options: { ring_timeout_sec: 10 }
      })
      assert.strictEqual(record.answeredAt, 10_000)
    }).pipe(Effect.provide(inProcess)))

  const silentQuestion = question({ max_digits: 4, inter_digit_timeout: 1, first_digit_timeout: 3 })

  it.effect.each(
    [
      ["7305", "5", 1_000 + 600 + 1000],
      ["7300", "0", 1_000 + 600 + 1000],
      ["7342", "42", 1_000 + 600 + 250 + 1000]
    ] as const
  )("lets %s press the keys %s at the first question", ([code, entry, at]) =>
    Effect.gen(function*() {
      const record = yield* run({ to: `91984000${code}`, pipeline: [silentQuestion] })
      assert.deepEqual(record.inputs, [{ at, status: "success", inputType: "dtmf", entry }])
    }).pipe(Effect.provide(inProcess)))

  it.effect("lets 74nn press one key a question", () =>
    Effect.gen(function*() {
      const { app } = platform.menuApp(() => platform.jsonReply([question()]))
      yield* Effect.gen(function*() {
        const record = yield* run({ to: "919840007429", pipeline: [question()] })
        assert.deepEqual(record.inputs.map(({ entry }) => entry).slice(0, 2), ["2", "9"])
        assert.isTrue(record.inputs.slice(2).every(({ status }) => status === "no_input"))
        assert.isAbove(record.inputs.length, 2)
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("yields to a person that the configuration describes", () =>
    Effect.gen(function*() {
      const record = yield* run({ to: "919840007001", pipeline: [{ ...question(), input: ["speech"] }] })
      assert.deepEqual(record.inputs, [{ at: 250, status: "success", inputType: "speech", entry: "yes please" }])
    }).pipe(Effect.provide(InProcess.layer({
      config: {
        people: {
          "919840007001": {
            outcome: { _tag: "Answers", afterMs: 200, by: "Person" },
            answers: [{ _tag: "Says", afterMs: 50, text: "yes please" }]
          }
        }
      }
    }))))
})

const agentLike = (suffix: string) => `6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f${suffix}`

const agentCases: ReadonlyArray<readonly [suffix: string, expected: Expected]> = [
  ["f001", { endedAt: 100, cause: "DESTINATION_OUT_OF_ORDER", disposition: "Failed" }],
  ["f002", { endedAt: 100, cause: "USER_BUSY", disposition: "Busy" }],
  ["f003", { answeredAt: 300, endedAt: 3300, cause: "NETWORK_OUT_OF_ORDER", disposition: "Answered" }],
  ["f004", { endedAt: 15_000, cause: "NO_ANSWER", disposition: "Missed" }],
  ["f005", { answeredAt: 300, endedAt: 5300, cause: "NORMAL_CLEARING", disposition: "Answered" }],
  ["6a02", { answeredAt: 300, endedAt: 120_000, cause: "NORMAL_CLEARING", disposition: "Answered" }]
]

describe("agent plan", () => {
  it("has a case for every row", () => {
    assert.deepEqual(agentRows.map(({ suffix }) => suffix), ["f001", "f002", "f003", "f004", "f005"])
  })

  it.effect("refuses an agent call to f001, documented as 403", () =>
    Effect.gen(function*() {
      const answer = yield* platform.post("/v3/voice/ai/call", {
        caller_id: platform.callerId,
        to_number: caller,
        agent_id: agentLike("F001")
      })
      assert.strictEqual(answer.status, 403)
      assert.strictEqual(answer.body["error"], "ai_agent_not_running")
    }).pipe(Effect.provide(inProcess)))

  it.effect.each(
    agentCases
  )("lets %s do what its row says inside a connect", ([suffix, expected]) =>
    Effect.gen(function*() {
      const record = yield* run({
        to: caller,
        pipeline: [connect([agent(agentLike(suffix))], { options: { ring_timeout_sec: 15 } })],
        options: { max_duration_sec: 120 }
      })
      const { answeredAt, disposition, endedAt, hangupCause } = legOf(record, "callee1")
      assert.deepEqual(
        { ...(answeredAt === undefined ? {} : { answeredAt }), endedAt, cause: hangupCause, disposition },
        expected
      )
    }).pipe(Effect.provide(inProcess)))

  it.effect.each(["f001", "f002", "f003", "f004"])(
    "fails over from %s to the second agent",
    (suffix) =>
      Effect.gen(function*() {
        const record = yield* run({
          to: caller,
          pipeline: [connect([agent(agentLike(suffix)), agent(agentId)], { options: { ring_timeout_sec: 15 } })],
          options: { max_duration_sec: 60 }
        })
        const [, first, second] = record.legs
        assert.isDefined(second?.bridgedAt)
        assert.strictEqual((second?.answeredAt ?? 0) - (first?.endedAt ?? 0), 300)
        assert.strictEqual(record.hangupCause, "ALLOTTED_TIMEOUT")
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("does not fail over from an agent that takes its leave", () =>
    Effect.gen(function*() {
      const record = yield* run({
        to: caller,
        pipeline: [connect([agent(agentLike("f005")), agent(agentId)])]
      })
      assert.lengthOf(record.legs, 2)
      assert.deepEqual([record.endedAt, record.endedBy], [5300, "Pipeline"])
    }).pipe(Effect.provide(inProcess)))
})

const onTheirOwn = Layer.fresh(Parties.layer().pipe(Layer.provideMerge(Timeline.layer)))

/** Somebody calls in; `told` fills with what they do, and when. */
const callIn = (code: string) =>
  Effect.gen(function*() {
    const parties = yield* Parties.Parties
    const timeline = yield* Timeline.Timeline
    const told: Array<readonly [number, Happening["_tag"], string]> = []
    const tell = (happening: Happening) =>
      told.push([timeline.nowMs(), happening._tag, "cause" in happening ? happening.cause : ""])
    parties.receive("key", "caller", { _tag: "Pstn", number: `91984000${code}` }, tell)
    return { parties, timeline, told }
  })

describe("somebody who calls in", () => {
  it.effect.each(["0001", "7002", "7205", "7008"])(
    "does nothing until picked up: %s",
    (code) =>
      Effect.gen(function*() {
        const { told } = yield* callIn(code)
        yield* TestClock.adjust("1 hour")
        assert.deepEqual(told, [])
      }).pipe(Effect.provide(onTheirOwn))
  )

  it.effect.each([["7001", 300], ["7003", 2000], ["7004", 300]] as const)(
    "gives up when %s would refuse, at %i ms",
    ([code, at]) =>
      Effect.gen(function*() {
        const { told } = yield* callIn(code)
        yield* TestClock.adjust("1 hour")
        assert.deepEqual(told, [[at, "LegRejected", "ORIGINATOR_CANCEL"]])
      }).pipe(Effect.provide(onTheirOwn))
  )

  it.effect("stays on the line when picked up before that", () =>
    Effect.gen(function*() {
      const { parties, told } = yield* callIn("7003")
      yield* TestClock.adjust(1999)
      parties.pickUp("key")
      yield* TestClock.adjust("1 hour")
      assert.deepEqual(told, [])
    }).pipe(Effect.provide(onTheirOwn)))

  it.effect.each([["0001", 30_000], ["7205", 5000]] as const)(
    "talks from the picking up as long as %s does when called",
    ([code, talksForMs]) =>
      Effect.gen(function*() {
        const { parties, told } = yield* callIn(code)
        yield* TestClock.adjust(4000)
        parties.pickUp("key")
        yield* TestClock.adjust("1 hour")
        assert.deepEqual(told, [[4000 + talksForMs, "LegHungUp", "NORMAL_CLEARING"]])
      }).pipe(Effect.provide(onTheirOwn))
  )

  it.effect("answers questions like somebody who was called", () =>
    Effect.gen(function*() {
      const { parties, told } = yield* callIn("7342")
      parties.pickUp("key")
      parties.ask("key")
      yield* TestClock.adjust(1000)
      assert.deepEqual(told, [[600, "DigitPressed", ""], [850, "DigitPressed", ""]])
    }).pipe(Effect.provide(onTheirOwn)))

  it.effect.each([["7003", false], ["0001", true]] as const)(
    "leaves nothing scheduled when the leg of %s is over",
    ([code, pickedUp]) =>
      Effect.gen(function*() {
        const { parties, timeline } = yield* callIn(code)
        if (pickedUp) parties.pickUp("key")
        assert.strictEqual(timeline.pending(), 1)
        parties.release("key")
        assert.strictEqual(timeline.pending(), 0)
        parties.pickUp("key")
        assert.strictEqual(timeline.pending(), 0)
      }).pipe(Effect.provide(onTheirOwn))
  )
})
