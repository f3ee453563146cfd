import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type { CallRecord } from "../../src/core/call/CallRecord.ts"
import * as Ladder from "../../src/core/journal/Ladder.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { agentId, commandsOf, connect, journalOf, legOf, phone, placeAgent, post, recordOf } from "../platform.ts"

/** Answers at once and stays. */
const patient = "919840007100"
/** Joins, and drops off 3 s later. */
const dropper = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7ff003"

/** A caller and an agent talk for a second, then the call is handed over as `body` says, and hung up after `forMs`. */
const handOver = Effect.fnUntraced(function*(
  body: Readonly<Record<string, unknown>>,
  agent: string = agentId,
  forMs = 60_000
) {
  const callId = yield* placeAgent(patient, agent)
  yield* TestClock.adjust("1 second")
  yield* post(`/v3/calls/${callId}/actions/transfer`, body)
  yield* TestClock.adjust(forMs)
  yield* post(`/v3/calls/${callId}/actions/hangup`, {})
  return yield* recordOf(callId)
})

const outcomes = (record: CallRecord) => record.transfers.map(({ at, reason, status }) => [at, reason ?? status])

describe("a warm transfer", () => {
  it.effect("hands the caller to the human who answers, and lets the agent go", () =>
    Effect.gen(function*() {
      const record = yield* handOver({ to_number: "914400007102", variables: { ticket: "A" } })
      assert.deepStrictEqual(outcomes(record), [[3000, "completed"]])
      const [agent, human] = [legOf(record, "callee1"), legOf(record, "callee2")]
      assert.deepStrictEqual([agent.endedAt, agent.hangupCause], [3000, "ATTENDED_TRANSFER"])
      assert.deepStrictEqual([human.bridgedAt, human.variables], [3000, { ticket: "A" }])
      assert.deepStrictEqual([record.endedAt, record.hangupCause], [61_000, "normal"])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("with confirm waits for the human to press 1, as 7301 does", () =>
    Effect.gen(function*() {
      const record = yield* handOver({ to_number: "914400007301", confirm: true, hold_audio: true })
      assert.deepStrictEqual(outcomes(record), [[2600, "completed"]])
      const human = legOf(record, "callee2")
      assert.deepStrictEqual([human.answeredAt, human.bridgedAt], [2000, 2600])
      const entries = yield* journalOf(record.callId)
      assert.deepStrictEqual(commandsOf(entries, "StartPlayback").map(({ loop, prompt }) => [loop, prompt]), [
        [true, { _tag: "File", name: "hold_audio" }]
      ])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect.each(
    [
      ["7101", 17_000, "no_answer"],
      ["7302", 17_000, "no_answer"],
      ["7205", 7000, "rejected"]
    ] as const
  )(
    "with confirm brings the caller back from %s, who does not press 1",
    ([digits, at, reason]) =>
      Effect.gen(function*() {
        const record = yield* handOver({ to_number: `91440000${digits}`, confirm: true })
        assert.deepStrictEqual(outcomes(record), [[at, reason]])
        assert.strictEqual(legOf(record, "callee1").endedAt, 61_000)
        assert.notProperty(legOf(record, "callee2"), "bridgedAt")
      }).pipe(Effect.provide(InProcess.layer()))
  )

  it.effect.each(
    [
      ["7001", 1300, "busy"],
      ["7002", 6000, "no_answer"],
      ["7003", 3000, "rejected"],
      ["7004", 1300, "invalid_number"],
      ["7005", 1300, "unreachable"],
      ["7006", 1300, "network_error"],
      ["7007", 1300, "call_barred"]
    ] as const
  )("to %s brings the caller back to the agent", ([digits, at, reason]) =>
    Effect.gen(function*() {
      const record = yield* handOver({ to_number: `91440000${digits}`, timeout_sec: 5 })
      assert.deepStrictEqual(outcomes(record), [[at, reason]])
      assert.deepStrictEqual([legOf(record, "callee1").endedAt, record.endedAt], [61_000, 61_000])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("ends the call when it fails after the agent has dropped off", () =>
    Effect.gen(function*() {
      const record = yield* handOver({ to_number: "914400007002", timeout_sec: 10 }, dropper)
      assert.strictEqual(legOf(record, "callee1").endedAt, 3300)
      assert.deepStrictEqual(outcomes(record), [[11_000, "no_answer_and_call_ended"]])
      assert.deepStrictEqual([record.endedAt, record.endedBy], [11_000, "Pipeline"])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("to a SIP user brings its headers and the summary along", () =>
    Effect.gen(function*() {
      const record = yield* handOver({
        sip_uri: "sip:desk7101@pbx.example",
        sip_headers: { "X-Ticket": "A" },
        transfer_summary: "Refund"
      })
      const dialed = commandsOf(yield* journalOf(record.callId), "DialLeg").at(-1)
      assert.deepStrictEqual(dialed?.headers, { "X-Ticket": "A", "X-Transfer-Summary": "Refund" })
      assert.deepStrictEqual(outcomes(record), [[2000, "completed"]])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is told by the ladder", () =>
    Effect.gen(function*() {
      const record = yield* handOver({ to_number: "914400007301", confirm: true, hold_audio: true })
      const labels = (yield* journalOf(record.callId)).flatMap(Ladder.rungs).map(({ label }) => label)
      const from = labels.indexOf("warm transfer")
      assert.deepStrictEqual(labels.slice(from, from + 10), [
        "warm transfer",
        "waiting music",
        "dials callee2 ..7301",
        "callee2 rings",
        "callee2 answers",
        "asks callee2 to press 1",
        "callee2 presses 1",
        "lets callee1 go, ATTENDED_TRANSFER",
        "transfer completed",
        "talking"
      ])
    }).pipe(Effect.provide(InProcess.layer())))
})

describe("a blind transfer", () => {
  const to = (digits: string) => ({ ...connect([phone(`91440000${digits}`)]), params: {} })

  it.effect("shows the call's caller id, and lets the agent go when the human answers", () =>
    Effect.gen(function*() {
      const record = yield* handOver({ pipeline: [to("7102")] })
      assert.deepStrictEqual(outcomes(record), [[3000, "completed"]])
      assert.strictEqual(legOf(record, "callee1").hangupCause, "BLIND_TRANSFER")
      const dialed = commandsOf(yield* journalOf(record.callId), "DialLeg").at(-1)
      assert.strictEqual(dialed?.callerId, record.callerId)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("to a busy phone ends the call, and its status says both", () =>
    Effect.gen(function*() {
      const record = yield* handOver({ pipeline: [to("7001")] })
      assert.deepStrictEqual(outcomes(record), [[1300, "busy_and_call_ended"]])
      assert.strictEqual(record.endedAt, 1300)
    }).pipe(Effect.provide(InProcess.layer())))
})

it.effect("a transfer whose call is hung up meanwhile failed with no_answer_and_call_ended", () =>
  Effect.gen(function*() {
    const record = yield* handOver({ to_number: "914400007002" }, agentId, 5000)
    assert.deepStrictEqual(outcomes(record), [[6000, "no_answer_and_call_ended"]])
  }).pipe(Effect.provide(InProcess.layer())))
