/** Placing calls, and steering those that are live. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Result from "effect/Result"
import type * as Stream from "effect/Stream"
import type * as Action from "./Action.ts"
import type * as AgentId from "./AgentId.ts"
import type * as AppId from "./AppId.ts"
import type * as CallId from "./CallId.ts"
import type * as CallOptions from "./CallOptions.ts"
import type * as FlowId from "./FlowId.ts"
import type * as HangupCause from "./HangupCause.ts"
import * as bearer from "./internal/bearer.ts"
import * as encodeCall from "./internal/encodeCall.ts"
import * as liveCall from "./internal/liveCall.ts"
import { isRecord } from "./internal/plainData.ts"
import * as rest from "./internal/rest.ts"
import * as watchTransfer from "./internal/watchTransfer.ts"
import type { Issues } from "./Issue.ts"
import type * as PhoneNumber from "./PhoneNumber.ts"
import type * as PiopiyConfig from "./PiopiyConfig.ts"
import type { Operation, PiopiyError } from "./PiopiyError.ts"
import type * as Pipeline from "./Pipeline.ts"
import type * as Transfer from "./Transfer.ts"
import type * as Variables from "./Variables.ts"
import * as RestCalls from "./wire/RestCalls.ts"
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
 * What the platform tells of a live call. Its shape is not described: `raw` is all of it.
 *
 * Source: telecmi/pipecat-piopiy (documented in its tests: an id and a status).
 *
 * @category models
 * @since 0.1.0
 */
export interface LiveCall {
  readonly callId: Option.Option<CallId.CallId>
  readonly status: Option.Option<string>
  readonly raw: unknown
}

/**
 * Places, transfers and ends calls. Provide it with {@link layer}, or all at once with `Piopiy.layer`.
 *
 * Every method checks its request first and fails with reason `InvalidRequest`, holding every problem, when the platform
 * would refuse it; nothing is sent then. Any 2xx is success, unless it holds what is no reply of the
 * API (`OutcomeUnknown`). Other failures: `Unauthorized`, `Forbidden`, `Conflict`, `Rejected`, `RateLimited`, `Unavailable`,
 * `NotSent`, `OutcomeUnknown`, `UnexpectedReply`.
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
  /** A live call; none when it has ended or never was. Source: `GET /calls/{id}` (documented). */
  readonly status: (callId: CallId.CallId) => Effect.Effect<Option.Option<LiveCall>, PiopiyError>
  /**
   * Hands a live call over to a person who is asked first. Success means queued: {@link handOff} waits. Fails also with
   * `CallNotFound`, and with `Conflict` while another transfer runs, whose id the reason holds. Source:
   * `/calls/{id}/actions/transfer` (observed).
   */
  readonly warmTransfer: (
    callId: CallId.CallId,
    transfer: Transfer.Warm
  ) => Effect.Effect<QueuedAction, PiopiyError>
  /** Lets a live call go on with a phone or a pipeline. Success and failures as with `warmTransfer`, and so its source. */
  readonly blindTransfer: (
    callId: CallId.CallId,
    transfer: Transfer.Blind
  ) => Effect.Effect<QueuedAction, PiopiyError>
  /**
   * Ends a live call as `hangup` does, over the "calls" API, whose cause is `normal` unless told otherwise. Fails as
   * `hangup` does. Source: `/calls/{id}/actions/hangup` (observed).
   */
  readonly end: (callId: CallId.CallId, options?: HangupOptions) => Effect.Effect<QueuedAction, PiopiyError>
  /**
   * How far a transfer is; none when the platform does not know it, or no more: it keeps one for 15 minutes after the
   * end. Source: `GET /transfers/{id}` (documented).
   */
  readonly transferStatus: (requestId: CallId.RequestId) => Effect.Effect<Option.Option<Transfer.Transfer>, PiopiyError>
  /**
   * How far a transfer is now, and each change; ends when it has settled. Fails with `OutcomeUnknown` when it does not
   * settle in time or the platform does not know it, and as `transferStatus` does.
   */
  readonly transferUpdates: (
    requestId: CallId.RequestId,
    options?: Transfer.Watch
  ) => Stream.Stream<Transfer.Transfer, PiopiyError>
  /**
   * A warm transfer and its end, `completed` or `failed`. Fails as `warmTransfer` does; once the transfer is queued, with
   * `OutcomeUnknown` alone. Whoever is interrupted stops watching: the transfer goes on.
   */
  readonly handOff: (
    callId: CallId.CallId,
    transfer: Transfer.Warm,
    options?: Transfer.Watch
  ) => Effect.Effect<Transfer.Transfer, PiopiyError>
}>()("@effect-piopiy/sdk/Calls") {}

