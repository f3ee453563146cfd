/** What is asked of a run as a whole: that no phone was dialed by two calls, and that nothing rests on an assumption. */
import { type Assumption, assumptions, type ReportAssumption, reportAssumptions } from "../journal/Assumption.ts"
import type { Entry } from "../journal/Entry.ts"
import * as Calls from "./Calls.ts"
import type { ExpectationOf } from "./Expectation.ts"
import * as phrase from "./phrase.ts"
import * as Scope from "./Scope.ts"
import { type Anchor, type Finding, where } from "./Sought.ts"

/** Numbers, or assumptions, that one message tells of. */
const told = 3
/** Lines about assumptions. */
const assumedLines = 15

/** A phone that a call dialed for the first time, and what came of it. */
interface Dialed extends Anchor {
  readonly callId: string
  readonly what: string
}

const became = ({ answered, over, rang }: Calls.Leg): string =>
  answered === undefined
    ? [rang === undefined ? "did not ring" : "rang", ...over === undefined ? [] : [over.cause]].join(", ")
    : "answered"

/** Who was dialed, by the calls that did it. */
const dialed = (calls: Calls.Calls, scope: Scope.Scope): ReadonlyMap<string, ReadonlyArray<Dialed>> => {
  const all = new Map<string, Array<Dialed>>()
  for (const { callId, legs, origin } of calls.values()) {
    if (origin?.kind === "Inbound") continue
    const own = new Set<string>()
    for (const leg of legs.values()) {
      const name = Calls.nameOf(leg.endpoint)
      const counts = leg.endpoint._tag !== "Agent" && !leg.calledIn && !own.has(name)
      if (!counts || !Scope.hasMoment(scope, leg.began.at)) continue
      own.add(name)
      const by = all.get(name) ?? []
      by.push({ ...leg.began, callId, what: became(leg) })
      all.set(name, by)
    }
  }
  return all
}

/**
 * Of a call that is named, whether a phone that it dialed was dialed by another one, too.
 *
 * @category judging
 * @since 0.1.0
 */
export const nothingRangTwice = (
  { except = [] }: ExpectationOf<"NothingRangTwice">,
  scope: Scope.Scope,
  calls: Calls.Calls
): Finding => {
  const meant = new Set(except.map(Calls.plain))
  const all = dialed(calls, scope)
  const twice = [...all].filter(([name, by]) =>
    by.length > 1 && !meant.has(name) && by.some(({ callId }) => Scope.hasCall(scope, callId))
  )
  if (twice.length === 0) {
    return { pass: true, head: [`none of ${phrase.counted(all.size, "number")} was dialed by two calls`], anchors: [] }
  }
  const lines = twice.slice(0, told).flatMap(([name, by]) => [
    `but ${name} was dialed by ${by.length} calls`,
    ...phrase.some(by.map((one) => `${where(calls, one)}: ${one.what}`), told).map((line) => `  ${line}`)
  ])
  const more = twice.slice(told).map(([name]) => name)
  return {
    pass: false,
    head: [
      `expected no number to be dialed by two calls${scope.words}`,
      ...lines,
      ...more.length === 0 ? [] : [`and so were ${phrase.listed(phrase.some(more, told))}`]
    ],
    anchors: twice[0]?.[1] ?? []
  }
}

type Named = Assumption | ReportAssumption

const known: Readonly<Record<Named, { readonly claim: string; readonly settledBy: string }>> = {
  ...assumptions,
  ...reportAssumptions
}

const assumed = (entries: ReadonlyArray<Entry>, scope: Scope.Scope): ReadonlyMap<Named, ReadonlyArray<Anchor>> => {
  const all = new Map<Named, Array<Anchor>>()
  for (const entry of entries) {
    if (entry._tag !== "Turned" && entry._tag !== "Delivered") continue
    const { assumes = [], at, callId, seq } = entry
    if (!Scope.hasCall(scope, callId) || !Scope.hasMoment(scope, at)) continue
    for (const name of assumes) {
      const by = all.get(name) ?? []
      by.push({ at, callId, seq })
      all.set(name, by)
    }
  }
  return all
}

/**
 * @category judging
 * @since 0.1.0
 */
export const noAssumptions = (
  { except = [] }: ExpectationOf<"NoAssumptions">,
  scope: Scope.Scope,
  calls: Calls.Calls,
  entries: ReadonlyArray<Entry>
): Finding => {
  const allowed = new Set<Named>(except)
  const all = assumed(entries, scope)
  const found = [...all].filter(([name]) => !allowed.has(name))
  if (found.length === 0) {
    const left = all.size === 0
      ? "no assumption"
      : `no assumption but ${phrase.listed(phrase.some([...all.keys()], told))}`
    return { pass: true, head: [`what happened rests on ${left}`], anchors: [] }
  }
  const lines = found.flatMap(([name, by], index) => {
    const { claim, settledBy } = known[name]
    const first = by[0] === undefined ? "" : `, first ${where(calls, by[0])}`
    return [
      `${index === 0 ? "but" : "and"} on ${name}, ${phrase.times(by.length)}${first}`,
      ...index < told ? [`  assumed: ${claim}`, `  to be settled by ${settledBy}`] : []
    ]
  })
  return {
    pass: false,
    head: [`expected what happened to rest on no assumption${scope.words}`, ...phrase.some(lines, assumedLines)],
    anchors: found[0]?.[1].slice(0, 1) ?? []
  }
}
