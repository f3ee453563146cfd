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
 * Spans as they are found. The newest may still grow, all others are settled.
 *
 * @category models
 * @since 0.1.0
 */
export interface Spans {
  /** Sounds with at most so many samples between them are one. */
  readonly joinSamples: number
  readonly settled: ReadonlyArray<Span>
  readonly newest: Span | undefined
}

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
 * Adds a sound. Time does not go back: what lies before the end of the newest span is left out.
 *
 * @category updating
 * @since 0.1.0
 */
export const add = (self: Spans, { end, start }: Span): Spans => {
  const { joinSamples, newest } = self
  const from = Math.max(start, newest?.end ?? 0)
  if (!(end > from)) return self
  if (newest === undefined) return { ...self, newest: { start: from, end } }
  return from - newest.end <= joinSamples
    ? { ...self, newest: { start: newest.start, end } }
    : { ...settle(self), newest: { start: from, end } }
}

/**
 * Settles the newest span, so that a sound right after it begins another.
 *
 * @category updating
 * @since 0.1.0
 */
export const settle = (self: Spans): Spans =>
  self.newest === undefined ? self : { ...self, settled: [...self.settled, self.newest], newest: undefined }

/**
 * @category getters
 * @since 0.1.0
 */
export const toArray = (self: Spans): ReadonlyArray<Span> => settle(self).settled

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
 * The parts of ordered spans that lie within a stretch of time.
 *
 * @category getters
 * @since 0.1.0
 */
export const within = (spans: ReadonlyArray<Span>, { end, start }: Span): ReadonlyArray<Span> => {
  const parts: Array<Span> = []
  for (let index = firstEndingAfter(spans, start); index < spans.length; index += 1) {
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

/**
 * Adds the sounds in audio that begins at a moment: from the first sample of at least 1 % of full scale to the last
 * one. How audio is cut into pieces makes no difference.
 *
 * @category updating
 * @since 0.1.0
 */
export const listen = (self: Spans, at: number, samples: Int16Array): Spans => {
  let spans = self
  let first = -1
  let last = -1
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] ?? 0
    if (sample < voicedLevel && sample > -voicedLevel) continue
    if (first !== -1 && index - last - 1 > self.joinSamples) {
      spans = add(spans, { start: at + first, end: at + last + 1 })
      first = index
    }
    if (first === -1) first = index
    last = index
  }
  return first === -1 ? spans : add(spans, { start: at + first, end: at + last + 1 })
}
