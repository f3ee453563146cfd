/** How the frames of a stream went out, in words, and whether what was measured meanwhile is to be trusted. */
import type { Lateness, StreamCounts } from "../media/StreamCounts.ts"

/** Milliseconds of audio in a frame, by which the measures count at best. */
const frameMs = 20

/**
 * Milliseconds of the call's audio that have not left for the app: of what waits for the rest of its message, and of what
 * the socket still has, by its bytes, or the network that is simulated before it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Waiting {
  readonly messageMs: number
  readonly lineMs: number
}

/**
 * @category constants
 * @since 0.1.0
 */
export const nothingWaits: Waiting = { messageMs: 0, lineMs: 0 }

/**
 * What is known of it: `lateness` of the frames, and `timer`, how late the machine's own timer was meanwhile. Nothing of
 * the timer is known where time is exact.
 *
 * @category models
 * @since 0.1.0
 */
export interface Passage {
  readonly counts: StreamCounts
  readonly waiting: Waiting
  readonly lateness: Lateness | undefined
  readonly timer: Lateness | undefined
}

/**
 * Whether latencies are right to a frame: of a hundred turns of the machine's own timer 99 were late by less.
 *
 * @category getters
 * @since 0.1.0
 */
export const isTrusted = (timer: Lateness): boolean => timer.p99 < frameMs

/**
 * How much of the call's audio became what, in samples of its stream: `received` is the sum of the others. What has left
 * counts as heard, since nothing tells what an app takes.
 *
 * @category getters
 * @since 0.1.0
 */
export const upstream = (
  { dropped, sent, skipped, withheld }: StreamCounts,
  { lineMs, messageMs }: Waiting,
  sampleRate: number
) => {
  const samples = (ms: number): number => ms * (sampleRate / 1000)
  const leftBehindMs = Math.min(sent * frameMs, lineMs)
  return {
    received: samples((sent + withheld + dropped + skipped) * frameMs + messageMs),
    heard: samples(sent * frameMs - leftBehindMs),
    queued: samples(leftBehindMs + messageMs),
    byPause: samples(withheld * frameMs),
    byOverflow: samples(dropped * frameMs),
    byStandstill: samples(skipped * frameMs)
  }
}

const told = ({ max, p50, p99 }: Lateness): string => `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`

/**
 * How late the timer was, and so whether to trust what was measured meanwhile, in a line.
 *
 * @category rendering
 * @since 0.1.0
 */
export const trust = (timer: Lateness): string =>
  `the machine's own timer was late: ${told(timer)}, so latencies are ${
    isTrusted(timer) ? "right to a frame" : "NOT to be trusted"
  }`

/**
 * The same in a few lines.
 *
 * @category rendering
 * @since 0.1.0
 */
export const summary = ({ counts, lateness, timer, waiting }: Passage): ReadonlyArray<string> => {
  const ms = upstream(counts, waiting, 1000)
  return [
    `call audio: received ${ms.received} ms, sent ${ms.heard} ms, queued ${ms.queued} ms, withheld ${ms.byPause} ms, `
    + `dropped ${ms.byOverflow} ms, passed over ${ms.byStandstill} ms`,
    ...(lateness === undefined ? [] : [`frames sent late: ${told(lateness)}`]),
    ...(timer === undefined ? [] : [trust(timer)])
  ]
}
