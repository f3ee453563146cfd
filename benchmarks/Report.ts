/** What a benchmark measured, as data and as a table that a person reads. */

/**
 * One figure of every subject. `target` is printed beside it and judges nothing.
 */
export interface Column {
  readonly key: string
  readonly title: string
  readonly decimals: number
  readonly target?: string
}

/** Whose figures these are. A figure that this machine cannot give is absent. */
export interface Row {
  readonly subject: string
  readonly figures: Readonly<Record<string, number>>
}

export interface Report {
  readonly benchmark: string
  readonly about: string
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<Row>
}

const cell = (row: Row, { decimals, key }: Column): string => {
  const figure = row.figures[key]
  if (figure === undefined) return "-"
  const fraction = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  return figure.toLocaleString("en-US", { ...fraction, signDisplay: "negative" })
}

const heading = ({ target, title }: Column): string => target === undefined ? title : `${title} (target ${target})`

/** The report as text, 120 columns wide at most when its titles are short. */
export const table = ({ about, benchmark, columns, rows }: Report): string => {
  const lines = [
    ["", ...columns.map(heading)],
    ...rows.map((row) => [row.subject, ...columns.map((c) => cell(row, c))])
  ]
  const widths = columns.reduce(
    (all, _, index) => [...all, Math.max(...lines.map((line) => line[index + 1]?.length ?? 0))],
    [Math.max(...rows.map((row) => row.subject.length))]
  )
  const text = lines.map((line) =>
    line.map((part, index) => index === 0 ? part.padEnd(widths[0] ?? 0) : part.padStart(widths[index] ?? 0)).join("  ")
  )
  return [`${benchmark}: ${about}`, ...text.map((line) => `  ${line}`.trimEnd())].join("\n")
}

/** The middle of the figures. */
export const median = (figures: ReadonlyArray<number>): number => {
  const sorted = figures.toSorted((a, b) => a - b)
  const upper = sorted[sorted.length >> 1] ?? Number.NaN
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN
  return (lower + upper) / 2
}
