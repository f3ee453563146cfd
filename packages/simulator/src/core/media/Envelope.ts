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
 * The stretch that is being filled is apart from those that are done.
 *
 * @category models
 * @since 0.1.0
 */
export interface Envelope {
  /** Samples in one stretch. */
  readonly stretch: number
  /** Peaks of 0 to 255, by the place of the stretch. */
  readonly done: Uint8Array
  readonly place: number
  readonly peak: number
}

/**
 * Silence, in stretches of so many samples to begin with.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (stretch: number): Envelope => ({
  stretch: Math.max(1, stretch),
  done: new Uint8Array(maximumPeaks),
  place: 0,
  peak: 0
})

/** With the stretch that was being filled, copied only where that makes a difference: silence makes none. */
const filled = ({ done, peak, place }: Envelope): Uint8Array => done[place] === peak ? done : done.with(place, peak)

const moveTo = (self: Envelope, place: number): Envelope =>
  place === self.place
    ? self
    : { ...self, done: filled(self), place, peak: self.done[place] ?? 0 }

const halve = (self: Envelope): Envelope => {
  const all = filled(self)
  const done = new Uint8Array(maximumPeaks)
  for (let place = 0; place < maximumPeaks / 2; place += 1) {
    done[place] = Math.max(all[2 * place] ?? 0, all[2 * place + 1] ?? 0)
  }
  const place = self.place >>> 1
  return { stretch: 2 * self.stretch, done, place, peak: done[place] ?? 0 }
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
  let envelope = self
  while (end > envelope.stretch * maximumPeaks) envelope = halve(envelope)
  for (let index = 0; index < samples.length;) {
    const place = Math.floor((at + index) / envelope.stretch)
    const until = Math.min(samples.length, (place + 1) * envelope.stretch - at)
    const moved = moveTo(envelope, place)
    envelope = { ...moved, peak: Math.max(moved.peak, peakOf(samples, index, until)) }
    index = until
  }
  return envelope
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
  let peak = self.place >= first && self.place < last ? self.peak : 0
  for (let place = first; place < last; place += 1) peak = Math.max(peak, self.done[place] ?? 0)
  return peak
}
