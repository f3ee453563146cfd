/**
 * What the platform does with a call, as a checked value.
 *
 * A pipeline is immutable and equal by content. Building one never throws; {@link check} tells every problem at once.
 */
import type * as Pipeable from "effect/Pipeable"
import * as Result from "effect/Result"
import * as Action from "./Action.ts"
import * as encodePipeline from "./internal/encodePipeline.ts"
import * as pipelineDocument from "./internal/pipelineDocument.ts"
import * as pipelineValue from "./internal/pipelineValue.ts"
import type { Issue, Issues } from "./Issue.ts"
import type * as Variables from "./Variables.ts"
import type * as PcmoV3 from "./wire/PcmoV3.ts"

/**
 * At least one action, run in order.
 *
 * @category models
 * @since 0.1.0
 */
export interface Pipeline extends Pipeable.Pipeable {
  readonly [pipelineValue.typeId]: "Pipeline"
  readonly actions: readonly [Action.Action, ...Array<Action.Action>]
}

/**
 * Where building by pipe begins. It is no {@link Pipeline}: the compiler refuses it wherever one is asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Empty extends Pipeable.Pipeable {
  readonly [pipelineValue.typeId]: "Pipeline"
  readonly actions: readonly []
}

/**
 * The pipeline that has no action yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const empty: Empty = pipelineValue.make("Pipeline", encodePipeline.action, [])

/**
 * A pipeline of the given actions.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (actions: readonly [Action.Action, ...Array<Action.Action>]): Pipeline =>
  pipelineValue.make("Pipeline", encodePipeline.action, actions)

/**
 * Whether a value is a pipeline, which may be empty or faulty: {@link check} tells.
 *
 * @category guards
 * @since 0.1.0
 */
export const isPipeline = (value: unknown): value is Pipeline | Empty => encodePipeline.isPipeline(value)

/**
 * One action more, at the end.
 *
 * @category combinators
 * @since 0.1.0
 */
export const append = (action: Action.Action) => (self: Empty | Pipeline): Pipeline => {
  if (!isPipeline(self)) return make([self, action])
  return make(self.actions.length === 0 ? [action] : [...self.actions, action])
}

/**
 * All actions of another pipeline, at the end.
 *
 * @category combinators
 * @since 0.1.0
 */
export const concat = (that: Pipeline) => (self: Empty | Pipeline): Pipeline => {
  const [first, ...rest] = isPipeline(that) ? that.actions : [that]
  return rest.reduce((all, action) => append(action)(all), append(first)(self))
}

/**
 * Dials endpoints and joins the caller with the first that answers.
 *
 * @category combinators
 * @since 0.1.0
 */
export const connect = (options: Action.ConnectOptions) => append(Action.connect(options))

/**
 * Plays a file.
 *
 * @category combinators
 * @since 0.1.0
 */
export const play = (fileName: string) => append(Action.play(fileName))

/**
 * Plays a prompt and collects digits or speech.
 *
 * @category combinators
 * @since 0.1.0
 */
export const playGetInput = (options: Action.PlayGetInputOptions) => append(Action.playGetInput(options))

/**
 * Collects digits without a prompt.
 *
 * @category combinators
 * @since 0.1.0
 */
export const input = (options: Action.InputOptions) => append(Action.input(options))

/**
 * Attaches data to the call.
 *
 * @category combinators
 * @since 0.1.0
 */
export const param = (data: Variables.Variables) => append(Action.param(data))

/**
 * Records from here on.
 *
 * @category combinators
 * @since 0.1.0
 */
export const record = (options?: Action.RecordOptions) => append(Action.record(options))

/**
 * Ends the call.
 *
 * @category combinators
 * @since 0.1.0
 */
export const hangup: (self: Empty | Pipeline) => Pipeline = append(Action.hangup)

/**
 * The platform's JSON of a pipeline, keys in the order of the official builders, or every problem that it has.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (self: Pipeline): Result.Result<PcmoV3.Pipeline, Issues> =>
  Result.map(pipelineDocument.encode({ pipeline: self }), (document) => document.pipeline)

/**
 * The pipeline itself when the platform's rules hold for it, or every problem that it has: unknown keys, wrong types,
 * ranges, three agents, an agent before another endpoint, an input mode named twice, no action at all.
 *
 * Source: validation of the official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category checking
 * @since 0.1.0
 */
export const check = (self: Pipeline): Result.Result<Pipeline, Issues> => Result.map(encode(self), () => self)

const isActions = (value: unknown): value is Pipeline["actions"] =>
  Array.isArray(value) && value.length > 0 && value.every(Action.isAction)

/**
 * Reads the platform's JSON, a bare array of actions, or tells every problem that it has. Refused besides what
 * {@link check} refuses: keys without a meaning for their type, such as a `uri` with a phone. An empty `options` object
 * of a connect is accepted and not kept.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (json: unknown): Result.Result<Pipeline, Issues> =>
  Result.flatMap(
    pipelineDocument.decode({ pipeline: json }),
    (actions) => isActions(actions) ? Result.succeed(make(actions)) : Result.fail([notActions])
  )

const notActions: Issue = { path: "pipeline", wirePath: "pipeline", message: "Expected an array of actions" }
