/** What lies between a mouth and an app: the line of the phone, real audio, and the network, with an app of the SDK. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as G711 from "@effect-piopiy/sdk/G711"
import * as LegacyAction from "@effect-piopiy/sdk/LegacyAction"
import * as LegacyCalls from "@effect-piopiy/sdk/LegacyCalls"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import * as PhoneNumber from "@effect-piopiy/sdk/PhoneNumber"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
import * as RetryPolicy from "@effect-piopiy/sdk/RetryPolicy"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Audio from "../../src/Audio.ts"
import * as Spans from "../../src/core/media/Spans.ts"
import * as Party from "../../src/core/scenario/Party.ts"
import type * as StreamProfile from "../../src/core/stream/StreamProfile.ts"
import { Tenants } from "../../src/engine/Tenants.ts"
import * as AudioDecoders from "../../src/node/AudioDecoders.ts"
import * as Simulator from "../../src/Simulator.ts"
import type { SimulatorConfig } from "../../src/SimulatorConfig.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { entriesOf, journalOf, post, recordOf } from "../platform.ts"

const asha = PhoneNumber.make("919840000042")
const callerId = PhoneNumber.make("914400000001")
const perMs = 8

type Handler = (session: StreamSession.StreamSession) => Effect.Effect<void, unknown, Scope.Scope>

interface World {
  readonly speaks?: ReadonlyArray<Party.Utterance>
  readonly party?: Partial<Party.Party>
  readonly streams?: StreamProfile.Options
  readonly config?: SimulatorConfig
  readonly audio?: Layer.Layer<never>
}

/** Asha answers after 1 s and leaves 4 s later. */
const world = (handler: Handler, { audio = Layer.empty, config, party, speaks, streams }: World = {}) =>
  Piopiy.layerLegacy({ appId: 1_000_001, appSecret: Redacted.make("sim-secret"), retryPolicy: RetryPolicy.none }).pipe(
    Layer.provideMerge(InProcess.layer({
      config: {
        recordAudio: true,
        people: {
          [asha]: { ...Party.person({ answersAfterMs: 1000, talksForMs: 4000, speaks: speaks ?? [] }), ...party }
        },
        ...(streams === undefined ? {} : { streams }),
        ...config
      },
      streams: InProcess.streams(handler).pipe(
        Layer.provide(StreamServer.layer({ url: "ws://bot.test", admission: "anyone", drainTimeout: 0 }))
      )
    })),
    Layer.provide(audio)
  )

/** Runs a call with a stream to its end, and gives what is known of it. */
const conversation = Effect.fnUntraced(function*(
  more: (pipeline: LegacyPipeline.LegacyPipeline) => LegacyPipeline.LegacyPipeline = (pipeline) => pipeline,
  options: LegacyAction.StreamOptions = {}
) {
  const pipeline = more(LegacyPipeline.make([LegacyAction.stream("ws://bot.test/stream", options)]))
  yield* LegacyCalls.LegacyCalls.use((calls) => calls.placePipelineCall({ callerId, to: asha, pipeline }))
  const [call] = yield* Simulator.Simulator.use((simulator) => simulator.live)
  const callId = call?.origin.callId ?? ""
  const record = yield* recordOf(callId)
  const { media } = (yield* Tenants).main
  return {
    record,
    account: media.ledgerOf(callId)[0],
    recording: media.recordingOf(callId),
    entries: yield* journalOf(callId)
  }
})

/** An app that keeps what it hears. */
const listener = () => {
  const heard: Array<number> = []
  const moments: Array<number> = []
  const events: Array<unknown> = []
  const handler: Handler = Effect.fnUntraced(function*(session) {
    const opened = yield* Clock.currentTimeMillis
    yield* Effect.forkScoped(Stream.runForEach(session.events, (event) => Effect.sync(() => events.push(event))))
    yield* Stream.runForEach(session.frames, ({ samples }) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        moments.push(now - opened)
        for (const sample of samples) heard.push(sample)
      }))
  })
  return { handler, heard: () => Int16Array.from(heard), moments, events }
}

const tone = (ms: number) =>
  AudioFrame.make(
    Int16Array.from({ length: ms * perMs }, (_, place) => Math.round(8000 * Math.sin((place * Math.PI) / 8))),
    8000
  )
