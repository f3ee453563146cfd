/** Which calls an expectation is about, and when. */
import * as Calls from "./Calls.ts"
import type { Expectation } from "./Expectation.ts"
import * as likeness from "./likeness.ts"
import * as phrase from "./phrase.ts"

/**
 * All calls when `calls` is absent. Moments are milliseconds from the origin, both included.
 *
 * @category models
 * @since 0.1.0
 */
export interface Scope {
  readonly calls?: ReadonlySet<string>
  readonly fromMs: number
  readonly toMs: number
  /** As it is added to a sentence. */
  readonly words: string
  /** Why nothing can be in it, and lines that help. */
  readonly problem?: readonly [why: string, ...more: ReadonlyArray<string>]
}

/** Whether a text or a place names a call. */
const names = (call: string | number) => ({ callId, origin, place }: Calls.Call): boolean => {
  if (typeof call === "number") return place === call
  if (callId === call || origin?.requestId === call) return true
  const number = Calls.plain(call)
  return origin?.to === number || origin?.callerId === number
}

const known = (calls: Calls.Calls): ReadonlyArray<string> =>
  phrase.some(
    [...calls.values()].map(({ origin, place }) =>
      `call ${place}${origin === undefined ? "" : ` is from ${origin.callerId} to ${origin.to}`}`
    ),
    5
  )

const time = (fromMs: number, toMs: number): string => {
  if (fromMs === 0) return toMs === Number.POSITIVE_INFINITY ? "" : `, no later than ${phrase.moment(toMs)}`
  return toMs === Number.POSITIVE_INFINITY
    ? `, from ${phrase.moment(fromMs)} on`
    : `, between ${phrase.moment(fromMs)} and ${phrase.moment(toMs)}`
}

/**
 * The scope of an expectation among the calls that there were.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (expectation: Expectation, all: Calls.Calls): Scope => {
  const { betweenMs: [earliest, latest] = [0, Number.POSITIVE_INFINITY], call, withinMs = Number.POSITIVE_INFINITY } =
    expectation
  const since = expectation._tag === "CallerHeard" ? expectation.fromMs ?? 0 : 0
  const [fromMs, toMs] = [Math.max(earliest, since), Math.min(latest, withinMs)]
  const words = time(fromMs, toMs)
  const empty = toMs < fromMs ? { problem: ["that time ends before it begins"] as const } : {}
  if (call === undefined) return { fromMs, toMs, words, ...empty }
  const meant = [...all.values()].filter(names(call))
  const calls = new Set(meant.map(({ callId }) => callId))
  const which = phrase.listed(phrase.some(meant.map(({ place }) => `call ${place}`), 3))
  const unknown = meant.length === 0 ? { problem: [`there was no such call`, ...known(all)] as const } : {}
  const named = which === "" ? ` on call ${phrase.value(call)}` : ` on ${which}`
  return { calls, fromMs, toMs, words: named + words, ...empty, ...unknown }
}

/**
 * Whether a call is one of those.
 *
 * @category predicates
 * @since 0.1.0
 */
export const hasCall = ({ calls }: Scope, callId: string | undefined): boolean =>
  calls === undefined || (callId !== undefined && calls.has(callId))

/**
 * @category predicates
 * @since 0.1.0
 */
export const hasMoment = ({ fromMs, toMs }: Scope, at: number): boolean => at >= fromMs && at <= toMs

/**
 * How something lies outside, if it does.
 *
 * @category comparing
 * @since 0.1.0
 */
export const outside = (
  scope: Scope,
  { at, callId }: { readonly at: number; readonly callId?: string }
): ReadonlyArray<likeness.Difference> => [
  ...hasCall(scope, callId)
    ? []
    : [likeness.difference(2, callId === undefined ? "on no call that is known" : "on another call")],
  ...at < scope.fromMs ? [likeness.difference(1, `too early by ${phrase.ms(scope.fromMs - at)}`)] : [],
  ...at > scope.toMs ? [likeness.difference(1, `too late by ${phrase.ms(at - scope.toMs)}`)] : []
]
