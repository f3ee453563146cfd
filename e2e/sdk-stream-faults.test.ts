/** What a peer may do wrong on the SDK's stream server, byte by byte, by both ways of hosting it. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import * as StreamServerNode from "@effect-piopiy/sdk/StreamServerNode"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import type * as StreamTransport from "@effect-piopiy/sdk/StreamTransport"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { connect, type Socket } from "node:net"
import { eventually } from "./processes.ts"
import { dial, hosts, onPort } from "./streams.ts"

const frame = AudioFrame.toBytes(AudioFrame.silence("20 millis", 8000))

/** The first byte of a frame: whole, and of which kind. */
const heads = { binary: 0x82, text: 0x81, close: 0x88, ping: 0x89 }

/** A frame as a client sends it, masked with zeros. */
const wsFrame = (head: number, payload: Uint8Array): Buffer => {
  const { length } = payload
  const size = length < 126
    ? Buffer.of(0x80 | length)
    : length < 65_536
    ? Buffer.of(0xfe, length >> 8, length & 0xff)
    : Buffer.of(0xff, 0, 0, 0, 0, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff)
  return Buffer.concat([Buffer.of(head), size, Buffer.alloc(4), payload])
}

/** A close frame with any code and any bytes for a reason. */
const closeFrame = (code: number, reason: Uint8Array = Buffer.from("why")): Buffer =>
  wsFrame(heads.close, Buffer.concat([Buffer.of(code >> 8, code & 0xff), reason]))

/** Writes, and waits while the socket does not keep up. */
const write = (socket: Socket, bytes: Uint8Array): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (socket.write(bytes)) return resume(Effect.void)
    socket.once("drain", () => resume(Effect.void))
  })

/** What became of a session when it was over. */
interface Seen {
  readonly close: StreamTransport.Close
  readonly received: StreamSession.Received
}

const echo = (session: StreamSession.StreamSession) => Stream.runForEach(session.frames, session.send)

/** A test whose log, of what is meant to go wrong, stays out of the report. */
const live = <E>(claim: string, run: () => Effect.Effect<void, E, Scope.Scope>, timeout = 60_000) =>
  it.live(claim, () => Effect.provide(run(), Logger.layer([])), timeout)

