/** A conversation as text: who was heard when, and how long each waited for the other. */
import type * as Ledger from "./Ledger.ts"
import type * as Measures from "./Measures.ts"
import * as Spans from "./Spans.ts"

/** Characters in a row. */
const columns = 100

/** Time of one character, unless the conversation needs more than {@link maximumCells} of them. */
const cellMs = 100

/** An hour at 100 ms. */
const maximumCells = 36_000

/**
 * Something worth a word at a moment, counted in samples.
 *
 * @category models
 * @since 0.1.0
 */
export interface Mark {
  readonly at: number
  readonly label: string
}

/**
 * Milliseconds to one decimal.
 *
 * @category formatting
 * @since 0.1.0
 */
export const milliseconds = (sampleCount: number, sampleRate: number): string =>
  `${Math.round((sampleCount * 10_000) / sampleRate) / 10} ms`

/**
 * Minutes and seconds, without the rest.
 *
 * @category formatting
 * @since 0.1.0
 */
export const clockTime = (sampleCount: number, sampleRate: number): string => {
  const seconds = Math.floor(sampleCount / sampleRate)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

/**
 * The latencies, in order of time.
 *
 * @category getters
 * @since 0.1.0
 */
export const marks = ({ bargeIns, sampleRate, turns }: Measures.Measures): ReadonlyArray<Mark> =>
  [
    ...turns.map(({ answered, latency }) => ({ at: answered, label: `turn ${milliseconds(latency, sampleRate)}` })),
    ...bargeIns.map(({ began, isInterrupted, latency }) => ({
      at: began,
      label: `${isInterrupted ? "barge-in" : "talk-over"} ${milliseconds(latency, sampleRate)}`
    }))
  ].toSorted((a, b) => a.at - b.at)

const lane = (cells: number, cell: number, spans: ReadonlyArray<Spans.Span>, sign: string): Array<string> => {
  const signs = Array.from({ length: cells }, () => ".")
  for (const { end, start } of spans) signs.fill(sign, Math.floor(start / cell), Math.ceil(end / cell))
  return signs
}

/** Lines with each label under its column, further lines where one would run into another. */
const markLines = (found: ReadonlyArray<Mark>, columnOf: (at: number) => number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const { at, label } of found) {
    const column = columnOf(at)
    const free = lines.findIndex((line) => line.length < column)
    const text = `^ ${label}`
    if (free === -1) lines.push(" ".repeat(column) + text)
    else lines[free] = (lines[free] ?? "").padEnd(column) + text
  }
  return lines
}

/**
 * One lane for each voice, rows of 10 s at 100 ms a character: `#` the caller, `=` the app, `!` an interrupt, `~` a
 * prompt of the platform, `.` silence. Latencies stand below, where they end for a turn and where they begin for a
 * barge-in.
 *
 * @category rendering
 * @since 0.1.0
 */
export const render = (
  ledger: Ledger.Ledger,
  measures: Measures.Measures,
  by: "heard" | "voiced" = "heard"
): string => {
  const { end, sampleRate } = ledger
  const cell = Math.max((sampleRate / 1000) * cellMs, Math.ceil(end / maximumCells))
  const cells = Math.max(1, Math.ceil(end / cell))
  const app = lane(cells, cell, Spans.toArray(ledger.app[by]), "=")
  for (const at of ledger.interrupts) app[Math.min(cells - 1, Math.floor(at / cell))] = "!"
  const lanes = [
    { name: "caller", signs: lane(cells, cell, Spans.toArray(ledger.caller.voiced), "#") },
    { name: "app", signs: app },
    ...(ledger.prompts.length === 0 ? [] : [{ name: "platform", signs: lane(cells, cell, ledger.prompts, "~") }])
  ]
  const all = marks(measures)
  const platform = ledger.prompts.length === 0 ? "" : ", ~ platform"
  const lines = [
    `one character is ${milliseconds(cell, sampleRate)}: # caller, = app, ! interrupt${platform}, . silence`
  ]
  for (let first = 0; first < cells; first += columns) {
    for (const [index, { name, signs }] of lanes.entries()) {
      const time = index === 0 ? clockTime(first * cell, sampleRate) : ""
      lines.push(`${time.padStart(6)} ${name.padEnd(8)} ${signs.slice(first, first + columns).join("")}`)
    }
    const here = all.filter(({ at }) => at >= first * cell && at < (first + columns) * cell)
    for (const line of markLines(here, (at) => Math.floor(at / cell) - first)) lines.push(" ".repeat(16) + line)
  }
  return [...lines, ...summary(measures)].join("\n")
}

const latencies = (name: string, count: number, found: Measures.Percentiles | undefined, rate: number): string =>
  found === undefined
    ? `${name}: ${count}`
    : `${name}: ${count}, p50 ${milliseconds(found.p50, rate)}, p95 ${milliseconds(found.p95, rate)}`

/**
 * The measures in a few lines.
 *
 * @category rendering
 * @since 0.1.0
 */
export const summary = (measures: Measures.Measures): ReadonlyArray<string> => {
  const { bargeInLatency, bargeIns, playout, sampleRate, turnLatency, turns } = measures
  const ms = (sampleCount: number) => milliseconds(sampleCount, sampleRate)
  const interrupted = bargeIns.filter(({ isInterrupted }) => isInterrupted).length
  return [
    latencies("turns", turns.length, turnLatency, sampleRate),
    latencies("barge-ins", interrupted, bargeInLatency, sampleRate),
    `silence ${ms(measures.silence)}, talk-over ${ms(measures.talkOver)}`,
    `app audio: received ${ms(playout.received)}, heard ${ms(playout.heard)}, queued ${ms(playout.queued)}, `
    + `discarded ${ms(playout.byBreak)} by break, ${ms(playout.byOverflow)} by overflow, ${
      ms(playout.byHangup)
    } by hangup`,
    `underruns: ${playout.underruns}, ${ms(playout.underrunSamples)}`
  ]
}
