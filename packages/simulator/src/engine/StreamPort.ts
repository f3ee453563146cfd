/** The way out to the customer's audio sockets. Supplied by the edge over real sockets, or in memory by a test. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { StreamProfile } from "../core/stream/StreamProfile.ts"

/**
 * A socket to dial: its URL, and how long its handshake may take, in milliseconds. `pingMs`: after how much silence of the
 * app it is pinged, 0 for never; `pongTimeoutMs`: how long it may take to be heard then, as long as `pingMs` by default.
 * `offersDeflate`: whether the handshake offers permessage-deflate, which it does not by default (assumed).
 *
 * @category models
 * @since 0.1.0
 */
export interface Dial {
  readonly url: string
  readonly handshakeMs: number
  readonly pingMs: number
  readonly maxMessageBytes: number
  readonly pongTimeoutMs?: number
  readonly offersDeflate?: boolean
}

/**
 * Why a socket is closed: who ended it, with the code and reason of the close frame; 1006 stands for a connection that
 * broke off without one.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamClose {
  readonly by: "App" | "Platform" | "Network"
  readonly code: number
  readonly reason: string
}

const broken: StreamClose = { by: "Network", code: 1006, reason: "" }

/**
 * How the platform's close ends a socket: with this code and reason, or, for a code that no close frame can carry, by
 * breaking the connection off.
 *
 * @category constructors
 * @since 0.1.0
 */
export const platformClose = (code: number, reason: string): StreamClose =>
  (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
    ? { by: "Platform", code, reason }
    : broken

/** The longest reason that fits a close frame. */
const reasonBytes = 123

/**
 * As many characters of a reason as fit a close frame: what the app sees of it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fittingReason = (reason: string): string => {
  const bytes = new TextEncoder().encode(reason)
  return bytes.length <= reasonBytes
    ? reason
    : new TextDecoder().decode(bytes.subarray(0, reasonBytes), { stream: true })
}

/**
 * Why a socket was never open: refused by status, no connection, a URL that may not be dialed, too late.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamFailure {
  readonly why: "Refused" | "NoConnection" | "Forbidden" | "TimedOut" | "TooMany"
  readonly status?: number
}

/**
 * Whoever dialed is told, never before it has its line: `failed` once; or `opened` once, then messages, then `closed` once.
 * After {@link Line.close} it is told nothing but `closed`, perhaps before that returns, also when the socket was not open yet.
 *
 * @category models
 * @since 0.1.0
 */
export interface Listener {
  readonly opened: () => void
  readonly failed: (failure: StreamFailure) => void
  readonly message: (message: string | Uint8Array) => void
  readonly closed: (close: StreamClose) => void
}

/**
 * A dialed socket. Nothing waits: what the app does not take stays with the line, and `bufferedBytes` tells how much.
 *
 * - `close`: the first close counts, whoever closes; {@link platformClose} says what it does. What is sent after it is dropped.
 * - `hold`: while held, no message is told, and what the app sends is left unread. Let go, all of it is told in order, perhaps
 *   before that returns. The end of the socket lets go. A line that cannot hold an app back has none.
 *
 * @category models
 * @since 0.1.0
 */
export interface Line {
  readonly send: (message: string | Uint8Array) => void
  /** The same in a moment in which nothing is under way: a line in memory may have the app answer before this returns. */
  readonly deliver?: (message: Uint8Array) => void
  readonly bufferedBytes: () => number
  readonly close: (code: number, reason: string) => void
  readonly hold?: (isHeld: boolean) => void
}

/**
 * Dials sockets. It never throws and never waits.
 *
 * @category services
 * @since 0.1.0
 */
export class StreamPort extends Context.Service<StreamPort, {
  readonly dial: (dial: Dial, listener: Listener) => Line
}>()("@effect-piopiy/simulator/StreamPort") {}

/**
 * The way out of one tenant, whose sockets are as its profile says.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerProfile = (
  { offersDeflate, pongTimeoutMs }: StreamProfile
): Layer.Layer<StreamPort, never, StreamPort> =>
  Layer.effect(
    StreamPort,
    Effect.map(StreamPort, (port) =>
      StreamPort.of({
        dial: (dial, listener) => port.dial({ ...dial, offersDeflate, pongTimeoutMs }, listener)
      }))
  )
