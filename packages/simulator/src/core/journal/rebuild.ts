/** What a journal alone can tell: the state of a call, by folding its events once more. */
import * as Call from "../call/Call.ts"
import { transition } from "../call/transition.ts"
import type { Entry } from "./Entry.ts"

/**
 * The state of a call after all its entries; `Call.initial` when there are none.
 *
 * @category folding
 * @since 0.1.0
 */
export const call = (entries: ReadonlyArray<Entry>, callId: string): Call.Call =>
  entries.reduce(
    (state, entry) => entry._tag === "Turned" && entry.callId === callId ? transition(state, entry.event).call : state,
    Call.initial
  )
