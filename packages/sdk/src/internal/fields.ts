/**
 * A small kit that maps values of this package to the platform's JSON and back by tables of fields. One row is the one
 * home of a name: its spelling here, its place on the wire, and how its value is written.
 *
 * The tables are data. This module writes JSON by them, `decodeFields` reads it and `canonical` tidies values: a program
 * carries what it uses. All rename and convert; the wire schemas judge. A walk notes which wire path came from which path
 * here, so that what a schema refuses can be told in both spellings. Values are of unknown origin throughout.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Issue } from "../Issue.ts"
import { formatPath, getIn, isArray, isRecord, type Path, putIn, shapeOf, toJson } from "./plainData.ts"

/** The two places of one value. */
export interface At {
  readonly domain: Path
  readonly wire: Path
}

/** What a walk has noted: its own problems, and every place it met. */
export interface Trace {
  readonly problems: Array<Issue>
  readonly places: Array<At>
}

export const makeTrace = (): Trace => ({ problems: [], places: [] })

/** A value that is the same on both sides, but for what its functions say. */
export interface Leaf {
  /** One that gives nothing leaves its place on the wire empty. */
  readonly encode?: (value: unknown, at: At, trace: Trace) => unknown
  readonly decode?: (json: unknown, at: At, trace: Trace) => unknown
  /** One that gives nothing leaves the value as it is, but frozen. */
  readonly canonical?: (value: unknown) => unknown
}

/** An array whose items are all written the same way. */
export interface List {
  readonly item: Codec
}

/** An object with one row per key. */
export interface Struct {
  readonly rows: ReadonlyArray<Row>
}

/** One of several objects, told apart by `_tag` here and by the key `wireKey` on the wire. */
export interface Tagged {
  readonly wireKey: string
  readonly cases: { readonly [tag: string]: Case }
}

interface Case extends Struct {
  readonly wireTag: string
}

export type Codec = Leaf | List | Struct | Tagged

export interface Field {
  readonly domain: string
  readonly wire: Path
  readonly codec: Codec
  /** Whether the objects around it exist on the wire even when the field is absent. */
  readonly required: boolean
}

/**
 * Rows whose domain value is one object and whose wire places are relative to the object around it. With `tag`, that
 * object is the case of a union, told by its `_tag`.
 */
export interface Inline {
  readonly domain: string
  readonly tag: string | undefined
  readonly inline: ReadonlyArray<Row>
}

/** A value that is on the wire and not here. */
export interface Constant {
  readonly wire: Path
  readonly constant: unknown
}

export type Row = Field | Inline | Constant

/** Enough to mend a document by; a longer list is a document of another kind. */
export const maximumIssues = 100

/** Notes a problem at a place, where null stands in for the value. */
export const refuse = (at: At, trace: Trace, message: string): null => {
  if (trace.problems.length <= maximumIssues) {
    trace.problems.push({ path: formatPath(at.domain), wirePath: formatPath(at.wire), message })
  }
  return null
}

/** The place below another one. */
export const below = (at: At, domain: Path, wire: Path = domain): At => ({
  domain: [...at.domain, ...domain],
  wire: [...at.wire, ...wire]
})

/** Notes which path here a wire path stands for. */
export const note = (at: At, trace: Trace): void => {
  trace.places.push(at)
}

/** A value that is the same on both sides. */
export const plain: Leaf = {}

/** The JSON of a value that is the same on both sides. */
export const encodePlain = (value: unknown, at: At, trace: Trace): unknown =>
  toJson(value, (path, message) => refuse(below(at, path), trace, message))

const isDurationInput = (value: unknown): value is Duration.Input =>
  typeof value === "number" || typeof value === "string" || typeof value === "bigint" || typeof value === "object"

/** The duration that a value stands for, if it is one. */
export const toDuration = (value: unknown): Option.Option<Duration.Duration> =>
  isDurationInput(value) ? Duration.fromInput(value) : Option.none()

/** A duration here, whole seconds on the wire. */
export const seconds: Leaf = {
  encode: (value, at, trace) => {
    const duration = toDuration(value)
    if (Option.isNone(duration)) {
      return refuse(at, trace, `Expected a duration such as "20 seconds", got ${shapeOf(value)}`)
    }
    const sent = Duration.toSeconds(duration.value)
    if (Number.isInteger(sent)) return sent
    const hint = Math.abs(sent) < 1 ? ": a bare number counts milliseconds" : ""
    return refuse(
      at,
      trace,
      `Expected whole seconds, such as "20 seconds", got ${Duration.format(duration.value)}${hint}`
    )
  },
  decode: (json) => (typeof json === "number" ? Duration.seconds(json) : json),
  canonical: (value) => Option.getOrUndefined(toDuration(value))
}

