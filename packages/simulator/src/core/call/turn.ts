/**
 * One turn of the call machine: the state as it changes, and the commands that come of it.
 *
 * A turn lives for a single transition; outside of it, states are immutable.
 */
import type { Assumption } from "../journal/Assumption.ts"
import type { Endpoint, OpenStream, Prompt, RecordingFormat, Variables } from "../pcmo/Program.ts"
import * as Seed from "../Seed.ts"
import { callRate } from "../stream/voiceQuality.ts"
import * as Call from "./Call.ts"
import type { CallCommand, IgnoredBecause, Question } from "./CallCommand.ts"
import type { CallEvent } from "./CallEvent.ts"
import type { StreamEnd } from "./CallRecord.ts"
import type { HangupCause } from "./HangupCause.ts"

/** The state so far, and what has been asked of the world. */
export interface Turn {
  call: Call.Call
  readonly at: number
  readonly commands: Array<CallCommand>
  readonly assumes: Array<Assumption>
}

/** Whether a step of the program is over, or waits for another event. */
export type Progress = "Done" | "Pending"

export const start = (call: Call.Call, at: number): Turn => ({ call, at, commands: [], assumes: [] })

export const emit = (turn: Turn, command: CallCommand): void => {
  turn.commands.push(command)
}

export const update = (turn: Turn, patch: Partial<Call.Call>): void => {
  turn.call = { ...turn.call, ...patch }
}

export const assume = (turn: Turn, name: Assumption): void => {
  if (!turn.assumes.includes(name)) turn.assumes.push(name)
}

export const ignore = (turn: Turn, event: CallEvent, why: IgnoredBecause): void =>
  emit(turn, { _tag: "Ignored", state: Call.label(turn.call), event: event._tag, why })

/** A name that no other leg, playback, delivery, lookup or recording of this call has. */
export const fresh = (turn: Turn, kind: string): string => {
  update(turn, { sequence: turn.call.sequence + 1 })
  return `${kind}${turn.call.sequence}`
}

export const arm = (turn: Turn, timer: string, afterMs: number): void => {
  const generation = turn.call.sequence + 1
  update(turn, { sequence: generation, timers: { ...turn.call.timers, [timer]: generation } })
  emit(turn, { _tag: "ArmTimer", timer, generation, dueAt: turn.at + afterMs })
}

const forget = (turn: Turn, timer: string): void => {
  const { [timer]: _, ...timers } = turn.call.timers
  update(turn, { timers })
}

export const disarm = (turn: Turn, timer: string): void => {
  const generation = turn.call.timers[timer]
  if (generation === undefined) return
  forget(turn, timer)
  emit(turn, { _tag: "DisarmTimer", timer, generation })
}

/** Takes the timer off the list when it is the one that is armed; a stale one is told apart by its generation. */
export const fired = (turn: Turn, timer: string, generation: number): boolean => {
  if (turn.call.timers[timer] !== generation) return false
  forget(turn, timer)
  return true
}

const ringPrefix = "ring:"
export const ringTimer = (legId: string): string => ringPrefix + legId
/** Whose ring timer this is. */
export const ringingLeg = (timer: string): string => timer.slice(ringPrefix.length)
export const maxDurationTimer = "max-duration"
export const connectDurationTimer = "connect-duration"
export const firstDigitTimer = "first-digit"
export const interDigitTimer = "inter-digit"
export const confirmTimer = "confirm"
export const streamLostTimer = "stream-lost"

export const patchLeg = (turn: Turn, legId: string, patch: Partial<Call.Leg>): void =>
  update(turn, { legs: turn.call.legs.map((leg) => leg.legId === legId ? { ...leg, ...patch } : leg) })

/** The platform's id of the leg that comes next. */
const nextUuid = ({ call }: Turn): string =>
  call.legs.length === 0 ? call.origin.callId : Seed.uuid(0, call.origin.callId, call.legs.length)

