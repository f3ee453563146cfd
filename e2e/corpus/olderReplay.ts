/** Holds the steps of an older builder against our builders, our encoder and our reader. */
import type * as Issue from "@effect-piopiy/sdk/Issue"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import * as StreamCommand from "@effect-piopiy/sdk/StreamCommand"
import * as Result from "effect/Result"
import { type Difference, difference, unexpectedlyRefused } from "./compare.ts"
import { changes, parsePath, type Path } from "./json.ts"
import { type Given, tell, type Told } from "./olderBuilders.ts"
import { type OlderRule, olderRules } from "./olderRules.ts"
import type { OlderVector } from "./olderVector.ts"

/** A difference that a rule speaks for, or that none does. */
export interface OlderFinding {
  readonly difference: Difference
  readonly rule: OlderRule | undefined
}

const encodeMessage: { encode(command: unknown): Result.Result<string, Issue.Issues> } = StreamCommand

const encodeDocument: { encode(pipeline: unknown): Result.Result<unknown, Issue.Issues> } = LegacyPipeline

const parse = (text: string): Result.Result<unknown, string> =>
  Result.try({ try: (): unknown => JSON.parse(text), catch: () => "no JSON" })

/** What the platform gets, as text on the stream and as JSON otherwise. */
const encoded = (given: Given): Result.Result<unknown, Issue.Issues> =>
  given._tag === "Message" ? encodeMessage.encode(given.command) : encodeDocument.encode(given.pipeline)

/** The JSON of a value that may be given as its text. */
const jsonOf = (value: unknown): unknown =>
  typeof value === "string" ? Result.getOrElse(parse(value), () => value) : value

const root = (json: unknown): Path => Array.isArray(json) ? ["pcmo"] : []

const bodyDifferences = (what: "body" | "roads", expected: unknown, actual: unknown): ReadonlyArray<Difference> =>
  changes(expected, actual, root(expected)).map((one) => difference("sdk", what, one.path, one.expected, one.actual))

/** What our reader makes of the recorded document or message, when our encoder has written it again. */
const reread = (expected: unknown): Result.Result<unknown, Issue.Issues> =>
  Array.isArray(expected)
    ? Result.flatMap(LegacyPipeline.decode(expected), LegacyPipeline.encode)
    : Result.map(Result.flatMap(StreamCommand.decode(JSON.stringify(expected)), StreamCommand.encode), jsonOf)

/** One returned value. The Node client's texts are compared byte for byte; the Python client spaces them otherwise. */
const returnedDifferences = ({ lang }: OlderVector, given: Given, recorded: unknown): ReadonlyArray<Difference> => {
  const expected = jsonOf(recorded)
  const ours = encoded(given)
  const read = reread(expected)
  const roads = Result.isFailure(read)
    ? unexpectedlyRefused(read.failure)
    : bodyDifferences("roads", expected, read.success)
  if (Result.isFailure(ours)) return [...unexpectedlyRefused(ours.failure), ...roads]
  const inJson = bodyDifferences("body", expected, jsonOf(ours.success))
  const bytes = given._tag === "Message" && lang === "node" && inJson.length === 0 && ours.success !== recorded
    ? [difference("sdk", "body", [], recorded, ours.success)]
    : []
  return [...inJson, ...bytes, ...roads]
}

/** The last keys of the places that a message of the official builders may mean. None when it names none. */
const meant = (message: string): ReadonlyArray<string> =>
  ([
    [/audio_type/, ["audioDataType"]],
    [/sample_rate/, ["sampleRate"]],
    [/audio_base64/, ["audioData"]],
    [/\bws_url\b|\bWS\/WSS\b/, ["ws_url"]],
    [/\bfile_?(?:name|url)?\b/i, ["file_name", "file_url"]],
    [/\btext\b/i, ["text"]],
    [/\bfrom\b|\bnumber\b/, ["from", "number", "user", "connect"]],
    [/\baction_url\b/, ["action_url"]]
  ] as const).flatMap(([pattern, keys]) => pattern.test(message) ? keys : [])

const issuesOf = ({ last, returned }: Told): ReadonlyArray<Issue.Issue> =>
  (returned.length === 0 ? [last] : returned.map(({ given }) => given)).flatMap((given) => {
    const result = encoded(given)
    return Result.isFailure(result) ? result.failure : []
  })

const refusalDifferences = (told: Told, message: string): ReadonlyArray<Difference> => {
  const issues = issuesOf(told)
  if (issues.length === 0) return [difference("sdk", "accepted", [], `refused: ${message}`, "accepted")]
  const keys = meant(message)
  const named = issues.some(({ wirePath }) => parsePath(wirePath).some((key) => keys.includes(String(key))))
  return keys.length === 0 || named
    ? []
    : [difference("sdk", "field", [], keys.join(" or "), issues.map(({ wirePath }) => wirePath).join(", "))]
}

/** Options that the official builder passes over: ours has to refuse each, and say which. */
const droppedDifferences = (told: Told): ReadonlyArray<Difference> =>
  told.dropped.map(({ given, name, value }) => {
    const result = encoded(given)
    return Result.isFailure(result)
      ? difference("sdk", "dropped", [name], "dropped", value)
      : difference("sdk", "accepted", [name], "refused, or sent", "dropped as well")
  })

/** The list that was returned first shows later steps; ours holds them in the list of its own time. */
const laterDifferences = ({ last }: Told, later: unknown, first: unknown): ReadonlyArray<Difference> => {
  const ours = encoded(last)
  const held = Result.isFailure(ours) ? unexpectedlyRefused(ours.failure) : bodyDifferences("body", later, ours.success)
  return changes(later, first).length === 0 ? held : [...held, difference("sdk", "body", ["later"], later, first)]
}

const differences = (vector: OlderVector): ReadonlyArray<Difference> => {
  const { error, first_returned_array_after_later_calls: later, result, results } = vector.expected
  const unsupported = (why: string) => [difference("vector", "unsupported", [], "something known", why)]
  if (error !== undefined && /^(?:TypeError|AttributeError)$/.test(error.name)) {
    return unsupported(`${error.name} of a builder: ${error.message}`)
  }
  const told = tell(vector)
  if (Result.isFailure(told)) return unsupported(told.failure)
  if (error !== undefined) return refusalDifferences(told.success, error.message)
  const { returned } = told.success
  const expected = results ?? [{ method: returned[0]?.method ?? "", returns: result }]
  if (expected.length !== returned.length) {
    return unsupported(`${returned.length} steps return something, ${expected.length} are expected`)
  }
  return [
    ...expected.flatMap(({ method, returns }, index) => {
      const one = returned[index]
      if (one === undefined || one.method !== method) return unsupported(`${method} returns something`)
      return returnedDifferences(vector, one.given, returns)
    }),
    ...droppedDifferences(told.success),
    ...(later === undefined ? [] : laterDifferences(told.success, later, expected[0]?.returns))
  ]
}

/** Everything about a vector that is not as recorded. */
export const replayOlder = (vector: OlderVector): ReadonlyArray<OlderFinding> =>
  differences(vector).map((one) => ({
    difference: one,
    rule: olderRules.find((rule) => rule.applies(vector, one))
  }))
