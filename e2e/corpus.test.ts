import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { formatPath, isFields, mapDeep, places } from "./corpus/json.ts"
import { readFile, readFolder } from "./corpus/load.ts"
import { countsOf, failures, type Line, type Status, toJson, toText } from "./corpus/report.ts"
import { rules } from "./corpus/rules.ts"
import { run } from "./corpus/run.ts"

const folder = new URL("corpus/", import.meta.url)

interface Vector {
  readonly id: string
  readonly generation: string
  readonly sdk: string
  readonly input: { readonly [key: string]: unknown }
  readonly simulated_response?: unknown
  readonly expected: { readonly [key: string]: unknown }
}

const isVector = (value: unknown): value is Vector =>
  isFields(value) && isFields(value["input"]) && isFields(value["expected"]) && typeof value["generation"] === "string"

const files = readdirSync(folder).filter((name) => name.endsWith(".json")).sort()

const recorded = (file: string): ReadonlyArray<Vector> => {
  const json: unknown = JSON.parse(readFileSync(new URL(file, folder), "utf8"))
  return Array.isArray(json) ? json.filter(isVector) : []
}

/** Whether this runner replays a vector today. */
const isCurrent = ({ generation, input }: Vector): boolean =>
  generation === "v3" && !["PiopiyAction", "StreamAction"].includes(String(input["class"]))

const current = files.flatMap(recorded).filter(isCurrent)

const replayed = (vectors: ReadonlyArray<unknown>): Effect.Effect<ReadonlyArray<Line>> =>
  run(readFile("made.json", JSON.stringify(vectors)))