for (const [where, host] of hosts) {
  describe(`on ${where}`, () => {
    /** A server whose sessions say how they ended. */
    const watched = Effect.fnUntraced(function*(options: Partial<StreamServer.Options> = {}) {
      const seen = yield* Queue.unbounded<Seen>()
      const { address } = yield* host((session) =>
        Effect.gen(function*() {
          const close = yield* session.closed
          yield* Queue.offer(seen, { close, received: yield* session.received })
        }), options)
      return { next: Queue.take(seen), peer: Effect.flatMap(address, (url) => dial(url)) }
    })

    live("of many sockets that come at once with one token, one gets in", () =>
      Effect.gen(function*() {
        let runs = 0
        const { address } = yield* host((session) =>
          Effect.suspend(() => {
            runs += 1
            return echo(session)
          })
        )
        const url = yield* address
        const all = yield* Effect.forEach(Array.from({ length: 20 }), () => dial(url), { concurrency: "unbounded" })
        const statuses = all.map(({ status }) => status).toSorted((a, b) => a - b)
        assert.deepStrictEqual(statuses, [101, ...Array.from({ length: 19 }, () => 403)])
        assert.strictEqual(runs, 1)
      }))

    live(
      "an app that goes on in a turn of its own misses nothing of what comes in one burst",
      () =>
        Effect.gen(function*() {
          const sent = 5000
          const seen = yield* Queue.unbounded<StreamSession.Received>()
          const { address } = yield* host((session) =>
            Effect.andThen(session.audio, Effect.yieldNow).pipe(
              Effect.forever({ disableYield: true }),
              Effect.ignore,
              Effect.andThen(session.received),
              Effect.flatMap((received) => Queue.offer(seen, received))
            )
          )
          const { socket, webSocket } = yield* dial(yield* address)
          const burst = Buffer.concat(Array.from({ length: sent }, () => wsFrame(heads.binary, frame)))
          yield* write(socket(), burst)
          webSocket.close(1000)
          assert.deepStrictEqual(yield* Queue.take(seen), { samples: sent * 160, droppedSamples: 0, unreadable: 0 })
        })
    )

    live(
      "what is no audio and no text of the platform is counted, and the stream goes on",
      () =>
        Effect.gen(function*() {
          const sessions = yield* Queue.unbounded<StreamSession.StreamSession>()
          const { address } = yield* host((session) => Effect.andThen(Queue.offer(sessions, session), echo(session)))
          const { texts, webSocket } = yield* dial(yield* address)
          const session = yield* Queue.take(sessions)
          const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)
          const bad: ReadonlyArray<Uint8Array | string> = [
            new Uint8Array(0),
            new Uint8Array(1),
            new Uint8Array(321),
            new Uint8Array(16_002),
            "",
            "\0",
            "[".repeat(65_000),
            nested("[", "]", 32_000),
            nested("{\"a\":", "1}", 8000).replace("1}", "{}}"),
            `{"event":"start","start":${
              JSON.stringify(Object.fromEntries(Array.from({ length: 3000 }, (_, key) => [`k${key}`, key])))
            },"event":"?"}`,
            `[${"1e999,".repeat(9000)}0]`,
            `{"event":"dtmf","dtmf":{"digit":${"9".repeat(60_000)}}}`,
            "{\"event\":\"dtmf\",\"dtmf\":{\"__proto__\":{\"digit\":\"1\"}}}",
            "{\"__proto__\":{\"event\":\"stop\"}}"
          ]
          for (const message of bad) webSocket.send(message)
          webSocket.send(frame)
          assert.include(yield* Queue.take(texts), "streamAudio")
          assert.deepStrictEqual(yield* session.received, { samples: 160, droppedSamples: 0, unreadable: bad.length })
        })
    )

    live("a million tiny messages are counted, without filling the memory", () =>
      Effect.gen(function*() {
        const { next, peer } = yield* watched()
        const { socket } = yield* peer
        const block = 10_000
        const tiny = Buffer.concat(Array.from({ length: block }, (_, index) =>
          wsFrame(index % 20 === 0 ? heads.text : heads.binary, Buffer.from("x"))))
        const before = process.memoryUsage().heapUsed
        for (let sent = 0; sent < 1_000_000; sent += block) {
          yield* write(socket(), tiny)
        }
        yield* write(socket(), closeFrame(1000))
        const { close, received } = yield* next
        assert.deepStrictEqual(received, { samples: 0, droppedSamples: 0, unreadable: 1_000_000 })
        assert.strictEqual(close.code, 1000)
        assert.isBelow(process.memoryUsage().heapUsed - before, 128 << 20)
      }))

    live("every code that a close frame can carry reaches the session, with its reason", () =>
      Effect.gen(function*() {
        const { next, peer } = yield* watched()
        const codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
        for (const code of codes) {
          const { closed, socket } = yield* peer
          yield* write(socket(), closeFrame(code))
          assert.deepStrictEqual((yield* next).close, { code, reason: "why" })
          assert.strictEqual((yield* closed).code, code)
        }
      }))

    live("a close frame that none may send ends the stream as a broken one", () =>
      Effect.gen(function*() {
        const { next, peer } = yield* watched()
        const frames: ReadonlyArray<readonly [Buffer, number]> = [
          ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) =>
            [closeFrame(code), 1002] as const
          ),
          [wsFrame(heads.close, Buffer.of(3)), 1002],
          [wsFrame(heads.close, Buffer.alloc(126)), 1002],
          [closeFrame(1000, Buffer.of(0xff, 0xff)), 1007]
        ]
        for (const [bytes, code] of frames) {
          const { closed, socket } = yield* peer
          yield* write(socket(), bytes)
          const { close } = yield* next
          assert.strictEqual(close.code, code, bytes.toString("hex"))
          assert.strictEqual((yield* closed).code, code)
        }
      }))

    live("what comes after the peer's close is not heard", () =>
      Effect.gen(function*() {
        const { next, peer } = yield* watched()
        const { socket } = yield* peer
        const audio = wsFrame(heads.binary, frame)
        yield* write(socket(), Buffer.concat([audio, closeFrame(1000), audio, audio]))
        const { close, received } = yield* next
        assert.strictEqual(close.code, 1000)
        assert.strictEqual(received.samples, 160)
      }))

    live("frames that break the protocol end the stream with their codes", () =>
      Effect.gen(function*() {
        const { next, peer } = yield* watched()
        const piece = Buffer.alloc(30_000)
        const broken: ReadonlyArray<readonly [string, Buffer, number]> = [
          ["compressed, though nobody offered", wsFrame(0xc2, frame), 1002],
          ["an opcode that is none", wsFrame(0x83, frame), 1002],
          ["a continuation of nothing", wsFrame(0x80, frame), 1002],
          ["a ping that is too long", wsFrame(heads.ping, Buffer.alloc(126)), 1002],
          [
            "pieces that are too long together",
            Buffer.concat([0x02, 0x00, 0x80].map((head) => wsFrame(head, piece))),
            1009
          ],
          ["a length beyond all bounds", Buffer.of(0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), 1009]
        ]
        for (const [what, bytes, code] of broken) {
          const { socket } = yield* peer
          yield* write(socket(), bytes)
          assert.strictEqual((yield* next).close.code, code, what)
        }
      }))

    live(
      "a connection that is gone in the middle of a frame, of a message or of a close is 1006, after what came before",
      () =>
        Effect.gen(function*() {
          const { next, peer } = yield* watched()
          const audio = wsFrame(heads.binary, frame)
          const halves = [
            audio.subarray(0, 1),
            audio.subarray(0, 100),
            wsFrame(0x02, frame),
            closeFrame(1000).subarray(0, 7)
          ]
          for (const half of halves) {
            const { socket } = yield* peer
            yield* write(socket(), Buffer.concat([audio, half]))
            socket().end()
            const { close, received } = yield* next
            assert.strictEqual(close.code, 1006, half.toString("hex"))
            assert.strictEqual(received.samples, 160)
          }
        })
    )

    live(
      "of a hundred sockets that misbehave at once none stays, and the next is let in",
      () =>
        Effect.gen(function*() {
          const { address, server } = yield* host(echo, { finishTimeout: "100 millis", sendTimeout: "200 millis" })
          const audio = wsFrame(heads.binary, frame)
          const acts: ReadonlyArray<(socket: Socket) => unknown> = [
            (socket) => socket.resetAndDestroy(),
            (socket) => socket.end(audio.subarray(0, 50)),
            (socket) => socket.end(closeFrame(1000)),
            (socket) => socket.write(closeFrame(1005)),
            (socket) => socket.end(Buffer.concat([audio, closeFrame(4999), audio])),
            (socket) => socket.write(Buffer.alloc(1000, 0xff)),
            (socket) => {
              socket.pause()
              for (let sent = 0; sent < 300; sent += 1) socket.write(audio)
              socket.end(closeFrame(1001))
            }
          ]
          const all = yield* Effect.forEach(
            Array.from({ length: 100 }),
            () => Effect.flatMap(address, (url) => dial(url)),
            { concurrency: 20 }
          )
          yield* Effect.forEach(all, ({ socket }, index) =>
            Effect.andThen(
              Effect.sync(() => acts[index % acts.length]?.(socket())),
              index % 3 === 0 ? Effect.sleep("1 millis") : Effect.void
            ))
          yield* eventually("no session", Effect.map(server.sessions, (count) => count === 0 ? true : undefined))
          const { texts, webSocket } = yield* dial(yield* address)
          webSocket.send(frame)
          assert.include(yield* Queue.take(texts), "streamAudio")
        })
    )

    live("every command fails once the stream has ended, and none waits", () =>
      Effect.gen(function*() {
        const failed = yield* Queue.unbounded<string>()
        const { address } = yield* host((session) =>
          Effect.gen(function*() {
            yield* session.closed
            const voice = AudioFrame.silence("10 seconds", 8000)
            const commands = [
              session.send(voice),
              session.sendAll(Stream.make(voice)),
              session.play({ type: "mp3", audio: frame, sampleRate: 8000 }),
              session.interrupt,
              session.pause,
              session.resume,
              session.stop,
              session.hangup
            ]
            for (const command of commands) {
              const error = yield* Effect.flip(command)
              yield* Queue.offer(failed, "reason" in error ? error.reason._tag : String(error))
            }
          })
        )
        const { webSocket } = yield* dial(yield* address)
        webSocket.close(4000)
        assert.deepStrictEqual(yield* Queue.takeN(failed, 8), Array.from({ length: 8 }, () => "Closed"))
      }))
  })
}

