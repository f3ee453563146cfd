import { assert, describe, it } from "@effect/vitest"
import { answered, type Bench, ignored, place, tags } from "./kit.ts"
import { agent, ask, connect, phone, play, record, simultaneous, wav } from "./programs.ts"

const sales = phone("914000000001")
const support = phone("914000000002")
const ada = agent("agent-ada")

const bridged = (options: Parameters<typeof place>[1] = {}): Bench => {
  const call = answered(
    [record, connect([sales], { recording: wav, maxDurationMs: 60_000 }), play("next.mp3")],
    options
  )
  call.answer(sales)
  return call
}

const causes = (call: Bench): ReadonlyArray<string> => call.record().legs.map((leg) => leg.hangupCause)

describe("the caller hanging up", () => {
  it("ends the call with the caller's cause, and the callee in the ordinary way", () => {
    const call = bridged()
    call.wait(10_000)
    assert.deepStrictEqual(tags(call.hangUp("caller", "NORMAL_CLEARING")), [
      "HangUpLeg",
      "DisarmTimer",
      "StopRecording",
      "StopRecording",
      "DisarmTimer",
      "WriteRecord"
    ])
    assert.deepInclude(call.record(), {
      hangupCause: "NORMAL_CLEARING",
      endedBy: "Caller",
      disposition: "Answered",
      answeredAt: 2000,
      endedAt: 12_000,
      durationMs: 10_000
    })
  })

  it("is not told to hang up: it has done so", () => {
    const call = answered([play("one.mp3")])
    call.hangUp("caller", "NETWORK_OUT_OF_ORDER")
    assert.strictEqual(call.asked("HangUpLeg").length, 0)
    assert.deepStrictEqual(causes(call), ["NETWORK_OUT_OF_ORDER"])
    assert.strictEqual(call.record().disposition, "Answered")
  })

  it("cancels whoever rings", () => {
    const call = answered([simultaneous([sales, support])])
    call.hangUp("caller")
    assert.deepStrictEqual(causes(call), ["NORMAL_CLEARING", "ORIGINATOR_CANCEL", "ORIGINATOR_CANCEL"])
    assert.deepStrictEqual(call.record().legs.map((leg) => leg.disposition), ["Answered", "Canceled", "Canceled"])
  })

  it("stops a prompt and closes the question", () => {
    const call = answered([ask("ask.mp3")])
    assert.deepStrictEqual(tags(call.hangUp("caller")), ["StopPlayback", "CloseInput", "DisarmTimer", "WriteRecord"])
  })
})

describe("a hangup through the API", () => {
  it("ends the call with the cause and the reason given", () => {
    const call = bridged()
    call.hangUpByApi("CALL_REJECTED", "no credit")
    assert.deepInclude(call.record(), { hangupCause: "CALL_REJECTED", hangupReason: "no credit", endedBy: "Api" })
    assert.deepStrictEqual(causes(call), ["CALL_REJECTED", "NORMAL_CLEARING"])
    assert.strictEqual(call.asked("HangUpLeg").length, 2)
  })

  it("while the phone rings cancels the call", () => {
    const call = place([])
    call.ring("caller")
    call.hangUpByApi("NORMAL_CLEARING")
    assert.deepInclude(call.record(), { disposition: "Canceled", durationMs: 0 })
    assert.notProperty(call.record(), "hangupReason")
    assert.strictEqual(call.asked("HangUpLeg").length, 1)
  })

  it("comes too late after the end", () => {
    const call = answered([])
    assert.strictEqual(ignored(call.hangUpByApi("NORMAL_CLEARING")), "call-ended")
    assert.strictEqual(call.record().endedBy, "Pipeline")
  })
})

describe("the platform stopping", () => {
  it("ends the call, and the record says so", () => {
    const call = bridged()
    call.feed({ _tag: "HangupRequested", requestId: "stop", cause: "SYSTEM_SHUTDOWN", by: "Platform" })
    assert.deepInclude(call.record(), { hangupCause: "SYSTEM_SHUTDOWN", endedBy: "Platform" })
  })
})

