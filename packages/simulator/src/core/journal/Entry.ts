/**
 * What the journal holds. Followers, records, expectations and replay read entries and nothing else.
 *
 * Every entry has `seq` (counted within its tenant), `at` (whole milliseconds from the tenant's origin) and, where
 * another entry led to it, `causedBy`.
 */
import type { CallCommand } from "../call/CallCommand.ts"
import type { CallEvent, DeliveryFailure, Reply } from "../call/CallEvent.ts"
import type { Notice } from "../call/Notice.ts"
import type { Fault } from "../fault/Fault.ts"
import type { Measures } from "../media/Measures.ts"
import type { Lateness, StreamCounts } from "../media/StreamCounts.ts"
import type { Party, Sound } from "../scenario/Party.ts"
import type { Why } from "../stream/StreamCodec.ts"
import type { Assumption, ReportAssumption } from "./Assumption.ts"

interface Common {
  readonly seq: number
  readonly at: number
  readonly tenant: string
}

/**
 * The first entry: enough to repeat the run. `originEpochMs` is the wall clock at the origin.
 *
 * @category models
 * @since 0.1.0
 */
export interface Started extends Common {
  readonly _tag: "Started"
  readonly version: string
  readonly seed: number
  readonly originEpochMs: number
}

/**
 * A request of the emulated API that carried known credentials. Bodies are not kept.
 *
 * @category models
 * @since 0.1.0
 */
export interface Requested extends Common {
  readonly _tag: "Requested"
  readonly operation: string
}

/**
 * A request that was not taken: the status and error code that it was answered with, and the first field at fault.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refused extends Common {
  readonly _tag: "Refused"
  readonly causedBy: number
  readonly operation: string
  readonly status: number
  readonly error: string
  readonly field?: string
}

/**
 * A text message that was taken. It is never sent anywhere.
 *
 * @category models
 * @since 0.1.0
 */
export interface Messaged extends Common {
  readonly _tag: "Messaged"
  readonly causedBy: number
  readonly to: string
  readonly text: string
}

/**
 * One turn of a call: the event, where it led, what it asked for, and the assumptions it rests on. Written before any
 * command is carried out.
 *
 * @category models
 * @since 0.1.0
 */
export interface Turned extends Common {
  readonly _tag: "Turned"
  readonly callId: string
  readonly causedBy: number
  readonly event: CallEvent
  readonly from: string
  readonly to: string
  readonly commands: ReadonlyArray<CallCommand>
  readonly assumes?: ReadonlyArray<Assumption>
}

/**
 * An attempt to send a webhook. `body` is what was sent and `replyText` what came back, both cut to a bound; `durationMs`
 * runs from the sending. The outcome of a question is the kind of its reply, that of a report which a 2xx answered is
 * `Taken`. `attempt` counts from 1, and only records are attempted more than once.
 *
 * @category models
 * @since 0.1.0
 */
export interface Delivered extends Common {
  readonly _tag: "Delivered"
  readonly callId: string
  readonly causedBy: number
  readonly deliveryId: string
  readonly url: string
  readonly notice: Notice
  readonly attempt: number
  readonly durationMs: number
  readonly status?: number
  readonly outcome: Reply["_tag"] | "Taken" | DeliveryFailure
  readonly body?: string
  readonly replyText?: string
  readonly assumes?: ReadonlyArray<ReportAssumption>
}

/**
 * The engine itself broke on this call, which was dropped. Always a defect of the simulator.
 *
 * @category models
 * @since 0.1.0
 */
export interface Broke extends Common {
  readonly _tag: "Broke"
  readonly callId: string
  readonly causedBy: number
  readonly message: string
}

/**
 * An audio stream is over: how the conversation on it went, counted in samples of `measures.sampleRate` from `openedAt`,
 * what passed, and how late its frames were, when there were any. `timer` is how late the machine's own timer was
 * meanwhile, by which `Passage.isTrusted` tells whether to trust what was measured; it is absent where time is exact. A
 * stream that was never open has no such entry.
 *
 * @category models
 * @since 0.1.0
 */
export interface Streamed extends Common {
  readonly _tag: "Streamed"
  readonly callId: string
  readonly causedBy: number
  readonly streamId: string
  readonly openedAt: number
  readonly measures: Measures
  readonly counts: StreamCounts
  readonly lateness?: Lateness
  readonly timer?: Lateness
}

/**
 * A message of the app on a stream had no effect: why, and the path of what is at fault, empty for the message as a
 * whole. `undecodable` is audio that is none, or that nothing here decodes, as `note` says; `not-a-program` a list that
 * is no PCMO, `too-many-lists` one beyond what the streams of a call may send. Of each stream the first ten are told;
 * {@link Streamed} counts all.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamIgnored extends Common {
  readonly _tag: "StreamIgnored"
  readonly callId: string
  readonly causedBy: number
  readonly streamId: string
  readonly why: Why | "undecodable" | "not-a-program" | "too-many-lists"
  readonly path: string
  readonly note?: string
}

/**
 * A fault that was asked for, at what it befell: the `operation` of a request, what a `webhook` is about, or a stream,
 * the latter two with their `url`. `faultId` is the rule's, `header` when a request asked for the fault itself. `callId` is
 * there when the call was known, so not for a request that places one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Faulted extends Common {
  readonly _tag: "Faulted"
  readonly faultId: string
  readonly name?: string
  readonly fault: Fault["_tag"]
  readonly causedBy?: number
  readonly callId?: string
  readonly operation?: string
  readonly webhook?: Notice["_tag"]
  readonly url?: string
}

/**
 * What somebody can do for a person on the phone.
 *
 * @category models
 * @since 0.1.0
 */
export type Act =
  | { readonly _tag: "Presses"; readonly digits: string }
  | { readonly _tag: "Speaks"; readonly text: string }
  | { readonly _tag: "Says"; readonly sound: Sound }
  | { readonly _tag: "Answers" }
  | { readonly _tag: "Rejects"; readonly cause: string }
  | { readonly _tag: "HangsUp" }

/**
 * Somebody outside acted for a person on the phone. What came of it are turns with this entry as their cause.
 *
 * @category models
 * @since 0.1.0
 */
export interface Acted extends Common {
  readonly _tag: "Acted"
  readonly callId: string
  readonly legId: string
  readonly act: Act
}

/**
 * Somebody outside settled how a number behaves from its next call on; without `party`, as it did at first.
 *
 * @category models
 * @since 0.1.0
 */
export interface Scripted extends Common {
  readonly _tag: "Scripted"
  readonly number: string
  readonly party?: Party
}

/**
 * Anything the journal holds.
 *
 * @category models
 * @since 0.1.0
 */
export type Entry =
  | Started
  | Requested
  | Refused
  | Messaged
  | Turned
  | Delivered
  | Broke
  | Streamed
  | StreamIgnored
  | Faulted
  | Acted
  | Scripted

type Undated<E> = E extends Entry ? Omit<E, "seq" | "at" | "tenant"> : never

/**
 * An entry before the journal has numbered and dated it.
 *
 * @category models
 * @since 0.1.0
 */
export type Draft = Undated<Entry>
