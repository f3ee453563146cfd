/** Counts of what passes on one stream. */
import type { Lateness, StreamCounts } from "../core/media/StreamCounts.ts"

/** Milliseconds; whatever is later counts as this late, but for the maximum. */
const slots = 200

/** Mutable, and owned by one stream. */
export interface StreamTally {
  readonly count: (what: keyof StreamCounts, by?: number) => void
  /** A frame went out so many milliseconds late. */
  readonly late: (ms: number) => void
  readonly counts: () => StreamCounts
  /** Nothing while no frame has been due. */
  readonly lateness: () => Lateness | undefined
}

export const make = (): StreamTally => {
  const counts: Record<keyof StreamCounts, number> = {
    sent: 0,
    withheld: 0,
    dropped: 0,
    skipped: 0,
    messages: 0,
    audio: 0,
    undecodable: 0,
    ignored: 0
  }
  const byMs = new Uint32Array(slots)
  let total = 0
  let max = 0

  /** The smallest lateness that at least so many of a hundred frames do not exceed. */
  const percentile = (percent: number): number => {
    let seen = 0
    for (let ms = 0; ms < slots; ms += 1) {
      seen += byMs[ms] ?? 0
      if (seen * 100 >= total * percent) return ms
    }
    return max
  }

  return {
    count: (what, by = 1) => {
      counts[what] += by
    },
    late: (ms) => {
      const slot = Math.min(slots - 1, ms)
      byMs[slot] = (byMs[slot] ?? 0) + 1
      total += 1
      max = Math.max(max, ms)
    },
    counts: () => ({ ...counts }),
    lateness: () => total === 0 ? undefined : { p50: percentile(50), p99: percentile(99), max }
  }
}
