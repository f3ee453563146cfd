/**
 * The network between the platform and the app: when what was sent arrives. Nothing of it is documented of the platform; it
 * is how networks are.
 *
 * Time is milliseconds from the moment at which the stream was open. Chance is drawn by seed and count, so that the same
 * stream meets the same network again.
 */
import * as Schema from "effect/Schema"
import type { StreamFault } from "../fault/Fault.ts"
import * as Chance from "./Chance.ts"

const Millis = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 86_400_000 }))
const Jitter = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 }))
const Rate = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 }))

const optional = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(schema.annotate({ description }))

/**
 * How a network misbehaves, in what it names. One that names nothing does not.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Network = Schema.Struct({
  jitterMs: optional("Each message, either way, is late by 0 to so many milliseconds.", Jitter),
  stallEveryMs: optional("Once in every so many milliseconds, at any moment of them, nothing passes.", Millis),
  stallMs: optional("For how long nothing passes then, at most half of stallEveryMs.", Millis),
  stalls: optional(
    "Moments from which on nothing passes, and for how long.",
    Schema.Array(Schema.Struct({ fromMs: Millis, ms: Millis }))
  ),
  burstFrames: optional(
    "So many messages to the app arrive together, when the last of them was sent.",
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))
  ),
  bytesPerSecond: optional("What the line carries, either way.", Rate),
  readBytesPerSecond: optional("How fast the platform reads what the app sends.", Rate),
  lostAfterMs: optional("When the connection breaks off, in the middle of a frame.", Millis),
  handshakeLateMs: optional("By how much the handshake is late.", Millis),
  handshakeStatus: optional(
    "The status by which somebody on the way refuses the handshake.",
    Schema.Int.check(Schema.isBetween({ minimum: 400, maximum: 599 }))
  )
}).annotate({ identifier: "Network" })
/** @since 0.1.0 */
export type Network = typeof Network.Type

/**
 * The network as a fault leaves it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const withFault = (network: Network, fault: StreamFault): Network => {
  switch (fault._tag) {
    case "HandshakeRefused":
      return { ...network, handshakeStatus: fault.status }
    case "HandshakeLate":
      return { ...network, handshakeLateMs: fault.ms }
    case "StreamLost":
      return { ...network, lostAfterMs: fault.afterMs }
    case "Stalled":
      return { ...network, stalls: [...network.stalls ?? [], { fromMs: fault.fromMs, ms: fault.ms }] }
    case "Jittered":
      return { ...network, jitterMs: fault.jitterMs }
    case "Bursts":
      return { ...network, burstFrames: fault.frames }
    case "Bandwidth":
      return { ...network, bytesPerSecond: fault.bytesPerSecond }
    case "SlowReader":
      return { ...network, readBytesPerSecond: fault.bytesPerSecond }
  }
}

/** The stall that chance put into the period of a moment. */
const drawnStall = ({ stallEveryMs = 0, stallMs = 0 }: Network, seed: number, atMs: number) => {
  const ms = Math.min(stallMs, Math.floor(stallEveryMs / 2))
  if (ms === 0) return { fromMs: 0, ms: 0 }
  const period = Math.floor(atMs / stallEveryMs)
  return { fromMs: period * stallEveryMs + Chance.between(seed, period, 0, stallEveryMs - ms), ms }
}

/**
 * The end of the stalls that a moment lies in, or that moment.
 *
 * @category getters
 * @since 0.1.0
 */
export const afterStalls = (network: Network, seed: number, atMs: number): number => {
  let free = atMs
  for (;;) {
    const from = free
    for (const { fromMs, ms } of [...network.stalls ?? [], drawnStall(network, seed, free)]) {
      if (free >= fromMs && free < fromMs + ms) free = fromMs + ms
    }
    if (free === from) return free
  }
}

/**
 * One direction of a connection, and what has passed on it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Way {
  /** Of the stalls, which both directions have in common. */
  readonly seed: number
  readonly jitterSeed: number
  readonly count: number
  /** Until when the line is busy with what was sent. */
  readonly busyUntilMs: number
  /** When the newest arrives: nothing overtakes it. */
  readonly lastMs: number
}

/**
 * Both directions of a connection on which nothing has passed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ways = (seed: number): { readonly toApp: Way; readonly fromApp: Way } => {
  const way = (place: number): Way => ({
    seed: Chance.draw(seed, 0),
    jitterSeed: Chance.draw(seed, place),
    count: 0,
    busyUntilMs: 0,
    lastMs: 0
  })
  return { toApp: way(1), fromApp: way(2) }
}

const occupied = (bytesPerSecond: number | undefined, byteLength: number): number =>
  bytesPerSecond === undefined ? 0 : (byteLength * 1000) / bytesPerSecond

/**
 * A message sets out; when it arrives, in whole milliseconds, is the `lastMs` of the way. It waits until the line is free
 * and not in a stall, takes its time on it, and is late by its jitter. Messages keep their order.
 *
 * @category updating
 * @since 0.1.0
 */
export const send = (self: Way, network: Network, atMs: number, byteLength: number): Way => {
  const begin = afterStalls(network, self.seed, Math.max(atMs, self.busyUntilMs))
  const busyUntilMs = begin + occupied(network.bytesPerSecond, byteLength)
  const jitter = Chance.between(self.jitterSeed, self.count, 0, network.jitterMs ?? 0)
  const arrival = afterStalls(network, self.seed, Math.ceil(busyUntilMs + jitter))
  return { ...self, count: self.count + 1, busyUntilMs, lastMs: Math.max(self.lastMs, arrival) }
}

/**
 * The platform reads a message that has arrived, as fast as it does: when it has read it all, with a fraction.
 *
 * @category getters
 * @since 0.1.0
 */
export const readBy = (network: Network, readyMs: number, arrivedMs: number, byteLength: number): number =>
  Math.max(readyMs, arrivedMs) + occupied(network.readBytesPerSecond, byteLength)
