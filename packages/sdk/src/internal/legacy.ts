/** Requests to the older API, whose replies may say in their body alone that the request failed. */
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Reason } from "../PiopiyError.ts"
import * as RestLegacy from "../wire/RestLegacy.ts"
import type { Sending } from "./checkConfig.ts"
import { getIn } from "./plainData.ts"
import * as replyErrors from "./replyErrors.ts"
import * as rest from "./rest.ts"
import type { Scrub } from "./scrub.ts"

/** Where the platform is: at its own addresses, or at one that stands in for them. */
export const addressed = (baseUrl: Option.Option<string>, url: string): string =>
  Option.match(baseUrl, { onNone: () => url, onSome: (base) => `${base}${new URL(url).pathname}` })

/** The code in the body, if it says that the request failed. One that is no number counts as 400. */
const failureCode = (reply: replyErrors.Reply): number | undefined => {
  const body = replyErrors.json(reply)
  const code = getIn(body, ["cmi_code"]) ?? getIn(body, ["code"])
  if (code === undefined || code === null || RestLegacy.successCodes.some((success) => success === code)) {
    return undefined
  }
  const digits = /^(?:cmi-)?([1-9]\d{2})$/.exec(String(code))?.[1]
  return digits === undefined ? RestLegacy.failureCodes.badRequest : Number(digits)
}

const { badCredentials, badCredentialsOfQuery, missingProperty, missingPropertyV1, unauthorized } =
  RestLegacy.failureCodes

/** What a code of the voice API means, in the words of HTTP. */
const statusOf = (code: number): number => {
  if (code === badCredentials || code === badCredentialsOfQuery) return unauthorized
  if (code === missingProperty || code === missingPropertyV1) return RestLegacy.failureCodes.invalid
  return code < 400 ? RestLegacy.failureCodes.badRequest : code
}

/**
 * The reason that a reply stands for, if it is a failure. A status of 5xx is one of the network, whatever the body says;
 * otherwise the code in the body counts.
 */
const failureOf = (
  { codes = statusOf, running, scrub }: Pick<Ask<unknown>, "codes" | "running" | "scrub">,
  reply: replyErrors.Reply,
  nowMs: number
): Option.Option<Reason> => {
  const { status } = reply
  const fromReply = (as: number) =>
    Option.some(replyErrors.fromReply(running.operation, { ...reply, status: as }, scrub, nowMs))
  if (status < 200 || (status >= 300 && status < 400) || status >= 500) return fromReply(status)
  const code = failureCode(reply)
  if (code !== undefined) return fromReply(codes(code))
  return status < 300 ? Option.none() : fromReply(codes(status))
}

/** One thing asked of the older API. */
export interface Ask<A> {
  readonly running: rest.Running
  /** Below the platform's own addresses. */
  readonly url: string
  readonly body: object
  /** Takes out what may not show in errors. */
  readonly scrub: Scrub
  readonly meaning: (reply: replyErrors.Reply) => Result.Result<A, Reason>
  /** What a code means, where it differs from the voice API. */
  readonly codes?: (code: number) => number
  readonly whenGone?: (attempt: number) => Option.Option<A>
}

export const make = (config: Sending & { readonly baseUrl: Option.Option<string> }) =>
  Effect.map(rest.make(config), (send) => <A>(asked: Ask<A>) =>
    send<A>({
      running: asked.running,
      request: HttpClientRequest.post(addressed(config.baseUrl, asked.url)).pipe(
        HttpClientRequest.acceptJson,
        HttpClientRequest.bodyJsonUnsafe(asked.body)
      ),
      read: (reply, nowMs) =>
        Option.match(failureOf(asked, reply, nowMs), { onNone: () => asked.meaning(reply), onSome: Result.fail }),
      ...(asked.whenGone === undefined ? {} : { whenGone: asked.whenGone })
    }))
