/**
 * What the call machine asks the world to do, in the imperative. The engine carries commands out in order.
 */
import type { Endpoint, OpenStream, Prompt, RecordingFormat, Variables } from "../pcmo/Program.ts"
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
  | "not-bridged"
  | "hold-unchanged"
  | "unknown-stream"
  | "stream-ended"
  | "wrong-stream-state"

/**
 * One thing to do. The `metadata` of a dialed agent are those of its session.
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
    readonly metadata?: Variables
  }
  | { readonly _tag: "ReceiveLeg"; readonly legId: string; readonly endpoint: Endpoint }
  | { readonly _tag: "AnswerLeg"; readonly legId: string }
  | { readonly _tag: "HoldCall" }
  | { readonly _tag: "ResumeCall" }
  | { readonly _tag: "OpenStream"; readonly streamId: string; readonly stream: OpenStream }
  | { readonly _tag: "CloseStream"; readonly streamId: string; readonly code: number; readonly reason: string }
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
  | { readonly _tag: "Notify"; readonly deliveryId: string; readonly url: string; readonly notice: Question }
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
 * What the customer's URL is told about collected input (current API).
 *
 * @category models
 * @since 0.1.0
 */
export interface InputNotice {
  readonly _tag: "Input"
  readonly callId: string
  readonly callerId: string
  readonly to: string
  readonly result: InputResult
  readonly variables: Variables
}

/**
 * What the customer's URL is told about collected digits (older API): none is an empty text.
 *
 * @category models
 * @since 0.1.0
 */
export interface DigitsNotice {
  readonly _tag: "Digits"
  readonly callId: string
  readonly callerId: string
  readonly to: string
  readonly digits: string
  readonly extraParams: string
}

/**
 * What the answer URL is told about a call (older API).
 *
 * @category models
 * @since 0.1.0
 */
export interface AnswerNotice {
  readonly _tag: "Answer"
  readonly callId: string
  readonly direction: "inbound" | "outbound"
  readonly callerId: string
  readonly to: string
  readonly appId?: string
  readonly at: number
}

/**
 * What a call waits for a reply to.
 *
 * @category models
 * @since 0.1.0
 */
export type Question = InputNotice | DigitsNotice | AnswerNotice

/** One kind of command. */
export type CommandOf<Tag extends CallCommand["_tag"]> = Extract<CallCommand, { readonly _tag: Tag }>
