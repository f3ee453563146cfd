/** Judges pipelines of the current (v3) API and compiles them to the engine's steps. */
import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import * as Predicate from "effect/Predicate"
import type * as Program from "../../core/pcmo/Program.ts"
import * as Admission from "./Admission.ts"
import * as AdmissionReader from "./AdmissionReader.ts"
import * as AdmissionValues from "./AdmissionValues.ts"

const { literal, map, nonEmptyArray, optional, required, struct, tagged, text, withDefault } = AdmissionReader

/**
 * What the engine runs where a pipeline says nothing. The current API documents no defaults: every one is assumed.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaults = {
  /** `params.strategy` of `connect`. Source: what the official SDKs put into a direct call (assumed). */
  strategy: "Sequential",
  /** `params.options.ring_timeout_sec` of `connect`. Source: the 40 s documented for the legacy dial (assumed). */
  ringTimeoutMs: 40_000,
  /** `params.options.machine_detection` of `connect` (assumed). */
  machineDetection: false,
  /** `params.options.recording.enabled` of `connect`, also when other keys of `recording` are given (assumed). */
  recordingEnabled: false,
  /** `format` of a recording (assumed). */
  recordingFormat: "mp3",
  /** `channels` of a recording (assumed). */
  recordingChannels: "single",
  /** What a silent `input` collects, which has no key for it (assumed). */
  inputModes: ["dtmf"],
  /** `dtmf.min_digits` (assumed). */
  minDigits: 1,
  /** `dtmf.max_digits` without a finish key, or `min_digits` if larger. Source: documented for legacy input (assumed). */
  maxDigits: 1,
  /** `dtmf.max_digits` with a finish key, or `min_digits` if larger (assumed). */
  maxDigitsWithFinishKey: 20,
  /** `dtmf.first_digit_timeout`. Source: the 5 s documented for legacy input (assumed). */
  firstDigitTimeoutMs: 5_000,
  /** `dtmf.inter_digit_timeout`. Source: the 5 s documented for legacy input (assumed). */
  interDigitTimeoutMs: 5_000,
  /** `dtmf.flush_buffer` (assumed). */
  flushBuffer: false,
  /** `retries.max` (assumed). */
  retriesMax: 0
} as const

/** Keys whose values are taken for granted: those of an endpoint that belong to another type. */
const unread = optional(AdmissionReader.anything)
const tag = required(text)

const endpoint = tagged<Program.Endpoint>("type", {
  pstn: map(
    struct({
      type: tag,
      number: required(AdmissionValues.phone),
      uri: unread,
      id: unread,
      headers: optional(AdmissionReader.anyObject)
    }),
    ({ number }) => ({ _tag: "Pstn", number })
  ),
  sip: map(
    struct({
      type: tag,
      uri: required(text),
      number: unread,
      id: unread,
      headers: optional(AdmissionReader.anyObject)
    }),
    ({ uri }) => ({ _tag: "Sip", uri })
  ),
  agent: map(
    struct({
      type: tag,
      id: required(AdmissionValues.uuid),
      number: unread,
      uri: unread,
      headers: optional(AdmissionReader.anyObject)
    }),
    ({ id }) => ({ _tag: "Agent", id })
  )
})

const typeOf = (json: unknown): unknown =>
  Predicate.isObject(json) && Object.hasOwn(json, "type") ? json["type"] : undefined

/** At most two agents, and nothing but agents after the first. Source: official Node and Python SDKs (observed). */
const agentsLast = (json: unknown, path: string): ReadonlyArray<Admission.Problem> => {
  const problems: Array<Admission.Problem> = []
  let agents = 0
  for (const [index, item] of Array.isArray(json) ? json.entries() : []) {
    const type = typeOf(item)
    if (type === "agent") {
      agents++
      if (agents > Limits.connectMaxAgents) {
        problems.push({
          path: Admission.at(path, index),
          message: `expected at most ${Limits.connectMaxAgents} endpoints of type agent`
        })
      }
    } else if (agents > 0 && (type === "pstn" || type === "sip")) {
      problems.push({
        path: Admission.at(path, index),
        message: `expected endpoints of type ${type} before those of type agent`
      })
    }
  }
  return problems
}

const recordingFields = {
  format: withDefault(literal("mp3", "wav"), defaults.recordingFormat),
  channels: withDefault(literal("single", "dual"), defaults.recordingChannels)
}

const recording = map(
  struct({ enabled: withDefault(AdmissionReader.boolean, defaults.recordingEnabled), ...recordingFields }),
  ({ channels, enabled, format }): Program.RecordingFormat | undefined => enabled ? { format, channels } : undefined
)

