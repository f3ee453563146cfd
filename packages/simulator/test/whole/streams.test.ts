/** Audio streams, from the SDK's session to the phone and back, under virtual time. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as LegacyAction from "@effect-piopiy/sdk/LegacyAction"
import * as LegacyCalls from "@effect-piopiy/sdk/LegacyCalls"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import * as Level from "@effect-piopiy/sdk/Level"
import * as PhoneNumber from "@effect-piopiy/sdk/PhoneNumber"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
import * as RetryPolicy from "@effect-piopiy/sdk/RetryPolicy"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import * as Wav from "@effect-piopiy/sdk/Wav"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Spans from "../../src/core/media/Spans.ts"
import * as Party from "../../src/core/scenario/Party.ts"
import { Tenants } from "../../src/engine/Tenants.ts"
import * as Simulator from "../../src/Simulator.ts"
import type { SimulatorConfig } from "../../src/SimulatorConfig.ts"
import * as Streams from "../../src/Streams.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { entriesOf, journalOf, recordOf } from "../platform.ts"

const callerId = PhoneNumber.make("914400000001")
const asha = PhoneNumber.make("919840000042")
const sales = PhoneNumber.make("914400000043")
const url = "ws://bot.test/stream"

/** 20 ms at 8 kHz. */
const frameSamples = 160
const perMs = 8

type Handler = (session: StreamSession.StreamSession) => Effect.Effect<void, unknown, Scope.Scope>

interface World {
  readonly speaks?: ReadonlyArray<Party.Utterance>
  readonly talksForMs?: number
  readonly salesSpeaks?: ReadonlyArray<Party.Utterance>
  readonly config?: SimulatorConfig
  readonly streams?: Layer.Layer<Streams.StreamPort>
  readonly answersAfter?: number
}

/** Asha answers after 1 s; sales answers after 1 s. */
const configOf = ({ config, salesSpeaks, speaks, talksForMs = 10_000 }: World): SimulatorConfig => ({
  recordAudio: true,
  people: {
    [asha]: Party.person({ answersAfterMs: 1000, talksForMs, speaks: speaks ?? [] }),
    [sales]: Party.person({ answersAfterMs: 1000, speaks: salesSpeaks ?? [] })
  },
  ...config
})

const server = StreamServer.layer({ url: "ws://bot.test", admission: "anyone", drainTimeout: 0 })

const world = (handler: Handler, options: World = {}) =>
  Piopiy.layerLegacy({
    appId: 1_000_001,
    appSecret: Redacted.make("sim-secret"),
    retryPolicy: RetryPolicy.none
  }).pipe(
    Layer.provideMerge(InProcess.layer({
      config: configOf(options),
      streams: options.streams
        ?? InProcess.streams(handler, { answersAfter: options.answersAfter ?? 0 }).pipe(Layer.provide(server))
    }))
  )

/** Places a call whose program begins with a stream, and gives its id. */
const place = Effect.fnUntraced(function*(
  more: (pipeline: LegacyPipeline.LegacyPipeline) => LegacyPipeline.LegacyPipeline = (pipeline) => pipeline,
  options: LegacyAction.StreamOptions = {}
) {
  const pipeline = more(LegacyPipeline.make([LegacyAction.stream(url, options)]))
  yield* LegacyCalls.LegacyCalls.use((calls) => calls.placePipelineCall({ callerId, to: asha, pipeline }))
  const [call] = yield* Simulator.Simulator.use((simulator) => simulator.live)
  return call === undefined ? yield* Effect.die("no call") : call.origin.callId
})

/** What is known of a call's streams. */
const accountsOf = (callId: string) => Effect.map(Tenants, ({ main }) => main.media.ledgerOf(callId))

const accountOf = Effect.fnUntraced(function*(callId: string) {
  const [account] = yield* accountsOf(callId)
  return account === undefined ? yield* Effect.die("no stream") : account
})

