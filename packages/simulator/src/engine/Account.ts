/**
 * Who pays for the calls of a tenant, and how many there may be: an app id with its secret, a balance, limits, users.
 *
 * Money is counted in whole millionths of the account's currency.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { CallKind } from "../core/call/CallEvent.ts"
import type { CallRecord } from "../core/call/CallRecord.ts"
import * as Seed from "../core/Seed.ts"
import { isSame } from "./isSame.ts"
import { Refusal } from "./Refusal.ts"
import { Timeline } from "./Timeline.ts"

/**
 * Someone who logs in to send messages. Ids look like `101_1000001`, an extension and an app id (documented).
 *
 * @category models
 * @since 0.1.0
 */
export interface User {
  readonly id: string
  readonly password: Redacted.Redacted<string>
}

/**
 * What an account is made of. `balance` and `ratePerMinute` are in its currency, to six decimals; `channels` bounds the
 * calls in progress, `callsPerSecond` those placed within any second. A limit that is left out does not exist.
 *
 * @category models
 * @since 0.1.0
 */
export interface AccountOptions {
  readonly appId: number
  readonly appSecret: Redacted.Redacted<string>
  readonly active: boolean
  readonly balance: number
  readonly ratePerMinute: number
  readonly channels?: number
  readonly callsPerSecond?: number
  readonly users: ReadonlyArray<User>
}

/**
 * The account of a tenant.
 *
 * That calls are refused without balance, that calls in progress go on when it runs out and take it below zero, and that
 * calls from outside occupy channels, is assumed: nothing public says so.
 *
 * @category services
 * @since 0.1.0
 */
export class Account extends Context.Service<Account, {
  readonly appId: number
  /** Whether this is the account's secret. Takes as long for any text. */
  readonly accepts: (secret: string) => boolean
  /** What a started minute of an answered leg costs, in millionths. */
  readonly rateMicros: number
  /**
   * Takes one more call beside `live` ones, or says why not: `AppNotActive`, `NoBalance`, `ChannelsInUse`, `TooFast`,
   * looked at in this order. Calls from outside do not count towards the calls per second.
   */
  readonly admit: (live: number, kind: CallKind) => Refusal | undefined
  /** Takes off the balance what the legs of an ended call cost. */
  readonly charge: (record: CallRecord) => void
  /** What is left, in the account's currency. Below zero when calls went on longer than it lasted. */
  readonly balance: () => number
  /** Messages that may still be sent. They are never sent here, so it stays. */
  readonly smsBalance: () => number
  /** When the account expires, in milliseconds since 1970: a year after the origin. Nothing happens then. */
  readonly expiresAt: number
  /** The token of a user, the same at every login (assumed). Nothing for an unknown id or a wrong password. */
  readonly login: (id: string, password: string) => string | undefined
}>()("@effect-piopiy/simulator/Account") {}

const smsBalance = 1000
const yearMs = 365 * 24 * 3_600_000
const secondMs = 1000
/** When a call ends, nobody knows; a caller who is refused for its channels is asked to wait this long. */
const channelRetryMs = 1000

const micros = (amount: number): number => Math.round(amount * 1_000_000)

/**
 * Lets `limit` through within any second, by the moments at which the last `limit` were let through. The result is how
 * long to wait, in milliseconds; 0 is let through.
 */
const limiter = (limit: number) => {
  const admittedAt = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY)
  let oldest = 0
  return (nowMs: number): number => {
    const waitMs = Math.max(0, (admittedAt[oldest] ?? nowMs) + secondMs - nowMs)
    if (waitMs > 0) return waitMs
    admittedAt[oldest] = nowMs
    oldest = (oldest + 1) % limit
    return 0
  }
}

const make = (options: AccountOptions, seed: number) =>
  Effect.gen(function*() {
    const timeline = yield* Timeline
    const users = new Map(options.users.map((user) => [user.id, Redacted.value(user.password)]))
    const waitMs = options.callsPerSecond === undefined ? () => 0 : limiter(options.callsPerSecond)
    const channels = options.channels ?? Number.POSITIVE_INFINITY
    let balanceMicros = micros(options.balance)

    const admit = (live: number, kind: CallKind): Refusal | undefined => {
      if (!options.active) return new Refusal({ why: "AppNotActive" })
      if (balanceMicros <= 0) return new Refusal({ why: "NoBalance" })
      if (live >= channels) return new Refusal({ why: "ChannelsInUse", retryAfterMs: channelRetryMs })
      const retryAfterMs = kind === "Inbound" ? 0 : waitMs(timeline.nowMs())
      return retryAfterMs === 0 ? undefined : new Refusal({ why: "TooFast", retryAfterMs })
    }

    const login = (id: string, password: string): string | undefined => {
      const expected = users.get(id)
      if (expected === undefined || !isSame(password, expected)) return undefined
      return Seed.alphanumeric(seed, `login/${options.appId}/${id}/${password}`, 1)
    }

    return Account.of({
      appId: options.appId,
      accepts: (secret) => isSame(secret, Redacted.value(options.appSecret)),
      rateMicros: micros(options.ratePerMinute),
      admit,
      charge: (record) => {
        for (const leg of record.legs) balanceMicros -= leg.chargeMicros ?? 0
      },
      balance: () => balanceMicros / 1_000_000,
      smsBalance: () => smsBalance,
      expiresAt: timeline.originEpochMs + yearMs,
      login
    })
  })

/**
 * An account with its whole balance. The seed decides the tokens of its users.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: AccountOptions, seed: number): Layer.Layer<Account, never, Timeline> =>
  Layer.effect(Account, make(options, seed))
