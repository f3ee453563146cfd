/** Puts other values into a JSON body. */
import * as Predicate from "effect/Predicate"

const setAt = (json: unknown, [key, ...rest]: ReadonlyArray<string>, value: unknown): unknown => {
  if (key === undefined) return value
  if (Array.isArray(json) && /^\d+$/.test(key)) {
    const index = Math.min(Number(key), json.length)
    return [...json.slice(0, index), setAt(json[index], rest, value), ...json.slice(index + 1)]
  }
  const object: Readonly<Record<string, unknown>> = Predicate.isObject(json) ? json : {}
  return { ...object, [key]: setAt(Object.hasOwn(object, key) ? object[key] : undefined, rest, value) }
}

/**
 * The body with each value at its path: keys and places in lists, with dots between them. What is not there on the way is
 * made an object; a place behind the end of a list is its end.
 *
 * @category changing
 * @since 0.1.0
 */
export const change = (json: unknown, set: Readonly<Record<string, unknown>>): unknown =>
  Object.entries(set).reduce((changed, [path, value]) => setAt(changed, path.split("."), value), json)
