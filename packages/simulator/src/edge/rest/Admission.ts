/**
 * The judgement of raw JSON: a value with nothing left to validate, or every problem, each with its path.
 *
 * Messages give the shape of what came, never its text, so that phone numbers and tokens do not travel into replies and
 * journals.
 */
import * as Arr from "effect/Array"
import * as Result from "effect/Result"

/**
 * Deepest nesting of arrays and objects that {@link document} reads.
 *
 * Source: none published (assumed). The deepest request of the API, SIP headers aside, nests six levels.
 *
 * @category constants
 * @since 0.1.0
 */
export const maximumDepth = 64

/**
 * Most problems that {@link document} reports. When there are more, the last one says so.
 *
 * @category constants
 * @since 0.1.0
 */
export const maximumProblems = 100

/**
 * Why JSON was refused. `path` is in wire spelling (`pipeline[0].params.caller_id`); empty means the whole document.
 *
 * @category models
 * @since 0.1.0
 */
export interface Problem {
  readonly path: string
  readonly message: string
}

/**
 * What a reader makes of JSON: a value with nothing left to validate, or the problems.
 *
 * @category models
 * @since 0.1.0
 */
export type Admitted<A> = Result.Result<A, Arr.NonEmptyReadonlyArray<Problem>>

/**
 * Reads the JSON found at a path.
 *
 * @category models
 * @since 0.1.0
 */
export type Reader<A> = (json: unknown, path: string) => Admitted<A>

/** A key as it may be shown: long ones cut, runs of digits masked because they may be a phone number. */
const shown = (key: string): string => {
  const masked = key.replace(/[0-9]{5,}/g, (digits) => "*".repeat(digits.length))
  return masked.length > 40 ? `${masked.slice(0, 40)}...` : masked
}

/**
 * The path of a key or an index below a path.
 *
 * @category paths
 * @since 0.1.0
 */
export const at = (path: string, key: string | number): string => {
  if (typeof key === "number") return `${path}[${key}]`
  const name = shown(key)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === "" ? name : `${path}.${name}`
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

/** Numbers are shown while they are too short to be a phone number. */
const shapeOf = (value: unknown): string => {
  if (typeof value === "string") {
    return value === ""
      ? "an empty string"
      : `a string of ${counted(value.length, "character")}`
  }
  if (typeof value === "number") return `${value}`.length <= 6 ? `the number ${value}` : "a long number"
  if (typeof value === "boolean") return `the boolean ${value}`
  if (Array.isArray(value)) return `an array of ${counted(value.length, "item")}`
  if (value === null) return "null"
  return value === undefined ? "nothing" : `a value of type ${typeof value}`
}

/**
 * The problem of a key that has to be there.
 *
 * @category problems
 * @since 0.1.0
 */
export const missing = (path: string): Problem => ({ path, message: "required, but missing" })

/**
 * The problem of finding something else than what was expected.
 *
 * @category problems
 * @since 0.1.0
 */
export const unexpected = (path: string, expected: string, json: unknown): Problem => ({
  path,
  message: `expected ${expected}, got ${shapeOf(json)}`
})

/**
 * Refuses with one problem.
 *
 * @category constructors
 * @since 0.1.0
 */
export const refused = (problem: Problem): Admitted<never> => Result.fail([problem])

/**
 * Admits a value unless there are problems.
 *
 * @category constructors
 * @since 0.1.0
 */
export const settled = <A>(problems: ReadonlyArray<Problem>, value: A): Admitted<A> =>
  Arr.isReadonlyArrayNonEmpty(problems) ? Result.fail(problems) : Result.succeed(value)

const isTooDeep = (json: unknown): boolean => {
  const pending: Array<readonly [value: unknown, depth: number]> = [[json, 1]]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [value, depth] = next
    if (typeof value !== "object" || value === null) continue
    if (depth > maximumDepth) return true
    for (const child of Object.values(value)) pending.push([child, depth + 1])
  }
  return false
}

const capped = (problems: Arr.NonEmptyReadonlyArray<Problem>): Arr.NonEmptyReadonlyArray<Problem> =>
  problems.length <= maximumProblems ? problems : Arr.append(problems.slice(0, maximumProblems - 1), {
    path: "",
    message: `more than ${maximumProblems} problems; the rest is left out`
  })

/**
 * Makes a reader safe to hand a whole document of unknown depth and length: JSON nested deeper than
 * {@link maximumDepth} is one problem, and no more than {@link maximumProblems} are reported.
 *
 * @category combinators
 * @since 0.1.0
 */
export const document = <A>(reader: Reader<A>): Reader<A> => (json, path) =>
  isTooDeep(json)
    ? refused({ path, message: `nested deeper than ${maximumDepth} levels` })
    : Result.mapError(reader(json, path), capped)