const statuses = (lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  lines.map(({ id, status }) => `${id}: ${status}`)

/** Every vector has this status; the lines of the others show in the message. */
const assertAll = (lines: ReadonlyArray<Line>, status: Status): void => {
  const others = lines.filter((line) => line.status !== status)
  assert.isAbove(lines.length, 0)
  assert.deepStrictEqual([...statuses(others), ...failures(others)], [])
}

const callerId = "919999999999"
const to = "918888888888"
const agent = "bdd32bcb-767c-40a5-be4a-5f45eeb348a6"
const other = "2f2ae3ad-7ff6-4011-b10e-9ca1f8f8d1a2"
const callId = "c4d0e5f6-a7b8-12c9-d3e4-f56789012345"
const parties = { caller_id: callerId, to_number: to }
const agentCall = { ...parties, agent_id: agent }

const node = (
  id: string,
  call: string,
  args: ReadonlyArray<unknown>,
  rest: Partial<Vector> & { readonly expected: object }
) => ({
  id,
  sdk: "telecmi/piopiy_node 1.2.0",
  generation: "v3",
  input: { lang: "node", construct: ["t"], call, args },
  ...rest
})

const py = (
  id: string,
  call: string,
  kwargs: { readonly [name: string]: unknown },
  rest: Partial<Vector> & { readonly expected: object }
) => ({
  id,
  sdk: "telecmi/piopiy_python 1.2.2",
  generation: "v3",
  input: { lang: "py", construct_kwargs: { token: "t" }, call, kwargs },
  ...rest
})

const sends = (suffix: string, body: unknown) => ({
  returns: { message: "queued" },
  request: {
    method: "POST",
    url: `https://rest.piopiy.com/v3/voice/${suffix}`,
    headers: { Authorization: "Bearer t", "Content-Type": "application/json", Accept: "application/json" },
    body
  }
})

const says = (message: string, field?: string) => ({
  error: { name: "Error", message, ...(field === undefined ? {} : { field }) }
})

const transferOf = (...pipeline: ReadonlyArray<unknown>) => [callId, pipeline]
const transferBody = (...pipeline: ReadonlyArray<unknown>) => ({ call_id: callId, pipeline })
const connect = (params: object, ...endpoints: ReadonlyArray<object>) => ({
  action: "connect",
  params: { caller_id: callerId, ...params },
  endpoints: endpoints.length === 0 ? [{ type: "pstn", number: to }] : endpoints
})
const ask = (fields: object) => ({
  action: "play_get_input",
  prompt: { type: "file", file_name: "a.wav" },
  input: ["dtmf"],
  on_result: { type: "pcmo", ref: "next" },
  ...fields
})

describe("The corpus", () => {
  for (const file of files) {
    it.effect(`holds for the SDK and the simulator: ${file}`, () =>
      Effect.gen(function*() {
        const lines = yield* run(readFile(file, readFileSync(new URL(file, folder), "utf8")))
        assert.deepStrictEqual(failures(lines), [])
        const later = lines.flatMap(({ status, why }) => status === "not yet" ? why : [])
        assert.deepStrictEqual(later, [])
      }))
  }

  it.effect("is found in its folder, every file of it", () =>
    Effect.gen(function*() {
      const entries = yield* readFolder(folder.pathname).pipe(Effect.provide(NodeServices.layer))
      assert.deepStrictEqual([
        ...new Set(entries.map((entry) => entry._tag === "Vector" ? entry.vector.where : entry.where))
      ], files)
    }))
})

describe("The runner", () => {
  it.effect("passes vectors it has never seen", () =>
    Effect.gen(function*() {
      const full = {
        max_duration_sec: 10,
        ring_timeout_sec: 5,
        machine_detection: false,
        recording: {},
        waiting_music: ""
      }
      const [low, high] = [
        connect({ options: { ...full, max_duration_sec: 10 } }),
        connect({ options: { max_duration_sec: 7200 } })
      ]
      const lines = yield* replayed([
        node("bundle in the fourth place", "ai.call", [to, callerId, agent, {
          options: { record: true },
          variables: { a: 1 }
        }], {
          expected: sends("ai/call", { ...agentCall, options: { record: true }, variables: { a: 1 } })
        }),
        py("positions", "pcmo.call", { pipeline: [{ action: "hangup" }] }, {
          input: {
            lang: "py",
            construct_kwargs: { token: "t" },
            call: "pcmo.call",
            args: [callerId, to, ""],
            kwargs: { pipeline: [{ action: "hangup" }], agent_id: null }
          },
          expected: sends("pcmo/call", { ...parties, app_id: "", pipeline: [{ action: "hangup" }] })
        }),
        node("older style of a direct call", "voice.call", [{
          ...parties,
          app_id: "a",
          options: {},
          connect_options: { ring_timeout_sec: 5 },
          metadata: {}
        }], {
          expected: sends("pcmo/call", {
            ...parties,
            app_id: "a",
            options: {},
            pipeline: [connect({ strategy: "sequential", options: { ring_timeout_sec: 5 }, metadata: {} })]
          })
        }),
        node("lower bounds of a connect", "pcmo.transfer", transferOf(low), {
          expected: sends("pcmo/transfer", transferBody(low))
        }),
        node("upper bounds of a connect", "ai.transfer", transferOf(high), {
          expected: sends("pcmo/transfer", transferBody(high))
        }),
        node("a cause that is no cause", "voice.hangup", [callId, "bye", "later"], {
          expected: sends("call/hangup", { call_id: callId, cause: "bye", reason: "later" })
        }),
        node("two digits to finish on", "pcmo.transfer", transferOf(ask({ dtmf: { finish_on_key: "##" } })), {
          expected: says("pipeline[0].dtmf.finish_on_key must be at most 1 characters long.")
        }),
        py("ring time-out of a connect", "voice.transfer", {
          call_id: callId,
          pipeline: [connect({ options: { ring_timeout_sec: 4 } })]
        }, {
          expected: says(
            "pipeline[0].params.options.ring_timeout_sec must be >= 5.",
            "pipeline[0].params.options.ring_timeout_sec"
          )
        }),
        py("from instead of caller_id", "pcmo.transfer", { call_id: callId, pipeline: [connect({ from: callerId })] }, {
          expected: says("Unknown field(s): from", "pipeline[0].params")
        }),
        node("a name of ours", "pcmo.transfer", transferOf({ action: "play", file_name: "a", fileName: "b" }), {
          expected: says("Unknown field(s): fileName")
        }),
        node("a tag of ours", "pcmo.transfer", transferOf({ action: "Hangup" }), {
          expected: says(
            "pipeline[0].action must be one of: connect, hangup, input, param, play, play_get_input, record."
          )
        }),
        node("seconds as text", "flow.call", [{
          ...parties,
          flow_id: agent,
          org_id: other,
          app_id: "a",
          options: { max_duration_sec: "60 seconds" }
        }], {
          expected: says("options.max_duration_sec must be an integer.")
        }),
        node("an unknown option", "ai.call", [{ ...agentCall, options: { machine_detection: true } }], {
          expected: says("Unknown option(s): machine_detection")
        }),
        node("a number that begins with 0", "pcmo.call", [callerId, "0123456789", "a", [{ action: "hangup" }]], {
          expected: says("to_number must match ^[1-9][0-9]{6,15}$.")
        }),
        node(
          "a param value that is too long",
          "pcmo.transfer",
          transferOf({ action: "param", data: { a: "x".repeat(257) } }),
          {
            expected: says("pipeline[0].data.a exceeds max string length 256.")
          }
        ),
        node("options of a connect that are no object", "pcmo.transfer", transferOf(connect({ options: [1] })), {
          expected: says("pipeline[0].params.options must be an object.")
        }),
        py("both styles of a direct call", "voice.call", { ...parties, app_id: "a", connect: {}, metadata: { a: 1 } }, {
          expected: says(
            "Use either connect object or legacy strategy/connect_options/metadata arguments, not both.",
            "connect"
          )
        }),
        py("an argument that nobody knows", "ai.call", { ...agentCall, webhook: "x" }, {
          expected: {
            error: { name: "TypeError", message: "AIAgent.call() got an unexpected keyword argument 'webhook'" }
          }
        }),
        py("a cause of nothing", "ai.hangup", { call_id: callId, cause: null }, {
          expected: says("cause must be a string.", "cause")
        }),
        py("a failover without an app", "ai.call", { ...agentCall, failover: { agent_id: other } }, {
          expected: says("app_id is required when failover is provided.", "app_id")
        }),
        py("a hangup of a dead call is repeated after 503", "ai.hangup", { call_id: callId }, {
          simulated_response: [{ status: 503, json: {} }, { status: 404, json: { error: "CALL_NOT_FOUND" } }],
          expected: sends("call/hangup", { call_id: callId, cause: "NORMAL_CLEARING" })
        }),
        py("an id with its standard prefix", "pcmo.call", {
          ...parties,
          app_id: "a",
          pipeline: [{ action: "hangup" }],
          options: { record: 1 }
        }, {
          expected: says("options.record must be a boolean.", "options.record")
        })
      ])
      assertAll(lines, "passed")
    }))

  const input = { type: "url", url: "https://example.com", ref: "r" }
  const aliens = connect({}, { type: "pstn", number: to, uri: "sip:a@b" })
  const smile = "\u{1F642}".repeat(200)
  const undashed = agent.replaceAll("-", "")
  const onPurpose: { readonly [rule: string]: object } = {
    "uuids-have-dashes": py("", "ai.call", { ...agentCall, agent_id: `{${agent}}` }, {
      expected: sends("ai/call", { ...agentCall, agent_id: `{${agent}}` })
    }),
    "no-trailing-newline": py("", "ai.call", { ...agentCall, to_number: `${to}\n` }, {
      expected: sends("ai/call", { ...agentCall, to_number: `${to}\n` })
    }),
    "unknown-arguments-are-refused": node("", "voice.call", [{ ...parties, app_id: "a", webhook: 1 }], {
      expected: sends("pcmo/call", { ...parties, app_id: "a", pipeline: [connect({ strategy: "sequential" })] })
    }),
    "members-of-another-type-are-refused": node("", "pcmo.transfer", transferOf(aliens, ask({ on_result: input })), {
      expected: sends("pcmo/transfer", transferBody(aliens, ask({ on_result: input })))
    }),
    "empty-connect-options-are-not-sent": node("", "pcmo.transfer", transferOf(connect({ options: {} })), {
      expected: sends("pcmo/transfer", transferBody(connect({ options: {} })))
    }),
    "undefined-is-not-given": node(
      "",
      "pcmo.transfer",
      transferOf(ask({ dtmf: { min_digits: { $undefined: true } } })),
      {
        expected: says("pipeline[0].dtmf.min_digits must be an integer.")
      }
    ),
    "type-comes-first": py("", "pcmo.transfer", {
      call_id: callId,
      pipeline: [ask({ prompt: { file_name: 1, x: 1 } })]
    }, {
      expected: says("Unknown field(s): x", "pipeline[0].prompt")
    }),
    "older-releases-send-empty-objects": node("", "ai.call", [`+${to}`, callerId, agent], {
      sdk: "telecmi/piopiy_node 1.0.9",
      expected: sends("ai/call", { ...agentCall, options: {}, variables: {} })
    }),
    "older-releases-drop-empty-objects": py("", "ai.call", { ...agentCall, options: {} }, {
      sdk: "telecmi/piopiy_python 1.1.0",
      expected: sends("ai/call", agentCall)
    }),
    "older-releases-check-less": py("", "ai.call", { ...agentCall, options: { ring_timeout_sec: 1 } }, {
      sdk: "telecmi/piopiy_python 1.1.0",
      expected: sends("ai/call", { ...agentCall, options: { ring_timeout_sec: 1 } })
    }),
    "early-addresses": node("", "voice.hangup", [callId], {
      sdk: "telecmi/piopiy_node 1.0.9",
      expected: sends("ai/hangup", { call_id: callId, cause: "NORMAL_CLEARING" })
    }),
    "pipelines-are-checked": {
      ...node("", "", [], { expected: { result: [] } }),
      input: {
        lang: "node",
        class: "PipelineBuilder",
        calls: [{ method: "hangup" }, { method: "clear" }, { method: "build" }]
      }
    },
    "pipelines-are-values": node("", "voice.transfer", [callId, {
      $class: "PipelineBuilder",
      calls: [{ method: "hangup" }]
    }], {
      expected: says("pipeline must be an array.")
    }),
    "builders-have-no-such-step": {
      ...node("", "", [], {
        expected: { error: { name: "TypeError", message: "<receiver>.speak is not a function" } }
      }),
      input: { lang: "node", class: "PipelineBuilder", calls: [{ method: "speak", args: ["hi"] }] }
    },
    "never-ring-twice": py("", "flow.call", { ...parties, flow_id: agent, org_id: other, app_id: "a" }, {
      simulated_response: [{ status: 502, text: "bad" }, { status: 200, json: {} }],
      expected: { ...sends("flow/call", { ...parties, flow_id: agent, org_id: other, app_id: "a" }), attempts: 2 }
    }),
    "safe-failures-are-retried": node("", "ai.call", [agentCall], {
      simulated_response: [{ status: 429, json: { error: "slow" }, headers: { "Retry-After": "2" } }, {
        status: 200,
        json: {}
      }],
      expected: {
        request: sends("ai/call", agentCall).request,
        error: { name: "AxiosError", message: "Request failed with status code 429", response: { status: 429 } }
      }
    }),
    "an-ended-call-is-ended": py("", "voice.hangup", { call_id: callId }, {
      simulated_response: [{ status: 500, text: "" }, { status: 404, json: { error: "CALL_NOT_FOUND" } }],
      expected: {
        request: sends("call/hangup", { call_id: callId, cause: "NORMAL_CLEARING" }).request,
        error: { name: "PiopiyAPIError", message: "CALL_NOT_FOUND", status_code: 404 },
        attempts: 2
      }
    }),
    "attempts-are-given-up": node("", "ai.call", [agentCall], {
      simulated_response: { sleep: 11, json: { message: "call_queued" } },
      expected: sends("ai/call", agentCall)
    }),
    "stand-in-is-a-rule-of-clients": py("", "ai.call", { ...agentCall, app_id: "a", failover: { agent_id: agent } }, {
      expected: says("failover.agent_id cannot be same as primary agent_id.", "failover")
    }),
    "not-in-json": py("", "pcmo.transfer", { call_id: callId, pipeline: [ask({ retries: { max: { $nan: true } } })] }, {
      expected: says("pipeline[0].retries.max must be an integer.", "pipeline[0].retries.max")
    }),
    "numbers-are-javascript's": py("", "ai.call", { ...agentCall, options: { max_duration_sec: 60 } }, {
      expected: says("options.max_duration_sec must be an integer.", "options.max_duration_sec")
    }),
    "texts-count-as-javascript-does": py("", "ai.hangup", { call_id: callId, reason: smile }, {
      expected: sends("call/hangup", { call_id: callId, cause: "NORMAL_CLEARING", reason: smile })
    }),
    "objects-are-told-by-kind": node("", "ai.call", [{ ...agentCall, variables: { constructor: 1 } }], {
      expected: says("variables must be an object.")
    }),
    "no-such-parameter": py("", "pcmo.transfer", { call_id: callId, pipeline: [{ action: "hangup" }], cause: "x" }, {
      expected: { error: { name: "TypeError", message: "PCMO.transfer() got an unexpected keyword argument 'cause'" } }
    }),
    "one-options-object": {
      ...node("", "", [], { expected: says("From v1.0.9, Piopiy only supports Bearer Token authentication.") }),
      input: { lang: "node", construct: ["appid", "secret"] }
    },
    "configuration-is-checked": {
      ...py("", "", {}, { expected: { returns: { constructed: true } } }),
      input: { lang: "py", construct: ["t", "example.com"] }
    }
  }

  it("knows a vector for every rule", () => {
    assert.deepStrictEqual(Object.keys(onPurpose), rules.map(({ name }) => name))
  })

  for (const [name, vector] of Object.entries(onPurpose)) {
    it.effect(`tells what is on purpose by ${name}`, () =>
      Effect.gen(function*() {
        const lines = yield* replayed([vector])
        assert.deepStrictEqual(failures(lines), [])
        assert.deepStrictEqual(lines.map(({ status, why }) => [status, ...why].includes(name) ? status : why), [
          "on purpose"
        ])
      }))
  }

  it("has a page for every rule", () => {
    const missing = rules.filter(({ page }) => !existsSync(new URL(`../docs/decisions/${page}`, import.meta.url)))
    assert.deepStrictEqual(missing.map(({ page }) => page), [])
  })

  it.effect("leaves nothing out of a repaired comparison", () =>
    Effect.gen(function*() {
      const changed = { ...agentCall, agent_id: undashed, variables: { added: 1 } }
      const lines = yield* replayed([
        py("a body that differs beside an undashed id", "ai.call", { ...agentCall, agent_id: undashed }, {
          expected: sends("ai/call", changed)
        })
      ])
      assertAll(lines, "failed")
    }))
})

describe("The runner fails on", () => {
  const requests = current.filter(({ expected, input }) => isFields(expected["request"]) && input["call"] !== undefined)
  const refusals = current.filter(({ expected, input }) =>
    expected["error"] !== undefined && expected["request"] === undefined && input["call"] !== undefined
    && input["environment"] === undefined
  )

  const withRequest = (vector: Vector, change: (request: { readonly [key: string]: unknown }) => object): Vector => {
    const request = vector.expected["request"]
    return { ...vector, expected: { ...vector.expected, request: isFields(request) ? change(request) : request } }
  }

  /** The body and the same as text. */
  const withBody = (vector: Vector, change: (body: unknown) => unknown): Vector =>
    withRequest(vector, (request) => {
      const body = change(request["body"])
      return { ...request, body, body_text: JSON.stringify(body) }
    })

  it.effect("any other value in any body that was recorded", () =>
    Effect.gen(function*() {
      const changed = requests.flatMap((vector) => {
        const body = isFields(vector.expected["request"]) ? vector.expected["request"]["body"] : {}
        const leaves = places(body).filter(({ path, value }) =>
          path.length > 0 && !isFields(value) && !Array.isArray(value)
        )
        return leaves.map(({ path, value }) => ({
          ...withBody(vector, (document) =>
            replaceAt(
              document,
              path,
              typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : `${String(value)}1`
            )),
          id: `${vector.id} ${formatPath(path)}`
        }))
      })
      assert.isAbove(changed.length, 300)
      assertAll(yield* replayed(changed), "failed")
    }))

  it.effect("a member more or less in any body that was recorded", () =>
    Effect.gen(function*() {
      const more = requests.map((vector) =>
        withBody(vector, (body) => isFields(body) ? { ...body, agent_name: "x" } : body)
      )
      assertAll(yield* replayed(more), "failed")
      const less = requests.map((vector) =>
        withBody(vector, (body) => isFields(body) ? Object.fromEntries(Object.entries(body).slice(1)) : body)
      )
      assertAll(yield* replayed(less), "failed")
    }))

  it.effect("another method, address, token or type", () =>
    Effect.gen(function*() {
      const headers = (change: object) => (request: { readonly [key: string]: unknown }) => ({
        ...request,
        headers: { ...(isFields(request["headers"]) ? request["headers"] : {}), ...change }
      })
      const changes: ReadonlyArray<(request: { readonly [key: string]: unknown }) => object> = [
        (request) => ({ ...request, method: "PUT" }),
        (request) => ({ ...request, url: `${String(request["url"])}s` }),
        headers({ Authorization: "Bearer another" }),
        headers({ "Content-Type": "application/json; charset=utf-8" }),
        headers({ "X-Idempotency-Key": "1" })
      ]
      for (const change of changes) {
        assertAll(yield* replayed(requests.map((vector) => withRequest(vector, change))), "failed")
      }
    }))

  it.effect("a time-out that is not kept", () =>
    Effect.gen(function*() {
      const timed = requests.filter(({ expected }) =>
        isFields(expected["request"]) && "timeout_s" in expected["request"]
      )
      const answered = timed.filter(({ simulated_response: response }) => isFields(response))
      assert.isAbove(answered.length, 20)
      const lines = yield* replayed(
        answered.map((vector) => withRequest(vector, (request) => ({ ...request, timeout_s: 7 })))
      )
      assert.deepStrictEqual(statuses(lines.filter(({ status }) => status === "passed")), [])
      assert.isAbove(countsOf(lines).failed, 20)
    }))

  it.effect("a refusal of what is taken", () =>
    Effect.gen(function*() {
      const accepted = requests.filter(({ expected, input }) =>
        "returns" in expected && !JSON.stringify(input).includes("call_id")
      )
      const refused = accepted.map((vector) => ({
        ...vector,
        simulated_response: undefined,
        expected: says("to_number must be a string.", "to_number")
      }))
      assert.isAbove(refused.length, 20)
      assertAll(yield* replayed(refused), "failed")
    }))

  it.effect("a refusal that names another field", () =>
    Effect.gen(function*() {
      const elsewhere = refusals.map((vector) => ({
        ...vector,
        expected: says("flow_name must be a string.", "flow_name")
      }))
      assertAll(yield* replayed(elsewhere), "failed")
      const fieldOnly = refusals.filter(({ expected }) => isFields(expected["error"]) && "field" in expected["error"])
      assert.isAbove(fieldOnly.length, 60)
      assertAll(
        yield* replayed(fieldOnly.map((vector) => ({
          ...vector,
          expected: {
            error: { ...(isFields(vector.expected["error"]) ? vector.expected["error"] : {}), field: "flow_name" }
          }
        }))),
        "failed"
      )
    }))

  it.effect("a request where a refusal is due", () =>
    Effect.gen(function*() {
      const bodies = refusals.map((vector) => ({
        ...vector,
        simulated_response: { status: 200, json: {} },
        expected: sends("pcmo/transfer", transferBody({ action: "hangup" }))
      }))
      assertAll(yield* replayed(bodies), "failed")
    }))

  it.effect("another end of the call", () =>
    Effect.gen(function*() {
      const failed = requests.filter(({ expected }) =>
        isFields(expected["error"]) && "status_code" in expected["error"]
      )
      const otherStatus = failed.map((vector) => ({
        ...vector,
        expected: {
          ...vector.expected,
          error: { ...(isFields(vector.expected["error"]) ? vector.expected["error"] : {}), status_code: 418 }
        }
      })).filter(({ expected }) => !("attempts" in expected))
      assert.isAbove(otherStatus.length, 5)
      assertAll(yield* replayed(otherStatus), "failed")
      const succeeded = failed.filter(({ expected }) => !("attempts" in expected)).map(({ expected, ...vector }) => ({
        ...vector,
        expected: { request: expected["request"], returns: {} }
      }))
      const lines = yield* replayed(succeeded)
      assert.deepStrictEqual(statuses(lines.filter(({ status }) => status === "passed")), [])
    }))

  it.effect("another list of a builder", () =>
    Effect.gen(function*() {
      const builders = current.filter(({ input }) =>
        input["class"] === "PipelineBuilder" || input["func"] !== undefined
      )
      const changed = builders.map((vector) => ({
        ...vector,
        expected: mapDeep(vector.expected, { text: (text) => text === "hangup" ? "record" : `${text}x` })
      }))
      assertAll(yield* replayed(changed), "failed")
      const order = builders.filter(({ expected }) =>
        Array.isArray(expected["result"]) && expected["result"].length > 1
      )
      assert.isAbove(order.length, 1)
      assertAll(
        yield* replayed(order.map((vector) => ({
          ...vector,
          expected: { result: Array.isArray(vector.expected["result"]) ? vector.expected["result"].toReversed() : [] }
        }))),
        "failed"
      )
    }))

  const taken = sends("ai/call", agentCall)

  it.effect("what it does not know", () =>
    Effect.gen(function*() {
      const plain = node("a", "ai.call", [agentCall], { expected: taken })
      const lines = yield* replayed([
        { ...plain, id: "unknown method", input: { ...plain.input, call: "ai.whisper" } },
        {
          ...plain,
          id: "unknown encoding",
          input: { ...plain.input, args: [{ ...agentCall, options: { $date: true } }] }
        },
        {
          ...plain,
          id: "unknown class",
          input: { ...plain.input, call: "ai.transfer", args: [callId, { $class: "Flow", calls: [] }] }
        },
        { ...plain, id: "unknown input", input: { ...plain.input, proxy: "x" } },
        { ...plain, id: "unknown expectation", expected: { ...taken, logs: [] } },
        { ...plain, id: "unknown response", simulated_response: { status: 200, drip: 1 } },
        { ...plain, id: "unknown generation", generation: "v4" },
        { ...plain, id: "unknown language", input: { ...plain.input, lang: "go" } },
        { ...plain, id: "unknown class of builder", input: { lang: "node", class: "FlowBuilder", calls: [] } },
        { ...plain, id: "unknown environment", input: { ...plain.input, environment: "full moon" } },
        {
          ...plain,
          id: "unknown constructor argument",
          input: { ...plain.input, construct: [], construct_kwargs: { tokens: "t" } }
        },
        { ...plain, id: "unknown sentence", expected: says("This is not nice.") },
        { ...plain, id: "no release", sdk: "telecmi/piopiy_node" },
        { ...plain, id: "nothing expected", expected: {} },
        { ...plain, id: "no expectation", expected: undefined },
        {
          ...plain,
          id: "unknown step",
          input: { lang: "node", class: "PipelineBuilder", calls: [{ method: "speak", args: ["x"] }] },
          expected: { result: [] }
        },
        "text",
        null
      ])
      assertAll(lines, "failed")
      assert.lengthOf(failures(lines), lines.length)
    }))

  it.effect("what it cannot read", () =>
    Effect.gen(function*() {
      for (const text of ["{", "{}", "[]", "\"x\""]) {
        const lines = yield* run(readFile("broken.json", text))
        assert.deepStrictEqual(lines.map(({ file, status }) => `${file}: ${status}`), ["broken.json: failed"])
      }
      const lines = yield* run(yield* readFolder("/nowhere").pipe(Effect.provide(NodeServices.layer)))
      assert.deepStrictEqual(failures(lines), [
        "FAILED /nowhere: official call is not understood: expected a vector, got no such folder"
      ])
    }))
})

describe("The report", () => {
  it.effect("gives a line per failure, and the sum last", () =>
    Effect.gen(function*() {
      const lines = yield* replayed([
        node("fits", "ai.call", [agentCall], { expected: sends("ai/call", agentCall) }),
        node("differs", "ai.call", [agentCall], { expected: sends("ai/call", { ...agentCall, to_number: callerId }) })
      ])
      assert.strictEqual(
        toText(lines),
        [
          ["SDK", "official call"].reduce(
            (line, side, index) =>
              `${line}${
                index === 0 ? "" : ";"
              } ${side} sends another body at to_number: expected ${callerId}, got ${to}`,
            "FAILED made.json differs:"
          ),
          "1 passed, 1 failed, 0 on purpose, 0 not yet"
        ].join("\n")
      )
      const document: unknown = JSON.parse(toJson(lines))
      assert.isTrue(isFields(document) && document["failed"] === 1 && document["notYet"] === 0)
    }))
})

const replaceAt = (value: unknown, path: ReadonlyArray<string | number>, replacement: unknown): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return replacement
  if (Array.isArray(value)) return value.map((item, index) => index === key ? replaceAt(item, rest, replacement) : item)
  return isFields(value)
    ? Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, name === key ? replaceAt(item, rest, replacement) : item])
    )
    : value
}
