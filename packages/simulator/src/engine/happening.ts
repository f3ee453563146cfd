/** An event before it is dated: the mailbox that takes it says when it happened. */
import type { CallEvent } from "../core/call/CallEvent.ts"

type Undated<E> = E extends CallEvent ? Omit<E, "at"> : never

/** What happened, without the moment. */
export type Happening = Undated<CallEvent>
