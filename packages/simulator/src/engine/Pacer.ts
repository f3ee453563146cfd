/**
 * The pace of all audio: one wheel that turns every 20 ms, on absolute moments of the timeline.
 *
 * Turn `n` is due at `n * 20` ms. A late turn is made at once, and none is left out, unless the machine stood still for
 * more than a second; then what is older is passed over.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Scheduled, Timeline } from "./Timeline.ts"

/** Milliseconds of audio in a frame. */
export const frameMs = 20

/** How late a frame may be that is not passed over, in milliseconds. */
const longestLatenessMs = 1000

/**
 * How many frames are passed over, from one on that is so many milliseconds late.
 *
 * @category getters
 * @since 0.1.0
 */
export const missed = (latenessMs: number): number =>
  Math.max(0, Math.floor((latenessMs - longestLatenessMs) / frameMs))

/**
 * Who goes round with the wheel. `tick`: a frame is over, and others wait for theirs. `rest`: all have ticked, and there is
 * time for what could wait. `broke`: it threw, and is off the wheel.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rider {
  readonly tick: () => void
  readonly rest: () => void
  readonly broke: (defect: unknown) => void
}

/**
 * The wheel of a tenant. It stands still while nobody rides.
 *
 * @category services
 * @since 0.1.0
 */
export class Pacer extends Context.Service<Pacer, {
  /** Gives the moment at which the first frame begins: this one, or the next that the wheel knows. */
  readonly join: (rider: Rider) => number
  readonly leave: (rider: Rider) => void
}>()("@effect-piopiy/simulator/Pacer") {}

const make = Effect.gen(function*() {
  const timeline = yield* Timeline
  /** With the first turn that is theirs. */
  const riders = new Map<Rider, number>()
  let pending: Scheduled | undefined
  let isTurning = false

  const each = (turn: number, act: (rider: Rider) => void): void => {
    for (const [rider, first] of riders) {
      if (first > turn) continue
      try {
        act(rider)
      } catch (defect) {
        riders.delete(rider)
        rider.broke(defect)
      }
    }
  }

  const schedule = (turn: number): void => {
    pending = timeline.at(turn * frameMs, "audio frames", () => run(turn))
  }

  const run = (turn: number): void => {
    const passedOver = missed(timeline.nowMs() - turn * frameMs)
    if (passedOver > 0) return run(turn + passedOver)
    pending = undefined
    isTurning = true
    each(turn, (rider) => rider.tick())
    each(turn, (rider) => rider.rest())
    isTurning = false
    if (riders.size > 0) schedule(turn + 1)
  }

  return Pacer.of({
    join: (rider) => {
      const turn = Math.ceil(timeline.nowMs() / frameMs)
      riders.set(rider, turn + 1)
      if (pending === undefined && !isTurning) schedule(turn + 1)
      return turn * frameMs
    },
    leave: (rider) => {
      riders.delete(rider)
      if (riders.size > 0 || pending === undefined) return
      timeline.cancel(pending)
      pending = undefined
    }
  })
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Pacer, never, Timeline> = Layer.effect(Pacer, make)
