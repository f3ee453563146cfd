/** The PCMO of the older API: one table that maps actions to the platform's JSON and back. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Issues } from "../Issue.ts"
import * as Limits from "../wire/Limits.ts"
import * as PcmoLegacy from "../wire/PcmoLegacy.ts"
import { type Codec, field, list, plain, refuse, type Row, seconds, struct, tagged } from "./fields.ts"
import * as judge from "./judge.ts"
import { documentedForm } from "./legacyForms.ts"
import { attempt, formatPath, getIn, isArray, isRecord, shapeOf, snapshot } from "./plainData.ts"

/** Marks a value that is a pipeline of the older API. */
export const legacyPipelineTypeId = "~@effect-piopiy/sdk/LegacyPipeline"

/** A phone number here, a JSON number on the wire. */
export const phoneNumber: Codec = {
  encode: (value, at, trace) => {
    if (typeof value === "string" && Limits.phonePattern.test(value)) return Number(value)
    refuse(at, trace, `Expected a phone number of 7 to 16 digits with country code, got ${shapeOf(value)}`)
    return null
  },
  decode: (json) => typeof json === "number" ? String(json) : json,
  canonical: snapshot
}

/** What is dialled: the bare number or user here, an object with a type on the wire. */
const party = (type: string, key: string, item: Codec): Codec => ({
  encode: (value, at, trace) => {
    const here = { domain: at.domain, wire: [...at.wire, key] }
    trace.domainPaths.set(formatPath(here.wire), here.domain)
    return { type, [key]: item.encode(value, here, trace) }
  },
  decode: (json, at, trace) => {
    const here = { domain: at.domain, wire: [...at.wire, key] }
    trace.domainPaths.set(formatPath(here.wire), here.domain)
    return item.decode(getIn(json, [key]), here, trace)
  },
  canonical: item.canonical
})

/** One item or a list of them here, a list on the wire and in canonical form. */
const oneOrMany = (item: Codec): Codec => {
  const many = list(item)
  const listed = (value: unknown) => isArray(value) ? value : [value]
  return {
    encode: (value, at, trace) => many.encode(listed(value), at, trace),
    decode: many.decode,
    canonical: (value) => many.canonical(listed(value))
  }
}

/** The phones of a bridge: one or many here. */
export const phones: Codec = oneOrMany(party("pstn", "number", phoneNumber))

/** A number here, its digits on the wire. */
const digits: Codec = {
  encode: (value, at, trace) => typeof value === "number" ? String(value) : plain.encode(value, at, trace),
  decode: (json) => typeof json === "string" && /^\d{1,9}$/.test(json) ? Number(json) : json,
  canonical: snapshot
}

const dialling: ReadonlyArray<Row> = [
  field("duration", "duration", seconds),
  field("timeout", "timeout", seconds),
  field("loop", "loop"),
  field("ring", "ring_type")
]

const isUrl = (text: unknown): boolean => typeof text === "string" && /^[a-z][a-z0-9+.-]*:\/\//i.test(text)

/** A name or a URL here; on the wire, the key tells which. The key that is not meant stays undefined. */
const file = (domain: string): ReadonlyArray<Row> => [
  field(domain, "file_name", {
    ...plain,
    encode: (value, at, trace) => isUrl(value) ? undefined : plain.encode(value, at, trace)
  }),
  field(domain, "file_url", { ...plain, encode: (value) => isUrl(value) ? value : undefined })
]

const collecting: ReadonlyArray<Row> = [
  field("url", "action_url"),
  field("maxDigits", "max_digit"),
  field("minDigits", "min_digit"),
  field("timeout", "timeout", seconds)
]

