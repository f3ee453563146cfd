/** What is measured on audio streams: what the caller heard of the app, and how soon the app was silent or answered. */
import * as Spans from "../media/Spans.ts"
import type { Lateness } from "../media/StreamCounts.ts"
import * as Passage from "../stream/Passage.ts"
import type * as Calls from "./Calls.ts"
import type { Evidence, Heard } from "./Evidence.ts"
import type { ExpectationOf } from "./Expectation.ts"
import * as phrase from "./phrase.ts"
import * as Scope from "./Scope.ts"
import { type Finding, moot, where } from "./Sought.ts"

/** A call with the streams of it that were open, one at least. */
interface OnCall {
  readonly call: Calls.Call
  readonly streams: ReadonlyArray<Heard>
}

const streamsOf = (calls: Calls.Calls, scope: Scope.Scope, evidence: Evidence): ReadonlyArray<OnCall> =>
  [...calls.values()].filter(({ callId }) => Scope.hasCall(scope, callId)).flatMap((call) => {
    const streams = evidence.streams(call.callId)
    return streams.length === 0 ? [] : [{ call, streams }]
  })

/** Milliseconds from the origin of a moment on a stream. */
const atMs = ({ ledger, openedAt }: Heard, sample: number): number => openedAt + (sample * 1000) / ledger.sampleRate

/** Calls, or moments, that one message tells of. */
const told = 3

const durationMs = ({ ledger }: Heard, samples: number): number => (samples * 1000) / ledger.sampleRate

/** Something that took so long, on a call. */
interface Measured {
  readonly at: number
  readonly seq: number
  readonly callId: string
  readonly ms: number
  readonly note: string
  /** How late the machine's own timer was meanwhile, where it is known. */
  readonly timer?: Lateness
}

/** The entry of a call that a moment follows. */
const seqAt = ({ turns }: Calls.Call, at: number): number => turns.findLast((turn) => turn.at <= at)?.seq ?? 0

/** What took a time on streams, of what began within the scope; in samples of each. */
const measured = (
  all: ReadonlyArray<OnCall>,
  scope: Scope.Scope,
  find: (heard: Heard) => ReadonlyArray<{ readonly sample: number; readonly latency: number; readonly note: string }>
): ReadonlyArray<Measured> =>
  all.flatMap(({ call, streams }) =>
    streams.flatMap((heard) =>
      find(heard).map(({ latency, note, sample }) => {
        const at = atMs(heard, sample)
        const timer = heard.timer === undefined ? {} : { timer: heard.timer }
        return { at, seq: seqAt(call, at), callId: call.callId, ms: durationMs(heard, latency), note, ...timer }
      })
    )
  ).filter(({ at }) => Scope.hasMoment(scope, at))

/** What is voiced, or all that came, within the time: each stretch counts as whole milliseconds, rounded up. */
const heardMs = (heard: Heard, scope: Scope.Scope, by: "voiced" | "heard") => {
  const { ledger, openedAt } = heard
  const sample = (at: number) => ((at - openedAt) * ledger.sampleRate) / 1000
  const parts = Spans.within(Spans.toArray(ledger.app[by]), {
    start: Math.max(0, sample(scope.fromMs)),
    end: Math.min(ledger.end, sample(scope.toMs))
  })
  return {
    ms: parts.reduce((sum, { end, start }) => sum + Math.ceil(durationMs(heard, end - start)), 0),
    from: parts[0] === undefined ? undefined : atMs(heard, parts[0].start)
  }
}

const heardOn = ({ call, streams }: OnCall, scope: Scope.Scope): Measured => {
  const voiced = streams.map((heard) => heardMs(heard, scope, "voiced"))
  const ms = voiced.reduce((sum, one) => sum + one.ms, 0)
  const came = streams.reduce((sum, heard) => sum + heardMs(heard, scope, "heard").ms, 0)
  const at = voiced.find(({ from }) => from !== undefined)?.from ?? streams[0]?.openedAt ?? 0
  const silence = came > ms ? `; ${phrase.ms(came - ms)} more were silence` : ""
  const note = `in call ${call.place} it was ${phrase.ms(ms)}${
    ms === 0 ? "" : `, from ${phrase.moment(at)} on`
  }${silence}`
  return { at, seq: seqAt(call, at), callId: call.callId, ms, note }
}

/**
 * @category judging
 * @since 0.1.0
 */
