/**
 * The call machine: every event in every state, as a pure and total function.
 *
 * Nonsense changes nothing and says why, so a late timer, a second answer or a reply after the end are harmless and
 * visible. Times arrive in events; effects leave as commands, in the order in which they are to be carried out.
 */
import type { Assumption } from "../journal/Assumption.ts"
import * as Call from "./Call.ts"
import type { CallCommand } from "./CallCommand.ts"
import type { CallEvent, EventOf } from "./CallEvent.ts"
import { digitPressed, entryTimedOut, promptFinished, speechHeard } from "./collecting.ts"
import * as consulting from "./consulting.ts"
import { endCall, stopActivity } from "./ending.ts"
import * as HangupCause from "./HangupCause.ts"
import { calleeAnswered, calleeFailed, calleeHungUp, calleeRangOut, connectRanOut, isDirect } from "./hunting.ts"
import { load, proceed } from "./running.ts"
import * as streaming from "./streaming.ts"
import { begin } from "./transferring.ts"
import * as turn from "./turn.ts"

/** How long a phone rings when nobody says: 40 s, the older API's documented default (assumed here). */
export const defaultRingTimeoutMs = 40_000
/** How long a call lasts at most when nobody says: 7200 s, the longest that may be asked for (assumed). */
export const defaultMaxDurationMs = 7_200_000

/**
 * What a transition gives: the next state, what to do, and which assumptions it rests on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Outcome {
  readonly call: Call.Call
  readonly commands: ReadonlyArray<CallCommand>
  readonly assumes: ReadonlyArray<Assumption>
}

/** The phone on the first leg is on the line: the call's longest duration counts from now. */
const callerAnswered = (t: turn.Turn, by: EventOf<"LegAnswered">["by"]): void => {
  const { origin } = t.call
  turn.disarm(t, turn.ringTimer(Call.callerLegId))
  turn.patchLeg(t, Call.callerLegId, { state: "Answered", answeredAt: t.at, answeredBy: by })
  turn.update(t, { phase: "Running" })
  turn.arm(t, turn.maxDurationTimer, origin.maxDurationMs ?? defaultMaxDurationMs)
  if (origin.record) turn.recordCall(t, Call.plainRecording)
  proceed(t, "Done")
}

/** An inbound call knows what to run: a hangup before anything else refuses it, anything else picks it up. */
const pickUp = (t: turn.Turn): void => {
  if (t.call.program[0]?._tag === "Hangup") {
    return endCall(t, { cause: HangupCause.callRejected, by: "Pipeline" })
  }
  turn.assume(t, "picked-up-with-actions")
  turn.emit(t, { _tag: "AnswerLeg", legId: Call.callerLegId })
  callerAnswered(t, "Person")
}

/** A phone calls in: it rings until the answer URL has said what to run, and not at all with a program of its own. */
const received = (t: turn.Turn, event: EventOf<"Originated">): void => {
  turn.receive(t, { _tag: "Pstn", number: event.callerId })
  if (event.program[0]?._tag !== "Ask") return pickUp(t)
  turn.arm(t, turn.ringTimer(Call.callerLegId), event.ringTimeoutMs ?? defaultRingTimeoutMs)
  proceed(t, "Done")
}

const originated = (t: turn.Turn, event: EventOf<"Originated">): void => {
  const [first] = event.program
  turn.update(t, {
    phase: "Calling",
    origin: event,
    program: event.program,
    variables: event.variables,
    ...(event.extraParams === undefined ? {} : { extraParams: event.extraParams })
  })
  if (event.kind === "Inbound") return received(t, event)
  const direct = first?._tag === "Connect" && isDirect(first, t.call)
  turn.dial(t, Call.callerLegId, {
    endpoint: { _tag: "Pstn", number: event.to },
    callerId: event.callerId,
    ringTimeoutMs: event.ringTimeoutMs ?? (direct ? first.ringTimeoutMs : defaultRingTimeoutMs)
  })
  streaming.openEarly(t)
}

const calleeEvent = (t: turn.Turn, event: EventOf<"LegAnswered" | "LegRejected" | "LegHungUp">): turn.Progress => {
  const { activity } = t.call
  switch (event._tag) {
    case "LegAnswered":
      return activity._tag === "Consulting" ? consulting.answered(t, activity, event) : calleeAnswered(t, event)
    case "LegRejected":
      return activity._tag === "Consulting"
        ? consulting.refused(t, activity, event.cause)
        : calleeFailed(t, event.legId, event.cause)
    case "LegHungUp":
      return activity._tag === "Consulting" ? consulting.hungUp(t, activity, event) : calleeHungUp(t, event)
  }
}

