/** The two ways out to an app's audio sockets, with an app at the other end that does as it is told. */
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamTransport from "@effect-piopiy/sdk/StreamTransport"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { StreamPort } from "../packages/simulator/src/engine/StreamPort.ts"
import * as InProcess from "../packages/simulator/src/testing/InProcess.ts"
import { type Dialed, dialer, type DialOptions, dialTo, type Peer, webSocketServer } from "./dialing.ts"
import * as servers from "./sockets/servers.ts"

/** What an app hears. */
export type Heard =
  | { readonly _tag: "Message"; readonly message: string | Uint8Array }
  | { readonly _tag: "Closed"; readonly code: number; readonly reason: string }

/** An app's end of a stream. */
export interface App {
  readonly next: Effect.Effect<Heard>
  /** Done once the line has it, or fails with how the stream ended. */
  readonly says: (message: string | Uint8Array) => Effect.Effect<void, StreamTransport.Close>
  readonly close: (code: number, reason: string) => Effect.Effect<void>
  readonly breaksOff: Effect.Effect<void>
  /** Whether it takes what is sent, before {@link App.next} asks for it. It does at first, where it can. */
  readonly reads: (isReading: boolean) => void
}

/** How an app meets a handshake: it lets the stream in, refuses it with a status, or has it and does not answer in time. */
export type Answer = "accepts" | "ponders" | 403 | 404 | 503

export interface Reached extends Dialed {
  /** The app's end, once the stream is open. */
  readonly app: Effect.Effect<App>
  /** Waits until the app has the handshake; for one that ponders it. */
  readonly asked: Effect.Effect<void>
}

/** A way out under test. */
export interface Subject {
  readonly kind: "sockets" | "memory"
  readonly reach: (answer: Answer, options?: DialOptions) => Effect.Effect<Reached, never, Scope.Scope>
  /** Lets time pass where it does not by itself. */
  readonly passes: (ms: number) => Effect.Effect<void>
  /** Waits until all that has happened so far has been told. */
  readonly settled: Effect.Effect<void, never, Scope.Scope>
  /** How late what happens in time may be, in milliseconds. */
  readonly slackMs: number
}

const socketApp = ({ webSocket }: Peer): Effect.Effect<App> =>
  Effect.map(Queue.unbounded<Heard>(), (heard) => {
    webSocket.on("message", (data, isBinary) => {
      const message = isBinary && data instanceof Uint8Array ? Uint8Array.from(data) : String(data)
      Queue.offerUnsafe(heard, { _tag: "Message", message })
    })
    webSocket.on("close", (code, reason) => {
      Queue.offerUnsafe(heard, { _tag: "Closed", code, reason: String(reason) })
    })
    return {
      next: Queue.take(heard),
      says: (message) => Effect.sync(() => webSocket.send(message)),
      close: (code, reason) => Effect.sync(() => webSocket.close(code, reason)),
      breaksOff: Effect.sync(() => webSocket.terminate()),
      reads: (isReading) => isReading ? webSocket.resume() : webSocket.pause()
    }
  })

/** Real sockets, to servers of the package `ws`. */
export const sockets: Effect.Effect<Subject, never, Scope.Scope> = Effect.gen(function*() {
  const port = yield* dialer()
  const accepting = yield* webSocketServer()
  const asked = yield* Deferred.make<void>()
  const accepted = Effect.flatMap(accepting.peer, socketApp)

  const urlOf = (answer: Answer): Effect.Effect<string, never, Scope.Scope> => {
    if (answer === "accepts") return Effect.succeed(accepting.url)
    const server = servers.plain((socket) =>
      answer === "ponders"
        ? Deferred.doneUnsafe(asked, Effect.void)
        : socket.end(servers.reply(`${answer} No`, "{}"))
    )
    return Effect.map(server, (plain) => `ws://127.0.0.1:${plain.port}/stream`)
  }

  const reach: Subject["reach"] = (answer, options) =>
    Effect.gen(function*() {
      const dialed = yield* dialTo(port, yield* urlOf(answer), options)
      return { ...dialed, app: accepted, asked: Deferred.await(asked) }
    })

  return {
    kind: "sockets",
    reach,
    passes: () => Effect.void,
    // Another stream from its handshake to its end: what was on its way before it has come.
    settled: Effect.gen(function*() {
      const { app, line, next } = yield* reach("accepts")
      yield* next
      const other = yield* app
      yield* Effect.ignore(other.says("there"))
      yield* next
      line.close(1000, "")
      yield* next
    }),
    slackMs: 1500
  }
})

/** It begins to take what comes when it first asks for it. */
const memoryApp = Effect.fnUntraced(function*(connection: StreamTransport.Connection, scope: Scope.Scope) {
  const heard = yield* Queue.unbounded<Heard>()
  let isRunning = false
  const receiver: StreamTransport.Receiver = {
    message: (message) => {
      Queue.offerUnsafe(heard, { _tag: "Message", message })
    },
    settle: () => true
  }
  const running = Effect.catch(
    connection.run(receiver),
    (close: StreamTransport.Close) => Queue.offer(heard, { _tag: "Closed", ...close })
  )
  const run = Effect.suspend(() => {
    if (isRunning) return Effect.void
    isRunning = true
    return Effect.forkIn(running, scope, { startImmediately: true })
  })
  const app: App = {
    next: Effect.andThen(run, Queue.take(heard)),
    says: (message) =>
      typeof message === "string" ? connection.write(message) : Effect.die(new Error("it says no bytes")),
    close: (code, reason) => connection.close({ code, reason }),
    breaksOff: connection.terminate,
    reads: () => undefined
  }
  return app
})

/** How long an app in memory ponders. */
const pondersMs = 1000

/** The port in memory, to a server that hands the bare connections out. `connects` comes before each. */
export const memoryPort = Effect.fnUntraced(function*(answer: Answer, connects: Effect.Effect<void> = Effect.void) {
  const scope = yield* Effect.scope
  const connections = yield* Queue.unbounded<StreamTransport.Connection>()
  const server = yield* Effect.orDie(StreamServer.make({ url: "ws://bot.test", drainTimeout: 0 }))
  const accept: StreamServer.StreamServer["Service"]["accept"] = (_, connect) => {
    if (typeof answer === "number") return Effect.fail({ status: answer, error: "not_found" })
    return connects.pipe(
      Effect.andThen(connect),
      Effect.flatMap((connection) => Queue.offer(connections, connection)),
      Effect.andThen(Effect.never),
      Effect.scoped,
      Effect.ignore,
      Effect.forkIn(scope)
    )
  }
  const layer = InProcess.streams(() => Effect.never, { answersAfter: answer === "ponders" ? pondersMs : 0 })
  const provided = Layer.succeed(StreamServer.StreamServer, { ...server, accept })
  const context = yield* Layer.build(Layer.provide(layer, provided))
  return {
    port: Context.get(context, StreamPort),
    connection: Queue.take(connections),
    waiting: Queue.size(connections)
  }
})

/** In memory, under a test clock. */
export const memory: Subject = {
  kind: "memory",
  reach: Effect.fnUntraced(function*(answer, options) {
    const { connection, port } = yield* memoryPort(answer)
    const scope = yield* Effect.scope
    const dialed = yield* dialTo(port, "ws://bot.test/stream", options)
    const app = Effect.flatMap(connection, (connection) => memoryApp(connection, scope))
    return { ...dialed, app, asked: TestClock.adjust(pondersMs / 2) }
  }),
  passes: TestClock.adjust,
  settled: TestClock.adjust("1 minute"),
  slackMs: 0
}
