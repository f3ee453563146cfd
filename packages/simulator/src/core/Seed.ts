/**
 * Chance that can be repeated: every draw is named by a seed, a label and a count, so that a new draw in one place
 * shifts no other.
 */

/** Mixes a text into four words of 32 bits (the public-domain cyrb128 construction). */
const words = (text: string): readonly [number, number, number, number] => {
  let a = 1779033703
  let b = 3144134277
  let c = 1013904242
  let d = 2773480762
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    a = b ^ Math.imul(a ^ code, 597399067)
    b = c ^ Math.imul(b ^ code, 2869860233)
    c = d ^ Math.imul(c ^ code, 951274213)
    d = a ^ Math.imul(d ^ code, 2716044179)
  }
  a = Math.imul(c ^ (a >>> 18), 597399067)
  b = Math.imul(d ^ (b >>> 22), 2869860233)
  c = Math.imul(a ^ (c >>> 17), 951274213)
  d = Math.imul(b ^ (d >>> 19), 2716044179)
  const all = a ^ b ^ c ^ d
  return [all >>> 0, (b ^ all) >>> 0, (c ^ all) >>> 0, (d ^ all) >>> 0]
}

const hex = (word: number): string => word.toString(16).padStart(8, "0")

/**
 * The `count`-th id of a kind, as a version 4 UUID.
 *
 * @category constructors
 * @since 0.1.0
 */
export const uuid = (seed: number, label: string, count: number): string => {
  const digits = words(`${seed}/${label}/${count}`).map(hex).join("")
  const variant = "89ab".charAt(Number.parseInt(digits.charAt(16), 16) & 3)
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    variant + digits.slice(17, 20),
    digits.slice(20)
  ].join("-")
}
