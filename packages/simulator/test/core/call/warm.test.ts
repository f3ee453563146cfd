import { assert, describe, it } from "@effect/vitest"
import type { Consult } from "../../../src/core/pcmo/Program.ts"
import { answered, type Bench, ignored, place, tags } from "./kit.ts"
import { agent, callerNumber, connect, consult, param, phone, play, sip, wav } from "./programs.ts"

const ada = agent("agent-ada")
const bob = agent("agent-bob")
const sales = phone("914000000001")
const bye = play("bye.mp3")

/** The caller talks with an agent, is recorded doing so, and may for a minute. */
const talking = (): Bench => {
  const call = answered([connect([ada, bob], { recording: wav, maxDurationMs: 60_000 }), bye])
  call.answer(ada, "Agent")
  return call
}

/** The same caller while somebody is asked to take over. */
const asking = (options: Partial<Consult> = {}): Bench => {
  const call = talking()
  call.transfer([consult(sales, options)])
  return call
}

/** That somebody has answered, and is to press 1. */
const confirming = (): Bench => {
  const call = asking({ confirm: true, holdAudio: "hold.mp3" })
  call.answer(sales)
  return call
}

const key = (call: Bench, digit: string) => call.feed({ _tag: "DigitPressed", legId: call.leg(sales).legId, digit })

const outcomes = (call: Bench): ReadonlyArray<string | undefined> =>
  call.call.transfers.map(({ reason, status }) => reason ?? status)

describe("a warm transfer", () => {
  it("dials the human while the agent stays, recorded and limited as before", () => {
    const call = talking()
    assert.deepStrictEqual(tags(call.transfer([consult(sales)])), ["DialLeg", "ArmTimer"])
    assert.strictEqual(call.label(), "Consulting")
    assert.strictEqual(call.leg(ada).state, "Bridged")
    assert.deepStrictEqual(call.timers(), {
      "max-duration": 7_200_000,
      "connect-duration": 60_000,
      "ring:callee2": 20_000
    })
    assert.include(call.assumed(), "warm-holds-caller")
  })

  it("plays the hold audio to the caller until the human answers", () => {
    const call = asking({ holdAudio: "hold.mp3" })
    assert.strictEqual(call.playing(), "hold.mp3")
    assert.isTrue(call.asked("StartPlayback")[0]?.loop)
    call.answer(sales)
    assert.isUndefined(call.playing())
  })

  it("plays nothing without hold audio", () => {
    assert.isUndefined(asking().playing())
  })

  it("keeps the variables with the human's leg, tells a SIP user the headers, and shows the caller id asked for", () => {
    const call = answered([connect([ada])], { variables: { order: 7 } })
    call.answer(ada, "Agent")
    const desk = sip("sip:desk@pbx")
    call.transfer([consult(desk, { callerId: "91444", variables: { ticket: "A" }, headers: { "X-Ticket": "A" } })])
    assert.deepStrictEqual(call.asked("DialLeg").at(-1), {
      _tag: "DialLeg",
      legId: "callee2",
      endpoint: desk,
      callerId: "91444",
      headers: { "X-Ticket": "A" }
    })
    call.hangUpByApi("normal")
    assert.deepStrictEqual(call.record().legs.map(({ variables }) => variables), [
      undefined,
      undefined,
      { ticket: "A" }
    ])
  })

  it("shows the call's own number when no other is asked for", () => {
    assert.strictEqual(asking().asked("DialLeg").at(-1)?.callerId, "914440000000")
  })

  it("lets the agent go when the human answers, and the two talk", () => {
    const call = asking({ holdAudio: "hold.mp3" })
    assert.deepStrictEqual(tags(call.answer(sales)), [
      "DisarmTimer",
      "StopPlayback",
      "HangUpLeg",
      "DisarmTimer",
      "StopRecording",
      "SettleTransfer",
      "BridgeLegs"
    ])
    assert.strictEqual(call.leg(ada).hangupCause, "ATTENDED_TRANSFER")
    assert.strictEqual(call.leg(sales).state, "Bridged")
    assert.strictEqual(call.label(), "Talking")
    assert.deepStrictEqual(outcomes(call), ["completed"])
  })

  it("leaves nothing of the old pipeline: when the human hangs up, the call ends", () => {
    const call = asking()
    call.answer(sales)
    call.hangUp(sales)
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_CLEARING", endedBy: "Pipeline" })
    assert.strictEqual(call.asked("StartPlayback").length, 0)
  })

  it("makes room for another once it is completed", () => {
    const call = asking()
    call.answer(sales)
    const desk = sip("sip:desk@pbx")
    call.transfer([consult(desk)])
    call.answer(desk)
    assert.strictEqual(call.leg(sales).hangupCause, "ATTENDED_TRANSFER")
    assert.deepStrictEqual(outcomes(call), ["completed", "completed"])
  })

  it("is the only transfer while it is in progress", () => {
    const call = asking()
    assert.strictEqual(ignored(call.transfer([bye])), "transfer-in-progress")
    assert.strictEqual(ignored(call.transfer([consult(sales)])), "transfer-in-progress")
  })
})

