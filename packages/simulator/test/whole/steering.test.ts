import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Entry } from "../../src/core/journal/Entry.ts"
import * as Party from "../../src/core/scenario/Party.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import * as platform from "../platform.ts"

const {
  agent,
  agentId,
  connect,
  entriesOf,
  hangup,
  journalOf,
  jsonReply,
  legOf,
  phone,
  place,
  placeAgent,
  play,
  post,
  question,
  recordOf,
  run
} = platform

/** Answers at once and stays. */
const patient = "919840007100"
/** Answers after 1 s and presses 5 at the first question. */
const presser = "919840007305"
const sales = "914400007101"
const seller = "914400007201"
const ending = (record: { readonly hangupCause: string; readonly hangupReason?: string; readonly endedBy: string }) => [
  record.hangupCause,
  record.hangupReason,
  record.endedBy
]
const assumed = (entries: ReadonlyArray<Entry>): ReadonlyArray<string> =>
  entriesOf(entries, "Turned").flatMap(({ assumes }) => assumes ?? [])
/** Presses 5 at the first question, and stays. */
const patientPresser = Party.person({ answersAfterMs: 1000, answers: [Party.presses("5")] })

describe("stored pipelines", () => {
  const toRef = (ref: string) => question({}, { on_result: { type: "pcmo", ref } })
  const config = {
    pipelines: { desk: [connect([phone(seller)])] },
    flows: { [platform.flowId.toUpperCase()]: [play("flow.wav")] }
  }
  const flow = (flowId: string) =>
    post("/v3/voice/flow/call", {
      caller_id: platform.callerId,
      to_number: patient,
      app_id: platform.appId,
      flow_id: flowId,
      org_id: platform.orgId
    }).pipe(Effect.flatMap((answer) => platform.textOf(answer, "call_id")))

  it.effect("runs the pipeline that a ref names", () =>
    Effect.gen(function*() {
      const record = yield* run({ to: presser, pipeline: [toRef("desk"), play("rest.wav")] })
      assert.isDefined(legOf(record, "callee1").bridgedAt)
      assert.strictEqual(record.endedBy, "Pipeline")
    }).pipe(Effect.provide(InProcess.layer({ config }))))

  it.effect("ends the call when there is no such pipeline, and journals the miss", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: presser, pipeline: [toRef("toString"), play("rest.wav")] })
      const record = yield* recordOf(callId)
      assert.deepEqual(ending(record), ["NORMAL_TEMPORARY_FAILURE", "no such stored pipeline or flow", "Pipeline"])
      const entries = yield* journalOf(callId)
      assert.isTrue(entriesOf(entries, "Turned").some(({ event }) => event._tag === "StoredMissing"))
      assert.include(assumed(entries), "stored-miss-hangs-up")
    }).pipe(Effect.provide(InProcess.layer({ config }))))

  it.effect("runs the flow that a flow call names, in whatever case", () =>
    Effect.gen(function*() {
      const callId = yield* flow(platform.flowId)
      const record = yield* recordOf(callId)
      assert.deepEqual([record.kind, record.endedAt, record.endedBy], ["Flow", 3000, "Pipeline"])
    }).pipe(Effect.provide(InProcess.layer({ config }))))

  it.effect("ends a call whose flow does not exist once it is answered", () =>
    Effect.gen(function*() {
      const record = yield* Effect.flatMap(flow(platform.orgId), recordOf)
      assert.deepEqual(ending(record), ["NORMAL_TEMPORARY_FAILURE", "no such stored pipeline or flow", "Pipeline"])
    }).pipe(Effect.provide(InProcess.layer({ config }))))
})