/** Runs a call to its end, and gives what is known of its first stream. */
const conversation = Effect.fnUntraced(function*(...options: Parameters<typeof place>) {
  const callId = yield* place(...options)
  const record = yield* recordOf(callId)
  return { callId, record, account: yield* accountOf(callId), entries: yield* journalOf(callId) }
})

const speech = (ms: number): Party.Utterance["voice"] => ({ _tag: "Speech", ms })
const idle: Handler = () => Effect.never
const tone = (ms: number) =>
  AudioFrame.make(
    Int16Array.from({ length: ms * perMs }, (_, place) => Math.round(8000 * Math.sin((place * Math.PI) / 8))),
    8000
  )
const isLoud = (frame: AudioFrame.AudioFrame): boolean => Level.peak(frame) > 300

const echo: Handler = (session) => Stream.runForEach(session.frames, (frame) => session.send(frame))

describe("a stream", () => {
  it.effect("sends back to the phone what an echo hears, sample by sample, one frame later", () =>
    Effect.gen(function*() {
      const { account, callId } = yield* conversation()
      const recording = (yield* Tenants).main.media.recordingOf(callId)
      assert(recording !== undefined)
      const [caller, app] = recording
      assert.strictEqual(caller.samples.length, 10_000 * perMs)
      assert.isTrue(isLoud(caller))
      assert.deepStrictEqual(
        app.samples.subarray(frameSamples),
        caller.samples.subarray(0, caller.samples.length - frameSamples)
      )
      assert.deepStrictEqual(Spans.toArray(account.ledger.caller.voiced), [{ start: 500 * perMs, end: 2500 * perMs }])
    }).pipe(Effect.provide(world(echo, { speaks: [{ afterMs: 500, voice: speech(2000) }] }))))

  it.effect("carries 20 ms of silence 50 times a second, from the answer to the end", () =>
    Effect.gen(function*() {
      const { account, entries, record } = yield* conversation()
      assert.deepInclude(account, { openedAt: 1000 })
      assert.deepStrictEqual(account.counts, {
        sent: 500,
        withheld: 0,
        dropped: 0,
        skipped: 0,
        messages: 0,
        audio: 0,
        undecodable: 0,
        ignored: 0
      })
      assert.strictEqual(account.measures.duration, 10_000 * perMs)
      assert.deepStrictEqual(record.streams.map(({ end, openedAt }) => [openedAt, end]), [
        [1000, { _tag: "Closed", by: "Platform", code: 1000, reason: "" }]
      ])
      assert.deepStrictEqual(entriesOf(entries, "Streamed").map(({ lateness, openedAt }) => [openedAt, lateness]), [
        [1000, { p50: 0, p99: 0, max: 0 }]
      ])
    }).pipe(Effect.provide(world(idle))))

  it.effect.each([8000, 16_000, 32_000] as const)("comes in frames of 20 ms at %i Hz when so asked", (voiceQuality) => {
    const lengths = new Set<number>()
    const listening: Handler = (session) =>
      Stream.runForEach(session.frames, ({ samples }) => Effect.sync(() => lengths.add(samples.length)))
    return Effect.gen(function*() {
      const { account, callId } = yield* conversation((pipeline) => pipeline, { voiceQuality })
      assert.strictEqual(account.measures.sampleRate, voiceQuality)
      assert.deepStrictEqual([...lengths], [voiceQuality / 50])
      const recording = (yield* Tenants).main.media.recordingOf(callId)
      assert.strictEqual(recording?.[0].samples.length, 10 * voiceQuality)
    }).pipe(Effect.provide(world(listening)))
  })

  it.effect("is open while the phone rings, when it does not wait for the answer", () =>
    Effect.gen(function*() {
      const { account, record } = yield* conversation((pipeline) => pipeline, { streamOnAnswer: false })
      assert.deepStrictEqual([account.openedAt, record.answeredAt], [0, 1000])
      assert.deepStrictEqual(Spans.toArray(account.ledger.caller.voiced), [{ start: 1100 * perMs, end: 2100 * perMs }])
    }).pipe(Effect.provide(world(idle, { speaks: [{ afterMs: 100, voice: speech(1000) }] }))))

  it.effect("ends in the middle of a word when the caller hangs up", () =>
    Effect.gen(function*() {
      const { account, record } = yield* conversation()
      assert.strictEqual(record.endedBy, "Caller")
      assert.deepStrictEqual(Spans.toArray(account.ledger.caller.voiced), [{ start: 0, end: 1000 * perMs }])
    }).pipe(Effect.provide(world(idle, { speaks: [{ afterMs: 0, voice: speech(5000) }], talksForMs: 1000 }))))

  it.effect("tells the prompts of the platform beside the voices", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation((pipeline) => pipeline.pipe(LegacyPipeline.play("music.wav")))
      assert.deepStrictEqual(account.ledger.prompts, [{ label: "music.wav", start: 0, end: 3000 * perMs }])
    }).pipe(Effect.provide(world(idle))))

  it.effect("tells of a prompt that the end of the call cut off up to there", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation((pipeline) => pipeline.pipe(LegacyPipeline.play("music.wav")))
      assert.deepStrictEqual(account.ledger.prompts, [{ label: "music.wav", start: 0, end: 1000 * perMs }])
    }).pipe(Effect.provide(world(idle, { talksForMs: 1000 }))))

  it.effect("tells of a prompt that plays on up to where the stream ends", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation((pipeline) => pipeline.pipe(LegacyPipeline.play("music.wav")))
      assert.deepStrictEqual(account.ledger.prompts, [{ label: "music.wav", start: 0, end: 1000 * perMs }])
    }).pipe(Effect.provide(world((session) => Effect.andThen(Effect.sleep(1000), session.stop)))))
})