const refusedByPerson = (cause: string): boolean =>
  cause === HangupCause.callRejected || cause === HangupCause.originatorCancel

const legEvent = (
  t: turn.Turn,
  event: EventOf<"LegRinging" | "LegAnswered" | "LegRejected" | "LegHungUp">
): void => {
  const leg = Call.leg(t.call, event.legId)
  if (leg === undefined) return turn.ignore(t, event, "unknown-leg")
  if (!Call.isLive(leg)) return turn.ignore(t, event, "leg-ended")
  const caller = leg.legId === Call.callerLegId
  const up = leg.answeredAt !== undefined
  switch (event._tag) {
    case "LegRinging":
      if (leg.state !== "Dialing") return turn.ignore(t, event, "wrong-leg-state")
      return turn.patchLeg(t, leg.legId, { state: "Ringing", ringingAt: t.at })
    case "LegAnswered":
      if (up || (caller && Call.isInbound(t.call))) return turn.ignore(t, event, "wrong-leg-state")
      return caller ? callerAnswered(t, event.by) : proceed(t, calleeEvent(t, event))
    case "LegRejected":
      if (up) return turn.ignore(t, event, "wrong-leg-state")
      if (!caller) return proceed(t, calleeEvent(t, event))
      turn.legEnded(t, leg.legId, event.cause)
      return endCall(t, { cause: event.cause, by: refusedByPerson(event.cause) ? "Caller" : "Network" })
    case "LegHungUp":
      if (!up) return turn.ignore(t, event, "wrong-leg-state")
      if (!caller) return proceed(t, calleeEvent(t, event))
      turn.legEnded(t, leg.legId, event.cause)
      return endCall(t, { cause: event.cause, by: "Caller" })
  }
}

const timerFired = (t: turn.Turn, event: EventOf<"TimerFired">): void => {
  if (!turn.fired(t, event.timer, event.generation)) return turn.ignore(t, event, "stale-timer")
  const { activity, origin } = t.call
  switch (event.timer) {
    case turn.ringTimer(Call.callerLegId):
      if (origin.ringTimeoutMs === undefined) turn.assume(t, "default-ring-timeout")
      return endCall(t, { cause: HangupCause.noAnswer, by: "Timeout" })
    case turn.maxDurationTimer:
      turn.assume(t, origin.maxDurationMs === undefined ? "default-max-duration" : "max-duration-from-answer")
      return endCall(t, { cause: HangupCause.allottedTimeout, by: "Timeout" })
    case turn.connectDurationTimer:
      return proceed(t, activity._tag === "Consulting" ? consulting.heldRanOut(t, activity) : connectRanOut(t))
    case turn.confirmTimer:
      return activity._tag === "Consulting" ? proceed(t, consulting.unconfirmed(t, activity)) : undefined
    case turn.streamLostTimer:
      return streaming.ranOut(t)
    case turn.firstDigitTimer:
    case turn.interDigitTimer:
      return entryTimedOut(t)
    default:
      return proceed(
        t,
        activity._tag === "Consulting"
          ? consulting.rangOut(t, activity)
          : calleeRangOut(t, turn.ringingLeg(event.timer))
      )
  }
}

const webhookSettled = (t: turn.Turn, event: EventOf<"WebhookReplied" | "WebhookFailed">): void => {
  const { activity } = t.call
  if (activity._tag !== "AwaitingReply" || activity.deliveryId !== event.deliveryId) {
    return turn.ignore(t, event, "late-reply")
  }
  if (event._tag === "WebhookReplied" && event.reply._tag === "NewProgram") {
    const left = t.call.nextStep < t.call.program.length
    if (left || !Call.isLegacy(t.call)) turn.assume(t, "reply-replaces-rest")
    load(t, event.reply.program)
    return t.call.phase === "Calling" ? pickUp(t) : proceed(t, "Done")
  }
  if (event._tag === "WebhookReplied" && event.reply._tag === "Empty") {
    turn.assume(t, "empty-reply-hangs-up")
    return endCall(t, { cause: HangupCause.normalClearing, reason: "empty reply to the callback", by: "Pipeline" })
  }
  turn.assume(t, "bad-reply-hangs-up")
  const reason = event._tag === "WebhookFailed"
    ? `no reply to the callback: ${event.why}`
    : "the reply to the callback is not a pipeline"
  endCall(t, { cause: HangupCause.temporaryFailure, reason, by: "Pipeline" })
}

