/** How the platform behaves on a stream by its profile, seen from a socket that does as the test says. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as Spans from "../../src/core/media/Spans.ts"
import * as Party from "../../src/core/scenario/Party.ts"
import type * as StreamProfile from "../../src/core/stream/StreamProfile.ts"
import type * as ClockMode from "../../src/engine/ClockMode.ts"
import { ControlTimer } from "../../src/engine/ControlTimer.ts"
import { Decoder } from "../../src/engine/Decoder.ts"
import { Tenants } from "../../src/engine/Tenants.ts"
import * as Simulator from "../../src/Simulator.ts"
import type { SimulatorConfig } from "../../src/SimulatorConfig.ts"
import * as Streams from "../../src/Streams.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { entriesOf, journalOf, post, recordOf } from "../platform.ts"

const asha = "919840000042"

/** A socket: what was dialed and sent, and the end that speaks. */
const socket = () => {
  const dials: Array<Streams.Dial> = []
  const sent: Array<string | Uint8Array> = []
  const closes: Array<readonly [code: number, reason: string]> = []
  const listeners: Array<Streams.Listener> = []
  let listener: Streams.Listener | undefined
  const peer = {
    dials,
    sent,
    closes,
    texts: () => sent.filter((message) => typeof message === "string"),
    frames: () => sent.filter((message) => typeof message !== "string"),
    open: Effect.sync(() => listener?.opened()),
    openOne: (place: number) => Effect.sync(() => listeners[place]?.opened()),
    fail: (failure: Streams.StreamFailure) => Effect.sync(() => listener?.failed(failure)),
    close: (close: Streams.StreamClose) => Effect.sync(() => listener?.closed(close)),
    say: (message: string | Uint8Array) => Effect.sync(() => listener?.message(message)),
    port: Layer.succeed(Streams.StreamPort, {
      dial: (dial, told) => {
        dials.push(dial)
        listener = told
        listeners.push(told)
        return {
          send: (message) => sent.push(message),
          bufferedBytes: () => 0,
          close: (code, reason) => closes.push([code, reason])
        }
      }
    })
  }
  return peer
}
type Peer = ReturnType<typeof socket>

const audioOf = (samples: number, type = "raw", sample = 1000): string =>
  JSON.stringify({
    type: "streamAudio",
    data: {
      audioDataType: type,
      sampleRate: 8000,
      audioData: Buffer.from(new Int16Array(samples).fill(sample).buffer).toString("base64")
    }
  })
const brk = JSON.stringify({ action: "break" })

interface Setup {
  readonly profile?: StreamProfile.Options
  readonly config?: SimulatorConfig
  readonly listens?: string
  readonly party?: Partial<Parameters<typeof Party.person>[0]>
  readonly decoder?: Layer.Layer<never>
}

const place = (listens: string, extra: object = {}, voiceQuality = "8000") =>
  post("/v2/ind_pcmo_make_call", {
    appid: 1_000_001,
    secret: "sim-secret",
    from: 914400000001,
    to: Number(asha),
    pcmo: [
      {
        action: "stream",
        ws_url: "ws://bot.test/x?token=secret",
        listen_mode: listens,
        voice_quality: voiceQuality,
        stream_on_answer: true
      },
      ...(Array.isArray(extra) ? extra : [])
    ]
  })

/** A call that was answered after 1 s, whose stream is being dialed. */
const withCall = <A, E, R>(
  { config, decoder, listens = "caller", party, profile }: Setup,
  use: (peer: Peer, callId: string) => Effect.Effect<A, E, R>
) => {
  const peer = socket()
  const world = InProcess.layer({
    streams: peer.port,
    config: {
      ...(profile === undefined ? {} : { streams: profile }),
      people: { [asha]: Party.person({ answersAfterMs: 1000, talksForMs: 10_000, ...party }) },
      ...config
    }
  })
  return Effect.gen(function*() {
    yield* place(listens)
    const [call] = yield* Simulator.Simulator.use((simulator) => simulator.live)
    yield* TestClock.adjust(1000)
    return yield* use(peer, call?.origin.callId ?? "")
  }).pipe(Effect.provide(decoder === undefined ? world : world.pipe(Layer.provide(decoder))))
}

