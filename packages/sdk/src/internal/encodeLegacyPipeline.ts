/** The PCMO of the older API: one table that maps actions to the platform's JSON and back. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Issues } from "../Issue.ts"
import * as Limits from "../wire/Limits.ts"
import * as PcmoLegacy from "../wire/PcmoLegacy.ts"
import { canonical } from "./canonical.ts"
import { decode as decodeFields } from "./decodeFields.ts"
import {
  below,
  caseOf,
  type Codec,
  encode as encodeFields,
  encodePlain,
  field,
  type Leaf,
  list,
  note,
  plain,
  refuse,
  type Row,
  seconds,
  struct,
  tagged
} from "./fields.ts"
import * as judge from "./judge.ts"
import { documentedForm } from "./legacyForms.ts"
import { isKind } from "./pipelineValue.ts"
import { attempt, getIn, isArray, isRecord, shapeOf } from "./plainData.ts"

/** A phone number here, a JSON number on the wire. */
export const phoneNumber: Leaf = {
  encode: (value, at, trace) =>
    typeof value === "string" && Limits.phonePattern.test(value)
      ? Number(value)
      : refuse(at, trace, `Expected a phone number of 7 to 16 digits with country code, got ${shapeOf(value)}`),
  decode: (json) => typeof json === "number" ? String(json) : json
}

/** What is dialled: the bare number or user here, an object with a type on the wire. */
const party = (type: string, key: string, item: Codec): Leaf => ({
  encode: (value, at, trace) => {
    const here = below(at, [], [key])
    note(here, trace)
    return { type, [key]: encodeFields(item, value, here, trace) }
  },
  decode: (json, at, trace) => {
    const here = below(at, [], [key])
    note(here, trace)
    return decodeFields(item, getIn(json, [key]), here, trace)
  }
})

/** One item or a list of them here, a list on the wire and in canonical form. */
const oneOrMany = (item: Codec): Leaf => {
  const many = list(item)
  const listed = (value: unknown) => isArray(value) ? value : [value]
  return {
    encode: (value, at, trace) => encodeFields(many, listed(value), at, trace),
    decode: (json, at, trace) => decodeFields(many, json, at, trace),
    canonical: (value) => canonical(many, listed(value))
  }
}

/** The phones of a bridge: one or many here. */
export const phones = oneOrMany(party("pstn", "number", phoneNumber))

/** A number here, its digits on the wire. */
const digits: Leaf = {
  encode: (value, at, trace) => typeof value === "number" ? String(value) : encodePlain(value, at, trace),
  decode: (json) => typeof json === "string" && /^\d{1,9}$/.test(json) ? Number(json) : json
}

const dialling: ReadonlyArray<Row> = [
  field("duration", "duration", seconds),
  field("timeout", "timeout", seconds),
  field("loop", "loop"),
  field("ring", "ring_type")
]

const isUrl = (text: unknown): boolean => typeof text === "string" && /^[a-z][a-z0-9+.-]*:\/\//i.test(text)

/** A name or a URL here; on the wire, the key tells which. */
const file = (domain: string): ReadonlyArray<Row> => [
  field(domain, "file_name", {
    encode: (value, at, trace) => isUrl(value) ? undefined : encodePlain(value, at, trace)
  }),
  field(domain, "file_url", { encode: (value) => isUrl(value) ? value : undefined })
]

const collecting: ReadonlyArray<Row> = [
  field("url", "action_url"),
  field("maxDigits", "max_digit"),
  field("minDigits", "min_digit"),
  field("timeout", "timeout", seconds)
]

/** One action. */
export const action = tagged("action", {
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
})

const actions = list(action)

/** A pipeline value; on the wire, the bare array of its actions. */
export const legacyPipeline: Leaf = {
  encode: (value, at, trace) =>
    isRecord(value) && isLegacyPipeline(value)
      ? encodeFields(actions, value["actions"], at, trace)
      : refuse(at, trace, `Expected a LegacyPipeline, got ${shapeOf(value)}`)
}

export const isLegacyPipeline = (value: unknown): boolean => isKind("LegacyPipeline", value)

/** Whether a value carries the tag of an action. */
export const isTaggedAction = (value: unknown): boolean =>
  attempt(() => isRecord(value) && caseOf(action, value["_tag"]) !== undefined, false)

const given = (fields: object): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(fields).filter(([, value]) => value !== undefined)

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

/** `{ pipeline: LegacyPipeline }` to `{ pcmo: [...] }`, or every problem of it. */
export const encode = judge.encode(struct([field("pipeline", "pcmo", legacyPipeline)]), Document)

const decodeDocument = judge.decode(struct([field("pipeline", "pcmo", actions)]), Document)

/** The array of a PCMO, in any of its documented forms, to the array of its actions, or every problem of it. */
export const decode = (json: unknown): Result.Result<unknown, Issues> =>
  Result.map(decodeDocument({ pcmo: documentedForm(json) }), (value) => getIn(value, ["pipeline"]))
