/** How a call ends: every leg, timer, playback, recording and stream with it, and its record last. */
import * as Call from "./Call.ts"
import type { EndedBy } from "./CallEvent.ts"
import type { CallRecord, LegRecord, StreamRecord } from "./CallRecord.ts"
import * as HangupCause from "./HangupCause.ts"
import { endedWithCall } from "./transferring.ts"
import * as turn from "./turn.ts"

const since = (from: number | undefined, to: number): number => from === undefined ? 0 : to - from

const minuteMs = 60_000

/** Started minutes, from the answer on (assumed). */
const charge = (rateMicros: number, durationMs: number): number => rateMicros * Math.ceil(durationMs / minuteMs)

const legRecord = (leg: Call.Leg, endedAt: number, rateMicros: number | undefined): LegRecord => {
  const durationMs = since(leg.answeredAt, leg.endedAt ?? endedAt)
  const cause = leg.hangupCause ?? HangupCause.normalClearing
  return {
    legId: leg.legId,
    uuid: leg.uuid,
    endpoint: leg.endpoint,
    startedAt: leg.startedAt,
    ...(leg.ringingAt === undefined ? {} : { ringingAt: leg.ringingAt }),
    ...(leg.answeredAt === undefined ? {} : { answeredAt: leg.answeredAt }),
    ...(leg.answeredBy === undefined ? {} : { answeredBy: leg.answeredBy }),
    ...(leg.bridgedAt === undefined ? {} : { bridgedAt: leg.bridgedAt }),
    endedAt: leg.endedAt ?? endedAt,
    durationMs,
    disposition: HangupCause.disposition(leg.answeredAt !== undefined, cause),
    hangupCause: cause,
    ...(rateMicros === undefined ? {} : { chargeMicros: charge(rateMicros, durationMs) }),
    ...(leg.variables === undefined ? {} : { variables: leg.variables })
  }
}

/** No stream outlives its call, so each has an end by now. */
const streamRecord = (one: Call.CallStream, endedAt: number): StreamRecord => ({
  streamId: one.streamId,
  origin: URL.parse(one.stream.url)?.origin ?? "",
  listens: one.stream.listens,
  sampleRate: one.stream.sampleRate,
  startedAt: one.startedAt,
  ...(one.openedAt === undefined ? {} : { openedAt: one.openedAt }),
  endedAt: one.endedAt ?? endedAt,
  end: one.end ?? { _tag: "Closed", by: "Platform", code: 1000, reason: "" }
})

const record = (call: Call.Call, ending: NonNullable<Call.Call["ending"]>): CallRecord => {
  const { origin } = call
  const answeredAt = Call.leg(call, Call.callerLegId)?.answeredAt
  return {
    callId: origin.callId,
    requestId: origin.requestId,
    kind: origin.kind,
    direction: Call.isInbound(call) ? "inbound" : "outbound",
    ...(origin.appId === undefined ? {} : { appId: origin.appId }),
    callerId: origin.callerId,
    to: origin.to,
    startedAt: origin.at,
    ...(answeredAt === undefined ? {} : { answeredAt }),
    endedAt: ending.at,
    durationMs: since(answeredAt, ending.at),
    disposition: HangupCause.disposition(answeredAt !== undefined, ending.cause),
    hangupCause: ending.cause,
    ...(ending.reason === undefined ? {} : { hangupReason: ending.reason }),
    endedBy: ending.by,
    legs: call.legs.map((leg) => legRecord(leg, ending.at, origin.rateMicros)),
    transfers: call.transfers,
    inputs: call.inputs,
    recordings: call.recordings,
    streams: call.streams.map((one) => streamRecord(one, ending.at)),
    variables: call.variables,
    ...(call.extraParams === undefined ? {} : { extraParams: call.extraParams })
  }
}

/** Stops what the running step does, and leaves bridged parties on the line. */
export const stopActivity = (t: turn.Turn): void => {
  const { activity } = t.call
  switch (activity._tag) {
    case "Playing":
      turn.emit(t, { _tag: "StopPlayback", playbackId: activity.playbackId })
      break
    case "Hunting":
      for (const leg of t.call.legs) {
        if (leg.state === "Dialing" || leg.state === "Ringing") {
          turn.hangUpLeg(t, leg.legId, HangupCause.originatorCancel)
        }
      }
      if (activity.musicId !== undefined) turn.emit(t, { _tag: "StopPlayback", playbackId: activity.musicId })
      break
    case "Talking":
      if (activity.legId === Call.callerLegId) {
        turn.disarm(t, turn.connectDurationTimer)
        turn.stopLegRecordings(t, Call.callerLegId)
      }
      break
    case "Consulting":
      turn.hangUpLeg(
        t,
        activity.legId,
        activity.confirming ? HangupCause.normalClearing : HangupCause.originatorCancel
      )
      turn.disarm(t, turn.confirmTimer)
      if (activity.confirming) turn.emit(t, { _tag: "CloseInput", legId: activity.legId })
      if (activity.musicId !== undefined) turn.emit(t, { _tag: "StopPlayback", playbackId: activity.musicId })
      break
    case "Collecting":
      if (activity.playbackId !== undefined) {
        turn.emit(t, { _tag: "StopPlayback", playbackId: activity.playbackId })
      }
      turn.disarm(t, turn.firstDigitTimer)
      turn.disarm(t, turn.interDigitTimer)
      turn.emit(t, { _tag: "CloseInput", legId: Call.callerLegId })
      break
    case "Streaming":
      turn.disarm(t, turn.streamLostTimer)
      break
    case "Waiting":
    case "AwaitingReply":
    case "AwaitingStored":
      break
  }
  turn.update(t, { activity: { _tag: "Waiting" } })
}

/**
 * Ends the call. The caller's leg ends with the call's own cause; a party that was bridged hears an ordinary hangup,
 * one that still rang is cancelled.
 */
export const endCall = (
  t: turn.Turn,
  ending: { readonly cause: string; readonly reason?: string; readonly by: EndedBy }
): void => {
  stopActivity(t)
  for (const { streamId } of Call.liveStreams(t.call)) turn.closeStream(t, streamId, "Platform")
  for (const leg of t.call.legs) {
    const cause = leg.legId === Call.callerLegId
      ? ending.cause
      : leg.answeredAt === undefined
      ? HangupCause.originatorCancel
      : HangupCause.normalClearing
    turn.hangUpLeg(t, leg.legId, cause)
  }
  for (const recording of t.call.recordings) turn.stopRecording(t, recording.recordingId)
  for (const timer of Object.keys(t.call.timers)) turn.disarm(t, timer)
  endedWithCall(t, ending)
  const end = { at: t.at, ...ending }
  turn.update(t, { phase: "Ended", ending: end })
  turn.emit(t, { _tag: "WriteRecord", record: record(t.call, end) })
}
