import { assert, describe, it } from "@effect/vitest"
import { answered, type Bench, ignored, place, tags } from "./kit.ts"
import {
  agent,
  ask,
  callerNumber,
  collect,
  connect,
  hangup,
  param,
  phone,
  play,
  record,
  runStored,
  wav
} from "./programs.ts"

const ada = agent("agent-ada")
const sales = phone("914000000001")
const support = phone("914000000002")
const bye = play("bye.mp3")

/** The caller talks with an agent. */
const talking = (): Bench => {
  const call = answered([connect([ada], { recording: wav, maxDurationMs: 60_000 }), bye])
  call.answer(ada, "Agent")
  return call
}

describe("a transfer while two talk", () => {
  it("keeps the party on the line until the new pipeline's connect is answered", () => {
    const call = talking()
    call.transfer([connect([sales])])
    assert.strictEqual(call.label(), "Hunting")
    assert.strictEqual(call.leg(ada).state, "Bridged")
    assert.deepStrictEqual(tags(call.answer(sales)), [
      "DisarmTimer",
      "HangUpLeg",
      "DisarmTimer",
      "StopRecording",
      "SettleTransfer",
      "BridgeLegs"
    ])
    assert.strictEqual(call.leg(ada).hangupCause, "BLIND_TRANSFER")
    assert.strictEqual(call.leg(sales).state, "Bridged")
    assert.include(call.assumed(), "transfer-keeps-agent-until-answer")
  })

  it("keeps the recording and the limit of the party that it keeps, and ends them with it", () => {
    const call = talking()
    assert.deepStrictEqual(tags(call.transfer([connect([sales])])), ["DialLeg", "ArmTimer"])
    assert.isDefined(call.timers()["connect-duration"])
    const commands = call.answer(sales)
    assert.includeMembers([...tags(commands)], ["StopRecording", "HangUpLeg", "BridgeLegs"])
    assert.isUndefined(call.timers()["connect-duration"])
  })

  it("lets the kept party go when its own limit runs out, and goes on hunting", () => {
    const call = talking()
    call.transfer([connect([sales])])
    call.fire("connect-duration")
    assert.strictEqual(call.label(), "Hunting")
    assert.isTrue(call.turns.at(-1)?.commands.some((command) => command._tag === "HangUpLeg"))
  })

  it("leaves keys to the kept party: the next question is not answered by them", () => {
    const call = talking()
    call.transfer([connect([sales]), collect()])
    assert.strictEqual(ignored(call.press("5")), "not-collecting")
  })

  it("plays no waiting music while the party is kept", () => {
    const call = talking()
    call.transfer([connect([sales], { waitingMusic: "waiting.mp3" })])
    assert.isUndefined(call.playing())
  })

  it("keeps the party through steps that need nobody's ear", () => {
    const call = talking()
    call.transfer([param({ a: 1 }), record, runStored("menu")])
    assert.strictEqual(call.leg(ada).state, "Bridged")
    call.found([connect([sales])])
    assert.strictEqual(call.leg(ada).state, "Bridged")
  })

  it("is the only one until somebody answers; then there may be another", () => {
    const call = talking()
    call.transfer([connect([sales])])
    assert.strictEqual(ignored(call.transfer([connect([support])])), "transfer-in-progress")
    call.answer(sales)
    call.transfer([connect([support])])
    assert.strictEqual(call.leg(sales).state, "Bridged")
    call.answer(support)
    assert.strictEqual(call.leg(sales).hangupCause, "BLIND_TRANSFER")
  })

  it("lets the party go when the new pipeline plays something", () => {
    const call = talking()
    assert.deepStrictEqual(tags(call.transfer([bye])), [
      "HangUpLeg",
      "DisarmTimer",
      "StopRecording",
      "SettleTransfer",
      "StartPlayback"
    ])
    assert.strictEqual(call.leg(ada).hangupCause, "BLIND_TRANSFER")
  })

  it("lets the party go when the new pipeline asks something", () => {
    const call = talking()
    call.transfer([ask("ask.mp3")])
    assert.strictEqual(call.leg(ada).hangupCause, "BLIND_TRANSFER")
  })

  it("finds the caller's own phone engaged, and goes on", () => {
    const call = talking()
    call.transfer([connect([phone(callerNumber)]), bye])
    assert.strictEqual(call.playing(), "bye.mp3")
    assert.strictEqual(call.leg(phone(callerNumber)).hangupCause, "USER_BUSY")
  })

  it("goes on hunting when the kept party hangs up", () => {
    const call = talking()
    call.transfer([connect([sales])])
    assert.deepStrictEqual(tags(call.hangUp(ada, "NETWORK_OUT_OF_ORDER")), ["DisarmTimer", "StopRecording"])
    assert.strictEqual(call.label(), "Hunting")
    call.answer(sales)
    assert.strictEqual(call.leg(ada).hangupCause, "NETWORK_OUT_OF_ORDER")
    assert.strictEqual(call.leg(sales).state, "Bridged")
  })

  it("ends the kept party with the call when the new pipeline reaches nobody", () => {
    const call = talking()
    call.transfer([connect([sales])])
    call.reject(sales, "USER_BUSY")
    assert.strictEqual(call.label(), "Ended")
    assert.strictEqual(call.leg(ada).hangupCause, "NORMAL_CLEARING")
  })

  it("replaces what was left of the old pipeline", () => {
    const call = talking()
    call.transfer([hangup])
    assert.strictEqual(call.label(), "Ended")
    assert.strictEqual(call.asked("StartPlayback").length, 0)
  })
})

