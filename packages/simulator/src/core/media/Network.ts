/**
 * The network between the platform and the app: when a frame that was due arrives. A plan, with no state: the same
 * frame is late by the same time, always.
 */
import * as Schema from "effect/Schema"
import * as Chance from "./Chance.ts"

/** Bounded, so that the look back at earlier frames is. */
const Millis = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 }))

/**
 * How a network misbehaves. All zero, with bursts of one, is a network that does not.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NetworkPlan = Schema.Struct({
  /** Decides the jitter of each frame and the moment of each stall. */
  seed: Schema.Natural,
  /** Each frame is late by 0 to so many milliseconds. */
  jitterMs: Millis,
  /** Once in every so many milliseconds, at any moment of them, nothing arrives for `stallMs`; 0 for never. */
  stallEveryMs: Schema.Natural,
  /** At most `stallEveryMs`. What is held back arrives at the end. */
  stallMs: Millis,
  /** So many frames arrive together, when the last of them is due. */
  burstFrames: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))
})
/** @since 0.1.0 */
export type NetworkPlan = typeof NetworkPlan.Type

/**
 * @category constants
 * @since 0.1.0
 */
export const ideal: NetworkPlan = { seed: 0, jitterMs: 0, stallEveryMs: 0, stallMs: 0, burstFrames: 1 }

/** Draws of one kind are apart from those of the other. */
const jitterSeed = (seed: number): number => Chance.draw(seed, 1)
const stallSeed = (seed: number): number => Chance.draw(seed, 2)

/** The end of the stall that a moment lies in, or that moment. */
const afterStall = ({ seed, stallEveryMs, stallMs }: NetworkPlan, atMs: number): number => {
  const lengthMs = Math.min(stallMs, stallEveryMs)
  if (lengthMs === 0) return atMs
  const period = Math.floor(atMs / stallEveryMs)
  const startMs = period * stallEveryMs
    + Chance.between(stallSeed(seed), period, 0, stallEveryMs - lengthMs)
  return atMs >= startMs && atMs < startMs + lengthMs ? startMs + lengthMs : atMs
}

/**
 * By how many milliseconds the frame of a number, from 0 on, arrives after it was due. Frames keep their order: none
 * arrives before an earlier one.
 *
 * @category getters
 * @since 0.1.0
 */
export const delayMs = (plan: NetworkPlan, frame: number, frameMs: number): number => {
  const { burstFrames, jitterMs, seed } = plan
  // Frames further back than this arrive before this one is due, whatever their jitter.
  const reach = Math.ceil(jitterMs / Math.max(1, frameMs)) + burstFrames
  let arrival = 0
  for (let earlier = Math.max(0, frame - reach); earlier <= frame; earlier += 1) {
    const lastOfBurst = earlier - (earlier % burstFrames) + burstFrames - 1
    const jitter = Chance.between(jitterSeed(seed), earlier, 0, jitterMs)
    arrival = Math.max(arrival, lastOfBurst * frameMs + jitter)
  }
  return afterStall(plan, arrival) - frame * frameMs
}