const isSilent = (samples: Int16Array) => samples.every((sample) => sample === 0)
const onLine = ({ samples }: AudioFrame.AudioFrame) =>
  G711.decodeMuLaw(Result.getOrThrow(G711.encodeMuLaw(AudioFrame.make(samples, 8000)))).samples

/** The power of a frequency in samples of 8 kHz (Goertzel). */
const power = (samples: Int16Array, hertz: number): number => {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / 8000)
  let before = 0
  let last = 0
  for (const sample of samples) [before, last] = [last, sample + coefficient * last - before]
  return (last ** 2 + before ** 2 - coefficient * last * before) / (samples.length / 2) ** 2
}

/** The keys whose tones are heard, as a receiver in the telephone network tells them: rows and columns of Q.23. */
const keysIn = (samples: Int16Array): string => {
  const strongest = (block: Int16Array, frequencies: ReadonlyArray<number>) => {
    const powers = frequencies.map((hertz) => power(block, hertz))
    const [first = 0, second = 0] = powers.toSorted((a, b) => b - a)
    return first > 1e6 && first > 20 * second ? powers.indexOf(first) : undefined
  }
  let keys = ""
  let last: string | undefined
  for (let at = 0; at + 320 <= samples.length; at += 320) {
    const block = samples.subarray(at, at + 320)
    const row = strongest(block, [697, 770, 852, 941])
    const column = strongest(block, [1209, 1336, 1477, 1633])
    const key = row === undefined || column === undefined ? undefined : ["123A", "456B", "789C", "*0#D"][row]?.[column]
    if (key !== undefined && key !== last) keys += key
    last = key
  }
  return keys
}

describe("a key", () => {
  const digits = "0123456789*#ABCD"
  const lines = [{}, { codec: "pcmu" }, { codec: "pcma", loss: 0.01 }] as const
  for (const line of lines) {
    const app = listener()
    it.effect(`as a tone is read by whoever listens, on a line ${JSON.stringify(line)}, and told by no text`, () =>
      Effect.gen(function*() {
        yield* conversation()
        assert.strictEqual(keysIn(app.heard()), digits)
        assert.deepStrictEqual(app.events, [])
      }).pipe(Effect.provide(world(app.handler, {
        party: { line },
        speaks: [{ afterMs: 200, voice: { _tag: "Dtmf", digits } }],
        streams: { sendsDtmf: true }
      }))))
  }

  const pressed = listener()
  it.effect("that is pressed is told by text, and makes no sound", () =>
    Effect.gen(function*() {
      yield* conversation((pipeline) =>
        pipeline.pipe(LegacyPipeline.playGetInput({ prompt: "menu.wav", url: "http://app.test/keys", maxDigits: 2 }))
      )
      assert.deepStrictEqual(pressed.events.map((event) => JSON.stringify(event).match(/"digit":"(.)"/)?.[1]), [
        "4",
        "2"
      ])
      assert.strictEqual(keysIn(pressed.heard()), "")
      assert.isTrue(isSilent(pressed.heard()))
    }).pipe(Effect.provide(world(pressed.handler, {
      party: { answers: [Party.presses("42")] },
      streams: { sendsDtmf: true }
    }))))
})