describe("the key of a warm transfer", () => {
  it("is asked of the human, who is not bridged before pressing it", () => {
    const call = confirming()
    assert.deepStrictEqual(call.asked("OpenInput"), [
      { _tag: "OpenInput", legId: "callee2", attempt: 0, modes: ["dtmf"] }
    ])
    assert.strictEqual(call.leg(sales).state, "Answered")
    assert.strictEqual(call.leg(ada).state, "Bridged")
    assert.strictEqual(call.playing(), "hold.mp3")
    assert.strictEqual(call.timers()["confirm"], 15_000)
    assert.include(call.assumed(), "warm-confirm-key")
  })

  it("is 1: it lets the agent go, and the two talk", () => {
    const call = confirming()
    key(call, "1")
    assert.strictEqual(call.leg(ada).hangupCause, "ATTENDED_TRANSFER")
    assert.strictEqual(call.label(), "Talking")
    assert.isUndefined(call.timers()["confirm"])
    assert.isUndefined(call.world.input)
    assert.deepStrictEqual(outcomes(call), ["completed"])
  })

  it("is no other one, and none of the caller's", () => {
    const call = confirming()
    assert.strictEqual(ignored(key(call, "2")), "other-key")
    assert.strictEqual(ignored(call.press("1")), "not-collecting")
    assert.strictEqual(call.call.typedAhead, "")
    assert.strictEqual(call.label(), "Consulting")
  })

  it("is not taken before the answer, nor from the agent", () => {
    const call = asking({ confirm: true })
    assert.strictEqual(ignored(key(call, "1")), "not-collecting")
    call.answer(sales)
    const agentKey = call.feed({ _tag: "DigitPressed", legId: call.leg(ada).legId, digit: "1" })
    assert.strictEqual(ignored(agentKey), "not-collecting")
  })

  it("that does not come in 15 s brings the caller back to the agent, with no_answer", () => {
    const call = confirming()
    call.wait(15_000)
    assert.strictEqual(call.leg(sales).hangupCause, "NORMAL_CLEARING")
    assert.strictEqual(call.label(), "Talking")
    assert.deepStrictEqual(outcomes(call), ["no_answer"])
  })

  it("that the human hangs up upon brings the caller back, with rejected", () => {
    const call = confirming()
    assert.deepStrictEqual(tags(call.hangUp(sales)), ["DisarmTimer", "CloseInput", "StopPlayback", "SettleTransfer"])
    assert.deepStrictEqual(outcomes(call), ["rejected"])
  })
})

describe("a warm transfer that reaches nobody", () => {
  it("brings the caller back to the agent, with everything as it was", () => {
    const call = talking()
    const before = call.call
    call.transfer([consult(sales, { holdAudio: "hold.mp3" })])
    assert.deepStrictEqual(tags(call.reject(sales, "USER_BUSY")), ["DisarmTimer", "StopPlayback", "SettleTransfer"])
    const { activity, legs, nextStep, program, recordings, timers, transfers } = call.call
    assert.deepStrictEqual([activity, program, nextStep], [before.activity, before.program, before.nextStep])
    assert.deepStrictEqual([legs.slice(0, 2), recordings, timers], [before.legs, before.recordings, before.timers])
    assert.deepStrictEqual(transfers, [{ requestId: "transfer", at: 2000, status: "failed", reason: "busy" }])
    assert.notProperty(call.call, "retainedLegId")
    assert.include(call.assumed(), "warm-failure-returns")
  })

  it("leaves what was left of the pipeline to run after the agent", () => {
    const call = asking()
    call.reject(sales, "USER_BUSY")
    call.hangUp(ada)
    assert.strictEqual(call.playing(), "bye.mp3")
  })

  it("leaves the agent's stand-in where it was", () => {
    const call = asking()
    call.reject(sales, "USER_BUSY")
    call.hangUp(ada, "NETWORK_OUT_OF_ORDER")
    assert.strictEqual(call.leg(bob).state, "Dialing")
  })

  it("may be followed by another", () => {
    const call = asking()
    call.reject(sales, "USER_BUSY")
    call.transfer([consult(sales)])
    call.answer(sales)
    assert.deepStrictEqual(outcomes(call), ["busy", "completed"])
  })

  it("because nobody answered failed with no_answer", () => {
    const call = asking()
    call.wait(20_000)
    assert.strictEqual(call.leg(sales).hangupCause, "NO_ANSWER")
    assert.deepStrictEqual(outcomes(call), ["no_answer"])
    assert.strictEqual(call.label(), "Talking")
  })

  it("ends the call when the agent has left meanwhile, and says so", () => {
    const call = asking()
    assert.deepStrictEqual(tags(call.hangUp(ada)), ["DisarmTimer", "StopRecording"])
    assert.strictEqual(call.label(), "Consulting")
    call.reject(sales, "USER_BUSY")
    assert.deepInclude(call.record(), {
      hangupCause: "NORMAL_CLEARING",
      hangupReason: "the warm transfer reached nobody",
      endedBy: "Pipeline"
    })
    assert.deepStrictEqual(outcomes(call), ["busy_and_call_ended"])
    assert.include(call.assumed(), "warm-failure-hangs-up")
  })

  it("ends the call when the agent's time ran out meanwhile", () => {
    const call = asking({ ringTimeoutMs: 100_000 })
    call.wait(60_000)
    assert.strictEqual(call.leg(ada).hangupCause, "ALLOTTED_TIMEOUT")
    assert.strictEqual(call.label(), "Consulting")
    call.wait(40_000)
    assert.deepStrictEqual(outcomes(call), ["no_answer_and_call_ended"])
  })

  it("ends the call when the caller talked with nobody", () => {
    for (const program of [[bye], [connect([phone(callerNumber)])], [connect([ada])]]) {
      const call = answered(program)
      call.transfer([consult(sales)])
      call.reject(sales, "UNALLOCATED_NUMBER")
      assert.deepStrictEqual(outcomes(call), ["invalid_number_and_call_ended"])
      assert.strictEqual(call.label(), "Ended")
    }
  })

  it("to the caller's own phone finds it engaged, and nothing is dialed", () => {
    const call = talking()
    const dialed = call.asked("DialLeg").length
    const own = phone(callerNumber)
    assert.deepStrictEqual(tags(call.transfer([consult(own, { variables: { ticket: "A" } })])), ["SettleTransfer"])
    assert.strictEqual(call.label(), "Talking")
    assert.deepStrictEqual(outcomes(call), ["busy"])
    assert.strictEqual(call.leg(own).hangupCause, "USER_BUSY")
    assert.deepStrictEqual(call.leg(own).variables, { ticket: "A" })
    assert.strictEqual(call.asked("DialLeg").length, dialed)
    assert.include(call.assumed(), "own-number-is-engaged")
  })

  it("because the call has had too many legs failed with network_error", () => {
    const phones = Array.from({ length: 498 }, (_, n) => phone(`9140000${n}`))
    const call = answered([connect([sales, ...phones])])
    for (const one of [sales, ...phones.slice(0, -1)]) call.reject(one, "USER_BUSY")
    call.answer(phone("9140000497"))
    assert.strictEqual(call.call.legs.length, 500)
    assert.deepStrictEqual(tags(call.transfer([consult(sales)])), ["SettleTransfer"])
    assert.strictEqual(call.label(), "Talking")
    call.transfer([connect([sales]), bye])
    assert.deepStrictEqual(outcomes(call), ["network_error", "network_error"])
  })
})