const accountOf = (callId: string) => Effect.map(Tenants, ({ main }) => main.media.ledgerOf(callId)[0])

/** The bytes of a frame that is not silent. */
const loudest = (frame: string | Uint8Array | undefined): number =>
  typeof frame === "string" || frame === undefined ? 0 : Math.max(...frame)

describe("a profile", () => {
  it.effect("says how a socket is dialed, how long a handshake, a pong and a message may be, and when to ping", () =>
    withCall({
      profile: { handshakeTimeoutMs: 1, pingAfterMs: 2, pongTimeoutMs: 4, maxMessageBytes: 3, offersDeflate: true }
    }, (peer) =>
      Effect.sync(() =>
        assert.deepStrictEqual(peer.dials, [{
          url: "ws://bot.test/x?token=secret",
          handshakeMs: 1,
          pingMs: 2,
          maxMessageBytes: 3,
          offersDeflate: true,
          pongTimeoutMs: 4
        }])
      )))

  it.effect("says whether the facts come first and a word comes last", () =>
    Effect.gen(function*() {
      const run = (profile: StreamProfile.Options) =>
        withCall({ profile }, (peer, callId) =>
          Effect.gen(function*() {
            yield* peer.open
            yield* TestClock.adjust(40)
            yield* recordOf(callId)
            return { callId, texts: peer.texts(), first: peer.sent[0] }
          }))
      const quiet = yield* run({})
      assert.deepStrictEqual(quiet.texts, [])
      const { callId, first, texts } = yield* run({ sendsStart: true, sendsStop: true })
      assert.strictEqual(first, texts[0])
      assert.deepStrictEqual(texts.map((text) => JSON.parse(String(text))), [
        {
          event: "start",
          start: {
            streamId: "stream3",
            callId,
            cmiuuid: callId,
            from: 914400000001,
            to: Number(asha),
            direction: "outbound",
            appid: 1_000_001,
            extra_params: "{}",
            mediaFormat: { encoding: "audio/l16", sampleRate: 8000, channels: 1 }
          }
        },
        { event: "stop", stop: { callId } }
      ])
    }))

  it.effect("says whether keys of the caller are told", () =>
    Effect.gen(function*() {
      const run = (profile: StreamProfile.Options) =>
        withCall({ profile }, (peer, callId) =>
          Effect.gen(function*() {
            yield* peer.open
            const { main } = yield* Tenants
            yield* main.switchboard.tell(callId, { _tag: "DigitPressed", legId: "caller", digit: "5" }, 0)
            return peer.texts()
          }))
      assert.deepStrictEqual(yield* run({}), [])
      assert.deepStrictEqual(yield* run({ sendsDtmf: true }), ["{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"5\"}}"])
    }))

  it.effect("never has the keys of others told", () =>
    withCall({ profile: { sendsDtmf: true } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        const { main } = yield* Tenants
        yield* main.switchboard.tell(callId, { _tag: "DigitPressed", legId: "callee1", digit: "5" }, 0)
        assert.deepStrictEqual(peer.texts(), [])
      })))

  it.effect("says how much audio is in a frame", () =>
    withCall({ profile: { frameMs: 60 } }, (peer) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(200)
        assert.deepStrictEqual(peer.frames().map(({ length }) => length), [960, 960, 960])
      })))

  it.effect("says whether silence is sent", () =>
    withCall({
      profile: { silence: "withheld" },
      party: { speaks: [{ afterMs: 100, voice: { _tag: "Tone", hertz: 440, ms: 40 } }] }
    }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(1000)
        assert.lengthOf(peer.frames(), 2)
        assert.deepInclude((yield* accountOf(callId))?.counts, { sent: 2, withheld: 48 })
      })))

  it.effect("says whether two voices come in two channels", () =>
    withCall({ profile: { bothSides: "stereo" }, listens: "both" }, (peer) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(20)
        assert.deepStrictEqual(peer.frames().map(({ length }) => length), [640])
      })))

  it.effect("says whether bytes are played", () =>
    withCall({ profile: { playsBinary: true } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* peer.say(new Uint8Array(320).fill(16))
        yield* TestClock.adjust(100)
        assert.deepInclude((yield* accountOf(callId))?.measures.playout, { received: 160, heard: 160 })
      })))

  it.effect("says how much may wait, and what is dropped beyond", () =>
    Effect.gen(function*() {
      const run = (overflow: "newest" | "oldest") =>
        withCall({ profile: { queueCapMs: 100, overflow }, config: { recordAudio: true } }, (peer, callId) =>
          Effect.gen(function*() {
            yield* peer.open
            yield* peer.say(audioOf(800))
            yield* peer.say(audioOf(200, "raw", 2000))
            assert.deepInclude((yield* accountOf(callId))?.measures.playout, { queued: 800, byOverflow: 200 })
            yield* TestClock.adjust(200)
            const heard = (yield* Tenants).main.media.recordingOf(callId)?.[1].samples
            return [heard?.[0], heard?.[599], heard?.[600], heard?.[799], heard?.[800]]
          }))
      assert.deepStrictEqual(yield* run("newest"), [1000, 1000, 1000, 1000, 0])
      assert.deepStrictEqual(yield* run("oldest"), [1000, 1000, 2000, 2000, 0])
    }))

  it.effect("says how much is still heard after a break", () =>
    withCall({ profile: { carrierBufferMs: 60 } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* peer.say(audioOf(8000))
        yield* TestClock.adjust(110)
        yield* peer.say(brk)
        yield* TestClock.adjust(1000)
        const account = yield* accountOf(callId)
        assert.deepInclude(account?.measures.playout, { heard: 800 + 480, byBreak: 8000 - 1280 })
        assert.deepStrictEqual(account?.ledger.interrupts, [800])
      })))

  it.effect("says whether a list of actions drops what waits", () =>
    Effect.gen(function*() {
      const run = (pcmoDropsPlayback: boolean) =>
        withCall({ profile: { pcmoDropsPlayback } }, (peer, callId) =>
          Effect.gen(function*() {
            yield* peer.open
            yield* peer.say(audioOf(8000))
            yield* peer.say("[{\"action\":\"play\",\"file_name\":\"a.wav\"}]")
            return (yield* accountOf(callId))?.measures.playout.queued
          }))
      assert.deepStrictEqual([yield* run(true), yield* run(false)], [0, 8000])
    }))

  it.effect("says how long a call outlives its stream", () =>
    withCall({ profile: { lossGraceMs: 700 } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* peer.close({ by: "Network", code: 1006, reason: "" })
        assert.strictEqual((yield* recordOf(callId)).endedAt, 1700)
      })))

  it.effect("says whether a socket that fails, or breaks off, is dialed again", () =>
    withCall({ profile: { reconnectAttempts: 2, reconnectDelayMs: 300 } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.fail({ why: "NoConnection" })
        yield* TestClock.adjust(299)
        assert.lengthOf(peer.dials, 1)
        yield* TestClock.adjust(1)
        assert.lengthOf(peer.dials, 2)
        yield* peer.open
        yield* TestClock.adjust(1000)
        yield* peer.close({ by: "Network", code: 1006, reason: "" })
        yield* TestClock.adjust(300)
        assert.lengthOf(peer.dials, 3)
        yield* peer.open
        yield* TestClock.adjust(1000)
        yield* peer.close({ by: "Network", code: 1006, reason: "" })
        const record = yield* recordOf(callId)
        assert.lengthOf(peer.dials, 3)
        assert.deepInclude(record.streams[0], { openedAt: 1300, endedAt: 3600 })
        assert.deepInclude((yield* accountOf(callId))?.counts, { sent: 100, withheld: 15 })
      })))

  it.effect("counts all frames until the last attempt fails, though the wheel turns after that", () =>
    withCall({ profile: { reconnectAttempts: 1, reconnectDelayMs: 300 } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* Effect.forkChild(Effect.andThen(Effect.sleep(400), peer.fail({ why: "NoConnection" })), {
          startImmediately: true
        })
        yield* TestClock.adjust(90)
        yield* peer.close({ by: "Network", code: 1006, reason: "" })
        const record = yield* recordOf(callId)
        assert.deepInclude(record.streams[0], { openedAt: 1000, endedAt: 1400 })
        assert.strictEqual((yield* accountOf(callId))?.measures.duration, 8 * 400)
      })))

  it.effect("tells the facts again on a socket that is dialed again", () =>
    withCall(
      { profile: { reconnectAttempts: 1, reconnectDelayMs: 300, sendsStart: true } },
      (peer) =>
        Effect.gen(function*() {
          yield* peer.open
          yield* peer.close({ by: "Network", code: 1006, reason: "" })
          yield* TestClock.adjust(300)
          yield* peer.open
          const [first, second, ...others] = peer.texts()
          assert.include(first, "\"event\":\"start\"")
          assert.deepStrictEqual([second, others], [first, []])
        })
    ))

  it.effect("dials nobody again who closed", () =>
    withCall({ profile: { reconnectAttempts: 5, reconnectDelayMs: 300 } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(400)
        yield* peer.close({ by: "App", code: 1000, reason: "" })
        yield* recordOf(callId)
        assert.lengthOf(peer.dials, 1)
      })))

  it.effect("dials nobody again for a call that has ended", () =>
    withCall(
      { profile: { reconnectAttempts: 5, reconnectDelayMs: 300 }, party: { talksForMs: 500 } },
      (peer, callId) =>
        Effect.gen(function*() {
          yield* peer.open
          yield* TestClock.adjust(400)
          yield* peer.close({ by: "Network", code: 1006, reason: "" })
          yield* recordOf(callId)
          assert.lengthOf(peer.dials, 1)
        })
    ))
})

