/** Comparing what is secret. */

/** Whether two texts are the same. The time it takes depends on the length of `expected` alone. */
export const isSame = (expected: string, given: string): boolean => {
  let difference = expected.length ^ given.length
  for (let index = 0; index < expected.length; index += 1) {
    difference |= expected.charCodeAt(index) ^ (index < given.length ? given.charCodeAt(index) : 0)
  }
  return difference === 0
}