const queued = ({ message, requestId }: bearer.Accepted): QueuedAction => ({ message, requestId })

const ids = [
  ["call_id", "piopiy.call_id"],
  ["agent_id", "piopiy.agent_id"],
  ["flow_id", "piopiy.flow_id"],
  ["request_id", "piopiy.request_id"]
] as const

/** Puts the ids of a body on the span. */
const annotate = (running: rest.Running, body: unknown): void => {
  if (!isRecord(body)) return
  for (const [id, name] of ids) {
    if (body[id] !== undefined) rest.mark(running, name, body[id])
  }
}

type WhenGone = (attempt: number) => Option.Option<bearer.Accepted>

const make = Effect.gen(function*() {
  const { find, post } = yield* bearer.make

  const send = (running: rest.Running, path: string, body: unknown, whenGone?: WhenGone) => {
    annotate(running, body)
    return Effect.map(post(running, path, body, whenGone), (reply) => {
      annotate(running, {
        call_id: Option.getOrUndefined(reply.callId),
        request_id: Option.getOrUndefined(reply.requestId)
      })
      return reply
    })
  }

  const place = (operation: Operation, path: string, body: () => Result.Result<unknown, Issues>, whenGone?: WhenGone) =>
    rest.operate(operation, body, (sent, running) => send(running, path, sent, whenGone))

  const act = (...asked: Parameters<typeof place>) => Effect.map(place(...asked), queued)

  const actOn = (
    operation: Operation,
    pathOf: (callId: string) => string,
    request: () => Result.Result<liveCall.Request, Issues>,
    whenGone?: WhenGone
  ) =>
    Effect.map(
      rest.operate(operation, request, ({ body, callId }, running) => {
        annotate(running, { call_id: callId })
        return send(running, pathOf(callId), body, whenGone)
      }),
      queued
    )

  const transferStatus = (requestId: CallId.RequestId) =>
    rest.operate("Calls.transferStatus", () => liveCall.transferStatus({ requestId }), (asked, running) => {
      annotate(running, asked)
      const path = RestCalls.paths.transferStatus(encodeURIComponent(asked.request_id))
      return find(running, path, liveCall.decodeTransfer(requestId))
    })

  return Calls.of({
    placeAgentCall: (call) =>
      encodeCall.hasFailover(call)
        ? place("Calls.placeAgentCall", RestV3.paths.pcmoCall, () => encodeCall.agentCallWithFailover(call))
        : place("Calls.placeAgentCall", RestV3.paths.aiCall, () => encodeCall.agentCall(call)),
    placePipelineCall: (call) =>
      place("Calls.placePipelineCall", RestV3.paths.pcmoCall, () => encodeCall.pipelineCall(call)),
    placeDirectCall: (call) => place("Calls.placeDirectCall", RestV3.paths.pcmoCall, () => encodeCall.directCall(call)),
    placeFlowCall: (call) => place("Calls.placeFlowCall", RestV3.paths.flowCall, () => encodeCall.flowCall(call)),
    transfer: (callId, pipeline) =>
      act("Calls.transfer", RestV3.paths.pcmoTransfer, () => encodeCall.transfer({ callId, pipeline })),
    hangup: (callId, options) =>
      act("Calls.hangup", RestV3.paths.hangup, () => encodeCall.hangup({ callId, options }), bearer.wasEnding),
    status: (callId) =>
      rest.operate("Calls.status", () => liveCall.status({ callId }), (asked, running) => {
        annotate(running, asked)
        return find(running, RestCalls.paths.call(asked.call_id), liveCall.decodeCall)
      }),
    warmTransfer: (callId, transfer) =>
      actOn("Calls.warmTransfer", RestCalls.paths.transfer, () => liveCall.warmTransfer({ callId, transfer })),
    blindTransfer: (callId, transfer) =>
      actOn("Calls.blindTransfer", RestCalls.paths.transfer, () => liveCall.blindTransfer({ callId, transfer })),
    end: (callId, options) =>
      actOn("Calls.end", RestCalls.paths.hangup, () => liveCall.end({ callId, options }), bearer.wasEnding),
    transferStatus,
    transferUpdates: (requestId, options) => watchTransfer.updates(transferStatus, requestId, options),
    handOff: (callId, transfer, options) =>
      rest.operate(
        "Calls.handOff",
        () => rest.both(liveCall.warmTransfer({ callId, transfer }), watchTransfer.readOptions(options)),
        ([request, watch], running) => {
          annotate(running, { call_id: request.callId })
          return Effect.flatMap(
            send(running, RestCalls.paths.transfer(request.callId), request.body),
            ({ requestId }) => rest.inside(running, watchTransfer.settled(transferStatus, requestId, watch))
          )
        }
      )
  })
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