export const list = (item: Codec): List => ({ item })

export const struct = (rows: ReadonlyArray<Row>): Struct => ({ rows })

export const tagged = (wireKey: string, cases: Tagged["cases"]): Tagged => ({ wireKey, cases })

/** A row: the key here, the place on the wire (`"params.caller_id"`), and how the value is written. */
export const field = (domain: string, wire: string, codec: Codec = plain, required = false): Field => ({
  domain,
  wire: wirePlace(wire),
  codec,
  required
})

export const required = (domain: string, wire: string, codec?: Codec): Field => field(domain, wire, codec, true)

export const inline = (domain: string, rows: ReadonlyArray<Row>, tag?: string): Inline => ({
  domain,
  tag,
  inline: rows
})

export const constant = (wire: string, value: unknown): Constant => ({ wire: wirePlace(wire), constant: value })

/** `"pipeline.0.params"` as a path. */
const wirePlace = (text: string): Path => text.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key))

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(", ")

/** Refuses a value that is none of several things. */
export const refuseCase = (names: ReadonlyArray<string>, value: unknown, at: At, trace: Trace): null =>
  refuse(at, trace, `Expected one of ${quoted(names)}, got ${shapeOf(value)}`)

/** Refuses the keys of a value that are not known. */
export const refuseUnknown = (
  value: { readonly [key: string]: unknown },
  known: ReadonlySet<string>,
  at: At,
  trace: Trace
): void => {
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined && !known.has(key)) {
      refuse(below(at, [key]), trace, `Expected only ${[...known].join(", ") || "no options"}: remove this key`)
    }
  }
}

const names = (row: Row, key: string): boolean => "domain" in row && row.domain === key

const untagged = (item: { readonly [key: string]: unknown }, tag: string | undefined) => {
  const { _tag, ...options } = item
  return tag !== undefined && _tag === tag ? options : item
}

const encodeRows = (
  rows: ReadonlyArray<Row>,
  value: { readonly [key: string]: unknown },
  at: At,
  trace: Trace,
  into: unknown
): unknown => {
  if (Object.keys(value).some((key) => !rows.some((row) => names(row, key)))) {
    refuseUnknown(value, new Set(rows.flatMap((row) => ("domain" in row ? [row.domain] : []))), at, trace)
  }
  return rows.reduce<unknown>((json, row) => {
    if ("constant" in row) return putIn(json, row.wire, row.constant)
    const item = value[row.domain]
    if ("inline" in row) {
      const here = below(at, [row.domain], [])
      if (item === undefined || isRecord(item)) {
        return encodeRows(row.inline, untagged(item ?? {}, row.tag), here, trace, json)
      }
      refuse(here, trace, `Expected an object, got ${shapeOf(item)}`)
      return json
    }
    const here = below(at, [row.domain], row.wire)
    note(here, trace)
    const written = item === undefined ? undefined : encode(row.codec, item, here, trace)
    if (written !== undefined) return putIn(json, row.wire, written)
    const parent = row.wire.slice(0, -1)
    return row.required && getIn(json, parent) === undefined ? putIn(json, parent, {}) : json
  }, into)
}

/** The JSON of a value. What cannot be written is refused. */
export const encode = (codec: Codec, value: unknown, at: At, trace: Trace): unknown => {
  if ("item" in codec) {
    return isArray(value)
      ? Array.from(value, (one, index) => encode(codec.item, one, below(at, [index]), trace))
      : refuse(at, trace, `Expected an array, got ${shapeOf(value)}`)
  }
  if ("rows" in codec) {
    return isRecord(value)
      ? encodeRows(codec.rows, value, at, trace, {})
      : refuse(at, trace, `Expected an object, got ${shapeOf(value)}`)
  }
  if (!("cases" in codec)) return (codec.encode ?? encodePlain)(value, at, trace)
  const { cases, wireKey } = codec
  if (!isRecord(value)) return refuseCase(Object.keys(cases), value, at, trace)
  const { _tag, ...options } = value
  const found = caseOf(codec, _tag)
  return found === undefined
    ? refuseCase(Object.keys(cases), _tag, below(at, ["_tag"], [wireKey]), trace)
    : encodeRows(found.rows, options, at, trace, { [wireKey]: found.wireTag })
}

/** The case of a union that a tag names. */
export const caseOf = ({ cases }: Tagged, tag: unknown): Case | undefined =>
  typeof tag === "string" && Object.hasOwn(cases, tag) ? cases[tag] : undefined
