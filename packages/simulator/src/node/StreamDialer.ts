/**
 * Dials the customer's audio sockets over the network, with the package `ws`. Every time here is the clock's, but for how
 * long a peer that closed may keep its connection: of that only `ws` knows.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as MutableList from "effect/MutableList"
import type * as Scope from "effect/Scope"
import { isIPv6, type LookupFunction } from "node:net"
import type { Duplex } from "node:stream"
import { type RawData, WebSocket } from "ws"
import * as hosts from "../edge/webhook/hosts.ts"
import {
  type Dial,
  fittingReason,
  type Line,
  type Listener,
  platformClose,
  type StreamClose,
  type StreamFailure,
  StreamPort
} from "../engine/StreamPort.ts"

/**
 * How sockets are dialed. `allows` says which URLs may be; `resolve` looks a host up, and the connection goes to what it
 * finds and nowhere else. `maximumSockets`: how many may be open or on their way at once; further ones fail with `TooMany`.
 *
 * @category models
 * @since 0.1.0
 */
export interface DialerOptions {
  readonly allows: (url: URL) => boolean
  readonly resolve: (host: string) => Effect.Effect<ReadonlyArray<string>>
  readonly maximumSockets?: number
}

/**
 * @category constants
 * @since 0.1.0
 */
export const defaultMaximumSockets = 4096

/**
 * How long a peer may take to answer a close, and to let go of a connection that it closed, before it is cut off.
 *
 * @category constants
 * @since 0.1.0
 */
export const closeGraceMs = 2000

/** Bytes waiting for the peer beyond which its pings are not answered: it could fill the memory with pongs. */
const pongBacklogBytes = 65_536

const broken: StreamClose = { by: "Network", code: 1006, reason: "" }

/** A binary frame of 320 bytes, as a client sends it, of which half has come: its head, a mask of zeros, 160 bytes. */
const halfFrame = Buffer.concat([Buffer.of(0x82, 0xfe, 0x01, 0x40, 0, 0, 0, 0), Buffer.alloc(160)])

/** What a peer is told that breaks the protocol, by the error of `ws`. */
const violationCodes: ReadonlyMap<unknown, number> = new Map([
  ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", 1009],
  ["WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", 1009],
  ["WS_ERR_TOO_MANY_BUFFERED_PARTS", 1008],
  ["WS_ERR_INVALID_UTF8", 1007]
])

const violation = ({ code }: NodeJS.ErrnoException): StreamClose =>
  code?.startsWith("WS_ERR_") === true
    ? { by: "Platform", code: violationCodes.get(code) ?? 1002, reason: "" }
    : broken

const bytesOf = (data: RawData): Uint8Array =>
  Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data

/** Leads to the addresses that were judged: a name that changes its mind meanwhile changes nothing. */
const leadingTo = (addresses: ReadonlyArray<string>): LookupFunction => {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_, options, done) => {
    const [first] = found
    if (first === undefined) done(new Error("no address"), "")
    else if (options.all === true) done(null, found)
    else done(null, first.address, first.family)
  }
}

