/** The part of the journal around what a message tells of, as a ladder. */
import type { Entry } from "../journal/Entry.ts"
import * as Ladder from "../journal/Ladder.ts"
import type * as Calls from "./Calls.ts"
import * as phrase from "./phrase.ts"
import type * as Scope from "./Scope.ts"
import type * as Sought from "./Sought.ts"

/** Beyond the last entry is the end of the journal. */
type Anchor = Pick<Sought.Anchor, "seq" | "callId">

/** Lines of the ladder, with the marks of what is left out. */
const mostLines = 20
/** Of them, before what the message tells of first. */
const before = 8
/** Calls that one ladder shows. */
const mostCalls = 3

const callOf = (entry: Entry): string | undefined => "callId" in entry ? entry.callId : undefined

/** The call that an entry is among the turns of. */
const callAround = (calls: Calls.Calls, seq: number): string | undefined =>
  [...calls.values()].findLast(({ turns: [first] }) => first !== undefined && first.seq <= seq)?.callId

/** The calls that the message tells of and those that it is about, or else the one that began last before. */
const shownCalls = (
  calls: Calls.Calls,
  anchors: ReadonlyArray<Anchor>,
  scope: Scope.Scope
): ReadonlySet<string> => {
  const [first, ...others] = anchors.flatMap(({ callId }) => callId ?? [])
  const shown = new Set([...first === undefined ? [] : [first], ...scope.calls ?? [], ...others])
  const around = shown.size === 0 ? callAround(calls, anchors[0]?.seq ?? Number.POSITIVE_INFINITY) : undefined
  return new Set(around === undefined ? [...shown].slice(0, mostCalls) : [around])
}

interface Line {
  readonly seq: number
  readonly text: string
}

const linesOf = (entries: ReadonlyArray<Entry>, calls: Calls.Calls, shown: ReadonlySet<string>): ReadonlyArray<Line> =>
  entries.flatMap((entry) => {
    const call = calls.get(callOf(entry) ?? "")
    const tag = call === undefined || shown.size < 2 ? {} : { tag: `call ${call.place}` }
    return Ladder.lines(entry, { color: false, originMs: 0, ...tag }).map((text) => ({ seq: entry.seq, text }))
  })

const omitted = "     ..."

/** So many lines at most, with what is at `seq` among them; without one, the last. */
const cut = (lines: ReadonlyArray<Line>, seq: number | undefined): ReadonlyArray<string> => {
  const texts = lines.map(({ text }) => text)
  if (texts.length <= mostLines) return texts
  const there = seq === undefined ? -1 : lines.findIndex((line) => line.seq >= seq)
  const room = mostLines - 2
  const start = Math.max(0, Math.min(there === -1 ? texts.length : there - before, texts.length - room))
  const end = start + room
  return [...start > 0 ? [omitted] : [], ...texts.slice(start, end), ...end < texts.length ? [omitted] : []]
}

/** Entries further away than this have no line within the bound: most have one or two. */
const reach = 200

const near = (entries: ReadonlyArray<Entry>, seq: number | undefined): ReadonlyArray<Entry> => {
  const there = seq === undefined ? -1 : entries.findIndex((entry) => entry.seq >= seq)
  return there === -1 ? entries.slice(-reach) : entries.slice(Math.max(0, there - reach), there + reach)
}

const legend = ({ callId, isBroken, origin, place, record }: Calls.Call): string => {
  const who = origin === undefined ? "" : `, ${origin.kind} from ${origin.callerId} to ${origin.to}`
  const end = record === undefined
    ? isBroken ? ", broke" : ", goes on"
    : `, ended at ${phrase.moment(record.at)}: ${record.of.hangupCause} by ${record.of.endedBy}`
  return `call ${place} is ${callId}${who}${end}`
}

/**
 * Who the calls are, and at most twenty lines.
 *
 * @category formatting
 * @since 0.1.0
 */
export const render = (
  entries: ReadonlyArray<Entry>,
  calls: Calls.Calls,
  anchors: ReadonlyArray<Anchor>,
  scope: Scope.Scope
): ReadonlyArray<string> => {
  const shown = shownCalls(calls, anchors, scope)
  const seq = anchors[0]?.seq
  const meant = entries.filter((entry) => {
    const callId = callOf(entry)
    return callId === undefined ? entry._tag === "Faulted" : shown.has(callId)
  })
  const lines = cut(linesOf(near(meant, seq), calls, shown), seq)
  const whos = [...shown].flatMap((callId) => {
    const call = calls.get(callId)
    return call === undefined ? [] : [legend(call)]
  })
  return [
    ...whos,
    ...lines.length === 0 ? [] : [Ladder.heading({ phone: "phone", other: "others" }), ...lines]
  ]
}
