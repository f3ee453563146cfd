/** A simulator on a port whose calls stream to apps over real sockets: what the apps see, and what is told of it. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import * as Wav from "@effect-piopiy/sdk/Wav"
import { type CallRecord, Party, Simulator, type SimulatorConfig } from "@effect-piopiy/simulator"
import * as Control from "@effect-piopiy/simulator/control"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Peer, webSocketServer } from "./dialing.ts"
import { eventually } from "./processes.ts"
import * as servers from "./sockets/servers.ts"
import { hosts } from "./streams.ts"
import { page } from "./world.ts"

/** Answers at once, says something for half a second, and stays. */
const asha = "919840000021"
const people = {
  [asha]: Party.person({ answersAfterMs: 0, speaks: [{ afterMs: 0, voice: { _tag: "Speech", ms: 500 } }] })
}

const server = (options: SimulatorServer.ServerOptions = {}) =>
  Layer.mergeAll(
    SimulatorServer.layer({ port: 0, ...options, config: { people, ...options.config } }),
    FetchHttpClient.layer,
    NodeFileSystem.layer
  )

const Placed = Schema.Struct({ request_id: Schema.String })

/** Places a call with a list of actions of the older API, and gives the id of the request. */
const dial = Effect.fnUntraced(function*(pcmo: ReadonlyArray<unknown>, appid: number) {
  const { url } = yield* SimulatorServer.SimulatorServer
  const response = yield* HttpClientRequest.post(`${url}/v2/ind_pcmo_make_call`).pipe(
    HttpClientRequest.bodyJsonUnsafe({
      appid,
      secret: "sim-secret",
      from: 914400000001,
      to: Number(asha),
      pcmo
    }),
    HttpClient.execute
  )
  const { request_id } = yield* Effect.flatMap(response.json, Schema.decodeUnknownEffect(Placed))
  return request_id
})

/** Places a call on the first account, and gives its id. */
const place = Effect.fnUntraced(function*(pcmo: ReadonlyArray<unknown>) {
  const simulator = yield* Simulator.Simulator
  const placed = yield* dial(pcmo, 1_000_001)
  const records = yield* simulator.records
  const calls = [...(yield* simulator.live).map(({ origin }) => origin), ...records]
  return calls.find(({ requestId }) => requestId === placed)?.callId ?? (yield* Effect.die(new Error("no call")))
})

const stream = (url: string, more: object = {}) => ({ action: "stream", ws_url: url, ...more })

const ended = (callId: string) => Simulator.Simulator.use((simulator) => simulator.ended(callId))

/** How the only stream of a call ended. */
const endOf = ({ streams }: CallRecord.CallRecord) => {
  assert.lengthOf(streams, 1)
  return streams[0]?.end
}

/** Sends audio to be played, as the official clients do. */
const play = ({ webSocket }: Peer, frame: AudioFrame.AudioFrame) =>
  webSocket.send(JSON.stringify({
    type: "streamAudio",
    data: {
      audioDataType: "raw",
      sampleRate: frame.sampleRate,
      audioData: Buffer.from(AudioFrame.toBytes(frame)).toString("base64")
    }
  }))

const tone = (ms: number) =>
  AudioFrame.make(Int16Array.from({ length: 8 * ms }, (_, index) => 8000 * Math.sin(index / 3)), 8000)

/** The binary messages that a peer gets, as they come. */
const framesOf = ({ webSocket }: Peer) => {
  const frames: Array<Uint8Array> = []
  webSocket.on("message", (data, isBinary) => {
    if (isBinary && data instanceof Uint8Array) frames.push(data)
  })
  return frames
}

const several = (frames: ReadonlyArray<unknown>, count: number) =>
  eventually(`${count} frames`, Effect.sync(() => frames.length >= count ? true : undefined))

const Streams = Schema.fromJsonString(Schema.Struct({
  streams: Schema.Array(Schema.Struct({
    isOver: Schema.Boolean,
    counts: Schema.Record(Schema.String, Schema.Int),
    latenessMs: Schema.optionalKey(
      Schema.Struct({ p50: Schema.Finite, p99: Schema.Finite, max: Schema.Finite })
    ),
    timer: Schema.Struct({ latenessMs: Schema.Struct({ p99: Schema.Finite }), isTrusted: Schema.Boolean }),
    measures: Schema.Struct({
      sampleRate: Schema.Int,
      playout: Schema.Struct({ received: Schema.Int, heard: Schema.Int })
    })
  }))
}))