describe("a conversation", () => {
  /** Talks for 5 s from the beginning on, and stops when somebody is heard. */
  const interruptible: Handler = Effect.fnUntraced(function*(session) {
    yield* Effect.forkScoped(session.send(tone(5000)))
    yield* session.frames.pipe(Stream.filter(isLoud), Stream.take(1), Stream.runDrain)
    yield* session.interrupt
    return yield* Effect.never
  })

  it.effect("is interrupted by barge-in, and the app falls silent with the frame in which it heard the caller", () =>
    Effect.gen(function*() {
      const { account: { ledger, measures } } = yield* conversation()
      const [heard, ...others] = Spans.toArray(ledger.app.heard)
      assert.deepStrictEqual(others, [])
      assert(heard !== undefined)
      const began = heard.start + 1000 * perMs
      assert.deepStrictEqual(measures.bargeIns, [
        { began, silent: began + frameSamples, latency: frameSamples, isInterrupted: true }
      ])
      assert.strictEqual(heard.end, began + frameSamples)
      const { byBreak, heard: played, queued, received } = measures.playout
      assert.deepStrictEqual([played + byBreak, queued], [received, 0])
    }).pipe(Effect.provide(world(interruptible, { speaks: [{ bargeInMs: 1000, voice: speech(800) }] }))))

  /** Answers as soon as it has heard 200 ms of silence after somebody spoke. */
  const answering: Handler = Effect.fnUntraced(function*(session) {
    let quiet = Number.NaN
    yield* Stream.runForEach(session.frames, (frame) => {
      quiet = isLoud(frame) ? 0 : quiet + 1
      return quiet === 10 ? session.send(tone(400)) : Effect.void
    })
  })

  it.effect("has turns whose latency is known to the sample", () =>
    Effect.gen(function*() {
      const { account: { measures } } = yield* conversation()
      assert.deepStrictEqual(measures.turns, [
        { asked: 1500 * perMs, answered: 1700 * perMs, latency: 200 * perMs },
        // The caller goes on 300 ms after the app has finished: 1700 + 400 + 300.
        { asked: 2900 * perMs, answered: 3100 * perMs, latency: 200 * perMs }
      ])
      assert.deepStrictEqual(measures.turnLatency, { p50: 200 * perMs, p95: 200 * perMs })
    }).pipe(Effect.provide(world(answering, {
      speaks: [{ afterMs: 500, voice: speech(1000) }, { afterSilenceMs: 300, voice: speech(500) }]
    }))))

  it.effect("is the same each time, entry by entry, and another one with another seed", () =>
    Effect.gen(function*() {
      const run = (seed: number) =>
        Effect.gen(function*() {
          const { callId, entries } = yield* conversation()
          const recording = (yield* Tenants).main.media.recordingOf(callId)
          return { text: JSON.stringify(entries), samples: recording?.[0].samples.join() }
        }).pipe(
          Effect.provide(
            world(echo, {
              config: { seed },
              speaks: [{ afterMs: 500, voice: speech(2000) }, {
                afterSilenceMs: 500,
                voice: { _tag: "Noise", ms: 100 }
              }]
            }),
            { local: true }
          )
        )
      const [first, second, other] = yield* Effect.all([run(1), run(1), run(2)])
      assert.strictEqual(first.text, second.text)
      assert.strictEqual(first.samples, second.samples)
      assert.notStrictEqual(first.samples, other.samples)
    }))
})

