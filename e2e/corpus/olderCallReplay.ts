/** Holds a call of the older API, or of the "calls" API, against our SDK. */
import type * as PiopiyError from "@effect-piopiy/sdk/PiopiyError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { type Difference, difference, endingOf, headerDifferences, refusalOf, unexpectedlyRefused } from "./compare.ts"
import { changes, getIn, parsePath } from "./json.ts"
import { tell, type Told } from "./olderCall.ts"
import { type OlderCallRule, olderCallRules } from "./olderCallRules.ts"
import type { OlderCallVector, OlderRequest } from "./olderCallVector.ts"
import { type Exchange, exchangeOf } from "./sdk.ts"

/** A difference that a rule speaks for, or that none does. */
export interface OlderCallFinding {
  readonly difference: Difference
  readonly rule: OlderCallRule | undefined
}

const parse = (text: string): unknown =>
  text === "" ? null : Result.getOrElse(Result.try((): unknown => JSON.parse(text)), () => `no JSON: ${text}`)

/** The first request against the recorded one. A question has no body. */
const requestDifferences = (recorded: OlderRequest, { sent: [first] }: Exchange): ReadonlyArray<Difference> => {
  if (first === undefined) return [difference("sdk", "outcome", [], "a request", "none was sent")]
  const { headers, method, text, url } = first
  return [
    ...(method === recorded.method ? [] : [difference("sdk", "method", [], recorded.method, method)]),
    ...(url === recorded.url ? [] : [difference("sdk", "url", [], recorded.url, url)]),
    ...headerDifferences("sdk", recorded, headers),
    ...changes(recorded.body ?? null, parse(text)).map(({ actual, expected, path }) =>
      difference("sdk", "body", path, expected, actual)
    ),
    ...changes(recorded.body ?? null, parse(recorded.body_text ?? "")).map(({ actual, expected, path }) =>
      difference("vector", "body", path, expected, actual)
    )
  ]
}

const textOf = (value: unknown): unknown => Option.isOption(value) ? textOf(Option.getOrUndefined(value)) : value

/** What the platform said, by the names of our results. */
const results = [["requestId", "request_id"], ["status", "status"], ["callId", "call_id"]] as const

/** How the call went: as the official one, and with what the platform said of it. */
const outcomeDifferences = (
  { error, returns }: OlderCallVector,
  outcome: Result.Result<unknown, PiopiyError.PiopiyError>
): ReadonlyArray<Difference> => {
  if (Result.isFailure(outcome)) {
    const status = endingOf(outcome).status
    return error === undefined || status !== error.status
      ? [difference("sdk", "outcome", [], error?.message ?? "success", outcome.failure.message)]
      : []
  }
  if (error !== undefined) return [difference("sdk", "outcome", [], error.message, textOf(outcome.success) ?? "none")]
  const value = textOf(outcome.success)
  return results.flatMap(([ours, wire]) => {
    const [said, told] = [getIn(returns, [wire]), textOf(getIn(value, [ours]))]
    return said === undefined || told === undefined || said === told
      ? []
      : [difference("sdk", "outcome", [wire], said, told)]
  })
}

/** The last keys of the places that a sentence may mean. None when it names none. */
const meant = (message: string): ReadonlyArray<string> =>
  ([
    [/\bappid\b/, ["appId", "appSecret"]],
    [/\bto\b|\bleg_a\b/, ["to"]],
    [/\bfrom\b/, ["callerId"]],
    [/\banswer_url\b/, ["answerUrl"]],
    [/\bleg_b\b/, ["connect"]],
    [/\bPCMO\b/, ["pipeline"]],
    [/\b(?:un)?hold call\b|\btoggle\b|\bhangup\b/, ["callId"]],
    [/\bto_number\b|\bsip_uri\b/, ["to", "number", "uri"]]
  ] as const).flatMap(([pattern, keys]) => pattern.test(message) ? keys : [])

const refusalDifferences = (message: string, { outcome, sent }: Exchange): ReadonlyArray<Difference> => {
  const issues = refusalOf(outcome)
  const keys = meant(message)
  if (issues === undefined) {
    return [difference("sdk", "accepted", [], `refused: ${message}`, sent[0]?.text ?? "accepted")]
  }
  const named = issues.some(({ path }) => parsePath(path).some((key) => keys.includes(String(key))))
  return named ? [] : [difference("sdk", "field", [], keys.join(" or "), issues.map(({ path }) => path).join(", "))]
}

/** Arguments that the official client passes over: ours has to refuse each, or to do what it says. */
const droppedDifferences = Effect.fnUntraced(function*({ dropped, program }: Told, vector: OlderCallVector) {
  const { sent: [without] } = yield* exchangeOf(program, vector.responses)
  return yield* Effect.forEach(
    dropped,
    ({ name, program: with_, value }) =>
      Effect.map(exchangeOf(with_, vector.responses), ({ outcome, sent: [request] }) => {
        if (refusalOf(outcome) !== undefined) return difference("sdk", "dropped", [name], "dropped", value)
        return request?.text === without?.text
          ? difference("sdk", "accepted", [name], "refused, or sent", "dropped as well")
          : difference("sdk", "dropped", [name], without?.text, request?.text)
      })
  )
})

/** After how long an attempt is given up, when the official client says so too. */
const timeoutDifferences = Effect.fnUntraced(function*({ timeout_s: timeoutS }: OlderRequest, { program }: Told) {
  if (timeoutS === undefined || timeoutS === null) return []
  const { givenUpAt = 0 } = yield* exchangeOf(program, [{ sleep: timeoutS + 1 }])
  return givenUpAt / 1000 === timeoutS ? [] : [difference("sdk", "timeout", [], timeoutS, givenUpAt / 1000)]
})

const differences = Effect.fnUntraced(function*(vector: OlderCallVector) {
  const told = tell(vector)
  if (Result.isFailure(told)) return [difference("vector", "unsupported", [], "something known", told.failure)]
  const exchange = yield* exchangeOf(told.success.program, vector.responses)
  const refused = refusalOf(exchange.outcome)
  if (vector.request === undefined) {
    if (vector.error !== undefined) return refusalDifferences(vector.error.message, exchange)
    return exchange.sent.length === 0 ? [] : [difference("sdk", "accepted", [], "no request", exchange.sent[0]?.text)]
  }
  if (refused !== undefined) return unexpectedlyRefused(refused)
  return [
    ...requestDifferences(vector.request, exchange),
    ...(yield* timeoutDifferences(vector.request, told.success)),
    ...outcomeDifferences(vector, exchange.outcome),
    ...(yield* droppedDifferences(told.success, vector))
  ]
})

/** Everything about a vector that is not as recorded. */
export const replayOlderCall = (vector: OlderCallVector): Effect.Effect<ReadonlyArray<OlderCallFinding>> =>
  differences(vector).pipe(
    Effect.catchDefect((defect) =>
      Effect.succeed([difference("vector", "unsupported", [], "a verdict", String(defect))])
    ),
    Effect.map((found) =>
      found.map((one) => ({ difference: one, rule: olderCallRules.find((rule) => rule.applies(vector, one)) }))
    )
  )