describe("the maximum duration", () => {
  it("counts from the answer, through everything the call does", () => {
    const call = place([connect([sales])], { maxDurationMs: 60_000 })
    call.wait(10_000)
    call.answer("caller")
    call.wait(5000)
    call.answer(sales)
    call.wait(54_999)
    assert.strictEqual(call.label(), "Talking")
    call.wait(1)
    assert.deepInclude(call.record(), {
      hangupCause: "ALLOTTED_TIMEOUT",
      endedBy: "Timeout",
      disposition: "Answered",
      durationMs: 60_000
    })
    assert.deepStrictEqual(causes(call), ["ALLOTTED_TIMEOUT", "NORMAL_CLEARING"])
  })

  it("ends a call in which nothing else ever happens", () => {
    const call = answered([play("endless.mp3")], { maxDurationMs: 60_000 })
    call.wait(60_000)
    assert.strictEqual(call.label(), "Ended")
    assert.isUndefined(call.playing())
  })
})

describe("the record", () => {
  it("tells every leg in the order of dialing, with its moments and its own cause", () => {
    const call = answered([connect([sales, ada])], { maxDurationMs: 60_000 })
    call.wait(500)
    call.ring(sales)
    call.reject(sales, "USER_BUSY")
    call.wait(300)
    call.answer(ada, "Agent")
    call.wait(7000)
    call.hangUp(ada)
    assert.deepStrictEqual(call.record().legs.slice(1), [
      {
        legId: call.leg(sales).legId,
        uuid: call.leg(sales).uuid,
        endpoint: sales,
        startedAt: 2000,
        ringingAt: 2500,
        endedAt: 2500,
        durationMs: 0,
        disposition: "Busy",
        hangupCause: "USER_BUSY"
      },
      {
        legId: call.leg(ada).legId,
        uuid: call.leg(ada).uuid,
        endpoint: ada,
        startedAt: 2500,
        answeredAt: 2800,
        answeredBy: "Agent",
        bridgedAt: 2800,
        endedAt: 9800,
        durationMs: 7000,
        disposition: "Answered",
        hangupCause: "NORMAL_CLEARING"
      }
    ])
  })

  it("gives every leg an id of its own, the first one the call's", () => {
    const call = answered([connect([sales, ada])])
    call.reject(sales, "USER_BUSY")
    call.hangUp("caller")
    const ids = call.record().legs.map((leg) => leg.uuid)
    assert.strictEqual(ids[0], "call-1")
    assert.strictEqual(new Set(ids).size, 3)
    const other = answered([connect([sales])], { callId: "call-2" })
    assert.notInclude(ids, other.leg(sales).uuid)
  })

  it("charges each answered leg for every minute that it started", () => {
    const call = answered([connect([sales, ada])], { rateMicros: 450_000 })
    call.reject(sales, "USER_BUSY")
    call.wait(1)
    call.answer(ada)
    call.wait(60_000)
    call.hangUp("caller")
    assert.deepStrictEqual(
      call.record().legs.map(({ chargeMicros, durationMs }) => [durationMs, chargeMicros]),
      [[60_001, 900_000], [0, 0], [60_000, 450_000]]
    )
  })

  it("charges nothing when there is no rate", () => {
    const call = bridged()
    call.hangUp("caller")
    for (const leg of call.record().legs) assert.notProperty(leg, "chargeMicros")
  })

  it("carries what the call was placed with", () => {
    const call = answered([], { kind: "Flow", appId: "app-1", callerId: "91444", variables: { order: 7 } })
    assert.deepInclude(call.record(), {
      callId: "call-1",
      requestId: "request-1",
      kind: "Flow",
      direction: "outbound",
      appId: "app-1",
      callerId: "91444",
      startedAt: 0
    })
    assert.deepStrictEqual(call.record().variables, { order: 7 })
  })
})
