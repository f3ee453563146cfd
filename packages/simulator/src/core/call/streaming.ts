/** What happens to the audio streams of a call, and what the apps behind them want. */
import { conservative } from "../stream/StreamProfile.ts"
import * as Call from "./Call.ts"
import type { EventOf } from "./CallEvent.ts"
import { endCall, stopActivity } from "./ending.ts"
import * as HangupCause from "./HangupCause.ts"
import { load } from "./running.ts"
import * as turn from "./turn.ts"

/** An event of a stream. */
export type StreamEvent = EventOf<
  "StreamOpened" | "StreamFailed" | "StreamClosed" | "StreamProgram" | "StreamStopped"
>

/**
 * Opens the streams that a placed call begins with and that do not wait for the answer, while its phone still rings.
 */
export const openEarly = (t: turn.Turn): void => {
  for (;;) {
    const next = t.call.program[t.call.nextStep]
    if (next?._tag !== "OpenStream" || next.onAnswer) return
    turn.assume(t, "stream-before-answer")
    turn.update(t, { nextStep: t.call.nextStep + 1 })
    turn.openStream(t, next)
  }
}

const rules = ({ origin }: Call.Call) => origin.streamRules ?? conservative

/** With the last stream gone a call that has nothing left to run ends, after a while. */
const lost = (t: turn.Turn): turn.Progress => {
  if (t.call.activity._tag !== "Streaming" || Call.liveStreams(t.call).length > 0) return "Pending"
  turn.assume(t, "lost-stream-grace")
  turn.arm(t, turn.streamLostTimer, rules(t.call).lossGraceMs)
  return "Pending"
}

/** The while is over. */
export const ranOut = (t: turn.Turn): void =>
  endCall(t, { cause: HangupCause.normalClearing, reason: "the audio stream was lost", by: "Pipeline" })

/** The app has enough of the stream: the call goes on at once, or is over with it. */
const stopped = (t: turn.Turn, streamId: string): turn.Progress => {
  turn.closeStream(t, streamId, "App")
  const isOver = t.call.activity._tag === "Streaming" && Call.liveStreams(t.call).length === 0
  return isOver ? "Done" : "Pending"
}

const keeps = (call: Call.Call, { stream }: Call.CallStream): boolean => {
  const { bridgeKeepsStream } = rules(call)
  return bridgeKeepsStream === "always" || (bridgeKeepsStream === "listening-to-both" && stream.listens === "both")
}

/** The app gives the call another program: it takes the place of what runs and of whatever is left. */
const programmed = (t: turn.Turn, stream: Call.CallStream, { program }: EventOf<"StreamProgram">): turn.Progress => {
  turn.assume(t, "stream-program-replaces-rest")
  if (program.some(({ _tag }) => _tag === "Connect")) {
    turn.assume(t, "bridge-keeps-stream-of-both")
    if (!keeps(t.call, stream)) turn.closeStream(t, stream.streamId, "Platform")
  }
  if (t.call.phase === "Calling") {
    if (program[0]?._tag === "Hangup") endCall(t, { cause: HangupCause.originatorCancel, by: "Pipeline" })
    else load(t, program)
    openEarly(t)
    return "Pending"
  }
  const { activity } = t.call
  stopActivity(t)
  if (activity._tag === "Talking" && activity.legId !== Call.callerLegId) {
    turn.hangUpLeg(t, activity.legId, HangupCause.blindTransfer)
  }
  load(t, program)
  return "Done"
}

/** One event of a stream. */
export const met = (t: turn.Turn, event: StreamEvent): turn.Progress => {
  const { streamId } = event
  const ignore = (why: Parameters<typeof turn.ignore>[2]): turn.Progress => {
    turn.ignore(t, event, why)
    return "Pending"
  }
  const stream = t.call.streams.find((one) => one.streamId === streamId)
  if (stream === undefined) return ignore("unknown-stream")
  if (stream.endedAt !== undefined) return ignore("stream-ended")
  const isOpen = stream.openedAt !== undefined
  switch (event._tag) {
    case "StreamOpened":
      if (isOpen) return ignore("wrong-stream-state")
      turn.patchStream(t, streamId, { openedAt: t.at })
      return "Pending"
    case "StreamFailed": {
      if (isOpen) return ignore("wrong-stream-state")
      const { status, why } = event
      turn.streamEnded(t, streamId, { _tag: "Failed", why, ...(status === undefined ? {} : { status }) })
      return lost(t)
    }
    case "StreamClosed": {
      const { by, code, reason } = event
      turn.streamEnded(t, streamId, { _tag: "Closed", by, code, reason })
      return lost(t)
    }
    case "StreamStopped":
      return isOpen ? stopped(t, streamId) : ignore("wrong-stream-state")
    case "StreamProgram":
      if (!isOpen) return ignore("wrong-stream-state")
      return t.call.transfer === undefined ? programmed(t, stream, event) : ignore("transfer-in-progress")
  }
}
