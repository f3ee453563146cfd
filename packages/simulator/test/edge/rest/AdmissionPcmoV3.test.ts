import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Program from "../../../src/core/pcmo/Program.ts"
import type * as Admission from "../../../src/edge/rest/Admission.ts"
import * as AdmissionPcmoV3 from "../../../src/edge/rest/AdmissionPcmoV3.ts"
import { spoiled } from "./spoiled.ts"

const phone = "919999999999"
const agent = { type: "agent", id: "bdd32bcb-767c-40a5-be4a-5f45eeb348a6" }
const pstn = { type: "pstn", number: "918888888888" }
const sip = { type: "sip", uri: "sip:desk@example.com" }
const say = { type: "say", say: "Press 1 for sales", language: "en-US", voice_id: "female", speed: 1 }
const file = { type: "file", file_name: "menu.wav" }
const url = { type: "url", url: "https://example.com/input-result" }

const connect = (options: unknown) => ({
  action: "connect",
  params: { caller_id: phone, options },
  endpoints: [pstn]
})
const dialling = (...endpoints: ReadonlyArray<unknown>) => ({
  action: "connect",
  params: { caller_id: phone },
  endpoints
})
const withParams = (params: unknown) => ({ action: "connect", params, endpoints: [pstn] })
const collect = (changes: object) => ({
  action: "play_get_input",
  prompt: file,
  input: ["dtmf"],
  on_result: url,
  ...changes
})
const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]))

const problems = (admitted: Admission.Admitted<Program.Program>): ReadonlyArray<Admission.Problem> =>
  Result.isFailure(admitted) ? admitted.failure : []
const paths = (...steps: ReadonlyArray<unknown>) =>
  problems(AdmissionPcmoV3.pipeline(steps, "pipeline")).map(({ path }) => path)
const compiled = (...steps: ReadonlyArray<unknown>) => Result.getOrThrow(AdmissionPcmoV3.pipeline(steps, "pipeline"))

