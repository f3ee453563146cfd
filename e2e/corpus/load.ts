/** Finds the vectors of a folder and tells their kinds by their shape, whatever the name of the file. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readSample, type Sample } from "./documented.ts"
import { getIn, isFields } from "./json.ts"
import { hasToken, type OlderCallVector, readOlderCall } from "./olderCallVector.ts"
import { isOlderClass, type OlderVector, readOlder } from "./olderVector.ts"
import { open, RecordedError, Request, Responses } from "./recorded.ts"
import type { SimulatedResponse } from "./recorded.ts"

export type { RecordedError, RecordedRequest, SimulatedResponse } from "./recorded.ts"

const Arguments = Schema.Array(Schema.Unknown)
const Named = Schema.Record(Schema.String, Schema.Unknown)

const Step = Schema.Struct({
  method: Schema.String,
  args: Schema.optionalKey(Arguments),
  kwargs: Schema.optionalKey(Named)
})

/** One step of a builder. */
export type Step = typeof Step.Type

const Input = Schema.Struct({
  lang: Schema.Literals(["node", "py"]),
  class: Schema.optionalKey(Schema.String),
  construct: Schema.optionalKey(Arguments),
  construct_kwargs: Schema.optionalKey(Named),
  call: Schema.optionalKey(Schema.String),
  args: Schema.optionalKey(Arguments),
  kwargs: Schema.optionalKey(Named),
  calls: Schema.optionalKey(Schema.Array(Step)),
  func: Schema.optionalKey(Schema.String),
  module: Schema.optionalKey(Schema.String),
  environment: Schema.optionalKey(Schema.String)
})

const Expected = Schema.Struct({
  request: Schema.optionalKey(Request),
  returns: Schema.optionalKey(Schema.Unknown),
  result: Schema.optionalKey(Schema.Unknown),
  results: Schema.optionalKey(Schema.Array(Schema.Unknown)),
  error: Schema.optionalKey(RecordedError),
  attempts: Schema.optionalKey(Schema.Int),
  attempt_gaps_s: Schema.optionalKey(Schema.Array(Schema.Finite)),
  stdout: Schema.optionalKey(Schema.String)
})

const Recorded = open({
  id: Schema.String,
  source: Schema.optionalKey(Schema.String),
  sdk: Schema.String,
  generation: Schema.String,
  input: Input,
  simulated_response: Schema.optionalKey(Schema.Union([Responses, Schema.NonEmptyArray(Responses)])),
  expected: Expected
})

/** What a vector pins: a pipeline that a builder makes, the construction of a client, a request, or a refusal. */
export type Kind = "pipeline" | "construction" | "request" | "refusal"

export interface Vector {
  /** Where it came from: the file, and its place when it has no id. */
  readonly where: string
  readonly id: string
  readonly kind: Kind
  readonly lang: "node" | "py"
  /** The release of the official client, as one number: 1.2.0 is 10200. */
  readonly release: number
  readonly input: typeof Input.Type
  /** One per attempt, the last one over and over. Empty when none was recorded. */
  readonly responses: ReadonlyArray<SimulatedResponse>
  readonly expected: typeof Expected.Type
}

/** An entry of a file: a vector, or why it is none of this runner's. */
export type Entry =
  | { readonly _tag: "Vector"; readonly vector: Vector }
  | { readonly _tag: "Older"; readonly where: string; readonly id: string; readonly vector: OlderVector }
  | { readonly _tag: "OlderCall"; readonly where: string; readonly id: string; readonly vector: OlderCallVector }
  | { readonly _tag: "Sample"; readonly where: string; readonly id: string; readonly sample: Sample }
  | { readonly _tag: "Unreadable"; readonly where: string; readonly id: string; readonly why: string }

/** Generations beside the current one. */
const otherGenerations = ["legacy", "v3-calls"]

const kindOf = ({ expected, input }: typeof Recorded.Type): Kind | undefined => {
  if (input.func !== undefined || input.class === "PipelineBuilder") return "pipeline"
  if (input.class !== undefined || input.calls !== undefined) return undefined
  if (input.call === undefined) return expected.request === undefined ? "construction" : undefined
  if (expected.request !== undefined || input.environment !== undefined) return "request"
  return expected.error === undefined ? undefined : "refusal"
}

