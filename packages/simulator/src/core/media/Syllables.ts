/** The rhythm and the sound of speech that has no words: syllables in whole milliseconds, pulses of a voiced vowel. */
import * as Chance from "./Chance.ts"

/**
 * One syllable. `sound` picks its pitch and its vowel.
 *
 * @category models
 * @since 0.1.0
 */
export interface Syllable {
  readonly startMs: number
  readonly endMs: number
  readonly sound: number
}

const shortestMs = 120
const longestMs = 280
const breathMs = { minimum: 300, maximum: 700 }
const gapMs = { minimum: 20, maximum: 80 }

/**
 * Syllables of which the first begins at 0 and the last ends at `lengthMs`, with a breath after every 4 to 12.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofLength = (lengthMs: number, seed: number): ReadonlyArray<Syllable> => {
  const syllables: Array<Syllable> = []
  let count = 0
  const next = (minimum: number, maximum: number) => Chance.between(seed, count++, minimum, maximum)
  let untilBreath = next(4, 12)
  for (let startMs = 0; startMs < lengthMs;) {
    const drawn = Math.min(lengthMs, startMs + next(shortestMs, longestMs))
    untilBreath -= 1
    const pause = untilBreath === 0 ? breathMs : gapMs
    const pauseMs = next(pause.minimum, pause.maximum)
    const hasRoom = drawn + gapMs.minimum + shortestMs <= lengthMs
    const endMs = hasRoom ? drawn : lengthMs
    syllables.push({ startMs, endMs, sound: next(0, sounds - 1) })
    startMs = Math.min(endMs + pauseMs, hasRoom ? lengthMs - shortestMs : lengthMs)
    if (untilBreath === 0) untilBreath = next(4, 12)
  }
  return syllables
}

/**
 * Syllables for a text that takes `lengthMs`: each character has its share of the time, up to three letters or digits
 * are a syllable, and anything else is silence.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofText = (text: string, lengthMs: number): ReadonlyArray<Syllable> => {
  const at = (character: number) => Math.floor((character * lengthMs) / text.length)
  return Array.from(text.matchAll(/[\p{L}\p{M}\p{N}]{1,3}/gu), ({ 0: letters, index }) => ({
    startMs: at(index),
    endMs: at(index + letters.length),
    sound: Chance.between(Chance.seedOf(letters.toLowerCase()), index, 0, sounds - 1)
  })).filter(({ endMs, startMs }) => endMs > startMs)
}

/** Resonances in Hz of five vowels, averages of adult voices as Peterson and Barney measured them in 1952. */
const vowels = [
  [730, 1090, 2440],
  [530, 1840, 2480],
  [270, 2290, 3010],
  [570, 840, 2410],
  [300, 870, 2240]
]

const pitches = [95, 104, 112, 121, 131, 144, 160, 178]

const sounds = vowels.length * pitches.length

/** The voice has nothing above, so that it is the same at every rate. */
const highestHertz = 3400

const resonanceWidth = 120

/** The largest sample of any syllable: 12 dB below full scale. */
export const loudest = 8000

/** One pulse of a voice, by rate and sound: at most 40 for each rate. */
const pulses = new Map<number, Float64Array>()

/**
 * One period of a sound, which begins with its largest sample, {@link loudest}.
 *
 * @category constructors
 * @since 0.1.0
 */
export const pulse = (sound: number, sampleRate: number): Float64Array => {
  const key = sampleRate * sounds + sound
  const known = pulses.get(key)
  if (known !== undefined) return known
  const hertz = pitches[sound % pitches.length] ?? 100
  const resonances = vowels[Math.floor(sound / pitches.length)] ?? []
  const weights = Array.from(
    { length: Math.floor(highestHertz / hertz) },
    (_, index) =>
      resonances.reduce(
        (sum, resonance) => sum + 1 / (1 + (((index + 1) * hertz - resonance) / resonanceWidth) ** 2),
        0
      )
  )
  const scale = loudest / weights.reduce((sum, weight) => sum + weight, 0)
  const period = Math.round(sampleRate / hertz)
  const made = Float64Array.from(
    { length: period },
    (_, index) =>
      scale
      * weights.reduce(
        (sum, weight, harmonic) => sum + weight * Math.cos((2 * Math.PI * (harmonic + 1) * index) / period),
        0
      )
  )
  pulses.set(key, made)
  return made
}
