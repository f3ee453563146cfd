/** Differences between what is recorded and what our two sides do. */
import type * as Issue from "@effect-piopiy/sdk/Issue"
import type * as PiopiyError from "@effect-piopiy/sdk/PiopiyError"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { changes, formatPath, parsePath, type Path } from "./json.ts"
import type { RecordedError, RecordedRequest } from "./load.ts"
import type { Course, Ending } from "./policy.ts"
import type { Exchange, Sent } from "./sdk.ts"
import { names, type Target } from "./wanted.ts"

/**
 * What differs:
 *
 * - `method`, `url`, `header`, `body`, `timeout`: the request as sent against the one recorded;
 * - `refused`, `accepted`: taken on one side, not on the other; `field`: refused, but naming other fields;
 * - `status`: the simulator answered with a status that is neither;
 * - `outcome`, `attempts`: how the call went, against the official client;
 * - `policy`: how the call went, against our own table of verdicts;
 * - `dropped`: an argument that the official client drops and ours refuses;
 * - `roads`: our builders and our reader disagree about one pipeline;
 * - `inexpressible`: the input cannot be put to this side;
 * - `unsupported`: the runner does not know what is asked.
 */
export type What =
  | ("method" | "url" | "header" | "body" | "timeout")
  | ("refused" | "accepted" | "field" | "status")
  | ("outcome" | "attempts" | "policy" | "dropped" | "roads" | "inexpressible" | "unsupported")

export interface Difference {
  readonly side: "sdk" | "simulator" | "vector"
  readonly what: What
  /** The place, in the platform's spelling. */
  readonly path: Path
  readonly expected: unknown
  readonly actual: unknown
}

export const difference = (
  side: Difference["side"],
  what: What,
  path: Path,
  expected: unknown,
  actual: unknown
): Difference => ({ side, what, path, expected, actual })

const snake = (text: string): string =>
  text === "to" ? "to_number" : text.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The places that an issue names: on the wire, and here with the names in the platform's style. */
const issuePlaces = ({ path, wirePath }: Issue.Issue): ReadonlyArray<Path> => [
  parsePath(wirePath),
  parsePath(path).map((key) => typeof key === "number" ? key : snake(key))
]

const issuesOf = (error: PiopiyError.PiopiyError): Issue.Issues | undefined =>
  error.reason._tag === "InvalidRequest" || error.reason._tag === "InvalidConfig" ? error.reason.issues : undefined

/** The issues of a call that our SDK refused before it sent anything. */
export const refusalOf = (outcome: Result.Result<unknown, PiopiyError.PiopiyError>): Issue.Issues | undefined =>
  Result.isFailure(outcome) ? issuesOf(outcome.failure) : undefined

/** One difference per issue, at its place on the wire. */
export const unexpectedlyRefused = (issues: ReadonlyArray<Issue.Issue>): ReadonlyArray<Difference> =>
  issues.map(({ message, path, wirePath }) =>
    difference("sdk", "refused", parsePath(wirePath === "" ? path : wirePath), "accepted", message)
  )

/** Where a field goes on the wire. */
const placeOf = ({ paths }: Target): Path => paths.at(-1) ?? []

/** The fields that a refusal was to name and did not. */
const unnamed = (
  side: Difference["side"],
  targets: ReadonlyArray<Target>,
  refused: ReadonlyArray<Path>
): ReadonlyArray<Difference> =>
  targets.filter((target) => !names(refused, target)).map((target) =>
    difference(side, "field", placeOf(target), target.text, refused.map(formatPath).join(", "))
  )

/** What a call that had to be refused, naming fields, did instead. */
export const refusalDifferences = (
  outcome: Result.Result<unknown, PiopiyError.PiopiyError>,
  targets: ReadonlyArray<Target>
): ReadonlyArray<Difference> => {
  const issues = refusalOf(outcome)
  if (issues !== undefined) return unnamed("sdk", targets, issues.flatMap(issuePlaces))
  const actual = Result.isFailure(outcome) ? outcome.failure.message : "accepted"
  return targets.map((target) =>
    difference("sdk", "accepted", placeOf(target), `refused naming ${target.text}`, actual)
  )
}

/** What the simulator made of a body: the status of its answer, and the places it names. */
export interface Judgement {
  readonly status: number
  readonly error: string
  readonly refused: ReadonlyArray<{ readonly path: Path; readonly message: string }>
}

/** Answers to a body that was admitted: it was taken, or there is nothing live that it could be done to. */
export const isAdmitted = ({ error, status }: Judgement): boolean =>
  (status >= 200 && status < 300)
  || (status === 404 && error === "CALL_NOT_FOUND")
  || (status === 403 && error === "ai_agent_not_running")

/** What a recorded request that had to be taken met instead. */
export const admissionDifferences = (judgement: Judgement): ReadonlyArray<Difference> => {
  if (isAdmitted(judgement)) return []
  const { error, refused, status } = judgement
  if (status !== 400 || refused.length === 0) {
    return [difference("simulator", "status", [], "2xx", `${status} ${error}`.trim())]
  }
  return refused.map(({ message, path }) => difference("simulator", "refused", path, "accepted", message))
}

/** What a body that had to be refused, naming fields, met instead. */
export const judgementDifferences = (
  judgement: Judgement,
  targets: ReadonlyArray<Target>
): ReadonlyArray<Difference> => {
  const { error, refused, status } = judgement
  if (status === 400) return unnamed("simulator", targets, refused.map(({ path }) => path))
  const what = isAdmitted(judgement) ? "accepted" : "status"
  return targets.map((target) =>
    difference("simulator", what, placeOf(target), `400 naming ${target.text}`, `${status} ${error}`.trim())
  )
}

const parseJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const headerDiffers = (name: string, expected: string, actual: string | undefined): boolean =>
  name === "accept" ? !/application\/json|\*\/\*/.test(actual ?? "") : actual !== expected

/** The headers of a request against the recorded ones. */
export const headerDifferences = (
  side: Difference["side"],
  recorded: Pick<RecordedRequest, "headers">,
  headers: Sent["headers"]
): ReadonlyArray<Difference> =>
  Object.entries(recorded.headers).flatMap(([name, expected]) => {
    const actual = headers[name.toLowerCase()]
    return headerDiffers(name.toLowerCase(), expected, actual)
      ? [difference(side, "header", [name], expected, actual)]
      : []
  })

/** A request against the recorded one. */
const sentDifferences = (
  side: Difference["side"],
  recorded: RecordedRequest,
  { headers, method, text, url }: Omit<Sent, "at">
): ReadonlyArray<Difference> => {
  const body = Option.getOrElse(parseJson(text), () => `no JSON: ${text}`)
  return [
    ...(method === recorded.method ? [] : [difference(side, "method", [], recorded.method, method)]),
    ...(url === recorded.url ? [] : [difference(side, "url", [], recorded.url, url)]),
    ...headerDifferences(side, recorded, headers),
    ...changes(recorded.body, body).map(({ actual, expected, path }) =>
      difference(side, "body", path, expected, actual)
    )
  ]
}

/** The first request of an exchange against the recorded one. */
export const requestDifferences = (recorded: RecordedRequest, { sent: [first] }: Exchange): ReadonlyArray<Difference> =>
  first === undefined
    ? [difference("sdk", "outcome", [], "a request", "none was sent")]
    : sentDifferences("sdk", recorded, first)

/**
 * What is recorded against what the official client has to send by its own arguments: it holds whatever our sides make of
 * it, so that no rule about them can cover a record that is wrong.
 */
export const recordDifferences = (
  recorded: RecordedRequest,
  due: { readonly url: string; readonly token: unknown; readonly body: unknown }
): ReadonlyArray<Difference> => {
  const headers = { authorization: `Bearer ${String(due.token)}`, "content-type": "application/json", accept: "*/*" }
  const sent = { method: "POST", url: due.url, headers, text: JSON.stringify(due.body) }
  return [...textDifferences(recorded), ...sentDifferences("vector", recorded, sent)]
}

/** Whether the recorded text is the recorded body. */
const textDifferences = ({ body, body_text: text }: RecordedRequest): ReadonlyArray<Difference> =>
  text === undefined
    ? []
    : changes(body, Option.getOrUndefined(parseJson(text))).map(({ actual, expected, path }) =>
      difference("vector", "body", path, expected, actual)
    )

const statusOf = (reason: PiopiyError.Reason): { readonly status?: number } => {
  switch (reason._tag) {
    case "Unauthorized":
      return { status: 401 }
    case "Forbidden":
      return { status: 403 }
    case "CallNotFound":
      return { status: 404 }
    case "Conflict":
      return { status: 409 }
    case "RateLimited":
      return { status: 429 }
    case "Unavailable":
    case "Rejected":
    case "UnexpectedReply":
      return { status: reason.status }
    default:
      return {}
  }
}

/** How a call of our SDK ended. */
export const endingOf = (outcome: Exchange["outcome"]): Ending => {
  if (Result.isSuccess(outcome)) return { tag: "Success" }
  const { reason } = outcome.failure
  return {
    tag: reason._tag,
    ...statusOf(reason),
    ...("code" in reason && reason._tag !== "NotSent" ? { code: reason.code } : {}),
    ...(reason._tag === "Conflict" ? { requestId: Option.getOrElse(reason.requestId, () => "") } : {}),
    ...(reason._tag === "Rejected" ? { detail: reason.detail } : {})
  }
}

/** How the call went against how it had to go. */
export const courseDifferences = (course: Course, { outcome, sent }: Exchange): ReadonlyArray<Difference> => {
  const gaps = sent.slice(1).map(({ at }, index) => (at - (sent[index]?.at ?? 0)) / 1000)
  const hurried = gaps.some((gap, index) => gap < (course.gaps[index] ?? 0))
  return [
    ...changes(course.ending, endingOf(outcome)).map(({ actual, expected, path }) =>
      difference("sdk", "policy", path, expected, actual)
    ),
    ...(sent.length === course.attempts
      ? []
      : [difference("sdk", "policy", ["attempts"], course.attempts, sent.length)]),
    ...(hurried ? [difference("sdk", "policy", ["gaps"], course.gaps, gaps)] : [])
  ]
}

const officialStatus = (error: RecordedError): number | undefined =>
  error.status_code ?? error.response_status ?? error.response?.status

/** How the call went against how it went with the official client. */
export const outcomeDifferences = (
  expected: { readonly error?: RecordedError; readonly attempts?: number },
  { outcome, sent }: Exchange
): ReadonlyArray<Difference> => {
  const { tag: ended, status: actual } = endingOf(outcome)
  const { attempts = sent.length, error } = expected
  const official = error === undefined ? undefined : officialStatus(error)
  const failed = ended !== "Success"
  const outcomes = failed === (error !== undefined) && official === actual
    ? []
    : [difference("sdk", "outcome", [], error === undefined ? "success" : official ?? error.message, actual ?? ended)]
  return attempts === sent.length
    ? outcomes
    : [...outcomes, difference("sdk", "attempts", [], attempts, sent.length)]
}
