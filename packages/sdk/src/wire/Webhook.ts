/**
 * The callback that `on_result` of type `url` causes, and its reply. Nothing public describes either: all of it is
 * assumed, modelled on the callback of the older API. A capture from the live platform would settle it.
 */
import * as Schema from "effect/Schema"
import * as PcmoV3 from "./PcmoV3.ts"
import { Uuid, Variables } from "./Scalars.ts"

const textOrNumber = Schema.Union([Schema.String, Schema.Finite])

/**
 * How the collection of input ended (assumed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const ResultStatus = Schema.Literals(["success", "no_input", "invalid"])

/**
 * Body of the callback (assumed). Open: other keys may come along, among them the older names `dtmf` and `cmiuuid`.
 * Numbers are read as text and as JSON numbers, since the callbacks of the older API come in both forms (documented).
 *
 * @category schemas
 * @since 0.1.0
 */
export const InputResult = Schema.Struct({
  call_id: Uuid,
  from: textOrNumber,
  to: textOrNumber,
  input_type: PcmoV3.InputMode,
  digits: Schema.optionalKey(Schema.NullOr(textOrNumber)),
  speech: Schema.optionalKey(Schema.NullOr(Schema.String)),
  status: ResultStatus,
  variables: Schema.optionalKey(Variables)
})

/**
 * The two forms of reply (assumed): the bare array, or the array in an object. Send the bare one.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Reply = Schema.Union([PcmoV3.Pipeline, Schema.Struct({ pipeline: PcmoV3.Pipeline })])