describe("real audio", () => {
  const hello = tone(500)
  const wideband = AudioFrame.make(new Int16Array(16_000).fill(1000), 16_000)
  const sounds = Audio.sounds({ "hello.wav": hello, "long.wav": wideband })

  const app = listener()
  it.effect("is what the party says, sample by sample", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation()
      const heard = app.heard()
      assert.deepStrictEqual(heard.subarray(200 * perMs, 700 * perMs), hello.samples)
      assert.isTrue(isSilent(heard.subarray(700 * perMs)))
      const [span] = Spans.toArray(account?.ledger.caller.voiced ?? Spans.make(0))
      assert.approximately(span?.start ?? 0, 200 * perMs, 2 * perMs)
    }).pipe(Effect.provide(world(app.handler, {
      audio: sounds,
      speaks: [{ afterMs: 200, voice: { _tag: "File", name: "hello.wav" } }]
    }))))

  it.effect("of a prompt is as long as the prompt", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation((pipeline) => pipeline.pipe(LegacyPipeline.play("long.wav")))
      assert.deepStrictEqual(account?.ledger.prompts, [{ label: "long.wav", start: 0, end: 1000 * perMs }])
    }).pipe(Effect.provide(world(() => Effect.never, { audio: sounds, config: { files: { "long.wav": 3000 } } }))))

  it.effect("is there for tenants that come later, whatever their clock", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      for (const [place, clock] of (["live", "manual"] as const).entries()) {
        const appId = 2_000_000 + place
        const later = yield* simulator.create({ token: `later-${place}`, appId, appSecret: "hush", clock })
        yield* post("/v2/ind_pcmo_make_call", {
          appid: appId,
          secret: "hush",
          from: Number(callerId),
          to: Number(asha),
          pcmo: [{ action: "play", file_name: "long.wav" }]
        })
        yield* clock === "live" ? TestClock.adjust("1 minute") : later.time.advance(60_000)
        const records = yield* later.records
        assert.deepStrictEqual(records.map(({ answeredAt, endedAt }) => [answeredAt, endedAt]), [[1000, 2000]], clock)
      }
    }).pipe(Effect.provide(world(() => Effect.never, { audio: sounds }))))

  it.effect("that a party is to say and that is not there is said at once, by its name", () =>
    Effect.gen(function*() {
      const missing = world(() => Effect.never, {
        audio: sounds,
        speaks: [{ afterMs: 0, voice: { _tag: "File", name: "hello.wav" } }, {
          afterMs: 9,
          voice: { _tag: "File", name: "bye.wav" }
        }]
      })
      const failure = yield* Effect.flip(Effect.provide(Effect.void, missing))
      assert.deepInclude(failure, { _tag: "SimulatorError" })
      assert.strictEqual(
        failure.message,
        "people[\"************\"].speaks[1].voice.name: there is no sound bye.wav among those that were given"
      )
    }))

  const spoken = listener()
  const speech = Layer.succeed(Audio.Speech, ({ text }) => text === "mute" ? undefined : tone(text.length * 100))
  it.effect("of a voice is what the party says, and how long the platform speaks", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation((pipeline) => pipeline.pipe(LegacyPipeline.speak("Hello")))
      const heard = spoken.heard()
      assert.deepStrictEqual(heard.subarray(0, 200 * perMs), tone(200).samples)
      assert.deepStrictEqual(account?.ledger.prompts, [{ label: "Hello", start: 0, end: 500 * perMs }])
      assert.isFalse(isSilent(heard.subarray(1000 * perMs)), "what cannot be spoken is still heard")
    }).pipe(Effect.provide(world(spoken.handler, {
      audio: speech,
      speaks: [{ afterMs: 0, voice: { _tag: "Say", text: "Hi" } }, {
        afterMs: 1000,
        voice: { _tag: "Say", text: "mute" }
      }]
    }))))
})

describe("audio of the app", () => {
  const mp3 = readFileSync(join(import.meta.dirname, "../node/fixtures/tone.mp3"))
  const playing: Handler = (session) =>
    Effect.andThen(session.play({ type: "mp3", audio: mp3, sampleRate: 8000 }), Effect.never)

  it.effect("in mp3 is heard where the decoders are", () =>
    Effect.gen(function*() {
      const { account, entries, recording } = yield* conversation()
      assert.deepStrictEqual(entriesOf(entries, "StreamIgnored"), [])
      assert.isAtLeast(account?.measures.playout.heard ?? 0, 400 * perMs)
      const app = recording?.[1].samples ?? new Int16Array(0)
      assert.isAbove(power(app.subarray(200 * perMs, 350 * perMs), 440), 7000 ** 2)
    }).pipe(Effect.provide(world(playing, { audio: AudioDecoders.layer }))))

  it.effect("in mp3 is nothing where they are not, and the journal says what would help", () =>
    Effect.gen(function*() {
      const { account, entries } = yield* conversation()
      assert.strictEqual(account?.measures.playout.received, 0)
      assert.deepStrictEqual(entriesOf(entries, "StreamIgnored").map(({ note, why }) => [why, note]), [
        ["undecodable", "mp3 is not decoded here: provide the audio decoders"]
      ])
    }).pipe(Effect.provide(world(playing))))
})

