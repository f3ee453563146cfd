/**
 * The PCMO of the older API: the list of actions that a dial request carries, that an answer URL and an `action_url`
 * reply with, and that an app sends on the audio stream.
 *
 * The schemas state the form that is sent, which is that of the official Node client; every object is closed. Unless a
 * field says otherwise, its source is official Node SDK 1.2.0 (observed) and its meaning is documented. Other spellings
 * that are documented or that other clients send are told where they differ; `LegacyPipeline.decode` takes them.
 */
import * as Schema from "effect/Schema"
import * as Limits from "./Limits.ts"
import { NonEmpty, whole } from "./Scalars.ts"
import { type Breach, withRule } from "./withRule.ts"

const count = whole({ minimum: Limits.legacyCountMinimum })

const secondsCount = whole({ minimum: Limits.legacyCountMinimum }, "(seconds)")

/**
 * A phone number: a JSON number, {@link Limits.legacyNumber}. Conflict: official examples pass text, which the official
 * clients refuse at the top of a request and let through in lists (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const PhoneNumber = Schema.Finite.annotate({ expected: "a phone number as a whole number" }).check(
  Schema.makeFilter(
    (n: number) => Number.isSafeInteger(n) && n >= Limits.legacyNumber.minimum,
    { expected: "a phone number of 7 to 16 digits with country code that JSON carries without loss" }
  )
)

/**
 * A web address, {@link Limits.legacyUrlPattern}.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Url = Schema.String.check(
  Schema.makeFilter((text: string) => Limits.legacyUrlPattern.test(text) && URL.canParse(text), {
    expected: "a URL that begins with http:// or https://"
  })
)

const played = Schema.makeFilter((text: string) => Limits.legacyFilePattern.test(text), {
  expected: "a name that ends in .mp3 or .wav"
})

/**
 * Plays a file that was uploaded to the platform (`file_name`) or one of yours (`file_url`). One of them is required.
 * That both may come is observed in the Python client, where `file_url` counts.
 *
 * @category actions
 * @since 0.1.0
 */
export const Play = Schema.Struct({
  action: Schema.Literal("play"),
  file_name: Schema.optionalKey(Schema.String.check(played)),
  file_url: Schema.optionalKey(Url.check(played))
})

/**
 * Speaks a text, which may be empty. Neither voice nor language can be chosen (documented).
 *
 * @category actions
 * @since 0.1.0
 */
export const Speak = Schema.Struct({ action: Schema.Literal("speak"), text: Schema.String })

/**
 * Attaches a text to the call, which comes back as `extra_params` of later callbacks (documented).
 *
 * @category actions
 * @since 0.1.0
 */
export const Param = Schema.Struct({ action: Schema.Literal("param"), text: Schema.String })

/**
 * Records from here on.
 *
 * @category actions
 * @since 0.1.0
 */
export const Record = Schema.Struct({ action: Schema.Literal("record") })

/**
 * Ends the call; as the first action of a call that comes in, it refuses it.
 *
 * @category actions
 * @since 0.1.0
 */
export const Hangup = Schema.Struct({ action: Schema.Literal("hangup") })

/** One number after another, or all at once. The Node client sends `group` alone; `single` is the documented default. */
const RingType = Schema.optionalKey(Schema.Literals(["single", "group"]))

/**
 * Dials phones and joins the caller with the first that answers.
 *
 * @category actions
 * @since 0.1.0
 */
export const Bridge = Schema.Struct({
  action: Schema.Literal("bridge"),
  /** The caller id. Documented as optional, the platform then shows a number of its own; the clients require it. */
  from: PhoneNumber,
  connect: Schema.NonEmptyArray(Schema.Struct({ type: Schema.Literal("pstn"), number: PhoneNumber })),
  /** Longest talk. */
  duration: Schema.optionalKey(secondsCount),
  /** Longest ringing of an attempt. */
  timeout: Schema.optionalKey(secondsCount),
  /** How often all numbers are tried. */
  loop: Schema.optionalKey(count),
  ring_type: RingType
})

/**
 * A SIP user of the account. Conflict: the clients send a number (observed), the documentation shows text.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SipUser = Schema.Union([Schema.Finite, Schema.String]).annotate({ expected: "a SIP user" }).check(
  Schema.makeFilter(
    (user: number | string) => typeof user === "string" ? user !== "" : Number.isSafeInteger(user) && user >= 0,
    { expected: "a SIP user: a text that is not empty, or a whole number" }
  )
)

/**
 * Dials SIP users and joins the caller with the first that answers. Conflict: the documentation shows the list under
 * `call`, beside `call_type: "audio"`; the Node client sends it under `connect` (observed).
 *
 * @category actions
 * @since 0.1.0
 */
