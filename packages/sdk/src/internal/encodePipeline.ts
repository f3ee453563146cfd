/** The v3 pipeline: one table of its actions, here and on the wire. */
import {
  caseOf,
  encode as encodeFields,
  field,
  type Leaf,
  list,
  refuse,
  required,
  type Row,
  seconds,
  struct,
  tagged
} from "./fields.ts"
import { isKind } from "./pipelineValue.ts"
import { attempt, isRecord, shapeOf } from "./plainData.ts"

export const recording = struct([
  field("enabled", "enabled"),
  field("channels", "channels"),
  field("format", "format")
])

/** The options of a connect, wherever it stands in the document. `at` is the place of its `params`. */
export const connectOptions = (at: string): ReadonlyArray<Row> => [
  field("strategy", `${at}.strategy`),
  field("maxDuration", `${at}.options.max_duration_sec`, seconds),
  field("ringTimeout", `${at}.options.ring_timeout_sec`, seconds),
  field("machineDetection", `${at}.options.machine_detection`),
  field("recording", `${at}.options.recording`, recording),
  field("waitingMusic", `${at}.options.waiting_music`),
  field("metadata", `${at}.metadata`)
]

export const endpoint = tagged("type", {
  Phone: { wireTag: "pstn", rows: [field("number", "number"), field("headers", "headers")] },
  Sip: { wireTag: "sip", rows: [field("uri", "uri"), field("headers", "headers")] },
  Agent: { wireTag: "agent", rows: [field("agentId", "id"), field("headers", "headers")] }
})

export const prompt = tagged("type", {
  File: { wireTag: "file", rows: [field("fileName", "file_name")] },
  Say: {
    wireTag: "say",
    rows: [
      field("text", "say"),
      field("language", "language"),
      field("voiceId", "voice_id"),
      field("speed", "speed")
    ]
  }
})

export const onResult = tagged("type", {
  Url: { wireTag: "url", rows: [field("url", "url")] },
  Stored: { wireTag: "pcmo", rows: [field("ref", "ref")] }
})

const dtmf = struct([
  field("minDigits", "min_digits"),
  field("maxDigits", "max_digits"),
  field("firstDigitTimeout", "first_digit_timeout", seconds),
  field("interDigitTimeout", "inter_digit_timeout", seconds),
  field("finishKey", "finish_on_key"),
  field("flushBuffer", "flush_buffer")
])

const retries = struct([
  field("max", "max"),
  field("noInputPrompt", "no_input_prompt", prompt),
  field("invalidPrompt", "invalid_prompt", prompt)
])

/** One action. */
export const action = tagged("action", {
  Connect: {
    wireTag: "connect",
    rows: [
      required("callerId", "params.caller_id"),
      ...connectOptions("params"),
      field("endpoints", "endpoints", list(endpoint))
    ]
  },
  Play: { wireTag: "play", rows: [field("fileName", "file_name")] },
  PlayGetInput: {
    wireTag: "play_get_input",
    rows: [
      field("prompt", "prompt", prompt),
      field("input", "input"),
      field("onResult", "on_result", onResult),
      field("dtmf", "dtmf", dtmf),
      field("retries", "retries", retries)
    ]
  },
  Input: { wireTag: "input", rows: [field("onResult", "on_result", onResult), field("dtmf", "dtmf", dtmf)] },
  Param: { wireTag: "param", rows: [field("data", "data")] },
  Record: { wireTag: "record", rows: [field("format", "format"), field("channels", "channels")] },
  Hangup: { wireTag: "hangup", rows: [] }
})

/** The bare array of the actions. */
export const actions = list(action)

/** A pipeline value; on the wire, the bare array of its actions. */
export const pipeline: Leaf = {
  encode: (value, at, trace) =>
    isRecord(value) && isPipeline(value)
      ? encodeFields(actions, value["actions"], at, trace)
      : refuse(at, trace, `Expected a Pipeline, got ${shapeOf(value)}`)
}

export const isPipeline = (value: unknown): boolean => isKind("Pipeline", value)

/** Whether a value carries the tag of an action. */
export const isTaggedAction = (value: unknown): boolean =>
  attempt(() => isRecord(value) && caseOf(action, value["_tag"]) !== undefined, false)
