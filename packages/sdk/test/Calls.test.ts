import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Action from "../src/Action.ts"
import * as AgentId from "../src/AgentId.ts"
import * as AppId from "../src/AppId.ts"
import * as CallId from "../src/CallId.ts"
import * as Calls from "../src/Calls.ts"
import * as Endpoint from "../src/Endpoint.ts"
import * as FlowId from "../src/FlowId.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import { PiopiyError } from "../src/PiopiyError.ts"
import * as Pipeline from "../src/Pipeline.ts"
import { scripted } from "./scripted.ts"
import { effectOf, junk, untyped } from "./untyped.ts"

const callerId = PhoneNumber.make("919999999999")
const to = PhoneNumber.make("918888888888")
const agentId = AgentId.make("bdd32bcb-767c-40a5-be4a-5f45eeb348a6")
const otherAgent = AgentId.make("2f2ae3ad-7ff6-4011-b10e-9ca1f8f8d1a2")
const callId = CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345")
const appId = AppId.make("app_1")
const options = { maxDuration: "10 minutes", record: true, ringTimeout: "40 seconds" } as const
const variables = { customer_name: "Kumar", score: 97, is_vip: true }
const queued = { status: 200, json: { message: "call_queued" } }

/** The one request that a program sends. */
const sentBy = <A>(program: (calls: Calls.Calls["Service"]) => Effect.Effect<A, PiopiyError>) =>
  Effect.gen(function*() {
    const platform = yield* scripted([queued])
    yield* Calls.Calls.use(program).pipe(Effect.provide(platform.layer))
    const [request] = platform.requests
    return { path: request?.url.replace("https://rest.piopiy.com", ""), body: request?.body, request }
  })

