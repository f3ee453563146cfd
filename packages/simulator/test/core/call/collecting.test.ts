import { assert, describe, it } from "@effect/vitest"
import type { InputResult } from "../../../src/core/call/CallCommand.ts"
import { answered, type Bench, ignored, tags } from "./kit.ts"
import { ask, collect, connect, file, param, phone, play, resultUrl, runStored } from "./programs.ts"

/** What the customer was told, the newest. */
const told = (call: Bench): InputResult | undefined => {
  const notice = call.asked("Notify").at(-1)?.notice
  return notice?._tag === "Input" ? notice.result : undefined
}

const success = (entry: string): InputResult => ({ status: "success", inputType: "dtmf", entry })
const invalid = (entry: string): InputResult => ({ status: "invalid", inputType: "dtmf", entry })
const noInput: InputResult = { status: "no_input", inputType: "dtmf" }

/** The digit timers that are armed, and what they have left. */
const waits = (call: Bench): Readonly<Record<string, number>> => {
  const { "max-duration": _, ...others } = call.timers()
  return others
}

describe("the first-digit timer", () => {
  it("runs from the end of the prompt", () => {
    const call = answered([ask("ask.mp3")])
    assert.deepStrictEqual(waits(call), {})
    call.wait(3000)
    call.finishPlayback()
    assert.deepStrictEqual(waits(call), { "first-digit": 5000 })
  })

  it("runs at once without a prompt", () => {
    assert.deepStrictEqual(waits(answered([collect()])), { "first-digit": 5000 })
  })

  it("gives way to the inter-digit timer at the first digit", () => {
    const call = answered([collect()])
    call.press("1")
    assert.deepStrictEqual(waits(call), { "inter-digit": 2000 })
  })

  it("that runs out means no input", () => {
    const call = answered([collect()])
    call.fire("first-digit")
    assert.deepStrictEqual(told(call), noInput)
  })
})

describe("the inter-digit timer", () => {
  it("begins anew with each digit", () => {
    const call = answered([collect()])
    call.press("1")
    call.wait(1999)
    call.press("2")
    assert.deepStrictEqual(waits(call), { "inter-digit": 2000 })
  })

  it("that runs out completes an entry of enough digits", () => {
    const call = answered([collect({ digits: { minDigits: 2 } })])
    call.press("12")
    call.fire("inter-digit")
    assert.deepStrictEqual(told(call), success("12"))
  })

  it("that runs out makes a shorter entry invalid", () => {
    const call = answered([collect({ digits: { minDigits: 2 } })])
    call.press("1")
    call.fire("inter-digit")
    assert.deepStrictEqual(told(call), invalid("1"))
  })
})

describe("an entry", () => {
  it("is complete with its last digit", () => {
    const call = answered([collect({ digits: { maxDigits: 3 } })])
    call.press("12")
    assert.strictEqual(call.label(), "Collecting")
    call.press("3")
    assert.deepStrictEqual(told(call), success("123"))
  })

  it("is completed by the finish key, which is no part of it", () => {
    const call = answered([collect()])
    call.press("12#")
    assert.deepStrictEqual(told(call), success("12"))
  })

  it("is invalid when the finish key comes too early", () => {
    const call = answered([collect({ digits: { minDigits: 2 } })])
    call.press("1#")
    assert.deepStrictEqual(told(call), invalid("1"))
    assert.include(call.assumed(), "finish-key-alone-is-invalid")
  })

  it("is invalid when the finish key comes alone", () => {
    const call = answered([collect()])
    call.press("#")
    assert.deepStrictEqual(told(call), { status: "invalid", inputType: "dtmf" })
    assert.include(call.assumed(), "finish-key-alone-is-invalid")
  })

  it("takes the usual finish key as a digit when no key finishes", () => {
    const { finishKey: _, ...digits } = collect().digits
    const call = answered([{ ...collect(), digits: { ...digits, maxDigits: 2 } }])
    call.press("#*")
    assert.deepStrictEqual(told(call), success("#*"))
  })

  it("is invalid when it can never be long enough", () => {
    const call = answered([collect({ digits: { minDigits: 3, maxDigits: 2 } })])
    call.press("12")
    assert.deepStrictEqual(told(call), invalid("12"))
  })
})

