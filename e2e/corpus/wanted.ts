/** Which fields an official error names, from its `field` and from the sentence it is. */
import * as Result from "effect/Result"
import { formatPath, parsePath, type Path } from "./json.ts"
import type { RecordedError } from "./load.ts"
import { beyondJson, placesOf } from "./officialBody.ts"
import { type Method, positions } from "./officialCall.ts"
import { unmarked } from "./rename.ts"

/** One field, met by any of these places, or, when the object is not told, wherever the key occurs. */
export interface Target {
  readonly text: string
  readonly paths: ReadonlyArray<Path>
  readonly key?: string
}

/** Keys as both sides show them: digits that may be a phone number masked, long ones cut. */
const shown = (key: string | number): string =>
  unmarked(String(key)).replaceAll(/[0-9]{5,}/g, (digits) => "*".repeat(digits.length)).slice(0, 40)

const isAbove = (one: Path, other: Path): boolean => {
  const length = Math.min(one.length, other.length)
  return length > 0 && one.slice(0, length).every((key, index) => shown(key) === shown(other[index] ?? ""))
}

/** Without the objects that stand around the options of a connect on the wire, and not with us. */
const flat = (path: Path): Path => {
  const [first, second, ...rest] = path
  const [above, below] = first === "connect"
    ? [["pipeline", 0], path.slice(1)] as const
    : [[first ?? "", second ?? ""], rest] as const
  if (first !== "connect" && (first !== "pipeline" || typeof second !== "number")) return path
  const params = below[0] === "params" && below.length > 1 ? below.slice(1) : below
  const options = params[0] === "options" && params.length > 1 ? params.slice(1) : params
  return [...above, ...options]
}

/** Whether one place is the other, or above it. The whole document is above nothing here. */
export const related = (one: Path, other: Path): boolean => isAbove(one, other) || isAbove(flat(one), flat(other))

/** Whether a refusal that gives these places names the field. */
export const names = (refused: ReadonlyArray<Path>, target: Target): boolean =>
  refused.some((path) =>
    target.paths.some((place) => related(place, path))
    || (target.key !== undefined && path.some((key) => shown(key) === shown(target.key ?? "")))
  )

/** The places that an argument of a method stands for. Constructors have one place for each. */
const placesIn = (method: Method | undefined, path: Path): ReadonlyArray<Path> =>
  method === undefined ? [path] : placesOf(method, path)

const targetAt = (method: Method | undefined, path: Path): Target => ({
  text: formatPath(path),
  paths: placesIn(method, path)
})

const quoted = (text: string): ReadonlyArray<string> => Array.from(text.matchAll(/'([^']+)'/g), ([, name = ""]) => name)

const listed = /^(?:Missing required|Unknown(?: (?<of>\w+))?) (?<what>field|option)\(s\): (?<names>[\s\S]+)$/
const optionsListed = /^Unknown option\(s\): (?<names>[\s\S]+)$/
const pythonArguments = /\bmissing \d+ required [\w-]+(?: [\w-]+)? arguments?: |\bunexpected keyword argument /
const subject =
  /^([A-Za-z_]\w*(?:\.[^\s.[\]]+|\[\d+\])*)(?= (?:must|is|has|have|supports|cannot|can|contains|exceeds|may|should|needs)\b)/
const badKey = /has invalid key '([\s\S]*)'\.$/

/** Keys that are missing or unknown. Without the object they belong to, any object's key of that name is meant. */
const keys = (list: string, method: Method | undefined, parent: Path | undefined): ReadonlyArray<Target> =>
  list.split(", ").map((key) =>
    parent === undefined
      ? { text: key, paths: ["failover", "connect"].flatMap((above) => placesIn(method, [above, key])), key }
      : targetAt(method, [...parent, key])
  )

/** The fields that the sentence names, all of which have to be named, or nothing when it names none. */
const fromMessage = (error: RecordedError, method: Method | undefined): ReadonlyArray<Target> | undefined => {
  const { field, message } = error
  const parent = typeof field === "string" ? parsePath(field).filter((key) => key !== "body") : undefined
  const options = optionsListed.exec(message)?.groups?.["names"]
  if (options !== undefined) return keys(options, method, parent ?? ["options"])
  const { names: list, of } = listed.exec(message)?.groups ?? {}
  if (list !== undefined) return keys(list, method, parent ?? (of === undefined ? undefined : [of]))
  if (pythonArguments.test(message)) return quoted(message).map((name) => targetAt(method, [name]))
  if (message.startsWith("Use either ")) {
    const arguments_ = method === undefined
      ? []
      : positions[method].filter((name) => new RegExp(`\\b${name}\\b`).test(message))
    return [{ text: arguments_.join(" or "), paths: arguments_.flatMap((name) => placesIn(method, [name])) }]
  }
  if (/\bagent endpoints\b/i.test(message)) return [{ text: "endpoints", paths: [], key: "endpoints" }]
  const variable = /^Invalid variable key '([\s\S]*)'\. /.exec(message)?.[1]
  if (variable !== undefined) return [targetAt(method, ["variables", variable])]
  if (/\bBearer token\b/i.test(message)) return [targetAt(method, ["token"])]
  const valid = /^A valid (\w+) is required\b/.exec(message)?.[1]
  if (valid !== undefined) return [targetAt(method, [valid])]
  const named = subject.exec(message)?.[1]
  if (named === undefined) return undefined
  const key = badKey.exec(message)?.[1]
  return [targetAt(method, [...parsePath(named), ...(key === undefined ? [] : [key])])]
}

/**
 * The fields that an official error names; a refusal has to name each. Fails when there is no telling. `body` is what
 * the client was about to send.
 */
export const wanted = (
  error: RecordedError,
  method: Method | undefined,
  body: unknown
): Result.Result<ReadonlyArray<Target>, string> => {
  if (/InvalidJSON/.test(error.original_exception ?? "")) {
    const paths = beyondJson(body)
    return paths.length === 0
      ? Result.fail("the input holds nothing that JSON cannot carry")
      : Result.succeed(paths.map((path) => ({ text: formatPath(path), paths: [path] })))
  }
  const told = fromMessage(error, method)
  const fieldPath = typeof error.field === "string" && error.field !== "body" ? parsePath(error.field) : []
  const field = fieldPath.length === 0 ? undefined : targetAt(method, fieldPath)
  if (told === undefined) {
    return field === undefined
      ? Result.fail(`no telling which field is meant by ${JSON.stringify(error.message)}`)
      : Result.succeed([field])
  }
  const agrees = told.every(({ paths }) => paths.some((path) => isAbove(path, fieldPath)))
  return Result.succeed(field === undefined || agrees ? told : [...told, field])
}