const strategy = map(
  literal("sequential", "simultaneous"),
  (wire): Program.Connect["strategy"] => wire === "sequential" ? "Sequential" : "Simultaneous"
)

const connectOptions = map(
  struct({
    max_duration_sec: optional(AdmissionValues.seconds(Limits.connectMaxDurationSec)),
    ring_timeout_sec: withDefault(AdmissionValues.seconds(Limits.ringTimeoutSec), defaults.ringTimeoutMs),
    machine_detection: withDefault(AdmissionReader.boolean, defaults.machineDetection),
    recording: optional(recording),
    waiting_music: optional(text)
  }),
  (options) => ({
    ringTimeoutMs: options.ring_timeout_sec,
    machineDetection: options.machine_detection,
    ...(options.max_duration_sec === undefined ? {} : { maxDurationMs: options.max_duration_sec }),
    ...(options.recording === undefined ? {} : { recording: options.recording }),
    ...(options.waiting_music === undefined ? {} : { waitingMusic: options.waiting_music })
  })
)

/** `callerId` says whether the key has to be there. */
const connectWith = (callerId: AdmissionReader.Field<string | undefined>) =>
  map(
    struct({
      action: tag,
      params: required(struct({
        caller_id: callerId,
        strategy: withDefault(strategy, defaults.strategy),
        options: withDefault(connectOptions, {
          ringTimeoutMs: defaults.ringTimeoutMs,
          machineDetection: defaults.machineDetection
        }),
        metadata: withDefault(AdmissionValues.variables, {})
      })),
      endpoints: required(
        AdmissionReader.withRule(nonEmptyArray(endpoint, AdmissionValues.maximumEndpoints), agentsLast)
      )
    }),
    ({ endpoints, params }): Program.Connect => ({
      _tag: "Connect",
      ...(params.caller_id === undefined ? {} : { callerId: params.caller_id }),
      strategy: params.strategy,
      endpoints,
      metadata: params.metadata,
      ...params.options
    })
  )

const optionalPromptFields = {
  file_name: optional(text),
  say: optional(text),
  voice_id: optional(text),
  language: optional(text),
  speed: optional(AdmissionReader.number(Limits.speechSpeed))
}

/** Keys of the other type may be there, but are read as strictly. Source: official Node and Python SDKs (observed). */
const prompt = tagged<Program.Prompt>("type", {
  file: map(
    struct({ ...optionalPromptFields, type: tag, file_name: required(text) }),
    (wire) => ({ _tag: "File", name: wire.file_name })
  ),
  say: map(
    struct({
      ...optionalPromptFields,
      type: tag,
      say: required(text),
      voice_id: required(text),
      language: required(text),
      speed: required(AdmissionReader.number(Limits.speechSpeed))
    }),
    (wire) => ({ _tag: "Say", text: wire.say, language: wire.language, voiceId: wire.voice_id, speed: wire.speed })
  )
})

const resultUrl = AdmissionReader.textMatching(Limits.resultUrlPattern, "a URL that starts with http:// or https://")

const onResult = tagged<Program.OnResult>("type", {
  url: map(
    struct({ type: tag, url: required(resultUrl), ref: optional(text) }),
    ({ url }) => ({ _tag: "Url", url })
  ),
  pcmo: map(
    struct({ type: tag, ref: required(text), url: optional(resultUrl) }),
    ({ ref }) => ({ _tag: "Ref", ref })
  )
})

const digitCount = AdmissionReader.integer({ minimum: Limits.digitsMinimum, maximum: Number.MAX_SAFE_INTEGER })
const digitTimeout = AdmissionValues.seconds({
  minimum: Limits.digitTimeoutMinimum,
  maximum: Math.floor(Number.MAX_SAFE_INTEGER / 1000)
})

const digitFields = {
  min_digits: withDefault(digitCount, defaults.minDigits),
  max_digits: optional(digitCount),
  first_digit_timeout: withDefault(digitTimeout, defaults.firstDigitTimeoutMs),
  inter_digit_timeout: withDefault(digitTimeout, defaults.interDigitTimeoutMs),
  finish_on_key: withDefault(AdmissionReader.textOfLength(Limits.finishOnKeyLength), ""),
  flush_buffer: withDefault(AdmissionReader.boolean, defaults.flushBuffer)
}

const digits = map(struct(digitFields), (wire): Program.DigitRules => {
  const finishes = wire.finish_on_key !== ""
  const atMost = finishes ? defaults.maxDigitsWithFinishKey : defaults.maxDigits
  return {
    minDigits: wire.min_digits,
    maxDigits: wire.max_digits ?? Math.max(wire.min_digits, atMost),
    firstDigitTimeoutMs: wire.first_digit_timeout,
    interDigitTimeoutMs: wire.inter_digit_timeout,
    flushBuffer: wire.flush_buffer,
    ...(finishes ? { finishKey: wire.finish_on_key } : {})
  }
})

