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

  it("keeps the party through a second transfer that comes before the first one's answer", () => {
    const call = talking()
    call.transfer([connect([sales])])
    call.transfer([connect([support])])
    assert.strictEqual(call.leg(sales).hangupCause, "ORIGINATOR_CANCEL")
    assert.strictEqual(call.leg(ada).state, "Bridged")
    call.answer(support)
    assert.strictEqual(call.leg(ada).hangupCause, "BLIND_TRANSFER")
  })

  it("lets the party go when the new pipeline plays something", () => {
    const call = talking()
    assert.deepStrictEqual(tags(call.transfer([bye])), ["HangUpLeg", "DisarmTimer", "StopRecording", "StartPlayback"])
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
    assert.deepStrictEqual(tags(call.transfer([bye])), ["HangUpLeg", "DisarmTimer", "StopPlayback", "StartPlayback"])
    assert.strictEqual(call.leg(sales).hangupCause, "ORIGINATOR_CANCEL")
    assert.strictEqual(call.playing(), "bye.mp3")
  })

  it("cuts off what plays", () => {
    const call = answered([play("long.mp3")])
    assert.deepStrictEqual(tags(call.transfer([bye])), ["StopPlayback", "StartPlayback"])
  })

  it("closes a question that is being asked, or answered", () => {
    const asked = answered([ask("ask.mp3")])
    assert.deepStrictEqual(tags(asked.transfer([bye])), ["StopPlayback", "CloseInput", "StartPlayback"])
    const typing = answered([ask("ask.mp3")])
    typing.press("1")
    assert.deepStrictEqual(tags(typing.transfer([bye])), ["DisarmTimer", "CloseInput", "StartPlayback"])
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