describe("requests are those of the official Node client 1.2.0, byte for byte", () => {
  it.effect("an agent call", () =>
    Effect.gen(function*() {
      const { body, path, request } = yield* sentBy((calls) =>
        calls.placeAgentCall({ variables, agentId, to, callerId, options })
      )
      assert.strictEqual(path, "/v3/voice/ai/call")
      assert.strictEqual(
        body,
        "{\"caller_id\":\"919999999999\",\"to_number\":\"918888888888\",\"agent_id\":\"bdd32bcb-767c-40a5-be4a-5f45eeb348a6\",\"options\":{\"max_duration_sec\":600,\"record\":true,\"ring_timeout_sec\":40},\"variables\":{\"customer_name\":\"Kumar\",\"score\":97,\"is_vip\":true}}"
      )
      assert.strictEqual(request?.method, "POST")
      assert.strictEqual(request?.headers["authorization"], "Bearer secret-token")
      assert.strictEqual(request?.headers["content-type"], "application/json")
      assert.strictEqual(request?.headers["accept"], "application/json")
      assert.notProperty(request?.headers, "traceparent")
    }))

  it.effect("an agent call with failover", () =>
    Effect.gen(function*() {
      const { body, path } = yield* sentBy((calls) =>
        calls.placeAgentCall({
          callerId,
          to,
          agentId,
          options,
          variables,
          failover: {
            appId,
            agentId: otherAgent,
            strategy: "sequential",
            maxDuration: "2 minutes",
            ringTimeout: "20 seconds",
            machineDetection: true,
            recording: { enabled: true, channels: "dual", format: "mp3" },
            waitingMusic: "https://example.com/waiting_music.wav",
            metadata: { priority: 2, is_escalation: true }
          }
        })
      )
      assert.strictEqual(path, "/v3/voice/pcmo/call")
      assert.strictEqual(
        body,
        "{\"caller_id\":\"919999999999\",\"to_number\":\"918888888888\",\"app_id\":\"app_1\",\"pipeline\":[{\"action\":\"connect\",\"params\":{\"caller_id\":\"919999999999\",\"strategy\":\"sequential\",\"options\":{\"max_duration_sec\":120,\"ring_timeout_sec\":20,\"machine_detection\":true,\"recording\":{\"enabled\":true,\"channels\":\"dual\",\"format\":\"mp3\"},\"waiting_music\":\"https://example.com/waiting_music.wav\"},\"metadata\":{\"priority\":2,\"is_escalation\":true}},\"endpoints\":[{\"type\":\"agent\",\"id\":\"bdd32bcb-767c-40a5-be4a-5f45eeb348a6\"},{\"type\":\"agent\",\"id\":\"2f2ae3ad-7ff6-4011-b10e-9ca1f8f8d1a2\"}]}],\"options\":{\"max_duration_sec\":600,\"record\":true,\"ring_timeout_sec\":40},\"variables\":{\"customer_name\":\"Kumar\",\"score\":97,\"is_vip\":true}}"
      )
    }))

  it.effect("a direct call, whose connect names its strategy and nothing else by default", () =>
    Effect.gen(function*() {
      const { body, path } = yield* sentBy((calls) => calls.placeDirectCall({ callerId, to, appId }))
      assert.strictEqual(path, "/v3/voice/pcmo/call")
      assert.strictEqual(
        body,
        "{\"caller_id\":\"919999999999\",\"to_number\":\"918888888888\",\"app_id\":\"app_1\",\"pipeline\":[{\"action\":\"connect\",\"params\":{\"caller_id\":\"919999999999\",\"strategy\":\"sequential\"},\"endpoints\":[{\"type\":\"pstn\",\"number\":\"918888888888\"}]}]}"
      )
    }))

  it.effect("a direct call with options", () =>
    Effect.gen(function*() {
      const { body } = yield* sentBy((calls) =>
        calls.placeDirectCall({
          callerId,
          to,
          appId,
          connect: { strategy: "simultaneous", ringTimeout: "20 seconds", metadata: { campaign: "normal_call" } }
        })
      )
      assert.include(
        body,
        "\"params\":{\"caller_id\":\"919999999999\",\"strategy\":\"simultaneous\",\"options\":{\"ring_timeout_sec\":20},\"metadata\":{\"campaign\":\"normal_call\"}}"
      )
    }))

  it.effect("a pipeline call", () =>
    Effect.gen(function*() {
      const pipeline = Pipeline.make([Action.connect({ callerId, endpoints: [Endpoint.phone(to)] })])
      const { body, path } = yield* sentBy((calls) =>
        calls.placePipelineCall({ callerId, to, appId, pipeline, agentId, variables: {}, options: {} })
      )
      assert.strictEqual(path, "/v3/voice/pcmo/call")
      assert.strictEqual(
        body,
        "{\"caller_id\":\"919999999999\",\"to_number\":\"918888888888\",\"app_id\":\"app_1\",\"pipeline\":[{\"action\":\"connect\",\"params\":{\"caller_id\":\"919999999999\"},\"endpoints\":[{\"type\":\"pstn\",\"number\":\"918888888888\"}]}],\"options\":{},\"variables\":{},\"agent_id\":\"bdd32bcb-767c-40a5-be4a-5f45eeb348a6\"}"
      )
    }))

  it.effect("a flow call", () =>
    Effect.gen(function*() {
      const { body, path } = yield* sentBy((calls) =>
        calls.placeFlowCall({
          flowId: FlowId.make("7f4d89c7-3485-45c5-9016-f45a47cd885c"),
          orgId: FlowId.makeOrg("f89dd77d-c226-4ff2-b88c-6d7e4f5a88e2"),
          callerId,
          to,
          appId
        })
      )
      assert.strictEqual(path, "/v3/voice/flow/call")
      assert.strictEqual(
        body,
        "{\"flow_id\":\"7f4d89c7-3485-45c5-9016-f45a47cd885c\",\"org_id\":\"f89dd77d-c226-4ff2-b88c-6d7e4f5a88e2\",\"caller_id\":\"919999999999\",\"to_number\":\"918888888888\",\"app_id\":\"app_1\"}"
      )
    }))

  it.effect("a transfer", () =>
    Effect.gen(function*() {
      const { body, path } = yield* sentBy((calls) => calls.transfer(callId, Pipeline.make([Action.hangup])))
      assert.strictEqual(path, "/v3/voice/pcmo/transfer")
      assert.strictEqual(
        body,
        "{\"call_id\":\"c4d0e5f6-a7b8-12c9-d3e4-f56789012345\",\"pipeline\":[{\"action\":\"hangup\"}]}"
      )
    }))

  it.effect.each(
    [
      [undefined, "\"cause\":\"NORMAL_CLEARING\"}"],
      [{ cause: "USER_BUSY" }, "\"cause\":\"USER_BUSY\"}"],
      [{ reason: "done" }, "\"cause\":\"NORMAL_CLEARING\",\"reason\":\"done\"}"],
      [{ cause: "consultation done", reason: "x" }, "\"cause\":\"consultation done\",\"reason\":\"x\"}"]
    ] as const
  )("a hangup with %j", ([hangupOptions, tail]) =>
    Effect.gen(function*() {
      const { body, path } = yield* sentBy((calls) => calls.hangup(callId, hangupOptions))
      assert.strictEqual(path, "/v3/voice/call/hangup")
      assert.strictEqual(body, `{"call_id":"c4d0e5f6-a7b8-12c9-d3e4-f56789012345",${tail}`)
    }))
})

