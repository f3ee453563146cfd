/** Chance that can be repeated, fast enough for one draw a sample: each is named by a seed and a count. */

/**
 * A whole number from 0 up to 2^32 - 1, by the finaliser of MurmurHash3 (public domain).
 *
 * @category constructors
 * @since 0.1.0
 */
export const draw = (seed: number, count: number): number => {
  let word = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ count
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return (word ^ (word >>> 16)) >>> 0
}

/**
 * A whole number from a minimum to a maximum, both included.
 *
 * @category constructors
 * @since 0.1.0
 */
export const between = (seed: number, count: number, minimum: number, maximum: number): number =>
  minimum + (draw(seed, count) % (maximum - minimum + 1))

/**
 * Whether something of a probability, 0 to 1, happens.
 *
 * @category constructors
 * @since 0.1.0
 */
export const happens = (seed: number, count: number, probability: number): boolean =>
  draw(seed, count) < probability * 0x1_0000_0000

/**
 * The seed of a text (FNV-1a).
 *
 * @category constructors
 * @since 0.1.0
 */
export const seedOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
