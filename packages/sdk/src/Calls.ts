/** Placing calls, and steering those that are live. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Action from "./Action.ts"
import type * as AgentId from "./AgentId.ts"
import type * as AppId from "./AppId.ts"
import type * as CallId from "./CallId.ts"
import type * as CallOptions from "./CallOptions.ts"
import type * as FlowId from "./FlowId.ts"
import type * as HangupCause from "./HangupCause.ts"
import * as encodeCall from "./internal/encodeCall.ts"
import { getIn } from "./internal/plainData.ts"
import * as rest from "./internal/rest.ts"
import type { Issues } from "./Issue.ts"
import type * as PhoneNumber from "./PhoneNumber.ts"
import type * as PiopiyConfig from "./PiopiyConfig.ts"
import { type Operation, PiopiyError, Reason } from "./PiopiyError.ts"
import type * as Pipeline from "./Pipeline.ts"
import type * as Variables from "./Variables.ts"
import * as RestV3 from "./wire/RestV3.ts"

/**
 * What every call has.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallParties {
  /** The number of the account that the callee sees. */
  readonly callerId: PhoneNumber.PhoneNumber
  /** The number to ring. */
  readonly to: PhoneNumber.PhoneNumber
  readonly options?: CallOptions.CallOptions
  readonly variables?: Variables.Variables
}

/**
 * Another agent that stands in when the first fails. The call is then sent as a pipeline of one connect.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category models
 * @since 0.1.0
 */
export interface Failover extends Action.DialOptions {
  readonly appId: AppId.AppId
  /** Not the first agent again. */
  readonly agentId: AgentId.AgentId
}

/**
 * A call that an AI agent takes up. Options of the failover are checked as those of a connect.
 *
 * @category models
 * @since 0.1.0
 */
export interface AgentCall extends CallParties {
  readonly agentId: AgentId.AgentId
  readonly failover?: Failover
}

/**
 * A call that runs a pipeline once it is answered.
 *
 * @category models
 * @since 0.1.0
 */
export interface PipelineCall extends CallParties {
  readonly appId: AppId.AppId
  readonly pipeline: Pipeline.Pipeline
  readonly agentId?: AgentId.AgentId
}

/**
 * A call that connects the number dialled and nothing else.
 *
 * @category models
 * @since 0.1.0
 */
export interface DirectCall extends CallParties {
  readonly appId: AppId.AppId
  /** How the number is dialled; sequential unless told otherwise. */
  readonly connect?: Action.DialOptions
}

/**
 * A call that runs a flow made on the platform.
 *
 * @category models
 * @since 0.1.0
 */
export interface FlowCall extends CallParties {
  readonly flowId: FlowId.FlowId
  readonly orgId: FlowId.OrgId
  readonly appId: AppId.AppId
}

/**
 * Why a call is ended.
 *
 * @category models
 * @since 0.1.0
 */
export interface HangupOptions {
  /** 1 to 64 characters; `NORMAL_CLEARING` unless told otherwise. */
  readonly cause?: HangupCause.HangupCause
  /** 1 to 256 characters. */
  readonly reason?: string
}

/**
 * A call that the platform has queued. It promises `message` alone (documented): ids may be missing (assumed). An id in
 * another form than this package's counts as missing.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlacedCall {
  readonly message: string
  readonly callId: Option.Option<CallId.CallId>
  readonly requestId: Option.Option<CallId.RequestId>
}

/**
 * A transfer or hangup that the platform has queued.
 *
 * @category models
 * @since 0.1.0
 */
export interface QueuedAction {
  readonly message: string
  readonly requestId: Option.Option<CallId.RequestId>
}

/**
 * Places, transfers and ends calls. Provide it with {@link layer}, or all at once with `Piopiy.layer`.
 *
 * Every method checks its request first and fails with reason `InvalidRequest`, holding every problem, when the platform
 * would refuse it; nothing is sent then. Any 2xx is success. Other failures: `Unauthorized`, `Forbidden`, `Conflict`,
 * `Rejected`, `RateLimited`, `Unavailable`, `NotSent`, `OutcomeUnknown`, `UnexpectedReply`.
 *
 * @category services
 * @since 0.1.0
 */