/** A socket from the dialing to its end. It tells the listener, in order, and nothing twice. */
const makeCall = (listener: Listener) => {
  let state: "Dialing" | "Open" | "Over" = "Dialing"
  let socket: WebSocket | undefined
  /** How it ends, once that is settled on this side. */
  let ending: StreamClose | undefined
  let hasHeard = false
  /** Whether what the peer sends is left unread: then it is not heard, and that says nothing of it. */
  let isHeld = false
  /** What had been read when it was held. */
  const kept = MutableList.make<string | Uint8Array>()
  /** Below the frames. */
  let connection: Duplex | undefined
  const opened = Deferred.makeUnsafe<void, StreamFailure>()
  const ended = Deferred.makeUnsafe<void>()
  const over = Deferred.makeUnsafe<void>()

  /** Not behind half a frame. */
  const isWritable = (): boolean => ending === undefined && socket?.readyState === WebSocket.OPEN

  const settle = (close: StreamClose): void => {
    ending ??= close
    Deferred.doneUnsafe(ended, Effect.void)
  }

  const conclude = (tell: () => void): void => {
    if (state === "Over") return
    state = "Over"
    Deferred.doneUnsafe(ended, Effect.void)
    Deferred.doneUnsafe(over, Effect.void)
    tell()
  }

  const close = (code: number, reason: string): void => {
    if (state === "Over" || ending !== undefined) return
    // The peer was first, and that is told as soon as the connection is closed.
    if (state === "Open" && socket?.readyState !== WebSocket.OPEN) return
    if (code === broken.code) return breakOff()
    const how = platformClose(code, reason)
    if (how.by !== "Platform") return cut()
    settle(how)
    hold(false)
    if (state === "Open") socket?.close(code, fittingReason(reason))
  }

  /** Breaks off in the middle of a frame. */
  const breakOff = (): void => {
    settle(broken)
    if (state !== "Open" || connection === undefined) return cut()
    connection.write(halfFrame, cut)
  }

  /** Breaks off, whatever is still under way. */
  const cut = (): void => {
    settle(broken)
    socket?.terminate()
  }

  const tell = (message: string | Uint8Array): void => {
    if (state === "Open" && ending === undefined) listener.message(message)
  }

  const nextKept = () => isHeld ? MutableList.Empty : MutableList.take(kept)

  /** Tells what was kept, until it is held again. */
  const tellKept = (): void => {
    for (let message = nextKept(); message !== MutableList.Empty; message = nextKept()) tell(message)
  }

  /** What is ending is not held any more: the peer could not answer, and what was kept would be lost. */
  const hold = (held: boolean): void => {
    isHeld = held && (state === "Dialing" || isWritable())
    tellKept()
    if (state !== "Open") return
    if (isHeld) socket?.pause()
    else socket?.resume()
  }

  const fail = (failure: StreamFailure): void => {
    if (state !== "Dialing") return
    conclude(() => ending === undefined ? listener.failed(failure) : listener.closed(ending))
    socket?.terminate()
  }

  const connect = (
    url: URL,
    addresses: ReadonlyArray<string>,
    { maxMessageBytes, offersDeflate = false }: Dial
  ): void => {
    if (ending !== undefined) return
    // `closeTimeout` is not in the types of the package.
    const settings = {
      autoPong: false,
      closeTimeout: closeGraceMs,
      followRedirects: false,
      lookup: leadingTo(addresses),
      maxPayload: maxMessageBytes,
      perMessageDeflate: offersDeflate
    }
    const dialed = new WebSocket(url, settings)
    socket = dialed
    dialed.on("upgrade", ({ socket: upgraded }) => {
      connection = upgraded
    })
    dialed.on("open", () => {
      if (state !== "Dialing" || ending !== undefined) return dialed.terminate()
      state = "Open"
      if (isHeld) dialed.pause()
      listener.opened()
      Deferred.doneUnsafe(opened, Effect.void)
    })
    dialed.on("unexpected-response", (request, { statusCode }) => {
      Deferred.doneUnsafe(
        opened,
        Effect.fail({ why: "Refused", ...(statusCode === undefined ? {} : { status: statusCode }) })
      )
      request.destroy()
    })
    dialed.on("error", (error) => {
      Deferred.doneUnsafe(opened, Effect.fail({ why: "NoConnection" }))
      if (state !== "Open") return
      // What was kept came before the violation.
      hold(false)
      settle(violation(error))
    })
    dialed.on("message", (data, isBinary) => {
      hasHeard = true
      const message = isBinary ? bytesOf(data) : String(data)
      if (isHeld) MutableList.append(kept, message)
      else tell(message)
    })
    dialed.on("pong", () => {
      hasHeard = true
    })
    dialed.on("ping", (data) => {
      hasHeard = true
      if (isWritable() && dialed.bufferedAmount < pongBacklogBytes) dialed.pong(data)
    })
    dialed.on("close", (code, reason) => {
      if (state !== "Open") return
      const close = code === broken.code ? broken : { by: "App", code, reason: String(reason) } as const
      hold(false)
      conclude(() => listener.closed(ending ?? close))
    })
  }

  const line: Line = {
    send: (message) => {
      if (isWritable()) socket?.send(message)
    },
    bufferedBytes: () => socket?.bufferedAmount ?? 0,
    close,
    hold
  }

  return {
    line,
    connect,
    fail,
    cut,
    opened: Deferred.await(opened),
    ended: Deferred.await(ended),
    over: Deferred.await(over),
    isOpen: () => state === "Open",
    hasHeard: () => hasHeard || isHeld,
    forget: () => {
      hasHeard = false
    },
    ping: () => {
      if (isWritable()) socket?.ping()
    },
    /** The end, of whatever is not over by itself. */
    finish: () => {
      socket?.terminate()
      conclude(() => listener.closed(ending ?? broken))
    }
  }
}

