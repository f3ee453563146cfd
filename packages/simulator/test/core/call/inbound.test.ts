import { assert, describe, it } from "@effect/vitest"
import type { DeliveryFailure } from "../../../src/core/call/CallEvent.ts"
import { defaultMaxDurationMs, defaultRingTimeoutMs } from "../../../src/core/call/transition.ts"
import { type Bench, ignored, pickedUp, received, tags } from "./kit.ts"
import {
  answerUrl,
  askUrl,
  attach,
  callerNumber,
  connect,
  consult,
  getInput,
  hangup,
  mp3,
  ownNumber,
  phone,
  play
} from "./programs.ts"

const sales = phone("914000000001")
const next = play("next.mp3")

/** Nobody picked up: the phone that called in heard nothing but ringing. */
const assertUnanswered = (call: Bench): void => {
  assert.deepStrictEqual(call.asked("AnswerLeg"), [])
  assert.notProperty(call.record(), "answeredAt")
  assert.notProperty(call.record().legs[0], "answeredAt")
}

describe("a call from outside", () => {
  it("rings while the answer URL is asked", () => {
    const call = received([askUrl], { appId: "1000001" })
    assert.deepStrictEqual(call.turns[0]?.commands, [
      { _tag: "ReceiveLeg", legId: "caller", endpoint: phone(callerNumber) },
      { _tag: "ArmTimer", timer: "ring:caller", generation: 1, dueAt: defaultRingTimeoutMs },
      {
        _tag: "Notify",
        deliveryId: "delivery2",
        url: answerUrl,
        notice: {
          _tag: "Answer",
          callId: "call-1",
          direction: "inbound",
          callerId: callerNumber,
          to: ownNumber,
          appId: "1000001",
          at: 0
        }
      }
    ])
    assert.strictEqual(call.label(), "Calling")
    assert.deepInclude(call.leg("caller"), { state: "Ringing", ringingAt: 0, uuid: "call-1" })
    assert.notInclude(call.assumed(), "answer-url-says-outbound")
  })

  it("is picked up with the reply, which runs at once", () => {
    const call = received([askUrl], { record: true })
    call.wait(1500)
    const commands = call.reply({ _tag: "NewProgram", program: [next] })
    assert.deepStrictEqual(tags(commands), ["AnswerLeg", "DisarmTimer", "ArmTimer", "StartRecording", "StartPlayback"])
    assert.deepStrictEqual(call.asked("StartRecording")[0]?.recording, mp3)
    assert.strictEqual(call.playing(), "next.mp3")
    assert.deepInclude(call.leg("caller"), { state: "Answered", answeredAt: 1500, answeredBy: "Person" })
    assert.deepStrictEqual(call.timers(), { "max-duration": defaultMaxDurationMs })
    assert.include(call.assumed(), "picked-up-with-actions")
    assert.notInclude(call.assumed(), "reply-replaces-rest")
  })

  it("writes a record of the direction inbound, whose duration counts from the picking up", () => {
    const call = pickedUp([next])
    call.wait(5000)
    call.hangUp("caller")
    assert.deepInclude(call.record(), {
      kind: "Inbound",
      direction: "inbound",
      callerId: callerNumber,
      to: ownNumber,
      startedAt: 0,
      answeredAt: 2000,
      durationMs: 5000,
      disposition: "Answered",
      endedBy: "Caller"
    })
  })

  it("lasts its maximum duration from the picking up", () => {
    const call = pickedUp([next], { maxDurationMs: 60_000 })
    call.wait(59_999)
    assert.strictEqual(call.label(), "Playing")
    call.wait(1)
    assert.deepInclude(call.record(), { hangupCause: "ALLOTTED_TIMEOUT", durationMs: 60_000 })
  })

  it("that brings its own program is picked up at once", () => {
    const call = received([next])
    assert.deepStrictEqual(tags(call.turns[0]?.commands ?? []), [
      "ReceiveLeg",
      "AnswerLeg",
      "ArmTimer",
      "StartPlayback"
    ])
    assert.strictEqual(call.leg("caller").answeredAt, 0)
  })

  it("connects to others under the number that was dialed, and finds its own phone engaged", () => {
    const { callerId: _, ...bridge } = connect([phone(callerNumber), sales])
    const call = pickedUp([bridge])
    assert.strictEqual(call.leg(phone(callerNumber)).hangupCause, "USER_BUSY")
    assert.deepStrictEqual(call.asked("DialLeg").map(({ callerId, endpoint }) => [callerId, endpoint]), [
      [ownNumber, sales]
    ])
    assert.include(call.assumed(), "own-number-is-engaged")
  })

  it("posts the digits of a question as the older API does", () => {
    const call = pickedUp([attach("a"), getInput()])
    call.press("1")
    assert.deepStrictEqual(call.asked("Notify").at(-1)?.notice, {
      _tag: "Digits",
      callId: "call-1",
      callerId: callerNumber,
      to: ownNumber,
      digits: "1",
      extraParams: "a"
    })
  })
})

