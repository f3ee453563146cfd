/** Input: prompts, digits with their timers, speech, retries, and where the result goes. */
import type { Collect, Prompt } from "../pcmo/Program.ts"
import * as Call from "./Call.ts"
import type { InputResult } from "./CallCommand.ts"
import type { EventOf } from "./CallEvent.ts"
import { stopActivity } from "./ending.ts"
import * as turn from "./turn.ts"

/** How many digits a caller may type ahead of the question. */
const typedAheadCap = 64
/** How many answered questions a record keeps, the newest. */
const inputsCap = 500

const isDigit = (text: string): boolean => /^[0-9*#A-D]$/.test(text)

type Collecting = Extract<turn.Turn["call"]["activity"], { readonly _tag: "Collecting" }>

const collecting = (t: turn.Turn): Collecting | undefined =>
  t.call.activity._tag === "Collecting" ? t.call.activity : undefined

const set = (t: turn.Turn, activity: Collecting): void => turn.update(t, { activity })

/** Plays the next prompt, or listens: the first-digit timer runs from the end of the last prompt. */
const promptOrListen = (t: turn.Turn, activity: Collecting): void => {
  const { playbackId: _, ...idle } = activity
  const [prompt, ...prompts] = activity.prompts
  if (prompt === undefined) {
    set(t, idle)
    turn.arm(t, turn.firstDigitTimer, activity.collect.digits.firstDigitTimeoutMs)
  } else set(t, { ...idle, prompts, playbackId: turn.play(t, prompt, false) })
}

/** Digits typed ahead answer the question before it is asked; without any, it is asked. */
const ask = (t: turn.Turn, collect: Collect, attempt: number, lead: Prompt | undefined): void => {
  const prompts = [lead, collect.prompt].filter((prompt) => prompt !== undefined)
  const activity: Collecting = { _tag: "Collecting", collect, attempt, entry: "", prompts }
  set(t, activity)
  turn.emit(t, { _tag: "OpenInput", legId: Call.callerLegId, attempt, modes: collect.modes })
  if (collect.digits.flushBuffer) turn.update(t, { typedAhead: "" })
  if (t.call.typedAhead === "" || !collect.modes.includes("dtmf")) return promptOrListen(t, activity)
  turn.assume(t, "digits-typed-ahead")
  while (t.call.typedAhead !== "" && collecting(t)?.attempt === attempt) {
    const digit = t.call.typedAhead.slice(0, 1)
    turn.update(t, { typedAhead: t.call.typedAhead.slice(1) })
    press(t, digit)
  }
}

/** Starts an input step. */
export const collect = (t: turn.Turn, step: Collect): void => ask(t, step, 0, undefined)

const hand = (t: turn.Turn, activity: Collecting, result: InputResult): void => {
  turn.update(t, { inputs: [...t.call.inputs, { at: t.at, ...result }].slice(-inputsCap) })
  stopActivity(t)
  const { onResult } = activity.collect
  if (onResult._tag === "Ref") {
    turn.assume(t, "ref-names-stored-pipeline")
    const lookupId = turn.fresh(t, "lookup")
    turn.update(t, { activity: { _tag: "AwaitingStored", lookupId } })
    return turn.emit(t, { _tag: "LookUpStored", lookupId, source: "Pipeline", ref: onResult.ref })
  }
  const { extraParams = "{}", origin: { callerId, callId, to }, variables } = t.call
  const about = { callId, callerId, to }
  if (!Call.isLegacy(t.call)) {
    turn.assume(t, "input-result-body")
    return turn.ask(t, onResult.url, { _tag: "Input", ...about, result, variables })
  }
  if (result.status !== "success") turn.assume(t, "no-digits-posted")
  turn.ask(t, onResult.url, { _tag: "Digits", ...about, digits: result.entry ?? "", extraParams })
}

/** An entry is complete: it goes on, or the question is asked again while retries are left. */
const settle = (t: turn.Turn, activity: Collecting, result: InputResult): void => {
  const { max, invalidPrompt, noInputPrompt } = activity.collect.retries
  if (result.status === "success" || activity.attempt >= max) return hand(t, activity, result)
  turn.assume(t, "retry-repeats-prompt")
  stopActivity(t)
  ask(t, activity.collect, activity.attempt + 1, result.status === "invalid" ? invalidPrompt : noInputPrompt)
}

/** Why an entry is complete. */
type CompletedBy = "Timeout" | "FinishKey" | "LastDigit"

const complete = (t: turn.Turn, activity: Collecting, by: CompletedBy): void => {
  const { collect: { digits, modes }, entry } = activity
  const inputType = modes.includes("dtmf") ? "dtmf" : "speech"
  const came = entry === "" ? {} : { entry }
  if (entry === "" && by === "Timeout") return settle(t, activity, { status: "no_input", inputType })
  if (entry.length >= digits.minDigits) return settle(t, activity, { status: "success", inputType, ...came })
  if (by === "FinishKey") turn.assume(t, "finish-key-alone-is-invalid")
  settle(t, activity, { status: "invalid", inputType, ...came })
}

/** A digit silences the prompt and counts towards the entry. */
const press = (t: turn.Turn, digit: string): void => {
  const activity = collecting(t)
  if (activity === undefined) return
  const { playbackId, ...silent } = activity
  if (playbackId !== undefined) turn.emit(t, { _tag: "StopPlayback", playbackId })
  turn.disarm(t, turn.firstDigitTimer)
  turn.disarm(t, turn.interDigitTimer)
  const { digits } = activity.collect
  const finished = digit === digits.finishKey
  const entry = finished ? activity.entry : activity.entry + digit
  const next: Collecting = { ...silent, prompts: [], entry }
  set(t, next)
  if (finished) return complete(t, next, "FinishKey")
  if (entry.length >= digits.maxDigits) return complete(t, next, "LastDigit")
  turn.arm(t, turn.interDigitTimer, digits.interDigitTimeoutMs)
}

/** The caller pressed a key: part of an entry, typed ahead of the next question, or for nobody but the other party. */
export const digitPressed = (t: turn.Turn, event: EventOf<"DigitPressed">): void => {
  const { activity, retainedLegId } = t.call
  const forOthers = activity._tag === "Talking" || activity._tag === "Consulting" || retainedLegId !== undefined
  if (!isDigit(event.digit)) turn.ignore(t, event, "not-a-digit")
  else if (forOthers) turn.ignore(t, event, "not-collecting")
  else if (activity._tag === "Collecting" && activity.collect.modes.includes("dtmf")) return press(t, event.digit)
  else if (t.call.typedAhead.length >= typedAheadCap) turn.ignore(t, event, "buffer-full")
  else turn.update(t, { typedAhead: t.call.typedAhead + event.digit })
}

/** The caller said something: an answer where speech is asked for. */
export const speechHeard = (t: turn.Turn, event: EventOf<"SpeechHeard">): void => {
  const activity = collecting(t)
  if (activity === undefined || !activity.collect.modes.includes("speech")) {
    return turn.ignore(t, event, "not-collecting")
  }
  settle(t, activity, { status: "success", inputType: "speech", entry: event.text })
}

/** A prompt of the question has been heard to its end. */
export const promptFinished = (t: turn.Turn, event: EventOf<"PlaybackFinished">): void => {
  const activity = collecting(t)
  if (activity?.playbackId !== event.playbackId) turn.ignore(t, event, "stale-playback")
  else promptOrListen(t, activity)
}

/** A digit timer ran out. */
export const entryTimedOut = (t: turn.Turn): void => {
  const activity = collecting(t)
  if (activity !== undefined) complete(t, activity, "Timeout")
}
