/**
 * The steps of a call of the older API. Constructors never throw; `LegacyPipeline.check` judges what they made.
 *
 * Unless a line says otherwise, the source is official Node SDK 1.2.0 (observed) and what a step does is documented.
 */
import * as Duration from "effect/Duration"
import { build } from "./internal/canonical.ts"
import * as encodeLegacyPipeline from "./internal/encodeLegacyPipeline.ts"
import type * as PhoneNumber from "./PhoneNumber.ts"
import * as Limits from "./wire/Limits.ts"

/**
 * Plays a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface Play {
  readonly _tag: "Play"
  /** The name of a file uploaded to the platform, or the URL of one of yours. */
  readonly file: string
}

/**
 * Speaks a text.
 *
 * @category models
 * @since 0.1.0
 */
export interface Speak {
  readonly _tag: "Speak"
  readonly text: string
}

/**
 * Attaches a text to the call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Param {
  readonly _tag: "Param"
  readonly text: string
}

/**
 * Records from here on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Record {
  readonly _tag: "Record"
}

/**
 * Ends the call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Hangup {
  readonly _tag: "Hangup"
}

/**
 * How numbers or users are dialled. With none of these given, none is sent and the platform's defaults hold; with one
 * given, the others are sent with those defaults, as the official Node client does. That client takes 0 as not given; here
 * it is refused.
 *
 * @category models
 * @since 0.1.0
 */
export interface DialOptions {
  /** One after another, or all at once. Default: one after another. */
  readonly ring?: "single" | "group"
  /** Longest talk, in whole seconds. Default: 90 minutes. */
  readonly duration?: Duration.Input
  /** Longest ringing of each attempt, in whole seconds. Default: 40 seconds. */
  readonly timeout?: Duration.Input
  /** How often all are tried. Default: once. */
  readonly loop?: number
}

/**
 * Which phones are dialled, on whose behalf, and how.
 *
 * @category models
 * @since 0.1.0
 */
export interface BridgeOptions extends DialOptions {
  /** The number that the callee sees. */
  readonly from: PhoneNumber.PhoneNumber
  readonly to: PhoneNumber.PhoneNumber | readonly [PhoneNumber.PhoneNumber, ...Array<PhoneNumber.PhoneNumber>]
}

/**
 * Dials phones and joins the caller with the first that answers.
 *
 * @category models
 * @since 0.1.0
 */
export interface Bridge extends BridgeOptions {
  readonly _tag: "Bridge"
}

/**
 * A SIP user of the account: a number for the official clients, a text in the documentation. It is sent as it is given.
 *
 * @category models
 * @since 0.1.0
 */
export type SipUser = number | string

/**
 * Which SIP users are dialled, on whose behalf, and how.
 *
 * @category models
 * @since 0.1.0
 */
export interface ConnectSipOptions extends DialOptions {
  /** The number that the callee sees. */
  readonly from: PhoneNumber.PhoneNumber
  readonly users: SipUser | readonly [SipUser, ...Array<SipUser>]
  /** Whether the conversation is recorded. Default: no. */
  readonly record?: boolean
}

/**
 * Dials SIP users and joins the caller with the first that answers.
 *
 * @category models
 * @since 0.1.0
 */
export interface ConnectSip extends ConnectSipOptions {
  readonly _tag: "ConnectSip"
}

/**
 * How digits are collected. With none of these given, none is sent; with one given, the defaults below are sent for the
 * others, as the official Node client does.
 *
 * @category models
 * @since 0.1.0
 */
export interface InputOptions {
  /** Default: 1. */
  readonly maxDigits?: number
  /** Guides show it, the official builders drop it: what the platform does with it is assumed. Not sent by default. */
  readonly minDigits?: number
  /** Longest wait for a digit, in whole seconds. Default: 5 seconds. */
  readonly timeout?: Duration.Input
}

/**
 * Collects digits without a prompt and posts them to a URL, whose reply replaces the rest.
 *
 * @category models
 * @since 0.1.0
 */
export interface Input extends InputOptions {
  readonly _tag: "Input"
  readonly url: string
}

/**
 * What is asked, how digits are collected, and where they go. With none of the optional ones given, the platform waits
 * 1 second for a digit (documented); with one given, 5, which is then sent.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlayGetInputOptions extends InputOptions {
  readonly url: string
  /** A name or a URL, of any kind of file. */
  readonly prompt: string
  /** How often the prompt is played. Default: once; the Python client sends 3. */
  readonly maxRetry?: number
}

