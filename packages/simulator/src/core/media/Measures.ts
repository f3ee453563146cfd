/**
 * How a conversation went, from its ledger: latencies, silence, talk-over. Everything counts in samples.
 *
 * An utterance is a span of the ledger: it goes on through silence of up to 200 ms and ends with an interrupt.
 */
import type * as Ledger from "./Ledger.ts"
import type * as PlayoutQueue from "./PlayoutQueue.ts"
import * as Spans from "./Spans.ts"

/**
 * From the end of an utterance of the caller to the app's next: its answer. An app that talks on over the caller,
 * without an interrupt, does not answer.
 *
 * @category models
 * @since 0.1.0
 */
export interface Turn {
  /** After the caller's last voiced sample. */
  readonly asked: number
  /** The app's first sample. */
  readonly answered: number
  readonly latency: number
}

/**
 * The caller began to speak while the app was heard.
 *
 * @category models
 * @since 0.1.0
 */
export interface BargeIn {
  /** The caller's first voiced sample. */
  readonly began: number
  /** After the app's last sample. */
  readonly silent: number
  readonly latency: number
  /** Whether the app interrupted meanwhile. Otherwise it had nothing more to say. */
  readonly isInterrupted: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Measures {
  readonly sampleRate: number
  readonly duration: number
  readonly turns: ReadonlyArray<Turn>
  /** Over all turns; absent when there are none. */
  readonly turnLatency: Percentiles | undefined
  readonly bargeIns: ReadonlyArray<BargeIn>
  /** Over those that were interrupted; absent when there are none. */
  readonly bargeInLatency: Percentiles | undefined
  /** In utterances of the caller, and of the app. */
  readonly callerTalk: number
  readonly appTalk: number
  /** In utterances of both, and of neither. */
  readonly talkOver: number
  readonly silence: number
  readonly playout: PlayoutQueue.Counts
}

/**
 * Each is one of the values: the smallest that at least 50, or 95, of a hundred do not exceed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
}

/**
 * Absent when there are no values.
 *
 * @category folding
 * @since 0.1.0
 */
export const percentiles = (values: ReadonlyArray<number>): Percentiles | undefined => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (percent: number) => sorted[Math.ceil((sorted.length * percent) / 100) - 1]
  const p50 = at(50)
  const p95 = at(95)
  return p50 === undefined || p95 === undefined ? undefined : { p50, p95 }
}

/** The last span that begins before a moment. */
const lastBefore = (spans: ReadonlyArray<Spans.Span>, at: number): Spans.Span | undefined => {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((spans[middle]?.start ?? at) < at) low = middle + 1
    else high = middle
  }
  return spans[low - 1]
}

const turnsOf = (
  caller: ReadonlyArray<Spans.Span>,
  app: ReadonlyArray<Spans.Span>,
  interrupts: ReadonlyArray<number>
): ReadonlyArray<Turn> =>
  app.flatMap(({ start: answered }, index) => {
    const question = lastBefore(caller, answered + 1)
    if (question === undefined || question.end > answered) return []
    const { end: asked } = question
    const previous = app[index - 1]
    const keptTalking = previous !== undefined && previous.end > asked
      && !interrupts.some((at) => at >= question.start && at <= previous.end)
    const isAnsweredAlready = previous !== undefined && previous.start >= asked
    return keptTalking || isAnsweredAlready ? [] : [{ asked, answered, latency: answered - asked }]
  })

const bargeInsOf = (
  caller: ReadonlyArray<Spans.Span>,
  app: ReadonlyArray<Spans.Span>,
  interrupts: ReadonlyArray<number>
): ReadonlyArray<BargeIn> =>
  caller.flatMap(({ start: began }) => {
    const speech = lastBefore(app, began)
    if (speech === undefined || speech.end <= began) return []
    const silent = speech.end
    const isInterrupted = interrupts.some((at) => at >= began && at <= silent)
    return [{ began, silent, latency: silent - began, isInterrupted }]
  })

/**
 * The measures of a ledger. The app's utterances are where its audio was heard; an app that sends silence all the
 * time is better measured by where its audio was `voiced`.
 *
 * @category folding
 * @since 0.1.0
 */
export const measure = (
  ledger: Ledger.Ledger,
  playout: PlayoutQueue.Counts,
  by: "heard" | "voiced" = "heard"
): Measures => {
  const caller = Spans.toArray(ledger.caller.voiced)
  const app = Spans.toArray(ledger.app[by])
  const turns = turnsOf(caller, app, ledger.interrupts)
  const bargeIns = bargeInsOf(caller, app, ledger.interrupts)
  const callerTalk = Spans.total(caller)
  const appTalk = Spans.total(app)
  const talkOver = Spans.overlap(caller, app)
  return {
    sampleRate: ledger.sampleRate,
    duration: ledger.end,
    turns,
    turnLatency: percentiles(turns.map(({ latency }) => latency)),
    bargeIns,
    bargeInLatency: percentiles(bargeIns.flatMap(({ isInterrupted, latency }) => isInterrupted ? [latency] : [])),
    callerTalk,
    appTalk,
    talkOver,
    silence: ledger.end - callerTalk - appTalk + talkOver,
    playout
  }
}
