/**
 * What the platform posts to your URLs, and what you reply.
 *
 * Nothing public describes the callbacks of the v3 API: all of it is assumed, modelled on those of the older API. They
 * carry no signature; put a secret into the URL.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as CallId from "./CallId.ts"
import { field, struct } from "./internal/fields.ts"
import * as judge from "./internal/judge.ts"
import type { Issues } from "./Issue.ts"
import * as Pipeline from "./Pipeline.ts"
import type * as Variables from "./Variables.ts"
import type * as PcmoV3 from "./wire/PcmoV3.ts"
import * as Wire from "./wire/Webhook.ts"

/**
 * What a caller entered, as posted to the URL of `OnResult.url` (assumed).
 *
 * @category models
 * @since 0.1.0
 */
export interface InputResult {
  readonly callId: CallId.CallId
  readonly from: string
  readonly to: string
  readonly inputType: "dtmf" | "speech"
  /** None when no digit was pressed. */
  readonly digits: Option.Option<string>
  /** None when nothing was said. */
  readonly speech: Option.Option<string>
  readonly status: "success" | "no_input" | "invalid"
  readonly variables: Variables.Variables
}

const read = judge.read(
  struct([
    field("callId", "call_id"),
    field("from", "from"),
    field("to", "to"),
    field("inputType", "input_type"),
    field("digits", "digits"),
    field("speech", "speech"),
    field("status", "status"),
    field("variables", "variables")
  ]),
  Wire.InputResult
)

const entered = (value: string | number | null | undefined): Option.Option<string> =>
  value === undefined || value === null || value === "" ? Option.none() : Option.some(String(value))

/**
 * Reads the JSON body of an input callback, or tells every problem of it. Keys that are not known are ignored.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeInputResult = (body: unknown): Result.Result<InputResult, Issues> =>
  Result.map(read(body), (wire) => ({
    callId: CallId.make(wire.call_id),
    from: String(wire.from),
    to: String(wire.to),
    inputType: wire.input_type,
    digits: entered(wire.digits),
    speech: entered(wire.speech),
    status: wire.status,
    variables: wire.variables ?? {}
  }))

/**
 * The JSON that replies to a callback with the pipeline that replaces the rest: a bare array (assumed), or every problem
 * of the pipeline.
 *
 * @category encoding
 * @since 0.1.0
 */
export const replyJson: (pipeline: Pipeline.Pipeline) => Result.Result<PcmoV3.Pipeline, Issues> = Pipeline.encode

/**
 * The same as text, to be sent as `application/json`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const reply = (pipeline: Pipeline.Pipeline): Result.Result<string, Issues> =>
  Result.map(replyJson(pipeline), (json) => JSON.stringify(json))
