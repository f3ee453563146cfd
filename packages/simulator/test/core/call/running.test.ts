import { assert, describe, it } from "@effect/vitest"
import type { DeliveryFailure } from "../../../src/core/call/CallEvent.ts"
import { answered, type Bench, ignored, tags } from "./kit.ts"
import { collect, connect, hangup, mp3, param, phone, play, record, runStored, wav } from "./programs.ts"

describe("a program", () => {
  it("runs its steps in order, each when the one before is over", () => {
    const call = answered([param({ a: 1 }), play("one.mp3"), record, play("two.mp3")])
    assert.strictEqual(call.playing(), "one.mp3")
    assert.strictEqual(call.asked("StartRecording").length, 0)
    assert.deepStrictEqual(tags(call.finishPlayback()), ["StartRecording", "StartPlayback"])
    assert.strictEqual(call.playing(), "two.mp3")
  })

  it("that is exhausted hangs up", () => {
    const call = answered([play("one.mp3")])
    assert.deepStrictEqual(tags(call.finishPlayback()), ["HangUpLeg", "DisarmTimer", "WriteRecord"])
    assert.strictEqual(call.record().hangupCause, "NORMAL_CLEARING")
    assert.strictEqual(call.record().endedBy, "Pipeline")
    assert.include(call.assumed(), "pipeline-end-hangs-up")
  })

  it("hangs up where it says so, on nobody's assumption", () => {
    const call = answered([hangup, play("never.mp3")])
    assert.strictEqual(call.record().endedBy, "Pipeline")
    assert.strictEqual(call.record().hangupCause, "NORMAL_CLEARING")
    assert.notInclude(call.assumed(), "pipeline-end-hangs-up")
  })
})

describe("variables", () => {
  it("are those of the call, overwritten and added to by param", () => {
    const call = answered([param({ b: true, c: "x" }), param({ c: "y" })], { variables: { a: 1, b: false } })
    assert.deepStrictEqual(call.record().variables, { a: 1, b: true, c: "y" })
  })

  it("may carry any name", () => {
    const named = Object.fromEntries([["__proto__", "x"], ["constructor", "y"]])
    assert.deepStrictEqual(answered([param(named)]).record().variables, named)
  })

  it("are a thousand at most: a param that would make them more adds none", () => {
    const many = Object.fromEntries(Array.from({ length: 999 }, (_, n) => [`v${n}`, n]))
    const call = answered([param(many), param({ x: 1, y: 2 }), param({ v0: "changed" }), param({ z: 3 })])
    const { variables } = call.record()
    assert.strictEqual(Object.keys(variables).length, 1000)
    assert.strictEqual(variables["v0"], "changed")
    assert.strictEqual(variables["z"], 3)
    assert.isUndefined(variables["x"])
  })
})

describe("recording the conversation", () => {
  it("runs from the step to the end of the call", () => {
    const call = answered([record, play("one.mp3")])
    call.wait(5000)
    call.hangUp("caller")
    assert.deepInclude(call.record().recordings[0], { recording: wav, startedAt: 2000, endedAt: 7000 })
    assert.notProperty(call.record().recordings[0], "legId")
  })

  it("asked for twice is done once", () => {
    assert.strictEqual(answered([record, record, play("one.mp3")]).asked("StartRecording").length, 1)
  })

  it("asked for with the call begins at the answer", () => {
    const call = answered([record, play("one.mp3")], { record: true })
    assert.deepStrictEqual(call.asked("StartRecording").map((one) => one.recording), [mp3])
    assert.strictEqual(call.call.recordings[0]?.startedAt, 2000)
  })

  it("goes on beside the recording of a leg", () => {
    const sales = phone("914000000001")
    const call = answered([record, connect([sales], { recording: mp3 }), play("one.mp3")])
    call.answer(sales)
    assert.strictEqual(call.world.recordings.size, 2)
    call.hangUp(sales)
    assert.deepStrictEqual([...call.world.recordings.values()].map((one) => one.legId), [undefined])
  })
})

/** A question was answered, and its result is on the way to the customer. */
const awaiting = (): Bench => {
  const call = answered([collect(), play("old.mp3")])
  call.press("1#")
  return call
}

describe("the reply to a callback", () => {
  it("replaces what was left to run", () => {
    const call = awaiting()
    call.reply({ _tag: "NewProgram", program: [play("new.mp3")] })
    assert.strictEqual(call.playing(), "new.mp3")
    call.finishPlayback()
    assert.strictEqual(call.label(), "Ended")
    assert.include(call.assumed(), "reply-replaces-rest")
  })

  it("that is empty ends the call in the ordinary way, and says why", () => {
    const call = awaiting()
    call.reply({ _tag: "Empty" })
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_CLEARING", endedBy: "Pipeline" })
    assert.isString(call.record().hangupReason)
    assert.include(call.assumed(), "empty-reply-hangs-up")
  })

  it("that is no pipeline ends the call as a temporary failure", () => {
    const call = awaiting()
    call.reply({ _tag: "Invalid", problems: ["pipeline[0].action is unknown"] })
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_TEMPORARY_FAILURE", endedBy: "Pipeline" })
    assert.include(call.assumed(), "bad-reply-hangs-up")
  })

  const failures: ReadonlyArray<DeliveryFailure> = [
    "NoReply",
    "Forbidden",
    "TimedOut",
    "Status",
    "TooLarge",
    "QueueFull"
  ]
  it.each(failures)("that is missing (%s) ends the call as a temporary failure, and says why", (why) => {
    const call = awaiting()
    call.failReply(why)
    assert.strictEqual(call.record().hangupCause, "NORMAL_TEMPORARY_FAILURE")
    assert.include(call.record().hangupReason, why)
  })

  it("counts once: a second one is late", () => {
    const call = awaiting()
    const [delivery] = call.asked("Notify")
    call.reply({ _tag: "NewProgram", program: [play("new.mp3")] })
    const again = call.feed({ _tag: "WebhookFailed", deliveryId: delivery?.deliveryId ?? "", why: "TimedOut" })
    assert.strictEqual(ignored(again), "late-reply")
    assert.strictEqual(call.playing(), "new.mp3")
  })

  it("is late after the caller has hung up", () => {
    const call = awaiting()
    call.hangUp("caller")
    assert.strictEqual(ignored(call.reply({ _tag: "Empty" })), "call-ended")
  })
})

describe("a stored document", () => {
  it.each(["Pipeline", "Flow"] as const)(
    "of kind %s is looked up by its name and runs in place of the rest",
    (source) => {
      const call = answered([runStored("menu", source), play("old.mp3")])
      assert.deepInclude(call.asked("LookUpStored")[0], { source, ref: "menu" })
      assert.strictEqual(call.label(), "AwaitingStored")
      call.found([play("menu.mp3")])
      assert.strictEqual(call.playing(), "menu.mp3")
      call.finishPlayback()
      assert.strictEqual(call.label(), "Ended")
    }
  )

  it("that does not exist ends the call as a temporary failure, and says why", () => {
    const call = answered([runStored("nowhere"), play("old.mp3")])
    call.missing()
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_TEMPORARY_FAILURE", endedBy: "Pipeline" })
    assert.isString(call.record().hangupReason)
    assert.include(call.assumed(), "stored-miss-hangs-up")
  })
})