describe("audio", () => {
  it.effect("in mp3 is heard where somebody decodes it", () =>
    withCall({
      decoder: Layer.succeed(Decoder, ({ bytes, type }) =>
        type === "mp3" ? { sampleRate: 8000, samples: new Int16Array(bytes.length * 10) } : undefined)
    }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* peer.say(audioOf(100, "mp3"))
        yield* peer.say(audioOf(100, "ogg"))
        const account = yield* accountOf(callId)
        assert.deepInclude(account?.counts, { audio: 1, undecodable: 1 })
        assert.strictEqual(account?.measures.playout.received, 2000)
      })))

  it.effect("that comes at the end of a frame is heard in the next, whatever is due at that moment", () =>
    withCall({}, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(19)
        yield* Effect.forkChild(Effect.andThen(Effect.sleep(1), peer.say(audioOf(160))))
        yield* TestClock.adjust(100)
        assert.deepStrictEqual(
          Spans.toArray((yield* accountOf(callId))?.ledger.app.heard ?? Spans.make(0)),
          [{ start: 160, end: 320 }]
        )
      })))

  it.effect("that somebody is to make at once comes before what was planned, which follows", () =>
    withCall(
      { party: { speaks: [{ afterMs: 1500, voice: { _tag: "Speech", ms: 300 } }] } },
      (peer, callId) =>
        Effect.gen(function*() {
          yield* peer.open
          yield* TestClock.adjust(1000)
          assert.isTrue((yield* Tenants).main.media.say(callId, "caller", { _tag: "Speech", ms: 200 }))
          yield* TestClock.adjust(1000)
          assert.deepStrictEqual(
            Spans.toArray((yield* accountOf(callId))?.ledger.caller.voiced ?? Spans.make(0)),
            [{ start: 8000, end: 1200 * 8 }, { start: 1500 * 8, end: 1800 * 8 }]
          )
        })
    ))

  it.effect("of the caller is heard from its answer on, though the stream opens late", () =>
    withCall(
      { party: { speaks: [{ afterMs: 0, voice: { _tag: "Speech", ms: 1000 } }] } },
      (peer, callId) =>
        Effect.gen(function*() {
          yield* TestClock.adjust(507)
          yield* peer.open
          yield* TestClock.adjust(1000)
          const account = yield* accountOf(callId)
          assert(account !== undefined)
          assert.strictEqual(account.openedAt, 1520)
          assert.deepStrictEqual(Spans.toArray(account.ledger.caller.voiced), [{ start: 0, end: 480 * 8 }])
          assert.isAbove(loudest(peer.frames()[0]), 0)
        })
    ))
})

