/**
 * What happens to a call as one form of notice, for the current API. The platform does send something, but nothing public
 * shows it: all of this is assumed.
 */
import * as Call from "./Call.ts"
import type { CallRecord, RecordingRecord, TransferRecord } from "./CallRecord.ts"

/**
 * Something happened to a call, `at` milliseconds from the tenant's origin. `requestId` is the transfer's where one is
 * told of, the call's otherwise.
 *
 * @category models
 * @since 0.1.0
 */
export interface Envelope {
  readonly _tag: "Envelope"
  readonly happened:
    | "CallInitiated"
    | "CallRinging"
    | "CallAnswered"
    | "CallBridged"
    | "CallEnded"
    | "RecordingReady"
    | "TransferStarted"
    | "TransferCompleted"
    | "TransferFailed"
  readonly callId: string
  readonly requestId: string
  readonly direction: "inbound" | "outbound"
  readonly from: string
  readonly to: string
  readonly agentId?: string
  readonly status: string
  readonly at: number
  readonly durationMs?: number
  readonly hangupCause?: string
  readonly recordingId?: string
  readonly variables: Call.Call["variables"]
}

type Happened = Pick<Envelope, "happened" | "status" | "at"> & Partial<Envelope>

const transferStarted = (requestId: string, at: number): Happened => ({
  happened: "TransferStarted",
  status: "started",
  requestId,
  at
})

const transferSettled = (transfer: TransferRecord): Happened => ({
  happened: transfer.status === "completed" ? "TransferCompleted" : "TransferFailed",
  status: transfer.reason ?? transfer.status,
  requestId: transfer.requestId,
  at: transfer.at
})

/** A transfer may start and settle within one event. */
const transfers = (before: Call.Call, after: Call.Call, at: number): ReadonlyArray<Happened> => {
  const last = after.transfers.at(-1)
  const settled = last === undefined || last === before.transfers.at(-1) ? undefined : last
  const current = after.transfer?.requestId ?? settled?.requestId
  return [
    ...(current === undefined || current === before.transfer?.requestId ? [] : [transferStarted(current, at)]),
    ...(settled === undefined ? [] : [transferSettled(settled)])
  ]
}

const recordings = (before: Call.Call, after: Call.Call): ReadonlyArray<Happened> => {
  if (before.recordings === after.recordings) return []
  const wasReady = (recordingId: string): boolean =>
    before.recordings.some((one) => one.recordingId === recordingId && one.endedAt !== undefined)
  const ready = ({ endedAt, recordingId }: RecordingRecord): ReadonlyArray<Happened> =>
    endedAt === undefined || wasReady(recordingId)
      ? []
      : [{ happened: "RecordingReady", status: "ready", at: endedAt, recordingId }]
  return after.recordings.flatMap(ready)
}

/** The first moment of a kind in a call, if it is now. */
const once = (
  happened: Envelope["happened"],
  status: string,
  was: number | undefined,
  at: number | undefined
): ReadonlyArray<Happened> => was === undefined && at !== undefined ? [{ happened, status, at }] : []

const ended = ({ disposition, durationMs, endedAt, hangupCause }: CallRecord): Happened => ({
  happened: "CallEnded",
  status: disposition.toLowerCase(),
  at: endedAt,
  durationMs,
  hangupCause
})

/**
 * What one event, at `at`, changed for a call. `record` is there when the call has ended with it.
 *
 * @category folding
 * @since 0.1.0
 */
export const between = (
  before: Call.Call,
  after: Call.Call,
  record: CallRecord | undefined,
  at: number
): ReadonlyArray<Envelope> => {
  const [was] = before.legs
  const [first] = after.legs
  const { agentId, callerId: from, callId, requestId, to } = after.origin
  const happened: ReadonlyArray<Happened> = [
    ...once("CallInitiated", "initiated", was?.startedAt, first?.startedAt),
    ...once("CallRinging", "ringing", was?.ringingAt, first?.ringingAt),
    ...once("CallAnswered", "answered", was?.answeredAt, first?.answeredAt),
    ...transfers(before, after, at),
    ...once("CallBridged", "bridged", was?.bridgedAt, first?.bridgedAt),
    ...recordings(before, after),
    ...(record === undefined ? [] : [ended(record)])
  ]
  return happened.map((one) => ({
    _tag: "Envelope",
    callId,
    requestId,
    direction: Call.isInbound(after) ? "inbound" : "outbound",
    from,
    to,
    ...(agentId === undefined ? {} : { agentId }),
    variables: after.variables,
    ...one
  }))
}
