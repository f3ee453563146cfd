import { assert, describe, it } from "@effect/vitest"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as AudioFrame from "../src/AudioFrame.ts"
import { rawAudio } from "../src/internal/streamText.ts"
import * as LegacyAction from "../src/LegacyAction.ts"
import * as LegacyPipeline from "../src/LegacyPipeline.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import * as StreamCommand from "../src/StreamCommand.ts"
import * as StreamSession from "../src/StreamSession.ts"
import * as StreamTransport from "../src/StreamTransport.ts"
import * as Wav from "../src/Wav.ts"
import { noise } from "./sound.ts"

const open = Effect.fnUntraced(function*(options: Partial<StreamSession.Options> = {}, capacity = 1000) {
  const { platform, transport } = yield* StreamTransport.inMemory(capacity)
  const session = yield* StreamSession.make(transport, { sampleRate: 8000, ...options })
  /** The next command of the app. */
  const next = Effect.map(platform.take, (text) => Result.getOrThrow(StreamCommand.decode(text)))
  /** All commands that came up to now, audio as its number of samples. */
  const texts: Array<string | number> = []
  const follow = Effect.forever(Effect.map(next, (command) => {
    texts.push(command._tag === "PlayAudio" ? samplesOf(command).length : command._tag)
  })).pipe(Effect.ignore, Effect.forkScoped)
  return { platform, session, next, texts, follow }
})

const samplesOf = (command: StreamCommand.StreamCommand): Int16Array => {
  assert(command._tag === "PlayAudio")
  const bytes = Result.getOrThrow(Base64.decode(String(command.audio)))
  return Result.getOrThrow(AudioFrame.fromBytes(bytes, command.sampleRate)).samples
}

const frame = (index: number) => AudioFrame.toBytes(AudioFrame.make(new Int16Array(160).fill(index), 8000))

/** Lets every fiber come as far as it can without time. */
const settle = Effect.repeat(Effect.yieldNow, { times: 200 })

const pipeline = LegacyPipeline.make([
  LegacyAction.bridge({ to: [PhoneNumber.make("919800000001")], from: PhoneNumber.make("911200000003") })
])

const faulty = LegacyPipeline.make([
  LegacyAction.bridge({ to: [PhoneNumber.make("919800000001")], from: PhoneNumber.make("911200000003"), loop: 0.5 })
])

