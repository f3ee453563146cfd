/** How requests to the platform fail, and whether asking again is safe. */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type * as CallId from "./CallId.ts"
import { format, type Issues } from "./Issue.ts"

/**
 * What was being done. Decides, with the reason, whether a retry is safe.
 *
 * @category models
 * @since 0.1.0
 */
export type Operation =
  | "PiopiyConfig.make"
  | "LegacyConfig.make"
  | "Calls.placeAgentCall"
  | "Calls.placePipelineCall"
  | "Calls.placeDirectCall"
  | "Calls.placeFlowCall"
  | "Calls.transfer"
  | "Calls.hangup"
  | "Calls.status"
  | "Calls.warmTransfer"
  | "Calls.blindTransfer"
  | "Calls.end"
  | "Calls.transferStatus"
  | "Calls.transferUpdates"
  | "Calls.handOff"
  | "LegacyCalls.placeNumbersCall"
  | "LegacyCalls.placePipelineCall"
  | "LegacyCalls.placeAnswerUrlCall"
  | "LegacyCalls.hold"
  | "LegacyCalls.unhold"
  | "LegacyCalls.toggleHold"
  | "LegacyCalls.hangup"
  | "LegacyCalls.channels"
  | "LegacyCalls.cdrByCallId"
  | "LegacyCalls.cdrByRequestId"
  | "Account.balance"
  | "Notifications.make"
  | "Notifications.login"
  | "Notifications.sms"
  | "Webhook.decodeAnswer"
  | "Webhook.decodeDigits"
  | "Webhook.decodeLiveEvent"
  | "Webhook.decodeCdr"
  | "Webhook.decodeInputResult"
  | "Webhook.reply"
  | "Webhook.replyLegacy"
  | "WebhookRouter.layer"

/** Operations that do no harm when they are done twice: queries, and those whose second time changes nothing. */
const repeatable: ReadonlySet<Operation> = new Set<Operation>([
  "Calls.hangup",
  "Calls.status",
  "Calls.end",
  "Calls.transferStatus",
  "Calls.transferUpdates",
  "LegacyCalls.hold",
  "LegacyCalls.unhold",
  "LegacyCalls.hangup",
  "LegacyCalls.channels",
  "LegacyCalls.cdrByCallId",
  "LegacyCalls.cdrByRequestId",
  "Account.balance",
  "Notifications.login"
])

/**
 * Whether the same request may be sent again: `safe`; `ambiguous` when the first one may have taken effect, so that a
 * second could ring a phone twice; `never` when it would fail again.
 *
 * @category models
 * @since 0.1.0
 */
export type Verdict = "safe" | "ambiguous" | "never"

/**
 * Why a request failed.
 *
 * Which status means what beyond `403 {"error":"app_not_active"}` is assumed. `code` is the platform's own, from
 * `error`, `message` or `msg` of the reply, empty when it sent none. Texts of the platform are shortened, and tokens and phone numbers
 * are taken out of them.
 *
 * @category models
 * @since 0.1.0
 */
export type Reason = Data.TaggedEnum<{
  /** A request, or the reply to a callback, breaks the platform's rules. Nothing was sent. */
  InvalidRequest: { readonly issues: Issues }
  /** What was posted to a URL of yours is not what was announced. It is not repeated: it may hold what a caller typed. */
  InvalidCallback: { readonly issues: Issues }
  /** The configuration is unusable. */
  InvalidConfig: { readonly issues: Issues }
  /** 401, in the older API also 407 and 420: the credentials were not accepted. */
  Unauthorized: {}
  /** 403: the account, app or agent may not do this now. */
  Forbidden: { readonly code: string }
  /** 404 to what is asked of one call: it has ended or never was. */
  CallNotFound: {}
  /** 409: something of the kind is under way, under this id if the platform named it. */
  Conflict: { readonly requestId: Option.Option<CallId.RequestId> }
  /** Any other 4xx. In the older API the status may come in the body alone (`code` or `cmi_code`, assumed). */
  Rejected: { readonly status: number; readonly code: string; readonly detail: string }
  /** 429. */
  RateLimited: { readonly retryAfter: Option.Option<Duration.Duration> }
  /** The limits of your own configuration: so many requests wait already. Nothing was sent. */
  Overloaded: { readonly waiting: number }
  /** 408 or 5xx: the request may have taken effect. */
  Unavailable: { readonly status: number }
  /** There is evidence that the request never left: connect, name lookup or certificate failed. */
  NotSent: { readonly code: string }
  /**
   * The request left, or may have, and no verdict came back; or a 2xx that is none of the API, such as HTML of something in
   * between. Also when the transport refused it and gave no code to tell by, as `fetch` does for ports that it blocks:
   * check the base URL.
   */
  OutcomeUnknown: { readonly why: string }
  /**
   * A reply that is no part of the API: a redirect (never followed), a status below 200, or an answer to a query that
   * cannot be read.
   */
  UnexpectedReply: { readonly status: number; readonly body: string; readonly issue: string }
}>

