import { assert, describe, it } from "@effect/vitest"
import type { EventOf } from "../../../src/core/call/CallEvent.ts"
import type { OpenStream, Program } from "../../../src/core/pcmo/Program.ts"
import { answered, type Bench, ignored, place, tags } from "./kit.ts"
import { connect, hangup, param, phone, play, stream } from "./programs.ts"
import { liveEvents } from "./reports.ts"

const sales = phone("914000000001")
const next = play("next.mp3")
const listening = (listens: OpenStream["listens"], onAnswer = true): OpenStream => ({
  _tag: "OpenStream",
  url: "wss://bot.example.com/stream/secret?key=1",
  listens,
  sampleRate: 8000,
  onAnswer
})
const early = listening("caller", false)

type Options = Parameters<typeof place>[1]
const legacy = (program: Program, options: Options = {}): Bench => answered(program, { kind: "Legacy", ...options })

const newest = (call: Bench): string => {
  const streamId = call.asked("OpenStream").at(-1)?.streamId
  assert(streamId !== undefined, "a stream was opened")
  return streamId
}
const open = (call: Bench) => call.feed({ _tag: "StreamOpened", streamId: newest(call) })
const refuse = (call: Bench) => call.feed({ _tag: "StreamFailed", streamId: newest(call), why: "Refused", status: 403 })
const stop = (call: Bench, streamId = newest(call)) => call.feed({ _tag: "StreamStopped", streamId })
const run = (call: Bench, program: Program, streamId = newest(call)) =>
  call.feed({ _tag: "StreamProgram", streamId, program })
const breakOff = (call: Bench, how: Partial<EventOf<"StreamClosed">> = {}, streamId = newest(call)) =>
  call.feed({ _tag: "StreamClosed", streamId, by: "Network", code: 1006, reason: "", ...how })

/** A call whose stream is open. */
const streamed = (program: Program, options: Options = {}): Bench => {
  const call = legacy(program, options)
  open(call)
  return call
}