describe("call audio", () => {
  it.effect("comes as frames, in order, at the rate of the stream", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open({ sampleRate: 16_000 })
      yield* platform.send(frame(1))
      yield* platform.send(frame(2))
      yield* settle
      const frames = yield* session.audio
      assert.deepStrictEqual(frames.map(({ samples }) => [samples[0], samples.length]), [[1, 160], [2, 160]])
      assert.strictEqual(frames[0].sampleRate, 16_000)
    }))

  it.effect("ends with the stream, after what had come", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open()
      yield* platform.send(frame(1))
      yield* platform.close({ code: 1000, reason: "" })
      const frames = yield* Stream.runCollect(session.frames)
      assert.lengthOf(frames, 1)
      assert.deepStrictEqual(yield* session.closed, { code: 1000, reason: "" })
      const done: Cause.Done = yield* Effect.flip(session.audio)
      assert.strictEqual(done._tag, "Done")
    }))

  it.effect("drops the oldest frames of an app that does not take them, and counts them", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open({ frameCapacity: 3 })
      for (let index = 0; index < 10; index += 1) yield* platform.send(frame(index))
      yield* settle
      assert.deepStrictEqual(yield* session.received, { samples: 1600, droppedSamples: 1120, unreadable: 0 })
      assert.deepStrictEqual((yield* session.audio).map(({ samples }) => samples[0]), [7, 8, 9])
    }))

  it.effect("that comes all at once is not dropped on an app that waits, however little is kept", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open({ frameCapacity: 3 })
      const taken: Array<number | undefined> = []
      yield* Effect.forkChild(
        Stream.runForEach(session.frames, ({ samples }) => Effect.sync(() => taken.push(samples[0]))),
        { startImmediately: true }
      )
      for (let index = 0; index < 10; index += 1) yield* platform.send(frame(index))
      yield* settle
      assert.deepStrictEqual(taken, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    }))

  it.effect("loses none of a flood that the app takes as it comes", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open({ frameCapacity: 100 }, 10)
      const flood = Effect.repeat(platform.send(frame(0)), { times: 9999 })
      yield* Effect.forkChild(Effect.andThen(flood, platform.close({ code: 1000, reason: "" })))
      let frames = 0
      const taking = Effect.forever(Effect.map(session.audio, ({ length }) => {
        frames += length
      }))
      yield* Effect.flip(taking)
      assert.strictEqual(frames, 10_000)
      assert.deepStrictEqual(yield* session.received, { samples: 1_600_000, droppedSamples: 0, unreadable: 0 })
    }))

  it.effect("goes to one taker each, whoever has waited longest first", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open()
      const takers = yield* Effect.forEach([1, 2], () => Effect.forkChild(session.audio, { startImmediately: true }))
      for (const index of [1, 2]) {
        yield* platform.send(frame(index))
        yield* settle
      }
      const taken = yield* Effect.forEach(takers, (taker) => Fiber.join(taker))
      assert.deepStrictEqual(taken.map((frames) => frames.map(({ samples }) => samples[0])), [[1], [2]])
    }))

  it.effect("is not lost on a taker that gave up", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open()
      assert.isTrue(Option.isNone(yield* session.audio.pipe(Effect.timeoutOption(0))))
      yield* platform.send(frame(1))
      yield* settle
      assert.lengthOf(yield* session.audio, 1)
    }))

  it.effect("says at the end how much was dropped", () => {
    const lines: Array<unknown> = []
    const logger = Logger.layer([Logger.make(({ message }) => lines.push(message))])
    return Effect.gen(function*() {
      for (const count of [3, 4]) {
        const { platform, session } = yield* open({ frameCapacity: 3 })
        for (let index = 0; index < count; index += 1) yield* platform.send(frame(index))
        yield* platform.close({ code: 1000, reason: "" })
        yield* session.closed
        yield* settle
      }
      assert.deepStrictEqual(lines, [["160 samples of call audio were not taken in time"]])
    }).pipe(Effect.provide(logger))
  })

  it.effect("counts what cannot be read and goes on", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open()
      for (
        const message of [
          new Uint8Array(0),
          new Uint8Array(321),
          new Uint8Array(16_002),
          "garbage",
          "{\"event\":\"?\"}",
          "[".repeat(9999)
        ]
      ) {
        yield* platform.send(message)
      }
      yield* platform.send(frame(1))
      yield* settle
      assert.deepStrictEqual(yield* session.received, { samples: 160, droppedSamples: 0, unreadable: 6 })
    }))
})

it.effect.prop(
  "whatever comes is heard, told or counted, and the session goes on",
  [Schema.Array(Schema.Union([Schema.String, Schema.Uint8Array]))],
  ([messages]) =>
    Effect.gen(function*() {
      const { next, platform, session } = yield* open()
      for (const message of messages) yield* platform.send(message)
      yield* settle
      const heard = messages.filter((message) =>
        typeof message !== "string" && message.length > 0 && message.length % 2 === 0
      )
      const { droppedSamples, samples, unreadable } = yield* session.received
      assert.strictEqual(samples, heard.reduce((sum, { length }) => sum + length / 2, 0))
      assert.strictEqual(droppedSamples, 0)
      assert.strictEqual(unreadable, messages.length - heard.length)
      yield* session.pause
      assert.strictEqual((yield* next)._tag, "Pause")
    }).pipe(Effect.scoped)
)

it.effect("knows its call, as it was told", () =>
  Effect.gen(function*() {
    const call = { from: "911200000003", variables: { customer: 7 } }
    assert.deepStrictEqual((yield* open({ call })).session.call, call)
    assert.deepStrictEqual((yield* open()).session.call, {})
  }))