describe("lists of actions", () => {
  const list = JSON.stringify([{ action: "play", file_name: "a.wav" }])

  it.effect("are taken a thousand and 24 times in a call, and ignored from then on", () =>
    withCall({}, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        for (let sent = 0; sent < 5000; sent += 1) yield* peer.say(list)
        const entries = yield* journalOf(callId)
        assert.lengthOf(entriesOf(entries, "Turned").filter(({ event }) => event._tag === "StreamProgram"), 1024)
        assert.deepInclude((yield* accountOf(callId))?.counts, { messages: 5000, ignored: 5000 - 1024 })
        assert.deepStrictEqual([...new Set(entriesOf(entries, "StreamIgnored").map(({ why }) => why))], [
          "too-many-lists"
        ])
        assert.strictEqual((yield* recordOf(callId)).endedBy, "Caller")
      })))

  it.effect("are taken less often when they are long", () =>
    withCall({}, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        const speak = JSON.stringify([{ action: "speak", text: "x".repeat(65_000) }])
        for (let sent = 0; sent < 100; sent += 1) yield* peer.say(speak)
        assert.deepInclude((yield* accountOf(callId))?.counts, { messages: 100, ignored: 100 - 16 })
      })))
})

it.effect("a defect ends the stream on which it shows, and neither the socket nor the call", () =>
  withCall({
    decoder: Layer.succeed(Decoder, () => {
      throw new Error("a bug in a decoder")
    })
  }, (peer, callId) =>
    Effect.gen(function*() {
      yield* peer.open
      yield* peer.say(audioOf(100, "mp3"))
      assert.deepStrictEqual(peer.closes, [[1011, ""]])
      const record = yield* recordOf(callId)
      assert.deepInclude(record.streams[0]?.end, {
        by: "Platform",
        code: 1011,
        reason: "Error: a bug in a decoder"
      })
      assert.deepInclude(record, { endedBy: "Pipeline", endedAt: 3000 })
      assert.lengthOf(entriesOf(yield* journalOf(callId), "Streamed"), 1)
    })))

