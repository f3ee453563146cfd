/**
 * A small kit that maps values of this package to the platform's JSON and back by tables of fields. One row is the one
 * home of a name: its spelling here, its place on the wire, and how its value is written.
 *
 * The kit renames and converts; the wire schemas judge. While it walks, it notes which wire path came from which path
 * here, so that what a schema refuses can be told in both spellings. Values are of unknown origin throughout.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Issue } from "../Issue.ts"
import {
  attempt,
  formatPath,
  getIn,
  isArray,
  isRecord,
  type Path,
  putIn,
  shapeOf,
  snapshot,
  toJson
} from "./plainData.ts"

/** The two places of one value. */
export interface At {
  readonly domain: Path
  readonly wire: Path
}

/** What a walk has noted: its own problems, and the path here of every wire path it met. */
export interface Trace {
  readonly problems: Array<Issue>
  readonly domainPaths: Map<string, Path>
}

export const makeTrace = (): Trace => ({ problems: [], domainPaths: new Map() })

export interface Codec {
  readonly encode: (value: unknown, at: At, trace: Trace) => unknown
  readonly decode: (json: unknown, at: At, trace: Trace) => unknown
  /** The canonical form of a value: frozen, durations as `Duration`. What is not understood stays as it is. */
  readonly canonical: (value: unknown) => unknown
}

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
  readonly tag?: string
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

/** Notes a problem at a place. */
export const refuse = (at: At, trace: Trace, message: string): void => {
  if (trace.problems.length > maximumIssues) return
  trace.problems.push({ path: formatPath(at.domain), wirePath: formatPath(at.wire), message })
}

const below = (at: At, domain: Path, wire: Path): At => ({
  domain: [...at.domain, ...domain],
  wire: [...at.wire, ...wire]
})

const note = (at: At, trace: Trace): void => {
  trace.domainPaths.set(formatPath(at.wire), at.domain)
}

/** A value that is the same on both sides. */
export const plain: Codec = {
  encode: (value, at, trace) => toJson(value, (path, message) => refuse(below(at, path, path), trace, message)),
  decode: (json) => json,
  canonical: snapshot
}

const isDurationInput = (value: unknown): value is Duration.Input =>
  typeof value === "number" || typeof value === "string" || typeof value === "bigint" || typeof value === "object"

const toDuration = (value: unknown): Option.Option<Duration.Duration> =>
  isDurationInput(value) ? Duration.fromInput(value) : Option.none()

/** A duration here, whole seconds on the wire. */
export const seconds: Codec = {
  encode: (value, at, trace) => {
    const duration = toDuration(value)
    if (Option.isNone(duration)) {
      refuse(at, trace, `Expected a duration such as "20 seconds", got ${shapeOf(value)}`)
      return null
    }
    const sent = Duration.toSeconds(duration.value)
    if (!Number.isInteger(sent)) {
      const hint = Math.abs(sent) < 1 ? ": a bare number counts milliseconds" : ""
      refuse(at, trace, `Expected whole seconds, such as "20 seconds", got ${Duration.format(duration.value)}${hint}`)
      return null
    }
    return sent
  },
  decode: (json) => (typeof json === "number" ? Duration.seconds(json) : json),
  canonical: (value) => Option.getOrElse(toDuration(value), () => snapshot(value))
}

/** An array whose items are all written the same way. */
export const list = (item: Codec): Codec => ({
  encode: (value, at, trace) => {
    if (isArray(value)) {
      return Array.from(value, (one, index) => item.encode(one, below(at, [index], [index]), trace))
    }
    refuse(at, trace, `Expected an array, got ${shapeOf(value)}`)
    return null
  },
  decode: (json, at, trace) =>
    isArray(json) ? json.map((one, index) => item.decode(one, below(at, [index], [index]), trace)) : json,
  canonical: (value) => (isArray(value) ? Object.freeze(Array.from(value, item.canonical)) : snapshot(value))
})

/** A row: the key here, the place on the wire (`"params.caller_id"`), and how the value is written. */
export const field = (domain: string, wire: string, codec: Codec = plain): Field => ({
  domain,
  wire: wirePlace(wire),
  codec,
  required: false
})

export const required = (domain: string, wire: string, codec: Codec = plain): Field => ({
  ...field(domain, wire, codec),
  required: true
})

export const inline = (domain: string, rows: ReadonlyArray<Row>, tag?: string): Inline => ({
  domain,
  inline: rows,
  ...(tag === undefined ? {} : { tag })
})

const untagged = (item: { readonly [key: string]: unknown }, tag: string | undefined) => {
  const { _tag, ...options } = item
  return tag !== undefined && _tag === tag ? options : item
}

export const constant = (wire: string, value: unknown): Constant => ({ wire: wirePlace(wire), constant: value })

/** `"pipeline.0.params"` as a path. */
const wirePlace = (text: string): Path => text.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key))