describe("events", () => {
  it.effect("come in order, none dropped, however much audio is", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open({ frameCapacity: 1 })
      yield* platform.send("{\"event\":\"start\",\"start\":{\"callId\":\"c1\",\"from\":911200000003}}")
      for (const digit of ["1", "2", "3"]) {
        yield* platform.send(frame(0))
        yield* platform.send(`{"event":"dtmf","dtmf":{"digit":"${digit}"}}`)
      }
      yield* platform.send("{\"event\":\"stop\"}")
      yield* platform.close({ code: 1000, reason: "" })
      assert.deepStrictEqual(yield* Stream.runCollect(session.events), [
        { _tag: "Started", callId: Option.some("c1"), from: Option.some("911200000003"), to: Option.none() },
        { _tag: "DigitPressed", digit: "1" },
        { _tag: "DigitPressed", digit: "2" },
        { _tag: "DigitPressed", digit: "3" },
        { _tag: "Ending" }
      ])
    }))

  it.effect("close the stream when there are too many that nobody took", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open()
      const flood = Effect.forever(platform.send("{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"1\"}}"))
      const close = yield* Effect.flip(flood)
      assert.strictEqual(close.code, 1008)
      assert.strictEqual((yield* session.closed).code, 1008)
      assert.lengthOf(yield* Stream.runCollect(session.events), 1024)
    }))
})