describe("a warm transfer without anybody to hold", () => {
  it("stops what plays or rings, and is completed by the answer like any other", () => {
    const call = answered([connect([ada], { waitingMusic: "waiting.mp3" })])
    assert.deepStrictEqual(tags(call.transfer([consult(sales, { holdAudio: "hold.mp3" })])), [
      "HangUpLeg",
      "DisarmTimer",
      "StopPlayback",
      "StartPlayback",
      "DialLeg",
      "ArmTimer"
    ])
    call.answer(sales)
    assert.deepStrictEqual(outcomes(call), ["completed"])
  })

  it("goes on to the human when the agent has left meanwhile", () => {
    const call = asking()
    call.hangUp(ada)
    call.answer(sales)
    assert.deepStrictEqual(outcomes(call), ["completed"])
    assert.strictEqual(call.leg("caller").state, "Bridged")
  })

  it("that follows another step lets the agent go when its time runs out, and goes on to the human", () => {
    const call = talking()
    call.transfer([param({ a: 1 }), consult(sales, { ringTimeoutMs: 100_000 })])
    assert.strictEqual(call.leg(ada).state, "Bridged")
    call.fire("connect-duration")
    assert.strictEqual(call.leg(ada).hangupCause, "ALLOTTED_TIMEOUT")
    assert.strictEqual(call.label(), "Consulting")
    call.answer(sales)
    assert.deepStrictEqual(outcomes(call), ["completed"])
  })

  it("before the answer dials the human upon the answer", () => {
    const call = place([bye])
    call.transfer([consult(sales)])
    assert.strictEqual(call.label(), "Calling")
    call.answer("caller")
    assert.strictEqual(call.label(), "Consulting")
  })
})

describe("a call that ends during a warm transfer", () => {
  it("cancels the human who rings, and the transfer failed", () => {
    const call = asking({ holdAudio: "hold.mp3" })
    call.hangUp("caller")
    assert.strictEqual(call.leg(sales).hangupCause, "ORIGINATOR_CANCEL")
    assert.strictEqual(call.leg(ada).hangupCause, "NORMAL_CLEARING")
    assert.deepStrictEqual(outcomes(call), ["no_answer_and_call_ended"])
    assert.include(call.assumed(), "transfer-abandoned")
  })

  it("hangs up on the human who is to press the key", () => {
    const call = confirming()
    call.hangUpByApi("normal")
    assert.strictEqual(call.leg(sales).hangupCause, "NORMAL_CLEARING")
    assert.deepInclude(call.record(), { hangupCause: "normal", endedBy: "Api" })
    assert.deepStrictEqual(outcomes(call), ["no_answer_and_call_ended"])
  })
})
