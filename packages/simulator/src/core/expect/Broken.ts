/** What kept a run from going as it should, in words that a person can act on. */
import type { Entry } from "../journal/Entry.ts"
import * as Calls from "./Calls.ts"
import * as phrase from "./phrase.ts"
import type * as Scope from "./Scope.ts"
import * as surroundings from "./surroundings.ts"

/**
 * Why, the entry at which it was (left out, the end of the journal), and the call that it is about.
 *
 * @category models
 * @since 0.1.0
 */
export interface Broken {
  readonly why: string
  readonly seq?: number
  readonly callId?: string
}

/** Ladders that are drawn for one run. */
const mostLadders = 3

const everywhere: Scope.Scope = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, words: "" }

/**
 * Each with the journal around it, twenty lines at most, unless what stands above it shows the same.
 *
 * @category formatting
 * @since 0.1.0
 */
export const tell = (all: ReadonlyArray<Broken>, entries: ReadonlyArray<Entry>): ReadonlyArray<string> => {
  if (all.length === 0) return []
  const calls = Calls.fold(entries)
  const drawn = new Set<string>()
  return all.map(({ callId, seq = Number.POSITIVE_INFINITY, why }) => {
    if (drawn.size === mostLadders) return why
    const anchor = { seq, ...callId === undefined ? {} : { callId } }
    const ladder = surroundings.render(entries, calls, [anchor], everywhere).map(phrase.line).join("\n")
    if (ladder === "" || drawn.has(ladder)) return why
    drawn.add(ladder)
    return `${why}\n\n${ladder}`
  })
}
