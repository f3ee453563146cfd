/** What carries the messages of an audio stream: a WebSocket, or memory in tests. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as receiving from "./internal/receiving.ts"

/**
 * How a stream ended: code and reason of the WebSocket, 1006 when it broke off.
 *
 * @category models
 * @since 0.1.0
 */
export interface Close {
  readonly code: number
  readonly reason: string
}

/**
 * What the platform sends: bytes are call audio, text is anything else.
 *
 * @category models
 * @since 0.1.0
 */
export type Message = Uint8Array | string

/**
 * Who takes what comes on a connection. Both are plain functions, as a message is too little to run a fiber for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Receiver {
  /** A message has come. What it leads to waits for `settle`. */
  readonly message: (message: Message) => void
  /** No more comes at once. Whether nothing of what came waits for the app: if not, let others go on before more comes. */
  readonly settle: () => boolean
}

/**
 * The app's end of one connection.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamTransport {
  /** Hands on what comes, from the first message on, and fails with how the connection ended. For one receiver. */
  readonly run: (receiver: Receiver) => Effect.Effect<never, Close>
  /** Sends a text, in the order of the calls. Waits while the platform does not keep up. */
  readonly send: (text: string) => Effect.Effect<void, Close>
  /** Sends a text if that needs no wait, and tells whether it did. What there is without it goes by `send`, which costs more. */
  readonly offerUnsafe?: (text: string) => boolean
  /** Ends the connection. On one that has ended it does nothing. */
  readonly close: (close: Close) => Effect.Effect<void>
}

/**
 * A WebSocket as a host has it, which nothing bounds yet. `StreamServer` makes a {@link StreamTransport} of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Connection {
  /** As that of {@link StreamTransport}. */
  readonly run: (receiver: Receiver) => Effect.Effect<never, Close>
  /**
   * Hands a text to the socket, in the order of the calls, and does not wait for the platform. Where it does wait, as in
   * memory, it fails with how the connection ended meanwhile.
   */
  readonly write: (text: string) => Effect.Effect<void, Close>
  /** As that of {@link StreamTransport}. Not used on a connection that shows its vitals. */
  readonly offerUnsafe?: (text: string) => boolean
  /** Begins to close. */
  readonly close: (close: Close) => Effect.Effect<void>
  /** Cuts it off: `run` fails. */
  readonly terminate: Effect.Effect<void>
  /** What shows how the peer is, where the host shows it. */
  readonly vitals: Option.Option<Vitals>
}

/**
 * How the peer of a {@link Connection} is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Vitals {
  /** Bytes that were written and have not left. */
  readonly buffered: Effect.Effect<number>
  /** Bytes that have come, of pongs too. */
  readonly received: Effect.Effect<number>
  /** Asks the peer for a pong. */
  readonly ping: Effect.Effect<void>
}

/**
 * The platform's end of a connection in memory.
 *
 * @category models
 * @since 0.1.0
 */
export interface Platform {
  /** Waits while the app does not take what was sent. */
  readonly send: (message: Message) => Effect.Effect<void, Close>
  /** The next text of the app. Fails with how the connection ended, once all were taken. */
  readonly take: Effect.Effect<string, Close>
  readonly close: (close: Close) => Effect.Effect<void>
}

/**
 * A connection in memory that holds so many messages each way, for tests of what an app does on a stream: take the
 * `transport` for a session, the `connection` for a server.
 *
 * @category constructors
 * @since 0.1.0
 */
export const inMemory = Effect.fnUntraced(function*(capacity: number) {
  const toApp = yield* Queue.bounded<Message, Close>(capacity)
  const toPlatform = yield* Queue.bounded<string, Close>(capacity)
  const ended = yield* Deferred.make<never, Close>()

  /** What waits for room when the connection ends would wait for ever. */
  const offer = <A>(queue: Queue.Queue<A, Close>, message: A): Effect.Effect<void, Close> =>
    Effect.suspend(() =>
      Queue.offerUnsafe(queue, message)
        ? Effect.void
        : Effect.raceFirst(Deferred.await(ended), Effect.asVoid(Queue.offer(queue, message)))
    )

  const close = Effect.fnUntraced(function*(how: Close) {
    if (!(yield* Deferred.fail(ended, how))) return
    yield* Queue.fail(toApp, how)
    yield* Queue.fail(toPlatform, how)
  })

  const offerUnsafe = (text: string): boolean => Queue.offerUnsafe(toPlatform, text)

  const transport: StreamTransport = {
    run: receiving.byPulling(Queue.takeAll(toApp)),
    send: (text) => offer(toPlatform, text),
    offerUnsafe,
    close
  }
  const platform: Platform = {
    send: (message) => offer(toApp, message),
    take: Queue.take(toPlatform),
    close
  }
  /** The same for a host. It shows no vitals, and a full queue makes writers wait. */
  const connection: Connection = {
    run: transport.run,
    write: transport.send,
    offerUnsafe,
    close,
    terminate: close({ code: 1006, reason: "" }),
    vitals: Option.none()
  }
  return { transport, connection, platform }
})