describe("a stream", () => {
  it("keeps a call up that has nothing left to run, from its opening on", () => {
    const call = legacy([stream])
    assert.strictEqual(call.label(), "Streaming")
    call.wait(60_000)
    open(call)
    call.wait(60_000)
    assert.strictEqual(call.label(), "Streaming")
    assert.include(call.assumed(), "stream-keeps-call")
  })

  it("does not hold up what comes after it", () => {
    const call = streamed([stream, next])
    assert.deepStrictEqual([call.label(), call.playing()], ["Playing", "next.mp3"])
    call.finishPlayback()
    assert.strictEqual(call.label(), "Streaming")
  })

  it("is opened while the phone rings, unless it waits for the answer", () => {
    const call = place([early, early, param({ a: 1 }), early], { kind: "Legacy" })
    assert.deepStrictEqual([call.label(), call.asked("OpenStream").length], ["Calling", 2])
    assert.include(call.assumed(), "stream-before-answer")
    call.answer("caller")
    assert.strictEqual(call.asked("OpenStream").length, 3)
    const later = place([stream], { kind: "Legacy" })
    assert.strictEqual(later.asked("OpenStream").length, 0)
  })

  it("ends the call 2 s after it was lost, when nothing is left to run", () => {
    const call = streamed([stream])
    call.wait(5000)
    breakOff(call)
    assert.deepStrictEqual([call.label(), call.timers()["stream-lost"]], ["Streaming", 2000])
    call.wait(2000)
    assert.deepInclude(call.record(), { endedAt: 9000, endedBy: "Pipeline", hangupReason: "the audio stream was lost" })
    assert.include(call.assumed(), "lost-stream-grace")
  })

  it.each([[8000, false], [16_000, false], [12_000, true]])(
    "of %d samples a second rests on an assumption: %s",
    (sampleRate, isAssumed) => {
      const call = streamed([{ ...listening("caller"), sampleRate }])
      assert.strictEqual(call.assumed().includes("other-voice-quality"), isAssumed)
    }
  )

  it("ends the call as late as the profile says", () => {
    const call = streamed([stream], { streamRules: { lossGraceMs: 500, bridgeKeepsStream: "never" } })
    breakOff(call)
    assert.strictEqual(call.timers()["stream-lost"], 500)
  })

  it("that is never open counts as lost", () => {
    const call = legacy([stream])
    refuse(call)
    call.wait(2000)
    assert.strictEqual(call.label(), "Ended")
    assert.deepStrictEqual(call.record().streams, [{
      streamId: newest(call),
      origin: "ws://localhost",
      listens: "caller",
      sampleRate: 8000,
      startedAt: 2000,
      endedAt: 2000,
      end: { _tag: "Failed", why: "Refused", status: 403 }
    }])
  })

  it("that is lost leaves the running step alone", () => {
    const call = streamed([stream, next])
    breakOff(call)
    assert.deepStrictEqual([call.label(), call.timers()["stream-lost"]], ["Playing", undefined])
    call.finishPlayback()
    assert.strictEqual(call.label(), "Ended")
  })

  it("that is lost is no matter while another is there", () => {
    const call = legacy([stream, stream])
    const [first] = call.asked("OpenStream")
    breakOff(call, {}, first?.streamId)
    assert.isUndefined(call.timers()["stream-lost"])
    breakOff(call)
    assert.isDefined(call.timers()["stream-lost"])
  })

  it("is closed with 1000 when the call ends, and told of in the record by its origin alone", () => {
    const call = streamed([listening("both")])
    call.wait(1000)
    const commands = call.hangUp("caller")
    assert.deepStrictEqual(commands.find(({ _tag }) => _tag === "CloseStream"), {
      _tag: "CloseStream",
      streamId: newest(call),
      code: 1000,
      reason: ""
    })
    assert.deepStrictEqual(call.record().streams, [{
      streamId: newest(call),
      origin: "wss://bot.example.com",
      listens: "both",
      sampleRate: 8000,
      startedAt: 2000,
      openedAt: 2000,
      endedAt: 3000,
      end: { _tag: "Closed", by: "Platform", code: 1000, reason: "" }
    }])
    assert.notInclude(JSON.stringify(call.record()), "secret")
  })

  it("is one of four at once at most", () => {
    const call = legacy([stream, stream, stream, stream, stream])
    assert.strictEqual(call.asked("OpenStream").length, 4)
    assert.include(call.assumed(), "four-streams-at-once")
    breakOff(call)
    const [first] = call.asked("OpenStream")
    call.feed({ _tag: "StreamOpened", streamId: first?.streamId ?? "" })
    run(call, [stream], first?.streamId)
    assert.strictEqual(call.asked("OpenStream").length, 5)
  })

  it.each(
    [
      ["unknown-stream", (call: Bench) => stop(call, "nobody's")],
      ["stream-ended", (call: Bench) => (breakOff(call), breakOff(call))],
      ["wrong-stream-state", (call: Bench) => open(call)],
      ["wrong-stream-state", (call: Bench) => refuse(call)]
    ] as const
  )("says %s to what makes no sense", (why, act) => {
    assert.strictEqual(ignored(act(streamed([stream]))), why)
  })

  it("runs and stops nothing before it is open", () => {
    const call = legacy([stream])
    assert.deepStrictEqual([run(call, [hangup]), stop(call)].map(ignored), ["wrong-stream-state", "wrong-stream-state"])
  })

  it("is told of when it connects and when it disconnects, as leg b of the call", () => {
    const call = streamed([stream])
    call.wait(1000)
    breakOff(call)
    const told = liveEvents(call).filter(({ moment }) => moment.startsWith("Stream"))
    assert.deepStrictEqual(told.map(({ at, leg, moment, uuid }) => [moment, at, leg, uuid]), [
      ["StreamConnected", 2000, "further", "call-1"],
      ["StreamDisconnected", 3000, "further", "call-1"]
    ])
    assert.deepInclude(told[1], { code: 1006, reason: "" })
  })

  it("that was never open is not told of", () => {
    const call = legacy([stream])
    refuse(call)
    assert.deepStrictEqual(liveEvents(call).filter(({ moment }) => moment.startsWith("Stream")), [])
  })
})