/** The only stream of a call, as its page has it. */
const streamOf = Effect.fnUntraced(function*(callId: string) {
  const { text } = yield* page(`/_sim/calls/${callId}/stream`)
  const { streams: [found] } = yield* Schema.decodeEffect(Streams)(text)
  return found ?? (yield* Effect.die(new Error(`no stream in ${text}`)))
})

describe("an app that a call streams to", () => {
  it.live("gets a frame every 20 ms, is heard, and can end the call; pages and files tell of it", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const folder = `${yield* files.makeTempDirectoryScoped()}/recordings`
      const result = yield* Effect.gen(function*() {
        const app = yield* webSocketServer()
        const callId = yield* place([stream(app.url, { listen_mode: "both" })])
        const peer = yield* app.peer
        const frames = framesOf(peer)
        play(peer, tone(300))
        yield* several(frames, 30)
        const live = yield* streamOf(callId)
        assert.isFalse(live.isOver)
        peer.webSocket.send("[{\"action\":\"hangup\"}]")
        const record = yield* ended(callId)
        assert.deepStrictEqual(endOf(record), { _tag: "Closed", by: "Platform", code: 1000, reason: "" })
        assert.strictEqual(record.streams[0]?.origin, `ws://127.0.0.1:${app.port}`)
        assert.isTrue(frames.every(({ byteLength }) => byteLength === 320))
        assert.isTrue(frames.some((frame) => frame.some((byte) => byte !== 0)))
        const over = yield* streamOf(callId)
        assert.isTrue(over.isOver)
        assert.strictEqual(over.counts["sent"], frames.length)
        assert.deepInclude(over.counts, { messages: 2, audio: 1, dropped: 0, ignored: 0 })
        assert.deepInclude(over.measures.playout, { received: 2400, heard: 2400 })
        assert.isAtLeast(over.latenessMs?.max ?? Number.NaN, over.latenessMs?.p50 ?? Number.NaN)
        assert.strictEqual(over.timer.isTrusted, over.timer.latenessMs.p99 < 20)
        assert.deepStrictEqual(
          (yield* Simulator.Simulator.use((simulator) => simulator.journal({ callId }))).flatMap((entry) =>
            entry._tag === "Streamed" ? [entry.timer?.p99] : []
          ),
          [over.timer.latenessMs.p99]
        )
        const picture = yield* page(`/_sim/calls/${callId}/timeline.svg`)
        assert.isTrue(picture.text.startsWith("<svg "))
        assert.include((yield* page(`/_sim/calls/${callId}/timeline.svg?format=text`)).text, "heard 300 ms")
        const { url } = yield* SimulatorServer.SimulatorServer
        const wav = yield* Effect.flatMap(
          HttpClient.get(`${url}/_sim/calls/${callId}/recording.wav`),
          (response) => response.arrayBuffer
        )
        return { callId, wav: new Uint8Array(wav), sent: over.counts["sent"] ?? 0 }
      }).pipe(Effect.scoped, Effect.provide(server({ recordings: folder })))
      const written = yield* files.readFile(`${folder}/${result.callId}.wav`)
      assert.deepEqual(written, result.wav)
      const [caller, app] = Result.getOrThrow(Wav.decode(written))
      assert.strictEqual(caller.samples.length, 160 * result.sent)
      // The tone as one piece from the frame on in which it came; a sine begins with 0.
      const first = (app?.samples.findIndex((sample) => sample !== 0) ?? 0) - 1
      assert.strictEqual(first % 160, 0)
      assert.strictEqual(app?.samples.findLastIndex((sample) => sample !== 0), first + 2399)
      assert.isTrue(caller.samples.some((sample) => sample !== 0))
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  for (const [where, host] of hosts) {
    it.live(`may be the SDK's on ${where}: it hears, answers and hangs up`, () =>
      Effect.gen(function*() {
        const { address } = yield* host((session: StreamSession.StreamSession) =>
          Effect.gen(function*() {
            const heard = yield* Stream.runCollect(Stream.take(session.frames, 25))
            assert.lengthOf(heard, 25)
            yield* session.send(tone(100))
            yield* Effect.sleep("300 millis")
            yield* session.hangup
          })
        )
        const callId = yield* place([stream(yield* address)])
        const record = yield* ended(callId)
        assert.strictEqual(record.disposition, "Answered")
        const over = yield* streamOf(callId)
        assert.deepInclude(over.measures.playout, { received: 800, heard: 800 })
      }).pipe(Effect.scoped, Effect.provide(server())))
  }

  /** How a call with a profile goes whose app says nothing and answers no ping: what it was offered, and how it ends. */
  const ignored = (streams: SimulatorConfig.SimulatorConfig["streams"]) =>
    Effect.gen(function*() {
      const app = yield* webSocketServer({ autoPong: false, perMessageDeflate: true })
      const callId = yield* place([stream(app.url)])
      const { headers } = yield* app.peer
      const record = yield* Effect.timeoutOption(ended(callId), "800 millis")
      return { end: Option.map(record, endOf), offered: headers["sec-websocket-extensions"] }
    }).pipe(
      Effect.scoped,
      Effect.provide(server({ config: { streams: { pingAfterMs: 60, lossGraceMs: 1, ...streams } } }))
    )

  it.live("is offered deflate, and given up when it answers no ping, as the profile says", () =>
    Effect.gen(function*() {
      const impatient = yield* ignored({ offersDeflate: true, pongTimeoutMs: 60 })
      assert.deepStrictEqual(
        impatient.end,
        Option.some({ _tag: "Closed", by: "Network", code: 1006, reason: "" })
      )
      assert.match(String(impatient.offered), /^permessage-deflate/)
      const patient = yield* ignored({})
      assert.deepStrictEqual([patient.end, patient.offered], [Option.none(), undefined])
    }))

  it.live("sees its socket closed when the simulator stops", () =>
    Effect.gen(function*() {
      const app = yield* webSocketServer()
      const closes: Array<number> = []
      yield* Effect.gen(function*() {
        yield* place([stream(app.url)])
        const peer = yield* app.peer
        peer.webSocket.on("close", (code) => closes.push(code))
        yield* several(framesOf(peer), 1)
      }).pipe(Effect.provide(server()))
      yield* eventually("the close", Effect.sync(() => closes.length > 0 ? true : undefined))
      assert.deepStrictEqual(closes, [1000])
    }).pipe(Effect.scoped))
})

describe("recordings", () => {
  /** A call that an app talks on and ends. */
  const talk = Effect.fnUntraced(function*<E, R>(
    placing: (pcmo: ReadonlyArray<unknown>) => Effect.Effect<string, E, R>
  ) {
    const app = yield* webSocketServer()
    const id = yield* placing([stream(app.url)])
    const peer = yield* app.peer
    const frames = framesOf(peer)
    yield* several(frames, 5)
    peer.webSocket.send("[{\"action\":\"hangup\"}]")
    return id
  })

  it.live("of two accounts, whose calls can have the same ids, do not get in each other's way", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const folder = yield* files.makeTempDirectoryScoped()
      const accounts = [{ token: "one" }, { token: "two", name: "b/c", appId: 7, appSecret: "sim-secret" }] as const
      const names = Effect.map(
        files.readDirectory(folder),
        (found) => found.length === 2 ? found.toSorted() : undefined
      )
      yield* Effect.gen(function*() {
        const callId = yield* talk(place)
        yield* talk((pcmo) => dial(pcmo, 7))
        assert.deepStrictEqual(yield* eventually("two files", names), [`${callId}.wav`, `b%2Fc-${callId}.wav`])
      }).pipe(Effect.scoped, Effect.provide(server({ recordings: folder, config: { accounts } })))
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.live("of each stream of a call can be had by its id, and are files of their own", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const folder = yield* files.makeTempDirectoryScoped()
      const { callId, recordings } = yield* Effect.gen(function*() {
        const apps = [yield* webSocketServer(), yield* webSocketServer()]
        const callId = yield* place(apps.map(({ url }) => stream(url, { stream_on_answer: true })))
        const peers = yield* Effect.forEach(apps, ({ peer }) => peer)
        const simulator = yield* Simulator.Simulator
        const opened = yield* eventually(
          "both streams",
          Effect.map(simulator.streams(callId), (found) => found.length === 2 ? found : undefined)
        )
        yield* Effect.forEach(peers, (peer) => several(framesOf(peer), 5))
        peers[1]?.webSocket.send("[{\"action\":\"hangup\"}]")
        yield* ended(callId)
        const { url } = yield* SimulatorServer.SimulatorServer
        const { calls } = yield* Control.make({ url })
        const recordings = yield* Effect.forEach(opened, ({ streamId }) =>
          Effect.map(
            calls.recording({ params: { id: callId }, query: { stream: streamId } }),
            (wav) => ({ streamId, wav })
          ))
        assert.deepEqual(yield* calls.recording({ params: { id: callId }, query: {} }), recordings[0]?.wav)
        for (const { streamId, wav } of recordings) {
          assert.deepEqual(yield* simulator.recording(callId, streamId), Result.getOrThrow(Wav.decode(wav)))
        }
        const refused = yield* Effect.flip(calls.recording({ params: { id: callId }, query: { stream: "another" } }))
        assert.deepInclude(refused, { _tag: "NoSuchStream", streams: recordings.map(({ streamId }) => streamId) })
        return { callId, recordings }
      }).pipe(Effect.scoped, Effect.provide(server({ recordings: folder })))
      const names = recordings.map(({ streamId }, place) => place === 0 ? callId : `${callId}-${streamId}`)
      assert.sameMembers(yield* files.readDirectory(folder), names.map((name) => `${name}.wav`))
      for (const [place, name] of names.entries()) {
        assert.deepEqual(yield* files.readFile(`${folder}/${name}.wav`), recordings[place]?.wav)
      }
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.live("that cannot be written are missed, and the calls go on", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const folder = `${yield* files.makeTempDirectoryScoped()}/recordings`
      yield* Effect.gen(function*() {
        yield* files.remove(folder, { recursive: true })
        const record = yield* Effect.flatMap(talk(place), ended)
        assert.strictEqual(record.disposition, "Answered")
        assert.strictEqual((yield* Effect.flatMap(talk(place), ended)).disposition, "Answered")
      }).pipe(Effect.scoped, Effect.provide(server({ recordings: folder })))
      assert.isFalse(yield* files.exists(folder))
    }).pipe(Effect.scoped, Effect.provide([NodeFileSystem.layer, Logger.layer([])])))

  it.live("are not kept unless they are asked for", () =>
    Effect.gen(function*() {
      const callId = yield* talk(place)
      yield* ended(callId)
      const { status, text } = yield* page(`/_sim/calls/${callId}/recording.wav`)
      assert.strictEqual(status, 404)
      assert.include(text, "no_recording")
    }).pipe(Effect.scoped, Effect.provide(server())))
})

describe("an app that fails its call", () => {
  it.live("by its handshake ends it with a cause, or lets it go on with what is left", () =>
    Effect.gen(function*() {
      const refusing = yield* servers.plain((socket) => socket.end(servers.reply("401 Unauthorized", "{}")))
      const hanging = yield* servers.plain(() => {})
      const untrusted = yield* servers.secure("selfSigned", () => {})
      const failures = [
        [`ws://127.0.0.1:${refusing.port}/`, { _tag: "Failed", why: "Refused", status: 401 }],
        [`ws://127.0.0.1:${hanging.port}/`, { _tag: "Failed", why: "TimedOut" }],
        [`ws://127.0.0.1:${yield* servers.closedPort}/`, { _tag: "Failed", why: "NoConnection" }],
        [`wss://localhost:${untrusted.port}/`, { _tag: "Failed", why: "NoConnection" }],
        ["ws://192.0.2.1/", { _tag: "Failed", why: "Forbidden" }]
      ] as const
      for (const [url, end] of failures) {
        for (const rest of [[], [{ action: "hangup" }]]) {
          const record = yield* Effect.flatMap(place([stream(url), ...rest]), ended)
          if (rest.length === 0) assert.deepStrictEqual(endOf(record), end)
          assert.strictEqual(record.disposition, "Answered")
          assert.strictEqual(record.hangupCause, "NORMAL_CLEARING")
        }
      }
    }).pipe(
      Effect.scoped,
      Effect.provide(server({ config: { streams: { handshakeTimeoutMs: 200, lossGraceMs: 100 } } }))
    ))

  it.live("by going away ends it, however it does that", () =>
    Effect.gen(function*() {
      const app = yield* webSocketServer()
      const leave: ReadonlyArray<readonly [(peer: Peer) => void, unknown]> = [
        ...[1000, 1001, 1008, 1011, 3000, 4999].map((code) =>
          [
            ({ webSocket }: Peer) => webSocket.close(code, "bye"),
            { _tag: "Closed", by: "App", code, reason: "bye" }
          ] as const
        ),
        [({ socket }) => socket.resetAndDestroy(), { _tag: "Closed", by: "Network", code: 1006, reason: "" }],
        [({ socket }) => socket.end(), { _tag: "Closed", by: "Network", code: 1006, reason: "" }],
        [({ socket }) => socket.write(Uint8Array.of(0x83, 0x00)), {
          _tag: "Closed",
          by: "Platform",
          code: 1002,
          reason: ""
        }],
        [({ webSocket }) => webSocket.send(new Uint8Array(5 << 20)), {
          _tag: "Closed",
          by: "Platform",
          code: 1009,
          reason: ""
        }]
      ]
      for (const [go, end] of leave) {
        const callId = yield* place([stream(app.url)])
        go(yield* app.peer)
        const record = yield* ended(callId)
        assert.deepStrictEqual(endOf(record), end)
        assert.strictEqual(record.hangupCause, "NORMAL_CLEARING")
      }
    }).pipe(Effect.scoped, Effect.provide(server({ config: { streams: { lossGraceMs: 50 } } }))))

  const nonsense: ReadonlyArray<readonly [string, (peer: Peer) => void, number]> = [
    ["what is no message", ({ webSocket }) => {
      const texts = ["", "{", "null", "7", "{}", "[]", "[1]", "{\"action\":\"dance\"}", "[".repeat(100_000)]
      for (const text of texts) webSocket.send(text)
    }, 9],
    ["audio that is none", ({ webSocket }) => {
      for (const audioDataType of ["raw", "wav", "mp3", "ogg", "flac"]) {
        for (const audioData of ["", "AA==", "not base64", "AAAA".repeat(1000)]) {
          webSocket.send(JSON.stringify({ type: "streamAudio", data: { audioDataType, sampleRate: 8000, audioData } }))
        }
      }
    }, 19],
    ["binary of any length", ({ webSocket }) => {
      for (const length of [0, 1, 319, 320, 321, 1 << 20]) webSocket.send(new Uint8Array(length))
    }, 6],
    ["a hundred thousand tiny messages", ({ socket }) => {
      for (let block = 0; block < 10; block += 1) socket.write(Buffer.alloc(30_000, Uint8Array.of(0x81, 0x01, 0x78)))
    }, 100_000]
  ]
  for (const [what, send, ignored] of nonsense) {
    it.live(`does not by ${what}, which is counted`, () =>
      Effect.gen(function*() {
        const app = yield* webSocketServer()
        const callId = yield* place([stream(app.url)])
        const peer = yield* app.peer
        const frames = framesOf(peer)
        yield* several(frames, 1)
        send(peer)
        play(peer, tone(20))
        yield* eventually(
          "the audio after it",
          Effect.map(streamOf(callId), ({ measures }) => measures.playout.heard >= 160 ? true : undefined)
        )
        const before = frames.length
        yield* several(frames, before + 5)
        peer.webSocket.send("{\"action\":\"stop\"}")
        const record = yield* ended(callId)
        assert.strictEqual(record.disposition, "Answered")
        assert.deepInclude((yield* streamOf(callId)).counts, { ignored })
      }).pipe(Effect.scoped, Effect.provide(server())))
  }
})
