/** Why a fault never fired, and what would make it. */
import * as phrase from "../expect/phrase.ts"
import type { Entry } from "../journal/Entry.ts"
import { type Place, placeOf, type Rule } from "./Fault.ts"

const nouns: Readonly<Record<Place, string>> = { Request: "request", Webhook: "webhook", Stream: "stream" }

/** Of a URL of the app all but its query; of a stream's, whose path may hold a token, no path either. */
const address = (text: string, hasPath: boolean): string => {
  const url = URL.parse(text)
  return url === null ? text : `${url.origin}${hasPath ? url.pathname : ""}`
}

/** What an entry tells of that a fault of this place may befall. */
const seenIn = (entry: Entry, place: Place): ReadonlyArray<string> => {
  switch (entry._tag) {
    case "Requested":
      return place === "Request" ? [entry.operation] : []
    case "Delivered":
      return place === "Webhook" ? [`${entry.notice._tag} to ${address(entry.url, true)}`] : []
    case "Turned":
      return place === "Stream"
        ? entry.commands.flatMap((command) =>
          command._tag === "OpenStream" ? [`one to ${address(command.stream.url, false)}`] : []
        )
        : []
    default:
      return []
  }
}

const conditions = ({ first: _first, nth: _nth, probability: _probability, ...rest }: NonNullable<Rule["when"]>) => rest

/**
 * Why a rule that was met so often fired never, by the journal. How often is left out, so that runs which differ in that
 * alone say the same.
 *
 * @category formatting
 * @since 0.1.0
 */
export const why = (
  { matched, rule: { fault, when = {} } }: { readonly matched: number; readonly rule: Rule },
  entries: ReadonlyArray<Entry>
): string => {
  if (matched > 0) {
    const { nth, probability = 1 } = when
    if (nth !== undefined && nth.every((one) => one > matched)) {
      return `fewer met its conditions than nth asks for, ${
        phrase.listed(nth.map(String))
      }; let it ask for earlier ones`
    }
    return probability < 1
      ? `chance spared all that met its conditions, at a probability of ${probability}; raise it, or take another seed`
      : "a rule before it fired each time; put it first, or let that one leave some"
  }
  const place = placeOf(fault)
  const seen = [...new Set(entries.flatMap((entry) => seenIn(entry, place)))]
  if (seen.length === 0) return `there was no ${nouns[place]}`
  const asked = conditions(when)
  if (Object.keys(asked).length === 0) return `there was no ${nouns[place]} after it was added`
  return `no ${nouns[place]} met ${JSON.stringify(asked)}; there ${seen.length === 1 ? "was" : "were"} ${
    phrase.listed(phrase.some(seen, 5))
  }`
}

/**
 * What is said in the end of a rule that never fired.
 *
 * @category formatting
 * @since 0.1.0
 */
export const remark = (
  standing: { readonly id: string; readonly matched: number; readonly rule: Rule },
  entries: ReadonlyArray<Entry>
): string => {
  const { id, rule } = standing
  return `fault ${rule.name ?? id} (${rule.fault._tag}) never fired: ${why(standing, entries)}`
}