/** The leg of a phone that calls in, and rings until it is picked up. */
export const receive = (turn: Turn, endpoint: Endpoint): void => {
  const legId = Call.callerLegId
  const leg: Call.Leg = {
    legId,
    uuid: nextUuid(turn),
    endpoint,
    state: "Ringing",
    startedAt: turn.at,
    ringingAt: turn.at
  }
  update(turn, { legs: [leg] })
  emit(turn, { _tag: "ReceiveLeg", legId, endpoint })
}

export const dial = (
  turn: Turn,
  legId: string,
  options: {
    readonly endpoint: Endpoint
    readonly callerId: string | undefined
    readonly ringTimeoutMs: number
    readonly headers?: Readonly<Record<string, string>>
    readonly metadata?: Variables
    readonly variables?: Variables
  }
): void => {
  const leg: Call.Leg = {
    legId,
    uuid: nextUuid(turn),
    endpoint: options.endpoint,
    state: "Dialing",
    startedAt: turn.at,
    ...(options.variables === undefined ? {} : { variables: options.variables })
  }
  update(turn, { legs: [...turn.call.legs, leg] })
  emit(turn, {
    _tag: "DialLeg",
    legId,
    endpoint: options.endpoint,
    callerId: options.callerId ?? (Call.isInbound(turn.call) ? turn.call.origin.to : turn.call.origin.callerId),
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...(options.metadata === undefined ? {} : { metadata: options.metadata })
  })
  arm(turn, ringTimer(legId), options.ringTimeoutMs)
}

/** The recording and the limit of a bridged leg end with it; once nobody else is bridged, the caller is alone. */
const leaveBridge = (turn: Turn, legId: string): void => {
  disarm(turn, connectDurationTimer)
  stopLegRecordings(turn, legId)
  const [caller, ...others] = turn.call.legs
  if (others.some((leg) => leg.state === "Bridged")) return
  if (caller?.state === "Bridged") patchLeg(turn, caller.legId, { state: "Answered" })
  if (turn.call.onHold) update(turn, { onHold: false })
}

/** The parties of the bridge do not hear each other from now on, or do again. */
export const hold = (turn: Turn, on: boolean): void => {
  update(turn, { onHold: on })
  emit(turn, { _tag: on ? "HoldCall" : "ResumeCall" })
}

/** A leg that could not even be dialed. */
export const failLeg = (turn: Turn, legId: string, endpoint: Endpoint, cause: HangupCause): void => {
  const leg: Call.Leg = {
    legId,
    uuid: nextUuid(turn),
    endpoint,
    state: "Ended",
    startedAt: turn.at,
    endedAt: turn.at,
    hangupCause: cause
  }
  update(turn, { legs: [...turn.call.legs, leg] })
}

/** The caller talks with a callee from now on. */
export const bridge = (turn: Turn, legId: string): void => {
  patchLeg(turn, legId, { state: "Bridged", bridgedAt: turn.at })
  const bridgedAt = Call.leg(turn.call, Call.callerLegId)?.bridgedAt ?? turn.at
  patchLeg(turn, Call.callerLegId, { state: "Bridged", bridgedAt })
  emit(turn, { _tag: "BridgeLegs", legId })
}

/** Nobody is kept for a transfer any more; who was stays on the line. */
export const keepNobody = (turn: Turn): void => {
  const { retainedLegId: _, ...call } = turn.call
  turn.call = call
}

/** The leg is over by itself: nobody has to be told. */
export const legEnded = (turn: Turn, legId: string, cause: HangupCause): void => {
  disarm(turn, ringTimer(legId))
  const bridged = Call.leg(turn.call, legId)?.state === "Bridged"
  patchLeg(turn, legId, { state: "Ended", endedAt: turn.at, hangupCause: cause })
  if (legId !== Call.callerLegId && bridged) leaveBridge(turn, legId)
  if (turn.call.retainedLegId === legId) keepNobody(turn)
}

