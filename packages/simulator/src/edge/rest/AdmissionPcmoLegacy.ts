/**
 * Judges the PCMO of the older API and compiles it to the engine's steps.
 *
 * The official builders check little and receivers are not published, so this reader takes every form that an official
 * client of any release sends or the documentation shows. What it cannot make sense of it refuses; what the official
 * builders would have dropped it passes over, and {@link ignored} tells of it.
 */
import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import * as Arr from "effect/Array"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import { plainRecording } from "../../core/call/Call.ts"
import type * as Program from "../../core/pcmo/Program.ts"
import * as Admission from "./Admission.ts"
import * as AdmissionReader from "./AdmissionReader.ts"
import * as AdmissionValues from "./AdmissionValues.ts"

const { map, open, optional, required, text, withDefault, withRule } = AdmissionReader

/**
 * What the engine runs where an action says nothing, in seconds where a time is meant.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaults = {
  /** `duration`, `timeout` and `loop` of `bridge` and `connect` (documented). */
  dial: Limits.legacyDialDefaults,
  /** `ring_type` (documented): one number after another. */
  strategy: "Sequential",
  /** `max_digit` and `timeout` of `input` (documented). */
  input: Limits.legacyInputDefaults,
  /** `max_digit`, `max_retry` and `timeout` of `play_get_input` (documented, other than what the SDKs send). */
  playGetInput: { max_digit: 1, max_retry: 1, timeout: Limits.legacyPlayGetInputTimeoutSec },
  /** `min_digit`: any digit will do (assumed). */
  minDigit: 1,
  /** `listen_mode`. Source: official Python SDK (observed); that any other text counts as this is assumed. */
  listens: "caller",
  /** `voice_quality`. Source: official Python SDK (observed). */
  voiceQuality: 8000,
  /** `stream_on_answer`. Conflict: two documents say true, the reference and the clients false (documented). */
  onAnswer: false
} as const

const tag = required(text)
const someText = AdmissionReader.textMatching(/./s, "a string that is not empty")

/** Addresses of the web, which alone are documented. */
const url = AdmissionReader.textMatching(Limits.legacyUrlPattern, "a URL that starts with http:// or https://")

/**
 * A count, or seconds read as milliseconds. 0 is taken for not given, which is how the official Node client sends it; the
 * Python client sends 0 (observed).
 */
const counted = (whenAbsent: number, unit: 1 | 1000 = 1): AdmissionReader.Field<number> =>
  withDefault(
    map(AdmissionValues.legacyCount, (count) => (count === 0 ? whenAbsent : count) * unit),
    whenAbsent * unit
  )

const sipUser = map(
  AdmissionReader.satisfying(
    "a SIP user: a string that is not empty, or a whole number",
    (json): json is number | string =>
      typeof json === "string" ? json !== "" : typeof json === "number" && Number.isSafeInteger(json) && json >= 0
  ),
  String
)

const endpoints = <A>(party: Admission.Reader<A>): Admission.Reader<ReadonlyArray<A>> =>
  AdmissionReader.array(party, AdmissionValues.maximumEndpoints)

const phones = endpoints(map(
  open({ type: required(AdmissionReader.literal("pstn")), number: required(AdmissionValues.legacyPhoneOrText) }),
  ({ number }): Program.Endpoint => ({ _tag: "Pstn", number })
))

const users = endpoints(map(
  open({ type: required(AdmissionReader.literal("sip")), user: required(sipUser) }),
  ({ user }): Program.Endpoint => ({ _tag: "Sip", uri: user })
))

const strategy = map(
  AdmissionReader.literal("single", "group"),
  (wire): Program.Connect["strategy"] => wire === "group" ? "Simultaneous" : "Sequential"
)

const dialFields = {
  action: tag,
  from: optional(AdmissionValues.legacyPhoneOrText),
  duration: counted(defaults.dial.duration, 1000),
  timeout: counted(defaults.dial.timeout, 1000),
  loop: counted(defaults.dial.loop),
  ring_type: withDefault<Program.Connect["strategy"]>(strategy, defaults.strategy)
}

interface Dial {
  readonly from: string | undefined
  readonly duration: number
  readonly timeout: number
  readonly loop: number
  readonly ring_type: Program.Connect["strategy"]
  readonly record?: boolean
}

