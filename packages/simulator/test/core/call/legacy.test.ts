import { assert, describe, it } from "@effect/vitest"
import type { DigitsNotice } from "../../../src/core/call/CallCommand.ts"
import type { Endpoint, Program } from "../../../src/core/pcmo/Program.ts"
import { answered, type Bench, ignored, place, tags } from "./kit.ts"
import {
  answerUrl,
  askUrl,
  attach,
  callerNumber,
  connect,
  getInput,
  hangup,
  ownNumber,
  phone,
  play,
  record,
  resultUrl,
  ringTimeoutMs,
  simultaneous,
  stream
} from "./programs.ts"

const sales = phone("914000000001")
const support = phone("914000000002")
const next = play("next.mp3")

/** A call placed through the older API, whose phone has answered. */
const legacy = (program: Program, options: Parameters<typeof place>[1] = {}): Bench =>
  answered(program, { kind: "Legacy", ...options })

const dialed = (call: Bench): ReadonlyArray<Endpoint> => call.asked("DialLeg").slice(1).map((leg) => leg.endpoint)

/** What the customer was told of digits, the newest. */
const told = (call: Bench): DigitsNotice | undefined => {
  const notice = call.asked("Notify").at(-1)?.notice
  return notice?._tag === "Digits" ? notice : undefined
}

describe("input", () => {
  it("collects in silence and posts the digits with the call's id and numbers", () => {
    const call = legacy([getInput()])
    assert.isUndefined(call.playing())
    call.press("7")
    assert.deepStrictEqual(call.asked("Notify").map(({ url, notice }) => [url, notice]), [[resultUrl, {
      _tag: "Digits",
      callId: "call-1",
      callerId: "914440000000",
      to: callerNumber,
      digits: "7",
      extraParams: "{}"
    }]])
    assert.strictEqual(call.label(), "AwaitingReply")
    assert.notInclude(call.assumed(), "no-digits-posted")
  })

  it("has no finish key: star and hash are digits", () => {
    const call = legacy([getInput({ max: 2 })])
    call.press("#*")
    assert.strictEqual(told(call)?.digits, "#*")
  })

  it("without a digit posts an empty text", () => {
    const call = legacy([getInput()])
    call.wait(4999)
    assert.strictEqual(call.label(), "Collecting")
    call.wait(1)
    assert.strictEqual(told(call)?.digits, "")
    assert.include(call.assumed(), "no-digits-posted")
  })
})

describe("play_get_input", () => {
  const asks = { prompt: "ask.mp3", plays: 3 }
  const plays = (call: Bench): number => call.asked("StartPlayback").length

  it("plays the prompt as often as max_retry says, then posts an empty text", () => {
    const call = legacy([getInput(asks)])
    for (let n = 1; n <= 3; n++) {
      assert.strictEqual(call.playing(), "ask.mp3")
      assert.strictEqual(plays(call), n)
      call.finishPlayback()
      call.fire("first-digit")
    }
    assert.strictEqual(plays(call), 3)
    assert.strictEqual(told(call)?.digits, "")
  })

  it("plays no more once enough digits have come", () => {
    const call = legacy([getInput({ ...asks, max: 4 })])
    call.finishPlayback()
    call.fire("first-digit")
    call.press("12")
    call.fire("inter-digit")
    assert.strictEqual(plays(call), 2)
    assert.strictEqual(told(call)?.digits, "12")
  })

  it("asks again for fewer digits than min_digit", () => {
    const call = legacy([getInput({ ...asks, min: 2, max: 4 })])
    call.press("1")
    call.fire("inter-digit")
    assert.deepStrictEqual([call.playing(), call.label()], ["ask.mp3", "Collecting"])
    call.press("23")
    call.fire("inter-digit")
    assert.strictEqual(told(call)?.digits, "23")
  })

  it("posts too few digits as they are when the last play is over", () => {
    const call = legacy([getInput({ prompt: "ask.mp3", min: 2, max: 4 })])
    call.press("1")
    call.fire("inter-digit")
    assert.strictEqual(told(call)?.digits, "1")
    assert.include(call.assumed(), "no-digits-posted")
  })
})

