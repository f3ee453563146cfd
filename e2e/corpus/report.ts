/** What a run found, as lines for people or as one JSON document. */
import { type Difference, type What } from "./compare.ts"
import { formatPath } from "./json.ts"
import type { Entry } from "./load.ts"

export type Status = "passed" | "failed" | "on purpose" | "not yet"

export interface Line {
  readonly file: string
  readonly id: string
  readonly status: Status
  /** The rules that speak for it, or why it is not run yet. */
  readonly why: ReadonlyArray<string>
  readonly differences: ReadonlyArray<Difference>
}

export const failed = (file: string, id: string, differences: ReadonlyArray<Difference>): Line => ({
  file,
  id,
  status: "failed",
  why: [],
  differences
})

/** A difference, and the rule that speaks for it. */
interface Judged {
  readonly difference: Difference
  readonly rule: { readonly name: string } | undefined
}

/** A vector with a difference that no rule speaks for has failed; those that one speaks for are not told then. */
export const lineOf = (
  where: { readonly where: string; readonly id: string },
  findings: ReadonlyArray<Judged>
): Line => {
  const { id, where: file } = where
  const open = findings.flatMap(({ difference, rule }) => rule === undefined ? [difference] : [])
  if (open.length > 0) return failed(file, id, open)
  const why = [...new Set(findings.flatMap(({ rule }) => rule === undefined ? [] : [rule.name]))]
  return { file, id, status: why.length > 0 ? "on purpose" : "passed", why, differences: [] }
}

/** The line of an entry that is no vector of this runner's. */
export const lineOfEntry = ({ id, where, why }: Extract<Entry, { readonly _tag: "Unreadable" }>): Line =>
  failed(where, id, [{ side: "vector", what: "unsupported", path: [], expected: "a vector", actual: why }])

const short = (value: unknown): string => {
  const text = value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value)
  const oneLine = text.replaceAll(/\s+/g, " ")
  return oneLine.length > 160 ? `${oneLine.slice(0, 160)}...` : oneLine
}

const subjects: { readonly [what in What]: string } = {
  method: "sends another method",
  url: "sends to another URL",
  header: "sends another header",
  body: "sends another body",
  timeout: "waits another time",
  refused: "refuses",
  accepted: "does not refuse",
  field: "refuses, naming another field",
  status: "answers with another status",
  outcome: "ends otherwise",
  attempts: "makes another number of attempts",
  policy: "breaks its own table of verdicts",
  dropped: "refuses what is dropped",
  roads: "reads a pipeline otherwise than it builds it",
  inexpressible: "cannot be asked",
  unsupported: "is not understood"
}

const sides: { readonly [side in Difference["side"]]: string } = {
  sdk: "SDK",
  simulator: "simulator",
  vector: "official call"
}

const told = ({ actual, expected, path, side, what }: Difference): string => {
  const place = path.length === 0 ? "" : ` at ${formatPath(path)}`
  return `${sides[side]} ${subjects[what]}${place}: expected ${short(expected)}, got ${short(actual)}`
}

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly onPurpose: number
  readonly notYet: number
}

export const countsOf = (lines: ReadonlyArray<Line>): Counts => {
  const count = (status: Status) => lines.filter((line) => line.status === status).length
  return { passed: count("passed"), failed: count("failed"), onPurpose: count("on purpose"), notYet: count("not yet") }
}

/** The lines of what failed, one each. */
export const failures = (lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  lines.filter(({ status }) => status === "failed").map(({ differences, file, id }) =>
    `FAILED ${file}${id === "" ? "" : ` ${id}`}: ${differences.map(told).join("; ")}`
  )

const tally = (label: string, lines: ReadonlyArray<Line>, status: Status): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  for (const line of lines) {
    if (line.status === status) { for (const why of line.why) counts.set(why, (counts.get(why) ?? 0) + 1) }
  }
  return [...counts].sort(([one], [other]) => one.localeCompare(other)).map(([why, count]) =>
    `${label} ${why}: ${count}`
  )
}

/** A line per failure, how often each rule spoke, what waits, and the sum last. */
export const toText = (lines: ReadonlyArray<Line>): string => {
  const { failed: failing, notYet, onPurpose, passed } = countsOf(lines)
  return [
    ...failures(lines),
    ...tally("on purpose:", lines, "on purpose"),
    ...tally("not yet:", lines, "not yet"),
    `${passed} passed, ${failing} failed, ${onPurpose} on purpose, ${notYet} not yet`
  ].join("\n")
}

/** The same as one document. */
export const toJson = (lines: ReadonlyArray<Line>): string =>
  JSON.stringify(
    {
      ...countsOf(lines),
      vectors: lines.map(({ differences, file, id, status, why }) => ({
        file,
        id,
        status,
        ...(why.length === 0 ? {} : { why }),
        ...(differences.length === 0 ? {} : {
          differences: differences.map(({ actual, expected, path, side, what }) => ({
            side,
            what,
            path: formatPath(path),
            expected: short(expected),
            actual: short(actual)
          }))
        })
      }))
    },
    undefined,
    2
  )
