/**
 * Entries as JSON: what the journal file holds line by line, and what the journal's event stream carries.
 *
 * Read back, an entry is what all of them have in common, whichever version wrote it. Events and commands keep every
 * field, and nothing is asked of them but a tag.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Told = Schema.StructWithRest(Schema.Struct({ _tag: Schema.String }), [
  Schema.Record(Schema.String, Schema.Unknown)
])

/**
 * An entry that was read back. `callId` and `causedBy` are there when it belongs to a call; `event`, `from`, `to` and
 * `commands` when it is a turn of one; `message` when the simulator broke on one; `fault`, `name`, `operation` and `webhook`
 * when a fault befell something.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EntryJson = Schema.Struct({
  _tag: Schema.String,
  seq: Schema.Natural,
  at: Schema.Natural,
  tenant: Schema.String,
  callId: Schema.optionalKey(Schema.String),
  causedBy: Schema.optionalKey(Schema.Natural),
  event: Schema.optionalKey(Told),
  from: Schema.optionalKey(Schema.String),
  to: Schema.optionalKey(Schema.String),
  commands: Schema.optionalKey(Schema.Array(Told)),
  message: Schema.optionalKey(Schema.String),
  fault: Schema.optionalKey(Schema.String),
  name: Schema.optionalKey(Schema.String),
  operation: Schema.optionalKey(Schema.String),
  webhook: Schema.optionalKey(Schema.String)
})
/** @since 0.1.0 */
export type EntryJson = typeof EntryJson.Type

/**
 * Why a text is no entry: it is not JSON, as a line that was cut off, or it is JSON of something else.
 *
 * @category models
 * @since 0.1.0
 */
export type NoEntry = "NotJson" | "NotAnEntry"

const parseJson = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))
const decode = Schema.decodeUnknownResult(EntryJson)

/**
 * Reads the JSON of one entry.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (text: string): Result.Result<EntryJson, NoEntry> =>
  Result.flatMap(
    Result.mapError(parseJson(text), (): NoEntry => "NotJson"),
    (json) => Result.mapError(decode(json), (): NoEntry => "NotAnEntry")
  )
