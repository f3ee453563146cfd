/** Warm transfer: the caller is held while somebody is asked to take the call over, then goes there, or back. */
import type { Connect, Consult } from "../pcmo/Program.ts"
import * as Call from "./Call.ts"
import type { EventOf } from "./CallEvent.ts"
import { endCall } from "./ending.ts"
import * as HangupCause from "./HangupCause.ts"
import { connectRanOut, isNumber, legsCap } from "./hunting.ts"
import { fail, failedWith, reached } from "./transferring.ts"
import * as turn from "./turn.ts"

/** How long a party that answered has to press the key (assumed). */
export const confirmTimeoutMs = 15_000
/** The key that takes the call over. Source: telecmi/pipecat-piopiy 0.1.0 (documented). */
const confirmKey = "1"

/** A call that consults somebody. */
export type Consulting = Extract<Call.Activity, { readonly _tag: "Consulting" }>

const stopMusic = (t: turn.Turn, { musicId }: Consulting): void => {
  if (musicId !== undefined) turn.emit(t, { _tag: "StopPlayback", playbackId: musicId })
}

const stopAsking = (t: turn.Turn, { confirming, legId }: Consulting): void => {
  turn.disarm(t, turn.confirmTimer)
  if (confirming) turn.emit(t, { _tag: "CloseInput", legId })
}

/** Nobody takes the call over: the caller is back where it was, or the call ends when nobody is there any more. */
const nobody = (t: turn.Turn, held: Call.Held | undefined, cause: string): turn.Progress => {
  failedWith(t, cause)
  if (held === undefined) {
    turn.assume(t, "warm-failure-hangs-up")
    endCall(t, { cause: HangupCause.normalClearing, reason: "the warm transfer reached nobody", by: "Pipeline" })
    return "Pending"
  }
  turn.assume(t, "warm-failure-returns")
  turn.keepNobody(t)
  turn.update(t, { activity: held.talking, program: held.program, nextStep: held.nextStep })
  fail(t)
  return "Pending"
}

const back = (t: turn.Turn, activity: Consulting, cause: string): turn.Progress => {
  if (activity.held !== undefined) {
    stopAsking(t, activity)
    stopMusic(t, activity)
  }
  return nobody(t, activity.held, cause)
}

/** Starts a warm transfer. `held` is the conversation that it interrupts. */
export const consult = (t: turn.Turn, step: Consult, held?: Call.Held): turn.Progress => {
  turn.assume(t, "warm-holds-caller")
  if (t.call.legs.length >= legsCap) return nobody(t, held, HangupCause.temporaryFailure)
  const legId = `callee${t.call.legs.length}`
  if (isNumber(step.endpoint, Call.ownNumber(t.call))) {
    turn.assume(t, "own-number-is-engaged")
    turn.failLeg(t, legId, step.endpoint, HangupCause.userBusy)
    turn.patchLeg(t, legId, { variables: step.variables })
    return nobody(t, held, HangupCause.userBusy)
  }
  const musicId = step.holdAudio === undefined
    ? undefined
    : turn.play(t, { _tag: "File", name: step.holdAudio }, true)
  turn.update(t, {
    activity: {
      _tag: "Consulting",
      consult: step,
      legId,
      confirming: false,
      ...(musicId === undefined ? {} : { musicId }),
      ...(held === undefined ? {} : { held })
    }
  })
  turn.dial(t, legId, {
    endpoint: step.endpoint,
    callerId: step.callerId,
    ringTimeoutMs: step.ringTimeoutMs,
    ...(step.headers === undefined ? {} : { headers: step.headers }),
    variables: step.variables
  })
  return "Pending"
}

/** What a connect to the same party would have been. */
const asConnect = ({ callerId, endpoint, ringTimeoutMs, variables }: Consult): Connect => ({
  _tag: "Connect",
  ...(callerId === undefined ? {} : { callerId }),
  strategy: "Sequential",
  endpoints: [endpoint],
  ringTimeoutMs,
  machineDetection: false,
  metadata: variables
})

const takeOver = (t: turn.Turn, activity: Consulting): turn.Progress => {
  stopMusic(t, activity)
  reached(t, HangupCause.attendedTransfer)
  turn.bridge(t, activity.legId)
  turn.update(t, {
    activity: { _tag: "Talking", connect: asConnect(activity.consult), round: 0, legId: activity.legId }
  })
  return "Pending"
}

/** The party answered: it takes the call over, or is asked to press the key. */
export const answered = (t: turn.Turn, activity: Consulting, event: EventOf<"LegAnswered">): turn.Progress => {
  const { legId } = activity
  turn.disarm(t, turn.ringTimer(legId))
  turn.patchLeg(t, legId, { state: "Answered", answeredAt: t.at, answeredBy: event.by })
  if (!activity.consult.confirm) return takeOver(t, activity)
  turn.assume(t, "warm-confirm-key")
  turn.update(t, { activity: { ...activity, confirming: true } })
  turn.emit(t, { _tag: "OpenInput", legId, attempt: 0, modes: ["dtmf"] })
  turn.arm(t, turn.confirmTimer, confirmTimeoutMs)
  return "Pending"
}

/** The party pressed a key. */
export const keyPressed = (t: turn.Turn, activity: Consulting, event: EventOf<"DigitPressed">): void => {
  if (!activity.confirming || event.legId !== activity.legId) return turn.ignore(t, event, "not-collecting")
  if (event.digit !== confirmKey) return turn.ignore(t, event, "other-key")
  stopAsking(t, activity)
  takeOver(t, activity)
}

/** The party, or the network, refused. */
export const refused = (t: turn.Turn, activity: Consulting, cause: string): turn.Progress => {
  turn.legEnded(t, activity.legId, cause)
  return back(t, activity, cause)
}

/** It rang until the ring timeout. */
export const rangOut = (t: turn.Turn, activity: Consulting): turn.Progress => {
  turn.hangUpLeg(t, activity.legId, HangupCause.noAnswer)
  return back(t, activity, HangupCause.noAnswer)
}

/** It answered, and did not press the key in time. */
export const unconfirmed = (t: turn.Turn, activity: Consulting): turn.Progress => {
  turn.hangUpLeg(t, activity.legId, HangupCause.normalClearing)
  return back(t, activity, HangupCause.noAnswer)
}

const heldLeft = (t: turn.Turn, activity: Consulting): turn.Progress => {
  const { held: _, ...alone } = activity
  turn.update(t, { activity: alone })
  return "Pending"
}

/** Somebody left: the party that was to press the key, or the one that the caller talked with before. */
export const hungUp = (t: turn.Turn, activity: Consulting, event: EventOf<"LegHungUp">): turn.Progress => {
  turn.legEnded(t, event.legId, event.cause)
  return event.legId === activity.legId ? back(t, activity, HangupCause.callRejected) : heldLeft(t, activity)
}

/** The maximum duration of the connect of before ran out while its party waits. */
export const heldRanOut = (t: turn.Turn, activity: Consulting): turn.Progress => {
  connectRanOut(t)
  return heldLeft(t, activity)
}