/**
 * Makes reasons, for tests and fakes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Reason = Data.taggedEnum<Reason>()

/**
 * The one failure of this package. Handle a reason with `Effect.catchReason("PiopiyError", "CallNotFound", ...)`.
 *
 * @category errors
 * @since 0.1.0
 */
export class PiopiyError extends Data.TaggedError("PiopiyError")<{
  readonly operation: Operation
  readonly reason: Reason
  /** How many requests were sent, or tried; 0 when the request was refused before. */
  readonly attempts: number
}> {
  /** Whether the same request may be sent again, see {@link Verdict}. */
  get verdict(): Verdict {
    switch (this.reason._tag) {
      case "NotSent":
      case "Overloaded":
      case "RateLimited":
        return "safe"
      case "Unavailable":
      case "OutcomeUnknown":
      case "UnexpectedReply":
        return repeatable.has(this.operation) ? "safe" : "ambiguous"
      default:
        return "never"
    }
  }

  /** What happened and what to do, derived from the reason. */
  override get message(): string {
    const tries = this.attempts > 1 ? ` (after ${this.attempts} attempts)` : ""
    return `${this.operation}: ${explain(this.reason, this.operation)}${tries}`
  }
}

const coded = (text: string, code: string): string => (code === "" ? text : `${text} (${code})`)

const credentialsOf = (operation: Operation): string => {
  if (operation.startsWith("Calls.")) return "the token was not accepted: check PIOPIY_TOKEN"
  if (operation.startsWith("LegacyCalls.")) return "the app id and its secret were not accepted: check both"
  return operation.startsWith("Notifications.")
    ? "the user and the password were not accepted: check both"
    : "the credentials were not accepted: check them"
}

const explain = (reason: Reason, operation: Operation): string =>
  Reason.$match(reason, {
    InvalidRequest: ({ issues }) => `it is invalid and was not sent.\n${format(issues)}`,
    InvalidCallback: ({ issues }) => `the callback cannot be read.\n${format(issues)}`,
    InvalidConfig: ({ issues }) => `the configuration is invalid.\n${format(issues)}`,
    Unauthorized: () => credentialsOf(operation),
    Forbidden: ({ code }) => coded("not allowed for this account, app or agent", code),
    CallNotFound: () => "there is no such live call: it has ended or never was",
    Conflict: ({ requestId }) =>
      Option.match(requestId, {
        onNone: () => "the platform is busy with another request for this call: wait until it is done",
        onSome: (id) => `the platform is busy with request ${id} for this call: wait until it is done`
      }),
    Rejected: ({ code, detail, status }) =>
      `the platform refused the request with status ${status}${code === "" ? "" : ` (${code})`}${
        detail === "" || detail === code ? "" : `: ${detail}`
      }`,
    RateLimited: ({ retryAfter }) =>
      Option.match(retryAfter, {
        onNone: () => "too many requests: ask again later",
        onSome: (after) => `too many requests: ask again in ${Duration.format(after)}`
      }),
    Overloaded: ({ waiting }) => `${waiting} requests wait already, which is your own limit: nothing was sent`,
    Unavailable: ({ status }) =>
      `the platform failed with status ${status}: the request may have taken effect, so look before asking again`,
    NotSent: ({ code }) => `no connection (${code}): nothing was sent`,
    OutcomeUnknown: ({ why }) => `${why}: the request may have taken effect, so look before asking again`,
    UnexpectedReply: ({ issue, status }) => `unexpected reply with status ${status}: ${issue}`
  })