describe("the reply to an action_url", () => {
  const asked = (rest: Program): Bench => {
    const call = legacy([getInput(), ...rest])
    call.press("1")
    return call
  }

  it("replaces the rest, on an assumption", () => {
    const call = asked([play("old.mp3")])
    call.reply({ _tag: "NewProgram", program: [next] })
    assert.strictEqual(call.playing(), "next.mp3")
    call.finishPlayback()
    assert.strictEqual(call.label(), "Ended")
    assert.include(call.assumed(), "reply-replaces-rest")
  })

  it("runs on nobody's assumption when there is no rest", () => {
    const call = asked([])
    call.reply({ _tag: "NewProgram", program: [next] })
    assert.strictEqual(call.playing(), "next.mp3")
    assert.notInclude(call.assumed(), "reply-replaces-rest")
  })
})

describe("the text of a call", () => {
  const posted = (program: Program, extraParams?: string): string | undefined => {
    const call = legacy([...program, getInput()], extraParams === undefined ? {} : { extraParams })
    call.press("1")
    return told(call)?.extraParams
  }

  it("that it was placed with comes back in callbacks", () => {
    assert.strictEqual(posted([], "{\"order\":7}"), "{\"order\":7}")
  })

  it("is that of the newest param, which takes no time", () => {
    assert.strictEqual(posted([attach("a"), attach("b")]), "b")
  })

  it("of a param takes the place of the one before, on an assumption", () => {
    assert.strictEqual(posted([attach("a")], "{\"order\":7}"), "a")
    assert.include(legacy([attach("a")]).assumed(), "param-replaces-extra-params")
  })

  it("is in the record, and in none when there was none", () => {
    assert.strictEqual(legacy([attach("a")], { extraParams: "b" }).record().extraParams, "a")
    assert.notProperty(legacy([]).record(), "extraParams")
  })
})

describe("the answer URL of a placed call", () => {
  it("is asked when the phone has answered, not before", () => {
    const call = place([askUrl], { kind: "Legacy", appId: "1000001" })
    assert.deepStrictEqual(tags(call.turns[0]?.commands ?? []), ["DialLeg", "ArmTimer"])
    call.wait(3000)
    call.answer("caller")
    assert.deepStrictEqual(call.asked("Notify").map(({ url, notice }) => [url, notice]), [[answerUrl, {
      _tag: "Answer",
      callId: "call-1",
      direction: "outbound",
      callerId: "914440000000",
      to: callerNumber,
      appId: "1000001",
      at: 3000
    }]])
    assert.strictEqual(call.label(), "AwaitingReply")
    assert.include(call.assumed(), "answer-url-says-outbound")
  })

  it("says what runs", () => {
    const call = legacy([askUrl])
    call.reply({ _tag: "NewProgram", program: [next] })
    assert.strictEqual(call.playing(), "next.mp3")
    assert.notInclude(call.assumed(), "reply-replaces-rest")
  })

  it("that replies with a hangup ends an answered call like any other", () => {
    const call = legacy([askUrl])
    call.reply({ _tag: "NewProgram", program: [hangup] })
    assert.deepInclude(call.record(), {
      hangupCause: "NORMAL_CLEARING",
      disposition: "Answered",
      direction: "outbound"
    })
  })

  it("that fails ends the call as a temporary failure", () => {
    const call = legacy([askUrl])
    call.failReply("TimedOut")
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_TEMPORARY_FAILURE", endedBy: "Pipeline" })
  })

  it("is too late after a transfer", () => {
    const call = legacy([askUrl])
    call.transfer([next])
    assert.strictEqual(ignored(call.reply({ _tag: "NewProgram", program: [play("late.mp3")] })), "late-reply")
    assert.strictEqual(call.playing(), "next.mp3")
  })
})