describe("steering a live call", () => {
  it.effect("transfers a call with an agent to a person, and lets the agent go when the person answers", () =>
    Effect.gen(function*() {
      const callId = yield* placeAgent(patient, agentId)
      yield* TestClock.adjust("5 seconds")
      const answer = yield* post("/v3/voice/pcmo/transfer", { call_id: callId, pipeline: [connect([phone(sales)])] })
      assert.deepInclude(answer.body, { message: "queued", call_id: callId })
      yield* TestClock.adjust("5 seconds")
      yield* post("/v3/voice/call/hangup", { call_id: callId })
      const record = yield* recordOf(callId)
      const [agentLeg, human] = [legOf(record, "callee1"), legOf(record, "callee2")]
      assert.deepEqual([agentLeg.endedAt, agentLeg.hangupCause], [6000, "BLIND_TRANSFER"])
      assert.strictEqual(human.bridgedAt, 6000)
      assert.deepEqual([record.endedAt, record.endedBy], [10_000, "Api"])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("hangs up with the cause and the reason that the request gives", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: [play("a.wav")] })
      yield* TestClock.adjust("1 second")
      const answer = yield* post("/v3/voice/call/hangup", {
        call_id: callId,
        cause: "USER_BUSY",
        reason: "wrong number"
      })
      assert.strictEqual(answer.status, 200)
      const record = yield* recordOf(callId)
      assert.deepEqual(ending(record), ["USER_BUSY", "wrong number", "Api"])
      assert.strictEqual(record.endedAt, 1000)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("hangs up while it rings", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: "919840007002", pipeline: [play("a.wav")] })
      yield* TestClock.adjust("1 second")
      yield* post("/v3/voice/call/hangup", { call_id: callId })
      const record = yield* recordOf(callId)
      assert.deepEqual(ending(record), ["NORMAL_CLEARING", undefined, "Api"])
      assert.deepEqual([record.disposition, record.durationMs], ["Canceled", 0])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("refuses to steer a call that has ended or never was", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: "919840007001", pipeline: [hangup] })
      yield* recordOf(callId)
      for (const id of [callId, platform.flowId]) {
        const hungUp = yield* post("/v3/voice/call/hangup", { call_id: id })
        const transferred = yield* post("/v3/voice/pcmo/transfer", { call_id: id, pipeline: [hangup] })
        assert.deepEqual([hungUp.status, transferred.status], [404, 404])
        assert.strictEqual(hungUp.body["error"], "CALL_NOT_FOUND")
      }
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("counts the maximum duration from the answer", () =>
    Effect.gen(function*() {
      const record = yield* run({
        to: "919840007110",
        pipeline: [connect([agent(agentId)])],
        options: { max_duration_sec: 45 }
      })
      assert.deepEqual([record.answeredAt, record.endedAt], [10_000, 55_000])
      assert.deepEqual(ending(record), ["ALLOTTED_TIMEOUT", undefined, "Timeout"])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("ends a call that nobody ends after two hours", () =>
    Effect.gen(function*() {
      const record = yield* Effect.flatMap(placeAgent(patient, agentId), recordOf)
      assert.deepEqual([record.endedAt, record.hangupCause], [7_200_000, "ALLOTTED_TIMEOUT"])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("rings everybody at once when told to, and keeps the first who answers", () =>
    Effect.gen(function*() {
      const record = yield* run({
        to: patient,
        pipeline: [connect([phone("914400007109"), phone("914400007103"), phone("914400007103")], {
          strategy: "simultaneous"
        })],
        options: { max_duration_sec: 30 }
      })
      const causes = record.legs.map(({ hangupCause, legId }) => [legId, hangupCause])
      assert.deepEqual(causes, [
        ["caller", "ALLOTTED_TIMEOUT"],
        ["callee1", "LOSE_RACE"],
        ["callee2", "NORMAL_CLEARING"],
        ["callee3", "LOSE_RACE"]
      ])
      assert.strictEqual(legOf(record, "callee2").bridgedAt, 3000)
    }).pipe(Effect.provide(InProcess.layer())))
})

describe("webhooks under load", () => {
  const to = (name: string) => ({ type: "url", url: `http://${name}.localhost/${name}` })
  const waitsForEver = HttpRouter.add("POST", "/dead", Effect.never)

  it.effect("fails what does not fit into the queue of its destination at once", () =>
    Effect.gen(function*() {
      const calls = yield* Effect.forEach(
        Array.from({ length: 280 }),
        () => place({ to: patient, pipeline: [question({}, { on_result: to("dead") })] })
      )
      yield* TestClock.adjust("10 minutes")
      const records = yield* Effect.forEach(calls, recordOf)
      const full = records.filter(({ hangupReason }) => hangupReason === "no reply to the callback: QueueFull")
      assert.lengthOf(full, 280 - 16 - 256)
      assert.isTrue(full.every(({ endedAt }) => endedAt === 1600))
      const others = records.filter((record) => !full.includes(record))
      assert.isTrue(others.every(({ hangupReason }) => hangupReason === "no reply to the callback: TimedOut"))
    }).pipe(Effect.provide(InProcess.layer({ app: waitsForEver, config: { people: { [patient]: patientPresser } } }))))

  it.effect("lets a dead destination delay nobody else", () =>
    Effect.gen(function*() {
      const app = Layer.merge(waitsForEver, HttpRouter.add("POST", "/alive", jsonReply([hangup])))
      yield* Effect.gen(function*() {
        const dead = yield* Effect.forEach(
          Array.from({ length: 40 }),
          () => place({ to: presser, pipeline: [question({}, { on_result: to("dead") })] })
        )
        const alive = yield* place({ to: presser, pipeline: [question({}, { on_result: to("alive") })] })
        assert.strictEqual((yield* recordOf(alive)).endedAt, 1600)
        const slowest = yield* Effect.forEach(dead, recordOf)
        assert.isTrue(slowest.every(({ hangupReason }) => hangupReason === "no reply to the callback: TimedOut"))
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))
})