describe("send", () => {
  it.effect("writes what StreamCommand writes", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open()
      const voice = noise(160, 8000)
      assert.strictEqual(yield* session.send(voice), "sent")
      const text = yield* platform.take
      const command = StreamCommand.playAudio({ audio: AudioFrame.toBytes(voice), type: "raw", sampleRate: 8000 })
      assert.strictEqual(text, Result.getOrThrow(StreamCommand.encode(command)))
      assert.strictEqual(text, rawAudio(voice, 8000))
    }))

  it.effect("resamples to the rate of the stream, at most 16000", () =>
    Effect.gen(function*() {
      for (const [sampleRate, sent] of [[8000, 8000], [16_000, 16_000], [32_000, 16_000]] as const) {
        const { next, session } = yield* open({ sampleRate })
        yield* session.send(noise(2400, 24_000))
        const command = yield* next
        assert.strictEqual(command._tag === "PlayAudio" ? command.sampleRate : 0, sent)
        assert.strictEqual(samplesOf(command).length, sent / 10)
        assert.strictEqual(session.playout.sampleRate, sent)
      }
    }))

  it.effect("sends at once what the lead allows, and the rest as it is heard", () =>
    Effect.gen(function*() {
      const { follow, session, texts } = yield* open({ lead: "1 seconds" })
      yield* follow
      const sending = yield* Effect.forkChild(session.send(AudioFrame.silence("2 seconds", 8000)))
      yield* settle
      assert.deepStrictEqual(texts, [1600, 1600, 1600, 1600, 1600])
      yield* TestClock.adjust("199 millis")
      assert.lengthOf(texts, 5)
      yield* TestClock.adjust("1 millis")
      assert.lengthOf(texts, 6)
      yield* TestClock.adjust("800 millis")
      assert.strictEqual(yield* Fiber.join(sending), "sent")
      assert.strictEqual(yield* session.playout.remaining, 8000)
    }))

  it.effect("paces small pieces when the lead is short", () =>
    Effect.gen(function*() {
      const { follow, session, texts } = yield* open({ lead: "40 millis" })
      yield* follow
      yield* Effect.forkChild(session.send(AudioFrame.silence("100 millis", 8000)))
      yield* TestClock.adjust("20 millis")
      assert.deepStrictEqual(texts, [320])
      yield* TestClock.adjust("20 millis")
      assert.deepStrictEqual(texts, [320, 320])
    }))

  it.effect("waits for its turn, so that utterances do not mingle", () =>
    Effect.gen(function*() {
      const { next, session } = yield* open()
      const tone = (sample: number) => AudioFrame.make(new Int16Array(160).fill(sample), 8000)
      const made = yield* Queue.unbounded<AudioFrame.AudioFrame, Cause.Done>()
      yield* Queue.offer(made, tone(1))
      const first = yield* Effect.forkChild(session.sendAll(Stream.fromQueue(made)))
      yield* settle
      const second = yield* Effect.forkChild(session.send(tone(2)))
      yield* settle
      yield* Queue.offer(made, tone(1))
      yield* Queue.end(made)
      assert.deepStrictEqual([yield* Fiber.join(first), yield* Fiber.join(second)], ["sent", "sent"])
      const sent = yield* Effect.all([next, next, next])
      assert.deepStrictEqual(sent.map((command) => samplesOf(command)[0]), [1, 1, 2])
    }))

  it.effect.prop(
    "writes raw audio as StreamCommand does, at both rates",
    [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -32_768, maximum: 32_767 })))],
    ([samples]) =>
      Effect.sync(() => {
        for (const sampleRate of [8000, 16_000] as const) {
          // As a view of more than the frame, as frames of a connection are.
          const all = Int16Array.from([1, ...samples, 2])
          const frame = AudioFrame.make(all.subarray(1, -1), sampleRate)
          const command = StreamCommand.playAudio({ audio: AudioFrame.toBytes(frame), type: "raw", sampleRate })
          assert.strictEqual(rawAudio(frame, sampleRate), Result.getOrThrow(StreamCommand.encode(command)))
        }
      })
  )

  it.effect("keeps the order where what comes first has to wait", () =>
    Effect.gen(function*() {
      const { next, session } = yield* open({}, 1)
      const tone = (sample: number) => AudioFrame.make(new Int16Array(160).fill(sample), 8000)
      const sending = yield* Effect.forEach([1, 2, 3, 4], (sample) => Effect.forkChild(session.send(tone(sample))))
      yield* settle
      const first = yield* Effect.all([next, next])
      yield* Effect.forkChild(session.send(tone(5)))
      const rest = yield* Effect.all([next, next, next])
      assert.deepStrictEqual([...first, ...rest].map((command) => samplesOf(command)[0]), [1, 2, 3, 4, 5])
      for (const fiber of sending) assert.strictEqual(yield* Fiber.join(fiber), "sent")
    }))

  it.effect("never gets further ahead than the lead, however many send at once", () =>
    Effect.gen(function*() {
      const { follow, session, texts } = yield* open({ lead: "100 millis" })
      yield* follow
      const frames = Array.from({ length: 20 }, () => AudioFrame.silence("20 millis", 8000))
      yield* Effect.forkChild(Effect.forEach(frames, session.send, { concurrency: "unbounded" }))
      yield* settle
      assert.lengthOf(texts, 5)
      yield* TestClock.adjust("60 millis")
      assert.lengthOf(texts, 8)
    }))

  it.effect("waits while the platform does not take what was sent", () =>
    Effect.gen(function*() {
      const { next, session } = yield* open({}, 2)
      const sending = yield* Effect.forkChild(session.send(AudioFrame.silence("1 seconds", 8000)))
      yield* settle
      assert.isUndefined(sending.pollUnsafe())
      yield* Effect.all([next, next, next, next, next])
      assert.strictEqual(yield* Fiber.join(sending), "sent")
    }))

  it.effect("counts as sent what was written, and not what its sender gave up", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open({}, 1)
      const voice = AudioFrame.silence("20 millis", 8000)
      yield* session.send(voice)
      const waiting = yield* Effect.forkChild(session.send(voice))
      yield* settle
      yield* Fiber.interrupt(waiting)
      assert.strictEqual((yield* session.playout.state).sent, 160)
      yield* platform.take
      yield* session.send(voice)
      assert.strictEqual((yield* session.playout.state).sent, 320)
    }))

  it.effect("fails once the stream has ended, also when it waits", () =>
    Effect.gen(function*() {
      for (const options of [{ lead: "200 millis" }, {}] as const) {
        const { platform, session } = yield* open(options, 2)
        const sending = yield* Effect.forkChild(Effect.flip(session.send(AudioFrame.silence("9 seconds", 8000))))
        yield* settle
        yield* platform.close({ code: 1001, reason: "bye" })
        const error = yield* Fiber.join(sending)
        assert.deepStrictEqual({ ...error.reason }, { _tag: "Closed", code: 1001, reason: "bye" })
        assert.strictEqual((yield* Effect.flip(session.interrupt)).reason._tag, "Closed")
        assert.strictEqual(
          (yield* Effect.flip(session.send(noise(1, 8000)))).message,
          "the stream has ended with 1001 (bye)"
        )
      }
    }))
})

