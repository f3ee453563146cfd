import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Program from "../../../src/core/pcmo/Program.ts"
import type * as Admission from "../../../src/edge/rest/Admission.ts"
import * as AdmissionV3 from "../../../src/edge/rest/AdmissionV3.ts"

const caller = "919999999999"
const callee = "918888888888"
const agentId = "bdd32bcb-767c-40a5-be4a-5f45eeb348a6"
const callId = "c4d0e5f6-a7b8-12c9-d3e4-f56789012345"
const flowId = "7f4d89c7-3485-45c5-9016-f45a47cd885c"
const orgId = "f89dd77d-c226-4ff2-b88c-6d7e4f5a88e2"

const ends = { caller_id: caller, to_number: callee }
const ai = { ...ends, agent_id: agentId }
const pcmo = { ...ends, app_id: "app_1", pipeline: [{ action: "hangup" }] }
const flow = { ...ends, flow_id: flowId, org_id: orgId, app_id: "app_1" }
const move = { call_id: callId, pipeline: [{ action: "hangup" }] }
const end = { call_id: callId }
const without = (json: object, key: string): object =>
  Object.fromEntries(Object.entries(json).filter(([name]) => name !== key))

type Read = (json: unknown) => Admission.Admitted<unknown>
const { aiCall, flowCall, hangup, pcmoCall, transfer } = AdmissionV3

const paths = (admitted: Admission.Admitted<unknown>): ReadonlyArray<string> =>
  Result.isFailure(admitted) ? admitted.failure.map(({ path }) => path) : []

