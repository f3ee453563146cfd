/**
 * How good the machine's own timer is while audio goes over real sockets: one that does nothing else, beside all streams.
 * What is measured on a stream is no better than that.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type { Lateness } from "../core/media/StreamCounts.ts"
import { frameMs, missed } from "./Pacer.ts"
import { type Listener, StreamPort } from "./StreamPort.ts"

/** Turns that are known: those of 20 minutes in which a socket was open. */
const kept = 60_000

/** Nothing, of any time: where time does not pass as the machine's, its timer tells nothing. */
export const none = (): undefined => undefined

/**
 * How late the timer was between two moments, in milliseconds since 1970: nothing where there is none, or where it has
 * not turned in between, or not lately. By default there is none, as under a clock that is moved by hand.
 *
 * @category services
 * @since 0.1.0
 */
export const ControlTimer = Context.Reference<(fromEpochMs: number, toEpochMs: number) => Lateness | undefined>(
  "@effect-piopiy/simulator/ControlTimer",
  { defaultValue: () => none }
)

const tenths = (ms: number): number => Math.round(ms * 10) / 10

/** The newest turns, with how late each was. */
const makeTurns = () => {
  const turns = new Float64Array(kept)
  const lateness = new Float32Array(kept)
  let count = 0
  return {
    add: (turn: number, lateMs: number): void => {
      turns[count % kept] = turn
      lateness[count % kept] = lateMs
      count += 1
    },
    between: (first: number, last: number): Lateness | undefined => {
      let from = count
      while (from > Math.max(0, count - kept) && (turns[(from - 1) % kept] ?? 0) >= first) from -= 1
      let to = from
      while (to < count && (turns[to % kept] ?? 0) <= last) to += 1
      const found = Float32Array.from({ length: to - from }, (_, place) => lateness[(from + place) % kept] ?? 0).sort()
      const at = (percent: number): number => tenths(found[Math.ceil((found.length * percent) / 100) - 1] ?? 0)
      return found.length === 0 ? undefined : { p50: at(50), p99: at(99), max: at(100) }
    }
  }
}

const make = Effect.gen(function*() {
  const clock = yield* Clock.Clock
  const port = yield* StreamPort
  const originEpochMs = clock.currentTimeMillisUnsafe()
  const origin = clock.monotonicTimeNanosUnsafe()
  const nowMs = (): number => Number(clock.monotonicTimeNanosUnsafe() - origin) / 1e6
  const turns = makeTurns()
  const needed = Latch.makeUnsafe(false)
  const open = new Set<Listener>()

  /** Turns on absolute moments, as the wheel of the streams does. */
  const run = Effect.gen(function*() {
    let turn = Math.ceil(nowMs() / frameMs)
    while (open.size > 0) {
      const lateMs = nowMs() - turn * frameMs
      if (lateMs < 0) yield* clock.sleep(Duration.millis(Math.ceil(-lateMs)))
      else {
        turns.add(turn, lateMs)
        turn += 1 + missed(lateMs)
      }
    }
    needed.closeUnsafe()
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(needed.await, run)))

  /** A socket counts from when it is open until it is closed. */
  const counted = (listener: Listener): Listener => ({
    ...listener,
    opened: () => {
      listener.opened()
      open.add(listener)
      needed.openUnsafe()
    },
    closed: (close) => {
      open.delete(listener)
      listener.closed(close)
    }
  })

  return Context.make(
    StreamPort,
    StreamPort.of({ dial: (dial, listener) => port.dial(dial, counted(listener)) })
  ).pipe(
    Context.add(
      ControlTimer,
      (fromEpochMs, toEpochMs) =>
        turns.between((fromEpochMs - originEpochMs) / frameMs, (toEpochMs - originEpochMs) / frameMs)
    )
  )
})

/**
 * A way out to real sockets with a timer beside it, which turns every 20 ms as long as one of them is open.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<StreamPort, never, StreamPort> = Layer.effectContext(make)
