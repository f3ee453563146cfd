/**
 * A small kit of strict readers for raw JSON.
 *
 * A reader never throws and collects every problem it meets. Objects are closed, so that a key that is not expected is a
 * problem, save where {@link open} reads them.
 */
import type * as Limits from "@effect-piopiy/sdk/wire/Limits"
import * as Arr from "effect/Array"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Admission from "./Admission.ts"

/**
 * A key of a closed object: how its value is read, and what its absence means.
 *
 * @category models
 * @since 0.1.0
 */
export interface Field<A> {
  readonly read: Admission.Reader<A>
  readonly absent: (path: string) => Admission.Admitted<A>
}

/**
 * Takes what a predicate takes.
 *
 * @category readers
 * @since 0.1.0
 */
export const satisfying =
  <A>(expected: string, is: (json: unknown) => json is A): Admission.Reader<A> => (json, path) =>
    is(json) ? Result.succeed(json) : Admission.refused(Admission.unexpected(path, expected, json))

/**
 * Takes anything and looks no further.
 *
 * @category readers
 * @since 0.1.0
 */
export const anything: Admission.Reader<unknown> = (json) => Result.succeed(json)

/**
 * An object whose contents are not looked at.
 *
 * @category readers
 * @since 0.1.0
 */
export const anyObject: Admission.Reader<unknown> = satisfying("an object", Predicate.isObject)

/**
 * @category readers
 * @since 0.1.0
 */
export const boolean: Admission.Reader<boolean> = satisfying("true or false", Predicate.isBoolean)

/**
 * Any string, the empty one included.
 *
 * @category readers
 * @since 0.1.0
 */
export const text: Admission.Reader<string> = satisfying("a string", Predicate.isString)

/**
 * A string that matches a pattern.
 *
 * @category readers
 * @since 0.1.0
 */
export const textMatching = (pattern: RegExp, expected: string): Admission.Reader<string> =>
  satisfying(expected, (json): json is string => typeof json === "string" && pattern.test(json))

/**
 * A string whose length, in UTF-16 units, is within bounds.
 *
 * @category readers
 * @since 0.1.0
 */
export const textOfLength = ({ maximum, minimum }: Limits.Range): Admission.Reader<string> =>
  satisfying(
    `a string of ${minimum} to ${maximum} characters`,
    (json): json is string => typeof json === "string" && json.length >= minimum && json.length <= maximum
  )

/**
 * A finite number within bounds.
 *
 * @category readers
 * @since 0.1.0
 */
export const number = ({ maximum, minimum }: Limits.Range): Admission.Reader<number> =>
  satisfying(
    `a number from ${minimum} to ${maximum}`,
    (json): json is number => typeof json === "number" && json >= minimum && json <= maximum
  )

/**
 * A whole number within bounds.
 *
 * @category readers
 * @since 0.1.0
 */
export const integer = ({ maximum, minimum }: Limits.Range): Admission.Reader<number> =>
  satisfying(
    `a whole number from ${minimum} to ${maximum}`,
    (json): json is number =>
      Number.isSafeInteger(json) && typeof json === "number" && json >= minimum && json <= maximum
  )

/**
 * One of the given strings.
 *
 * @category readers
 * @since 0.1.0
 */
export const literal = <const A extends string>(...values: ReadonlyArray<A>): Admission.Reader<A> =>
  satisfying(values.join(" or "), (json): json is A => values.some((value) => value === json))

/**
 * What another reader admits, changed.
 *
 * @category combinators
 * @since 0.1.0
 */
export const map = <A, B>(reader: Admission.Reader<A>, change: (value: A) => B): Admission.Reader<B> => (json, path) =>
  Result.map(reader(json, path), change)

/**
 * Adds a rule over the raw JSON that no single part of it can state; it is judged even when a part is refused.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withRule = <A>(
  reader: Admission.Reader<A>,
  rule: (json: unknown, path: string) => ReadonlyArray<Admission.Problem>
): Admission.Reader<A> =>
(json, path) => {
  const broken = rule(json, path).slice(0, Admission.maximumProblems + 1)
  return Result.match(reader(json, path), {
    onFailure: (problems) => Result.fail(Arr.appendAll(problems, broken)),
    onSuccess: (value) => Admission.settled(broken, value)
  })
}

/**
 * A key that must be there.
 *
 * @category fields
 * @since 0.1.0
 */
export const required = <A>(read: Admission.Reader<A>): Field<A> => ({
  read,
  absent: (path) => Admission.refused(Admission.missing(path))
})

/**
 * A key that may be left out; it then reads as `undefined`. `null` does not count as left out.
 *
 * @category fields
 * @since 0.1.0
 */
export const optional = <A>(read: Admission.Reader<A>): Field<A | undefined> =>
  withDefault<A | undefined>(read, undefined)

/**
 * A key that may be left out; it then reads as the given value.
 *
 * @category fields
 * @since 0.1.0
 */
export const withDefault = <A>(read: Admission.Reader<A>, value: A): Field<A> => ({
  read,
  absent: () => Result.succeed(value)
})

/**
 * An object with the given keys, and any others, which are not looked at. Only own keys count.
 *
 * @category readers
 * @since 0.1.0
 */
export function open<A>(fields: { readonly [K in keyof A]: Field<A[K]> }): Admission.Reader<A>
// TypeScript cannot see that reading every field of `A` gives an `A`; the signature above states it.
export function open(fields: Readonly<Record<string, Field<unknown>>>): Admission.Reader<unknown> {
  const known = Object.entries(fields)
  return (json, path) => {
    if (!Predicate.isObject(json)) return Admission.refused(Admission.unexpected(path, "an object", json))
    const problems: Array<Admission.Problem> = []
    const read: Array<readonly [string, unknown]> = []
    for (const [key, field] of known) {
      const below = Admission.at(path, key)
      const value = Object.hasOwn(json, key) ? field.read(json[key], below) : field.absent(below)
      if (Result.isSuccess(value)) read.push([key, value.success])
      else problems.push(...value.failure)
    }
    return Admission.settled(problems, Object.fromEntries(read))
  }
}

