/**
 * The record written when a call has ended: a projection of its last state.
 */
import type { Endpoint, OpenStream, RecordingFormat, Variables } from "../pcmo/Program.ts"
import type { CallKind, EndedBy, StreamEndedBy, StreamFailure } from "./CallEvent.ts"
import type { Disposition, HangupCause } from "./HangupCause.ts"

/**
 * One leg of an ended call. Times are milliseconds from the tenant's origin; `durationMs` runs from the answer. `uuid` is
 * the platform's id of the leg, `chargeMicros` what it cost, in millionths of the account's currency.
 *
 * @category models
 * @since 0.1.0
 */
export interface LegRecord {
  readonly legId: string
  readonly uuid: string
  readonly endpoint: Endpoint
  readonly startedAt: number
  readonly ringingAt?: number
  readonly answeredAt?: number
  readonly answeredBy?: "Person" | "Machine" | "Agent"
  readonly bridgedAt?: number
  readonly endedAt: number
  readonly durationMs: number
  readonly disposition: Disposition
  readonly hangupCause: HangupCause
  readonly chargeMicros?: number
  readonly variables?: Variables
}

/**
 * A call that has ended.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallRecord {
  readonly callId: string
  readonly requestId: string
  readonly kind: CallKind
  readonly direction: "inbound" | "outbound"
  readonly appId?: string
  readonly callerId: string
  readonly to: string
  readonly startedAt: number
  readonly answeredAt?: number
  readonly endedAt: number
  readonly durationMs: number
  readonly disposition: Disposition
  readonly hangupCause: HangupCause
  readonly hangupReason?: string
  readonly endedBy: EndedBy
  readonly legs: ReadonlyArray<LegRecord>
  readonly transfers: ReadonlyArray<TransferRecord>
  readonly inputs: ReadonlyArray<InputRecord>
  readonly recordings: ReadonlyArray<RecordingRecord>
  readonly streams: ReadonlyArray<StreamRecord>
  readonly variables: Variables
  readonly extraParams?: string
}

/**
 * Why a transfer reached nobody. Source: telecmi/pipecat-piopiy 0.1.0 (documented).
 *
 * @category models
 * @since 0.1.0
 */
export type TransferReason =
  | "busy"
  | "no_answer"
  | "rejected"
  | "invalid_number"
  | "unreachable"
  | "call_barred"
  | "network_error"

/**
 * One transfer that has settled, at `at`. Its reason says so at its end when the call was over with it.
 *
 * @category models
 * @since 0.1.0
 */
export interface TransferRecord {
  readonly requestId: string
  readonly at: number
  readonly status: "completed" | "failed"
  readonly reason?: TransferReason | `${TransferReason}_and_call_ended`
}

/**
 * One question that the call asked, and what came.
 *
 * @category models
 * @since 0.1.0
 */
export interface InputRecord {
  readonly at: number
  readonly status: "success" | "no_input" | "invalid"
  readonly inputType: "dtmf" | "speech"
  readonly entry?: string
}

/**
 * One recording: the whole conversation, or one leg of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordingRecord {
  readonly recordingId: string
  readonly recording: RecordingFormat
  readonly legId?: string
  readonly startedAt: number
  readonly endedAt?: number
}

/**
 * How a stream ended: by whom, with code and reason of the close frame, 1006 when it broke off; or why it was never open.
 *
 * @category models
 * @since 0.1.0
 */
export type StreamEnd =
  | { readonly _tag: "Closed"; readonly by: StreamEndedBy; readonly code: number; readonly reason: string }
  | { readonly _tag: "Failed"; readonly why: StreamFailure; readonly status?: number }

/**
 * One audio stream. Of its URL the origin is kept, since the rest may hold a secret. It was dialed at `startedAt`, and
 * open from `openedAt` on, if ever.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamRecord {
  readonly streamId: string
  readonly origin: string
  readonly listens: OpenStream["listens"]
  readonly sampleRate: number
  readonly startedAt: number
  readonly openedAt?: number
  readonly endedAt: number
  readonly end: StreamEnd
}