/** Each row: a rule, its reader, a body that it just admits, a body just past it, and where the problem is. */
const rules: ReadonlyArray<readonly [rule: string, read: Read, admitted: unknown, refused: unknown, path: string]> = [
  ["an AI call is an object", aiCall, ai, [ai], ""],
  ["an AI call has a caller id", aiCall, ai, without(ai, "caller_id"), "caller_id"],
  ["an AI call has a number to call", aiCall, ai, without(ai, "to_number"), "to_number"],
  ["an AI call has an agent", aiCall, ai, without(ai, "agent_id"), "agent_id"],
  ["an AI call has no app id", aiCall, ai, { ...ai, app_id: "app_1" }, "app_id"],
  ["an AI call has no failover", aiCall, ai, { ...ai, failover: { agent_id: agentId } }, "failover"],
  ["a caller may call itself", aiCall, { ...ai, to_number: caller }, { ...ai, to_number: "" }, "to_number"],
  [
    "a number has 7 digits at least",
    aiCall,
    { ...ai, to_number: "1234567" },
    { ...ai, to_number: "123456" },
    "to_number"
  ],
  [
    "a number has 16 digits at most",
    aiCall,
    { ...ai, to_number: "1".repeat(16) },
    { ...ai, to_number: "1".repeat(17) },
    "to_number"
  ],
  ["a number does not start with 0", aiCall, ai, { ...ai, to_number: "08888888" }, "to_number"],
  ["a number is ASCII digits", aiCall, ai, { ...ai, to_number: "٩١٨٨٨٨٨٨٨٨" }, "to_number"],
  ["a number is no JSON number", aiCall, ai, { ...ai, caller_id: 919999999999 }, "caller_id"],
  ["a number has no trailing newline", aiCall, ai, { ...ai, caller_id: `${caller}\n` }, "caller_id"],
  [
    "an id may be in capitals",
    aiCall,
    { ...ai, agent_id: agentId.toUpperCase() },
    { ...ai, agent_id: "not-a-uuid" },
    "agent_id"
  ],
  [
    "an id may be a URN",
    aiCall,
    { ...ai, agent_id: `urn:uuid:${agentId}` },
    { ...ai, agent_id: `uuid:${agentId}` },
    "agent_id"
  ],
  ["an id has dashes", aiCall, ai, { ...ai, agent_id: agentId.replaceAll("-", "") }, "agent_id"],
  ["a URN has dashes", aiCall, ai, { ...ai, agent_id: `urn:uuid:${agentId.replaceAll("-", "")}` }, "agent_id"],
  ["an id has no braces", aiCall, ai, { ...ai, agent_id: `{${agentId}}` }, "agent_id"],
  ["an id has nothing around it", aiCall, ai, { ...ai, agent_id: ` ${agentId}` }, "agent_id"],
  ["an id has no trailing newline", aiCall, ai, { ...ai, agent_id: `${agentId}\n` }, "agent_id"],
  ["a URN has no trailing newline", aiCall, ai, { ...ai, agent_id: `urn:uuid:${agentId}\n` }, "agent_id"],
  ["options are an object", aiCall, { ...ai, options: {} }, { ...ai, options: [1] }, "options"],
  ["options are not null", aiCall, { ...ai, options: {} }, { ...ai, options: null }, "options"],
  [
    "options are closed",
    aiCall,
    { ...ai, options: {} },
    { ...ai, options: { machine_detection: true } },
    "options.machine_detection"
  ],
  ["a call lasts 30 s at least", aiCall, { ...ai, options: { max_duration_sec: 30 } }, {
    ...ai,
    options: { max_duration_sec: 29 }
  }, "options.max_duration_sec"],
  ["a call lasts 7200 s at most", aiCall, { ...ai, options: { max_duration_sec: 7200 } }, {
    ...ai,
    options: { max_duration_sec: 7201 }
  }, "options.max_duration_sec"],
  ["a call lasts whole seconds", aiCall, { ...ai, options: { max_duration_sec: 60 } }, {
    ...ai,
    options: { max_duration_sec: 60.5 }
  }, "options.max_duration_sec"],
  ["a duration is no boolean", aiCall, { ...ai, options: { max_duration_sec: 60 } }, {
    ...ai,
    options: { max_duration_sec: true }
  }, "options.max_duration_sec"],
  ["a call rings 5 s at least", pcmoCall, { ...pcmo, options: { ring_timeout_sec: 5 } }, {
    ...pcmo,
    options: { ring_timeout_sec: 4 }
  }, "options.ring_timeout_sec"],
  ["a call rings 120 s at most", flowCall, { ...flow, options: { ring_timeout_sec: 120 } }, {
    ...flow,
    options: { ring_timeout_sec: 121 }
  }, "options.ring_timeout_sec"],
  [
    "record is a boolean",
    pcmoCall,
    { ...pcmo, options: { record: false } },
    { ...pcmo, options: { record: 1 } },
    "options.record"
  ],
  ["variables are an object", aiCall, { ...ai, variables: {} }, { ...ai, variables: "x" }, "variables"],
  [
    "variables have names",
    aiCall,
    { ...ai, variables: { __proto: 1 } },
    { ...ai, variables: { "1bad": "x" } },
    "variables[\"1bad\"]"
  ],
  ["variables are of any length", flowCall, { ...flow, variables: { a: "x".repeat(10_000) } }, {
    ...flow,
    variables: { a: { b: 1 } }
  }, "variables.a"],

  ["a pipeline call has an app id", pcmoCall, { ...pcmo, app_id: "" }, without(pcmo, "app_id"), "app_id"],
  ["an app id is a string", pcmoCall, pcmo, { ...pcmo, app_id: 5 }, "app_id"],
  ["a pipeline call has a pipeline", pcmoCall, pcmo, without(pcmo, "pipeline"), "pipeline"],
  ["a pipeline call has a step", pcmoCall, pcmo, { ...pcmo, pipeline: [] }, "pipeline"],
  [
    "a pipeline call names the field of a step",
    pcmoCall,
    pcmo,
    { ...pcmo, pipeline: [{ action: "play" }] },
    "pipeline[0].file_name"
  ],
  [
    "a pipeline call may have an agent",
    pcmoCall,
    { ...pcmo, agent_id: agentId },
    { ...pcmo, agent_id: "x" },
    "agent_id"
  ],
  ["a pipeline call has no flow", pcmoCall, pcmo, { ...pcmo, flow_id: flowId }, "flow_id"],

  ["a flow call has a flow", flowCall, flow, without(flow, "flow_id"), "flow_id"],
  ["a flow call has an organisation", flowCall, flow, { ...flow, org_id: "x" }, "org_id"],
  ["a flow call has an app id", flowCall, flow, without(flow, "app_id"), "app_id"],
  ["a flow call has no pipeline", flowCall, flow, { ...flow, pipeline: pcmo.pipeline }, "pipeline"],

  ["a transfer has a call", transfer, move, without(move, "call_id"), "call_id"],
  ["a transfer names its call by UUID", transfer, move, { ...move, call_id: "anything-goes" }, "call_id"],
  ["a transfer has a pipeline", transfer, move, without(move, "pipeline"), "pipeline"],
  ["a transfer has no options", transfer, move, { ...move, options: {} }, "options"],

  ["a hangup has a call", hangup, end, {}, "call_id"],
  ["a hangup names its call by UUID", hangup, end, { call_id: callId.replaceAll("-", "") }, "call_id"],
  ["a cause is a string", hangup, { ...end, cause: "any text" }, { ...end, cause: 5 }, "cause"],
  ["a cause is not empty", hangup, { ...end, cause: "C" }, { ...end, cause: "" }, "cause"],
  [
    "a cause has 64 characters at most",
    hangup,
    { ...end, cause: "C".repeat(64) },
    { ...end, cause: "C".repeat(65) },
    "cause"
  ],
  ["a cause is not null", hangup, end, { ...end, cause: null }, "cause"],
  ["a reason is not empty", hangup, { ...end, reason: "r" }, { ...end, reason: "" }, "reason"],
  ["a reason has 256 characters at most", hangup, { ...end, reason: "r".repeat(256) }, {
    ...end,
    reason: "r".repeat(257)
  }, "reason"],
  ["a hangup has no more keys", hangup, end, { ...end, __proto: 1 }, "__proto"]
]