describe("replies", () => {
  const requestId = "f89dd77d-c226-4ff2-b88c-6d7e4f5a88e2"
  it.effect.each(
    [
      ["the message alone", { json: { message: "call_queued" } }, "call_queued", false, false],
      ["both ids", { json: { message: "m", call_id: callId, request_id: requestId } }, "m", true, true],
      ["blank ids", { json: { message: "m", call_id: " ", request_id: "" } }, "m", false, false],
      ["ids of another kind", { json: { message: "m", call_id: 5, request_id: null } }, "m", false, false],
      ["a call id of another form", { json: { message: "m", call_id: "abc" } }, "m", false, false],
      ["an empty body", { text: "" }, "", false, false],
      ["no JSON", { text: "queued" }, "queued", false, false],
      ["a JSON array", { json: ["queued"] }, "", false, false]
    ] as const
  )("take %s as success", ([, reply, message, hasCall, hasRequest]) =>
    Effect.gen(function*() {
      const platform = yield* scripted([{ status: 202, ...reply }])
      const placed = yield* Calls.Calls.use((calls) => calls.placeAgentCall({ callerId, to, agentId })).pipe(
        Effect.provide(platform.layer)
      )
      assert.strictEqual(placed.message, message)
      assert.isTrue(Equal.equals(placed.callId, hasCall ? Option.some(callId) : Option.none()))
      assert.strictEqual(Option.isSome(placed.requestId), hasRequest)
    }))

  it.effect.each(
    [
      ["HTML", "\n<!doctype html><title>Sign in to the network</title>"],
      ["XML", "<?xml version=\"1.0\"?><ok/>"],
      ["JSON that does not end", "{\"message\":\"call_que"],
      ["a list that does not end", "[{}"],
      ["a JSON text that does not end", "\"queued"]
    ] as const
  )(
    "that are %s leave it open whether the call was placed, and it is not placed again",
    ([, text]) =>
      Effect.gen(function*() {
        const platform = yield* scripted([{ status: 200, text }])
        const place = Calls.Calls.use((calls) => calls.placeAgentCall({ callerId, to, agentId }))
        const error = yield* Effect.flip(place).pipe(Effect.provide(platform.layer))
        assert.deepStrictEqual([error.reason._tag, error.verdict], ["OutcomeUnknown", "ambiguous"])
        assert.include(error.message, "the reply with status 200 is none of the API")
        assert.lengthOf(platform.requests, 1)
      })
  )
})

