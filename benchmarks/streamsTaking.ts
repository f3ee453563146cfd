/**
 * One way of taking the audio of a stream, in a process of its own: `node streamsTaking.ts WAY COUNT`. It prints its
 * address. After every COUNT frames it sends a text back; a line of stdin is answered by the CPU time so far.
 */
import type * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import * as StreamServerNode from "@effect-piopiy/sdk/StreamServerNode"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { argv, cpuUsage, stdin } from "node:process"
import { createInterface } from "node:readline"
import { WebSocketServer } from "ws"

/** The first sample, by a view of all as an app has it; a copy where the bytes begin at an odd place. */
const firstOf = (bytes: Uint8Array): number => {
  const even = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes)
  return new Int16Array(even.buffer, even.byteOffset, even.byteLength >> 1)[0] ?? 0
}

const [way = "", text = "1"] = argv.slice(2)
const count = Number(text)

/** Reads what an app would, so that no way gets by without looking. */
let sum = 0

const plain = Effect.acquireRelease(
  Effect.callback<WebSocketServer>((resume) => {
    const server: WebSocketServer = new WebSocketServer(
      { host: "127.0.0.1", port: 0, perMessageDeflate: false },
      () => resume(Effect.succeed(server))
    )
    server.on("connection", (socket) => {
      let taken = 0
      socket.on("message", (data) => {
        if (!(data instanceof Buffer)) return
        sum += firstOf(data)
        taken += 1
        if (taken % count === 0) socket.send("{}")
      })
    })
  }),
  (server) =>
    Effect.callback<void>((resume) => {
      for (const client of server.clients) client.terminate()
      server.close(() => resume(Effect.void))
    })
).pipe(Effect.map((server) => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}))

/** Says so after every COUNT frames; dies when any was dropped, since fewer would then have been taken. */
const counting = (session: StreamSession.StreamSession) => {
  let taken = 0
  const told = Effect.flatMap(
    session.received,
    ({ droppedSamples }) => droppedSamples === 0 ? session.pause : Effect.die(`${droppedSamples} samples were dropped`)
  )
  return (frames: ReadonlyArray<AudioFrame.AudioFrame>) => {
    const before = Math.floor(taken / count)
    for (const { samples } of frames) sum += samples[0] ?? 0
    taken += frames.length
    return Math.floor(taken / count) === before ? Effect.void : told
  }
}

const byPull = (session: StreamSession.StreamSession) =>
  session.audio.pipe(
    Effect.flatMap(counting(session)),
    Effect.forever,
    Pull.catchDone(() => Effect.void)
  )

const byStream = (session: StreamSession.StreamSession) => {
  const count = counting(session)
  return Stream.runForEach(session.frames, (frame) => count([frame]))
}

/** It keeps more than the peer may have under way, so that it drops nothing. */
const sdk = Effect.fnUntraced(function*(handler: StreamServer.Handler<unknown, never>) {
  const server = yield* StreamServer.make({
    url: "ws://127.0.0.1",
    admission: "anyone",
    drainTimeout: 0,
    frameCapacity: 100_000
  })
  return yield* StreamServerNode.make(handler, { port: 0 }).pipe(
    Effect.provideService(StreamServer.StreamServer, server)
  )
})

const listening = () => {
  switch (way) {
    case "plain":
      return plain
    case "pull":
      return sdk(byPull)
    case "stream":
      return sdk(byStream)
    default:
      return Effect.die(`there is no way called ${way}`)
  }
}

const main = Effect.gen(function*() {
  const port = yield* listening()
  yield* Console.log(JSON.stringify({ url: `ws://127.0.0.1:${port}/stream` }))
  yield* Stream.fromAsyncIterable(createInterface({ input: stdin }), (cause) => cause).pipe(
    Stream.runForEach(() => {
      const { system, user } = cpuUsage()
      return Console.log(JSON.stringify({ cpuMs: (system + user) / 1000, sum }))
    })
  )
})

main.pipe(Effect.scoped, NodeRuntime.runMain)