type Call = ReturnType<typeof makeCall>

/** Ends by cutting the connection, once a ping is not answered in time. */
const keepAlive = Effect.fnUntraced(function*(call: Call, pingMs: number, pongTimeoutMs: number) {
  while (true) {
    call.forget()
    yield* Effect.sleep(pingMs)
    if (call.hasHeard()) continue
    call.ping()
    yield* Effect.sleep(pongTimeoutMs)
    if (!call.hasHeard()) return call.cut()
  }
})

const make = (options: DialerOptions): Effect.Effect<StreamPort["Service"], never, Scope.Scope> =>
  Effect.gen(function*() {
    const { maximumSockets = defaultMaximumSockets } = options
    const fibers = yield* FiberSet.make<void>()
    const run = yield* FiberSet.runtime(fibers)()
    const calls = new Set<Call>()

    const patience = (call: Call, { pingMs, pongTimeoutMs = pingMs }: Dial) =>
      pingMs > 0 ? keepAlive(call, pingMs, pongTimeoutMs) : Effect.never

    const reach = Effect.fnUntraced(function*(call: Call, dial: Dial) {
      const url = URL.parse(dial.url)
      if (url === null || !options.allows(url)) return yield* Effect.fail<StreamFailure>({ why: "Forbidden" })
      const addresses = yield* options.resolve(url.hostname)
      if (!addresses.every((address) => hosts.allowsAddress(url.hostname, address))) {
        return yield* Effect.fail<StreamFailure>({ why: "Forbidden" })
      }
      url.hash = ""
      call.connect(url, addresses, dial)
      return yield* call.opened
    })

    /** Begins in a later turn, so that who dials has the line before it is told anything. */
    const attend = Effect.fnUntraced(function*(call: Call, dial: Dial) {
      yield* Effect.yieldNow
      yield* reach(call, dial).pipe(
        Effect.timeoutOrElse({
          duration: dial.handshakeMs,
          orElse: () => Effect.fail<StreamFailure>({ why: "TimedOut" })
        }),
        Effect.raceFirst(call.ended),
        Effect.catch((failure) => Effect.sync(() => call.fail(failure)))
      )
      if (!call.isOpen()) return
      yield* Effect.raceFirst(patience(call, dial), call.ended)
      yield* Effect.timeoutOption(call.over, closeGraceMs)
    })

    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        for (const { line } of calls) line.close(1001, "")
        return FiberSet.awaitEmpty(fibers)
      })
    )

    return StreamPort.of({
      dial: (dial, listener) => {
        const call = makeCall(listener)
        if (calls.size >= maximumSockets) {
          run(Effect.andThen(Effect.yieldNow, Effect.sync(() => call.fail({ why: "TooMany" }))))
          return call.line
        }
        calls.add(call)
        run(Effect.ensuring(
          attend(call, dial),
          Effect.andThen(
            Effect.yieldNow,
            Effect.sync(() => {
              calls.delete(call)
              call.finish()
            })
          )
        ))
        return call.line
      }
    })
  })

/**
 * The way out to audio sockets over the network. Redirects are not followed, a TLS certificate must be good, nothing is
 * dialed twice. Whoever dials has its line before it is told anything.
 *
 * - `Refused`: the answer was no handshake, its status beside it. `NoConnection`: a name that leads nowhere, a port where
 *   nobody listens, a certificate that is not trusted, an answer that is not to be understood.
 * - A peer that breaks the protocol is closed with 1002, 1007, 1008, or 1009 when its message is longer than
 *   `maxMessageBytes`: `closed`, by the platform.
 * - A peer that was not heard for `pingMs` is pinged, and cut off when it is not heard for `pongTimeoutMs` then either:
 *   1006, by the network. 0 for no pings.
 * - A close is answered within {@link closeGraceMs}, else the connection is cut, as it is when a peer that closed does not let
 *   go of it for so long. Closing with a code that no frame can carry cuts it at once, with 1006 in the middle of a frame.
 * - A peer that is held is left unread, its close too, and is not cut off for its silence.
 *
 * When the scope closes, sockets are closed with 1001.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: DialerOptions): Layer.Layer<StreamPort> => Layer.effect(StreamPort, make(options))
