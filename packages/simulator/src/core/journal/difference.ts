/** Where two values of JSON first differ. */
import * as Predicate from "effect/Predicate"

/**
 * The path of the first difference, and what is there in each; nothing when there is none. What is missing is
 * `undefined`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Difference {
  readonly path: string
  readonly left: unknown
  readonly right: unknown
}

const below = (path: string, key: string): string =>
  /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key)
    ? path === "" ? key : `${path}.${key}`
    : `${path}[${JSON.stringify(key)}]`

/** The keys of both, in the order of the first; further ones of the second after them. */
const keysOf = (left: object, right: object): ReadonlyArray<string> => [
  ...new Set([...Object.keys(left), ...Object.keys(right)])
]

const ownOf = (values: Readonly<Record<PropertyKey, unknown>>, key: string): unknown =>
  Object.hasOwn(values, key) ? values[key] : undefined

/**
 * The first difference between two values, both as JSON has them: the order of keys does not count, and neither does a key
 * that is `undefined`.
 *
 * @category comparing
 * @since 0.1.0
 */
export const first = (left: unknown, right: unknown, path = ""): Difference | undefined => {
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      const found = first(left[index], right[index], `${path}[${index}]`)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (Predicate.isObject(left) && Predicate.isObject(right)) {
    for (const key of keysOf(left, right)) {
      const found = first(ownOf(left, key), ownOf(right, key), below(path, key))
      if (found !== undefined) return found
    }
    return undefined
  }
  return Object.is(left, right) || left === right ? undefined : { path, left, right }
}