describe("an app", () => {
  const after = (ms: number, act: Handler): Handler => (session) =>
    Effect.andThen(Effect.sleep(ms), Effect.suspend(() => act(session)))

  it.effect("hands the call to a human, and goes on listening to both", () =>
    Effect.gen(function*() {
      const { account, record } = yield* conversation((pipeline) => pipeline, { listenMode: "both" })
      assert.deepStrictEqual(record.legs.map(({ legId, bridgedAt }) => [legId, bridgedAt]), [
        ["caller", 3000],
        ["callee1", 3000]
      ])
      assert.deepInclude(record.streams[0], { openedAt: 1000, endedAt: record.endedAt })
      assert.strictEqual(record.endedAt, 11_000)
      assert.strictEqual(account.counts.sent, 500)
    }).pipe(Effect.provide(world(
      after(1000, (session) =>
        Effect.andThen(
          session.handoff(LegacyPipeline.make([LegacyAction.bridge({ from: callerId, to: sales })])),
          Effect.never
        )),
      { salesSpeaks: [{ afterMs: 0, voice: speech(300) }] }
    ))))

  it.effect("hears the human whom it handed the call to", () => {
    const heard: Array<number> = []
    const listening: Handler = Effect.fnUntraced(function*(session) {
      yield* session.handoff(LegacyPipeline.make([LegacyAction.bridge({ from: callerId, to: sales })]))
      let place = 0
      yield* Stream.runForEach(session.frames, (frame) =>
        Effect.sync(() => {
          if (isLoud(frame)) heard.push(place)
          place += 1
        }))
    })
    return Effect.gen(function*() {
      yield* conversation((pipeline) => pipeline, { listenMode: "callee" })
      assert.deepStrictEqual(heard, [])
      yield* conversation((pipeline) => pipeline, { listenMode: "both" })
      assert.deepStrictEqual([heard[0], heard.at(-1)], [50, 64])
    }).pipe(
      Effect.provide(world(listening, { salesSpeaks: [{ afterMs: 0, voice: speech(300) }] }))
    )
  })

  it.effect("loses a stream that listens to the caller alone when it hands the call over", () =>
    Effect.gen(function*() {
      const { account, record } = yield* conversation()
      assert.deepInclude(record.streams[0], { openedAt: 1000, endedAt: 2000 })
      assert.strictEqual(account.measures.duration, 1000 * perMs)
      assert.isDefined(record.legs[1]?.bridgedAt)
    }).pipe(Effect.provide(world(
      after(
        1000,
        (session) => session.handoff(LegacyPipeline.make([LegacyAction.bridge({ from: callerId, to: sales })]))
      )
    ))))

  it.effect("stops the stream, and the call goes on with its next action at once", () =>
    Effect.gen(function*() {
      const { record } = yield* conversation()
      assert.deepInclude(record, { endedAt: 2000, endedBy: "Pipeline" })
      assert.deepInclude(record.streams[0], { end: { _tag: "Closed", by: "App", code: 1000, reason: "" } })
    }).pipe(Effect.provide(world(after(1000, (session) => session.stop)))))

  it.effect("hangs up", () =>
    Effect.gen(function*() {
      const { record } = yield* conversation()
      assert.deepInclude(record, { endedAt: 2000, endedBy: "Pipeline", hangupCause: "NORMAL_CLEARING" })
    }).pipe(Effect.provide(world(after(1000, (session) => session.hangup)))))

  it.effect("closes the socket, and the call is over 2 s later", () =>
    Effect.gen(function*() {
      const { record } = yield* conversation()
      assert.deepInclude(record, { endedAt: 4000, hangupReason: "the audio stream was lost" })
      assert.deepInclude(record.streams[0], { end: { _tag: "Closed", by: "App", code: 1000, reason: "" } })
    }).pipe(Effect.provide(world(after(1000, () => Effect.void)))))

  it.effect("fails, and the socket says so", () =>
    Effect.gen(function*() {
      const { record } = yield* conversation()
      assert.deepInclude(record.streams[0]?.end, { by: "App", code: 1011 })
    }).pipe(Effect.provide(world(after(1000, () => Effect.fail("no"))))))

  it.effect("never answers the handshake, and the call is over 2 s after 5 s of waiting", () =>
    Effect.gen(function*() {
      const record = yield* recordOf(yield* place())
      assert.deepInclude(record, { answeredAt: 1000, endedAt: 8000 })
      assert.deepStrictEqual(record.streams[0]?.end, { _tag: "Failed", why: "TimedOut" })
      assert.deepStrictEqual(yield* accountsOf(record.callId), [])
    }).pipe(Effect.provide(world(idle, { answersAfter: 60_000 }))))

  it.effect("is nowhere to be found", () =>
    Effect.gen(function*() {
      const record = yield* recordOf(yield* place())
      assert.deepStrictEqual(record.streams[0]?.end, { _tag: "Failed", why: "NoConnection" })
    }).pipe(Effect.provide(world(idle, { streams: Streams.layerNone }))))

  it.effect("refuses a token that it did not give out", () =>
    Effect.gen(function*() {
      const pipeline = LegacyPipeline.make([LegacyAction.stream(`${url}/guessed`)])
      yield* LegacyCalls.LegacyCalls.use((calls) => calls.placePipelineCall({ callerId, to: asha, pipeline }))
      const [call] = yield* Simulator.Simulator.use((simulator) => simulator.live)
      const record = yield* recordOf(call?.origin.callId ?? "")
      assert.deepStrictEqual(record.streams[0]?.end, { _tag: "Failed", why: "Refused", status: 403 })
    }).pipe(Effect.provide(world(idle))))

  it.effect("refuses a path that is not its own", () =>
    Effect.gen(function*() {
      const pipeline = LegacyPipeline.make([LegacyAction.stream("ws://bot.test/elsewhere")])
      yield* LegacyCalls.LegacyCalls.use((calls) => calls.placePipelineCall({ callerId, to: asha, pipeline }))
      const [call] = yield* Simulator.Simulator.use((simulator) => simulator.live)
      const record = yield* recordOf(call?.origin.callId ?? "")
      assert.deepStrictEqual(record.streams[0]?.end, { _tag: "Failed", why: "Refused", status: 404 })
    }).pipe(Effect.provide(world(idle))))

  it.effect("pauses what it is sent, and not what it plays", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation()
      assert.deepInclude(account.counts, { sent: 400, withheld: 100 })
      assert.deepStrictEqual(Spans.toArray(account.ledger.app.heard), [{ start: 1000 * perMs, end: 3000 * perMs }])
    }).pipe(Effect.provide(world(
      after(
        1000,
        Effect.fnUntraced(function*(session) {
          yield* session.send(tone(2000))
          yield* session.pause
          yield* Effect.sleep(2000)
          yield* session.resume
          return yield* Effect.never
        })
      )
    ))))

  it.effect("plays a WAV file of another rate", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation()
      const [heard] = Spans.toArray(account.ledger.app.heard)
      assert.strictEqual((heard?.end ?? 0) - (heard?.start ?? 0), 500 * perMs)
    }).pipe(Effect.provide(world((session) => {
      const samples = Int16Array.from({ length: 500 * 16 }, (_, place) => (place % 20) * 400)
      const audio = Result.getOrThrow(Wav.encode([AudioFrame.make(samples, 16_000)]))
      return Effect.andThen(session.play({ type: "wav", audio }), Effect.never)
    }))))

  it.effect("sends mp3, which is counted and told of where nobody decodes it", () =>
    Effect.gen(function*() {
      const { account, entries } = yield* conversation()
      assert.deepInclude(account.counts, { messages: 1, audio: 0, undecodable: 1, ignored: 1 })
      assert.deepStrictEqual(entriesOf(entries, "StreamIgnored").map(({ why }) => why), ["undecodable"])
    }).pipe(Effect.provide(world((session) =>
      Effect.andThen(
        session.play({ type: "mp3", audio: new Uint8Array([1, 2, 3]), sampleRate: 8000 }),
        Effect.never
      )
    ))))
})