const encodeRows = (
  rows: ReadonlyArray<Row>,
  value: { readonly [key: string]: unknown },
  at: At,
  trace: Trace,
  into: unknown,
  unknownAt: At = at
): unknown => {
  const known = new Set(rows.flatMap((row) => ("domain" in row ? [row.domain] : [])))
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined && !known.has(key)) {
      const names = [...known].join(", ") || "no options"
      refuse(below(unknownAt, [key], [key]), trace, `Expected only ${names}: remove this key`)
    }
  }
  return rows.reduce<unknown>((json, row) => {
    if ("constant" in row) return putIn(json, row.wire, row.constant)
    const item = value[row.domain]
    if ("inline" in row) {
      const named = below(at, [row.domain], [row.domain])
      if (item !== undefined && !isRecord(item)) {
        refuse(named, trace, `Expected an object, got ${shapeOf(item)}`)
        return json
      }
      return encodeRows(row.inline, untagged(item ?? {}, row.tag), below(at, [row.domain], []), trace, json, named)
    }
    const here = below(at, [row.domain], row.wire)
    note(here, trace)
    if (item !== undefined) return putIn(json, row.wire, row.codec.encode(item, here, trace))
    const parent = row.wire.slice(0, -1)
    return row.required && getIn(json, parent) === undefined ? putIn(json, parent, {}) : json
  }, into)
}

const decodeRows = (rows: ReadonlyArray<Row>, json: unknown, at: At, trace: Trace): { [key: string]: unknown } => {
  const out: { [key: string]: unknown } = {}
  for (const row of rows) {
    if ("constant" in row) continue
    if ("inline" in row) {
      out[row.domain] = decodeRows(row.inline, json, below(at, [row.domain], []), trace)
      continue
    }
    const here = below(at, [row.domain], row.wire)
    note(here, trace)
    const item = getIn(json, row.wire)
    if (item !== undefined) out[row.domain] = row.codec.decode(item, here, trace)
  }
  return out
}

const canonicalRows = (rows: ReadonlyArray<Row>, value: { readonly [key: string]: unknown }): object => {
  const codecs = new Map(rows.flatMap((row) => ("codec" in row ? [[row.domain, row.codec] as const] : [])))
  return Object.freeze(
    Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, (codecs.get(key) ?? plain).canonical(item)])
    )
  )
}

/** An object with one row per key. */
export const struct = (rows: ReadonlyArray<Row>): Codec => ({
  encode: (value, at, trace) => {
    if (isRecord(value)) return encodeRows(rows, value, at, trace, {})
    refuse(at, trace, `Expected an object, got ${shapeOf(value)}`)
    return null
  },
  decode: (json, at, trace) => (isRecord(json) ? decodeRows(rows, json, at, trace) : json),
  canonical: (value) => (isRecord(value) ? canonicalRows(rows, value) : snapshot(value))
})

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(", ")

/** One of several objects, told apart by `_tag` here and by the key `wireKey` on the wire. */
export const tagged = (
  wireKey: string,
  cases: { readonly [tag: string]: { readonly wireTag: string; readonly rows: ReadonlyArray<Row> } }
): Codec => {
  const byTag = new Map(Object.entries(cases))
  const byWireTag = new Map(Object.entries(cases).map(([tag, one]) => [one.wireTag, { tag, rows: one.rows }]))
  const caseOf = (value: { readonly [key: string]: unknown }) =>
    typeof value["_tag"] === "string" ? byTag.get(value["_tag"]) : undefined
  return {
    encode: (value, at, trace) => {
      if (!isRecord(value)) {
        refuse(at, trace, `Expected one of ${quoted([...byTag.keys()])}, got ${shapeOf(value)}`)
        return null
      }
      const found = caseOf(value)
      const { _tag, ...options } = value
      if (found !== undefined) return encodeRows(found.rows, options, at, trace, { [wireKey]: found.wireTag })
      const came = shapeOf(_tag)
      refuse(below(at, ["_tag"], [wireKey]), trace, `Expected one of ${quoted([...byTag.keys()])}, got ${came}`)
      return null
    },
    decode: (json, at, trace) => {
      if (!isRecord(json)) return json
      const wireTag = getIn(json, [wireKey])
      const found = typeof wireTag === "string" ? byWireTag.get(wireTag) : undefined
      if (found === undefined) {
        const here = below(at, ["_tag"], [wireKey])
        refuse(here, trace, `Expected one of ${quoted([...byWireTag.keys()])}, got ${shapeOf(wireTag)}`)
        return json
      }
      const known = new Set([wireKey, ...found.rows.flatMap((row) => ("wire" in row ? [String(row.wire[0])] : []))])
      for (const key of Object.keys(json)) {
        if (!known.has(key)) {
          refuse(below(at, [key], [key]), trace, `Expected only ${[...known].join(", ")}: remove this key`)
        }
      }
      return { _tag: found.tag, ...decodeRows(found.rows, json, at, trace) }
    },
    canonical: (value) => {
      if (!isRecord(value)) return snapshot(value)
      return canonicalRows(caseOf(value)?.rows ?? [], value)
    }
  }
}

/**
 * A tagged value in its canonical form, frozen. It never throws: options that are no object, or that throw when they are
 * read, leave a key behind that no row knows, so that the value is refused when it is checked.
 */
export function build<Tag extends string, Options>(
  codec: Codec,
  tag: Tag,
  options: Options
): { readonly _tag: Tag } & Readonly<Options>
export function build(codec: Codec, tag: string, options: unknown): unknown {
  const read = () => codec.canonical(isRecord(options) ? { ...options, _tag: tag } : { _tag: tag, options })
  return attempt<unknown>(read, Object.freeze({ _tag: tag, unreadable: true }))
}