/**
 * The problem of every key of an object that is none of the known ones, `__proto__` and `constructor` among them.
 *
 * @category rules
 * @since 0.1.0
 */
export const unknownKeys = (fields: object) => {
  const message = `unknown key; known here: ${Object.keys(fields).join(", ")}`
  return (json: unknown, path: string): ReadonlyArray<Admission.Problem> => {
    const problems: Array<Admission.Problem> = []
    for (const key of Predicate.isObject(json) ? Object.keys(json) : []) {
      if (problems.length > Admission.maximumProblems) break
      if (!Object.hasOwn(fields, key)) problems.push({ path: Admission.at(path, key), message })
    }
    return problems
  }
}

/**
 * One of the keys has to be there; the first is the one at fault.
 *
 * @category rules
 * @since 0.1.0
 */
export const oneOf =
  (...keys: readonly [string, ...ReadonlyArray<string>]) =>
  (json: unknown, path: string): ReadonlyArray<Admission.Problem> =>
    Predicate.isObject(json) && !keys.some((key) => Object.hasOwn(json, key))
      ? [{ path: Admission.at(path, keys[0]), message: `expected ${keys.join(" or ")}` }]
      : []

/**
 * A closed object: one with the given keys and no others.
 *
 * @category readers
 * @since 0.1.0
 */
export const struct = <A>(fields: { readonly [K in keyof A]: Field<A[K]> }): Admission.Reader<A> =>
  withRule(open(fields), unknownKeys(fields))

/**
 * An object of one of several kinds, told by the string under one key. Each reader sees the whole object. A kind that is
 * not listed is a problem, unless `others` reads it.
 *
 * @category readers
 * @since 0.1.0
 */
export const tagged = <A>(
  key: string,
  kinds: Readonly<Record<string, Admission.Reader<A>>>,
  others?: Admission.Reader<A>
): Admission.Reader<A> =>
(json, path) => {
  if (!Predicate.isObject(json)) return Admission.refused(Admission.unexpected(path, "an object", json))
  if (!Object.hasOwn(json, key)) return Admission.refused(Admission.missing(Admission.at(path, key)))
  const tag = json[key]
  const listed = typeof tag === "string" && Object.hasOwn(kinds, tag) ? kinds[tag] : undefined
  const read = typeof tag === "string" ? listed ?? others : undefined
  return read === undefined
    ? Admission.refused(Admission.unexpected(Admission.at(path, key), `one of ${Object.keys(kinds).join(", ")}`, tag))
    : read(json, path)
}

/**
 * An array of at most `maximum` items.
 *
 * @category readers
 * @since 0.1.0
 */
export const array = <A>(
  item: Admission.Reader<A>,
  maximum: number = Number.POSITIVE_INFINITY
): Admission.Reader<ReadonlyArray<A>> =>
(json, path) => {
  if (!Array.isArray(json)) return Admission.refused(Admission.unexpected(path, "an array", json))
  if (json.length > maximum) return Admission.refused(Admission.unexpected(path, `at most ${maximum} items`, json))
  const problems: Array<Admission.Problem> = []
  const items: Array<A> = []
  for (const [index, element] of json.entries()) {
    if (problems.length > Admission.maximumProblems) break
    const read = item(element, Admission.at(path, index))
    if (Result.isSuccess(read)) items.push(read.success)
    else problems.push(...read.failure)
  }
  return Admission.settled(problems, items)
}

/**
 * An array with at least one item, and at most `maximum`.
 *
 * @category readers
 * @since 0.1.0
 */
export const nonEmptyArray = <A>(
  item: Admission.Reader<A>,
  maximum: number = Number.POSITIVE_INFINITY
): Admission.Reader<Arr.NonEmptyReadonlyArray<A>> => {
  const read = array(item, maximum)
  return (json, path) =>
    Result.flatMap(read(json, path), (items) =>
      Arr.isReadonlyArrayNonEmpty(items)
        ? Result.succeed(items)
        : Admission.refused(Admission.unexpected(path, "at least one item", json)))
}

/**
 * An object with keys of the caller's choosing, as long as they match a pattern.
 *
 * @category readers
 * @since 0.1.0
 */
export const record = <A>(options: {
  readonly key: RegExp
  readonly value: Admission.Reader<A>
  readonly maximumEntries: number
}): Admission.Reader<Readonly<Record<string, A>>> =>
(json, path) => {
  if (!Predicate.isObject(json)) return Admission.refused(Admission.unexpected(path, "an object", json))
  const entries = Object.entries(json)
  const problems: Array<Admission.Problem> = []
  const read: Array<readonly [string, A]> = []
  if (entries.length > options.maximumEntries) {
    problems.push({ path, message: `expected at most ${options.maximumEntries} entries, got ${entries.length}` })
  }
  for (const [key, value] of entries) {
    if (problems.length > Admission.maximumProblems) break
    const below = Admission.at(path, key)
    if (!options.key.test(key)) {
      problems.push({ path: below, message: `expected a key that matches ${options.key.source}` })
    }
    const admitted = options.value(value, below)
    if (Result.isSuccess(admitted)) read.push([key, admitted.success])
    else problems.push(...admitted.failure)
  }
  // `fromEntries` defines own properties, so a variable may be called `__proto__`.
  return Admission.settled(problems, Object.fromEntries(read))
}