describe("a digit", () => {
  it("during the prompt silences it and counts", () => {
    const call = answered([ask("ask.mp3")])
    assert.deepStrictEqual(tags(call.press("1")), ["StopPlayback", "ArmTimer"])
    assert.isUndefined(call.playing())
    call.press("#")
    assert.deepStrictEqual(told(call), success("1"))
  })

  it("skips the prompts that were still to come", () => {
    const call = answered([ask("ask.mp3", { retries: { max: 1, noInputPrompt: file("nothing.mp3") } })])
    call.finishPlayback()
    call.fire("first-digit")
    assert.strictEqual(call.playing(), "nothing.mp3")
    call.press("1")
    call.fire("inter-digit")
    assert.deepStrictEqual(call.asked("StartPlayback").map((one) => one.prompt), [file("ask.mp3"), file("nothing.mp3")])
  })

  it("closes the input with the last one: timers, prompt and listening end together", () => {
    const call = answered([ask("ask.mp3", { digits: { maxDigits: 1 } })])
    assert.deepStrictEqual(tags(call.press("1")), ["StopPlayback", "CloseInput", "Notify"])
    assert.deepStrictEqual(waits(call), {})
  })

  it("pressed while two talk is for the other party alone", () => {
    const call = answered([connect([phone("914000000001")]), collect()])
    call.answer(phone("914000000001"))
    assert.strictEqual(ignored(call.press("1")), "not-collecting")
    call.hangUp(phone("914000000001"))
    assert.deepStrictEqual(waits(call), { "first-digit": 5000 })
  })
})

describe("digits typed ahead", () => {
  it("answer the question before it is asked", () => {
    const call = answered([play("welcome.mp3"), ask("ask.mp3")])
    call.press("12#")
    call.finishPlayback()
    assert.deepStrictEqual(told(call), success("12"))
    assert.strictEqual(call.asked("StartPlayback").length, 1)
  })

  it("begin an entry that goes on with the inter-digit timer", () => {
    const call = answered([play("welcome.mp3"), ask("ask.mp3")])
    call.press("1")
    call.finishPlayback()
    assert.isUndefined(call.playing())
    assert.deepStrictEqual(waits(call), { "inter-digit": 2000 })
  })

  it("are forgotten when the question flushes them", () => {
    const call = answered([play("welcome.mp3"), ask("ask.mp3", { digits: { flushBuffer: true } })])
    call.press("12#")
    call.finishPlayback()
    assert.strictEqual(call.playing(), "ask.mp3")
    assert.strictEqual(call.call.typedAhead, "")
  })

  it("beyond an entry are kept for the next question", () => {
    const call = answered([play("welcome.mp3"), collect({ digits: { maxDigits: 1 } })])
    call.press("123")
    call.finishPlayback()
    assert.deepStrictEqual(told(call), success("1"))
    call.reply({ _tag: "NewProgram", program: [collect({ digits: { maxDigits: 2 } })] })
    assert.deepStrictEqual(told(call), success("23"))
  })

  it("answer the retries, too", () => {
    const call = answered([play("welcome.mp3"), ask("ask.mp3", { digits: { minDigits: 2 }, retries: { max: 1 } })])
    call.press("1#23#")
    call.finishPlayback()
    assert.deepStrictEqual(told(call), success("23"))
    assert.deepStrictEqual(call.asked("OpenInput").map((input) => input.attempt), [0, 1])
  })

  it("do not answer a question for speech", () => {
    const call = answered([play("welcome.mp3"), ask("ask.mp3", { modes: ["speech"] })])
    call.press("1")
    call.finishPlayback()
    assert.strictEqual(call.playing(), "ask.mp3")
    assert.strictEqual(call.call.typedAhead, "1")
  })

  it("are 64 at most", () => {
    const call = answered([play("welcome.mp3")])
    call.press("1".repeat(64))
    assert.strictEqual(ignored(call.press("1")), "buffer-full")
    assert.strictEqual(call.call.typedAhead.length, 64)
  })
})