describe("stop", () => {
  it("closes the stream with 1000, and the call goes on at once", () => {
    const call = streamed([stream])
    assert.deepStrictEqual(tags(stop(call)).slice(0, 1), ["CloseStream"])
    assert.deepInclude(call.record(), { endedAt: 2000, hangupCause: "NORMAL_CLEARING" })
    assert.deepInclude(call.record().streams[0], { end: { _tag: "Closed", by: "App", code: 1000, reason: "" } })
  })

  it("leaves alone what runs", () => {
    const call = streamed([stream, next])
    assert.deepStrictEqual(tags(stop(call)), ["CloseStream"])
    assert.strictEqual(call.label(), "Playing")
  })
})

describe("a program of the app", () => {
  it("takes the place of what runs and of the rest", () => {
    const call = streamed([stream, play("first.mp3"), next])
    const commands = tags(run(call, [play("mine.mp3")]))
    assert.deepStrictEqual(commands, ["StopPlayback", "StartPlayback"])
    assert.strictEqual(call.playing(), "mine.mp3")
    call.finishPlayback()
    assert.strictEqual(call.label(), "Streaming")
    assert.include(call.assumed(), "stream-program-replaces-rest")
  })

  it("ends the call with a hangup", () => {
    const call = streamed([stream])
    run(call, [hangup])
    assert.deepInclude(call.record(), { hangupCause: "NORMAL_CLEARING", endedBy: "Pipeline" })
  })

  it("ends the call with a hangup while it rings", () => {
    const call = place([early], { kind: "Legacy" })
    open(call)
    run(call, [hangup])
    assert.deepInclude(call.record(), { hangupCause: "ORIGINATOR_CANCEL", disposition: "Canceled" })
  })

  it("waits for the answer while it rings, but for streams that do not", () => {
    const call = place([early, next], { kind: "Legacy" })
    open(call)
    run(call, [early, play("mine.mp3")])
    assert.deepStrictEqual([call.label(), call.asked("OpenStream").length], ["Calling", 2])
    call.answer("caller")
    assert.strictEqual(call.playing(), "mine.mp3")
  })

  it("leaves whom the caller talks with", () => {
    const call = streamed([listening("both"), connect([sales])])
    call.answer(sales)
    run(call, [next])
    assert.deepInclude(call.leg(sales), { state: "Ended", hangupCause: "BLIND_TRANSFER" })
    assert.strictEqual(call.playing(), "next.mp3")
  })

  it.each(
    [
      ["both", "listening-to-both", true],
      ["caller", "listening-to-both", false],
      ["caller", "always", true],
      ["both", "never", false]
    ] as const
  )("with a bridge, from a stream that listens to %s, under the rule %s: keeps it is %s", (
    listens,
    bridgeKeepsStream,
    keeps
  ) => {
    const call = streamed([listening(listens)], { streamRules: { lossGraceMs: 2000, bridgeKeepsStream } })
    run(call, [connect([sales])])
    assert.strictEqual(call.label(), "Hunting")
    assert.include(call.assumed(), "bridge-keeps-stream-of-both")
    assert.strictEqual(call.asked("CloseStream").length, keeps ? 0 : 1)
    call.answer(sales)
    call.hangUp(sales)
    assert.strictEqual(call.label(), keeps ? "Streaming" : "Ended")
  })

  it("is ignored while a transfer is in progress", () => {
    const call = streamed([stream, connect([sales])])
    call.answer(sales)
    call.transfer([connect([phone("914000000002")])])
    assert.strictEqual(ignored(run(call, [hangup])), "transfer-in-progress")
  })
})
