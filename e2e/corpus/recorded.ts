/** What vectors of every generation hold: the request that was recorded, the answers to it, the error that came of it. */
import * as Schema from "effect/Schema"

/** Notes beside the fields do no harm here. In an input or an expectation they would change what is asked. */
export const open = <Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])

/** One answer. */
export const Responses = Schema.Struct({
  status: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 }))),
  json: Schema.optionalKey(Schema.Unknown),
  text: Schema.optionalKey(Schema.String),
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  sleep: Schema.optionalKey(Schema.Finite),
  close: Schema.optionalKey(Schema.Boolean),
  destroy: Schema.optionalKey(Schema.Boolean)
})

/** What the server said to one attempt: after `sleep` seconds, or nothing at all with `close` and `destroy`. */
export type SimulatedResponse = typeof Responses.Type

/** A request. */
export const Request = Schema.Struct({
  method: Schema.String,
  url: Schema.String,
  path: Schema.optionalKey(Schema.String),
  headers: Schema.Record(Schema.String, Schema.String),
  body: Schema.Unknown,
  body_text: Schema.optionalKey(Schema.String),
  timeout_s: Schema.optionalKey(Schema.Finite)
})

/** A request as the official client sent it. */
export type RecordedRequest = typeof Request.Type

/** A failure. */
export const RecordedError = open({
  name: Schema.String,
  message: Schema.String,
  bases: Schema.optionalKey(Schema.Array(Schema.String)),
  code: Schema.optionalKey(Schema.Unknown),
  field: Schema.optionalKey(Schema.NullOr(Schema.String)),
  status_code: Schema.optionalKey(Schema.Int),
  response_status: Schema.optionalKey(Schema.Int),
  payload: Schema.optionalKey(Schema.Unknown),
  original_exception: Schema.optionalKey(Schema.NullOr(Schema.String)),
  response: Schema.optionalKey(Schema.Struct({ status: Schema.Int, data: Schema.optionalKey(Schema.Unknown) }))
})

/** How the official client failed. */
export type RecordedError = typeof RecordedError.Type
