/**
 * What has to become of a request that goes wrong, written by hand: never computed from what the SDK or the simulator
 * does.
 */
import { type Fault, Simulator } from "@effect-piopiy/simulator"
import * as neverTwice from "./neverTwice.ts"

import type * as Duration from "effect/Duration"
/** How often the phone rings or the call ends, in how many requests, and what the caller of the SDK is told. */
export type Outcome = `${number} in ${number}, ${string}`

/** With one attempt; with three at most, when the fault befalls the first of them, or all. */
export interface Outcomes {
  readonly none: Outcome
  readonly once: Outcome
  readonly always: Outcome
}

export interface Row extends neverTwice.Fault {
  readonly ringing: Outcomes
  readonly ending: Outcomes
  /** What becomes of a call that rings a phone when whatever fails is sent again. */
  readonly retried: Outcome
}

type Expected = Omit<Row, "name" | "fault">

const same = (outcome: Outcome): Outcomes => ({ none: outcome, once: outcome, always: outcome })

/** The request or its reply was lost, and the platform has not acted: the caller cannot know. */
const lostBefore = (reason: string): Expected => ({
  ringing: same(`0 in 1, ${reason}, ambiguous`),
  ending: { none: `0 in 1, ${reason}, safe`, once: "1 in 2, done", always: `0 in 3, ${reason}, safe` },
  retried: "1 in 2, done"
})

/** The same, and it has. */
const lostAfter = (reason: string): Expected => ({
  ringing: same(`1 in 1, ${reason}, ambiguous`),
  ending: { none: `1 in 1, ${reason}, safe`, once: "1 in 2, done", always: `1 in 3, ${reason}, safe` },
  retried: "2 in 2, done"
})

/** The reply cannot be read, unless its status says that the call has ended. */
const unreadable: Expected = {
  ...lostAfter("OutcomeUnknown"),
  ending: { none: "1 in 1, OutcomeUnknown, safe", once: "1 in 2, done", always: "1 in 2, done" }
}

const throttled: Outcomes = {
  none: "0 in 1, RateLimited, safe",
  once: "1 in 2, done",
  always: "0 in 3, RateLimited, safe"
}

const tooLongThrottled = same("0 in 1, RateLimited, safe")

const refused = (reason: string): Expected => ({
  ringing: same(`0 in 1, ${reason}, never`),
  ending: same(`0 in 1, ${reason}, never`),
  retried: `0 in 1, ${reason}, never`
})

const fine: Expected = { ringing: same("1 in 1, done"), ending: same("1 in 1, done"), retried: "1 in 1, done" }

export const status = (code: number, effect: "before" | "after", retryAfterS?: number): Fault.RequestFault => ({
  _tag: "Status",
  status: code,
  effect,
  ...(retryAfterS === undefined ? {} : { retryAfterS })
})

/** Everything that can go wrong with a request that was written, when the SDK waits so long for a reply. */
export const tableFor = (timeoutMs: number): ReadonlyArray<Row> => [
  {
    name: "the connection breaks off before the platform acts",
    fault: { _tag: "Reset", effect: "before" },
    ...lostBefore("OutcomeUnknown")
  },
  {
    name: "the connection breaks off after the platform acted",
    fault: { _tag: "Reset", effect: "after" },
    ...lostAfter("OutcomeUnknown")
  },
  {
    name: "nobody answers and the platform does not act",
    fault: { _tag: "NoAnswer", effect: "before" },
    ...lostBefore("OutcomeUnknown")
  },
  {
    name: "nobody answers and the platform acted",
    fault: { _tag: "NoAnswer", effect: "after" },
    ...lostAfter("OutcomeUnknown")
  },
  ...[500, 501, 502, 503, 504, 408].flatMap((code): ReadonlyArray<Row> => [
    { name: `${code} comes before the platform acts`, fault: status(code, "before"), ...lostBefore("Unavailable") },
    { name: `${code} comes after the platform acted`, fault: status(code, "after"), ...lostAfter("Unavailable") }
  ]),
  {
    name: "it is led elsewhere before the platform acts",
    fault: status(302, "before"),
    ...lostBefore("UnexpectedReply")
  },
  {
    name: "it is led elsewhere after the platform acted",
    fault: status(302, "after"),
    ...lostAfter("UnexpectedReply")
  },
  {
    name: "there are too many",
    fault: status(429, "before"),
    ringing: throttled,
    ending: throttled,
    retried: "1 in 2, done"
  },
  {
    name: "there are too many for five seconds",
    fault: status(429, "before", 5),
    ringing: throttled,
    ending: throttled,
    retried: "1 in 2, done"
  },
  {
    name: "there are too many for longer than the SDK waits",
    fault: status(429, "before", 31),
    ringing: tooLongThrottled,
    ending: tooLongThrottled,
    retried: "0 in 1, RateLimited, safe"
  },
  { name: "it is refused", fault: status(400, "before"), ...refused("Rejected") },
  { name: "nobody knows the token", fault: status(401, "before"), ...refused("Unauthorized") },
  { name: "the account may not", fault: status(403, "before"), ...refused("Forbidden") },
  { name: "something else runs", fault: status(409, "before"), ...refused("Conflict") },
  { name: "the reply ends in its middle", fault: { _tag: "Truncated" }, ...unreadable },
  { name: "the reply is HTML", fault: { _tag: "Garbage" }, ...unreadable },
  {
    name: "the reply goes on when the SDK has given up",
    fault: { _tag: "SlowBody", ms: timeoutMs * 3 },
    ...lostAfter("OutcomeUnknown")
  },
  { name: "the reply is slow", fault: { _tag: "SlowBody", ms: timeoutMs / 2 }, ...fine },
  {
    name: "the platform acts when the SDK has given up",
    fault: { _tag: "Delay", ms: timeoutMs * 1.5 },
    ...lostAfter("OutcomeUnknown")
  },
  { name: "the platform is slow", fault: { _tag: "Delay", ms: timeoutMs / 2 }, ...fine }
]

export const table = tableFor(10_000)

export const isRinging = ({ rings }: neverTwice.Intent): boolean => rings !== "nobody"
export const ringing = neverTwice.intents.filter(isRinging)

export const expected = (
  { name }: neverTwice.Intent,
  row: neverTwice.Fault,
  outcome: Outcome
): string => `${name}, when ${row.name}: ${outcome}`

export const outcomesOf = (intent: neverTwice.Intent, row: Row): Outcomes =>
  isRinging(intent) ? row.ringing : row.ending

const intentsNamed = (...names: ReadonlyArray<string>): ReadonlyArray<neverTwice.Intent> =>
  neverTwice.intents.filter(({ name }) => names.includes(name))

/** One for each way to the platform. */
export const some = intentsNamed("placeAgentCall", "the older placePipelineCall", "transfer", "hangup")

/** No fault, but a count of the requests that come. */
export const counted: ReadonlyArray<neverTwice.Fault> = [{
  name: "the platform is down",
  fault: { _tag: "Delay", ms: 0 }
}]

export const outage = (lasts: Duration.Input) => Simulator.Simulator.use((simulator) => simulator.outage({ lasts }))