const readers: ReadonlyArray<readonly [string, Read]> = [
  ["an AI call", aiCall],
  ["a pipeline call", pcmoCall],
  ["a flow call", flowCall],
  ["a transfer", transfer],
  ["a hangup", hangup]
]

describe("AdmissionV3", () => {
  it.each(rules)("%s", (_, read, admitted, refused, path) => {
    assert.deepStrictEqual(paths(read(admitted)), [])
    assert.deepStrictEqual(paths(read(refused)), [path])
    assert.isTrue(Result.isFailure(read(refused)))
  })

  it("reports all problems of a body at once", () => {
    assert.deepStrictEqual(
      paths(pcmoCall({
        caller_id: 1,
        options: { record: "yes", ring_timeout_sec: 1 },
        variables: { a: null },
        pipeline: [{ action: "hangup", reason: "x" }],
        extra: 1
      })).toSorted(),
      [
        "app_id",
        "caller_id",
        "extra",
        "options.record",
        "options.ring_timeout_sec",
        "pipeline[0].reason",
        "to_number",
        "variables.a"
      ]
    )
  })

  it.each(["__proto__", "constructor"])("refuses %s as a key of a body", (key) => {
    assert.deepStrictEqual(paths(hangup(JSON.parse(`{"call_id":"${callId}","${key}":{}}`))), [key])
  })

  it("refuses headers that nest too deep, although it does not read them", () => {
    const deep = (levels: number): unknown => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`)
    const withHeaders = (levels: number) =>
      pcmoCall({
        ...pcmo,
        pipeline: [{
          action: "connect",
          params: { caller_id: caller },
          endpoints: [{ type: "sip", uri: "sip:a@b", headers: { x: deep(levels) } }]
        }]
      })
    assert.isTrue(Result.isSuccess(withHeaders(58)))
    assert.deepStrictEqual(paths(withHeaders(59)), [""])
  })

  it("caps the problems of a body that holds a pipeline full of them", () => {
    const found = paths(pcmoCall({ caller_id: 1, pipeline: Array.from({ length: 200 }, () => ({})) }))
    assert.lengthOf(found, 100)
    assert.deepStrictEqual([found.at(-2), found.at(-1)], ["pipeline[95].action", ""])
  })

  // Body captured from the official Node client 1.2.0, `ai.call` with positional options and variables.
  it("places an agent call as one connect to the agent", () => {
    assert.deepStrictEqual(
      Result.getOrNull(aiCall({
        caller_id: caller,
        to_number: callee,
        agent_id: agentId,
        options: { max_duration_sec: 600, record: true, ring_timeout_sec: 40 },
        variables: { customer_name: "Kumar", score: 97, is_vip: true }
      })),
      {
        kind: "Agent",
        callerId: caller,
        to: callee,
        agentId,
        program: [{
          _tag: "Connect",
          callerId: caller,
          strategy: "Sequential",
          endpoints: [{ _tag: "Agent", id: agentId }],
          ringTimeoutMs: 40_000,
          machineDetection: false,
          metadata: {}
        }],
        options: { maxDurationMs: 600_000, ringTimeoutMs: 40_000, record: true },
        variables: { customer_name: "Kumar", score: 97, is_vip: true }
      }
    )
  })

  // Body captured from the official Node client 1.1.0, which always sends both.
  it("reads empty options and variables like absent ones", () => {
    assert.deepStrictEqual(aiCall({ ...ai, options: {}, variables: {} }), aiCall(ai))
    const request = Result.getOrThrow(aiCall(ai))
    assert.deepStrictEqual([request.options, request.variables], [{ record: false }, {}])
  })

  // Body captured from the official Node client 1.2.0, `ai.call` with failover.
  it("places a pipeline call with two agents, one standing in for the other", () => {
    const standIn = "2f2ae3ad-7ff6-4011-b10e-9ca1f8f8d1a2"
    assert.deepStrictEqual(
      Result.getOrNull(pcmoCall({
        caller_id: caller,
        to_number: callee,
        app_id: "app_1",
        pipeline: [{
          action: "connect",
          params: { caller_id: caller, strategy: "simultaneous" },
          endpoints: [{ type: "agent", id: agentId }, { type: "agent", id: standIn }]
        }]
      })),
      {
        kind: "Pipeline",
        callerId: caller,
        to: callee,
        appId: "app_1",
        program: [{
          _tag: "Connect",
          callerId: caller,
          strategy: "Simultaneous",
          endpoints: [{ _tag: "Agent", id: agentId }, { _tag: "Agent", id: standIn }],
          ringTimeoutMs: 40_000,
          machineDetection: false,
          metadata: {}
        }],
        options: { record: false },
        variables: {}
      }
    )
  })

  it("keeps the agent that a pipeline call names", () => {
    assert.strictEqual(Result.getOrThrow(pcmoCall({ ...pcmo, agent_id: agentId })).agentId, agentId)
  })

  it("places a flow call as one stored flow", () => {
    assert.deepStrictEqual(Result.getOrNull(flowCall({ ...flow, flow_id: `urn:uuid:${flowId.toUpperCase()}` })), {
      kind: "Flow",
      callerId: caller,
      to: callee,
      appId: "app_1",
      flowId,
      orgId,
      program: [{ _tag: "RunStored", source: "Flow", ref: flowId }],
      options: { record: false },
      variables: {}
    })
  })

  it("transfers a call onto the program", () => {
    assert.deepStrictEqual(Result.getOrNull(transfer(move)), { callId, program: [{ _tag: "Hangup" }] })
  })

  it("hangs up with NORMAL_CLEARING unless told otherwise", () => {
    assert.deepStrictEqual(Result.getOrNull(hangup(end)), { callId, cause: "NORMAL_CLEARING" })
    assert.deepStrictEqual(Result.getOrNull(hangup({ ...end, cause: "consultation done", reason: "r" })), {
      callId,
      cause: "consultation done",
      reason: "r"
    })
  })

  it("reads ids as dashed and lower case", () => {
    assert.strictEqual(Result.getOrThrow(hangup({ call_id: `urn:uuid:${callId.toUpperCase()}` })).callId, callId)
  })

  it("gives every call a program of the engine", () => {
    for (const admitted of [aiCall(ai), pcmoCall(pcmo), flowCall(flow)]) {
      assert.isTrue(Schema.is(Program.Program)(Result.getOrThrow(admitted).program))
    }
  })

  describe.each(readers)("%s", (_, read) => {
    it.prop("is judged without throwing, whatever the JSON", { json: Schema.Json }, ({ json }) => {
      assert.isTrue(Result.isFailure(read(json)))
    })

    it.prop(
      "is judged without throwing, whatever its fields hold",
      { json: Schema.Json, body: Schema.Literals([ai, pcmo, flow, move, end].flatMap(Object.keys)) },
      ({ body, json }) => {
        assert.isTrue(Result.isFailure(read({ [body]: json })))
      }
    )
  })
})
