/** How the replies to questions are read. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Reply } from "../../core/call/CallEvent.ts"
import type { Notice } from "../../core/call/Notice.ts"
import type { Program } from "../../core/pcmo/Program.ts"
import * as Admission from "../rest/Admission.ts"
import * as AdmissionPcmoLegacy from "../rest/AdmissionPcmoLegacy.ts"
import * as AdmissionPcmoV3 from "../rest/AdmissionPcmoV3.ts"

const parse = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/** The list under `key` when the reply is wrapped and holds nothing else, the reply itself otherwise. */
const unwrapped = (json: unknown, key: string): unknown =>
  isObject(json) && Object.hasOwn(json, key) && Object.keys(json).length === 1 ? json[key] : json

const isEmpty = (json: unknown): boolean =>
  json === null || (Array.isArray(json) && json.length === 0) || (isObject(json) && Object.keys(json).length === 0)

const empty: Reply = { _tag: "Empty" }

const said = ({ message, path }: Admission.Problem): string => `${path}: ${message}`

const reader = (
  pipeline: Admission.Reader<Program>,
  key: string,
  passedOver: (json: unknown, path: string) => ReadonlyArray<Admission.Problem> = () => []
) => {
  const readPipeline = Admission.document(pipeline)
  return (json: unknown): Reply => {
    const list = unwrapped(json, key)
    return isEmpty(list) ? empty : Result.match(readPipeline(list, key), {
      onFailure: (problems) => ({ _tag: "Invalid", problems: problems.map(said) }),
      onSuccess: (program) => {
        const ignored = passedOver(list, key).map(said)
        return { _tag: "NewProgram", program, ...(ignored.length === 0 ? {} : { ignored }) }
      }
    })
  }
}

/** A bare array, or one under `pipeline` (assumed). */
const current = reader(AdmissionPcmoV3.pipeline, "pipeline")

/** A bare array as every official example has it (documented), or one under `pcmo`, as one third party (assumed). */
const older = reader(AdmissionPcmoLegacy.pipeline, "pcmo", AdmissionPcmoLegacy.ignored)

const readers: Readonly<Record<Notice["_tag"], ((json: unknown) => Reply) | undefined>> = {
  Input: current,
  Digits: older,
  Answer: older,
  Event: undefined,
  Record: undefined,
  Envelope: undefined
}

/**
 * What the text of a 2xx reply means. A pipeline, bare or wrapped, is the new program; nothing, `null`, `[]` and `{}` are
 * empty; anything else is invalid, with every problem by its path. What of an older pipeline is passed over is told. What comes back upon a report is not looked at.
 *
 * @category decoding
 * @since 0.1.0
 */
export const read = (notice: Notice, text: string): Reply => {
  const readJson = readers[notice._tag]
  if (readJson === undefined || text.trim() === "") return empty
  return Result.match(parse(text), {
    onFailure: () => ({ _tag: "Invalid", problems: ["the reply is not JSON"] }),
    onSuccess: readJson
  })
}
