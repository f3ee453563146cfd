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
  /** What waits, oldest first. The newest grows while its chunk has room, so that tiny messages do not make many pieces. */
  readonly pieces: ReadonlyArray<Int16Array>
  readonly chunk: Chunk
  /** When the queue ran dry in the middle of the app's audio, as far as anybody can tell. */
  readonly dryAt: number | undefined
  /** Whether nothing has arrived since the last break: running dry is then meant. */
  readonly isCut: boolean
  readonly hungUp: boolean
}

/**
 * Where what arrives is copied to. A place is written once, after all that were: so a queue of which another was made
 * keeps its samples.
 */
interface Chunk {
  readonly samples: Int16Array
  used: number
}

/** Where a message is longer, its chunk is as long as it. */
const chunkSamples = 4096

const noChunk: Chunk = { samples: new Int16Array(0), used: 0 }
const nothing: ReadonlyArray<Int16Array> = []

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
  pieces: nothing,
  chunk: noChunk,
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

const chunkFor = (chunk: Chunk, sampleCount: number): Chunk =>
  chunk.samples.length - chunk.used >= sampleCount
    ? chunk
    : { samples: new Int16Array(Math.max(chunkSamples, sampleCount)), used: 0 }

interface Waiting {
  readonly pieces: ReadonlyArray<Int16Array>
  readonly chunk: Chunk
}

/** Puts samples after all others. What comes to lie right behind the newest piece makes that one longer. */
const append = ({ chunk: before, pieces }: Waiting, samples: Int16Array): Waiting => {
  if (samples.length === 0) return { pieces, chunk: before }
  const chunk = chunkFor(before, samples.length)
  const from = chunk.used
  chunk.used += samples.length
  chunk.samples.set(samples, from)
  const newest = pieces.at(-1)
  if (newest === undefined) return { chunk, pieces: [chunk.samples.subarray(from, chunk.used)] }
  const start = newest.byteOffset / newest.BYTES_PER_ELEMENT
  return newest.buffer === chunk.samples.buffer && start + newest.length === from
    ? { chunk, pieces: [...pieces.slice(0, -1), chunk.samples.subarray(start, chunk.used)] }
    : { chunk, pieces: [...pieces, chunk.samples.subarray(from, chunk.used)] }
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
  const { counts, dryAt, hungUp, options, tick } = self
  const received = counts.received + samples.length
  if (samples.length === 0) return self
  if (hungUp) return { ...self, counts: count(counts, { received, byHangup: counts.byHangup + samples.length }) }
  const excess = Math.max(0, counts.queued + samples.length - options.capSamples)
  const { chunk, pieces } = excess === 0 ? append(self, samples) : admit(self, samples, excess)
  const gap = dryAt === undefined ? 0 : tick - dryAt
  const isUnderrun = gap > 0 && gap <= options.underrunSamples && pieces.length > 0
  return {
    ...self,
    pieces,
    chunk,
    dryAt: pieces.length === 0 ? dryAt : undefined,
    isCut: false,
    counts: {
      ...counts,
      received,
      queued: counts.queued + samples.length - excess,
      byOverflow: counts.byOverflow + excess,
      underruns: counts.underruns + (isUnderrun ? 1 : 0),
      underrunSamples: counts.underrunSamples + (isUnderrun ? gap : 0)
    }
  }
}

/** More arrives than may wait. */
const admit = (self: PlayoutQueue, samples: Int16Array, excess: number): Waiting => {
  const { counts, options } = self
  if (options.overflow === "newest") return append(self, samples.subarray(0, samples.length - excess))
  const held = Math.min(options.carrierSamples, counts.queued)
  const { chunk, pieces } = append(self, samples)
  return { chunk, pieces: [...slice(pieces, 0, held), ...slice(pieces, held + excess, Number.POSITIVE_INFINITY)] }
}

/**
 * Lets so many samples of time pass, without their sound. A count that is no positive number lets none pass.
 *
 * @category updating
 * @since 0.1.0
 */
export const advance = (self: PlayoutQueue, sampleCount: number): PlayoutQueue => {
  if (!(sampleCount >= 1) || !Number.isSafeInteger(self.tick + sampleCount)) return self
  const { counts, isCut } = self
  const tick = self.tick + sampleCount
  const played = Math.min(counts.queued, sampleCount)
  if (played === 0) return { ...self, tick }
  const isDry = played === counts.queued
  return {
    ...self,
    tick,
    pieces: isDry ? nothing : slice(self.pieces, played, Number.POSITIVE_INFINITY),
    dryAt: isDry && !isCut ? self.tick + played : undefined,
    counts: { ...counts, heard: counts.heard + played, queued: counts.queued - played }
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
  for (const piece of self.pieces) {
    const room = into.length - at
    if (room === 0) break
    into.set(piece.length > room ? piece.subarray(0, room) : piece, at)
    at += Math.min(piece.length, room)
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
    pieces: kept === 0 ? nothing : slice(self.pieces, 0, kept),
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
  pieces: nothing,
  chunk: noChunk,
  dryAt: undefined,
  hungUp: true,
  counts: count(self.counts, { byHangup: self.counts.byHangup + self.counts.queued })
})
