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

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/**
 * The `count`-th text of a kind, of 43 letters and digits: the form that the request ids of the older API have in every
 * published sample (documented).
 *
 * @category constructors
 * @since 0.1.0
 */
export const alphanumeric = (seed: number, label: string, count: number): string => {
  let text = ""
  for (let part = 0; text.length < 43; part++) {
    for (let word of words(`${seed}/${label}/${count}/${part}`)) {
      for (let letter = 0; letter < 4; letter++) {
        text += alphabet.charAt(word % alphabet.length)
        word = Math.floor(word / alphabet.length)
      }
    }
  }
  return text.slice(0, 43)
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))
const byte = (word: number, shift: number): string => bytes[(word >>> shift) & 255] ?? ""
const hex = (word: number): string => byte(word, 24) + byte(word, 16) + byte(word, 8) + byte(word, 0)

/**
 * The `count`-th id of a kind, as a version 4 UUID.
 *
 * @category constructors
 * @since 0.1.0
 */
export const uuid = (seed: number, label: string, count: number): string => {
  const [first, second, third, fourth] = words(`${seed}/${label}/${count}`)
  const versioned = hex((second & 0xffff0fff) | 0x4000)
  const variant = hex((third & 0x3fffffff) | 0x80000000)
  const node = variant.slice(4) + hex(fourth)
  return `${hex(first)}-${versioned.slice(0, 4)}-${versioned.slice(4)}-${variant.slice(0, 4)}-${node}`
}