describe("interrupt", () => {
  it.effect("cuts to the sample what is sent and what waits, and lets later audio play", () =>
    Effect.gen(function*() {
      const { follow, session, texts } = yield* open({ lead: "1 seconds" })
      yield* follow
      const first = yield* Effect.forkChild(session.send(AudioFrame.silence("10 seconds", 8000)))
      const second = yield* Effect.forkChild(session.send(AudioFrame.silence("1 seconds", 8000)))
      yield* TestClock.adjust("333 millis")
      const cut = yield* session.interrupt
      assert.strictEqual(cut.heardUpTo, 2664)
      assert.deepStrictEqual([yield* Fiber.join(first), yield* Fiber.join(second)], ["interrupted", "interrupted"])
      assert.strictEqual(yield* session.send(AudioFrame.silence("20 millis", 8000)), "sent")
      yield* settle
      assert.deepStrictEqual(texts, [1600, 1600, 1600, 1600, 1600, 1600, "Interrupt", 160])
      const state = yield* session.playout.state
      assert.deepStrictEqual(state, {
        tick: 2664,
        sent: 9760,
        heard: 2664,
        remaining: 160,
        discarded: 6936,
        heardUpTo: 2664
      })
    }))

  it.effect("counts as cut what was not heard when it went out, and nothing when it did not", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open({}, 1)
      yield* session.send(AudioFrame.silence("200 millis", 8000))
      const given = yield* Effect.forkChild(session.interrupt)
      const kept = yield* Effect.forkChild(session.interrupt)
      yield* TestClock.adjust("50 millis")
      yield* Fiber.interrupt(given)
      assert.deepInclude(yield* session.playout.state, { discarded: 0, heardUpTo: 400 })
      yield* TestClock.adjust("50 millis")
      yield* platform.take
      assert.deepStrictEqual(yield* Fiber.join(kept), { heardUpTo: 800, discarded: 800 })
    }))

  it.effect("does not end what is sent after it was asked for, though it waits", () =>
    Effect.gen(function*() {
      const { next, session } = yield* open({}, 1)
      yield* session.send(AudioFrame.silence("200 millis", 8000))
      const before = yield* Effect.forkChild(session.send(AudioFrame.silence("40 millis", 8000)))
      yield* settle
      const cut = yield* Effect.forkChild(session.interrupt)
      yield* settle
      const after = yield* Effect.forkChild(session.send(AudioFrame.silence("20 millis", 8000)))
      const commands = yield* Effect.all([next, next, next, next])
      assert.deepStrictEqual(
        commands.map((one) => one._tag === "PlayAudio" ? samplesOf(one).length : one._tag),
        [1600, 320, "Interrupt", 160]
      )
      assert.strictEqual(yield* Fiber.join(before), "sent")
      assert.strictEqual(yield* Fiber.join(after), "sent")
      assert.strictEqual((yield* Fiber.join(cut)).discarded, 1920)
    }))

  it.effect("leaves nothing of what it cut off in what comes after", () =>
    Effect.gen(function*() {
      const { next, session } = yield* open()
      yield* session.send(noise(1600, 16_000))
      yield* session.interrupt
      yield* session.send(noise(1600, 16_000))
      const [before, , after] = yield* Effect.all([next, next, next])
      assert.deepStrictEqual(samplesOf(after), samplesOf(before))
    }))

  it.effect("ends a stream of speech that waits for its maker", () =>
    Effect.gen(function*() {
      const { follow, session, texts } = yield* open()
      yield* follow
      const made = yield* Queue.unbounded<AudioFrame.AudioFrame>()
      yield* Queue.offer(made, AudioFrame.silence("20 millis", 8000))
      const speaking = yield* Effect.forkChild(session.sendAll(Stream.fromQueue(made)))
      yield* settle
      yield* session.interrupt
      assert.strictEqual(yield* Fiber.join(speaking), "interrupted")
      yield* Queue.offer(made, AudioFrame.silence("20 millis", 8000))
      yield* settle
      assert.deepStrictEqual(texts, [160, "Interrupt"])
    }))
})

