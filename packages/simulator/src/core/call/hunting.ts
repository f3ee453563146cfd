/** Connect: ringing endpoints in rounds until one answers, and talking until that leg ends. */
import * as DialPlan from "../pcmo/DialPlan.ts"
import type { Connect, Endpoint, Variables } from "../pcmo/Program.ts"
import * as Call from "./Call.ts"
import type { EventOf } from "./CallEvent.ts"
import { endCall, stopActivity } from "./ending.ts"
import * as HangupCause from "./HangupCause.ts"
import { failedWith, reached } from "./transferring.ts"
import * as turn from "./turn.ts"

/** How many legs a call may have had; a connect that needs more reaches nobody. */
export const legsCap = 500

const isRinging = (leg: Call.Leg): boolean => leg.state === "Dialing" || leg.state === "Ringing"

const finish = (t: turn.Turn): turn.Progress => {
  stopActivity(t)
  return "Done"
}

const talk = (
  t: turn.Turn,
  talking: { readonly connect: Connect; readonly round: number; readonly legId: string }
): turn.Progress => {
  const { connect, legId } = talking
  if (connect.recording !== undefined) turn.startRecording(t, connect.recording, legId)
  turn.update(t, { activity: { _tag: "Talking", ...talking } })
  if (connect.maxDurationMs !== undefined) turn.arm(t, turn.connectDurationTimer, connect.maxDurationMs)
  return "Pending"
}

/** Whether the endpoint is the phone with this number. */
export const isNumber = (endpoint: Endpoint, number: string): boolean =>
  endpoint._tag === "Pstn" && endpoint.number === number

/**
 * A connect to nobody but the number that the call itself dials: what the official clients of the current API send for a
 * direct call.
 */
export const isDirect = (step: Connect, call: Call.Call): boolean =>
  !Call.isLegacy(call) && step.endpoints.length === 1
  && step.endpoints.every((endpoint) => isNumber(endpoint, call.origin.to))

/** The phone that the call dialed is on the line already. */
const joinCaller = (t: turn.Turn, connect: Connect): turn.Progress => {
  turn.assume(t, "direct-call-rings-once")
  const caller = Call.leg(t.call, Call.callerLegId)
  if (connect.machineDetection && caller?.answeredBy === "Machine") {
    turn.assume(t, "machine-skipped")
    failedWith(t, HangupCause.noAnswer)
    return finish(t)
  }
  reached(t, HangupCause.blindTransfer)
  return talk(t, { connect, round: 0, legId: Call.callerLegId })
}

/** What an agent knows of the call: its variables, and what the connect adds. */
const sessionMetadata = (t: turn.Turn, { metadata }: Connect): Variables => {
  if (Object.keys(metadata).length === 0) return t.call.variables
  turn.assume(t, "metadata-joins-variables")
  return { ...t.call.variables, ...metadata }
}

const dialRound = (t: turn.Turn, connect: Connect, from: number, musicId: string | undefined): turn.Progress => {
  turn.update(t, {
    activity: { _tag: "Hunting", connect, round: from, ...(musicId === undefined ? {} : { musicId }) }
  })
  const rounds = DialPlan.rounds(connect)
  const endpoints = DialPlan.round(connect, from, rounds)
  const tooMany = endpoints !== undefined && t.call.legs.length + endpoints.length > legsCap
  if (tooMany) failedWith(t, HangupCause.temporaryFailure)
  if (endpoints === undefined || tooMany) {
    turn.assume(t, "connect-failure-continues")
    return finish(t)
  }
  if (connect.strategy === "Simultaneous" && rounds.length > 1) turn.assume(t, "phones-before-agents")
  if (from >= rounds.length) turn.assume(t, "loop-repeats-list")
  for (const endpoint of endpoints) {
    const legId = `callee${t.call.legs.length}`
    if (isNumber(endpoint, Call.ownNumber(t.call))) {
      turn.assume(t, "own-number-is-engaged")
      turn.failLeg(t, legId, endpoint, HangupCause.userBusy)
      failedWith(t, HangupCause.userBusy)
    } else {
      turn.dial(t, legId, {
        endpoint,
        callerId: connect.callerId,
        ringTimeoutMs: connect.ringTimeoutMs,
        ...(endpoint._tag === "Agent" ? { metadata: sessionMetadata(t, connect) } : {})
      })
    }
  }
  return nextWhenAllFailed(t)
}