const saysNothing = ({ expected }: typeof Recorded.Type, kind: Kind): boolean => {
  if (kind === "request") return expected.error === undefined && expected.returns === undefined
  if (kind === "pipeline") {
    return [expected.error, expected.result, expected.results, expected.returns].every((one) => one === undefined)
  }
  return expected.error === undefined && expected.returns === undefined
}

const decode = Schema.decodeUnknownResult(Recorded, { errors: "first", onExcessProperty: "error" })

const isDocumented = (json: unknown): boolean =>
  isFields(json) && "kind" in json && "status" in json && "expected" in json && !("input" in json)

const readEntry = (json: unknown, file: string, index: number): Entry => {
  const id = getIn(json, ["id"])
  const at = { where: file, id: typeof id === "string" && id !== "" ? id : `[${index}]` }
  const unreadable = (why: string): Entry => ({ _tag: "Unreadable", ...at, why })

  if (!isFields(json)) return unreadable("expected an object")
  if (isDocumented(json)) {
    const sample = readSample(json)
    return Result.isFailure(sample) ? unreadable(sample.failure) : { _tag: "Sample", ...at, sample: sample.success }
  }
  const generation = json["generation"]
  if (!isFields(json["input"]) || !isFields(json["expected"])) return unreadable("expected `input` and `expected`")
  if (["legacy", "v3"].includes(String(generation)) && isOlderClass(json["input"]["class"])) {
    const older = readOlder(json)
    return Result.isFailure(older) ? unreadable(older.failure) : { _tag: "Older", ...at, vector: older.success }
  }
  if (generation !== "v3" && !otherGenerations.includes(String(generation))) {
    return unreadable(`unknown generation ${JSON.stringify(generation)}`)
  }
  if ((generation !== "v3" && !hasToken(json["input"])) || json["input"]["class"] === "PiopiyCallControl") {
    const older = readOlderCall(json)
    return Result.isFailure(older) ? unreadable(older.failure) : { _tag: "OlderCall", ...at, vector: older.success }
  }

  const decoded = decode(json)
  if (Result.isFailure(decoded)) return unreadable(decoded.failure.message.replaceAll(/\s+/g, " "))
  const recorded = decoded.success
  const kind = kindOf(recorded)
  if (kind === undefined) return unreadable("the input is of no known shape")
  if (saysNothing(recorded, kind)) return unreadable("nothing is expected of it")
  const release = /\b(\d+)\.(\d+)\.(\d+)\b/.exec(recorded.sdk)
  if (release === null) return unreadable(`no release in ${JSON.stringify(recorded.sdk)}`)
  const [, major, minor, patch] = release
  return {
    _tag: "Vector",
    vector: {
      ...at,
      kind,
      lang: recorded.input.lang,
      release: Number(major) * 10_000 + Number(minor) * 100 + Number(patch),
      input: recorded.input,
      responses: [recorded.simulated_response ?? []].flat(),
      expected: recorded.expected
    }
  }
}

const readJson = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))

/** The entries of one file. */
export const readFile = (file: string, text: string): ReadonlyArray<Entry> => {
  const unreadable = (why: string): ReadonlyArray<Entry> => [{ _tag: "Unreadable", where: file, id: "", why }]
  const json = readJson(text)
  if (Result.isFailure(json)) return unreadable("is not JSON")
  if (!Array.isArray(json.success)) return unreadable("expected an array of vectors")
  if (json.success.length === 0) return unreadable("holds no vectors")
  return json.success.map((entry, index) => readEntry(entry, file, index))
}

/** The entries of all JSON files of a folder and the folders below it, by name. A folder without any is unreadable. */
export const readFolder = Effect.fnUntraced(function*(folder: string) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const unreadable = (where: string, why: string): ReadonlyArray<Entry> => [{ _tag: "Unreadable", where, id: "", why }]
  const names = yield* Effect.result(files.readDirectory(folder, { recursive: true }))
  if (Result.isFailure(names)) return unreadable(folder, "no such folder")
  const jsonFiles = names.success.filter((name) => name.endsWith(".json")).sort()
  if (jsonFiles.length === 0) return unreadable(folder, "holds no vectors: expected *.json")
  const entries = yield* Effect.forEach(
    jsonFiles,
    (name) =>
      Effect.match(files.readFileString(path.join(folder, name)), {
        onFailure: () => unreadable(name, "cannot be read"),
        onSuccess: (text) => readFile(name, text)
      })
  )
  return entries.flat()
})
