/** What the older API answers when a request was taken; the codes come with the dialect. */
import * as Messaging from "@effect-piopiy/sdk/wire/Messaging"
import type { Cdr } from "../../core/call/Cdr.ts"
import type { Account } from "../../engine/Account.ts"
import * as notices from "../webhook/notices.ts"
import type { Problem } from "./Admission.ts"
import { type Accepted, type Refused, refused } from "./reply.ts"

const accepted = (body: Accepted["body"]): Accepted => ({ status: 200, body })

/**
 * A call was dialed. Conflict: official examples lack the `request_id` in `data`, some pages that at the top
 * (documented); it is in both places. `warnings` is the simulator's own: what of the request was passed over.
 *
 * @category replies
 * @since 0.1.0
 */
export const dialled = (requestId: string, warnings: ReadonlyArray<Problem>): Accepted =>
  accepted({
    data: { status: "progress", request_id: requestId },
    status: "progress",
    request_id: requestId,
    ...(warnings.length === 0 ? {} : { warnings })
  })

/**
 * Something was done to a call (assumed: the answers are not documented).
 *
 * @category replies
 * @since 0.1.0
 */
export const acted = (action: string): Accepted => accepted({ msg: `${action} queued` })

/**
 * How many calls are in progress, as text (documented).
 *
 * @category replies
 * @since 0.1.0
 */
export const channels = (count: number): Accepted => accepted({ channel: String(count) })

/** What queries show of a record as webhooks bring it. */
const record = (cdr: Cdr, originEpochMs: number): Readonly<Record<string, unknown>> => {
  const { balance, call_rate: rate, direction, duration, from, leg, status, time, to } = notices.body(
    cdr,
    originEpochMs
  )
  return { duration, balance, rate, from, to, time, leg, direction, status }
}

/**
 * The record of a leg (documented).
 *
 * @category replies
 * @since 0.1.0
 */
export const cdr = (found: Cdr, originEpochMs: number): Accepted => accepted({ cdr: record(found, originEpochMs) })

/**
 * The records of a call's legs (documented).
 *
 * @category replies
 * @since 0.1.0
 */
export const cdrs = (found: ReadonlyArray<Cdr>, originEpochMs: number): Accepted =>
  accepted({ count: found.length, cdr: found.map((one) => record(one, originEpochMs)) })

/**
 * No call that has ended has this id (documented as 404).
 *
 * @category replies
 * @since 0.1.0
 */
export const noCdr: Refused = refused(404, "CDR_NOT_FOUND", "no call that has ended has this id")

/**
 * What is left on the account (documented for the contact centre).
 *
 * @category replies
 * @since 0.1.0
 */
export const balance = (account: Account["Service"]): Accepted =>
  accepted({ balance: account.balance(), sms: account.smsBalance(), expire: account.expiresAt })

/**
 * As {@link balance}, the balance as text, as on the Indian page (documented).
 *
 * @category replies
 * @since 0.1.0
 */
export const balanceIndia = (account: Account["Service"]): Accepted => {
  const { body, status } = balance(account)
  return { status, body: { ...body, balance: String(account.balance()) } }
}

/**
 * A user has logged in. The members are documented, their values assumed.
 *
 * @category replies
 * @since 0.1.0
 */
export const loggedIn = (id: string, token: string, appId: number): Accepted =>
  accepted({ msg: "logged in", token, agent: { category: "user", id, inet_no: appId, name: id } })

/**
 * A message was taken (documented). It goes nowhere.
 *
 * @category replies
 * @since 0.1.0
 */
export const messageSent: Accepted = accepted({ msg: Messaging.messageSent })
