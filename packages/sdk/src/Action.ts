/** The steps of a pipeline. Constructors never throw; `Pipeline.check` judges what they made. */
import type * as Duration from "effect/Duration"
import type * as Dtmf from "./Dtmf.ts"
import type * as Endpoint from "./Endpoint.ts"
import { build } from "./internal/canonical.ts"
import * as encodePipeline from "./internal/encodePipeline.ts"
import type * as OnResult from "./OnResult.ts"
import type * as PhoneNumber from "./PhoneNumber.ts"
import type * as Prompt from "./Prompt.ts"
import type * as Recording from "./Recording.ts"
import type * as Variables from "./Variables.ts"

/**
 * How a connect dials. Options that are left out are not sent.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed); what they do is documented, but
 * that an answering machine counts as no answer is assumed.
 *
 * @category models
 * @since 0.1.0
 */
export interface DialOptions {
  /** One endpoint after another, or all at once. */
  readonly strategy?: "sequential" | "simultaneous"
  /** Longest talk time, 10 s to 2 h in whole seconds. */
  readonly maxDuration?: Duration.Input
  /** Longest ringing of each attempt, 5 s to 2 min in whole seconds. */
  readonly ringTimeout?: Duration.Input
  /** Whether an answering machine counts as no answer. */
  readonly machineDetection?: boolean
  readonly recording?: Recording.Recording
  /** A file name or URL that plays while it rings. */
  readonly waitingMusic?: string
  readonly metadata?: Variables.Variables
}

/**
 * Whom a connect dials, on whose behalf, and how.
 *
 * @category models
 * @since 0.1.0
 */
export interface ConnectOptions extends DialOptions {
  /** The number that the callee sees. */
  readonly callerId: PhoneNumber.PhoneNumber
  /** At most two agents, after every other endpoint. */
  readonly endpoints: readonly [Endpoint.Endpoint, ...Array<Endpoint.Endpoint>]
}

/**
 * Dials endpoints and joins the caller with the first that answers.
 *
 * @category models
 * @since 0.1.0
 */
export interface Connect extends ConnectOptions {
  readonly _tag: "Connect"
}

/**
 * Plays a file: a name uploaded to the platform, or a URL.
 *
 * @category models
 * @since 0.1.0
 */
export interface Play {
  readonly _tag: "Play"
  readonly fileName: string
}

/**
 * What happens when nothing, or nothing valid, is entered.
 *
 * @category models
 * @since 0.1.0
 */
export interface Retries {
  /** How often the question is asked again; 0 or more. */
  readonly max?: number
  readonly noInputPrompt?: Prompt.Prompt
  readonly invalidPrompt?: Prompt.Prompt
}

/**
 * What is asked, how it may be answered, and where the answer goes.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlayGetInputOptions {
  readonly prompt: Prompt.Prompt
  /** How the caller may answer; each mode once. */
  readonly input: readonly ["dtmf" | "speech", ...Array<"dtmf" | "speech">]
  readonly onResult: OnResult.OnResult
  readonly dtmf?: Dtmf.Dtmf
  readonly retries?: Retries
}

/**
 * Plays a prompt and collects digits or speech.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlayGetInput extends PlayGetInputOptions {
  readonly _tag: "PlayGetInput"
}

/**
 * How digits are collected and where they go.
 *
 * @category models
 * @since 0.1.0
 */
export interface InputOptions {
  readonly onResult: OnResult.OnResult
  readonly dtmf?: Dtmf.Dtmf
}

/**
 * Collects digits without a prompt.
 *
 * @category models
 * @since 0.1.0
 */
export interface Input extends InputOptions {
  readonly _tag: "Input"
}

/**
 * Attaches data to the call for later steps and callbacks: at most 10 entries, strings of at most 256 characters.
 *
 * @category models
 * @since 0.1.0
 */
export interface Param {
  readonly _tag: "Param"
  readonly data: Variables.Variables
}

/**
 * The file that a recording makes. Options that are left out are not sent.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordOptions {
  readonly format?: "mp3" | "wav"
  readonly channels?: "single" | "dual"
}

/**
 * Records from here on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Record extends RecordOptions {
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
 * One step of a pipeline.
 *
 * @category models
 * @since 0.1.0
 */
export type Action = Connect | Play | PlayGetInput | Input | Param | Record | Hangup

/**
 * Dials endpoints and joins the caller with the first that answers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const connect = (options: ConnectOptions): Connect => build(encodePipeline.action, "Connect", options)

/**
 * Plays a file: a name uploaded to the platform, or a URL.
 *
 * @category constructors
 * @since 0.1.0
 */
export const play = (fileName: string): Play => build(encodePipeline.action, "Play", { fileName })

/**
 * Plays a prompt and collects digits or speech.
 *
 * @category constructors
 * @since 0.1.0
 */
export const playGetInput = (options: PlayGetInputOptions): PlayGetInput =>
  build(encodePipeline.action, "PlayGetInput", options)

/**
 * Collects digits without a prompt.
 *
 * @category constructors
 * @since 0.1.0
 */
export const input = (options: InputOptions): Input => build(encodePipeline.action, "Input", options)

/**
 * Attaches data to the call.
 *
 * @category constructors
 * @since 0.1.0
 */
export const param = (data: Variables.Variables): Param => build(encodePipeline.action, "Param", { data })

/**
 * Records from here on.
 *
 * @category constructors
 * @since 0.1.0
 */
export const record = (options: RecordOptions = {}): Record => build(encodePipeline.action, "Record", options)

/**
 * Ends the call.
 *
 * @category constructors
 * @since 0.1.0
 */
export const hangup: Hangup = build(encodePipeline.action, "Hangup", {})

/**
 * Whether a value carries the tag of an action. Its contents are `Pipeline.check`'s to judge.
 *
 * @category guards
 * @since 0.1.0
 */
export const isAction = (value: unknown): value is Action => encodePipeline.isTaggedAction(value)
