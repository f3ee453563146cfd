/** What the tests of dialed audio sockets have in common: a dialer, what a listener is told, and apps that misbehave. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type { Socket } from "node:net"
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws"
import * as hosts from "../packages/simulator/src/edge/webhook/hosts.ts"
import {
  type Dial,
  type Line,
  type StreamClose,
  type StreamFailure,
  StreamPort
} from "../packages/simulator/src/engine/StreamPort.ts"
import * as StreamDialer from "../packages/simulator/src/node/StreamDialer.ts"

/** What a listener was told, in order. */
export type Told =
  | { readonly _tag: "Opened" }
  | { readonly _tag: "Message"; readonly message: string | Uint8Array }
  | { readonly _tag: "Failed"; readonly failure: StreamFailure }
  | { readonly _tag: "Closed"; readonly close: StreamClose }

export const opened: Told = { _tag: "Opened" }
export const closed = (by: StreamClose["by"], code: number, reason = ""): Told => ({
  _tag: "Closed",
  close: { by, code, reason }
})
export const failed = (failure: StreamFailure): Told => ({ _tag: "Failed", failure })

/** A dialer like that of a server on this machine, until the scope closes. */
export const dialer = (options: Partial<StreamDialer.DialerOptions> = {}) =>
  Effect.map(
    Layer.build(StreamDialer.layer({
      allows: hosts.allowsStream([]),
      resolve: (host) => Effect.succeed([host === "localhost" ? "127.0.0.1" : host]),
      ...options
    })),
    (context) => Context.get(context, StreamPort)
  )

export interface Dialed {
  readonly line: Line
  readonly next: Effect.Effect<Told>
  /** What there is now, without waiting. */
  readonly rest: Effect.Effect<ReadonlyArray<Told>>
  /** How many messages came; they are not kept when only counted. */
  readonly messages: () => number
}

const usual = { handshakeMs: 5000, pingMs: 0, maxMessageBytes: 1 << 20 }

export interface DialOptions extends Partial<Omit<Dial, "url">> {
  /** Whether messages are counted and not kept. */
  readonly counts?: boolean
  /** What is done as soon as a message is told, before the listener returns. */
  readonly onMessage?: (line: Line) => void
}

export const dialTo = (
  port: StreamPort["Service"],
  url: string,
  options: DialOptions = {}
): Effect.Effect<Dialed> =>
  Effect.map(Queue.unbounded<Told>(), (told) => {
    let messages = 0
    const { counts = false, onMessage, ...dial } = options
    const line: Line = port.dial({ ...usual, url, ...dial }, {
      opened: () => Queue.offerUnsafe(told, opened),
      failed: (failure) => Queue.offerUnsafe(told, failed(failure)),
      closed: (close) => Queue.offerUnsafe(told, { _tag: "Closed", close }),
      message: (message) => {
        messages += 1
        if (!counts) Queue.offerUnsafe(told, { _tag: "Message", message })
        onMessage?.(line)
      }
    })
    return { line, next: Queue.take(told), rest: Queue.clear(told), messages: () => messages }
  })

/** Dials with a dialer of its own, and waits until the socket is open. */
export const opening = Effect.fnUntraced(function*(
  url: string,
  options: DialOptions & { readonly dialer?: Partial<StreamDialer.DialerOptions> } = {}
) {
  const { dialer: given = {}, ...dial } = options
  const dialed = yield* dialTo(yield* dialer(given), url, dial)
  const first = yield* dialed.next
  if (first._tag !== "Opened") return yield* Effect.die(new Error(`not opened: ${JSON.stringify(first)}`))
  return dialed
})

/** An app's end of a stream, with the connection below it. */
export interface Peer {
  readonly webSocket: WebSocket
  readonly socket: Socket
  readonly headers: Readonly<Record<string, unknown>>
}

/** A plain WebSocket server; gives its URL, and the peers in the order in which they came. */
export const webSocketServer = Effect.fnUntraced(function*(options: ServerOptions = {}) {
  const peers = yield* Queue.unbounded<Peer>()
  const server = yield* Effect.acquireRelease(
    Effect.callback<WebSocketServer>((resume) => {
      const made: WebSocketServer = new WebSocketServer(
        { host: "127.0.0.1", port: 0, ...options },
        () => resume(Effect.succeed(made))
      )
    }),
    (one) =>
      Effect.callback<void>((resume) => {
        for (const client of one.clients) client.terminate()
        one.close(() => resume(Effect.void))
      })
  )
  server.on("connection", (webSocket, { headers, socket }) => {
    webSocket.on("error", () => {})
    Queue.offerUnsafe(peers, { webSocket, socket, headers })
  })
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return { url: `ws://127.0.0.1:${port}/stream?call=1`, port, peer: Queue.take(peers) }
})