describe("a transfer", () => {
  it("cancels what rings", () => {
    const call = answered([connect([sales], { waitingMusic: "waiting.mp3" })])
    assert.deepStrictEqual(tags(call.transfer([bye])), [
      "HangUpLeg",
      "DisarmTimer",
      "StopPlayback",
      "SettleTransfer",
      "StartPlayback"
    ])
    assert.strictEqual(call.leg(sales).hangupCause, "ORIGINATOR_CANCEL")
    assert.strictEqual(call.playing(), "bye.mp3")
  })

  it("cuts off what plays", () => {
    const call = answered([play("long.mp3")])
    assert.deepStrictEqual(tags(call.transfer([bye])), ["StopPlayback", "SettleTransfer", "StartPlayback"])
  })

  it("closes a question that is being asked, or answered", () => {
    const asked = answered([ask("ask.mp3")])
    assert.deepStrictEqual(tags(asked.transfer([bye])), [
      "StopPlayback",
      "CloseInput",
      "SettleTransfer",
      "StartPlayback"
    ])
    const typing = answered([ask("ask.mp3")])
    typing.press("1")
    assert.deepStrictEqual(tags(typing.transfer([bye])), [
      "DisarmTimer",
      "CloseInput",
      "SettleTransfer",
      "StartPlayback"
    ])
  })

  it("makes the reply to an earlier callback late", () => {
    const call = answered([ask("ask.mp3")])
    call.press("1#")
    call.transfer([bye])
    assert.strictEqual(ignored(call.reply({ _tag: "NewProgram", program: [hangup] })), "late-reply")
    assert.strictEqual(call.playing(), "bye.mp3")
  })

  it("makes an earlier look-up stale", () => {
    const call = answered([runStored("menu")])
    call.transfer([bye])
    assert.strictEqual(ignored(call.found([hangup])), "stale-lookup")
  })

  it("before the answer replaces what runs upon the answer", () => {
    const call = place([play("hello.mp3")])
    assert.deepStrictEqual(call.transfer([bye]), [])
    assert.strictEqual(call.label(), "Calling")
    call.answer("caller")
    assert.strictEqual(call.playing(), "bye.mp3")
    assert.include(call.assumed(), "transfer-before-answer")
  })

  it("keeps the call's own maximum duration and recording", () => {
    const call = answered([play("long.mp3")], { record: true, maxDurationMs: 60_000 })
    call.wait(10_000)
    call.transfer([bye])
    assert.deepStrictEqual(call.timers(), { "max-duration": 50_000 })
    assert.strictEqual(call.asked("StopRecording").length, 0)
  })

  it("after the end changes nothing", () => {
    const call = answered([])
    assert.strictEqual(ignored(call.transfer([bye])), "call-ended")
  })
})

/** How the transfers of a call came out. */
const outcomes = (call: Bench): ReadonlyArray<string | undefined> =>
  call.call.transfers.map(({ reason, status }) => reason ?? status)

