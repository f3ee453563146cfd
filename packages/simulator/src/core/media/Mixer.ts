/** What the app is sent of the two voices on a call. */
import type * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as slab from "../slab.ts"

/**
 * Whose voice is sent, and for both, how.
 *
 * @category models
 * @since 0.1.0
 */
export type Listens = "caller" | "callee" | "both-mixed" | "both-stereo"

/**
 * @category getters
 * @since 0.1.0
 */
export const channels = (listens: Listens): 1 | 2 => (listens === "both-stereo" ? 2 : 1)

/** Two samples at a time, the caller's first; the shorter voice is followed by silence. */
const interleave = (caller: Int16Array, callee: Int16Array): Int16Array => {
  const both = slab.samples(2 * Math.max(caller.length, callee.length))
  for (let index = 0; index < caller.length; index += 1) both[2 * index] = caller[index] ?? 0
  for (let index = 0; index < callee.length; index += 1) both[2 * index + 1] = callee[index] ?? 0
  return both
}

const added = (caller: Int16Array, callee: Int16Array): Int16Array => {
  const both = slab.samples(Math.max(caller.length, callee.length))
  for (let index = 0; index < both.length; index += 1) {
    both[index] = Math.max(-32_768, Math.min(32_767, (caller[index] ?? 0) + (callee[index] ?? 0)))
  }
  return both
}

/**
 * The samples to send. Mixed voices are added, and stay at the end of the range where they would leave it; of voices at
 * different rates, the caller's is sent.
 *
 * @category combining
 * @since 0.1.0
 */
export const mix = (listens: Listens, caller: AudioFrame.AudioFrame, callee: AudioFrame.AudioFrame): Int16Array => {
  switch (listens) {
    case "caller":
      return caller.samples
    case "callee":
      return callee.samples
    case "both-mixed":
      return caller.sampleRate === callee.sampleRate ? added(caller.samples, callee.samples) : caller.samples
    case "both-stereo":
      return interleave(caller.samples, callee.samples)
  }
}
