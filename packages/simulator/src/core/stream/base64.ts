/**
 * Base64 as the official clients let it through: the standard alphabet, padded, without breaks.
 *
 * The Node client wants what encoding gives again; the Python client lets bits through that are set beyond the last
 * byte (both observed), so they are let through here.
 */

const outside = 255

const values = new Uint8Array(128).fill(outside)
for (const [value, letter] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries()) {
  values[letter.charCodeAt(0)] = value
}

const valueAt = (text: string, index: number): number => values[text.charCodeAt(index)] ?? outside

/**
 * The bytes of a text, none for the empty text, or nothing when it is not base64.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (text: string): Uint8Array | undefined => {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0
  const letters = text.length - padding
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let bits = 0
  let at = 0
  for (let index = 0; index < letters; index += 1) {
    const value = valueAt(text, index)
    if (value === outside) return undefined
    bits = ((bits << 6) | value) & 0xffffff
    const place = index % 4
    if (place > 0) bytes[at++] = (bits >>> (6 - 2 * place)) & 0xff
  }
  return bytes
}