const lookedUp = (t: turn.Turn, event: EventOf<"StoredFound" | "StoredMissing">): void => {
  const { activity } = t.call
  if (activity._tag !== "AwaitingStored" || activity.lookupId !== event.lookupId) {
    return turn.ignore(t, event, "stale-lookup")
  }
  if (event._tag === "StoredFound") {
    load(t, event.program)
    return proceed(t, "Done")
  }
  turn.assume(t, "stored-miss-hangs-up")
  endCall(t, { cause: HangupCause.temporaryFailure, reason: "no such stored pipeline or flow", by: "Pipeline" })
}

const playbackFinished = (t: turn.Turn, event: EventOf<"PlaybackFinished">): void => {
  const { activity } = t.call
  if (activity._tag !== "Playing" || activity.playbackId !== event.playbackId) return promptFinished(t, event)
  turn.update(t, { activity: { _tag: "Waiting" } })
  proceed(t, "Done")
}

const transferred = (t: turn.Turn, event: EventOf<"TransferRequested">): void => {
  if (t.call.transfer !== undefined) return turn.ignore(t, event, "transfer-in-progress")
  begin(t, event.requestId)
  if (t.call.phase === "Calling") {
    turn.assume(t, "transfer-before-answer")
    load(t, event.program)
    return Call.isInbound(t.call) ? pickUp(t) : undefined
  }
  const { activity, nextStep, program } = t.call
  const [first] = event.program
  if (activity._tag === "Talking" && activity.legId !== Call.callerLegId) {
    turn.update(t, { retainedLegId: activity.legId })
    if (first?._tag === "Consult") {
      load(t, event.program)
      turn.update(t, { nextStep: 1 })
      return proceed(t, consulting.consult(t, first, { talking: activity, program, nextStep }))
    }
    turn.assume(t, "transfer-keeps-agent-until-answer")
  }
  stopActivity(t)
  load(t, event.program)
  proceed(t, "Done")
}

const holdRequested = (t: turn.Turn, event: EventOf<"HoldRequested">): void => {
  const { onHold } = t.call
  const on = event.hold === "Toggle" ? !onHold : event.hold === "On"
  if (!Call.isBridged(t.call)) return turn.ignore(t, event, "not-bridged")
  if (on === onHold) return turn.ignore(t, event, "hold-unchanged")
  turn.assume(t, "hold-mutes-bridge")
  turn.hold(t, on)
}

const heard = (t: turn.Turn, event: EventOf<"DigitPressed" | "SpeechHeard">): void => {
  const leg = Call.leg(t.call, event.legId)
  if (leg === undefined) return turn.ignore(t, event, "unknown-leg")
  if (!Call.isLive(leg)) return turn.ignore(t, event, "leg-ended")
  if (leg.legId !== Call.callerLegId && t.call.activity._tag === "Consulting" && event._tag === "DigitPressed") {
    return consulting.keyPressed(t, t.call.activity, event)
  }
  if (leg.legId !== Call.callerLegId || t.call.phase !== "Running") return turn.ignore(t, event, "not-collecting")
  return event._tag === "DigitPressed" ? digitPressed(t, event) : speechHeard(t, event)
}

const dispatch = (t: turn.Turn, event: CallEvent): void => {
  switch (event._tag) {
    case "Originated":
      return originated(t, event)
    case "LegRinging":
    case "LegAnswered":
    case "LegRejected":
    case "LegHungUp":
      return legEvent(t, event)
    case "DigitPressed":
    case "SpeechHeard":
      return heard(t, event)
    case "PlaybackFinished":
      return playbackFinished(t, event)
    case "TimerFired":
      return timerFired(t, event)
    case "WebhookReplied":
    case "WebhookFailed":
      return webhookSettled(t, event)
    case "StoredFound":
    case "StoredMissing":
      return lookedUp(t, event)
    case "StreamOpened":
    case "StreamFailed":
    case "StreamClosed":
    case "StreamProgram":
    case "StreamStopped":
      return proceed(t, streaming.met(t, event))
    case "TransferRequested":
      return transferred(t, event)
    case "HoldRequested":
      return holdRequested(t, event)
    case "HangupRequested":
      return endCall(t, {
        cause: event.cause,
        ...(event.reason === undefined ? {} : { reason: event.reason }),
        by: event.by
      })
  }
}

/**
 * One event of one call.
 *
 * @category folding
 * @since 0.1.0
 */
export const transition = (call: Call.Call, event: CallEvent): Outcome => {
  const t = turn.start(call, event.at)
  const first = event._tag === "Originated"
  if (call.phase === "Ended") turn.ignore(t, event, "call-ended")
  else if (call.phase === "New" && !first) turn.ignore(t, event, "not-originated")
  else if (call.phase !== "New" && first) turn.ignore(t, event, "already-originated")
  else dispatch(t, event)
  return { call: t.call, commands: t.commands, assumes: t.assumes }
}