describe("a line", () => {
  const file = Audio.sounds({ "tone.wav": tone(3000) })
  const says: ReadonlyArray<Party.Utterance> = [{ afterMs: 0, voice: { _tag: "File", name: "tone.wav" } }]
  /** Sends back what it hears. */
  const echo: Handler = (session) => Stream.runForEach(session.frames, (frame) => session.send(frame))

  it.effect("compands what the app hears, and what the phone hears of the app", () =>
    Effect.gen(function*() {
      const { recording } = yield* conversation()
      assert(recording !== undefined)
      const sent = onLine(tone(3000))
      assert.notDeepEqual(sent, tone(3000).samples)
      for (const { samples } of recording) assert.deepStrictEqual(samples.subarray(0, sent.length), sent)
    }).pipe(
      Effect.provide(
        // Not an echo: what was companded once is not changed by being companded again.
        world((session) => Effect.andThen(session.send(tone(3000)), Effect.never), {
          audio: file,
          speaks: says,
          party: { line: { codec: "pcmu" } }
        })
      )
    ))

  it.effect("loses whole packets either way, which are silent in the recording", () =>
    Effect.gen(function*() {
      const { account, recording } = yield* conversation()
      assert(recording !== undefined && account !== undefined)
      const [caller, app] = recording.map(({ samples }) =>
        Array.from({ length: 150 }, (_, packet) => isSilent(samples.subarray(packet * 160, (packet + 1) * 160)))
      )
      assert(caller !== undefined && app !== undefined)
      const lost = caller.flatMap((gone, packet) => gone ? [packet] : [])
      assert.isAbove(lost.length, 20)
      assert.isBelow(lost.length, 70)
      const onTheWayBack = app.filter((gone, packet) => packet > 0 && gone && caller[packet - 1] === false)
      assert.isAbove(onTheWayBack.length, 10)
      assert.isTrue(lost.every((packet) => app[packet + 1]), "what did not arrive cannot come back")
      assert.strictEqual(account.measures.playout.heard, 3980 * perMs)
    }).pipe(Effect.provide(world(echo, { audio: file, speaks: says, streams: { carrier: { loss: 0.3 } } }))))

  it.effect("of a party goes before that of the profile, in what it names", () =>
    Effect.gen(function*() {
      const { recording } = yield* conversation()
      assert.deepStrictEqual(recording?.[0].samples.subarray(0, 24_000), onLine(tone(3000)))
    }).pipe(
      Effect.provide(
        world(echo, {
          audio: file,
          speaks: says,
          party: { line: { loss: 0 } },
          streams: { carrier: { codec: "pcmu", loss: 1 } }
        })
      )
    ))
})

