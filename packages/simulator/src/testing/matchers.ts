/**
 * Matchers for vitest. Importing this module adds them to its `expect`:
 *
 * `expect(yield* simulator.evidence()).toHaveRung("919840007101", { times: 1 })`
 *
 * What cannot be judged, as a call that does not exist, fails with `.not`, too.
 */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { expect, type MatcherState } from "vitest"
import { type Evidence, Expectation, Verdict } from "../index.ts"

type Tag = Expectation.Expectation["_tag"]

/** All keys of an expectation but those that the matcher takes by themselves. */
type Rest<T extends Tag, Own extends string = never> = Omit<Expectation.ExpectationOf<T>, "_tag" | Own>

/**
 * What can be expected of evidence. Each is the expectation of this kind in {@link Expectation}, which says more.
 *
 * @category models
 * @since 0.1.0
 */
export interface EvidenceMatchers<R> {
  /** Somebody's phone rang, or an agent was reached: so many `times` exactly, or at least once. */
  readonly toHaveRung: (number: string, options?: Rest<"Rang", "number">) => R
  readonly toHaveAnswered: (number: string, options?: Rest<"Answered", "number">) => R
  /** A caller was bridged to a number, a SIP user or an agent. */
  readonly toHaveBridgedTo: (number: string, options?: Rest<"BridgedTo", "number">) => R
  /** A text with these words was spoken, or the file of exactly this name played. */
  readonly toHaveHeardPrompt: (text: string, options?: Rest<"HeardPrompt", "text">) => R
  readonly toHavePressed: (digits: string, options?: Rest<"Pressed", "digits">) => R
  /** A call ended, with a `cause`, `by` somebody, as a `disposition`. */
  readonly toHaveEnded: (how?: Rest<"Ended">) => R
  /** A webhook went out and was answered with a 2xx; `body` is what its JSON has among other things. */
  readonly toHaveDeliveredWebhook: (what?: Rest<"WebhookDelivered">) => R
  readonly toHaveRefused: (what?: Omit<Rest<"Refused">, "call">) => R
  readonly toHaveFiredFault: (name: string, options?: Rest<"FaultFired", "name">) => R
  /** On every call with an audio stream, the caller heard so much of the app. */
  readonly toHaveLetCallerHear: (atLeastMs: number, options?: Rest<"CallerHeard", "atLeastMs">) => R
  /** Whenever the caller spoke over the app, it was silent so soon. */
  readonly toFallSilentWithin: (ms: number, options?: Rest<"SilentWithin", "ms">) => R
  readonly toAnswerTurnsWithin: (ms: number, options?: Rest<"TurnLatencyBelow", "ms">) => R
  /** No number was dialed by two calls, `except` those that several are meant to dial. */
  readonly toHaveRungNobodyTwice: (options?: Rest<"NothingRangTwice">) => R
  /** Nothing rests on what no public source states, `except` on these. */
  readonly toRestOnNoAssumption: (options?: Rest<"NoAssumptions">) => R
}

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends EvidenceMatchers<R> {}
}

const isEvidence = (received: unknown): received is Evidence.Evidence =>
  Predicate.isObject(received) && Array.isArray(received["entries"]) && typeof received["streams"] === "function"

const decode = Schema.decodeUnknownResult(Expectation.Expectation)

/** Throws when the test itself is at fault, which no `.not` may turn into a success. */
const judge = (state: MatcherState, received: unknown, json: unknown) => {
  if (!isEvidence(received)) throw new TypeError("expected evidence: what `yield* simulator.evidence()` gives")
  const expectation = Result.getOrThrowWith(decode(json), (error) => new TypeError(error.message))
  const { isMoot, message, pass } = Verdict.check(expectation, received)
  return {
    pass: isMoot === true ? state.isNot : pass,
    message: () => state.isNot && isMoot !== true ? `not expected: ${message}` : message
  }
}

/** A matcher whose arguments make an expectation. */
const matcher = <Args extends ReadonlyArray<unknown>>(make: (...args: Args) => Expectation.Expectation) =>
  function(this: MatcherState, received: unknown, ...args: Args) {
    return judge(this, received, make(...args))
  }

type Arguments<K extends keyof EvidenceMatchers<void>> = Parameters<EvidenceMatchers<void>[K]>

/**
 * The matchers, for an `expect` other than vitest's global one.
 *
 * @category testing
 * @since 0.1.0
 */
export const matchers = {
  toHaveRung: matcher((...[number, options]: Arguments<"toHaveRung">) => ({ ...options, _tag: "Rang", number })),
  toHaveAnswered: matcher((...[number, options]: Arguments<"toHaveAnswered">) => ({
    ...options,
    _tag: "Answered",
    number
  })),
  toHaveBridgedTo: matcher((...[number, options]: Arguments<"toHaveBridgedTo">) => ({
    ...options,
    _tag: "BridgedTo",
    number
  })),
  toHaveHeardPrompt: matcher((...[text, options]: Arguments<"toHaveHeardPrompt">) => ({
    ...options,
    _tag: "HeardPrompt",
    text
  })),
  toHavePressed: matcher((...[digits, options]: Arguments<"toHavePressed">) => ({
    ...options,
    _tag: "Pressed",
    digits
  })),
  toHaveEnded: matcher((...[how]: Arguments<"toHaveEnded">) => ({ ...how, _tag: "Ended" })),
  toHaveDeliveredWebhook: matcher((...[what]: Arguments<"toHaveDeliveredWebhook">) => ({
    ...what,
    _tag: "WebhookDelivered"
  })),
  toHaveRefused: matcher((...[what]: Arguments<"toHaveRefused">) => ({ ...what, _tag: "Refused" })),
  toHaveFiredFault: matcher((...[name, options]: Arguments<"toHaveFiredFault">) => ({
    ...options,
    _tag: "FaultFired",
    name
  })),
  toHaveLetCallerHear: matcher((...[atLeastMs, options]: Arguments<"toHaveLetCallerHear">) => ({
    ...options,
    _tag: "CallerHeard",
    atLeastMs
  })),
  toFallSilentWithin: matcher((...[ms, options]: Arguments<"toFallSilentWithin">) => ({
    ...options,
    _tag: "SilentWithin",
    ms
  })),
  toAnswerTurnsWithin: matcher((...[ms, options]: Arguments<"toAnswerTurnsWithin">) => ({
    ...options,
    _tag: "TurnLatencyBelow",
    ms
  })),
  toHaveRungNobodyTwice: matcher((...[options]: Arguments<"toHaveRungNobodyTwice">) => ({
    ...options,
    _tag: "NothingRangTwice"
  })),
  toRestOnNoAssumption: matcher((...[options]: Arguments<"toRestOnNoAssumption">) => ({
    ...options,
    _tag: "NoAssumptions"
  }))
} as const

expect.extend(matchers)
