/** How far a text is from the one that was expected, and in a word, how it differs. */

/**
 * What is different about something that was seen, one thing each. The smaller `by`, the nearer.
 *
 * @category models
 * @since 0.1.0
 */
export interface Difference {
  readonly by: number
  readonly how: ReadonlyArray<string>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const difference = (by: number, ...how: ReadonlyArray<string>): Difference => ({ by, how })

/** Of longer texts the beginnings are compared. */
const compared = 64

/** How many characters would have to be changed, taken away or put in. */
const distance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 0; i < left.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < right.length; j++) {
      const changed = (row[j] ?? 0) + (left[i] === right[j] ? 0 : 1)
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

const digits = /^\d+$/

/** The places, from 1, at which two numbers of one length differ. */
const places = (expected: string, actual: string): ReadonlyArray<number> =>
  [...expected].flatMap((digit, index) => digit === actual[index] ? [] : [index + 1])

const ofNumbers = (expected: string, actual: string): string => {
  const [place, second] = places(expected, actual)
  if (expected.length === actual.length && place !== undefined) {
    const [meant, found] = [expected[place - 1], actual[place - 1]]
    if (second === undefined) return `differs in digit ${place}, ${found} instead of ${meant}`
    const swapped = second === place + 1 && meant === actual[second - 1] && found === expected[second - 1]
    if (swapped && places(expected, actual).length === 2) return `digits ${place} and ${second} are swapped`
  }
  if (actual.endsWith(expected)) return `has ${actual.slice(0, -expected.length)} in front`
  if (expected.endsWith(actual)) return `lacks ${expected.slice(0, -actual.length)} in front`
  return ""
}

/**
 * Nothing when both are the same. Numbers are told apart by their digits. Of the same person or thing, anything else that is
 * different is nearer.
 *
 * @category comparing
 * @since 0.1.0
 */
export const between = (expected: string, actual: string): Difference | undefined => {
  if (expected === actual) return undefined
  const characters = distance(expected.slice(0, compared), actual.slice(0, compared))
  const by = 2 + characters
  if (digits.test(expected) && digits.test(actual)) {
    return difference(by, ofNumbers(expected, actual) || (characters === 2 ? "differs in 2 digits" : "is another one"))
  }
  const isSameWords = expected.toLowerCase() === actual.toLowerCase()
  return difference(by, isSameWords ? "differs in upper and lower case" : "is another one")
}

/**
 * Everything that is different, as one.
 *
 * @category combining
 * @since 0.1.0
 */
export const all = (differences: ReadonlyArray<Difference | undefined>): Difference | undefined => {
  const found = differences.flatMap((one) => one ?? [])
  return found.length === 0 ? undefined : {
    by: found.reduce((sum, { by }) => sum + by, 0),
    how: found.flatMap(({ how }) => how)
  }
}
