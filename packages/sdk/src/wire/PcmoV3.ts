/**
 * The v3 pipeline: the list of actions that `/voice/pcmo/call` and `/voice/pcmo/transfer` carry.
 *
 * Every object is closed: decode with `onExcessProperty: "error"`, see {@link parseOptions}. Unless a field says
 * otherwise, its source is the validation of the official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 */
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as Limits from "./Limits.ts"
import { Phone, text, Uuid, Variables, whole } from "./Scalars.ts"
import { withRule } from "./withRule.ts"

/**
 * How every v3 document is read: unknown keys are refused, all problems are collected.
 *
 * @category constants
 * @since 0.1.0
 */
export const parseOptions: SchemaAST.ParseOptions = { errors: "all", onExcessProperty: "error" }

type ItemRule = (items: ReadonlyArray<unknown>) => ReadonlyArray<{ readonly index: number; readonly message: string }>

const acrossItems = (rule: ItemRule) => (input: unknown) =>
  Array.isArray(input) ? rule(input).map(({ index, message }) => ({ path: [index], message })) : []

const typeOf = (item: unknown): unknown =>
  typeof item === "object" && item !== null && "type" in item ? item.type : undefined

const agentRule: ItemRule = (endpoints) => {
  const firstAgent = endpoints.findIndex((endpoint) => typeOf(endpoint) === "agent")
  let agents = 0
  return endpoints.flatMap((endpoint, index) => {
    if (typeOf(endpoint) === "agent") {
      agents += 1
      return agents > Limits.connectMaxAgents
        ? [{ index, message: `Expected at most ${Limits.connectMaxAgents} agents in one connect: remove this one` }]
        : []
    }
    const other = typeOf(endpoint) === "pstn" || typeOf(endpoint) === "sip"
    return other && firstAgent >= 0 && index > firstAgent
      ? [{ index, message: "Expected agents to come last: move this endpoint before the first agent" }]
      : []
  })
}

const duplicateRule: ItemRule = (modes) =>
  modes.flatMap((mode, index) =>
    modes.indexOf(mode) < index ? [{ index, message: "Expected each input mode once: remove this one" }] : []
  )

const Headers = Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))

/**
 * A phone to dial. Of `uri`, `id` and `headers` only the type is checked.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const PstnEndpoint = Schema.Struct({
  type: Schema.Literal("pstn"),
  number: Phone,
  uri: Schema.optionalKey(Schema.String),
  id: Schema.optionalKey(Uuid),
  headers: Headers
})

/**
 * A SIP address to dial. `uri` is any string; the contents of `headers` are not checked.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const SipEndpoint = Schema.Struct({
  type: Schema.Literal("sip"),
  uri: Schema.String,
  number: Schema.optionalKey(Phone),
  id: Schema.optionalKey(Uuid),
  headers: Headers
})

/**
 * An AI agent to connect.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const AgentEndpoint = Schema.Struct({
  type: Schema.Literal("agent"),
  id: Uuid,
  number: Schema.optionalKey(Phone),
  uri: Schema.optionalKey(Schema.String),
  headers: Headers
})

/**
 * Whom a `connect` dials.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const Endpoint = Schema.Union([PstnEndpoint, SipEndpoint, AgentEndpoint]).annotate({
  expected: "an object whose type is \"pstn\", \"sip\" or \"agent\""
})

/**
 * What is recorded of a connected leg.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Recording = Schema.Struct({
  enabled: Schema.optionalKey(Schema.Boolean),
  channels: Schema.optionalKey(Schema.Literals(["dual", "single"])),
  format: Schema.optionalKey(Schema.Literals(["mp3", "wav"]))
})

/**
 * `params.options` of a `connect`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ConnectOptions = Schema.Struct({
  max_duration_sec: Schema.optionalKey(whole(Limits.connectMaxDurationSec, "(seconds)")),
  ring_timeout_sec: Schema.optionalKey(whole(Limits.ringTimeoutSec, "(seconds)")),
  machine_detection: Schema.optionalKey(Schema.Boolean),
  recording: Schema.optionalKey(Recording),
  waiting_music: Schema.optionalKey(Schema.String)
})

/**
 * Dials endpoints and joins the first that answers. That `from` is refused in favour of `caller_id` is observed; the
 * transfer page of the documentation shows `from`.
 *
 * @category actions
 * @since 0.1.0
 */
export const Connect = Schema.Struct({
  action: Schema.Literal("connect"),
  params: Schema.Struct({
    caller_id: Phone,
    strategy: Schema.optionalKey(Schema.Literals(["simultaneous", "sequential"])),
    options: Schema.optionalKey(ConnectOptions),
    metadata: Schema.optionalKey(Variables)
  }),
  /** At most two agents, and no other endpoint after an agent. */
  endpoints: withRule(Schema.NonEmptyArray(Endpoint), acrossItems(agentRule))
})

/**
 * Plays a file. The name may be empty or a URL.
 *
 * @category actions
 * @since 0.1.0
 */
export const Play = Schema.Struct({ action: Schema.Literal("play"), file_name: Schema.String })

const Speed = Schema.Finite.check(
  Schema.makeFilter((n: number) => n >= Limits.speechSpeed.minimum && n <= Limits.speechSpeed.maximum, {
    expected: `a value between ${Limits.speechSpeed.minimum} and ${Limits.speechSpeed.maximum}`
  })
)

/**
 * A prompt that plays a file.
 *
 * @category prompts
 * @since 0.1.0
 */
export const FilePrompt = Schema.Struct({
  type: Schema.Literal("file"),
  file_name: Schema.String,
  say: Schema.optionalKey(Schema.String),
  language: Schema.optionalKey(Schema.String),
  voice_id: Schema.optionalKey(Schema.String),
  speed: Schema.optionalKey(Speed)
})