/** Each row: a rule, JSON that it just admits, JSON just past it, and where the problem is. */
const rules: ReadonlyArray<readonly [rule: string, admitted: unknown, refused: unknown, path: string]> = [
  ["a step is an object", { action: "hangup" }, "hangup", ""],
  ["a step has an action", { action: "hangup" }, {}, ".action"],
  ["an action is a string", { action: "hangup" }, { action: 1 }, ".action"],
  ["an action is known", { action: "record" }, { action: "speak", text: "x" }, ".action"],
  ["an action is an own name", { action: "record" }, { action: "constructor" }, ".action"],
  ["hangup has no more keys", { action: "hangup" }, { action: "hangup", reason: "x" }, ".reason"],

  ["play has a file name", { action: "play", file_name: "" }, { action: "play" }, ".file_name"],
  ["a file name is a string", { action: "play", file_name: "a" }, { action: "play", file_name: 5 }, ".file_name"],
  [
    "play has no more keys",
    { action: "play", file_name: "a" },
    { action: "play", file_name: "a", file_url: "b" },
    ".file_url"
  ],

  ["record takes a known format", { action: "record", format: "wav" }, { action: "record", format: "ogg" }, ".format"],
  [
    "record takes known channels",
    { action: "record", channels: "dual" },
    { action: "record", channels: "stereo" },
    ".channels"
  ],

  ["param has data", { action: "param", data: {} }, { action: "param" }, ".data"],
  [
    "param has 10 entries at most",
    { action: "param", data: entries(10) },
    { action: "param", data: entries(11) },
    ".data"
  ],
  ["param strings have 256 characters at most", { action: "param", data: { a: "x".repeat(256) } }, {
    action: "param",
    data: { a: "x".repeat(257) }
  }, ".data.a"],
  [
    "param keys are names",
    { action: "param", data: { _a1: 1 } },
    { action: "param", data: { "1a": 1 } },
    ".data[\"1a\"]"
  ],
  [
    "param keys have no trailing newline",
    { action: "param", data: { a: 1 } },
    { action: "param", data: { "a\n": 1 } },
    ".data[\"a\\n\"]"
  ],
  [
    "param values are scalars",
    { action: "param", data: { a: false } },
    { action: "param", data: { a: null } },
    ".data.a"
  ],
  ["param numbers are finite", { action: "param", data: { a: -1e308 } }, {
    action: "param",
    data: { a: Number.POSITIVE_INFINITY }
  }, ".data.a"],

  ["connect has params", dialling(pstn), { action: "connect", endpoints: [pstn] }, ".params"],
  ["connect has endpoints", dialling(pstn), { action: "connect", params: { caller_id: phone } }, ".endpoints"],
  ["connect has at least one endpoint", dialling(pstn), dialling(), ".endpoints"],
  ["params have a caller id", withParams({ caller_id: phone }), withParams({}), ".params.caller_id"],
  [
    "params have no from",
    withParams({ caller_id: phone }),
    withParams({ caller_id: phone, from: phone }),
    ".params.from"
  ],
  [
    "a caller id has 7 digits at least",
    withParams({ caller_id: "1234567" }),
    withParams({ caller_id: "123456" }),
    ".params.caller_id"
  ],
  [
    "a caller id has 16 digits at most",
    withParams({ caller_id: "1234567890123456" }),
    withParams({ caller_id: "12345678901234567" }),
    ".params.caller_id"
  ],
  [
    "a caller id has no plus",
    withParams({ caller_id: phone }),
    withParams({ caller_id: `+${phone}` }),
    ".params.caller_id"
  ],
  [
    "a caller id has no trailing newline",
    withParams({ caller_id: phone }),
    withParams({ caller_id: `${phone}\n` }),
    ".params.caller_id"
  ],
  [
    "a caller id is a string",
    withParams({ caller_id: phone }),
    withParams({ caller_id: 919999999999 }),
    ".params.caller_id"
  ],
  [
    "a strategy is known",
    withParams({ caller_id: phone, strategy: "simultaneous" }),
    withParams({ caller_id: phone, strategy: "group" }),
    ".params.strategy"
  ],
  [
    "metadata is of any count",
    withParams({ caller_id: phone, metadata: entries(11) }),
    withParams({ caller_id: phone, metadata: { a: [1] } }),
    ".params.metadata.a"
  ],
  [
    "a connect lasts 10 s at least",
    connect({ max_duration_sec: 10 }),
    connect({ max_duration_sec: 9 }),
    ".params.options.max_duration_sec"
  ],
  [
    "a connect lasts 7200 s at most",
    connect({ max_duration_sec: 7200 }),
    connect({ max_duration_sec: 7201 }),
    ".params.options.max_duration_sec"
  ],
  [
    "a connect rings 5 s at least",
    connect({ ring_timeout_sec: 5 }),
    connect({ ring_timeout_sec: 4 }),
    ".params.options.ring_timeout_sec"
  ],
  [
    "a connect rings 120 s at most",
    connect({ ring_timeout_sec: 120 }),
    connect({ ring_timeout_sec: 121 }),
    ".params.options.ring_timeout_sec"
  ],
  [
    "a ring timeout is no boolean",
    connect({ ring_timeout_sec: 60 }),
    connect({ ring_timeout_sec: true }),
    ".params.options.ring_timeout_sec"
  ],
  [
    "machine detection is a boolean",
    connect({ machine_detection: false }),
    connect({ machine_detection: 0 }),
    ".params.options.machine_detection"
  ],
  [
    "waiting music is a string",
    connect({ waiting_music: "" }),
    connect({ waiting_music: true }),
    ".params.options.waiting_music"
  ],
  ["recording is an object", connect({ recording: {} }), connect({ recording: true }), ".params.options.recording"],
  ["recording is closed", connect({ recording: {} }), connect({ recording: { x: 1 } }), ".params.options.recording.x"],
  [
    "recording takes known channels",
    connect({ recording: { channels: "single" } }),
    connect({ recording: { channels: "stereo" } }),
    ".params.options.recording.channels"
  ],
  [
    "recording takes a known format",
    connect({ recording: { format: "mp3" } }),
    connect({ recording: { format: "ogg" } }),
    ".params.options.recording.format"
  ],
  ["connect options do not record by themselves", connect({}), connect({ record: true }), ".params.options.record"],

  ["an endpoint has a known type", dialling(sip), dialling({ type: "webrtc" }), ".endpoints[0].type"],
  ["an endpoint is closed", dialling(pstn), dialling({ ...pstn, name: "x" }), ".endpoints[0].name"],
  ["a phone has a number", dialling({ ...pstn, uri: 1 }), dialling({ type: "pstn", uri: "x" }), ".endpoints[0].number"],
  [
    "a SIP user has a URI",
    dialling({ ...sip, uri: "" }),
    dialling({ type: "sip", number: phone }),
    ".endpoints[0].uri"
  ],
  ["an agent has an id", dialling({ ...agent, number: null }), dialling({ type: "agent" }), ".endpoints[0].id"],
  ["an agent id is a UUID", dialling(agent), dialling({ type: "agent", id: "x" }), ".endpoints[0].id"],
  [
    "an agent id has dashes",
    dialling({ type: "agent", id: `urn:uuid:${agent.id}` }),
    dialling({ type: "agent", id: agent.id.replaceAll("-", "") }),
    ".endpoints[0].id"
  ],
  [
    "headers are an object",
    dialling({ ...sip, headers: { a: [[]] } }),
    dialling({ ...sip, headers: [] }),
    ".endpoints[0].headers"
  ],
  ["two agents are the most", dialling(agent, agent), dialling(agent, agent, agent), ".endpoints[2]"],
  ["agents come last", dialling(pstn, sip, agent), dialling(pstn, agent, sip), ".endpoints[2]"],

  [
    "play_get_input has a prompt",
    collect({}),
    { action: "play_get_input", input: ["dtmf"], on_result: url },
    ".prompt"
  ],
  ["play_get_input has input modes", collect({ input: ["speech"] }), {
    action: "play_get_input",
    prompt: file,
    on_result: url
  }, ".input"],
  [
    "play_get_input has a result",
    collect({}),
    { action: "play_get_input", prompt: file, input: ["dtmf"] },
    ".on_result"
  ],
  ["there is an input mode", collect({ input: ["speech", "dtmf"] }), collect({ input: [] }), ".input"],
  ["an input mode is known", collect({}), collect({ input: ["dtmf", "voice"] }), ".input[1]"],
  [
    "an input mode comes once",
    collect({ input: ["dtmf", "speech"] }),
    collect({ input: ["dtmf", "dtmf"] }),
    ".input[1]"
  ],
  ["a prompt has a type", collect({ prompt: say }), collect({ prompt: { file_name: "a" } }), ".prompt.type"],
  ["a prompt has a known type", collect({ prompt: say }), collect({ prompt: { type: "url" } }), ".prompt.type"],
  [
    "a file prompt has a file name",
    collect({ prompt: { ...file, speed: 2 } }),
    collect({ prompt: { type: "file" } }),
    ".prompt.file_name"
  ],
  [
    "a file prompt keeps to the speed range",
    collect({ prompt: { ...say, ...file } }),
    collect({ prompt: { ...file, speed: 3 } }),
    ".prompt.speed"
  ],
  [
    "a spoken prompt has a voice",
    collect({ prompt: say }),
    collect({ prompt: { type: "say", say: "x", language: "en", speed: 1 } }),
    ".prompt.voice_id"
  ],
  [
    "a spoken prompt has a speed",
    collect({ prompt: say }),
    collect({ prompt: { type: "say", say: "x", language: "en", voice_id: "f" } }),
    ".prompt.speed"
  ],
  [
    "speech is not slower than 0.5",
    collect({ prompt: { ...say, speed: 0.5 } }),
    collect({ prompt: { ...say, speed: 0.49 } }),
    ".prompt.speed"
  ],
  [
    "speech is not faster than 2",
    collect({ prompt: { ...say, speed: 2 } }),
    collect({ prompt: { ...say, speed: 2.01 } }),
    ".prompt.speed"
  ],
  ["a prompt is closed", collect({ prompt: file }), collect({ prompt: { ...file, loop: 1 } }), ".prompt.loop"],
  [
    "digits start at 1",
    collect({ dtmf: { min_digits: 1, max_digits: 1 } }),
    collect({ dtmf: { min_digits: 0 } }),
    ".dtmf.min_digits"
  ],
  [
    "most digits start at 1",
    collect({ dtmf: { min_digits: 5, max_digits: 4 } }),
    collect({ dtmf: { max_digits: 0 } }),
    ".dtmf.max_digits"
  ],
  [
    "the first digit has 1 s at least",
    collect({ dtmf: { first_digit_timeout: 1 } }),
    collect({ dtmf: { first_digit_timeout: 0 } }),
    ".dtmf.first_digit_timeout"
  ],
  [
    "later digits have 1 s at least",
    collect({ dtmf: { inter_digit_timeout: 1 } }),
    collect({ dtmf: { inter_digit_timeout: 0.5 } }),
    ".dtmf.inter_digit_timeout"
  ],
  [
    "digit timeouts fit in milliseconds",
    collect({ dtmf: { inter_digit_timeout: 9_007_199_254_740 } }),
    collect({ dtmf: { inter_digit_timeout: 9_007_199_254_741 } }),
    ".dtmf.inter_digit_timeout"
  ],
  [
    "a finish key is one character",
    collect({ dtmf: { finish_on_key: "" } }),
    collect({ dtmf: { finish_on_key: "##" } }),
    ".dtmf.finish_on_key"
  ],
  [
    "flushing is a boolean",
    collect({ dtmf: { flush_buffer: true } }),
    collect({ dtmf: { flush_buffer: "true" } }),
    ".dtmf.flush_buffer"
  ],
  ["dtmf is closed", collect({ dtmf: {} }), collect({ dtmf: { max_digit: 1 } }), ".dtmf.max_digit"],
  ["dtmf is not null", collect({ dtmf: {} }), collect({ dtmf: null }), ".dtmf"],
  ["retries are not negative", collect({ retries: { max: 0 } }), collect({ retries: { max: -1 } }), ".retries.max"],
  ["retries are closed", collect({ retries: {} }), collect({ retries: { count: 1 } }), ".retries.count"],
  [
    "retry prompts are prompts",
    collect({ retries: { no_input_prompt: say, invalid_prompt: file } }),
    collect({ retries: { invalid_prompt: { type: "file" } } }),
    ".retries.invalid_prompt.file_name"
  ],
  ["a result has a type", collect({ on_result: url }), collect({ on_result: { url: "https://e" } }), ".on_result.type"],
  [
    "a result has a known type",
    collect({ on_result: url }),
    collect({ on_result: { type: "webhook" } }),
    ".on_result.type"
  ],
  [
    "a result URL is there",
    collect({ on_result: { ...url, ref: "x" } }),
    collect({ on_result: { type: "url", ref: "x" } }),
    ".on_result.url"
  ],
  [
    "a result URL has only to begin right",
    collect({ on_result: { type: "url", url: "https://" } }),
    collect({ on_result: { type: "url", url: "ftp://e" } }),
    ".on_result.url"
  ],
  [
    "a result may go to plain http",
    collect({ on_result: { type: "url", url: "http://e" } }),
    collect({ on_result: { type: "url", url: " http://e" } }),
    ".on_result.url"
  ],
  [
    "a stored result has a ref",
    collect({ on_result: { type: "pcmo", ref: "" } }),
    collect({ on_result: { type: "pcmo" } }),
    ".on_result.ref"
  ],
  [
    "a stored result checks its URL too",
    collect({ on_result: { type: "pcmo", ref: "x", url: "http://e" } }),
    collect({ on_result: { type: "pcmo", ref: "x", url: "e" } }),
    ".on_result.url"
  ],
  [
    "a result is closed",
    collect({ on_result: url }),
    collect({ on_result: { ...url, method: "POST" } }),
    ".on_result.method"
  ],
  ["input has a result", { action: "input", on_result: url }, { action: "input" }, ".on_result"],
  [
    "input has no prompt",
    { action: "input", on_result: url },
    { action: "input", on_result: url, prompt: file },
    ".prompt"
  ],
  ["input has no modes", { action: "input", on_result: url, dtmf: {} }, {
    action: "input",
    on_result: url,
    input: ["dtmf"]
  }, ".input"]
]

