/** The v3 pipeline on its own: checked and written, or read. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Issues } from "../Issue.ts"
import * as PcmoV3 from "../wire/PcmoV3.ts"
import { actions, pipeline } from "./encodePipeline.ts"
import { field, struct } from "./fields.ts"
import * as judge from "./judge.ts"
import { getIn } from "./plainData.ts"

const Document = Schema.Struct({ pipeline: PcmoV3.Pipeline })

/** `{ pipeline: Pipeline }` to `{ pipeline: [...] }`, or every problem of it. */
export const encode = judge.encode(struct([field("pipeline", "pipeline", pipeline)]), Document)

const decodeDocument = judge.decode(struct([field("pipeline", "pipeline", actions)]), Document)

/** `{ pipeline: [...] }` to the array of its actions, or every problem of it. */
export const decode = (json: unknown): Result.Result<unknown, Issues> =>
  Result.map(decodeDocument(json), (value) => getIn(value, ["pipeline"]))
