/** Whether a rule is for something that happens, and whether it fires then. */
import * as Chance from "../media/Chance.ts"
import { type Place, placeOf, type Rule, type When } from "./Fault.ts"

/**
 * Something that a fault may befall, `at` milliseconds from the tenant's origin. `numbers` are those of the call, as they
 * are written; `operation` is method and path of a request, `notice` the kind of a webhook, `url` where a webhook or a
 * stream goes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Point {
  readonly place: Place
  readonly at: number
  readonly operation?: string
  readonly numbers?: ReadonlyArray<string>
  readonly callId?: string
  readonly notice?: string
  readonly url?: string
}

/**
 * How often a rule was met with what it is for, and how often it fired then.
 *
 * @category models
 * @since 0.1.0
 */
export interface Counts {
  readonly matched: number
  readonly fired: number
}

/** @since 0.1.0 */
export const none: Counts = { matched: 0, fired: 0 }

const digits = (number: string): string => number.replace(/\D/g, "")

const meets = (when: When, point: Point): boolean => {
  const { callId, fromMs = 0, notice, number, operation, untilMs = Number.POSITIVE_INFINITY, url } = when
  return (operation === undefined || operation === point.operation
    || operation === point.operation?.replace(/^\S+ /, ""))
    && (number === undefined || point.numbers?.some((one) => digits(one) === number) === true)
    && (callId === undefined || callId.toLowerCase() === point.callId?.toLowerCase())
    && (notice === undefined || notice === point.notice)
    && (url === undefined || point.url?.startsWith(url) === true)
    && point.at >= fromMs && point.at < untilMs
}

/**
 * Whether the rule is for this, leaving aside how often it fires.
 *
 * @category deciding
 * @since 0.1.0
 */
export const matches = ({ fault, when = {} }: Rule, point: Point): boolean =>
  placeOf(fault) === point.place && meets(when, point)

/**
 * What becomes of a rule that {@link matches} what has just happened. Chance is drawn for each match by its count, so
 * that what other rules do changes nothing.
 *
 * @category deciding
 * @since 0.1.0
 */
export const next = (
  { when: { first = Number.POSITIVE_INFINITY, nth, probability = 1 } = {} }: Rule,
  counts: Counts,
  seed: number
): { readonly counts: Counts; readonly fires: boolean } => {
  const matched = counts.matched + 1
  const fires = counts.fired < first && nth?.includes(matched) !== false && Chance.happens(seed, matched, probability)
  return { fires, counts: { matched, fired: counts.fired + (fires ? 1 : 0) } }
}
