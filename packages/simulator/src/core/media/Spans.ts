/**
 * Stretches of time in which something sounds, counted in samples, in order.
 *
 * Sounds with little silence between them are one span: a voice pauses within a sentence without having fallen silent.
 */

/**
 * From the sample at `start` up to, and without, the one at `end`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * Spans as they are found, {@link maximumSpans} at most. The newest may still grow, all others are settled.
 *
 * They belong to whoever made them: what updates them does so in place and gives them back, since one is found in every
 * frame of a call. Who keeps them beside that takes a {@link copy}.
 *
 * @category models
 * @since 0.1.0
 */
export interface Spans {
  /** Sounds with at most so many samples between them are one. */
  readonly joinSamples: number
  readonly settled: Array<Span>
  newest: { readonly start: number; end: number } | undefined
}

/**
 * Where so many are known, what sounds later is in none.
 *
 * @category constants
 * @since 0.1.0
 */
export const maximumSpans = 10_000

/** Silence within a voice, at most, in milliseconds. */
export const joinMs = 200

/**
 * Nothing has sounded yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (joinSamples: number): Spans => ({ joinSamples, settled: [], newest: undefined })

/**
 * The same, to keep.
 *
 * @category constructors
 * @since 0.1.0
 */
export const copy = ({ joinSamples, newest, settled }: Spans): Spans => ({
  joinSamples,
  settled: settled.slice(),
  newest: newest === undefined ? undefined : { ...newest }
})

/**
 * Adds a sound. Time does not go back: what lies before the end of the newest span is left out.
 *
 * @category updating
 * @since 0.1.0
 */
export const add = (self: Spans, { end, start }: Span): Spans => {
  const { joinSamples, newest } = self
  const from = Math.max(start, newest?.end ?? 0)
  if (!(end > from)) return self
  if (newest !== undefined && from - newest.end <= joinSamples) newest.end = end
  else if (settle(self).settled.length < maximumSpans) self.newest = { start: from, end }
  return self
}

/**
 * Settles the newest span, so that a sound right after it begins another.
 *
 * @category updating
 * @since 0.1.0
 */
export const settle = (self: Spans): Spans => {
  if (self.newest !== undefined) self.settled.push(self.newest)
  self.newest = undefined
  return self
}

/**
 * @category getters
 * @since 0.1.0
 */
export const toArray = (self: Spans): ReadonlyArray<Span> => settle(copy(self)).settled

/**
 * The place, in ordered spans, of the first that ends after a moment; their number when none does.
 *
 * @category getters
 * @since 0.1.0
 */
export const firstEndingAfter = (spans: ReadonlyArray<Span>, at: number): number => {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((spans[middle]?.end ?? 0) > at) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * The same for places that are mostly asked for in order: it looks first where it found the last.
 *
 * @category getters
 * @since 0.1.0
 */
export const finder = (spans: ReadonlyArray<Span>): (at: number) => number => {
  let found = 0
  const fits = (place: number, at: number): boolean =>
    place <= spans.length && (spans[place - 1]?.end ?? at) <= at && (spans[place]?.end ?? Number.POSITIVE_INFINITY) > at
  return (at) => {
    if (!fits(found, at)) found = fits(found + 1, at) ? found + 1 : firstEndingAfter(spans, at)
    return found
  }
}

/**
 * The parts of ordered spans that lie within a stretch of time, from a place on that is that of the first.
 *
 * @category getters
 * @since 0.1.0
 */
export const within = (
  spans: ReadonlyArray<Span>,
  { end, start }: Span,
  first: number = firstEndingAfter(spans, start)
): ReadonlyArray<Span> => {
  const parts: Array<Span> = []
  for (let index = first; index < spans.length; index += 1) {
    const span = spans[index]
    if (span === undefined || span.start >= end) break
    parts.push({ start: Math.max(start, span.start), end: Math.min(end, span.end) })
  }
  return parts
}

/**
 * Samples in all spans together.
 *
 * @category getters
 * @since 0.1.0
 */
export const total = (spans: ReadonlyArray<Span>): number => spans.reduce((sum, { end, start }) => sum + end - start, 0)

/**
 * Samples in which spans of both kinds sound. Either is ordered.
 *
 * @category getters
 * @since 0.1.0
 */
export const overlap = (spans: ReadonlyArray<Span>, others: ReadonlyArray<Span>): number =>
  spans.reduce((sum, span) => sum + total(within(others, span)), 0)

/** Full scale is 32768: about 40 dB below it. */
const voicedLevel = 328

const isVoiced = (sample: number | undefined = 0): boolean => sample >= voicedLevel || sample <= -voicedLevel

/**
 * Adds the sounds in audio that begins at a moment: from the first sample of at least 1 % of full scale to the last
 * one. How audio is cut into pieces makes no difference.
 *
 * @category updating
 * @since 0.1.0
 */
export const listen = (self: Spans, at: number, samples: Int16Array): Spans => {
  let last = samples.length - 1
  while (last >= 0 && !isVoiced(samples[last])) last -= 1
  if (last < 0) return self
  let first = 0
  while (first < last && !isVoiced(samples[first])) first += 1
  let previous = first
  // What is shorter than silence within a voice holds none that parts it.
  for (let index = last - first > self.joinSamples ? first + 1 : last; index <= last; index += 1) {
    if (!isVoiced(samples[index])) continue
    if (index - previous - 1 > self.joinSamples) {
      add(self, { start: at + first, end: at + previous + 1 })
      first = index
    }
    previous = index
  }
  return add(self, { start: at + first, end: at + last + 1 })
}