describe("sendAll", () => {
  it.effect("ends with an interrupt by the one who makes the speech", () =>
    Effect.gen(function*() {
      const { session } = yield* open()
      const made = Stream.fromEffect(Effect.andThen(session.interrupt, Effect.never))
      assert.strictEqual(yield* session.sendAll(made), "interrupted")
    }))

  it.effect("is not ended by an interrupt that came before it", () =>
    Effect.gen(function*() {
      const { session } = yield* open()
      const first = yield* Effect.forkChild(session.sendAll(Stream.never), { startImmediately: true })
      const second = yield* Effect.forkChild(
        Effect.andThen(
          session.interrupt,
          Effect.andThen(
            Effect.sync(() => first.interruptUnsafe()),
            session.sendAll(
              Stream.fromEffect(Effect.as(Effect.sleep("1 seconds"), AudioFrame.silence("20 millis", 8000)))
            )
          )
        ),
        { startImmediately: true }
      )
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(yield* Fiber.join(second), "sent")
    }))

  it.effect("fails when the stream ends, though nothing more is made", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open()
      const speaking = yield* Effect.forkChild(Effect.flip(session.sendAll(Stream.never)))
      yield* settle
      yield* platform.close({ code: 1001, reason: "bye" })
      const { reason } = yield* Fiber.join(speaking)
      assert.deepStrictEqual({ ...reason }, { _tag: "Closed", code: 1001, reason: "bye" })
    }))

  it.effect("sends a whole stream and says so", () =>
    Effect.gen(function*() {
      const { follow, session, texts } = yield* open()
      yield* follow
      const frames = AudioFrame.split(noise(480, 8000), "20 millis")
      assert.strictEqual(yield* session.sendAll(Stream.fromIterable(frames)), "sent")
      yield* settle
      assert.deepStrictEqual(texts, [160, 160, 160])
    }))

  it.effect("paces what is made frame by frame, without a turn of the clock to settle in", () =>
    Effect.gen(function*() {
      const { follow, session, texts } = yield* open({ lead: "40 millis" })
      yield* follow
      const made = Stream.forever(Stream.succeed(AudioFrame.silence("20 millis", 8000)))
      yield* Effect.forkChild(session.sendAll(made), { startImmediately: true })
      yield* TestClock.adjust("1 seconds")
      assert.lengthOf(texts, 52)
    }))

  it.effect("lets go of its maker at an interrupt, and of its turn", () =>
    Effect.gen(function*() {
      const { session } = yield* open()
      let isLetGo = false
      const made = Stream.fromEffect(Effect.onInterrupt(Effect.never, () => Effect.sync(() => (isLetGo = true))))
      const speaking = yield* Effect.forkChild(session.sendAll(made))
      yield* settle
      yield* session.interrupt
      assert.strictEqual(yield* Fiber.join(speaking), "interrupted")
      assert.isTrue(isLetGo)
      assert.strictEqual(yield* session.send(AudioFrame.silence("20 millis", 8000)), "sent")
    }))

  it.effect("fails as the stream fails", () =>
    Effect.gen(function*() {
      const { session } = yield* open()
      assert.strictEqual(yield* Effect.flip(session.sendAll(Stream.fail("no voice"))), "no voice")
    }))
})

describe("play", () => {
  it.effect("plays WAV as samples, two channels mixed", () =>
    Effect.gen(function*() {
      const { next, session } = yield* open()
      const channel = (sample: number) => AudioFrame.make(new Int16Array(80).fill(sample), 8000)
      const audio = Result.getOrThrow(Wav.encode([channel(3), channel(4)]))
      assert.strictEqual(yield* session.play({ type: "wav", audio }), "sent")
      assert.deepStrictEqual([...new Set(samplesOf(yield* next))], [7])
      assert.strictEqual(yield* session.playout.remaining, 80)
    }))

  it.effect("plays raw samples, and mp3 and ogg as they are", () =>
    Effect.gen(function*() {
      const { next, session } = yield* open()
      yield* session.play({ type: "raw", audio: new Uint8Array([1, 0, 2, 0]), sampleRate: 8000 })
      assert.deepStrictEqual([...samplesOf(yield* next)], [1, 2])
      for (const type of ["mp3", "ogg"] as const) {
        const file = { type, audio: new Uint8Array([1, 2, 3]), sampleRate: 16_000 } as const
        assert.strictEqual(yield* session.play(file), "sent")
        assert.deepStrictEqual(yield* next, StreamCommand.playAudio(file))
      }
      assert.strictEqual((yield* session.playout.state).sent, 2, "only samples are counted")
    }))

  it.effect("refuses what it cannot read, and sends nothing", () =>
    Effect.gen(function*() {
      const { follow, session, texts } = yield* open()
      yield* follow
      const wav = yield* Effect.flip(session.play({ type: "wav", audio: new Uint8Array(9) }))
      const raw = yield* Effect.flip(session.play({ type: "raw", audio: new Uint8Array(9), sampleRate: 8000 }))
      assert.deepStrictEqual([wav.reason._tag, raw.reason._tag], ["InvalidWav", "OddLength"])
      yield* settle
      assert.deepStrictEqual(texts, [])
    }))
})