/** A dial of nobody, which the official Node client sends for an empty list (observed), reaches nobody and goes on. */
const dial = (wire: Dial, parties: ReadonlyArray<Program.Endpoint>): Program.Program =>
  Arr.isReadonlyArrayNonEmpty(parties)
    ? [{
      _tag: "Connect",
      ...(wire.from === undefined ? {} : { callerId: wire.from }),
      strategy: wire.ring_type,
      endpoints: parties,
      ringTimeoutMs: wire.timeout,
      attempts: wire.loop,
      maxDurationMs: wire.duration,
      machineDetection: false,
      ...(wire.record === true ? { recording: plainRecording } : {}),
      metadata: {}
    }]
    : []

/** The URL counts when both are given, as the official Python client does (observed). */
const file = (wire: { readonly file_name: string | undefined; readonly file_url: string | undefined }) =>
  ({ _tag: "File", name: wire.file_url ?? wire.file_name ?? "" }) as const

const digitFields = { action: tag, action_url: required(url), min_digit: counted(defaults.minDigit) }

const memberOf = (json: unknown, key: string): unknown =>
  Predicate.isObject(json) && Object.hasOwn(json, key) ? json[key] : undefined

/** No entry could ever be long enough (assumed: the official builders drop `min_digit`). */
const digitsInOrder = (json: unknown, path: string): ReadonlyArray<Admission.Problem> => {
  const least = memberOf(json, "min_digit")
  const most = memberOf(json, "max_digit")
  return typeof least === "number" && typeof most === "number" && most > 0 && least > most
    ? [{ path: Admission.at(path, "min_digit"), message: `expected at most max_digit, which is ${most}` }]
    : []
}

interface Question {
  readonly action_url: string
  readonly min_digit: number
  readonly max_digit: number
  readonly timeout: number
}

/** `min_digit` is shown in guides and dropped by the official builders; that it counts is assumed. */
const collect = (wire: Question, retries: number): Program.Collect => ({
  _tag: "Collect",
  modes: ["dtmf"],
  digits: {
    minDigits: wire.min_digit,
    maxDigits: Math.max(wire.min_digit, wire.max_digit),
    firstDigitTimeoutMs: wire.timeout,
    interDigitTimeoutMs: wire.timeout,
    flushBuffer: false
  },
  retries: { max: retries },
  onResult: { _tag: "Url", url: wire.action_url }
})

const playedUrl = AdmissionReader.satisfying(
  "a URL of a mp3 or wav file that starts with http:// or https://",
  (json): json is string =>
    typeof json === "string" && Limits.legacyUrlPattern.test(json) && Limits.legacyFilePattern.test(json)
)

/** Whole samples a millisecond: 8000, 16000, and the rest that samples show or clients let through (observed). */
const quality = map(
  AdmissionReader.satisfying(
    "8000 or another whole number of kilohertz up to 48000, as a string or a number",
    (json): json is number | string =>
      (typeof json === "number" || (typeof json === "string" && /^[1-9][0-9]{3,4}$/.test(json)))
      && Number(json) % 1000 === 0 && Number(json) >= 8000 && Number(json) <= 48_000
  ),
  Number
)

const listenMode = (mode: string) => Limits.streamListenModes.find((known) => known === mode)

const fields = {
  bridge: { ...dialFields, connect: required(phones) },
  connect: {
    ...dialFields,
    connect: optional(users),
    call: optional(users),
    call_type: optional(AdmissionReader.anything),
    record: withDefault(AdmissionReader.boolean, false)
  },
  hangup: { action: tag },
  input: {
    ...digitFields,
    max_digit: counted(defaults.input.max_digit),
    timeout: counted(defaults.input.timeout, 1000)
  },
  param: { action: tag, text: required(text) },
  play: { action: tag, file_name: optional(someText), file_url: optional(playedUrl) },
  play_get_input: {
    ...digitFields,
    file_name: optional(someText),
    file_url: optional(url),
    max_digit: counted(defaults.playGetInput.max_digit),
    max_retry: counted(defaults.playGetInput.max_retry),
    timeout: counted(defaults.playGetInput.timeout, 1000)
  },
  record: { action: tag },
  speak: { action: tag, text: required(text) },
  stream: {
    action: tag,
    ws_url: required(AdmissionReader.textMatching(
      Limits.streamUrlPattern,
      "a URL that starts with ws:// or wss://, without credentials, with a query only after a path"
    )),
    listen_mode: withDefault<string>(text, defaults.listens),
    voice_quality: withDefault(quality, defaults.voiceQuality),
    stream_on_answer: withDefault<boolean>(AdmissionReader.boolean, defaults.onAnswer)
  }
}

