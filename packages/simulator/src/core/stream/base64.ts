/**
 * Base64 as the official clients let it through: the standard alphabet, padded, without breaks.
 *
 * The Node client wants what encoding gives again; the Python client lets bits through that are set beyond the last
 * byte (both observed), so they are let through here.
 */
import * as slab from "../slab.ts"

/** What a letter, as a byte, stands for; a negative number for what is none. */
const values = new Int8Array(256).fill(-1)
for (const [value, letter] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries()) {
  values[letter.charCodeAt(0)] = value
}

/** The letter of no bits. */
const zero = 65

/** What four letters stand for. One that is none leaves its sign in it. */
const three = (a = 0, b = 0, c = 0, d = 0): number =>
  ((values[a] ?? -1) << 18) | ((values[b] ?? -1) << 12) | ((values[c] ?? -1) << 6) | (values[d] ?? -1)

/** Letters as bytes, so many at a time: one by one they cost more where a text was put together of others. */
const letters = new Uint8Array(8192)
const encoder = new TextEncoder()

/**
 * The bytes of a part of a text, by default of all of it, none for the empty text, or nothing when it is not base64.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (text: string, from = 0, to: number = text.length): Uint8Array | undefined => {
  const length = to - from
  if (length % 4 !== 0 || length < 0) return undefined
  const padding = length === 0 || !text.endsWith("=", to) ? 0 : text.endsWith("==", to) ? 2 : 1
  const bytes = slab.bytes((length / 4) * 3 - padding)
  let at = 0
  for (let start = from; start < to; start += letters.length) {
    const part = text.slice(start, Math.min(to, start + letters.length))
    if (encoder.encodeInto(part, letters).written !== part.length) return undefined
    const isPadded = padding > 0 && start + part.length === to
    const whole = isPadded ? part.length - 4 : part.length
    let seen = 0
    for (let index = 0; index < whole; index += 4) {
      const bits = three(letters[index], letters[index + 1], letters[index + 2], letters[index + 3])
      seen |= bits
      bytes[at++] = bits >> 16
      bytes[at++] = bits >> 8
      bytes[at++] = bits
    }
    if (isPadded) {
      const bits = three(letters[whole], letters[whole + 1], padding === 1 ? letters[whole + 2] : zero, zero)
      seen |= bits
      bytes[at++] = bits >> 16
      if (padding === 1) bytes[at++] = bits >> 8
    }
    if (seen < 0) return undefined
  }
  return bytes
}