describe("bridge", () => {
  it("rings a list one after another, and from its start again in each further loop", () => {
    const call = legacy([connect([sales, support], { attempts: 2 }), next])
    call.reject(sales, "USER_BUSY")
    call.reject(support, "USER_BUSY")
    assert.include(call.assumed(), "loop-repeats-list")
    call.wait(ringTimeoutMs)
    assert.deepStrictEqual(dialed(call), [sales, support, sales, support])
    assert.strictEqual(call.label(), "Hunting")
    call.wait(ringTimeoutMs)
    assert.strictEqual(call.playing(), "next.mp3")
    assert.strictEqual(dialed(call).length, 4)
  })

  it("rings a group at once in each loop", () => {
    const call = legacy([simultaneous([sales, support], { attempts: 2 })])
    assert.deepStrictEqual(dialed(call), [sales, support])
    call.wait(ringTimeoutMs - 1)
    assert.strictEqual(dialed(call).length, 2)
    call.wait(1)
    assert.deepStrictEqual(dialed(call), [sales, support, sales, support])
  })

  it("rings nobody again once somebody has answered, nor when the talk is over", () => {
    const call = legacy([connect([sales, support], { attempts: 5 }), next])
    call.reject(sales, "USER_BUSY")
    call.answer(support)
    call.hangUp(support)
    assert.strictEqual(call.playing(), "next.mp3")
    assert.strictEqual(dialed(call).length, 2)
    assert.notInclude(call.assumed(), "loop-repeats-list")
  })

  it("that loops for ever gives up when the call has had 500 legs", () => {
    const call = legacy([connect([sales], { attempts: 1000, ringTimeoutMs: 1000 }), next])
    call.wait(498_999)
    assert.strictEqual(call.label(), "Hunting")
    call.wait(1)
    assert.strictEqual(call.playing(), "next.mp3")
    assert.strictEqual(call.call.legs.length, 500)
  })

  it("to an engaged number loops to its end in one moment", () => {
    const call = legacy([connect([phone(callerNumber)], { attempts: 100_000 }), next])
    assert.strictEqual(call.playing(), "next.mp3")
    assert.strictEqual(call.call.legs.length, 500)
  })

  it("of a call with no loops to go reaches nobody", () => {
    assert.strictEqual(legacy([connect([sales], { attempts: 0 }), next]).playing(), "next.mp3")
  })

  it("to the number that the call dialed finds it engaged: the phone does not join itself", () => {
    const call = legacy([connect([phone(callerNumber)]), next])
    assert.strictEqual(call.leg(phone(callerNumber)).hangupCause, "USER_BUSY")
    assert.strictEqual(call.playing(), "next.mp3")
    assert.notInclude(call.assumed(), "direct-call-rings-once")
  })

  it("without a number of its own shows the call's", () => {
    const { callerId: _, ...bridge } = connect([sales])
    assert.strictEqual(legacy([bridge]).asked("DialLeg")[1]?.callerId, ownNumber)
  })

  it("talks at most as long as it says, then the next action runs", () => {
    const call = legacy([connect([sales], { maxDurationMs: 5400 }), next])
    call.answer(sales)
    call.wait(5399)
    assert.strictEqual(call.label(), "Talking")
    call.wait(1)
    assert.strictEqual(call.playing(), "next.mp3")
  })
})

describe("stream", () => {
  it("is opened under a name of its own, and the next action runs at once", () => {
    const call = legacy([stream, stream, connect([sales])])
    const streams = call.asked("OpenStream")
    assert.deepStrictEqual(streams.map((one) => one.stream), [stream, stream])
    assert.strictEqual(new Set(streams.map((one) => one.streamId)).size, 2)
    assert.strictEqual(call.label(), "Hunting")
  })
})

describe("record", () => {
  it("takes no time: a hangup after it ends a recording of no length", () => {
    const call = legacy([record, hangup])
    assert.deepStrictEqual(tags(call.turns.at(-1)?.commands ?? []), [
      "DisarmTimer",
      "ArmTimer",
      "StartRecording",
      "HangUpLeg",
      "StopRecording",
      "DisarmTimer",
      "WriteRecord"
    ])
    assert.deepInclude(call.record().recordings[0], { startedAt: 2000, endedAt: 2000 })
  })
})