/** Each action as the steps that it comes to. */
const kinds: Readonly<Record<keyof typeof fields, Admission.Reader<Program.Program>>> = {
  bridge: map(open(fields.bridge), (wire) => dial(wire, wire.connect)),
  connect: map(
    withRule(open(fields.connect), AdmissionReader.oneOf("connect", "call")),
    (wire) => dial(wire, wire.connect ?? wire.call ?? [])
  ),
  hangup: map(open(fields.hangup), () => [{ _tag: "Hangup" }]),
  input: map(withRule(open(fields.input), digitsInOrder), (wire) => [collect(wire, 0)]),
  param: map(open(fields.param), (wire) => [{ _tag: "Attach", text: wire.text }]),
  play: map(
    withRule(open(fields.play), AdmissionReader.oneOf("file_name", "file_url")),
    (wire) => [{ _tag: "Play", prompt: file(wire) }]
  ),
  play_get_input: map(
    withRule(withRule(open(fields.play_get_input), AdmissionReader.oneOf("file_name", "file_url")), digitsInOrder),
    (wire) => [{ ...collect(wire, wire.max_retry - 1), prompt: file(wire) }]
  ),
  record: map(open(fields.record), () => [{ _tag: "Record", recording: plainRecording }]),
  speak: map(open(fields.speak), (wire) => [{ _tag: "Play", prompt: { _tag: "Say", text: wire.text, speed: 1 } }]),
  stream: map(open(fields.stream), (wire) => [{
    _tag: "OpenStream",
    url: wire.ws_url,
    listens: listenMode(wire.listen_mode) ?? defaults.listens,
    sampleRate: wire.voice_quality,
    onAnswer: wire.stream_on_answer
  }])
}

/** An action of a name that nothing documents does nothing. Source: one third-party integration sends one (assumed). */
const nothing: Admission.Reader<Program.Program> = () => Result.succeed([])

/**
 * Compiles the list of actions found at a path, filling in {@link defaults}. It may come to a program without steps, when
 * nothing of it was known.
 *
 * Source: official Node SDKs 0.7.1 to 1.2.0 and Python SDKs 0.7.1 to 1.0.6 for what they send (observed),
 * doc.telecmi.com for the list under `call` and SIP users as text (documented). That the platform applies any of these
 * rules is assumed.
 *
 * @category readers
 * @since 0.1.0
 */
export const pipeline: Admission.Reader<Program.Program> = Admission.document(map(
  AdmissionReader.nonEmptyArray(AdmissionReader.tagged("action", kinds, nothing), AdmissionValues.maximumActions),
  (steps) => steps.flat()
))

const unknownKeys: Readonly<Record<string, ReturnType<typeof AdmissionReader.unknownKeys>>> = Object.fromEntries(
  Object.entries(fields).map(([action, known]) => [action, AdmissionReader.unknownKeys(known)])
)

const ignoredOf = (json: unknown, path: string): ReadonlyArray<Admission.Problem> => {
  const action = memberOf(json, "action")
  if (typeof action !== "string") return []
  if (!Object.hasOwn(fields, action)) {
    return [{
      path: Admission.at(path, "action"),
      message: `unknown action, ignored; known here: ${Object.keys(fields).join(", ")}`
    }]
  }
  const mode = action === "stream" ? memberOf(json, "listen_mode") : undefined
  const found = unknownKeys[action]?.(json, path) ?? []
  return typeof mode === "string" && listenMode(mode) === undefined
    ? [...found, Admission.unexpected(Admission.at(path, "listen_mode"), Limits.streamListenModes.join(" or "), mode)]
    : found
}

/**
 * What {@link pipeline} passed over in a list that it admitted: unknown actions, unknown keys, unknown listen modes. The
 * platform is silent about them; a misspelling is the likeliest reason.
 *
 * @category readers
 * @since 0.1.0
 */
export const ignored = (json: unknown, path: string): ReadonlyArray<Admission.Problem> =>
  (Array.isArray(json) ? json : [])
    .flatMap((item: unknown, index) => ignoredOf(item, Admission.at(path, index)))
    .slice(0, Admission.maximumProblems)
