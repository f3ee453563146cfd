import { assert, describe, it } from "@effect/vitest"
import type { IgnoredBecause } from "../../../src/core/call/CallCommand.ts"
import { defaultMaxDurationMs, defaultRingTimeoutMs } from "../../../src/core/call/transition.ts"
import { answered, type Bench, bench, type Happening, ignored, place, tags } from "./kit.ts"
import { ask, callerNumber, collect, connect, mp3, phone, play, runStored } from "./programs.ts"

const sales = phone("914000000001")
const support = phone("914000000002")

describe("placing a call", () => {
  it("dials the number, and times the ringing", () => {
    const call = place([play("one.mp3")], { callerId: "91444", variables: { order: 7 } })
    assert.deepStrictEqual(call.turns[0]?.commands, [
      {
        _tag: "DialLeg",
        legId: "caller",
        endpoint: phone(callerNumber),
        callerId: "91444"
      },
      { _tag: "ArmTimer", timer: "ring:caller", generation: 1, dueAt: defaultRingTimeoutMs }
    ])
    assert.strictEqual(call.label(), "Calling")
  })

  it("rings as long as the call says", () => {
    const call = place([connect([phone(callerNumber)])], { ringTimeoutMs: 7000 })
    assert.deepStrictEqual(call.timers(), { "ring:caller": 7000 })
  })

  it("rings a direct call as long as its connect says", () => {
    assert.deepStrictEqual(place([connect([phone(callerNumber)])]).timers(), { "ring:caller": 20_000 })
  })

  it("does not take the ring timeout of a connect to somebody else", () => {
    assert.deepStrictEqual(place([connect([sales])]).timers(), { "ring:caller": defaultRingTimeoutMs })
    assert.deepStrictEqual(place([connect([sales, phone(callerNumber)])]).timers(), {
      "ring:caller": defaultRingTimeoutMs
    })
  })
})

describe("ringing", () => {
  it("is noted once, with its moment", () => {
    const call = place([])
    call.wait(800)
    call.ring("caller")
    assert.deepInclude(call.leg("caller"), { state: "Ringing", ringingAt: 800 })
  })

  it("that nobody answers ends the call", () => {
    const call = place([])
    call.ring("caller")
    call.wait(defaultRingTimeoutMs)
    assert.deepInclude(call.record(), {
      hangupCause: "NO_ANSWER",
      endedBy: "Timeout",
      disposition: "Missed",
      durationMs: 0
    })
    assert.notProperty(call.record(), "answeredAt")
  })

  it.each(
    [
      ["USER_BUSY", "Busy", "Network"],
      ["CALL_REJECTED", "Missed", "Caller"],
      ["UNALLOCATED_NUMBER", "Failed", "Network"],
      ["NETWORK_OUT_OF_ORDER", "Failed", "Network"]
    ] as const
  )("that is refused with %s ends the call as %s by %s, with nobody to hang up on", (cause, disposition, endedBy) => {
    const call = place([])
    assert.deepStrictEqual(tags(call.reject("caller", cause)), ["DisarmTimer", "WriteRecord"])
    assert.deepInclude(call.record(), { hangupCause: cause, endedBy, disposition })
  })
})

describe("the answer", () => {
  it("starts the program and the maximum duration, and ends the timing of the ringing", () => {
    const call = place([play("one.mp3")], { maxDurationMs: 60_000, record: true })
    call.wait(3000)
    assert.deepStrictEqual(tags(call.answer("caller")), ["DisarmTimer", "ArmTimer", "StartRecording", "StartPlayback"])
    assert.deepStrictEqual(call.timers(), { "max-duration": 60_000 })
    assert.deepStrictEqual(call.asked("StartRecording")[0]?.recording, mp3)
    assert.deepInclude(call.leg("caller"), { state: "Answered", answeredAt: 3000, answeredBy: "Person" })
  })

  it("needs no ringing before", () => {
    assert.strictEqual(answered([play("one.mp3")]).leg("caller").ringingAt, undefined)
  })

  it("without a maximum duration assumes one", () => {
    const call = answered([play("one.mp3")])
    assert.deepStrictEqual(call.timers(), { "max-duration": defaultMaxDurationMs })
    assert.notInclude(call.assumed(), "default-max-duration")
    call.wait(defaultMaxDurationMs)
    assert.include(call.assumed(), "default-max-duration")
    const limited = answered([play("one.mp3")], { maxDurationMs: 60_000 })
    limited.wait(60_000)
    assert.notInclude(limited.assumed(), "default-max-duration")
    assert.include(limited.assumed(), "max-duration-from-answer")
  })

  it("by a machine runs the program like any other", () => {
    const call = place([play("one.mp3")])
    call.answer("caller", "Machine")
    assert.strictEqual(call.playing(), "one.mp3")
  })
})

