/**
 * Arrays for what is small and comes often, such as a frame of audio.
 *
 * A buffer of its own costs a small typed array ten times what it takes to fill it. So they are views of a larger
 * buffer, of which each place is given out once.
 */

const slabBytes = 16_384
/** Beyond this a buffer of its own pays. It is also how much a kept view can keep of what others let go. */
const longest = 2048

let slab = new ArrayBuffer(slabBytes)
let taken = 0

/** Where so many bytes of the slab begin, at a place that suits samples. */
const take = (byteLength: number): number => {
  if (taken + byteLength > slabBytes) {
    slab = new ArrayBuffer(slabBytes)
    taken = 0
  }
  const from = taken
  taken += (byteLength + 7) & ~7
  return from
}

/** Zeros. */
export const bytes = (length: number): Uint8Array => {
  if (length > longest) return new Uint8Array(length)
  const from = take(length)
  return new Uint8Array(slab, from, length)
}

/** Silence. */
export const samples = (length: number): Int16Array => {
  if (2 * length > longest) return new Int16Array(length)
  const from = take(2 * length)
  return new Int16Array(slab, from, length)
}