describe("garbage", () => {
  /** A peer that is no session: it says what it likes once it is connected. */
  const peer = (texts: ReadonlyArray<string | Uint8Array>) =>
    Layer.succeed(Streams.StreamPort, {
      dial: (_, listener) => {
        listener.opened()
        for (const text of texts) listener.message(text)
        return { send: () => undefined, bufferedBytes: () => 0, close: () => undefined }
      }
    })
  const texts = ["", "{", "[]", "[1]", "{\"action\":\"dance\"}", "null", "\"stop\"", new Uint8Array(320)]

  it.effect("is told of and never fatal", () =>
    Effect.gen(function*() {
      const { account, entries, record } = yield* conversation()
      assert.strictEqual(record.endedBy, "Caller")
      assert.deepInclude(account.counts, { messages: 8, ignored: 8, audio: 0 })
      assert.deepStrictEqual(entriesOf(entries, "StreamIgnored").map(({ why }) => why), [
        "not-json",
        "not-json",
        "not-a-program",
        "not-a-program",
        "unknown-action",
        "unknown-shape",
        "unknown-shape",
        "binary"
      ])
    }).pipe(Effect.provide(world(idle, { streams: peer(texts) }))))

  it.effect("fills neither the journal nor the call", () =>
    Effect.gen(function*() {
      const { account, entries } = yield* conversation()
      assert.strictEqual(account.counts.ignored, 100_000)
      assert.lengthOf(entriesOf(entries, "StreamIgnored"), 10)
    }).pipe(Effect.provide(world(idle, { streams: peer(Array.from({ length: 100_000 }, () => "{")) }))))
})

it.effect("an app that takes nothing loses frames once 2 s of audio wait, and the call goes on", () =>
  Effect.gen(function*() {
    const { account, record } = yield* conversation()
    assert.strictEqual(record.endedBy, "Caller")
    assert.deepInclude(account.counts, { sent: 101, dropped: 399 })
  }).pipe(Effect.provide(world(idle, {
    streams: Layer.sync(Streams.StreamPort, () => ({
      dial: (_, listener) => {
        let bytes = 0
        listener.opened()
        return {
          send: (message) => {
            bytes += message.length
          },
          bufferedBytes: () => bytes,
          close: () => undefined
        }
      }
    }))
  }))))

it.effect("time passes in virtual minutes without a real one", () =>
  Effect.gen(function*() {
    yield* place()
    yield* TestClock.adjust("5 minutes")
    const [account] = yield* accountsOf(
      (yield* Simulator.Simulator.use((simulator) => simulator.live))[0]?.origin.callId ?? ""
    )
    assert.strictEqual(account?.counts.sent, 299 * 50)
  }).pipe(Effect.provide(world(idle, { talksForMs: 600_000 }))))
