/** What of the JSON that was expected is not in another one. */
import * as Predicate from "effect/Predicate"

/**
 * One value that is not as expected, by its path; `actual` is `undefined` when nothing is there.
 *
 * @category models
 * @since 0.1.0
 */
export interface Missing {
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

const below = (path: string, key: string): string => path === "" ? key : `${path}.${key}`

/**
 * Keys that are not expected may be anything; lists are as long as expected.
 *
 * @category comparing
 * @since 0.1.0
 */
export const missing = (expected: unknown, actual: unknown, path = ""): ReadonlyArray<Missing> => {
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((one, index) => missing(one, actual[index], `${path}[${index}]`))
  }
  if (Predicate.isObject(expected) && Predicate.isObject(actual)) {
    return Object.entries(expected).flatMap(([key, one]) =>
      missing(one, Object.hasOwn(actual, key) ? actual[key] : undefined, below(path, key))
    )
  }
  return expected === actual ? [] : [{ path, expected, actual }]
}