describe("a blind transfer", () => {
  it("is in progress until somebody answers, then completed, at that moment", () => {
    const call = talking()
    call.transfer([connect([sales])])
    assert.deepStrictEqual(call.call.transfer, { requestId: "transfer" })
    call.wait(1500)
    call.answer(sales)
    assert.notProperty(call.call, "transfer")
    assert.deepStrictEqual(call.call.transfers, [{ requestId: "transfer", at: 3500, status: "completed" }])
  })

  it("is completed by what the new pipeline plays or asks", () => {
    for (const program of [[bye], [param({ a: 1 }), ask("ask.mp3")], [hangup]]) {
      const call = talking()
      call.transfer(program)
      assert.deepStrictEqual(outcomes(call), ["completed"])
      assert.include(call.assumed(), "transfer-settled-by-prompt")
    }
  })

  it.each(
    [
      ["USER_BUSY", "busy"],
      ["NO_ANSWER", "no_answer"],
      ["CALL_REJECTED", "rejected"],
      ["UNALLOCATED_NUMBER", "invalid_number"],
      ["DESTINATION_OUT_OF_ORDER", "unreachable"],
      ["OUTGOING_CALL_BARRED", "call_barred"],
      ["NETWORK_OUT_OF_ORDER", "network_error"],
      ["SOMETHING_ELSE", "network_error"],
      ["toString", "network_error"]
    ] as const
  )("that %s keeps from reaching anybody failed with %s, once the pipeline goes on elsewhere", (cause, reason) => {
    const call = talking()
    call.transfer([connect([sales]), bye])
    call.reject(sales, cause)
    assert.deepStrictEqual(outcomes(call), [reason])
    assert.strictEqual(call.playing(), "bye.mp3")
    assert.include(call.assumed(), "transfer-reason-by-cause")
  })

  it("says so when the call ended with its failure", () => {
    const call = talking()
    call.transfer([connect([sales])])
    call.reject(sales, "USER_BUSY")
    assert.strictEqual(call.label(), "Ended")
    assert.deepStrictEqual(call.record().transfers.map(({ reason }) => reason), ["busy_and_call_ended"])
  })

  it("that nobody answered in time failed with no_answer", () => {
    const call = talking()
    call.transfer([connect([sales]), bye])
    call.wait(20_000)
    assert.deepStrictEqual(outcomes(call), ["no_answer"])
  })

  it("that only a machine answers, under detection, failed with no_answer", () => {
    const call = talking()
    call.transfer([connect([sales], { machineDetection: true }), bye])
    call.answer(sales, "Machine")
    assert.deepStrictEqual(outcomes(call), ["no_answer"])
  })

  it("to the caller's own phone alone, as the call's first connect, is completed at once, unless a machine is on it", () => {
    const own = connect([phone(callerNumber)], { machineDetection: true })
    const person = answered([play("long.mp3")])
    person.transfer([own])
    assert.deepStrictEqual(outcomes(person), ["completed"])
    const machine = place([play("long.mp3")])
    machine.answer("caller", "Machine")
    machine.transfer([own, bye])
    assert.deepStrictEqual(outcomes(machine), ["no_answer"])
  })

  it("to the caller's own phone after another connect failed with busy: it is engaged", () => {
    const call = talking()
    call.transfer([connect([phone(callerNumber)]), bye])
    assert.deepStrictEqual(outcomes(call), ["busy"])
  })

  it("may fail at one endpoint, and at one connect, and be completed by the next", () => {
    const call = talking()
    call.transfer([connect([sales]), connect([support])])
    call.reject(sales, "USER_BUSY")
    assert.deepStrictEqual(outcomes(call), [])
    call.answer(support)
    assert.deepStrictEqual(outcomes(call), ["completed"])
  })

  it("failed when the caller hangs up while it rings", () => {
    const call = talking()
    call.transfer([connect([sales])])
    call.hangUp("caller")
    assert.deepStrictEqual(outcomes(call), ["no_answer_and_call_ended"])
    assert.include(call.assumed(), "transfer-abandoned")
  })

  it("before the answer is in progress until the phone is answered", () => {
    const call = place([play("hello.mp3")])
    call.transfer([bye])
    assert.deepStrictEqual(outcomes(call), [])
    call.answer("caller")
    assert.deepStrictEqual(outcomes(call), ["completed"])
  })

  it("shows the call's own number where its connect has none", () => {
    const call = talking()
    const { callerId: _, ...anonymous } = connect([sales])
    call.transfer([anonymous])
    assert.strictEqual(call.asked("DialLeg").at(-1)?.callerId, "914440000000")
  })
})
