/** What a reply, or its absence, means. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as CallId from "../CallId.ts"
import { format, type Issues } from "../Issue.ts"
import { type Operation, Reason } from "../PiopiyError.ts"
import { attempt, getIn, isRecord } from "./plainData.ts"
import type { Scrub } from "./scrub.ts"

export interface Reply {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | undefined
}

/** The JSON of a reply, or nothing when it is no JSON. */
export const json = (reply: Reply): unknown => attempt<unknown>(() => JSON.parse(reply.text), undefined)

/** A text of the reply's object, or an empty one. */
export const textOf = (body: unknown, key: string): string => {
  const value = getIn(body, [key])
  return typeof value === "string" ? value.trim() : ""
}

const decodeCallId = Schema.decodeOption(CallId.CallId)
const decodeRequestId = Schema.decodeOption(CallId.RequestId)

/** The call id of the reply's object. One that is missing, blank or of another form counts as none. */
export const callIdOf = (body: unknown) => decodeCallId(textOf(body, "call_id"))

/** The request id of the reply's object. One that is missing or blank counts as none. */
export const requestIdOf = (body: unknown) => decodeRequestId(textOf(body, "request_id"))

/** Markup, or JSON that does not end: what something between us and the platform says, or what is left of its words. */
const isStray = (text: string): boolean => /^[<{["]/.test(text)

/**
 * What the platform said to something that it was to do: JSON, a text, or nothing at all. Anything else comes from
 * somebody else, and tells nothing of what the platform did.
 */
export const taken = <A>(reply: Reply, read: (body: unknown) => A): Result.Result<A, Reason> => {
  const body = json(reply)
  return body === undefined && isStray(reply.text.trim())
    ? Result.fail(Reason.OutcomeUnknown({ why: `the reply with status ${reply.status} is none of the API` }))
    : Result.succeed(read(body))
}

/** What a query asked for, as `decode` reads it. A body that is no JSON, or other than expected, is no reply. */
export const decoded = <A>(
  reply: Reply,
  scrub: Scrub,
  decode: (body: unknown) => Result.Result<A, Issues>
): Result.Result<A, Reason> => {
  const body = json(reply)
  const read = body === undefined ? Result.fail("Expected JSON") : Result.mapError(decode(body), format)
  return Result.mapError(
    read,
    (issue) => Reason.UnexpectedReply({ status: reply.status, body: scrub(reply.text), issue })
  )
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

/** The days from 1970 to a day of the calendar. March begins the year, so that a leap day ends one. */
const daysSince1970 = (year: number, month: number, day: number): number => {
  const years = month < 2 ? year - 1 : year
  const days = Math.floor(((month + 10) % 12 * 153 + 2) / 5) + day - 1
  return 365 * years + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + days - 719_468
}

/** The moment of a date as HTTP writes it, in milliseconds: `Thu, 01 Jan 1970 00:00:07 GMT`. */
const httpDate = (text: string): number => {
  const found = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text)
  const [, day = "", name = "", year = "", hour = "", minute = "", second = ""] = found ?? []
  const month = months.indexOf(name) / 3
  if (found === null || !Number.isInteger(month) || month < 0) return Number.NaN
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second)
  return (daysSince1970(Number(year), month, Number(day)) * 86_400 + seconds) * 1000
}

/** Seconds, or a date that is compared with `nowMs`; in the past it is no wait at all. */
export const parseRetryAfter = (header: string | undefined, nowMs: number): Option.Option<Duration.Duration> => {
  const text = header?.trim() ?? ""
  if (/^\d{1,9}$/.test(text)) return Option.some(Duration.seconds(Number(text)))
  const at = httpDate(text)
  return Number.isNaN(at) ? Option.none() : Option.some(Duration.millis(Math.max(0, at - nowMs)))
}

/** Operations on one call or transfer: 404 says that it is not there. */
const aboutOne: ReadonlySet<Operation> = new Set<Operation>([
  "Calls.transfer",
  "Calls.hangup",
  "Calls.status",
  "Calls.warmTransfer",
  "Calls.blindTransfer",
  "Calls.end",
  "Calls.transferStatus",
  "Calls.transferUpdates",
  "Calls.handOff",
  "LegacyCalls.hold",
  "LegacyCalls.unhold",
  "LegacyCalls.toggleHold",
  "LegacyCalls.hangup",
  "LegacyCalls.cdrByCallId",
  "LegacyCalls.cdrByRequestId"
])

/** Whether the platform took the request. */
export const isOk = ({ status }: Reply): boolean => status >= 200 && status < 300

/** The reason that a reply outside 2xx stands for. */
export const fromReply = (
  operation: Operation,
  reply: Reply,
  scrub: Scrub,
  nowMs: number
): Reason => {
  const { status } = reply
  const body = json(reply)
  const code = scrub(textOf(body, "error") || textOf(body, "message") || textOf(body, "msg"))
  if (status === 408 || status >= 500) return Reason.Unavailable({ status })
  if (status < 400) {
    const issue = status >= 300 ? "a redirect, which is never followed: check the base URL" : "not a final status"
    return Reason.UnexpectedReply({ status, body: scrub(reply.text), issue })
  }
  switch (status) {
    case 401:
      return Reason.Unauthorized()
    case 403:
      return Reason.Forbidden({ code })
    case 404:
      if (aboutOne.has(operation)) return Reason.CallNotFound()
      break
    case 409:
      return Reason.Conflict({ requestId: requestIdOf(body) })
    case 429:
      return Reason.RateLimited({ retryAfter: parseRetryAfter(reply.retryAfter, nowMs) })
  }
  const detail = isRecord(body) ? textOf(body, "message") : reply.text
  return Reason.Rejected({ status, code, detail: scrub(detail) })
}

/** Codes that say that no request was written, whatever they come with. */
const notSentCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID"
])

/** Codes that say so only when they come from the system call that connects. */
const connectCodes = new Set(["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN", "ETIMEDOUT", "EADDRNOTAVAIL"])

interface Sign {
  readonly code: string
  readonly notSent: boolean
}

/** The codes along the chain of causes. Of several tries at once (`errors`), each has its own say. */
const signs = (error: unknown, depth: number): ReadonlyArray<Sign> => {
  if (!isRecord(error) || depth > 8) return []
  const errors = error["errors"]
  if (Array.isArray(errors) && errors.length > 0) return errors.flatMap((one) => signs(one, depth + 1))
  const code = error["code"]
  const own = typeof code === "string"
    ? [{ code, notSent: notSentCodes.has(code) || (connectCodes.has(code) && error["syscall"] === "connect") }]
    : []
  return [...own, ...signs(error["cause"], depth + 1)]
}

/**
 * The reason that the failure of a transport stands for. Only positive evidence makes it `NotSent`: every code that the
 * chain of causes holds says so, and there is one.
 */
export const fromTransport = (error: unknown): Reason => {
  const found = signs(error, 0)
  const [first] = found
  if (first === undefined) return Reason.OutcomeUnknown({ why: "the connection failed" })
  const unclear = found.find((sign) => !sign.notSent)
  return unclear === undefined
    ? Reason.NotSent({ code: first.code })
    : Reason.OutcomeUnknown({ why: `the connection failed (${unclear.code.slice(0, 64)})` })
}
