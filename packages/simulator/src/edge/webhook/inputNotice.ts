/** The body of the `on_result` callback, and how its reply is read. All of it is assumed: nothing public shows one. */
import * as Result from "effect/Result"
import type { InputNotice } from "../../core/call/CallCommand.ts"
import type { Reply } from "../../core/call/CallEvent.ts"
import * as Admission from "../rest/Admission.ts"
import * as AdmissionPcmoV3 from "../rest/AdmissionPcmoV3.ts"

/**
 * The body: digits or speech in fields of their own, `null` when nothing came. `dtmf` and `cmiuuid` repeat the digits
 * and the call id under the names of the older callback.
 *
 * @category encoding
 * @since 0.1.0
 */
export const body = ({ callId, callerId, result, to, variables }: InputNotice): Readonly<Record<string, unknown>> => {
  const entry = result.entry ?? null
  const digits = result.inputType === "dtmf" ? entry : null
  return {
    call_id: callId,
    from: callerId,
    to,
    input_type: result.inputType,
    digits,
    speech: result.inputType === "speech" ? entry : null,
    status: result.status,
    variables,
    dtmf: digits ?? "",
    cmiuuid: callId
  }
}

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/** The list under `pipeline` when the reply is wrapped and holds nothing else, the reply itself otherwise. */
const unwrapped = (json: unknown): unknown =>
  isObject(json) && Object.hasOwn(json, "pipeline") && Object.keys(json).length === 1 ? json["pipeline"] : json

const isEmpty = (json: unknown): boolean =>
  json === null || (Array.isArray(json) && json.length === 0) || (isObject(json) && Object.keys(json).length === 0)

const readPipeline = Admission.document(AdmissionPcmoV3.pipeline)

/**
 * What a 2xx reply means: a bare or wrapped pipeline is the new program; nothing, `null`, `[]` and `{}` are empty;
 * anything else is invalid, with every problem by its path.
 *
 * @category decoding
 * @since 0.1.0
 */
export const readReply = (json: unknown): Reply => {
  const list = unwrapped(json)
  if (isEmpty(list)) return { _tag: "Empty" }
  return Result.match(readPipeline(list, "pipeline"), {
    onFailure: (problems) => ({
      _tag: "Invalid",
      problems: problems.map(({ message, path }) => `${path}: ${message}`)
    }),
    onSuccess: (program) => ({ _tag: "NewProgram", program })
  })
}
