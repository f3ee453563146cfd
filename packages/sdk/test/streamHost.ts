/** A host of streams in memory: what `StreamServer` is given by those who have sockets. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as StreamServer from "../src/StreamServer.ts"
import * as StreamTransport from "../src/StreamTransport.ts"

/** 20 ms at 8 kHz. */
export const frame = AudioFrame.toBytes(AudioFrame.silence("20 millis", 8000))

/** Lets every fiber come as far as it can without time. */
export const settle = Effect.repeat(Effect.yieldNow, { times: 200 })

/** A connection, the platform's end of it, and what its socket shows, to be changed by tests. */
export const socket = Effect.gen(function*() {
  const { connection: inMemory, platform } = yield* StreamTransport.inMemory(10_000)
  const shown = { buffered: 0, received: 0, pings: 0, terminated: false }
  const connection: StreamTransport.Connection = {
    ...inMemory,
    terminate: Effect.suspend(() => {
      shown.terminated = true
      return inMemory.terminate
    }),
    vitals: Option.some({
      buffered: Effect.sync(() => shown.buffered),
      received: Effect.sync(() => shown.received),
      ping: Effect.sync(() => {
        shown.pings += 1
      })
    })
  }
  /** How the app ended the connection. */
  const end = Effect.flip(Effect.forever(platform.take))
  return { connection, platform, shown, end }
})

/** A server whose streams all run one handler. It waits for none of them at the end of the test, unless told to. */
export const host = Effect.fnUntraced(function*<E, R>(
  handler: StreamServer.Handler<E, R>,
  options: Partial<StreamServer.Options> = {}
) {
  const server = yield* StreamServer.make({ url: "wss://bot.example.com", drainTimeout: 0, ...options })
  /** Dials with a token, or without one. */
  const dial = Effect.fnUntraced(function*(token: string | undefined) {
    const dialled = yield* socket
    const connect = Effect.succeed(dialled.connection)
    const fiber = yield* server.accept(Option.fromUndefinedOr(token), connect, handler)
    yield* settle
    return { ...dialled, fiber }
  })
  const token = Effect.map(server.issue({}), (ticket) => Redacted.value(ticket.token))
  /** Dials with a fresh token. */
  const call = Effect.flatMap(token, dial)
  return { server, dial, token, call }
})