/**
 * A prompt that is spoken. All four of its fields are required.
 *
 * @category prompts
 * @since 0.1.0
 */
export const SayPrompt = Schema.Struct({
  type: Schema.Literal("say"),
  say: Schema.String,
  language: Schema.String,
  voice_id: Schema.String,
  speed: Speed,
  file_name: Schema.optionalKey(Schema.String)
})

/**
 * What the caller hears before the platform listens.
 *
 * @category prompts
 * @since 0.1.0
 */
export const Prompt = Schema.Union([FilePrompt, SayPrompt]).annotate({
  expected: "an object whose type is \"file\" or \"say\""
})

/**
 * How digits are collected. That `min_digits` exceeds `max_digits` is not checked. The unit of both timeouts is assumed
 * to be the second.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Dtmf = Schema.Struct({
  min_digits: Schema.optionalKey(whole({ minimum: Limits.digitsMinimum })),
  max_digits: Schema.optionalKey(whole({ minimum: Limits.digitsMinimum })),
  first_digit_timeout: Schema.optionalKey(whole({ minimum: Limits.digitTimeoutMinimum }, "(seconds)")),
  inter_digit_timeout: Schema.optionalKey(whole({ minimum: Limits.digitTimeoutMinimum }, "(seconds)")),
  finish_on_key: Schema.optionalKey(text(Limits.finishOnKeyLength)),
  flush_buffer: Schema.optionalKey(Schema.Boolean)
})

/**
 * What happens when nothing, or nothing valid, is entered.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Retries = Schema.Struct({
  max: Schema.optionalKey(whole({ minimum: Limits.retriesMaxMinimum })),
  no_input_prompt: Schema.optionalKey(Prompt),
  invalid_prompt: Schema.optionalKey(Prompt)
})

/**
 * A result that is posted to a URL, whose reply is the pipeline that replaces the rest.
 *
 * @category results
 * @since 0.1.0
 */
export const UrlResult = Schema.Struct({
  type: Schema.Literal("url"),
  url: Schema.String.check(
    Schema.isPattern(Limits.resultUrlPattern, { expected: "a URL that begins with http:// or https://" })
  ),
  ref: Schema.optionalKey(Schema.String)
})

/**
 * A result that goes to a pipeline stored on the platform. What `ref` names is assumed.
 *
 * @category results
 * @since 0.1.0
 */
export const StoredResult = Schema.Struct({
  type: Schema.Literal("pcmo"),
  ref: Schema.String,
  url: Schema.optionalKey(Schema.String)
})

/**
 * Where input goes once it is collected.
 *
 * @category results
 * @since 0.1.0
 */
export const OnResult = Schema.Union([UrlResult, StoredResult]).annotate({
  expected: "an object whose type is \"url\" or \"pcmo\""
})

/**
 * How a caller may answer a prompt.
 *
 * @category schemas
 * @since 0.1.0
 */
export const InputMode = Schema.Literals(["dtmf", "speech"])

/**
 * Plays a prompt and collects digits or speech.
 *
 * @category actions
 * @since 0.1.0
 */
export const PlayGetInput = Schema.Struct({
  action: Schema.Literal("play_get_input"),
  prompt: Prompt,
  input: withRule(Schema.NonEmptyArray(InputMode), acrossItems(duplicateRule)),
  on_result: OnResult,
  dtmf: Schema.optionalKey(Dtmf),
  retries: Schema.optionalKey(Retries)
})

/**
 * Collects digits with no prompt.
 *
 * @category actions
 * @since 0.1.0
 */
export const Input = Schema.Struct({
  action: Schema.Literal("input"),
  on_result: OnResult,
  dtmf: Schema.optionalKey(Dtmf)
})

/**
 * Attaches data to the call: at most 10 entries, strings of at most 256 characters.
 *
 * @category actions
 * @since 0.1.0
 */
export const Param = Schema.Struct({
  action: Schema.Literal("param"),
  data: withRule(Variables, (input) => {
    if (typeof input !== "object" || input === null) return []
    const entries = Object.entries(input)
    const long = entries.flatMap(([key, value]) =>
      typeof value === "string" && value.length > Limits.paramMaxStringLength
        ? [{ path: [key], message: `Expected at most ${Limits.paramMaxStringLength} characters: shorten this text` }]
        : []
    )
    return entries.length > Limits.paramMaxEntries
      ? [{ path: [], message: `Expected at most ${Limits.paramMaxEntries} entries, got ${entries.length}` }, ...long]
      : long
  })
})

/**
 * Records from here on.
 *
 * @category actions
 * @since 0.1.0
 */
export const Record = Schema.Struct({
  action: Schema.Literal("record"),
  format: Schema.optionalKey(Schema.Literals(["mp3", "wav"])),
  channels: Schema.optionalKey(Schema.Literals(["single", "dual"]))
})

/**
 * Ends the call.
 *
 * @category actions
 * @since 0.1.0
 */
export const Hangup = Schema.Struct({ action: Schema.Literal("hangup") })

/**
 * One step of a pipeline.
 *
 * @category actions
 * @since 0.1.0
 */
export const Action = Schema.Union([Connect, Play, PlayGetInput, Input, Param, Record, Hangup]).annotate({
  expected: "an object whose action is connect, hangup, input, param, play, play_get_input or record"
})

/**
 * A pipeline: at least one action, run in order (documented).
 *
 * @category schemas
 * @since 0.1.0
 */
export const Pipeline = Schema.NonEmptyArray(Action).annotate({ expected: "an array with at least one action" })

/**
 * The JSON of a pipeline.
 *
 * @category models
 * @since 0.1.0
 */
export type Pipeline = typeof Pipeline.Type