describe("a hangup in first place", () => {
  it("refuses the call", () => {
    const call = received([askUrl], { rateMicros: 450_000 })
    assert.deepStrictEqual(tags(call.reply({ _tag: "NewProgram", program: [hangup, next] })), [
      "HangUpLeg",
      "DisarmTimer",
      "WriteRecord"
    ])
    assertUnanswered(call)
    assert.deepInclude(call.record(), {
      hangupCause: "CALL_REJECTED",
      disposition: "Missed",
      endedBy: "Pipeline",
      durationMs: 0
    })
    assert.strictEqual(call.record().legs[0]?.chargeMicros, 0)
  })

  it("refuses a call that brings its own program, too", () => {
    const call = received([hangup])
    assertUnanswered(call)
    assert.strictEqual(call.record().hangupCause, "CALL_REJECTED")
  })

  it("after any other action ends a call that was picked up", () => {
    const call = pickedUp([attach("a"), hangup])
    assert.strictEqual(call.asked("AnswerLeg").length, 1)
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_CLEARING", disposition: "Answered", durationMs: 0 })
  })
})

describe("a call from outside that nobody picks up", () => {
  it("ends in the ordinary way when the reply is empty", () => {
    const call = received()
    call.reply({ _tag: "Empty" })
    assertUnanswered(call)
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_CLEARING", endedBy: "Pipeline" })
  })

  it("fails when the reply is no pipeline", () => {
    const call = received()
    call.reply({ _tag: "Invalid", problems: ["[0].action is unknown"] })
    assertUnanswered(call)
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_TEMPORARY_FAILURE", disposition: "Failed" })
  })

  const failures: ReadonlyArray<DeliveryFailure> = ["NoReply", "TimedOut", "Status", "QueueFull", "Stopped"]
  it.each(failures)("fails when the answer URL does (%s), and says why", (why) => {
    const call = received()
    call.failReply(why)
    assertUnanswered(call)
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_TEMPORARY_FAILURE", disposition: "Failed" })
    assert.include(call.record().hangupReason, why)
  })

  it("is given up by the phone that calls", () => {
    const call = received()
    call.wait(4000)
    assert.deepStrictEqual(tags(call.reject("caller", "ORIGINATOR_CANCEL")), ["DisarmTimer", "WriteRecord"])
    assertUnanswered(call)
    assert.deepInclude(call.record(), { disposition: "Canceled", endedBy: "Caller", endedAt: 4000 })
    assert.strictEqual(ignored(call.reply({ _tag: "NewProgram", program: [next] })), "call-ended")
  })

  it("is ended through the API", () => {
    const call = received()
    call.hangUpByApi("NORMAL_CLEARING")
    assertUnanswered(call)
    assert.deepInclude(call.record(), { disposition: "Canceled", endedBy: "Api" })
  })

  it.each(
    [[undefined, defaultRingTimeoutMs], [7000, 7000]] as const
  )("stops ringing after its time, %s: %i ms", (ringTimeoutMs, rungMs) => {
    const call = received([askUrl], ringTimeoutMs === undefined ? {} : { ringTimeoutMs })
    call.wait(rungMs - 1)
    assert.strictEqual(call.label(), "Calling")
    call.wait(1)
    assertUnanswered(call)
    assert.deepInclude(call.record(), { hangupCause: "NO_ANSWER", disposition: "Missed", endedBy: "Timeout" })
    assert.strictEqual(call.assumed().includes("default-ring-timeout"), ringTimeoutMs === undefined)
  })
})

describe("a transfer while the answer URL is asked", () => {
  it("picks the call up in its place, and the reply is too late", () => {
    const call = received()
    const commands = call.transfer([next])
    assert.deepStrictEqual(tags(commands), ["AnswerLeg", "DisarmTimer", "ArmTimer", "SettleTransfer", "StartPlayback"])
    assert.include(call.assumed(), "transfer-before-answer")
    assert.strictEqual(ignored(call.reply({ _tag: "NewProgram", program: [play("late.mp3")] })), "late-reply")
    assert.strictEqual(call.playing(), "next.mp3")
  })

  it("that is warm picks the call up and asks the other party", () => {
    const call = received()
    call.transfer([consult(sales)])
    assert.strictEqual(call.label(), "Consulting")
    call.answer(sales)
    assert.strictEqual(call.leg("caller").state, "Bridged")
    assert.deepStrictEqual(call.call.transfers.map(({ status }) => status), ["completed"])
  })

  it("to a hangup refuses the call, and is completed with that", () => {
    const call = received()
    call.transfer([hangup])
    assertUnanswered(call)
    assert.strictEqual(call.record().hangupCause, "CALL_REJECTED")
    assert.deepStrictEqual(call.record().transfers.map(({ status }) => status), ["completed"])
  })

  it("fails with the call when the phone gives up before anybody was reached", () => {
    const call = received()
    call.transfer([connect([sales])])
    call.hangUp("caller")
    assert.deepStrictEqual(call.record().transfers.map(({ reason }) => reason), ["no_answer_and_call_ended"])
  })
})

describe("while a call from outside rings", () => {
  it("the phone that calls cannot answer itself", () => {
    const call = received()
    assert.strictEqual(ignored(call.answer("caller")), "wrong-leg-state")
    assert.strictEqual(call.label(), "Calling")
  })

  it("keys and speech go nowhere", () => {
    const call = received()
    assert.strictEqual(ignored(call.press("1")), "not-collecting")
    assert.strictEqual(ignored(call.say("hello")), "not-collecting")
  })
})