/**
 * Plays a prompt, collects digits and posts them to a URL, whose reply replaces the rest.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlayGetInput extends PlayGetInputOptions {
  readonly _tag: "PlayGetInput"
}

/**
 * What a stream carries. Options that are left out are not sent, but for the last.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamOptions {
  /** Whose voice. On a call that was placed, the party dialled first is the `caller`. Default: `caller`. */
  readonly listenMode?: "caller" | "callee" | "both"
  /** Samples a second. One page alone names 32000; the others are safe. */
  readonly voiceQuality?: 8000 | 16000 | 32000
  /** Whether the stream waits for the answer. Default: yes, and always sent, since sources disagree about its absence. */
  readonly streamOnAnswer?: boolean
}

/**
 * Opens a WebSocket to an app, which carries the audio of the call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stream extends StreamOptions {
  readonly _tag: "Stream"
  readonly wsUrl: string
  readonly streamOnAnswer: boolean
}

/**
 * One step of a call.
 *
 * @category models
 * @since 0.1.0
 */
export type LegacyAction =
  | Play
  | Speak
  | Param
  | Record
  | Hangup
  | Bridge
  | ConnectSip
  | Input
  | PlayGetInput
  | Stream

const { action, completed, joined } = encodeLegacyPipeline

const dialDefaults = {
  duration: Duration.seconds(Limits.legacyDialDefaults.duration),
  timeout: Duration.seconds(Limits.legacyDialDefaults.timeout),
  loop: Limits.legacyDialDefaults.loop
}

const inputDefaults = {
  maxDigits: Limits.legacyInputDefaults.max_digit,
  timeout: Duration.seconds(Limits.legacyInputDefaults.timeout)
}

const playGetInputDefaults = {
  maxDigits: Limits.legacyPlayGetInputDefaults.max_digit,
  maxRetry: Limits.legacyPlayGetInputDefaults.max_retry,
  timeout: Duration.seconds(Limits.legacyPlayGetInputDefaults.timeout)
}

/**
 * Plays a file: the name of one uploaded to the platform, or the URL of one of yours. Both end in `.mp3` or `.wav`; a URL
 * may have a query after that, unlike in the official Node client. The Python client takes any text.
 *
 * @category constructors
 * @since 0.1.0
 */
export const play = (fileOrUrl: string): Play => build(action, "Play", { file: fileOrUrl })

/**
 * Speaks a text, which may be empty. Neither voice nor language can be chosen (documented).
 *
 * @category constructors
 * @since 0.1.0
 */
export const speak = (text: string): Speak => build(action, "Speak", { text })

/**
 * Attaches a text to the call, which later callbacks bring back as `extraParams`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const param = (text: string): Param => build(action, "Param", { text })

/**
 * Records from here on.
 *
 * @category constructors
 * @since 0.1.0
 */
export const record: Record = build(action, "Record", {})

/**
 * Ends the call; as the first step of a call that comes in, it refuses it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const hangup: Hangup = build(action, "Hangup", {})

/**
 * Dials phones and joins the caller with the first that answers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const bridge = (options: BridgeOptions): Bridge =>
  build(action, "Bridge", completed(options, ["from", "to"], dialDefaults))

/**
 * Dials SIP users of the account and joins the caller with the first that answers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const connectSip = (options: ConnectSipOptions): ConnectSip =>
  build(action, "ConnectSip", completed(options, ["from", "users"], { ...dialDefaults, record: false }))

/**
 * Collects digits without a prompt and posts them to a web address, whose reply replaces the rest.
 *
 * @category constructors
 * @since 0.1.0
 */
export const input = (url: string, options: InputOptions = {}): Input =>
  build(action, "Input", completed(joined({ url }, options), ["url"], inputDefaults))

/**
 * Plays a prompt, collects digits and posts them to a web address, whose reply replaces the rest.
 *
 * @category constructors
 * @since 0.1.0
 */
export const playGetInput = (options: PlayGetInputOptions): PlayGetInput =>
  build(action, "PlayGetInput", completed(options, ["url", "prompt"], playGetInputDefaults))

/**
 * Opens a WebSocket to an app, which carries the audio of the call. The address begins with `ws://` or `wss://`, has no
 * credentials, and a query only after a path: pass context there.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stream = (wsUrl: string, options: StreamOptions = {}): Stream =>
  build(action, "Stream", joined({ wsUrl, streamOnAnswer: true }, options))

/**
 * Whether a value carries the tag of an action. Its contents are `LegacyPipeline.check`'s to judge.
 *
 * @category guards
 * @since 0.1.0
 */
export const isLegacyAction = (value: unknown): value is LegacyAction => encodeLegacyPipeline.isTaggedAction(value)