live(
  "a peer that closes and does not let go of the connection is cut off, and the session knows its word",
  () =>
    Effect.gen(function*() {
      const closes = yield* Queue.unbounded<StreamTransport.Close>()
      const { address } = yield* onPort((session) =>
        Effect.flatMap(session.closed, (close) => Effect.asVoid(Queue.offer(closes, close)))
      )
      const { socket } = yield* dial(yield* address)
      socket().pause()
      yield* write(socket(), Buffer.concat([wsFrame(heads.binary, frame), closeFrame(4000)]))
      const close = yield* Effect.timeoutOption(Queue.take(closes), "8 seconds")
      assert.deepStrictEqual(close, Option.some({ code: 4000, reason: "why" }))
    })
)

live("a peer that pings and does not read cannot fill the memory with answers", () =>
  Effect.gen(function*() {
    const { address } = yield* onPort(() => Effect.never, { finishTimeout: "1 millis" })
    const { socket, webSocket } = yield* dial(yield* address)
    let pongs = 0
    webSocket.on("pong", () => {
      pongs += 1
    })
    webSocket.ping("there?")
    yield* eventually("an answer", Effect.sync(() => pongs === 1 ? true : undefined))
    socket().pause()
    const pings = Buffer.concat(Array.from({ length: 1000 }, () => wsFrame(heads.ping, Buffer.alloc(125))))
    for (let sent = 0; sent < 400; sent += 1) yield* write(socket(), pings)
    const last = "the last"
    const answered = yield* Queue.unbounded<string>()
    webSocket.on("pong", (data) => Queue.offerUnsafe(answered, String(data)))
    socket().resume()
    yield* eventually(
      "the answer to a peer that reads again",
      Effect.suspend(() => {
        webSocket.ping(last)
        return Effect.map(Queue.clear(answered), (data) => data.includes(last) ? true : undefined)
      })
    )
    assert.isBelow(pongs, 200_000)
  }))

