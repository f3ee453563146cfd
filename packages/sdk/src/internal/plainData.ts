/** Reading values of unknown origin: paths, shapes, plain copies. Every function here is total for readable values. */
import * as Result from "effect/Result"

/** Where a value sits: keys of objects and indexes of arrays, outermost first. */
export type Path = ReadonlyArray<string | number>

/** Deeper than any document of the platform; a value nested further is cyclic or hostile. */
const maximumDepth = 32

/** More objects, arrays and texts than any document of the platform; one that holds the same part many times over may exceed it. */
const maximumParts = 20_000

interface Budget {
  parts: number
}

/** What `run` gives, or `otherwise` when a value throws while it is read. */
export const attempt = <A>(run: () => A, otherwise: A): A => Result.getOrElse(Result.try(run), () => otherwise)

export const isArray = (value: unknown): value is ReadonlyArray<unknown> => attempt(() => Array.isArray(value), false)

export const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !isArray(value)

/** `a.b[0]["odd key"]`. Odd keys are shortened, and long numbers taken out of them: they may be phones. */
export const formatPath = (path: Path): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${text}[${JSON.stringify(key.slice(0, 64).replace(/\d{7,}/g, "..."))}]`
    return text === "" ? key : `${text}.${key}`
  }, "")

/** What kind of value this is, without its text. Numbers of more than five digits are not shown: they may be phones. */
export const shapeOf = (value: unknown): string => {
  switch (typeof value) {
    case "string":
      return value === "" ? "an empty string" : `a string of ${value.length} character${value.length === 1 ? "" : "s"}`
    case "number":
      return Math.abs(value) < 100_000 || !Number.isFinite(value) ? `the number ${value}` : "a number"
    case "boolean":
      return `${value}`
    case "undefined":
      return "nothing"
    case "bigint":
      return "a bigint"
    case "symbol":
      return "a symbol"
    case "function":
      return "a function"
    case "object":
      if (value === null) return "null"
      return isArray(value) ? `an array of ${value.length} item${value.length === 1 ? "" : "s"}` : "an object"
  }
}

export const getIn = (container: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => {
    if (typeof key === "number") return isArray(value) ? value[key] : undefined
    return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }, container)

/** A copy of `container` with `value` at `path`; missing objects and arrays on the way are made. */
export const putIn = (container: unknown, path: Path, value: unknown): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (typeof key === "number") {
    const items: Array<unknown> = isArray(container) ? [...container] : []
    items[key] = putIn(items[key], rest, value)
    return items
  }
  const record = isRecord(container) ? container : {}
  return { ...record, [key]: putIn(record[key], rest, value) }
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

const copyFrozen = (value: unknown, depth: number, budget: Budget): unknown => {
  budget.parts -= 1
  if (typeof value !== "object" || value === null || depth > maximumDepth || budget.parts < 0) return value
  if (isArray(value)) return Object.freeze(Array.from(value, (item) => copyFrozen(item, depth + 1, budget)))
  if (!isPlain(value)) return value
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyFrozen(item, depth + 1, budget)]))
  )
}

/** A frozen copy of plain objects and arrays, so that later changes to `value` do not show. Other values stay as they are. */
export const snapshot = (value: unknown): unknown => copyFrozen(value, 0, { parts: maximumParts })

/** Tells the place and the nature of a value that JSON cannot carry. */
export type Report = (path: Path, message: string) => void

const copyJson = (value: unknown, path: Path, report: Report, budget: Budget): unknown => {
  budget.parts -= 1
  if (budget.parts < 0) {
    if (budget.parts === -1) report([], `Expected a value of at most ${maximumParts} parts`)
    return null
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return value
  if (typeof value === "number" && Number.isFinite(value)) return value
  if (typeof value === "object" && path.length > maximumDepth) {
    report(path, `Expected a value nested at most ${maximumDepth} deep: this one is deeper, or contains itself`)
    return null
  }
  if (isArray(value)) {
    return Array.from(value, (item, index) => copyJson(item, [...path, index], report, budget))
  }
  if (typeof value === "object" && isPlain(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, copyJson(item, [...path, key], report, budget)])
    )
  }
  const came = typeof value === "object" ? "an instance of a class" : shapeOf(value)
  report(path, `Expected a value that JSON can carry, got ${came}`)
  return null
}

/** A copy that JSON can carry; whatever it cannot carry is reported and becomes null. Members that are undefined are left out. */
export const toJson = (value: unknown, report: Report): unknown => copyJson(value, [], report, { parts: maximumParts })
