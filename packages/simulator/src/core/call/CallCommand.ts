/**
 * What the call machine asks the world to do, in the imperative. The engine carries commands out in order.
 */
import type { Endpoint, Prompt, RecordingFormat, Variables } from "../pcmo/Program.ts"
import type { CallRecord, TransferRecord } from "./CallRecord.ts"
import type { HangupCause } from "./HangupCause.ts"

/**
 * The outcome of collecting input, as it goes to the customer's URL. `entry` is absent when nothing came.
 *
 * @category models
 * @since 0.1.0
 */
export interface InputResult {
  readonly status: "success" | "no_input" | "invalid"
  readonly inputType: "dtmf" | "speech"
  readonly entry?: string
}

/**
 * Why an event changed nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type IgnoredBecause =
  | "call-ended"
  | "already-originated"
  | "not-originated"
  | "unknown-leg"
  | "leg-ended"
  | "wrong-leg-state"
  | "stale-timer"
  | "stale-playback"
  | "late-reply"
  | "stale-lookup"
  | "not-collecting"
  | "not-a-digit"
  | "other-key"
  | "buffer-full"
  | "transfer-in-progress"

/**
 * One thing to do.
 *
 * @category models
 * @since 0.1.0
 */
export type CallCommand =
  | {
    readonly _tag: "DialLeg"
    readonly legId: string
    readonly endpoint: Endpoint
    readonly callerId: string
    readonly headers?: Readonly<Record<string, string>>
  }
  | { readonly _tag: "HangUpLeg"; readonly legId: string; readonly cause: HangupCause }
  | { readonly _tag: "BridgeLegs"; readonly legId: string }
  | { readonly _tag: "StartPlayback"; readonly playbackId: string; readonly prompt: Prompt; readonly loop: boolean }
  | { readonly _tag: "StopPlayback"; readonly playbackId: string }
  | {
    readonly _tag: "OpenInput"
    readonly legId: string
    readonly attempt: number
    readonly modes: ReadonlyArray<"dtmf" | "speech">
  }
  | { readonly _tag: "CloseInput"; readonly legId: string }
  | {
    readonly _tag: "StartRecording"
    readonly recordingId: string
    readonly recording: RecordingFormat
    readonly legId?: string
  }
  | { readonly _tag: "StopRecording"; readonly recordingId: string }
  | { readonly _tag: "ArmTimer"; readonly timer: string; readonly generation: number; readonly dueAt: number }
  | { readonly _tag: "DisarmTimer"; readonly timer: string; readonly generation: number }
  | { readonly _tag: "Notify"; readonly deliveryId: string; readonly url: string; readonly notice: InputNotice }
  | {
    readonly _tag: "LookUpStored"
    readonly lookupId: string
    readonly source: "Pipeline" | "Flow"
    readonly ref: string
  }
  | { readonly _tag: "SettleTransfer"; readonly transfer: TransferRecord }
  | { readonly _tag: "WriteRecord"; readonly record: CallRecord }
  | { readonly _tag: "Ignored"; readonly state: string; readonly event: string; readonly why: IgnoredBecause }

/**
 * What the customer's URL is told about collected input.
 *
 * @category models
 * @since 0.1.0
 */
export interface InputNotice {
  readonly callId: string
  readonly callerId: string
  readonly to: string
  readonly result: InputResult
  readonly variables: Variables
}

/** One kind of command. */
export type CommandOf<Tag extends CallCommand["_tag"]> = Extract<CallCommand, { readonly _tag: Tag }>
