/** Judges request bodies of the current (v3) API and compiles them to what the engine is asked to do. */
import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import type * as Program from "../../core/pcmo/Program.ts"
import * as Admission from "./Admission.ts"
import * as AdmissionPcmoV3 from "./AdmissionPcmoV3.ts"
import * as AdmissionReader from "./AdmissionReader.ts"
import * as AdmissionValues from "./AdmissionValues.ts"

const { map, optional, required, struct, text, withDefault } = AdmissionReader
const { phone, seconds, uuid } = AdmissionValues

/**
 * Limits of a whole call, in milliseconds, and whether it is recorded.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallOptions {
  readonly maxDurationMs?: number
  readonly ringTimeoutMs?: number
  readonly record: boolean
}

/**
 * A call to place: ring `to` with `callerId`, then run the program. Ids are dashed, lower-case UUIDs but for `appId`.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlaceRequest {
  readonly kind: "Agent" | "Pipeline" | "Flow"
  readonly callerId: string
  readonly to: string
  readonly appId?: string
  readonly agentId?: string
  readonly flowId?: string
  readonly orgId?: string
  readonly program: Program.Program
  readonly options: CallOptions
  readonly variables: Program.Variables
}

/**
 * A live call to move onto another program.
 *
 * @category models
 * @since 0.1.0
 */
export interface TransferRequest {
  readonly callId: string
  readonly program: Program.Program
}

/**
 * A live call to end.
 *
 * @category models
 * @since 0.1.0
 */
export interface HangupRequest {
  readonly callId: string
  readonly cause: string
  readonly reason?: string
}

const options = map(
  struct({
    max_duration_sec: optional(seconds(Limits.callMaxDurationSec)),
    record: withDefault(AdmissionReader.boolean, false),
    ring_timeout_sec: optional(seconds(Limits.ringTimeoutSec))
  }),
  (wire): CallOptions => ({
    record: wire.record,
    ...(wire.max_duration_sec === undefined ? {} : { maxDurationMs: wire.max_duration_sec }),
    ...(wire.ring_timeout_sec === undefined ? {} : { ringTimeoutMs: wire.ring_timeout_sec })
  })
)

const optionsDefault: CallOptions = { record: false }

const callFields = {
  caller_id: required(phone),
  to_number: required(phone),
  options: withDefault(options, optionsDefault),
  variables: withDefault(AdmissionValues.variables, {})
}

const body = <A>(reader: Admission.Reader<A>) => (json: unknown): Admission.Admitted<A> =>
  Admission.document(reader)(json, "")

/**
 * The body of `POST /voice/ai/call`. Its program connects the person who was called with the agent.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed); the program, and that `record` is off when absent
 * (assumed).
 *
 * @category readers
 * @since 0.1.0
 */
export const aiCall: (json: unknown) => Admission.Admitted<PlaceRequest> = body(map(
  struct({ ...callFields, agent_id: required(uuid) }),
  (wire) => ({
    kind: "Agent",
    callerId: wire.caller_id,
    to: wire.to_number,
    agentId: wire.agent_id,
    program: [{
      _tag: "Connect",
      callerId: wire.caller_id,
      strategy: AdmissionPcmoV3.defaults.strategy,
      endpoints: [{ _tag: "Agent", id: wire.agent_id }],
      ringTimeoutMs: AdmissionPcmoV3.defaults.ringTimeoutMs,
      machineDetection: AdmissionPcmoV3.defaults.machineDetection,
      metadata: {}
    }],
    options: wire.options,
    variables: wire.variables
  })
))

/**
 * The body of `POST /voice/pcmo/call`. `app_id` may be empty.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category readers
 * @since 0.1.0
 */
export const pcmoCall: (json: unknown) => Admission.Admitted<PlaceRequest> = body(map(
  struct({
    ...callFields,
    app_id: required(text),
    pipeline: required(AdmissionPcmoV3.pipeline),
    agent_id: optional(uuid)
  }),
  (wire) => ({
    kind: "Pipeline",
    callerId: wire.caller_id,
    to: wire.to_number,
    appId: wire.app_id,
    ...(wire.agent_id === undefined ? {} : { agentId: wire.agent_id }),
    program: wire.pipeline,
    options: wire.options,
    variables: wire.variables
  })
))

/**
 * The body of `POST /voice/flow/call`. Its program is the flow, which the platform keeps.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category readers
 * @since 0.1.0
 */
export const flowCall: (json: unknown) => Admission.Admitted<PlaceRequest> = body(map(
  struct({ ...callFields, flow_id: required(uuid), org_id: required(uuid), app_id: required(text) }),
  (wire) => ({
    kind: "Flow",
    callerId: wire.caller_id,
    to: wire.to_number,
    appId: wire.app_id,
    flowId: wire.flow_id,
    orgId: wire.org_id,
    program: [{ _tag: "RunStored", source: "Flow", ref: wire.flow_id }],
    options: wire.options,
    variables: wire.variables
  })
))

/**
 * The body of `POST /voice/pcmo/transfer`.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category readers
 * @since 0.1.0
 */
export const transfer: (json: unknown) => Admission.Admitted<TransferRequest> = body(map(
  struct({ call_id: required(uuid), pipeline: required(AdmissionPcmoV3.pipeline) }),
  (wire) => ({ callId: wire.call_id, program: wire.pipeline })
))

/**
 * The body of `POST /voice/call/hangup`. Any cause of fitting length is taken.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category readers
 * @since 0.1.0
 */
export const hangup: (json: unknown) => Admission.Admitted<HangupRequest> = body(map(
  struct({
    call_id: required(uuid),
    cause: withDefault(AdmissionReader.textOfLength(Limits.hangupCauseLength), Limits.hangupCauseDefault),
    reason: optional(AdmissionReader.textOfLength(Limits.hangupReasonLength))
  }),
  (wire) => ({
    callId: wire.call_id,
    cause: wire.cause,
    ...(wire.reason === undefined ? {} : { reason: wire.reason })
  })
))