describe("a request that breaks the rules is not sent", () => {
  const refused = (program: (calls: Calls.Calls["Service"]) => unknown) =>
    Effect.gen(function*() {
      const platform = yield* scripted([queued])
      const error = yield* Calls.Calls.use((calls) => Effect.flip(effectOf(program(calls)))).pipe(
        Effect.provide(platform.layer)
      )
      assert.lengthOf(platform.requests, 0)
      return error
    })

  const pathsOf = (error: unknown): ReadonlyArray<string> => {
    const found: ReadonlyArray<string> = JSON.parse(JSON.stringify(error)).reason.issues.map(
      (issue: { readonly path: string }) => issue.path
    )
    return found
  }

  it.effect("for a failover to the same agent", () =>
    Effect.gen(function*() {
      const error = yield* refused((calls) =>
        calls.placeAgentCall({ callerId, to, agentId, failover: { appId, agentId } })
      )
      assert.deepStrictEqual(pathsOf(error), ["failover.agentId"])
    }))

  it.effect("for an app without failover, and every other problem with it", () =>
    Effect.gen(function*() {
      const error = yield* refused((calls) =>
        untyped(calls.placeAgentCall, {
          callerId: "+9198765",
          to: 918888888888,
          agentId: "bdd32bcb767c40a5be4a5f45eeb348a6",
          appId,
          options: { maxDuration: "29 seconds", ringTimeout: "121 seconds", record: "yes", colour: 1 },
          variables: { "a-b": 1, ok: { nested: true } }
        })
      )
      assert.sameMembers([...pathsOf(error)], [
        "callerId",
        "to",
        "agentId",
        "appId",
        "options.maxDuration",
        "options.ringTimeout",
        "options.record",
        "options.colour",
        "variables[\"a-b\"]",
        "variables.ok"
      ])
      assert.notMatch(String(error), /98765|88888888/)
    }))

  it.effect("for failover without an app or an agent", () =>
    Effect.gen(function*() {
      const error = yield* refused((calls) =>
        untyped(calls.placeAgentCall, { callerId, to, agentId, failover: { strategy: "sequential" } })
      )
      assert.sameMembers([...pathsOf(error)], ["failover.appId", "failover.agentId"])
    }))

  it.effect("for an unknown option of a direct call", () =>
    Effect.gen(function*() {
      const error = yield* refused((calls) =>
        untyped(calls.placeDirectCall, { callerId, to, appId, connect: { foo: 1 } })
      )
      assert.deepStrictEqual(pathsOf(error), ["connect.foo"])
    }))

  it.effect("for a tag where none belongs, which is an unknown key like others", () =>
    Effect.gen(function*() {
      const error = yield* refused((calls) =>
        untyped(calls.placeAgentCall, { _tag: "x", callerId, to, agentId, options: { _tag: "x", record: true } })
      )
      assert.sameMembers([...pathsOf(error)], ["_tag", "options._tag"])
    }))

  it.effect("for the empty pipeline", () =>
    Effect.gen(function*() {
      const error = yield* refused((calls) => untyped(calls.transfer, callId, Pipeline.empty))
      assert.deepStrictEqual(pathsOf(error), ["pipeline"])
    }))

  it.effect.each(
    [
      [{ cause: "" }, "options.cause"],
      [{ cause: "C".repeat(65) }, "options.cause"],
      [{ cause: null }, "options.cause"],
      [{ reason: "r".repeat(257) }, "options.reason"],
      [{ why: "x" }, "options.why"],
      [{ _tag: "x" }, "options._tag"],
      [5, "options"]
    ] as const
  )("for a hangup with %j", ([hangupOptions, path]) =>
    Effect.gen(function*() {
      const error = yield* refused((calls) => untyped(calls.hangup, callId, hangupOptions))
      assert.deepStrictEqual(pathsOf(error), [path])
    }))

  it.effect("for an unknown option, at the place where the platform would see it", () =>
    Effect.gen(function*() {
      const error = yield* refused((calls) => untyped(calls.hangup, callId, { why: "x" }))
      const isInvalid = error instanceof PiopiyError && error.reason._tag === "InvalidRequest"
      assert.deepStrictEqual(isInvalid ? error.reason.issues.map(({ wirePath }) => wirePath) : [], ["why"])
    }))

  it.effect("for junk of every kind, without a defect", () =>
    Effect.gen(function*() {
      for (const value of junk()) {
        const programs = [
          (calls: Calls.Calls["Service"]) => untyped(calls.placeAgentCall, value),
          (calls: Calls.Calls["Service"]) => untyped(calls.placeAgentCall, { callerId, to, agentId: value }),
          (calls: Calls.Calls["Service"]) => untyped(calls.placePipelineCall, { callerId, to, appId, pipeline: value }),
          (calls: Calls.Calls["Service"]) => untyped(calls.placeDirectCall, { callerId, to: value, appId }),
          (calls: Calls.Calls["Service"]) => untyped(calls.placeFlowCall, value),
          (calls: Calls.Calls["Service"]) => untyped(calls.transfer, callId, value),
          (calls: Calls.Calls["Service"]) => untyped(calls.hangup, value)
        ]
        for (const program of programs) assert.isAbove(pathsOf(yield* refused(program)).length, 0)
      }
    }))
})