describe("a retry", () => {
  const retries = { max: 2, noInputPrompt: file("nothing.mp3"), invalidPrompt: file("wrong.mp3") }

  it("after no input plays the prompt for that, then the question again", () => {
    const call = answered([ask("ask.mp3", { retries })])
    call.finishPlayback()
    assert.deepStrictEqual(tags(call.fire("first-digit")), ["CloseInput", "OpenInput", "StartPlayback"])
    assert.strictEqual(call.playing(), "nothing.mp3")
    call.finishPlayback()
    assert.strictEqual(call.playing(), "ask.mp3")
    call.finishPlayback()
    assert.deepStrictEqual(waits(call), { "first-digit": 5000 })
    assert.include(call.assumed(), "retry-repeats-prompt")
  })

  it("after an invalid entry plays the prompt for that, then the question again", () => {
    const call = answered([ask("ask.mp3", { retries, digits: { minDigits: 2 } })])
    call.press("1#")
    assert.strictEqual(call.playing(), "wrong.mp3")
    call.finishPlayback()
    assert.strictEqual(call.playing(), "ask.mp3")
  })

  it("without prompts listens again at once", () => {
    const call = answered([collect({ retries: { max: 1 } })])
    call.fire("first-digit")
    assert.deepStrictEqual(waits(call), { "first-digit": 5000 })
  })

  it("begins with an empty entry", () => {
    const call = answered([collect({ retries: { max: 1 }, digits: { minDigits: 2 } })])
    call.press("1#")
    call.press("23#")
    assert.deepStrictEqual(told(call), success("23"))
  })

  it("happens as often as allowed, and then the last outcome is handed on", () => {
    const call = answered([collect({ retries: { max: 2 } })])
    call.fire("first-digit")
    call.fire("first-digit")
    assert.isUndefined(told(call))
    call.fire("first-digit")
    assert.deepStrictEqual(told(call), noInput)
    assert.deepStrictEqual(call.asked("OpenInput").map((input) => input.attempt), [0, 1, 2])
  })

  it("leaves no trace in the record: a question has one outcome", () => {
    const call = answered([collect({ retries: { max: 1 } })])
    call.fire("first-digit")
    call.press("5#")
    call.hangUp("caller")
    assert.deepStrictEqual(call.record().inputs, [{ at: 7000, ...success("5") }])
  })
})

describe("speech", () => {
  it("answers a question that takes it, and silences the prompt", () => {
    const call = answered([ask("ask.mp3", { modes: ["speech"] })])
    assert.deepStrictEqual(tags(call.say("sales please")), ["StopPlayback", "CloseInput", "Notify"])
    assert.deepStrictEqual(told(call), { status: "success", inputType: "speech", entry: "sales please" })
  })

  it("answers a question that takes both, even after a digit", () => {
    const call = answered([ask("ask.mp3", { modes: ["dtmf", "speech"] })])
    call.press("1")
    call.say("sales")
    assert.deepStrictEqual(told(call), { status: "success", inputType: "speech", entry: "sales" })
  })

  it("does not answer a question for digits", () => {
    assert.strictEqual(ignored(answered([collect()]).say("sales")), "not-collecting")
  })

  it("that never comes is no input of that kind", () => {
    const call = answered([collect({ modes: ["speech"] })])
    call.fire("first-digit")
    assert.deepStrictEqual(told(call), { status: "no_input", inputType: "speech" })
  })
})

describe("the result", () => {
  it("goes to the URL with the call, the numbers and the variables", () => {
    const call = answered([param({ lang: "ta" }), collect()], { variables: { order: 7 }, callerId: "91444" })
    call.press("1#")
    const [notice] = call.asked("Notify")
    assert.strictEqual(notice?.url, resultUrl)
    assert.deepStrictEqual(notice?.notice, {
      _tag: "Input",
      callId: "call-1",
      callerId: "91444",
      to: call.call.origin.to,
      result: success("1"),
      variables: { order: 7, lang: "ta" }
    })
    assert.include(call.assumed(), "input-result-body")
  })

  it("is awaited: nothing runs until the reply", () => {
    const call = answered([collect(), play("next.mp3")])
    call.press("1#")
    assert.strictEqual(call.label(), "AwaitingReply")
    assert.isUndefined(call.playing())
  })

  it("looks up a stored pipeline when it names one", () => {
    const call = answered([collect({ onResult: { _tag: "Ref", ref: "menu" } }), play("never.mp3")])
    call.press("1#")
    assert.strictEqual(call.label(), "AwaitingStored")
    assert.deepInclude(call.asked("LookUpStored")[0], { source: "Pipeline", ref: "menu" })
    call.found([play("menu.mp3")])
    assert.strictEqual(call.playing(), "menu.mp3")
  })
})

it("asking a question again and again keeps the newest 500 answers", () => {
  const again = [collect({ digits: { maxDigits: 1 }, onResult: { _tag: "Ref", ref: "again" } })]
  const call = answered([runStored("again")])
  call.found(again)
  for (let n = 0; n < 510; n++) {
    call.press(String(n % 10))
    call.found(again)
  }
  call.hangUp("caller")
  assert.strictEqual(call.record().inputs.length, 500)
  assert.strictEqual(call.record().inputs.at(-1)?.entry, "9")
})