const actionCases = {
  Play: { wireTag: "play", rows: file("file") },
  Speak: { wireTag: "speak", rows: [field("text", "text")] },
  Param: { wireTag: "param", rows: [field("text", "text")] },
  Record: { wireTag: "record", rows: [] },
  Hangup: { wireTag: "hangup", rows: [] },
  Bridge: {
    wireTag: "bridge",
    rows: [
      field("from", "from", phoneNumber),
      field("to", "connect", phones),
      ...dialling
    ]
  },
  ConnectSip: {
    wireTag: "connect",
    rows: [
      field("from", "from", phoneNumber),
      field("users", "connect", oneOrMany(party("sip", "user", plain))),
      ...dialling,
      field("record", "record")
    ]
  },
  Input: { wireTag: "input", rows: collecting },
  PlayGetInput: { wireTag: "play_get_input", rows: [...file("prompt"), ...collecting, field("maxRetry", "max_retry")] },
  Stream: {
    wireTag: "stream",
    rows: [
      field("wsUrl", "ws_url"),
      field("listenMode", "listen_mode"),
      field("voiceQuality", "voice_quality", digits),
      field("streamOnAnswer", "stream_on_answer")
    ]
  }
}

const given = (fields: object): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(fields).filter(([, value]) => value !== undefined)

const withUndefined = tagged("action", actionCases)

/** One action. */
export const action: Codec = {
  ...withUndefined,
  encode: (value, at, trace) => {
    const json = withUndefined.encode(value, at, trace)
    return isRecord(json) ? Object.fromEntries(given(json)) : json
  }
}

const actions = list(action)

/** A pipeline value; on the wire, the bare array of its actions. */
export const legacyPipeline: Codec = {
  encode: (value, at, trace) => {
    if (isRecord(value) && isLegacyPipeline(value)) return actions.encode(value["actions"], at, trace)
    refuse(at, trace, `Expected a LegacyPipeline, got ${shapeOf(value)}`)
    return null
  },
  decode: actions.decode,
  canonical: snapshot
}

export const isLegacyPipeline = (value: unknown): boolean =>
  attempt(() => isRecord(value) && legacyPipelineTypeId in value, false)

/** Whether a value carries the tag of an action. */
export const isTaggedAction = (value: unknown): boolean =>
  attempt(
    () => isRecord(value) && typeof value["_tag"] === "string" && Object.hasOwn(actionCases, value["_tag"]),
    false
  )

/** Actions in canonical form, in a frozen array. What is no array becomes the one item of an array, to be refused later. */
export function canonicalActions<Actions>(value: Actions): Actions
export function canonicalActions(value: unknown): unknown {
  const items = isArray(value) ? value : [value]
  return attempt<unknown>(() => actions.canonical(items), items)
}

/** Options together with what is given apart from them. What is no object leaves a key behind that no row knows. */
export function joined<Apart extends object, Options>(apart: Apart, options: Options): Apart & Options
export function joined(apart: object, options: unknown): unknown {
  if (!isRecord(options)) return { ...apart, options }
  return attempt<unknown>(() => ({ ...apart, ...Object.fromEntries(given(options)) }), { ...apart, unreadable: true })
}

/** Options completed by `defaults` once any of them is given besides those in `needed`, as the official Node client does. */
export function completed<Options>(
  options: Options,
  needed: ReadonlyArray<string>,
  defaults: Partial<Options>
): Options
export function completed(options: unknown, needed: ReadonlyArray<string>, defaults: object): unknown {
  return attempt<unknown>(() => {
    if (!isRecord(options)) return options
    const all = given(options)
    return all.every(([key]) => needed.includes(key)) ? options : { ...defaults, ...Object.fromEntries(all) }
  }, options)
}

const Document = Schema.Struct({ pcmo: PcmoLegacy.Pipeline })
const document = struct([field("pipeline", "pcmo", legacyPipeline)])

/** `{ pipeline: LegacyPipeline }` to `{ pcmo: [...] }`, or every problem of it. */
export const encode = judge.encode(document, Document)

const decodeDocument = judge.decode(document, Document)

/** The array of a PCMO, in any of its documented forms, to the array of its actions, or every problem of it. */
export const decode = (json: unknown): Result.Result<unknown, Issues> =>
  Result.map(decodeDocument({ pcmo: documentedForm(json) }), (value) => getIn(value, ["pipeline"]))
