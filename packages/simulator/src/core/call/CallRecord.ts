/**
 * The record written when a call has ended: a projection of its last state.
 */
import type { Endpoint, RecordingFormat, Variables } from "../pcmo/Program.ts"
import type { CallKind, EndedBy } from "./CallEvent.ts"
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