/** Ends a leg that is live; an ended one stays as it is. */
export const hangUpLeg = (turn: Turn, legId: string, cause: HangupCause): void => {
  const leg = Call.leg(turn.call, legId)
  if (leg === undefined || !Call.isLive(leg)) return
  emit(turn, { _tag: "HangUpLeg", legId, cause })
  legEnded(turn, legId, cause)
}

export const play = (turn: Turn, prompt: Prompt, loop: boolean): string => {
  const playbackId = fresh(turn, "playback")
  emit(turn, { _tag: "StartPlayback", playbackId, prompt, loop })
  return playbackId
}

/** Asks the customer's URL, and waits for what it replies. */
export const ask = (turn: Turn, url: string, notice: Question): void => {
  const deliveryId = fresh(turn, "delivery")
  update(turn, { activity: { _tag: "AwaitingReply", deliveryId } })
  emit(turn, { _tag: "Notify", deliveryId, url, notice })
}

export const startRecording = (turn: Turn, recording: RecordingFormat, legId?: string): string => {
  const recordingId = fresh(turn, "recording")
  const which = legId === undefined ? {} : { legId }
  update(turn, {
    recordings: [...turn.call.recordings, { recordingId, recording, ...which, startedAt: turn.at }]
  })
  emit(turn, { _tag: "StartRecording", recordingId, recording, ...which })
  return recordingId
}

/** Records the conversation from now on; while that runs, asking again changes nothing. */
export const recordCall = (turn: Turn, recording: RecordingFormat): void => {
  if (!turn.call.recordings.some((one) => one.legId === undefined && one.endedAt === undefined)) {
    startRecording(turn, recording)
  }
}

/** Ends the recordings of one leg. */
export const stopLegRecordings = (turn: Turn, legId: string): void => {
  for (const one of turn.call.recordings) if (one.legId === legId) stopRecording(turn, one.recordingId)
}

export const stopRecording = (turn: Turn, recordingId: string): void => {
  const running = turn.call.recordings.some((one) => one.recordingId === recordingId && one.endedAt === undefined)
  if (!running) return
  update(turn, {
    recordings: turn.call.recordings.map((one) => one.recordingId === recordingId ? { ...one, endedAt: turn.at } : one)
  })
  emit(turn, { _tag: "StopRecording", recordingId })
}

/** How many streams a call may have at once, and how many in all; a further one is not opened. */
const streamsAtOnceCap = 4
const streamsCap = 500

/** Dials a stream, which goes on beside whatever runs. */
export const openStream = (turn: Turn, stream: OpenStream): void => {
  const { streams } = turn.call
  if (Call.liveStreams(turn.call).length >= streamsAtOnceCap || streams.length >= streamsCap) {
    return assume(turn, "four-streams-at-once")
  }
  if (callRate(stream.sampleRate) !== stream.sampleRate) assume(turn, "other-voice-quality")
  const streamId = fresh(turn, "stream")
  update(turn, { streams: [...streams, { streamId, stream, startedAt: turn.at }] })
  emit(turn, { _tag: "OpenStream", streamId, stream })
}

export const patchStream = (turn: Turn, streamId: string, patch: Partial<Call.CallStream>): void =>
  update(turn, {
    streams: turn.call.streams.map((stream) => stream.streamId === streamId ? { ...stream, ...patch } : stream)
  })

/** The stream is over by itself: nobody has to be told. */
export const streamEnded = (turn: Turn, streamId: string, end: StreamEnd): void =>
  patchStream(turn, streamId, { endedAt: turn.at, end })

/** Closes a stream in the ordinary way; `by` is who wanted it. */
export const closeStream = (turn: Turn, streamId: string, by: "App" | "Platform"): void => {
  const end = { code: 1000, reason: "" }
  emit(turn, { _tag: "CloseStream", streamId, ...end })
  streamEnded(turn, streamId, { _tag: "Closed", by, ...end })
}