describe("the network", () => {
  const arrivals = (streams: StreamProfile.Options, config?: SimulatorConfig) => {
    const app = listener()
    return Effect.as(conversation(), app.moments).pipe(
      Effect.provide(world(app.handler, { streams, ...(config === undefined ? {} : { config }) }), { local: true })
    )
  }

  it.effect("delivers a frame every 20 ms where it does not misbehave, and bursts and stalls where it does", () =>
    Effect.gen(function*() {
      const first = (moments: ReadonlyArray<number>) => moments.slice(0, 10)
      assert.deepStrictEqual(first(yield* arrivals({})), [20, 40, 60, 80, 100, 120, 140, 160, 180, 200])
      assert.deepStrictEqual(
        first(yield* arrivals({ network: { burstFrames: 4 } })),
        [80, 80, 80, 80, 160, 160, 160, 160, 240, 240]
      )
      assert.deepStrictEqual(
        first(yield* arrivals({ network: { stalls: [{ fromMs: 50, ms: 95 }] } })),
        [20, 40, 145, 145, 145, 145, 145, 160, 180, 200]
      )
      assert.deepStrictEqual(
        first(yield* arrivals({ network: { bytesPerSecond: 8000 } })),
        [60, 100, 140, 180, 220, 260, 300, 340, 380, 420]
      )
    }))

  it.effect("jitters the same for the same seed, and otherwise for another", () =>
    Effect.gen(function*() {
      const run = (seed: number) => arrivals({ network: { jitterMs: 100 } }, { seed })
      const first = yield* run(1)
      assert.deepStrictEqual(yield* run(1), first)
      assert.notDeepEqual(yield* run(2), first)
      assert.isTrue(first.every((at, frame) => at >= 20 * (frame + 1) && at <= 20 * (frame + 1) + 100))
    }))

  it.effect("drops what a line of too few bytes a second cannot carry", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation()
      assert(account !== undefined)
      assert.isAbove(account.counts.dropped, 50)
      assert.strictEqual(account.counts.dropped + account.counts.sent, 200)
    }).pipe(Effect.provide(world(listener().handler, { streams: { network: { bytesPerSecond: 1000 } } }))))

  const closes: Array<unknown> = []
  const closing: Handler = (session) => Effect.map(session.closed, (close) => closes.push(close))
  it.effect("breaks off where a fault says so: both ends see 1006, and the journal has the fault", () =>
    Effect.gen(function*() {
      const { entries, record } = yield* conversation()
      assert.deepInclude(record.streams[0], {
        openedAt: 1000,
        endedAt: 1730,
        end: { _tag: "Closed", by: "Network", code: 1006, reason: "" }
      })
      assert.deepStrictEqual(closes, [{ code: 1006, reason: "" }])
      assert.deepStrictEqual(entriesOf(entries, "Faulted").map(({ fault, name }) => [fault, name]), [[
        "StreamLost",
        "cut"
      ]])
    }).pipe(Effect.provide(world(closing, {
      config: { faults: [{ name: "cut", fault: { _tag: "StreamLost", afterMs: 730 }, when: { number: asha } }] }
    }))))

  it.effect("is dialed again where the profile says so, and a fault of the first dial is over", () =>
    Effect.gen(function*() {
      const { account, record } = yield* conversation()
      assert.deepInclude(record.streams[0], { openedAt: 1300, endedAt: 5000 })
      assert.strictEqual(account?.openedAt, 1300)
    }).pipe(Effect.provide(world(listener().handler, {
      streams: { reconnectAttempts: 1, reconnectDelayMs: 300 },
      config: { faults: [{ fault: { _tag: "HandshakeRefused", status: 503 }, when: { nth: [1] } }] }
    }))))

  it.effect("refuses a handshake by a fault, with its status", () =>
    Effect.gen(function*() {
      const { record } = yield* conversation()
      assert.deepInclude(record.streams[0], { end: { _tag: "Failed", why: "Refused", status: 503 } })
    }).pipe(Effect.provide(world(listener().handler, {
      config: { faults: [{ fault: { _tag: "HandshakeRefused", status: 503 } }] }
    }))))

  const waits: Array<number> = []
  /** Sends 4 s of audio as fast as it can, and notes when each half second was taken. */
  const sending: Handler = Effect.fnUntraced(function*(session) {
    const opened = yield* Clock.currentTimeMillis
    for (let sent = 0; sent < 8; sent += 1) {
      yield* session.send(tone(500))
      waits.push((yield* Clock.currentTimeMillis) - opened)
    }
    return yield* Effect.never
  })
  it.effect("that is read slowly makes the app wait, and the phone hear gaps", () =>
    Effect.gen(function*() {
      const { account } = yield* conversation()
      assert.deepStrictEqual(waits.slice(0, 6), [0, 0, 0, 0, 0, 0], "a window is taken at once")
      // Six half seconds are 65,580 bytes, in messages of 4354, 4354 and 2222: more than 65,536. The rest waits until no
      // more than half of that are left, so until ten messages, 37,144 bytes, are read.
      assert.deepStrictEqual(waits.slice(6), [2322, 2322])
      assert.isAbove(account?.measures.playout.heard ?? 0, 1000 * perMs)
      assert.isBelow(account?.measures.playout.received ?? Infinity, 4000 * perMs)
    }).pipe(Effect.provide(world(sending, {
      config: { faults: [{ fault: { _tag: "SlowReader", bytesPerSecond: 16_000 } }] }
    }))))
})