export const callerHeard = (
  { atLeastMs }: ExpectationOf<"CallerHeard">,
  scope: Scope.Scope,
  calls: Calls.Calls,
  evidence: Evidence
): Finding => {
  const expected = `every caller with an audio stream to hear at least ${phrase.ms(atLeastMs)} of the app${scope.words}`
  const all = streamsOf(calls, scope, evidence)
  if (all.length === 0) return moot(expected, "no audio stream was open")
  const least = all.map((one) => heardOn(one, scope)).toSorted((a, b) => a.ms - b.ms).slice(0, told)
  const short = least.filter(({ ms }) => ms < atLeastMs)
  const pass = short.length === 0
  return {
    pass,
    head: pass
      ? [
        `every caller with an audio stream heard at least ${phrase.ms(atLeastMs)} of the app`,
        ...least.map(({ note }) => note)
      ]
      : [`expected ${expected}`, ...short.map(({ note }) => `but ${note}`)],
    anchors: pass ? least : short
  }
}

/**
 * @category judging
 * @since 0.1.0
 */
export const silentWithin = (
  { ms }: ExpectationOf<"SilentWithin">,
  scope: Scope.Scope,
  calls: Calls.Calls,
  evidence: Evidence
): Finding => {
  const expected = `the app to fall silent within ${phrase.ms(ms)} whenever the caller speaks over it${scope.words}`
  const all = measured(
    streamsOf(calls, scope, evidence),
    scope,
    ({ measures }) =>
      measures.bargeIns.map(({ began, isInterrupted, latency }) => ({
        sample: began,
        latency,
        note: isInterrupted ? "" : "; it did not interrupt, and said all it had to say"
      }))
  )
  const words = (one: Measured) =>
    `the caller spoke over it ${where(calls, one)}, and it was heard for ${phrase.ms(one.ms)} more${one.note}`
  if (all.length === 0) return moot(expected, "nobody spoke over it")
  return within({ all, counted: all, ms, expected, words }, `the app fell silent within ${phrase.ms(ms)} each time`)
}

/**
 * @category judging
 * @since 0.1.0
 */
export const turnLatencyBelow = (
  { ms, percentile = 100 }: ExpectationOf<"TurnLatencyBelow">,
  scope: Scope.Scope,
  calls: Calls.Calls,
  evidence: Evidence
): Finding => {
  const share = percentile === 100 ? "every turn" : `${percentile} % of the turns`
  const expected = `${share} to be answered within ${phrase.ms(ms)}${scope.words}`
  const all = measured(
    streamsOf(calls, scope, evidence),
    scope,
    ({ measures }) => measures.turns.map(({ asked, latency }) => ({ sample: asked, latency, note: "" }))
  )
  const words = (one: Measured) =>
    `the caller had spoken ${where(calls, one)}, and was answered after ${phrase.ms(one.ms)}`
  if (all.length === 0) return moot(expected, "there was no turn: nobody spoke and was answered")
  const counted = all.toSorted((a, b) => a.ms - b.ms).slice(0, Math.ceil((all.length * percentile) / 100))
  return within({ all, counted, ms, expected, words }, `${share} was answered within ${phrase.ms(ms)}`)
}

/** Whether to trust what was measured, by the worst of the streams that it was measured on. */
const trust = (all: ReadonlyArray<Measured>): ReadonlyArray<string> =>
  all.flatMap(({ timer }) => timer ?? []).toSorted((a, b) => b.p99 - a.p99).slice(0, 1).map(Passage.trust)

/** Whether none of those that count took longer, with those that took longest. */
const within = (
  { all, counted, expected, ms: longest, words }: {
    readonly all: ReadonlyArray<Measured>
    readonly counted: ReadonlyArray<Measured>
    readonly ms: number
    readonly expected: string
    readonly words: (one: Measured) => string
  },
  passed: string
): Finding => {
  const pass = counted.every(({ ms }) => ms <= longest)
  const late = all.filter(({ ms }) => ms > longest)
  const slowest = (pass ? counted : late).toSorted((a, b) => b.ms - a.ms).slice(0, told)
  return {
    pass,
    head: pass
      ? [
        `${passed} (${all.length} in all)`,
        ...slowest.slice(0, 1).map((one) => `slowest: ${words(one)}`),
        ...trust(all)
      ]
      : [
        `expected ${expected}`,
        `but ${late.length} of ${all.length} took longer`,
        ...slowest.map((one) => `  ${words(one)}`),
        ...trust(all)
      ],
    anchors: slowest
  }
}