/** Starts a connect. */
export const connect = (t: turn.Turn, step: Connect): turn.Progress => {
  if (t.call.legs.length === 1 && isDirect(step, t.call)) return joinCaller(t, step)
  const music = step.waitingMusic === undefined || t.call.retainedLegId !== undefined
    ? undefined
    : turn.play(t, { _tag: "File", name: step.waitingMusic }, true)
  return dialRound(t, step, 0, music)
}

/** One endpoint of the round is out: the next round rings when it was the last. */
const nextWhenAllFailed = (t: turn.Turn): turn.Progress => {
  const { activity } = t.call
  if (activity._tag !== "Hunting" || t.call.legs.some(isRinging)) return "Pending"
  return dialRound(t, activity.connect, activity.round + 1, activity.musicId)
}

/** A callee answered: it is bridged, and whoever else rings is let go. */
export const calleeAnswered = (t: turn.Turn, event: EventOf<"LegAnswered">): turn.Progress => {
  const { activity } = t.call
  turn.disarm(t, turn.ringTimer(event.legId))
  turn.patchLeg(t, event.legId, { state: "Answered", answeredAt: t.at, answeredBy: event.by })
  if (activity._tag !== "Hunting") {
    turn.hangUpLeg(t, event.legId, HangupCause.loseRace)
    return "Pending"
  }
  if (event.by === "Machine" && activity.connect.machineDetection) {
    turn.assume(t, "machine-skipped")
    turn.hangUpLeg(t, event.legId, HangupCause.normalClearing)
    failedWith(t, HangupCause.noAnswer)
    return nextWhenAllFailed(t)
  }
  for (const leg of t.call.legs.filter(isRinging)) {
    turn.hangUpLeg(t, leg.legId, HangupCause.loseRace)
  }
  if (activity.musicId !== undefined) turn.emit(t, { _tag: "StopPlayback", playbackId: activity.musicId })
  reached(t, HangupCause.blindTransfer)
  turn.bridge(t, event.legId)
  return talk(t, { connect: activity.connect, round: activity.round, legId: event.legId })
}

/** A callee refused, was refused by the network, or rang too long. */
export const calleeFailed = (t: turn.Turn, legId: string, cause: string): turn.Progress => {
  turn.legEnded(t, legId, cause)
  failedWith(t, cause)
  return nextWhenAllFailed(t)
}

/** A callee's ring timeout ran out. */
export const calleeRangOut = (t: turn.Turn, legId: string): turn.Progress => {
  turn.hangUpLeg(t, legId, HangupCause.noAnswer)
  failedWith(t, HangupCause.noAnswer)
  return nextWhenAllFailed(t)
}

/** The bridged party left: the connect is over, unless it was an agent that fell off the call. */
export const calleeHungUp = (t: turn.Turn, event: EventOf<"LegHungUp">): turn.Progress => {
  const leg = Call.leg(t.call, event.legId)
  const { activity } = t.call
  turn.legEnded(t, event.legId, event.cause)
  if (activity._tag !== "Talking" || activity.legId !== event.legId) return nextWhenAllFailed(t)
  stopActivity(t)
  const dropped = leg?.endpoint._tag === "Agent" && event.cause !== HangupCause.normalClearing
  if (!dropped || DialPlan.round(activity.connect, activity.round + 1) === undefined) {
    turn.assume(t, "bridge-end-continues")
    return "Done"
  }
  turn.assume(t, "agent-drop-fails-over")
  return dialRound(t, activity.connect, activity.round + 1, undefined)
}

/** The connect's own maximum duration ran out, for a party that a transfer kept too. In a direct call it is the call's. */
export const connectRanOut = (t: turn.Turn): turn.Progress => {
  const { activity, retainedLegId } = t.call
  const talking = activity._tag === "Talking" ? activity.legId : undefined
  if (talking === Call.callerLegId) {
    endCall(t, { cause: HangupCause.allottedTimeout, by: "Timeout" })
    return "Pending"
  }
  turn.assume(t, "connect-limit-continues")
  const legId = talking ?? retainedLegId
  if (legId !== undefined) turn.hangUpLeg(t, legId, HangupCause.allottedTimeout)
  return talking === undefined ? "Pending" : finish(t)
}
