/** What a run left behind for expectations to be held against. */
import type { Entry } from "../journal/Entry.ts"
import type * as Ledger from "../media/Ledger.ts"
import type * as Measures from "../media/Measures.ts"
import type { Lateness } from "../media/StreamCounts.ts"

/**
 * An audio stream that was open: how the conversation on it went, and what was heard, counted in samples from `openedAt`;
 * and how late the machine's own timer was meanwhile, unless time is exact.
 *
 * @category models
 * @since 0.1.0
 */
export interface Heard {
  readonly streamId: string
  readonly openedAt: number
  readonly ledger: Ledger.Ledger
  readonly measures: Measures.Measures
  readonly timer?: Lateness
}

/**
 * The journal of one tenant, in order, the streams of its calls, and the time up to which both tell. A call that goes on
 * is told of as far as it has come. `forgotten` is how many entries the journal had no room to keep, none when it is absent.
 *
 * @category models
 * @since 0.1.0
 */
export interface Evidence {
  readonly entries: ReadonlyArray<Entry>
  readonly streams: (callId: string) => ReadonlyArray<Heard>
  readonly nowMs: number
  readonly forgotten?: number
}
