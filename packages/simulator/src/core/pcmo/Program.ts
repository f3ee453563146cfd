/**
 * A pipeline as the engine runs it: plain data, times in whole milliseconds, nothing left to validate.
 *
 * Every vocabulary of the platform compiles to these steps at the edge, so that the call machine knows one language.
 */
import * as Schema from "effect/Schema"

/**
 * What is attached to a call and comes back in its callbacks.
 *
 * @category models
 * @since 0.1.0
 */
export const Variables = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
/** @since 0.1.0 */
export type Variables = typeof Variables.Type

/** Whole milliseconds, never negative. */
const Millis = Schema.Natural

/**
 * Whom a leg reaches. A phone by its digits, a SIP user by its address, an AI agent by its id.
 *
 * @category models
 * @since 0.1.0
 */
export const Endpoint = Schema.Union([
  Schema.TaggedStruct("Pstn", { number: Schema.String }),
  Schema.TaggedStruct("Sip", { uri: Schema.String }),
  Schema.TaggedStruct("Agent", { id: Schema.String })
])
/** @since 0.1.0 */
export type Endpoint = typeof Endpoint.Type

/**
 * What is played: a file by name or URL, or text to be spoken, in the platform's own voice when none is named.
 *
 * @category models
 * @since 0.1.0
 */
export const Prompt = Schema.Union([
  Schema.TaggedStruct("File", { name: Schema.String }),
  Schema.TaggedStruct("Say", {
    text: Schema.String,
    language: Schema.optionalKey(Schema.String),
    voiceId: Schema.optionalKey(Schema.String),
    speed: Schema.Finite
  })
])
/** @since 0.1.0 */
export type Prompt = typeof Prompt.Type

/**
 * How digits are collected. `finishKey` is absent when no key finishes the entry.
 *
 * @category models
 * @since 0.1.0
 */
export const DigitRules = Schema.Struct({
  minDigits: Schema.Natural,
  maxDigits: Schema.Natural,
  firstDigitTimeoutMs: Millis,
  interDigitTimeoutMs: Millis,
  finishKey: Schema.optionalKey(Schema.String),
  flushBuffer: Schema.Boolean
})
/** @since 0.1.0 */
export type DigitRules = typeof DigitRules.Type

/**
 * Where the result of an input step goes: to a URL whose reply replaces the rest, or to a stored pipeline.
 *
 * @category models
 * @since 0.1.0
 */
export const OnResult = Schema.Union([
  Schema.TaggedStruct("Url", { url: Schema.String }),
  Schema.TaggedStruct("Ref", { ref: Schema.String })
])
/** @since 0.1.0 */
export type OnResult = typeof OnResult.Type

/**
 * What a recording should be.
 *
 * @category models
 * @since 0.1.0
 */
export const RecordingFormat = Schema.Struct({
  format: Schema.Literals(["mp3", "wav"]),
  channels: Schema.Literals(["single", "dual"])
})
/** @since 0.1.0 */
export type RecordingFormat = typeof RecordingFormat.Type

/**
 * Rings endpoints until one answers, bridges it with the caller, and goes on when that leg ends. Without a `callerId` it
 * shows the call's own. When nobody answers, the endpoints ring again until they have rung `attempts` times, once when
 * absent.
 *
 * @category models
 * @since 0.1.0
 */
export const Connect = Schema.TaggedStruct("Connect", {
  callerId: Schema.optionalKey(Schema.String),
  strategy: Schema.Literals(["Sequential", "Simultaneous"]),
  endpoints: Schema.NonEmptyArray(Endpoint),
  ringTimeoutMs: Millis,
  attempts: Schema.optionalKey(Schema.Natural),
  maxDurationMs: Schema.optionalKey(Millis),
  machineDetection: Schema.Boolean,
  recording: Schema.optionalKey(RecordingFormat),
  waitingMusic: Schema.optionalKey(Schema.String),
  metadata: Variables
})
/** @since 0.1.0 */
export type Connect = typeof Connect.Type

/**
 * Holds the caller while somebody is asked to take the call over: a warm transfer. `confirm` asks that party to press a
 * key; `holdAudio` is what the caller hears meanwhile; `headers` go to a SIP user; `variables` stay with that leg.
 *
 * @category models
 * @since 0.1.0
 */
export const Consult = Schema.TaggedStruct("Consult", {
  callerId: Schema.optionalKey(Schema.String),
  endpoint: Endpoint,
  ringTimeoutMs: Millis,
  confirm: Schema.Boolean,
  holdAudio: Schema.optionalKey(Schema.String),
  summary: Schema.optionalKey(Schema.String),
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  variables: Variables
})
/** @since 0.1.0 */
export type Consult = typeof Consult.Type

/**
 * Collects digits or speech, with a prompt or silently, and hands the result on.
 *
 * @category models
 * @since 0.1.0
 */
export const Collect = Schema.TaggedStruct("Collect", {
  prompt: Schema.optionalKey(Prompt),
  modes: Schema.NonEmptyArray(Schema.Literals(["dtmf", "speech"])),
  digits: DigitRules,
  retries: Schema.Struct({
    max: Schema.Natural,
    noInputPrompt: Schema.optionalKey(Prompt),
    invalidPrompt: Schema.optionalKey(Prompt)
  }),
  onResult: OnResult
})
/** @since 0.1.0 */
export type Collect = typeof Collect.Type

/**
 * Opens a WebSocket that carries the audio of the call, and goes on at once.
 *
 * @category models
 * @since 0.1.0
 */
export const OpenStream = Schema.TaggedStruct("OpenStream", {
  url: Schema.String,
  listens: Schema.Literals(["caller", "callee", "both"]),
  sampleRate: Schema.Natural,
  onAnswer: Schema.Boolean
})
/** @since 0.1.0 */
export type OpenStream = typeof OpenStream.Type

/**
 * One action of a running pipeline.
 *
 * `RunStored` stands for a document kept by the platform: a stored pipeline or a flow, by its id. `Attach` keeps a text
 * that comes back in later callbacks. `Ask` asks an answer URL what to run; its reply takes the place of the rest.
 *
 * @category models
 * @since 0.1.0
 */
export const Step = Schema.Union([
  Connect,
  Consult,
  Collect,
  Schema.TaggedStruct("Play", { prompt: Prompt }),
  Schema.TaggedStruct("Param", { variables: Variables }),
  Schema.TaggedStruct("Record", { recording: RecordingFormat }),
  Schema.TaggedStruct("Hangup", {}),
  Schema.TaggedStruct("Attach", { text: Schema.String }),
  Schema.TaggedStruct("Ask", { url: Schema.String }),
  OpenStream,
  Schema.TaggedStruct("RunStored", { source: Schema.Literals(["Pipeline", "Flow"]), ref: Schema.String })
])
/** @since 0.1.0 */
export type Step = typeof Step.Type

/**
 * Steps in the order in which they run.
 *
 * @category models
 * @since 0.1.0
 */
export const Program = Schema.Array(Step)
/** @since 0.1.0 */
export type Program = typeof Program.Type
