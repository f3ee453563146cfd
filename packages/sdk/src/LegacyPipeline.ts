/**
 * What the platform does with a call of the older API, as a checked value: the content of a dial request, of the reply to
 * an answer URL or a digits callback, and of a command on the audio stream.
 *
 * A pipeline is immutable and equal by content. Building one never throws; {@link check} tells every problem at once. It
 * shares neither actions nor JSON with `Pipeline`, which is that of the current API.
 */
import type * as Pipeable from "effect/Pipeable"
import * as Result from "effect/Result"
import * as encodeLegacyPipeline from "./internal/encodeLegacyPipeline.ts"
import * as pipelineValue from "./internal/pipelineValue.ts"
import type { Issue, Issues } from "./Issue.ts"
import * as LegacyAction from "./LegacyAction.ts"
import type * as PcmoLegacy from "./wire/PcmoLegacy.ts"

/**
 * At least one action, run in order.
 *
 * @category models
 * @since 0.1.0
 */
export interface LegacyPipeline extends Pipeable.Pipeable {
  readonly [pipelineValue.typeId]: "LegacyPipeline"
  readonly actions: readonly [LegacyAction.LegacyAction, ...Array<LegacyAction.LegacyAction>]
}

/**
 * Where building by pipe begins. It is no {@link LegacyPipeline}: the compiler refuses it wherever one is asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Empty extends Pipeable.Pipeable {
  readonly [pipelineValue.typeId]: "LegacyPipeline"
  readonly actions: readonly []
}

/**
 * The pipeline that has no action yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const empty: Empty = pipelineValue.make("LegacyPipeline", encodeLegacyPipeline.action, [])

/**
 * A pipeline of the given actions.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  actions: readonly [LegacyAction.LegacyAction, ...Array<LegacyAction.LegacyAction>]
): LegacyPipeline => pipelineValue.make("LegacyPipeline", encodeLegacyPipeline.action, actions)

/**
 * Whether a value is a pipeline, which may be empty or faulty: {@link check} tells.
 *
 * @category guards
 * @since 0.1.0
 */
export const isLegacyPipeline = (value: unknown): value is LegacyPipeline | Empty =>
  encodeLegacyPipeline.isLegacyPipeline(value)

/**
 * One action more, at the end.
 *
 * @category combinators
 * @since 0.1.0
 */
export const append = (action: LegacyAction.LegacyAction) => (self: Empty | LegacyPipeline): LegacyPipeline => {
  if (!isLegacyPipeline(self)) return make([self, action])
  return make(self.actions.length === 0 ? [action] : [...self.actions, action])
}

/**
 * All actions of another pipeline, at the end.
 *
 * @category combinators
 * @since 0.1.0
 */
export const concat = (that: LegacyPipeline) => (self: Empty | LegacyPipeline): LegacyPipeline => {
  const [first, ...rest] = isLegacyPipeline(that) ? that.actions : [that]
  return rest.reduce((all, action) => append(action)(all), append(first)(self))
}

/**
 * Plays a file: a name or a URL.
 *
 * @category combinators
 * @since 0.1.0
 */
export const play = (fileOrUrl: string) => append(LegacyAction.play(fileOrUrl))

/**
 * Speaks a text.
 *
 * @category combinators
 * @since 0.1.0
 */
export const speak = (text: string) => append(LegacyAction.speak(text))

/**
 * Attaches a text to the call.
 *
 * @category combinators
 * @since 0.1.0
 */
export const param = (text: string) => append(LegacyAction.param(text))

/**
 * Records from here on.
 *
 * @category combinators
 * @since 0.1.0
 */
export const record: (self: Empty | LegacyPipeline) => LegacyPipeline = append(LegacyAction.record)

/**
 * Dials phones and joins the caller with the first that answers.
 *
 * @category combinators
 * @since 0.1.0
 */
export const bridge = (options: LegacyAction.BridgeOptions) => append(LegacyAction.bridge(options))

/**
 * Dials SIP users and joins the caller with the first that answers.
 *
 * @category combinators
 * @since 0.1.0
 */
export const connectSip = (options: LegacyAction.ConnectSipOptions) => append(LegacyAction.connectSip(options))

/**
 * Collects digits without a prompt.
 *
 * @category combinators
 * @since 0.1.0
 */
export const input = (url: string, options?: LegacyAction.InputOptions) => append(LegacyAction.input(url, options))

/**
 * Plays a prompt and collects digits.
 *
 * @category combinators
 * @since 0.1.0
 */
export const playGetInput = (options: LegacyAction.PlayGetInputOptions) => append(LegacyAction.playGetInput(options))

/**
 * Opens a WebSocket that carries the audio of the call.
 *
 * @category combinators
 * @since 0.1.0
 */
export const stream = (wsUrl: string, options?: LegacyAction.StreamOptions) =>
  append(LegacyAction.stream(wsUrl, options))

/**
 * Ends the call.
 *
 * @category combinators
 * @since 0.1.0
 */
export const hangup: (self: Empty | LegacyPipeline) => LegacyPipeline = append(LegacyAction.hangup)

/**
 * The platform's JSON of a pipeline, keys in the order of the official Node client, or every problem that it has. Wire
 * paths begin with `pcmo`, as in a dial request.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (self: LegacyPipeline): Result.Result<PcmoLegacy.Pipeline, Issues> =>
  Result.map(encodeLegacyPipeline.encode({ pipeline: self }), (document) => document.pcmo)

/**
 * The pipeline itself when the platform's rules hold for it, or every problem that it has: unknown keys, wrong types,
 * ranges, addresses, no action at all.
 *
 * Source: builders of the official Node SDK 1.2.0 (observed). On purpose stricter: numbers have 7 to 16 digits, also in a
 * list, addresses are `http` or `https`, counts and durations are at least 1, choices are checked, and more than
 * `maxDigits` cannot be asked for. On purpose looser: a URL may have a query after its file.
 *
 * @category checking
 * @since 0.1.0
 */
export const check = (self: LegacyPipeline): Result.Result<LegacyPipeline, Issues> =>
  Result.map(encode(self), () => self)

const isActions = (value: unknown): value is LegacyPipeline["actions"] =>
  Array.isArray(value) && value.length > 0 && value.every(LegacyAction.isLegacyAction)

/**
 * Reads the platform's JSON, a bare array of actions, or tells every problem that it has. Taken in every documented form:
 * `file_name` and `file_url` together (the URL counts), a URL as `file_name`, SIP users under `call`, phone numbers as text,
 * the quality of a stream as a number. A stream without `stream_on_answer` does not wait for the answer.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (json: unknown): Result.Result<LegacyPipeline, Issues> =>
  Result.flatMap(
    encodeLegacyPipeline.decode(json),
    (actions) => isActions(actions) ? Result.succeed(make(actions)) : Result.fail([notActions])
  )

const notActions: Issue = { path: "pipeline", wirePath: "pcmo", message: "Expected an array of actions" }
