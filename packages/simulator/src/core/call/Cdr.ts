/** The records that the customer's URL gets, one for each leg of a call that has ended (older API). */
import type { CallRecord } from "./CallRecord.ts"
import * as LegNotice from "./LegNotice.ts"

/**
 * The record of a leg. Times are milliseconds from the tenant's origin; `durationMs` runs from the answer. `balance` is
 * what the account had left then, in its currency, and `chargeMicros` what the leg cost, in millionths of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Cdr extends LegNotice.LegNotice {
  readonly _tag: "Record"
  readonly startedAt: number
  readonly answeredAt?: number
  readonly endedAt: number
  readonly durationMs: number
  readonly chargeMicros: number
  readonly balance: number
}

const minuteMs = 60_000

/**
 * How long after the attempt before each attempt to deliver a record comes, in milliseconds: at once, then after 5, 10
 * and 15 minutes. Source: overview of webhooks of the older API (documented).
 *
 * @category constants
 * @since 0.1.0
 */
export const attemptDelaysMs: ReadonlyArray<number> = [0, 5 * minuteMs, 10 * minuteMs, 15 * minuteMs]

/**
 * The records of a call, of the last leg first (assumed).
 *
 * @category folding
 * @since 0.1.0
 */
export const of = (
  record: CallRecord,
  account: { readonly appId: number; readonly balance: number }
): ReadonlyArray<Cdr> =>
  record.legs.toReversed().map((leg) => ({
    _tag: "Record",
    startedAt: leg.startedAt,
    ...(leg.answeredAt === undefined ? {} : { answeredAt: leg.answeredAt }),
    endedAt: leg.endedAt,
    durationMs: leg.durationMs,
    chargeMicros: leg.chargeMicros ?? 0,
    balance: account.balance,
    ...LegNotice.of(record, leg, account.appId)
  }))