live("a message above the bound is refused by its head, before it has come", () =>
  Effect.gen(function*() {
    const { address } = yield* onPort(echo, { maxMessageBytes: 1000 })
    const { closed, socket } = yield* dial(yield* address)
    socket().write(wsFrame(heads.binary, Buffer.alloc(1001)).subarray(0, 8))
    assert.strictEqual((yield* closed).code, 1009)
  }), 10_000)

/** A connection that says nothing. Waits until it is there. */
const silent = (port: number): Effect.Effect<Socket, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket: Socket = connect(port, "127.0.0.1", () => resume(Effect.succeed(socket)))
      socket.on("error", () => {}).resume()
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

live(
  "beyond 256 connections more than there may be streams, one is dropped without an answer",
  () =>
    Effect.gen(function*() {
      const { port } = yield* onPort(echo, { maxSessions: 2 })
      const held = yield* Effect.replicateEffect(silent(port), 258)
      const dropped = yield* silent(port)
      yield* eventually("the last one to be dropped", Effect.sync(() => dropped.closed ? true : undefined))
      assert.strictEqual(dropped.bytesRead, 0)
      assert.isTrue(held.every(({ closed }) => !closed))
    })
)

/** How much leaves a peer that writes on and on, up to a bound or to where nothing is taken any more. */
const taken = Effect.fnUntraced(function*(socket: Socket, flood: Uint8Array, most: number) {
  let sent = 0
  const more = Effect.tap(write(socket, flood), () =>
    Effect.sync(() => {
      sent += flood.length
    }))
  yield* Effect.forkScoped(Effect.forever(more))
  const step = Effect.suspend(() => {
    const before = sent
    return Effect.map(Effect.sleep("300 millis"), () => sent === before || sent >= most)
  })
  yield* Effect.repeat(step, { until: (isOver) => isOver })
  return sent
})

for (
  const [what, flood] of [
    ["long", wsFrame(heads.binary, Buffer.alloc(50_000))],
    ["empty", Buffer.concat(Array.from({ length: 8000 }, () => wsFrame(heads.binary, Buffer.alloc(0))))]
  ] as const
) {
  live(`${what} messages that a host does not take stay with the peer`, () =>
    Effect.gen(function*() {
      const scope = yield* Effect.scope
      const server = yield* StreamServer.make({ url: "wss://bot.example.com", admission: "anyone" })
      const idle = StreamServer.StreamServer.of({
        ...server,
        accept: (_, connect) =>
          Effect.forkIn(Effect.scoped(Effect.andThen(Effect.ignore(connect), Effect.never)), scope)
      })
      const port = yield* StreamServerNode.make(echo, { port: 0 }).pipe(
        Effect.provideService(StreamServer.StreamServer, idle)
      )
      const { socket } = yield* dial(`ws://127.0.0.1:${port}/stream`)
      // The system keeps no more than ten megabytes for both ends of a connection.
      assert.isBelow(yield* taken(socket(), flood, 40_000_000), 20_000_000)
    }))
}
