/** Reading JSON of unknown shape: places, values at places, differences. */

/** Keys and indexes, outermost first. */
export type Path = ReadonlyArray<string | number>

export interface Fields {
  readonly [key: string]: unknown
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A plain object, as the official clients tell one: no array, no instance of a class. */
export const isPlain = (value: unknown): value is Fields =>
  isFields(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))

export const parse = (text: string): unknown => JSON.parse(text)

/** `pipeline[0].params["odd key"]` as keys and indexes. */
export const parsePath = (text: string): Path =>
  Array.from(text.matchAll(/\[(\d+)\]|\[("(?:\\.|[^"\\])*")\]|([^.[\]]+)/g), ([, index, quoted, name]) => {
    if (index !== undefined) return Number(index)
    return quoted === undefined ? name ?? "" : String(parse(quoted))
  })

export const formatPath = (path: Path): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === "" ? key : `${text}.${key}`
  }, "")

export const getIn = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => {
    if (typeof key === "number") return Array.isArray(inner) ? inner[key] : undefined
    return isFields(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined
  }, value)

/** Whether there is something at a path, be it undefined. */
export const hasIn = (value: unknown, path: Path): boolean => {
  const parent = getIn(value, path.slice(0, -1))
  const key = path.at(-1)
  if (key === undefined) return true
  return typeof key === "number"
    ? Array.isArray(parent) && key in parent
    : isFields(parent) && Object.hasOwn(parent, key)
}

/** Every place below a value, itself first. */
export const places = (
  value: unknown,
  path: Path = []
): ReadonlyArray<{ readonly path: Path; readonly value: unknown }> => {
  const here = [{ path, value }]
  if (Array.isArray(value)) return [...here, ...value.flatMap((item, index) => places(item, [...path, index]))]
  if (!isPlain(value)) return here
  return [...here, ...Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]))]
}

/** A copy in which every text and every object has been through the functions, innermost first. */
export const mapDeep = (
  value: unknown,
  change: { readonly text?: (text: string) => string; readonly object?: (object: Fields) => Fields }
): unknown => {
  const { object = (same: Fields) => same, text = (same: string) => same } = change
  if (typeof value === "string") return text(value)
  if (Array.isArray(value)) return value.map((item) => mapDeep(item, change))
  if (!isPlain(value)) return value
  return object(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), mapDeep(item, change)]))
  )
}

/** Without members that are undefined, as JSON has none. */
export const defined = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

export interface Change {
  readonly path: Path
  /** Undefined when it is not there. */
  readonly expected: unknown
  readonly actual: unknown
}

/** The innermost places where two documents differ. The order of keys does not count. */
export const changes = (expected: unknown, actual: unknown, path: Path = []): ReadonlyArray<Change> => {
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((item, index) => changes(item, actual[index], [...path, index]))
  }
  if (isFields(expected) && isFields(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].flatMap((key) => changes(getIn(expected, [key]), getIn(actual, [key]), [...path, key]))
  }
  return Object.is(expected, actual) || (expected === 0 && actual === 0) ? [] : [{ path, expected, actual }]
}