export const Connect = Schema.Struct({
  action: Schema.Literal("connect"),
  from: PhoneNumber,
  connect: Schema.NonEmptyArray(Schema.Struct({ type: Schema.Literal("sip"), user: SipUser })),
  duration: Schema.optionalKey(secondsCount),
  timeout: Schema.optionalKey(secondsCount),
  loop: Schema.optionalKey(count),
  record: Schema.optionalKey(Schema.Boolean),
  ring_type: RingType
})

/**
 * Collects digits without a prompt and posts them to `action_url`, whose reply replaces the rest.
 *
 * @category actions
 * @since 0.1.0
 */
export const Input = Schema.Struct({
  action: Schema.Literal("input"),
  action_url: Url,
  max_digit: Schema.optionalKey(count),
  /** Documented in guides; the official builders drop it (observed), so what the platform does with it is assumed. */
  min_digit: Schema.optionalKey(count),
  /** Longest wait for a digit. */
  timeout: Schema.optionalKey(secondsCount)
})

/**
 * Plays a prompt, collects digits and posts them to `action_url`, whose reply replaces the rest. The prompt is named as
 * in {@link Play}, of any kind of file. Conflict: given a URL, the Node client sends `file_url`, the Python client both
 * (observed).
 *
 * @category actions
 * @since 0.1.0
 */
export const PlayGetInput = Schema.Struct({
  action: Schema.Literal("play_get_input"),
  file_name: Schema.optionalKey(NonEmpty),
  action_url: Url,
  file_url: Schema.optionalKey(Url),
  max_digit: Schema.optionalKey(count),
  /** As in {@link Input}. */
  min_digit: Schema.optionalKey(count),
  /** How often the prompt is played. */
  max_retry: Schema.optionalKey(count),
  /** Longest wait between digits. */
  timeout: Schema.optionalKey(secondsCount)
})

/**
 * Opens a WebSocket that carries the audio of the call.
 *
 * @category actions
 * @since 0.1.0
 */
export const Stream = Schema.Struct({
  action: Schema.Literal("stream"),
  ws_url: Schema.String.check(
    Schema.isPattern(Limits.streamUrlPattern, {
      expected: "a URL that begins with ws:// or wss://, without credentials, with a query only after a path"
    })
  ),
  listen_mode: Schema.optionalKey(Schema.Literals(Limits.streamListenModes)),
  voice_quality: Schema.optionalKey(Schema.Literals(Limits.streamQualities)),
  /**
   * Whether the stream waits for the answer. Conflict: the streaming guide says that it does by default, the reference
   * and both clients say that it does not (documented). So it is always sent here; absent means false.
   */
  stream_on_answer: Schema.Boolean
})

/**
 * One step.
 *
 * @category actions
 * @since 0.1.0
 */
export const Action = Schema.Union([
  Play,
  Speak,
  Param,
  Record,
  Hangup,
  Bridge,
  Connect,
  Input,
  PlayGetInput,
  Stream
]).annotate({
  expected:
    "an object whose action is bridge, connect, hangup, input, param, play, play_get_input, record, speak or stream"
})

const member = (item: unknown, key: string): unknown =>
  typeof item === "object" && item !== null && Object.hasOwn(item, key) ? Reflect.get(item, key) : undefined

const fileRule = (item: unknown, index: number): ReadonlyArray<Breach> => {
  const playing = member(item, "action") === "play" || member(item, "action") === "play_get_input"
  return playing && member(item, "file_name") === undefined && member(item, "file_url") === undefined
    ? [{ path: [index, "file_name"], message: "Required, but missing: give the name or the URL of a file" }]
    : []
}

const digitsRule = (item: unknown, index: number): ReadonlyArray<Breach> => {
  const most = member(item, "max_digit") ?? 1
  const least = member(item, "min_digit")
  return typeof least === "number" && typeof most === "number" && least > most
    ? [{
      path: [index, "min_digit"],
      message: `Expected at most max_digit, which is ${most}: raise that, or lower this`
    }]
    : []
}

/**
 * At least one action, run in order (documented). That `min_digit` cannot exceed `max_digit` is assumed.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Pipeline = withRule(
  Schema.NonEmptyArray(Action).annotate({ expected: "an array with at least one action" }),
  (input) =>
    Array.isArray(input)
      ? input.flatMap((item: unknown, index) => [...fileRule(item, index), ...digitsRule(item, index)])
      : []
)

/**
 * The JSON of a list of actions.
 *
 * @category models
 * @since 0.1.0
 */
export type Pipeline = typeof Pipeline.Type
