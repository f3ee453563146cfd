/** A connection of a stream from a socket of Effect, and from the TCP socket below it where the host shows that one. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as Socket from "effect/socket/Socket"
import type * as StreamTransport from "../StreamTransport.ts"
import * as receiving from "./receiving.ts"

/** What a TCP or TLS socket of Node has, and what is used of it. */
interface NodeSocket {
  readonly bytesRead: number
  readonly writableLength: number
  readonly closed: boolean
  readonly destroyed: boolean
  readonly write: (bytes: Uint8Array) => unknown
  readonly destroy: () => unknown
  readonly once: (event: "close", listener: () => void) => unknown
  readonly removeListener: (event: "close", listener: () => void) => unknown
}

const has = (value: unknown, name: string, type: "number" | "boolean" | "function"): boolean =>
  Predicate.hasProperty(value, name) && typeof value[name] === type

const isNodeSocket = (value: unknown): value is NodeSocket =>
  ["bytesRead", "writableLength"].every((name) => has(value, name, "number"))
  && ["closed", "destroyed"].every((name) => has(value, name, "boolean"))
  && ["write", "destroy", "once", "removeListener"].every((name) => has(value, name, "function"))

/** The socket of a request of Node's HTTP server. */
export const socketOf = (source: unknown): Option.Option<NodeSocket> =>
  Predicate.hasProperty(source, "socket") && isNodeSocket(source.socket) ? Option.some(source.socket) : Option.none()

/** A ping without payload, as a server writes it. Whole frames alone are written to the socket, so that it disturbs none. */
const pingFrame = Uint8Array.of(0x89, 0x00)

/** What the socket below shows of its peer. */
export const vitalsOf = (socket: NodeSocket): StreamTransport.Vitals => ({
  buffered: Effect.sync(() => socket.destroyed ? 0 : socket.writableLength),
  received: Effect.sync(() => socket.bytesRead),
  ping: Effect.sync(() => {
    if (!socket.destroyed) socket.write(pingFrame)
  })
})

/** How long a closing may take, whoever began it: the peer has so long to answer, and to let go of the connection. */
export const closeTimeoutMs = 2000

const gone = (socket: NodeSocket): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    if (socket.closed) return resume(Effect.void)
    const onClose = () => resume(Effect.void)
    socket.once("close", onClose)
    return Effect.sync(() => socket.removeListener("close", onClose))
  })

const destroy = (socket: NodeSocket) => Effect.sync(() => socket.destroy())

/** Codes by which the `ws` package, which Node's hosts use, says what was wrong with a frame. */
const codes: ReadonlyMap<unknown, number> = new Map([
  ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", 1009],
  ["WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", 1009],
  ["WS_ERR_TOO_MANY_BUFFERED_PARTS", 1008],
  ["WS_ERR_INVALID_UTF8", 1007]
])

const codeOf = (cause: unknown): number => {
  const error = Predicate.hasProperty(cause, "error") ? cause.error : cause
  const code = Predicate.hasProperty(error, "code") ? error.code : undefined
  return codes.get(code) ?? (String(code).startsWith("WS_ERR_") ? 1002 : 1006)
}

/** How a stream ends whose socket failed. */
export const closeOfError = (cause: unknown): StreamTransport.Close => {
  const code = codeOf(cause)
  return { code, reason: code === 1006 ? "" : "a frame that breaks the protocol" }
}

const closeOf = ({ reason }: Socket.SocketError): StreamTransport.Close => {
  switch (reason._tag) {
    case "SocketCloseError":
      return { code: reason.code, reason: reason.closeReason ?? "" }
    case "SocketReadError":
      return closeOfError(reason.cause)
    default:
      return { code: 1006, reason: "" }
  }
}

/** What may stand in a close frame: other codes are for those who never got one. */
export const sendable = ({ code, reason }: StreamTransport.Close): StreamTransport.Close => ({
  code: [1004, 1005, 1006, 1015].includes(code) ? 1000 : code,
  reason
})

const closeEvent = (close: StreamTransport.Close): Socket.CloseEvent => {
  const { code, reason } = sendable(close)
  return new Socket.CloseEvent(code, reason)
}

/** When the scope closes, the peer has 2 s to close its side, before it is cut off. */
export const linger = (below: Option.Option<NodeSocket>): Effect.Effect<void, never, Scope.Scope> =>
  Option.match(below, {
    onNone: () => Effect.void,
    onSome: (socket) =>
      Effect.addFinalizer(() =>
        Effect.interruptible(gone(socket)).pipe(Effect.timeoutOption(closeTimeoutMs), Effect.andThen(destroy(socket)))
      )
  })

/** Lets all come that a socket emits in one go, of which the first would else be taken alone. */
const together = Effect.callback<void>((resume) => queueMicrotask(() => resume(Effect.void)))

/** Opens the socket, until the scope closes; then it lingers. Fails when the handshake fails. */
export const make: (
  socket: Socket.Socket,
  below: Option.Option<NodeSocket>
) => Effect.Effect<StreamTransport.Connection, StreamTransport.Close, Scope.Scope> = Effect.fnUntraced(
  function*(socket, below) {
    yield* linger(below)
    const reader = yield* Effect.mapError(socket.reader, closeOf)
    const writer = yield* socket.writer
    return {
      run: receiving.byPulling(Effect.mapError(Effect.andThen(together, reader.pull), closeOf)),
      write: (text) => Effect.ignore(writer.write(text)),
      close: (close) => Effect.ignore(writer.write(closeEvent(close))),
      terminate: Option.match(below, {
        onNone: () => Effect.ignore(writer.write(new Socket.CloseEvent(1001))),
        onSome: destroy
      }),
      vitals: Option.map(below, vitalsOf)
    }
  }
)