describe("what makes no sense changes nothing and says why", () => {
  const playing = (): Bench => answered([play("one.mp3")])
  const hunting = (): Bench => answered([connect([sales, support])])
  const reply = { _tag: "Empty" } as const
  const rows: ReadonlyArray<readonly [string, () => Bench, Happening, IgnoredBecause]> = [
    ["ringing before the call", bench, { _tag: "LegRinging", legId: "caller" }, "not-originated"],
    ["a transfer before the call", bench, { _tag: "TransferRequested", requestId: "r", program: [] }, "not-originated"],
    ["a hangup before the call", bench, {
      _tag: "HangupRequested",
      requestId: "r",
      cause: "NORMAL_CLEARING",
      by: "Api"
    }, "not-originated"],
    ["ringing of nobody", playing, { _tag: "LegRinging", legId: "callee9" }, "unknown-leg"],
    ["a digit of nobody", playing, { _tag: "DigitPressed", legId: "callee9", digit: "1" }, "unknown-leg"],
    ["speech of nobody", playing, { _tag: "SpeechHeard", legId: "callee9", text: "hi" }, "unknown-leg"],
    ["ringing after the answer", playing, { _tag: "LegRinging", legId: "caller" }, "wrong-leg-state"],
    ["a second answer", playing, { _tag: "LegAnswered", legId: "caller", by: "Person" }, "wrong-leg-state"],
    [
      "a refusal after the answer",
      playing,
      { _tag: "LegRejected", legId: "caller", cause: "USER_BUSY" },
      "wrong-leg-state"
    ],
    ["hanging up before the answer", () => place([]), {
      _tag: "LegHungUp",
      legId: "caller",
      cause: "NORMAL_CLEARING"
    }, "wrong-leg-state"],
    [
      "a digit before the answer",
      () => place([]),
      { _tag: "DigitPressed", legId: "caller", digit: "1" },
      "not-collecting"
    ],
    [
      "speech before the answer",
      () => place([]),
      { _tag: "SpeechHeard", legId: "caller", text: "hi" },
      "not-collecting"
    ],
    ["speech that nobody asked for", playing, { _tag: "SpeechHeard", legId: "caller", text: "hi" }, "not-collecting"],
    ["two digits in one", playing, { _tag: "DigitPressed", legId: "caller", digit: "12" }, "not-a-digit"],
    ["a digit that is none", playing, { _tag: "DigitPressed", legId: "caller", digit: "x" }, "not-a-digit"],
    ["a playback that is none", playing, { _tag: "PlaybackFinished", playbackId: "playback9" }, "stale-playback"],
    ["a playback after a question", () => answered([collect()]), {
      _tag: "PlaybackFinished",
      playbackId: "playback1"
    }, "stale-playback"],
    ["a timer that is none", playing, { _tag: "TimerFired", timer: "tea", generation: 1 }, "stale-timer"],
    ["a timer named like a method", playing, { _tag: "TimerFired", timer: "toString", generation: 1 }, "stale-timer"],
    ["a timer that was disarmed", playing, { _tag: "TimerFired", timer: "ring:caller", generation: 1 }, "stale-timer"],
    [
      "a timer of another generation",
      playing,
      { _tag: "TimerFired", timer: "max-duration", generation: 1 },
      "stale-timer"
    ],
    ["a reply that nobody awaits", playing, { _tag: "WebhookReplied", deliveryId: "delivery1", reply }, "late-reply"],
    [
      "a failure that nobody awaits",
      playing,
      { _tag: "WebhookFailed", deliveryId: "delivery1", why: "Status" },
      "late-reply"
    ],
    [
      "a document that nobody awaits",
      playing,
      { _tag: "StoredFound", lookupId: "lookup1", program: [] },
      "stale-lookup"
    ],
    ["a missing document that nobody awaits", () => answered([runStored("menu")]), {
      _tag: "StoredMissing",
      lookupId: "lookup99"
    }, "stale-lookup"]
  ]

  it.each(rows)("%s", (_, make, happening, why) => {
    const call = make()
    const before = call.call
    const label = call.label()
    assert.deepStrictEqual(call.feed(happening), [{ _tag: "Ignored", state: label, event: happening._tag, why }])
    assert.strictEqual(call.call, before)
  })

  it("a call that was placed already", () => {
    const call = playing()
    const { at: _, ...origin } = call.call.origin
    assert.strictEqual(ignored(call.feed(origin)), "already-originated")
  })

  it("the keys and the speech of a callee", () => {
    const call = hunting()
    call.answer(sales)
    const { legId } = call.leg(sales)
    assert.strictEqual(ignored(call.feed({ _tag: "DigitPressed", legId, digit: "1" })), "not-collecting")
    assert.strictEqual(ignored(call.feed({ _tag: "SpeechHeard", legId, text: "hi" })), "not-collecting")
  })

  it("anything of a leg that has ended", () => {
    const call = hunting()
    call.reject(sales, "USER_BUSY")
    const { legId } = call.leg(sales)
    for (
      const happening of [
        { _tag: "LegRinging", legId },
        { _tag: "LegAnswered", legId, by: "Person" },
        { _tag: "LegRejected", legId, cause: "USER_BUSY" },
        { _tag: "LegHungUp", legId, cause: "NORMAL_CLEARING" },
        { _tag: "DigitPressed", legId, digit: "1" },
        { _tag: "SpeechHeard", legId, text: "hi" }
      ] as const
    ) assert.strictEqual(ignored(call.feed(happening)), "leg-ended")
  })

  it("a ring timer that was overtaken by the answer", () => {
    const call = hunting()
    const armed = call.asked("ArmTimer").find((timer) => timer.timer === `ring:${call.leg(sales).legId}`)
    call.answer(sales)
    const late = call.feed({ _tag: "TimerFired", timer: armed?.timer ?? "", generation: armed?.generation ?? 0 })
    assert.strictEqual(ignored(late), "stale-timer")
    assert.strictEqual(call.leg(sales).state, "Bridged")
  })

  it("a prompt that was cut off by a digit", () => {
    const call = answered([ask("ask.mp3")])
    const [prompt] = call.asked("StartPlayback")
    call.press("1")
    const late = call.feed({ _tag: "PlaybackFinished", playbackId: prompt?.playbackId ?? "" })
    assert.strictEqual(ignored(late), "stale-playback")
    assert.deepStrictEqual(Object.keys(call.timers()), ["max-duration", "inter-digit"])
  })

  it("a digit timer of the digit before", () => {
    const call = answered([collect()])
    call.press("12")
    const [first] = call.asked("ArmTimer").filter((timer) => timer.timer === "inter-digit")
    assert.strictEqual(
      ignored(call.feed({ _tag: "TimerFired", timer: "inter-digit", generation: first?.generation ?? 0 })),
      "stale-timer"
    )
    assert.strictEqual(call.label(), "Collecting")
  })

  it("the reply to the question before, while the next one's is awaited", () => {
    const call = answered([collect()])
    call.press("1#")
    const [first] = call.asked("Notify")
    call.reply({ _tag: "NewProgram", program: [collect()] })
    call.press("2#")
    const late = call.feed({
      _tag: "WebhookReplied",
      deliveryId: first?.deliveryId ?? "",
      reply: { _tag: "NewProgram", program: [play("late.mp3")] }
    })
    assert.strictEqual(ignored(late), "late-reply")
    assert.strictEqual(call.label(), "AwaitingReply")
  })

  it("waiting music that comes to its end", () => {
    const call = answered([connect([sales], { waitingMusic: "waiting.mp3" })])
    assert.strictEqual(ignored(call.finishPlayback()), "stale-playback")
    assert.strictEqual(call.playing(), "waiting.mp3")
  })
})
