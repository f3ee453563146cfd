/**
 * The other spellings of the older PCMO that are documented or that other clients send, each rewritten as the one that
 * the wire schemas state. What is not understood stays as it is, for the schemas to refuse.
 */
import * as Limits from "../wire/Limits.ts"
import { attempt, isArray, isRecord } from "./plainData.ts"

interface Fields {
  readonly [key: string]: unknown
}

const number = (value: unknown): unknown =>
  typeof value === "string" && Limits.phonePattern.test(value) ? Number(value) : value

const without = (fields: Fields, key: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key))

/** Numbers may come as text. */
const withNumbers = (action: Fields): Fields => {
  const { connect, from } = action
  const numbered = (item: unknown) =>
    isRecord(item) && "number" in item ? { ...item, number: number(item["number"]) } : item
  return {
    ...action,
    ...(from === undefined ? {} : { from: number(from) }),
    ...(isArray(connect) ? { connect: connect.map(numbered) } : {})
  }
}

/** The documentation lists SIP users under `call`, beside a `call_type` that has one value only. */
const withConnect = (action: Fields): Fields => {
  const { call, connect } = action
  const renamed = connect === undefined && call !== undefined ? { ...without(action, "call"), connect: call } : action
  return renamed["call_type"] === "audio" ? without(renamed, "call_type") : renamed
}

/** The quality may come as a number, and a stream that does not say so does not wait for the answer. */
const withStreamTexts = (action: Fields): Fields => {
  const { stream_on_answer: onAnswer = false, voice_quality: quality } = action
  return {
    ...action,
    ...(typeof quality === "number" ? { voice_quality: String(quality) } : {}),
    stream_on_answer: onAnswer
  }
}

const rewritten = (action: unknown): unknown => {
  if (!isRecord(action)) return action
  switch (action["action"]) {
    case "bridge":
      return withNumbers(action)
    case "connect":
      return withNumbers(withConnect(action))
    case "stream":
      return withStreamTexts(action)
    default:
      return action
  }
}

/** The list in the form that the wire schemas state, as far as it is understood. */
export const documentedForm = (json: unknown): unknown =>
  attempt<unknown>(() => isArray(json) ? json.map(rewritten) : json, json)
