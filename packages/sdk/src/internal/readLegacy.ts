/** What the older API answers to queries. Numbers come as JSON numbers and as text. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Issues } from "../Issue.ts"
import * as Messaging from "../wire/Messaging.ts"
import * as RestLegacy from "../wire/RestLegacy.ts"
import * as judge from "./judge.ts"
import { getIn } from "./plainData.ts"
import * as replyErrors from "./replyErrors.ts"

const numeric = (value: string | number | undefined): Option.Option<number> => {
  const count = value === undefined || String(value).trim() === "" ? Number.NaN : Number(value)
  return Number.isFinite(count) ? Option.some(count) : Option.none()
}

/** A number that has to be there. */
const needed = (path: string, value: string | number | undefined): Result.Result<number, Issues> =>
  Result.fromOption(numeric(value), (): Issues => [{ path, wirePath: path, message: "Expected a number" }])

/** What the body that answers a dial request says. Any will do: asking again could ring a phone twice. */
export const placed = (body: unknown) => {
  const inData = getIn(body, ["data"])
  const status = replyErrors.textOf(body, "status") || replyErrors.textOf(inData, "status")
  return {
    status,
    requestId: Option.orElse(
      replyErrors.requestIdOf(body),
      () => replyErrors.requestIdOf(inData)
    )
  }
}

const readChannels = judge.readWire(RestLegacy.Channels)

/** How many calls are up. */
export const channels = (body: unknown): Result.Result<number, Issues> =>
  Result.flatMap(readChannels(body), ({ channel }) => needed("channel", channel))

const record = (wire: typeof RestLegacy.CallRecord.Type) =>
  Result.map(needed("duration", wire.duration), (seconds) => ({
    from: String(wire.from),
    to: String(wire.to),
    status: wire.status,
    duration: Duration.seconds(seconds),
    time: Option.flatMap(numeric(wire.time), DateTime.make),
    leg: Option.fromNullishOr(wire.leg),
    direction: Option.fromNullishOr(wire.direction),
    rate: numeric(wire.rate),
    balance: numeric(wire.balance)
  }))

const readCdr = judge.readWire(RestLegacy.CdrOfCall)

/** The record of one leg. */
export const cdr = (body: unknown) => Result.flatMap(readCdr(body), (wire) => record(wire.cdr))

const readCdrs = judge.readWire(RestLegacy.CdrsOfRequest)

/** The records of a request: one for each leg. */
export const cdrs = (body: unknown) =>
  Result.flatMap(readCdrs(body), ({ cdr }) => Result.all(("duration" in cdr ? [cdr] : cdr).map(record)))

const readBalance = judge.readWire(RestLegacy.Balance)

/** What is left on the account. */
export const balance = (body: unknown) =>
  Result.flatMap(readBalance(body), (wire) =>
    Result.map(needed("balance", wire.balance), (amount) => ({
      amount,
      messages: numeric(wire.sms),
      expiresAt: Option.flatMap(numeric(wire.expire), DateTime.make)
    })))

const readLogin = judge.readWire(Messaging.LoggedIn)

/** The token of a user who logged in. */
export const login = (body: unknown): Result.Result<string, Issues> => Result.map(readLogin(body), ({ token }) => token)