export class Calls extends Context.Service<Calls, {
  /** Rings a number and joins it with an AI agent. Source: `/voice/ai/call`, with failover `/voice/pcmo/call` (observed). */
  readonly placeAgentCall: (call: AgentCall) => Effect.Effect<PlacedCall, PiopiyError>
  /** Rings a number and runs a pipeline. Source: `/voice/pcmo/call` (observed). */
  readonly placePipelineCall: (call: PipelineCall) => Effect.Effect<PlacedCall, PiopiyError>
  /** Rings a number and connects it, as a pipeline of one connect. Source: `/voice/pcmo/call` (observed). */
  readonly placeDirectCall: (call: DirectCall) => Effect.Effect<PlacedCall, PiopiyError>
  /** Rings a number and runs a flow made on the platform. Source: `/voice/flow/call` (observed). */
  readonly placeFlowCall: (call: FlowCall) => Effect.Effect<PlacedCall, PiopiyError>
  /**
   * Replaces what a live call runs. Success means queued. Fails also with `CallNotFound`. Source: `/voice/pcmo/transfer`
   * (observed).
   */
  readonly transfer: (
    callId: CallId.CallId,
    pipeline: Pipeline.Pipeline
  ) => Effect.Effect<QueuedAction, PiopiyError>
  /**
   * Ends a live call. Success means queued, not that the line is silent. Fails also with `CallNotFound`; a retry that
   * meets it succeeds instead. Source: `/voice/call/hangup` (observed).
   */
  readonly hangup: (callId: CallId.CallId, options?: HangupOptions) => Effect.Effect<QueuedAction, PiopiyError>
}>()("@effect-piopiy/sdk/Calls") {}

const valid = <A>(operation: Operation, body: Result.Result<A, Issues>): Effect.Effect<A, PiopiyError> =>
  Result.isSuccess(body)
    ? Effect.succeed(body.success)
    : Effect.fail(
      new PiopiyError({ operation, reason: Reason.InvalidRequest({ issues: body.failure }), attempts: 0 })
    )

const make = Effect.gen(function*() {
  const { post } = yield* rest.make

  const send = Effect.fnUntraced(function*<A>(operation: Operation, path: string, body: Result.Result<A, Issues>) {
    const sent = yield* valid(operation, body)
    for (const id of ["call_id", "agent_id", "flow_id"]) {
      const value = getIn(sent, [id])
      if (value !== undefined) yield* Effect.annotateCurrentSpan(`piopiy.${id}`, value)
    }
    const reply = yield* post(operation, path, sent)
    if (Option.isSome(reply.callId)) yield* Effect.annotateCurrentSpan("piopiy.call_id", reply.callId.value)
    if (Option.isSome(reply.requestId)) yield* Effect.annotateCurrentSpan("piopiy.request_id", reply.requestId.value)
    return reply
  })

  const placeAgentCall = Effect.fn("Calls.placeAgentCall")(function*(call: AgentCall) {
    return yield* encodeCall.hasFailover(call)
      ? send("Calls.placeAgentCall", RestV3.paths.pcmoCall, encodeCall.agentCallWithFailover(call))
      : send("Calls.placeAgentCall", RestV3.paths.aiCall, encodeCall.agentCall(call))
  })
  const placePipelineCall = Effect.fn("Calls.placePipelineCall")(function*(call: PipelineCall) {
    return yield* send("Calls.placePipelineCall", RestV3.paths.pcmoCall, encodeCall.pipelineCall(call))
  })
  const placeDirectCall = Effect.fn("Calls.placeDirectCall")(function*(call: DirectCall) {
    return yield* send("Calls.placeDirectCall", RestV3.paths.pcmoCall, encodeCall.directCall(call))
  })
  const placeFlowCall = Effect.fn("Calls.placeFlowCall")(function*(call: FlowCall) {
    return yield* send("Calls.placeFlowCall", RestV3.paths.flowCall, encodeCall.flowCall(call))
  })
  const transfer = Effect.fn("Calls.transfer")(function*(callId: CallId.CallId, pipeline: Pipeline.Pipeline) {
    const { message, requestId } = yield* send(
      "Calls.transfer",
      RestV3.paths.pcmoTransfer,
      encodeCall.transfer({ callId, pipeline })
    )
    return { message, requestId }
  })
  const hangup = Effect.fn("Calls.hangup")(function*(callId: CallId.CallId, options?: HangupOptions) {
    const { message, requestId } = yield* send(
      "Calls.hangup",
      RestV3.paths.hangup,
      encodeCall.hangup({ callId, options })
    )
    return { message, requestId }
  })

  return Calls.of({ placeAgentCall, placePipelineCall, placeDirectCall, placeFlowCall, transfer, hangup })
})

/**
 * The live service. It sends over the given HTTP client, and retries by the policy of the configuration.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Calls, never, HttpClient.HttpClient | PiopiyConfig.PiopiyConfig> = Layer.effect(
  Calls,
  make
)
