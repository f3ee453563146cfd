/** Runs the steps of a program one after another until one has to wait. */
import type { Program, Variables } from "../pcmo/Program.ts"
import * as Call from "./Call.ts"
import { collect } from "./collecting.ts"
import { consult } from "./consulting.ts"
import { endCall } from "./ending.ts"
import * as HangupCause from "./HangupCause.ts"
import { connect } from "./hunting.ts"
import { callerListens } from "./transferring.ts"
import * as turn from "./turn.ts"

/** How many variables a call carries; a `param` that would go beyond changes nothing. */
const variablesCap = 1000

const addVariables = (t: turn.Turn, more: Variables): void => {
  const { variables } = t.call
  const added = Object.keys(more).filter((name) => !Object.hasOwn(variables, name)).length
  if (added > 0 && Object.keys(variables).length + added > variablesCap) return
  turn.update(t, { variables: { ...variables, ...more } })
}

const step = (t: turn.Turn): turn.Progress => {
  const next = t.call.program[t.call.nextStep]
  if (next === undefined) {
    if (Call.liveStreams(t.call).length > 0) {
      turn.assume(t, "stream-keeps-call")
      turn.update(t, { activity: { _tag: "Streaming" } })
      return "Pending"
    }
    turn.assume(t, "pipeline-end-hangs-up")
    endCall(t, { cause: HangupCause.normalClearing, by: "Pipeline" })
    return "Pending"
  }
  turn.update(t, { nextStep: t.call.nextStep + 1 })
  switch (next._tag) {
    case "Param":
      addVariables(t, next.variables)
      return "Done"
    case "Record":
      turn.recordCall(t, next.recording)
      return "Done"
    case "Hangup":
      endCall(t, { cause: HangupCause.normalClearing, by: "Pipeline" })
      return "Pending"
    case "Play":
      callerListens(t)
      turn.update(t, { activity: { _tag: "Playing", playbackId: turn.play(t, next.prompt, false) } })
      return "Pending"
    case "Attach":
      turn.assume(t, "param-replaces-extra-params")
      turn.update(t, { extraParams: next.text })
      return "Done"
    case "Ask": {
      const { appId, callerId, callId, to } = t.call.origin
      const inbound = Call.isInbound(t.call)
      if (!inbound) turn.assume(t, "answer-url-says-outbound")
      turn.ask(t, next.url, {
        _tag: "Answer",
        callId,
        direction: inbound ? "inbound" : "outbound",
        callerId,
        to,
        ...(appId === undefined ? {} : { appId }),
        at: t.at
      })
      return "Pending"
    }
    case "OpenStream":
      turn.openStream(t, next)
      return "Done"
    case "Connect":
      return connect(t, next)
    case "Consult":
      return consult(t, next)
    case "Collect":
      callerListens(t)
      collect(t, next)
      return "Pending"
    case "RunStored": {
      const lookupId = turn.fresh(t, "lookup")
      turn.update(t, { activity: { _tag: "AwaitingStored", lookupId } })
      turn.emit(t, { _tag: "LookUpStored", lookupId, source: next.source, ref: next.ref })
      return "Pending"
    }
  }
}

/** Goes on after a step that is over; a step that waits keeps the call where it is. */
export const proceed = (t: turn.Turn, progress: turn.Progress): void => {
  let now = progress
  while (now === "Done") now = step(t)
}

/** Puts another program in the place of what is left of this one. */
export const load = (t: turn.Turn, program: Program): void =>
  turn.update(t, { program, nextStep: 0, activity: { _tag: "Waiting" } })