const named = Schema.String.check(Schema.isPattern(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/))
const digits = Schema.String.check(Schema.isPattern(/^[1-9][0-9]{6,15}$/))
const uuids = Schema.String.check(Schema.isPattern(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/))
const optional = Schema.optionalKey
const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const wireVariables = Schema.Record(named, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
const wirePhones = Schema.Struct({ type: Schema.Literal("pstn"), number: digits })
const wireAgents = Schema.Struct({ type: Schema.Literal("agent"), id: uuids })
const wirePrompt = Schema.Union([
  Schema.Struct({ type: Schema.Literal("file"), file_name: Schema.String }),
  Schema.Struct({
    type: Schema.Literal("say"),
    say: Schema.String,
    language: Schema.String,
    voice_id: Schema.String,
    speed: Schema.Finite.check(Schema.isBetween({ minimum: 0.5, maximum: 2 }))
  })
])
const wireRecording = {
  format: optional(Schema.Literals(["mp3", "wav"])),
  channels: optional(Schema.Literals(["single", "dual"]))
}
const wireDtmf = Schema.Struct({
  min_digits: optional(whole(1, Number.MAX_SAFE_INTEGER)),
  max_digits: optional(whole(1, Number.MAX_SAFE_INTEGER)),
  first_digit_timeout: optional(whole(1, 9_007_199_254_740)),
  inter_digit_timeout: optional(whole(1, 60)),
  finish_on_key: optional(Schema.Literals(["", "#", "*", "0"])),
  flush_buffer: optional(Schema.Boolean)
})
const wireResult = Schema.Union([
  Schema.Struct({ type: Schema.Literal("url"), url: Schema.Literals(["https://example.com/a", "http://"]) }),
  Schema.Struct({ type: Schema.Literal("pcmo"), ref: Schema.String })
])
const wireStep = Schema.Union([
  Schema.Struct({ action: Schema.Literal("hangup") }),
  Schema.Struct({ action: Schema.Literal("play"), file_name: Schema.String }),
  Schema.Struct({ action: Schema.Literal("record"), ...wireRecording }),
  Schema.Struct({ action: Schema.Literal("param"), data: wireVariables.check(Schema.isMaxProperties(10)) }),
  Schema.Struct({ action: Schema.Literal("input"), on_result: wireResult, dtmf: optional(wireDtmf) }),
  Schema.Struct({
    action: Schema.Literal("play_get_input"),
    prompt: wirePrompt,
    input: Schema.Union([
      Schema.Tuple([Schema.Literal("dtmf")]),
      Schema.Tuple([Schema.Literal("speech"), Schema.Literal("dtmf")])
    ]),
    on_result: wireResult,
    dtmf: optional(wireDtmf),
    retries: optional(Schema.Struct({
      max: optional(whole(0, Number.MAX_SAFE_INTEGER)),
      no_input_prompt: optional(wirePrompt),
      invalid_prompt: optional(wirePrompt)
    }))
  }),
  Schema.Struct({
    action: Schema.Literal("connect"),
    params: Schema.Struct({
      caller_id: digits,
      strategy: optional(Schema.Literals(["sequential", "simultaneous"])),
      options: optional(Schema.Struct({
        max_duration_sec: optional(whole(10, 7200)),
        ring_timeout_sec: optional(whole(5, 120)),
        machine_detection: optional(Schema.Boolean),
        recording: optional(Schema.Struct({ enabled: optional(Schema.Boolean), ...wireRecording })),
        waiting_music: optional(Schema.String)
      })),
      metadata: optional(wireVariables)
    }),
    endpoints: Schema.Union([Schema.NonEmptyArray(wirePhones), Schema.Tuple([wirePhones, wireAgents, wireAgents])])
  })
])
const wirePipelines = Arbitrary.schema(Schema.NonEmptyArray(wireStep))

describe("AdmissionPcmoV3", () => {
  it.each(rules)("%s", (_, admitted, refused, path) => {
    assert.deepStrictEqual(paths(admitted), [])
    assert.deepStrictEqual(paths(refused), [`pipeline[0]${path}`])
  })

  it("refuses a pipeline that is no array, or has no step", () => {
    const at = (json: unknown) => problems(AdmissionPcmoV3.pipeline(json, "pipeline")).map(({ path }) => path)
    assert.deepStrictEqual(at({}), ["pipeline"])
    assert.deepStrictEqual(at(undefined), ["pipeline"])
    assert.deepStrictEqual(at([]), ["pipeline"])
  })

  it("names paths below the one it is given", () => {
    assert.deepStrictEqual(
      problems(AdmissionPcmoV3.pipeline([{ action: "hangup" }, {}], "")).map(({ path }) => path),
      ["[1].action"]
    )
  })

  it("reports all problems of all steps at once", () => {
    assert.deepStrictEqual(
      paths(
        { action: "play" },
        {
          action: "connect",
          params: { from: phone, strategy: 1 },
          endpoints: [{ type: "agent", id: "x" }, { type: "pstn" }]
        },
        {
          action: "play_get_input",
          prompt: {},
          input: ["dtmf", "fax", "dtmf"],
          on_result: { type: "url" },
          dtmf: { min_digits: 0 }
        }
      ).toSorted(),
      [
        "pipeline[0].file_name",
        "pipeline[1].params.caller_id",
        "pipeline[1].params.strategy",
        "pipeline[1].params.from",
        "pipeline[1].endpoints[0].id",
        "pipeline[1].endpoints[1].number",
        "pipeline[1].endpoints[1]",
        "pipeline[2].prompt.type",
        "pipeline[2].input[1]",
        "pipeline[2].input[2]",
        "pipeline[2].on_result.url",
        "pipeline[2].dtmf.min_digits"
      ].toSorted()
    )
  })

  it("names each agent too many and each endpoint behind an agent", () => {
    assert.deepStrictEqual(paths(dialling(agent, pstn, agent, agent, sip, agent)), [
      "pipeline[0].endpoints[1]",
      "pipeline[0].endpoints[3]",
      "pipeline[0].endpoints[4]",
      "pipeline[0].endpoints[5]"
    ])
  })

  it("takes 1000 actions and 100 endpoints, and refuses one more without reading them", () => {
    const actions = (count: number) => Array.from({ length: count }, () => ({ action: "hangup" }))
    const crowd = (count: number) => [{
      action: "connect",
      params: { caller_id: phone },
      endpoints: Array.from({ length: count }, () => pstn)
    }]
    for (const json of [actions(1000), crowd(100)]) {
      assert.isTrue(Result.isSuccess(AdmissionPcmoV3.pipeline(json, "pipeline")))
    }
    for (const json of [actions(1001), actions(300_000)]) {
      assert.deepStrictEqual(problems(AdmissionPcmoV3.pipeline(json, "pipeline")).map(({ path }) => path), ["pipeline"])
    }
    assert.deepStrictEqual(problems(AdmissionPcmoV3.pipeline(crowd(101), "pipeline")).map(({ path }) => path), [
      "pipeline[0].endpoints"
    ])
  })

  it("never repeats a phone number in a problem", () => {
    const admitted = AdmissionPcmoV3.pipeline([
      withParams({ caller_id: "+919999999999", [phone]: phone, strategy: phone }),
      dialling({ type: "pstn", number: 918888888888 }, { type: phone }),
      { action: phone },
      collect({ dtmf: { finish_on_key: phone, max_digits: -919999999999 }, on_result: { type: "url", url: phone } })
    ], "pipeline")
    assert.isAbove(problems(admitted).length, 7)
    assert.notMatch(JSON.stringify(problems(admitted)), /9{6}|8{6}/)
  })

  it("compiles every key of every action", () => {
    assert.deepStrictEqual(
      compiled(
        { action: "param", data: { customer: "C-1", vip: true, score: 95 } },
        { action: "record", format: "wav", channels: "dual" },
        { action: "play", file_name: "https://example.com/welcome.wav" },
        {
          action: "play_get_input",
          prompt: say,
          input: ["dtmf", "speech"],
          on_result: url,
          dtmf: {
            min_digits: 2,
            max_digits: 4,
            first_digit_timeout: 6,
            inter_digit_timeout: 3,
            finish_on_key: "#",
            flush_buffer: true
          },
          retries: { max: 2, no_input_prompt: file, invalid_prompt: say }
        },
        { action: "input", on_result: { type: "pcmo", ref: "menu" }, dtmf: { max_digits: 4 } },
        {
          action: "connect",
          params: {
            caller_id: phone,
            strategy: "simultaneous",
            options: {
              max_duration_sec: 120,
              ring_timeout_sec: 20,
              machine_detection: true,
              recording: { enabled: true, channels: "dual", format: "wav" },
              waiting_music: "w.wav"
            },
            metadata: { priority: 2 }
          },
          endpoints: [pstn, { ...sip, headers: { "X-A": "b" } }, {
            type: "agent",
            id: `urn:uuid:${agent.id.toUpperCase()}`
          }]
        },
        { action: "hangup" }
      ),
      [
        { _tag: "Param", variables: { customer: "C-1", vip: true, score: 95 } },
        { _tag: "Record", recording: { format: "wav", channels: "dual" } },
        { _tag: "Play", prompt: { _tag: "File", name: "https://example.com/welcome.wav" } },
        {
          _tag: "Collect",
          prompt: { _tag: "Say", text: "Press 1 for sales", language: "en-US", voiceId: "female", speed: 1 },
          modes: ["dtmf", "speech"],
          digits: {
            minDigits: 2,
            maxDigits: 4,
            firstDigitTimeoutMs: 6000,
            interDigitTimeoutMs: 3000,
            finishKey: "#",
            flushBuffer: true
          },
          retries: {
            max: 2,
            noInputPrompt: { _tag: "File", name: "menu.wav" },
            invalidPrompt: { _tag: "Say", text: "Press 1 for sales", language: "en-US", voiceId: "female", speed: 1 }
          },
          onResult: { _tag: "Url", url: "https://example.com/input-result" }
        },
        {
          _tag: "Collect",
          modes: ["dtmf"],
          digits: {
            minDigits: 1,
            maxDigits: 4,
            firstDigitTimeoutMs: 5000,
            interDigitTimeoutMs: 5000,
            flushBuffer: false
          },
          retries: { max: 0 },
          onResult: { _tag: "Ref", ref: "menu" }
        },
        {
          _tag: "Connect",
          callerId: phone,
          strategy: "Simultaneous",
          endpoints: [
            { _tag: "Pstn", number: "918888888888" },
            { _tag: "Sip", uri: "sip:desk@example.com" },
            { _tag: "Agent", id: agent.id }
          ],
          ringTimeoutMs: 20_000,
          maxDurationMs: 120_000,
          machineDetection: true,
          recording: { format: "wav", channels: "dual" },
          waitingMusic: "w.wav",
          metadata: { priority: 2 }
        },
        { _tag: "Hangup" }
      ]
    )
  })

  it("fills in the defaults of a bare connect, with or without empty options", () => {
    const expected = {
      _tag: "Connect",
      callerId: phone,
      strategy: "Sequential",
      endpoints: [{ _tag: "Pstn", number: "918888888888" }],
      ringTimeoutMs: 40_000,
      machineDetection: false,
      metadata: {}
    }
    assert.deepStrictEqual<unknown>(compiled(dialling(pstn), connect({})), [expected, expected])
  })

  it("records as mp3 on one channel when nothing else is said", () => {
    assert.deepStrictEqual(compiled({ action: "record" }), [
      { _tag: "Record", recording: { format: "mp3", channels: "single" } }
    ])
  })

  it.each(
    [
      [{ enabled: true }, { format: "mp3", channels: "single" }],
      [{ enabled: true, channels: "dual" }, { format: "mp3", channels: "dual" }],
      [{ enabled: false, format: "wav" }, undefined],
      [{ format: "wav" }, undefined]
    ] as const
  )("reads the recording %j of a connect as %j", (recording, expected) => {
    const [step] = compiled(connect({ recording }))
    assert.deepStrictEqual(step?._tag === "Connect" ? step.recording : "no connect", expected)
  })

  it.each(
    [
      [undefined, 1, 1, undefined],
      [{}, 1, 1, undefined],
      [{ finish_on_key: "" }, 1, 1, undefined],
      [{ finish_on_key: "#" }, 1, 20, "#"],
      [{ finish_on_key: "#", max_digits: 4 }, 1, 4, "#"],
      [{ min_digits: 4 }, 4, 4, undefined],
      [{ min_digits: 4, max_digits: 2 }, 4, 2, undefined]
    ] as const
  )("reads the digits %j as %i to %i with finish key %s", (dtmf, minDigits, maxDigits, finishKey) => {
    const [step] = compiled({ action: "input", on_result: url, ...(dtmf === undefined ? {} : { dtmf }) })
    assert.deepStrictEqual<unknown>(step?._tag === "Collect" ? step.digits : "no input", {
      minDigits,
      maxDigits,
      firstDigitTimeoutMs: 5000,
      interDigitTimeoutMs: 5000,
      flushBuffer: false,
      ...(finishKey === undefined ? {} : { finishKey })
    })
  })

  it("keeps variables called __proto__ and constructor", () => {
    const [step] = compiled(JSON.parse(`{"action":"param","data":{"__proto__":"a","constructor":1}}`))
    assert.deepStrictEqual(step?._tag === "Param" ? Object.entries(step.variables) : [], [
      ["__proto__", "a"],
      ["constructor", 1]
    ])
  })

  it.prop("admits every valid pipeline, as a program of the engine", { json: wirePipelines }, ({ json }) => {
    const program = Result.getOrThrow(AdmissionPcmoV3.pipeline(json, "pipeline"))
    assert.lengthOf(program, json.length)
    assert.isTrue(Schema.is(Program.Program)(program))
  })

  it.prop(
    "judges a spoiled pipeline: a program of the engine, or problems below the pipeline",
    { json: wirePipelines, steps: whole(0, 30), junk: Schema.Json },
    ({ json, junk, steps }) => {
      Result.match(AdmissionPcmoV3.pipeline(spoiled(json, steps, junk), "pipeline"), {
        onFailure: (found) => assert.isTrue(found.every(({ path }) => path.startsWith("pipeline"))),
        onSuccess: (program) => assert.isTrue(Schema.is(Program.Program)(program))
      })
    },
    { arbitrary: { runs: 500 } }
  )

  it.prop("judges any JSON without throwing", { json: Schema.Json }, ({ json }) => {
    const admitted = AdmissionPcmoV3.pipeline(json, "pipeline")
    return Result.isSuccess(admitted) || admitted.failure.length <= 100
  })
})
