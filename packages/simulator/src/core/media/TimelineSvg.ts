/** A conversation as a picture: both voices over time, prompts, interrupts and latencies, and whether to trust these. */
import * as Passage from "../stream/Passage.ts"
import * as Envelope from "./Envelope.ts"
import type * as Ledger from "./Ledger.ts"
import type * as Measures from "./Measures.ts"
import * as Spans from "./Spans.ts"
import type { Lateness } from "./StreamCounts.ts"
import * as Timeline from "./Timeline.ts"

const margin = { left: 80, right: 20 }
const pixelsPerSecond = 100
const narrowest = 600
const widest = 6000
/** Width of one bar of a waveform, with the gap to the next. */
const bar = 3
const laneHeight = 40
const middle = { caller: 80, app: 210 }
const marksTop = 136
const promptsTop = 266
const height = 340

const style = [
  "text{font:12px sans-serif;fill:#333}",
  ".grid{stroke:#ddd}",
  ".caller{stroke:#1f6f8b;stroke-width:2}",
  ".app{stroke:#b0562f;stroke-width:2}",
  ".spoken{fill:#000;fill-opacity:.06}",
  ".prompt{fill:#8a8f3c;fill-opacity:.4}",
  ".interrupt{stroke:#c00;stroke-dasharray:4 3}",
  ".latency{stroke:#555;stroke-width:2}",
  ".doubt{fill:#c00}"
].join("")

/** What XML cannot hold becomes a space. */
const escaped = (text: string): string =>
  text.toWellFormed()
    .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, " ")
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

const at = (value: number): string => String(Math.round(value * 10) / 10)

const trust = (timer: Lateness): string =>
  `<text${Passage.isTrusted(timer) ? "" : " class=\"doubt\""} x="8" y="${height - 6}">${
    escaped(Passage.trust(timer))
  }</text>`

/** Every 1, 2, 5, 10 ... seconds, so that labels stand 60 pixels apart at least. */
const gridSeconds = (perSecond: number): number => {
  const factors = [2, 2.5, 2]
  let step = 1
  for (let index = 0; step * perSecond < 60; index += 1) step *= factors[index % factors.length] ?? 2
  return step
}

/**
 * An SVG document that stands alone. Ten seconds are 1000 pixels wide, more of them less where it would be wider than
 * 6000. With `timer`, how late the machine's own timer was, it says whether to trust the latencies.
 *
 * @category rendering
 * @since 0.1.0
 */
export const render = (
  ledger: Ledger.Ledger,
  measures: Measures.Measures,
  options: { readonly title?: string; readonly by?: "heard" | "voiced"; readonly timer?: Lateness } = {}
): string => {
  const { app, caller, end, interrupts, prompts, sampleRate } = ledger
  const seconds = Math.max(1, end) / sampleRate
  const width = Math.round(Math.min(widest, Math.max(narrowest, seconds * pixelsPerSecond)))
  const perSample = width / Math.max(1, end)
  const x = (sample: number): string => at(margin.left + Math.min(end, sample) * perSample)

  const wave = (name: "caller" | "app", envelope: Envelope.Envelope): string => {
    const strokes: Array<string> = []
    for (let left = 0; left < width; left += bar) {
      const peak = Envelope.peakBetween(envelope, Math.floor(left / perSample), Math.ceil((left + bar) / perSample))
      const size = (peak / 255) * laneHeight
      if (peak > 0) strokes.push(`M${at(margin.left + left + 1)} ${at(middle[name] - size)}v${at(2 * size)}`)
    }
    return `<path class="${name}" fill="none" d="${strokes.join("")}"/>`
  }

  const boxes = (kind: string, spans: ReadonlyArray<Spans.Span>, top: number, tall: number): ReadonlyArray<string> =>
    spans.map(({ end: to, start }) =>
      `<rect class="${kind}" x="${x(start)}" y="${top}" width="${at((to - start) * perSample)}" height="${tall}"/>`
    )

  const lane = (name: "caller" | "app", spans: ReadonlyArray<Spans.Span>, envelope: Envelope.Envelope) => [
    `<text x="8" y="${middle[name] + 4}">${name}</text>`,
    ...boxes("spoken", spans, middle[name] - laneHeight, 2 * laneHeight),
    wave(name, envelope)
  ]

  const step = gridSeconds(width / seconds)
  const grid = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => {
    const place = x(index * step * sampleRate)
    return `<path class="grid" d="M${place} 36V${height - 40}"/>`
      + `<text x="${place}" y="${height - 24}">${Timeline.clockTime(index * step * sampleRate, sampleRate)}</text>`
  })

  const latency = (from: number, to: number, label: string, row: number): string => {
    const y = marksTop + 14 * (row % 2)
    return `<path class="latency" d="M${x(from)} ${y}H${x(to)}"/>`
      + `<text x="${x(to)}" dx="4" y="${y + 4}">${label}</text>`
  }
  const ms = (sampleCount: number) => Timeline.milliseconds(sampleCount, sampleRate)
  const latencies = [
    ...measures.turns.map((turn) => ({ from: turn.asked, to: turn.answered, label: ms(turn.latency) })),
    ...measures.bargeIns.map(({ began, isInterrupted, latency: samples, silent }) => ({
      from: began,
      to: silent,
      label: `${isInterrupted ? "barge-in" : "talk-over"} ${ms(samples)}`
    }))
  ].toSorted((a, b) => a.from - b.from)

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${margin.left + width + margin.right}" height="${height}">`,
    `<title>${escaped(options.title ?? "Conversation")}</title><style>${style}</style>`,
    `<text x="8" y="20">${escaped(options.title ?? "Conversation")}</text>`,
    ...grid,
    ...lane("caller", Spans.toArray(caller.voiced), caller.envelope),
    ...lane("app", Spans.toArray(app[options.by ?? "heard"]), app.envelope),
    ...boxes("prompt", prompts, promptsTop, 18),
    ...prompts.map(({ label, start }) => `<text x="${x(start)}" y="${promptsTop + 13}">${escaped(label)}</text>`),
    ...interrupts.map((moment) => `<path class="interrupt" d="M${x(moment)} 36V${height - 40}"/>`),
    ...latencies.map(({ from, label, to }, row) => latency(from, to, label, row)),
    ...(options.timer === undefined ? [] : [trust(options.timer)]),
    "</svg>",
    ""
  ].join("\n")
}