describe("what is known of a stream", () => {
  it.effect("tells of every frame what became of it, whenever the app pauses", () =>
    withCall({ profile: { frameMs: 60 } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(100)
        yield* peer.say("{\"action\":\"pause\"}")
        yield* TestClock.adjust(100)
        yield* peer.say("{\"action\":\"resume\"}")
        yield* TestClock.adjust(100)
        yield* peer.close({ by: "App", code: 1000, reason: "" })
        assert.deepInclude((yield* accountOf(callId))?.counts, { sent: 6, withheld: 9 })
      })))

  /** On a machine that can be made to stand still for a time. */
  const withStandstill = <A, E, R>(
    setup: Setup,
    use: (lose: (ms: number) => void, peer: Peer, callId: string) => Effect.Effect<A, E, R>
  ) =>
    Effect.gen(function*() {
      const clock = yield* Clock.Clock
      let lostMs = 0
      const slow: Clock.Clock = {
        ...clock,
        monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe() + BigInt(lostMs * 1_000_000),
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
        sleep: (duration) => clock.sleep(duration)
      }
      const lose = (ms: number): void => {
        lostMs += ms
      }
      return yield* withCall(setup, (peer, callId) => use(lose, peer, callId)).pipe(
        Effect.provideService(Clock.Clock, slow)
      )
    })

  it.effect("is how late its frames went out", () =>
    withStandstill({}, (lose, peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(1000)
        lose(35)
        yield* TestClock.adjust(20)
        lose(5)
        yield* TestClock.adjust(200)
        yield* peer.close({ by: "App", code: 1000, reason: "" })
        const [streamed] = entriesOf(yield* journalOf(callId), "Streamed")
        assert.deepStrictEqual(streamed?.lateness, { p50: 0, p99: 35, max: 35 })
      })))

  it.effect("tells what waits for the rest of its message, while the stream goes on", () =>
    withCall({ profile: { frameMs: 60 } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(100)
        assert.deepStrictEqual((yield* accountOf(callId))?.waiting, { messageMs: 40, lineMs: 0 })
        yield* peer.close({ by: "App", code: 1000, reason: "" })
        assert.deepStrictEqual((yield* accountOf(callId))?.waiting, { messageMs: 0, lineMs: 0 })
      })))

  it.effect("is every frame that was over when the app closed, though the machine was late", () =>
    withStandstill({}, (lose, peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(1000)
        lose(30)
        yield* peer.close({ by: "App", code: 1000, reason: "" })
        assert.strictEqual((yield* accountOf(callId))?.ledger.end, 1020 * 8)
      })))

  it.effect("is passed over once where the machine stood still, whatever it notices first", () =>
    withStandstill({ config: { recordAudio: true } }, (lose, peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(1000)
        lose(5000)
        yield* peer.say(audioOf(160))
        yield* TestClock.adjust(1000)
        const account = yield* accountOf(callId)
        assert.deepInclude(account?.counts, { skipped: 199, sent: 350 - 199 })
        assert.strictEqual(account?.ledger.end, 7000 * 8)
        assert.strictEqual((yield* Tenants).main.media.recordingOf(callId)?.[1].samples.length, 7000 * 8)
      })))

  it.effect("is kept with the entries of its call, and goes with them", () =>
    withCall({ config: { maxEntries: 40 }, party: { talksForMs: 200 } }, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* recordOf(callId)
        assert.isDefined(yield* accountOf(callId))
        for (let call = 0; call < 10; call += 1) {
          yield* place("caller")
          yield* TestClock.adjust("10 seconds")
        }
        assert.deepStrictEqual(yield* journalOf(callId), [])
        assert.isUndefined(yield* accountOf(callId))
      })))

  const timer = Layer.succeed(ControlTimer, (fromMs, toMs) => ({ p50: fromMs, p99: toMs, max: 9 }))
  const timersOf = (callId: string) =>
    Effect.map(journalOf(callId), (entries) => entriesOf(entries, "Streamed").map(({ timer }) => timer))

  it.effect("says in the journal how late the machine's own timer was meanwhile, where time is the machine's", () =>
    Effect.gen(function*() {
      const run = (clock: ClockMode.Setting, decoder: Layer.Layer<never>) =>
        withCall(
          { config: { accounts: [{ token: "sim-token", clock }] }, decoder },
          (peer, callId) =>
            Effect.gen(function*() {
              yield* peer.open
              yield* TestClock.adjust(500)
              yield* peer.close({ by: "App", code: 1000, reason: "" })
              return yield* timersOf(callId)
            })
        )
      assert.deepStrictEqual(yield* run("live", timer), [{ p50: 1000, p99: 1500, max: 9 }])
      assert.deepStrictEqual(yield* run({ scaled: 2 }, timer), [undefined])
      assert.deepStrictEqual(yield* run("live", Layer.empty), [undefined])
    }))

  it.effect("says nothing of the machine's timer where time is moved by hand", () =>
    Effect.gen(function*() {
      yield* place("caller")
      const { main } = yield* Tenants
      const [call] = yield* main.switchboard.live
      yield* main.time.advance(20_000)
      assert.deepStrictEqual(yield* timersOf(call?.origin.callId ?? ""), [undefined])
    }).pipe(Effect.provide(
      InProcess.layer({
        streams: Layer.succeed(Streams.StreamPort, {
          dial: (_, listener) => {
            queueMicrotask(listener.opened)
            return { send: () => undefined, bufferedBytes: () => 0, close: () => undefined }
          }
        }),
        config: {
          accounts: [{ token: "sim-token", clock: "manual" }],
          people: { [asha]: Party.person({ answersAfterMs: 1000, talksForMs: 1000 }) }
        }
      }).pipe(Layer.provide(timer))
    )))

  it.effect("is known of a thousand ended calls, the newest", () =>
    withCall({ party: { answersAfterMs: 0, talksForMs: 20 } }, (peer, first) =>
      Effect.gen(function*() {
        const another = Effect.gen(function*() {
          yield* place("caller")
          yield* TestClock.adjust(0)
          const [call] = yield* Simulator.Simulator.use((simulator) => simulator.live)
          yield* peer.open
          yield* TestClock.adjust(20)
          return call?.origin.callId ?? ""
        })
        assert.isUndefined(yield* accountOf(first), "nobody opened it")
        const ids = yield* Effect.replicateEffect(another, 1001)
        assert.isUndefined(yield* accountOf(ids[0] ?? ""))
        assert.isDefined(yield* accountOf(ids[1] ?? ""))
        assert.isDefined(yield* accountOf(ids[1000] ?? ""))
      })))

  it.effect("has no recording unless it was asked for", () =>
    Effect.gen(function*() {
      const run = (recordAudio: boolean) =>
        withCall({ config: { recordAudio } }, (peer, callId) =>
          Effect.gen(function*() {
            yield* peer.open
            yield* recordOf(callId)
            return (yield* Tenants).main.media.recordingOf(callId)?.[0].samples.length
          }))
      assert.deepStrictEqual([yield* run(false), yield* run(true)], [undefined, 80_000])
    }))

  it.effect("has a recording of each stream, by default of that which was open first, whichever was dialed first", () =>
    withCall({ config: { recordAudio: true } }, (peer) =>
      Effect.gen(function*() {
        yield* place("caller", [{ action: "stream", ws_url: "ws://bot.test/y", stream_on_answer: true }])
        const callId = (yield* Simulator.Simulator.use((simulator) => simulator.live))[1]?.origin.callId ?? ""
        yield* TestClock.adjust(1000)
        yield* peer.openOne(2)
        yield* TestClock.adjust(1000)
        yield* peer.openOne(1)
        yield* TestClock.adjust(1000)
        const { media } = (yield* Tenants).main
        assert.deepStrictEqual(media.ledgerOf(callId).map(({ openedAt }) => openedAt), [2000, 3000])
        const [first, second] = media.ledgerOf(callId).map(({ streamId }) => streamId)
        const recorded = () =>
          [undefined, first, second, "nothing"].map((streamId) =>
            media.recordingOf(callId, streamId)?.[0].samples.length
          )
        assert.deepStrictEqual(recorded(), [16_000, 16_000, 8000, undefined])
        yield* TestClock.adjust(1000)
        yield* recordOf(callId)
        assert.deepStrictEqual(recorded(), [80_000, 80_000, 72_000, undefined])
      })))

  it.effect("has its recording when the journal tells of its end, also when the simulator broke on the call", () =>
    withCall({ config: { recordAudio: true } }, (peer, callId) =>
      Effect.gen(function*() {
        const taken: Array<number | undefined> = []
        yield* (yield* Tenants).copy(({ media }, { _tag }) => {
          if (_tag === "Streamed") taken.push(media.recordingOf(callId)?.[0].samples.length)
        })
        yield* peer.open
        yield* TestClock.adjust(1000)
        peer.dials.push = () => {
          throw new Error("no more")
        }
        yield* peer.say(JSON.stringify([{ action: "stream", ws_url: "ws://bot.test/y", listen_mode: "caller" }]))
        assert.lengthOf(entriesOf(yield* journalOf(callId), "Broke"), 1)
        assert.deepStrictEqual(taken, [8000])
      })))

  it.effect("has a recording of ten minutes at most", () =>
    withCall(
      { config: { recordAudio: true }, party: { talksForMs: 700_000 } },
      (peer, callId) =>
        Effect.gen(function*() {
          yield* peer.open
          yield* recordOf(callId)
          const recording = (yield* Tenants).main.media.recordingOf(callId)
          assert.deepStrictEqual(recording?.map(({ samples }) => samples.length), [4_800_000, 4_800_000])
        })
    ))

  it.effect("is told once by the journal, whoever closed", () =>
    withCall({}, (peer, callId) =>
      Effect.gen(function*() {
        yield* peer.open
        yield* TestClock.adjust(1000)
        yield* peer.close({ by: "App", code: 4000, reason: "enough" })
        yield* peer.close({ by: "Network", code: 1006, reason: "" })
        yield* peer.say(audioOf(160))
        const record = yield* recordOf(callId)
        const [streamed, ...others] = entriesOf(yield* journalOf(callId), "Streamed")
        assert.deepStrictEqual(others, [])
        assert.deepInclude(streamed?.counts, { sent: 50, messages: 0 })
        assert.deepStrictEqual(record.streams[0]?.end, { _tag: "Closed", by: "App", code: 4000, reason: "enough" })
        assert.deepStrictEqual(peer.closes, [])
      })))
})
