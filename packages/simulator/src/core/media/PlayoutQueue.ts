/**
 * What the platform plays to the caller of the audio that the app sent: in order, without gaps, one sample at a time.
 *
 * Time is counted in samples of the call's rate. It passes in {@link hear} and {@link advance}; everything else
 * happens at the moment that time has come to. Of all samples received, each is heard, discarded or queued, always.
 */

/**
 * What is dropped when more arrives than may wait: the newest, or the oldest that the carrier does not hold yet.
 *
 * @category models
 * @since 0.1.0
 */
export type Overflow = "newest" | "oldest"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Samples that may wait. */
  readonly capSamples: number
  readonly overflow: Overflow
  /** Samples that the carrier holds at any moment: a break does not take them back. */
  readonly carrierSamples: number
  /** A gap in the app's audio of at most so many samples is an underrun; a longer one is a pause of the app's own. */
  readonly underrunSamples: number
}

/**
 * Where the samples are: `received = heard + queued + byBreak + byOverflow + byHangup`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Counts {
  readonly received: number
  readonly heard: number
  readonly queued: number
  /** Discarded, by cause. */
  readonly byBreak: number
  readonly byOverflow: number
  readonly byHangup: number
  /** How often the queue ran dry in the middle of the app's audio, and for how many samples. */
  readonly underruns: number
  readonly underrunSamples: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PlayoutQueue {
  readonly options: Options
  /** The moment that this is true of. */
  readonly tick: number
  readonly counts: Counts
  /** What waits, oldest first. No piece but the newest is short, so that tiny messages do not make many pieces. */
  readonly pieces: ReadonlyArray<Int16Array>
  /** When the queue ran dry in the middle of the app's audio, as far as anybody can tell. */
  readonly dryAt: number | undefined
  /** Whether nothing has arrived since the last break: running dry is then meant. */
  readonly isCut: boolean
  readonly hungUp: boolean
}

/** A piece with fewer samples is put together with the next. */
const shortPiece = 4096

/**
 * An empty queue at moment 0.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): PlayoutQueue => ({
  options,
  tick: 0,
  counts: {
    received: 0,
    heard: 0,
    queued: 0,
    byBreak: 0,
    byOverflow: 0,
    byHangup: 0,
    underruns: 0,
    underrunSamples: 0
  },
  pieces: [],
  dryAt: undefined,
  isCut: false,
  hungUp: false
})

/** The samples of pieces from a place up to another, as views. */
const slice = (pieces: ReadonlyArray<Int16Array>, from: number, to: number): ReadonlyArray<Int16Array> => {
  const parts: Array<Int16Array> = []
  let start = 0
  for (const piece of pieces) {
    if (start >= to) break
    if (start + piece.length > from) parts.push(piece.subarray(Math.max(0, from - start), to - start))
    start += piece.length
  }
  return parts
}

const append = (pieces: ReadonlyArray<Int16Array>, samples: Int16Array): ReadonlyArray<Int16Array> => {
  if (samples.length === 0) return pieces
  const newest = pieces.at(-1)
  if (newest === undefined || newest.length >= shortPiece) return [...pieces, samples.slice()]
  const joined = new Int16Array(newest.length + samples.length)
  joined.set(newest)
  joined.set(samples, newest.length)
  return [...pieces.slice(0, -1), joined]
}

const count = (counts: Counts, change: Partial<Counts>): Counts => {
  const after = { ...counts, ...change }
  return { ...after, queued: after.received - after.heard - after.byBreak - after.byOverflow - after.byHangup }
}

/**
 * Audio of the app arrives. Its samples are copied. After a hangup it is discarded.
 *
 * @category updating
 * @since 0.1.0
 */
export const push = (self: PlayoutQueue, samples: Int16Array): PlayoutQueue => {
  const received = self.counts.received + samples.length
  if (samples.length === 0) return self
  if (self.hungUp) {
    return { ...self, counts: count(self.counts, { received, byHangup: self.counts.byHangup + samples.length }) }
  }
  const excess = Math.max(0, self.counts.queued + samples.length - self.options.capSamples)
  const pieces = admit(self, samples, excess)
  const gap = self.dryAt === undefined ? 0 : self.tick - self.dryAt
  const isUnderrun = gap > 0 && gap <= self.options.underrunSamples
  return {
    ...self,
    pieces,
    dryAt: pieces.length === 0 ? self.dryAt : undefined,
    isCut: false,
    counts: count(self.counts, {
      received,
      byOverflow: self.counts.byOverflow + excess,
      ...(isUnderrun && pieces.length > 0
        ? { underruns: self.counts.underruns + 1, underrunSamples: self.counts.underrunSamples + gap }
        : {})
    })
  }
}

const admit = (
  { counts, options, pieces }: PlayoutQueue,
  samples: Int16Array,
  excess: number
): ReadonlyArray<Int16Array> => {
  if (excess === 0) return append(pieces, samples)
  const room = samples.length - excess
  if (options.overflow === "newest") return append(pieces, samples.subarray(0, room))
  const held = Math.min(options.carrierSamples, counts.queued)
  const all = append(pieces, samples)
  return [...slice(all, 0, held), ...slice(all, held + excess, Number.POSITIVE_INFINITY)]
}

/**
 * Lets so many samples of time pass, without their sound. A count that is no positive number lets none pass.
 *
 * @category updating
 * @since 0.1.0
 */
export const advance = (self: PlayoutQueue, sampleCount: number): PlayoutQueue => {
  if (!(sampleCount >= 1) || !Number.isSafeInteger(self.tick + sampleCount)) return self
  const tick = self.tick + sampleCount
  const { heard, queued } = self.counts
  const played = Math.min(queued, sampleCount)
  if (played === 0) return { ...self, tick }
  return {
    ...self,
    tick,
    pieces: slice(self.pieces, played, Number.POSITIVE_INFINITY),
    dryAt: played === queued && !self.isCut ? self.tick + played : undefined,
    counts: count(self.counts, { heard: heard + played })
  }
}

/**
 * Lets time pass, and writes what is heard into an array as long as that time: the queue as far as it goes, then
 * silence. The queue's `heard` grows by the number of samples that came from it.
 *
 * @category updating
 * @since 0.1.0
 */
export const hear = (self: PlayoutQueue, into: Int16Array): PlayoutQueue => {
  let at = 0
  for (const part of slice(self.pieces, 0, into.length)) {
    into.set(part, at)
    at += part.length
  }
  into.fill(0, at)
  return advance(self, into.length)
}

/**
 * The app interrupts: what waits is discarded, but for what the carrier holds.
 *
 * @category updating
 * @since 0.1.0
 */
export const interrupt = (self: PlayoutQueue): PlayoutQueue => {
  const kept = Math.min(self.counts.queued, self.options.carrierSamples)
  return {
    ...self,
    pieces: slice(self.pieces, 0, kept),
    dryAt: undefined,
    isCut: true,
    counts: count(self.counts, { byBreak: self.counts.byBreak + self.counts.queued - kept })
  }
}

/**
 * The call ends: all that waits is discarded, and so is whatever arrives later.
 *
 * @category updating
 * @since 0.1.0
 */
export const hangup = (self: PlayoutQueue): PlayoutQueue => ({
  ...self,
  pieces: [],
  dryAt: undefined,
  hungUp: true,
  counts: count(self.counts, { byHangup: self.counts.byHangup + self.counts.queued })
})
