/** Reads the platform's JSON as values of this package, by tables of fields. */
import { type At, below, type Codec, note, refuseCase, refuseUnknown, type Row, type Trace } from "./fields.ts"
import { getIn, isArray, isRecord } from "./plainData.ts"

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
    if (item !== undefined) out[row.domain] = decode(row.codec, item, here, trace)
  }
  return out
}

/** The value of a JSON. What is not understood stays as it is, for the schemas to refuse. */
export const decode = (codec: Codec, json: unknown, at: At, trace: Trace): unknown => {
  if ("item" in codec) {
    return isArray(json) ? json.map((one, index) => decode(codec.item, one, below(at, [index]), trace)) : json
  }
  if ("rows" in codec) return isRecord(json) ? decodeRows(codec.rows, json, at, trace) : json
  if (!("cases" in codec)) return codec.decode === undefined ? json : codec.decode(json, at, trace)
  if (!isRecord(json)) return json
  const { cases, wireKey } = codec
  const wireTag = getIn(json, [wireKey])
  const found = Object.entries(cases).find(([, one]) => one.wireTag === wireTag)
  if (found === undefined) {
    refuseCase(Object.values(cases).map((one) => one.wireTag), wireTag, below(at, ["_tag"], [wireKey]), trace)
    return json
  }
  const [_tag, { rows }] = found
  const known = new Set([wireKey, ...rows.flatMap((row) => ("wire" in row ? [String(row.wire[0])] : []))])
  refuseUnknown(json, known, at, trace)
  return { _tag, ...decodeRows(rows, json, at, trace) }
}