describe("commands", () => {
  it.effect("are written as StreamCommand writes them", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open()
      yield* Effect.all([session.pause, session.resume, session.stop, session.hangup, session.handoff(pipeline)])
      const texts = yield* Effect.all(Array.from({ length: 5 }, () => platform.take))
      assert.deepStrictEqual(texts.slice(0, 4), [
        "{\"action\":\"pause\"}",
        "{\"action\":\"resume\"}",
        "{\"action\":\"stop\"}",
        "[{\"action\":\"hangup\"}]"
      ])
      assert.strictEqual(texts[4], Result.getOrThrow(StreamCommand.encode(StreamCommand.run(pipeline))))
    }))

  it.effect("do not wait for audio that waits to be sent", () =>
    Effect.gen(function*() {
      const { follow, session, texts } = yield* open({ lead: "200 millis" })
      yield* follow
      yield* Effect.forkChild(session.send(AudioFrame.silence("1 seconds", 8000)))
      yield* settle
      yield* session.pause
      yield* settle
      assert.deepStrictEqual(texts, [1600, "Pause"])
    }))

  it.effect("refuse a pipeline that breaks the rules, and leave what plays", () =>
    Effect.gen(function*() {
      const { session } = yield* open()
      yield* session.send(AudioFrame.silence("20 millis", 8000))
      const error = yield* Effect.flip(session.handoff(faulty))
      assert.strictEqual(error.reason._tag, "InvalidCommand")
      assert.strictEqual(yield* session.playout.remaining, 160)
    }))

  it.effect("that give the call away drop what was not heard, as the platform does", () =>
    Effect.gen(function*() {
      const { session } = yield* open()
      for (const command of [session.handoff(pipeline), session.hangup]) {
        yield* session.send(AudioFrame.silence("20 millis", 8000))
        yield* command
        assert.strictEqual(yield* session.playout.remaining, 0)
      }
      assert.strictEqual((yield* session.playout.state).discarded, 320)
    }))
})

describe("the end", () => {
  it.effect("of the scope closes the connection with 1000 and ends everything", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { platform, session } = yield* Scope.provide(open(), scope)
      const waiting = yield* Effect.forkChild(Effect.flip(session.audio))
      yield* settle
      yield* Scope.close(scope, yield* Effect.exit(Effect.void))
      assert.deepStrictEqual(yield* Effect.flip(platform.take), { code: 1000, reason: "" })
      assert.deepStrictEqual(yield* session.closed, { code: 1000, reason: "" })
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "Done")
    }))

  it.effect("is told to all who wait, also when the first who hears of it closes the scope", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { platform, session } = yield* Scope.provide(open(), scope)
      const taking = yield* Effect.forkChild(Effect.flip(session.audio), { startImmediately: true })
      const watching = yield* Effect.forkChild(Stream.runDrain(session.events), { startImmediately: true })
      const closing = yield* Effect.forkChild(
        Effect.tap(session.closed, Scope.close(scope, yield* Effect.exit(Effect.void))),
        { startImmediately: true }
      )
      yield* platform.close({ code: 1006, reason: "" })
      yield* Fiber.join(closing)
      yield* Fiber.join(taking)
      yield* Fiber.join(watching)
      assert.strictEqual((yield* session.closed).code, 1006)
    }))

  it.effect("leaves nothing to be heard", () =>
    Effect.gen(function*() {
      const { platform, session } = yield* open()
      yield* session.send(AudioFrame.silence("1 seconds", 8000))
      yield* TestClock.adjust("100 millis")
      yield* platform.close({ code: 1006, reason: "" })
      yield* session.playout.whenDrained
      const { discarded, heard } = yield* session.playout.state
      assert.deepStrictEqual({ discarded, heard }, { discarded: 7200, heard: 800 })
    }))
})
