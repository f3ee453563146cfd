/**
 * How loud a voice was over time, for pictures: peaks of equal stretches, always at most {@link maximumPeaks} of
 * them. Where more would be needed, every two become one and the stretches twice as long, so that the size does not
 * grow with the call.
 */

/**
 * @category constants
 * @since 0.1.0
 */
export const maximumPeaks = 2048

/**
 * It belongs to whoever made it: {@link add} updates it in place and gives it back, since every frame of a call is added.
 * Who keeps it beside that takes a {@link copy}.
 *
 * @category models
 * @since 0.1.0
 */
export interface Envelope {
  /** Samples in one stretch. */
  stretch: number
  /** Peaks of 0 to 255, by the place of the stretch. */
  readonly done: Uint8Array
}

/**
 * Silence, in stretches of so many samples to begin with.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (stretch: number): Envelope => ({
  stretch: Math.max(1, stretch),
  done: new Uint8Array(maximumPeaks)
})

/**
 * The same, to keep.
 *
 * @category constructors
 * @since 0.1.0
 */
export const copy = ({ done, stretch }: Envelope): Envelope => ({ stretch, done: done.slice() })

const halve = (self: Envelope): void => {
  const { done } = self
  for (let place = 0; place < maximumPeaks / 2; place += 1) {
    done[place] = Math.max(done[2 * place] ?? 0, done[2 * place + 1] ?? 0)
  }
  done.fill(0, maximumPeaks / 2)
  self.stretch *= 2
}

/** 0 to 255, by size. */
const peakOf = (samples: Int16Array, from: number, to: number): number => {
  let peak = 0
  for (let index = from; index < to; index += 1) {
    const sample = samples[index] ?? 0
    const size = sample < 0 ? -sample : sample
    if (size > peak) peak = size
  }
  return Math.min(255, peak >>> 7)
}

/**
 * Adds audio that begins at a moment, counted in samples from 0. What was added elsewhere stays.
 *
 * @category updating
 * @since 0.1.0
 */
export const add = (self: Envelope, at: number, samples: Int16Array): Envelope => {
  const end = at + samples.length
  if (!Number.isSafeInteger(end) || at < 0) return self
  while (end > self.stretch * maximumPeaks) halve(self)
  for (let index = 0; index < samples.length;) {
    const place = Math.floor((at + index) / self.stretch)
    const until = Math.min(samples.length, (place + 1) * self.stretch - at)
    self.done[place] = Math.max(self.done[place] ?? 0, peakOf(samples, index, until))
    index = until
  }
  return self
}

/**
 * The loudest peak within a stretch of time, 0 to 255.
 *
 * @category getters
 * @since 0.1.0
 */
export const peakBetween = (self: Envelope, start: number, end: number): number => {
  const first = Math.max(0, Math.floor(start / self.stretch))
  const last = Math.min(maximumPeaks, Math.ceil(end / self.stretch))
  let peak = 0
  for (let place = first; place < last; place += 1) peak = Math.max(peak, self.done[place] ?? 0)
  return peak
}