const digitsDefault: Program.DigitRules = {
  minDigits: defaults.minDigits,
  maxDigits: defaults.maxDigits,
  firstDigitTimeoutMs: defaults.firstDigitTimeoutMs,
  interDigitTimeoutMs: defaults.interDigitTimeoutMs,
  flushBuffer: defaults.flushBuffer
}

const retries = map(
  struct({
    max: withDefault(
      AdmissionReader.integer({ minimum: Limits.retriesMaxMinimum, maximum: Number.MAX_SAFE_INTEGER }),
      defaults.retriesMax
    ),
    no_input_prompt: optional(prompt),
    invalid_prompt: optional(prompt)
  }),
  (wire): Program.Collect["retries"] => ({
    max: wire.max,
    ...(wire.no_input_prompt === undefined ? {} : { noInputPrompt: wire.no_input_prompt }),
    ...(wire.invalid_prompt === undefined ? {} : { invalidPrompt: wire.invalid_prompt })
  })
)

/** No mode twice. Source: official Node and Python SDKs (observed). */
const noRepeats = (json: unknown, path: string): ReadonlyArray<Admission.Problem> => {
  const problems: Array<Admission.Problem> = []
  const seen = new Set<unknown>()
  for (const [index, mode] of Array.isArray(json) ? json.entries() : []) {
    if (seen.has(mode) && (mode === "dtmf" || mode === "speech")) {
      problems.push({ path: Admission.at(path, index), message: `expected ${mode} only once` })
    }
    seen.add(mode)
  }
  return problems
}

const collectFields = {
  action: tag,
  dtmf: withDefault(digits, digitsDefault),
  on_result: required(onResult)
}

const stepWith = (connect: Admission.Reader<Program.Step>) =>
  tagged<Program.Step>("action", {
    connect,
    hangup: map(struct({ action: tag }), () => ({ _tag: "Hangup" })),
    input: map(struct(collectFields), (wire) => ({
      _tag: "Collect",
      modes: defaults.inputModes,
      digits: wire.dtmf,
      retries: { max: defaults.retriesMax },
      onResult: wire.on_result
    })),
    param: map(
      struct({
        action: tag,
        data: required(AdmissionValues.variablesWithin({
          entries: Limits.paramMaxEntries,
          textLength: Limits.paramMaxStringLength
        }))
      }),
      ({ data }) => ({ _tag: "Param", variables: data })
    ),
    play: map(
      struct({ action: tag, file_name: required(text) }),
      (wire) => ({ _tag: "Play", prompt: { _tag: "File", name: wire.file_name } })
    ),
    play_get_input: map(
      struct({
        ...collectFields,
        prompt: required(prompt),
        input: required(AdmissionReader.withRule(nonEmptyArray(literal("dtmf", "speech")), noRepeats)),
        retries: withDefault(retries, { max: defaults.retriesMax })
      }),
      (wire) => ({
        _tag: "Collect",
        prompt: wire.prompt,
        modes: wire.input,
        digits: wire.dtmf,
        retries: wire.retries,
        onResult: wire.on_result
      })
    ),
    record: map(
      struct({ action: tag, ...recordingFields }),
      ({ channels, format }) => ({ _tag: "Record", recording: { format, channels } })
    )
  })

/**
 * Compiles a pipeline found at a path, filling in {@link defaults}.
 *
 * Every rule is one that the official SDKs apply before they send. `min_digits` may exceed `max_digits`, a file name may
 * be empty, the same agent may come twice, and SIP headers are dropped unread.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed). That the platform applies them too is assumed.
 *
 * @category readers
 * @since 0.1.0
 */
export const pipeline: Admission.Reader<Program.Program> = Admission.document(
  nonEmptyArray(stepWith(connectWith(required(AdmissionValues.phone))), AdmissionValues.maximumActions)
)

/**
 * As {@link pipeline}, but a `connect` may leave its caller id out; it then shows the call's own.
 *
 * Source: telecmi/pipecat-piopiy 0.1.0 sends a blind transfer so (observed); what is shown is assumed.
 *
 * @category readers
 * @since 0.1.0
 */
export const transferPipeline: Admission.Reader<Program.Program> = Admission.document(
  nonEmptyArray(stepWith(connectWith(optional(AdmissionValues.phone))), AdmissionValues.maximumActions)
)
