import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Duration from "effect/Duration"
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Action from "../src/Action.ts"
import * as AgentId from "../src/AgentId.ts"
import * as Endpoint from "../src/Endpoint.ts"
import type { Issue } from "../src/Issue.ts"
import * as OnResult from "../src/OnResult.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import * as Pipeline from "../src/Pipeline.ts"
import * as Prompt from "../src/Prompt.ts"
import { junk, untyped } from "./untyped.ts"

const phone = PhoneNumber.make("918888888887")
const callerId = PhoneNumber.make("919999999999")
const agentA = AgentId.make("bdd32bcb-767c-40a5-be4a-5f45eeb348a6")
const agentB = AgentId.make("2f2ae3ad-7ff6-4011-b10e-9ca1f8f8d1a2")
const onResult = OnResult.url("https://example.com/input-result")

const everyAction = Pipeline.empty.pipe(
  Pipeline.param({ customer_id: "CUST-1001", is_vip: true, score: 95 }),
  Pipeline.play("https://example.com/welcome.wav"),
  Pipeline.playGetInput({
    prompt: Prompt.say({ text: "Press 1 for sales", language: "en-US", voiceId: "female", speed: 1 }),
    input: ["dtmf", "speech"],
    onResult,
    dtmf: {
      minDigits: 1,
      maxDigits: 4,
      finishKey: "#",
      firstDigitTimeout: "5 seconds",
      interDigitTimeout: "3 seconds",
      flushBuffer: true
    },
    retries: { max: 2, noInputPrompt: Prompt.file("no_input.wav"), invalidPrompt: Prompt.file("invalid.wav") }
  }),
  Pipeline.input({ onResult: OnResult.stored("next_pipeline_ref"), dtmf: { maxDigits: 1 } }),
  Pipeline.record({ format: "mp3", channels: "dual" }),
  Pipeline.connect({
    callerId,
    strategy: "sequential",
    maxDuration: "2 minutes",
    ringTimeout: "20 seconds",
    machineDetection: true,
    recording: { enabled: true, channels: "dual", format: "mp3" },
    waitingMusic: "https://example.com/waiting.wav",
    metadata: { priority: 1 },
    endpoints: [
      Endpoint.phone(phone),
      Endpoint.sip("sip:desk@pbx.example.com", { "X-Ticket": "A-1" }),
      Endpoint.agent(agentA),
      Endpoint.agent(agentB)
    ]
  }),
  Pipeline.hangup
)

/** Captured from the official Node client 1.2.0 (`pcmo.call`); keys of `dtmf` in the order of its documentation table. */
const everyActionJson =
  "[{\"action\":\"param\",\"data\":{\"customer_id\":\"CUST-1001\",\"is_vip\":true,\"score\":95}},{\"action\":\"play\",\"file_name\":\"https://example.com/welcome.wav\"},{\"action\":\"play_get_input\",\"prompt\":{\"type\":\"say\",\"say\":\"Press 1 for sales\",\"language\":\"en-US\",\"voice_id\":\"female\",\"speed\":1},\"input\":[\"dtmf\",\"speech\"],\"on_result\":{\"type\":\"url\",\"url\":\"https://example.com/input-result\"},\"dtmf\":{\"min_digits\":1,\"max_digits\":4,\"first_digit_timeout\":5,\"inter_digit_timeout\":3,\"finish_on_key\":\"#\",\"flush_buffer\":true},\"retries\":{\"max\":2,\"no_input_prompt\":{\"type\":\"file\",\"file_name\":\"no_input.wav\"},\"invalid_prompt\":{\"type\":\"file\",\"file_name\":\"invalid.wav\"}}},{\"action\":\"input\",\"on_result\":{\"type\":\"pcmo\",\"ref\":\"next_pipeline_ref\"},\"dtmf\":{\"max_digits\":1}},{\"action\":\"record\",\"format\":\"mp3\",\"channels\":\"dual\"},{\"action\":\"connect\",\"params\":{\"caller_id\":\"919999999999\",\"strategy\":\"sequential\",\"options\":{\"max_duration_sec\":120,\"ring_timeout_sec\":20,\"machine_detection\":true,\"recording\":{\"enabled\":true,\"channels\":\"dual\",\"format\":\"mp3\"},\"waiting_music\":\"https://example.com/waiting.wav\"},\"metadata\":{\"priority\":1}},\"endpoints\":[{\"type\":\"pstn\",\"number\":\"918888888887\"},{\"type\":\"sip\",\"uri\":\"sip:desk@pbx.example.com\",\"headers\":{\"X-Ticket\":\"A-1\"}},{\"type\":\"agent\",\"id\":\"bdd32bcb-767c-40a5-be4a-5f45eeb348a6\"},{\"type\":\"agent\",\"id\":\"2f2ae3ad-7ff6-4011-b10e-9ca1f8f8d1a2\"}]},{\"action\":\"hangup\"}]"

const issuesOf = <A>(result: Result.Result<A, ReadonlyArray<Issue>>): ReadonlyArray<Issue> =>
  Result.isFailure(result) ? result.failure : []

const check = (value: unknown) => Result.flip(Result.map(Pipeline.decode(value), () => undefined))

const checkActions = (...actions: ReadonlyArray<unknown>): ReadonlyArray<Issue> => {
  const built = untyped(Pipeline.make, actions)
  return Pipeline.isPipeline(built) ? issuesOf(encodeUntyped(built)) : []
}

const encodeUntyped = (value: unknown): Result.Result<unknown, ReadonlyArray<Issue>> => {
  const result = untyped(Pipeline.encode, value)
  assert.isTrue(Result.isResult(result))
  return Result.isResult(result)
    ? Result.mapError(result, (issues) => (Array.isArray(issues) ? issues : []))
    : Result.fail([])
}

const connectWith = (options: object) =>
  untyped(Action.connect, { callerId, endpoints: [Endpoint.phone(phone)], ...options })

describe("building", () => {
  it("gives equal values by pipe and from an array", () => {
    assert.isTrue(
      Equal.equals(
        Pipeline.empty.pipe(Pipeline.play("a.wav"), Pipeline.hangup),
        Pipeline.make([Action.play("a.wav"), Action.hangup])
      )
    )
    assert.isFalse(Equal.equals(Pipeline.make([Action.play("a.wav")]), Pipeline.make([Action.play("b.wav")])))
  })

  it("takes the same duration in any spelling as equal", () => {
    const one = Pipeline.make([
      Action.connect({ callerId, endpoints: [Endpoint.phone(phone)], ringTimeout: "20 seconds" })
    ])
    const other = Pipeline.make([
      Action.connect({ callerId, endpoints: [Endpoint.phone(phone)], ringTimeout: Duration.millis(20_000) })
    ])
    assert.isTrue(Equal.equals(one, other))
  })

  it("does not show later changes to what it was built from", () => {
    const metadata = { step: 1 }
    const endpoints: [Endpoint.Endpoint, ...Array<Endpoint.Endpoint>] = [Endpoint.phone(phone)]
    const pipeline = Pipeline.make([Action.connect({ callerId, endpoints, metadata })])
    const before = JSON.stringify(pipeline)
    metadata.step = 2
    endpoints.push(Endpoint.agent(agentA))
    assert.strictEqual(JSON.stringify(pipeline), before)
    assert.isFrozen(pipeline.actions)
  })

  it("leaves the pipeline that it appends to as it was", () => {
    const base = Pipeline.make([Action.play("a.wav")])
    const longer = base.pipe(Pipeline.hangup)
    assert.strictEqual(base.actions.length, 1)
    assert.strictEqual(longer.actions.length, 2)
  })

  it("joins two pipelines in order", () => {
    const greeting = Pipeline.make([Action.play("a.wav"), Action.play("b.wav")])
    const joined = Pipeline.empty.pipe(Pipeline.record(), Pipeline.concat(greeting), Pipeline.hangup)
    assert.deepStrictEqual(joined.actions.map((action) => action._tag), ["Record", "Play", "Play", "Hangup"])
  })

  it("never throws and is refused when checked, whatever it is given", () => {
    for (const value of junk()) {
      const built = [
        untyped(Pipeline.make, value),
        untyped(Pipeline.make, [value]),
        untyped(Pipeline.make, [untyped(Action.connect, value)]),
        untyped(Pipeline.make, [untyped(Action.playGetInput, value)]),
        untyped(Pipeline.make, [connectWith({ endpoints: value })]),
        untyped(Pipeline.make, [connectWith({ endpoints: [value] })]),
        untyped(Pipeline.make, [untyped(Action.input, { onResult: value })])
      ]
      for (const pipeline of built) assert.isTrue(Result.isFailure(encodeUntyped(pipeline)))
      assert.isTrue(Result.isFailure(encodeUntyped(value)))
      const appended = untyped(Pipeline.append(Action.hangup), value)
      assert.isTrue(Result.isFailure(encodeUntyped(appended)))
    }
  })

  it("refuses options that are no object", () => {
    assert.deepStrictEqual(checkActions(untyped(Action.record, 5)).map((issue) => issue.path), ["pipeline[0].options"])
  })
})

describe("types", () => {
  it("refuse an empty pipeline, unknown options and bare strings", () => {
    const wrong = () => {
      // @ts-expect-error an empty array is no pipeline
      Pipeline.make([])
      // @ts-expect-error the empty pipeline is no pipeline
      Pipeline.check(Pipeline.empty)
      // @ts-expect-error unknown option
      Action.connect({ callerId, endpoints: [Endpoint.phone(phone)], ringTimeOut: "20 seconds" })
      // @ts-expect-error no endpoint
      Action.connect({ callerId, endpoints: [] })
      // @ts-expect-error a bare string is no phone number
      Endpoint.phone("918888888887")
      // @ts-expect-error a phone number is no agent id
      Endpoint.agent(phone)
      // @ts-expect-error unknown strategy
      Action.connect({ callerId, endpoints: [Endpoint.phone(phone)], strategy: "random" })
    }
    assert.isFunction(wrong)
  })
})

describe("encode", () => {
  it("writes every action byte for byte as the official client", () => {
    assert.strictEqual(JSON.stringify(Result.getOrThrow(Pipeline.encode(everyAction))), everyActionJson)
  })

  it("leaves out what was not given and sends empty options as they are", () => {
    const pipeline = Pipeline.make([
      Action.connect({ callerId, endpoints: [Endpoint.phone(phone)], recording: {}, metadata: {} }),
      Action.input({ onResult, dtmf: {} }),
      Action.record()
    ])
    assert.deepStrictEqual(Result.getOrThrow(Pipeline.encode(pipeline)), [
      {
        action: "connect",
        params: { caller_id: callerId, options: { recording: {} }, metadata: {} },
        endpoints: [{ type: "pstn", number: phone }]
      },
      { action: "input", on_result: { type: "url", url: "https://example.com/input-result" }, dtmf: {} },
      { action: "record" }
    ])
  })

  it("keeps a variable named __proto__ as data", () => {
    const data: Record<string, string> = JSON.parse("{\"__proto__\":\"x\"}")
    const text = JSON.stringify(Result.getOrThrow(Pipeline.encode(Pipeline.make([Action.param(data)]))))
    assert.strictEqual(text, "[{\"action\":\"param\",\"data\":{\"__proto__\":\"x\"}}]")
  })
})

describe("check", () => {
  it("gives the pipeline itself when there is nothing to refuse", () => {
    assert.strictEqual(Result.getOrThrow(Pipeline.check(everyAction)), everyAction)
  })

  it("reports all problems at once, each in both spellings", () => {
    const found = checkActions(
      connectWith({
        callerId: "+91 99",
        ringTimeout: "4 seconds",
        recording: { format: "ogg" },
        colour: "red",
        endpoints: [
          untyped(Endpoint.agent, "x"),
          Endpoint.agent(agentA),
          Endpoint.agent(agentB),
          Endpoint.phone(phone)
        ]
      }),
      untyped(Action.play),
      null
    )
    assert.deepStrictEqual(
      new Map(found.map((issue) => [issue.path, issue.wirePath])),
      new Map([
        ["pipeline[0].colour", "pipeline[0].colour"],
        ["pipeline[2]", "pipeline[2]"],
        ["pipeline[0].callerId", "pipeline[0].params.caller_id"],
        ["pipeline[0].ringTimeout", "pipeline[0].params.options.ring_timeout_sec"],
        ["pipeline[0].recording.format", "pipeline[0].params.options.recording.format"],
        ["pipeline[0].endpoints[0].agentId", "pipeline[0].endpoints[0].id"],
        ["pipeline[0].endpoints[2]", "pipeline[0].endpoints[2]"],
        ["pipeline[0].endpoints[3]", "pipeline[0].endpoints[3]"],
        ["pipeline[1].fileName", "pipeline[1].file_name"]
      ])
    )
  })

  it("refuses the empty pipeline at run time", () => {
    assert.deepStrictEqual(issuesOf(encodeUntyped(Pipeline.empty)).map((issue) => issue.path), ["pipeline"])
  })

  it("reports at most a hundred problems and says that there are more", () => {
    const found = checkActions(...Array.from({ length: 500 }, () => untyped(Action.play)))
    assert.lengthOf(found, 101)
    assert.include(found.at(-1)?.message, "more")
  })

  it("shows no long number that stands in a key", () => {
    const found = checkActions(untyped(Action.param, { "+919876543210": 1 }))
    assert.lengthOf(found, 1)
    assert.notInclude(JSON.stringify(found), "98765")
  })

  it("says what a bare number of a duration means", () => {
    const [issue] = checkActions(connectWith({ ringTimeout: 20 }))
    assert.include(issue?.message, "milliseconds")
  })

  it("never repeats a phone number or a text", () => {
    const secret = "+91 98765 43210"
    const found = checkActions(
      connectWith({ callerId: secret, endpoints: [untyped(Endpoint.phone, 919876543210), untyped(Endpoint.sip, {})] }),
      untyped(Action.playGetInput, { prompt: secret, input: [secret], onResult: { _tag: secret } })
    )
    assert.isAbove(found.length, 5)
    assert.notMatch(JSON.stringify(found), /98765/)
  })

  const say = (speed: unknown) => untyped(Prompt.say, { text: "t", language: "en", voiceId: "v", speed })
  const ask = (options: object) =>
    untyped(Action.playGetInput, { prompt: Prompt.file("a.wav"), input: ["dtmf"], onResult, ...options })
  const entries = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]))

  it.each<[string, unknown, unknown, string]>([
    [
      "connect maximum, low",
      connectWith({ maxDuration: "10 seconds" }),
      connectWith({ maxDuration: "9 seconds" }),
      "params.options.max_duration_sec"
    ],
    [
      "connect maximum, high",
      connectWith({ maxDuration: "2 hours" }),
      connectWith({ maxDuration: "7201 seconds" }),
      "params.options.max_duration_sec"
    ],
    [
      "ring time-out, low",
      connectWith({ ringTimeout: "5 seconds" }),
      connectWith({ ringTimeout: "4 seconds" }),
      "params.options.ring_timeout_sec"
    ],
    [
      "ring time-out, high",
      connectWith({ ringTimeout: "2 minutes" }),
      connectWith({ ringTimeout: "121 seconds" }),
      "params.options.ring_timeout_sec"
    ],
    [
      "whole seconds",
      connectWith({ ringTimeout: "6 seconds" }),
      connectWith({ ringTimeout: "6500 millis" }),
      "params.options.ring_timeout_sec"
    ],
    [
      "finite duration",
      connectWith({ ringTimeout: "6 seconds" }),
      connectWith({ ringTimeout: Duration.infinity }),
      "params.options.ring_timeout_sec"
    ],
    [
      "boolean",
      connectWith({ machineDetection: false }),
      connectWith({ machineDetection: 1 }),
      "params.options.machine_detection"
    ],
    ["strategy", connectWith({ strategy: "simultaneous" }), connectWith({ strategy: "random" }), "params.strategy"],
    [
      "metadata key",
      connectWith({ metadata: { _a1: 1 } }),
      connectWith({ metadata: { "1a": 1 } }),
      "params.metadata[\"1a\"]"
    ],
    [
      "metadata key with a newline",
      connectWith({ metadata: { a: 1 } }),
      connectWith({ metadata: { "a\n": 1 } }),
      "params.metadata[\"a\\n\"]"
    ],
    [
      "metadata value",
      connectWith({ metadata: { a: true } }),
      connectWith({ metadata: { a: [1] } }),
      "params.metadata.a"
    ],
    [
      "two agents",
      connectWith({ endpoints: [Endpoint.agent(agentA), Endpoint.agent(agentA)] }),
      connectWith({ endpoints: [Endpoint.agent(agentA), Endpoint.agent(agentA), Endpoint.agent(agentB)] }),
      "endpoints[2]"
    ],
    [
      "agents last",
      connectWith({ endpoints: [Endpoint.phone(phone), Endpoint.agent(agentA)] }),
      connectWith({ endpoints: [Endpoint.agent(agentA), Endpoint.phone(phone)] }),
      "endpoints[1]"
    ],
    ["no endpoint", connectWith({ endpoints: [Endpoint.sip("")] }), connectWith({ endpoints: [] }), "endpoints"],
    [
      "phone",
      connectWith({ endpoints: [Endpoint.phone(phone)] }),
      connectWith({ endpoints: [untyped(Endpoint.phone, "091888888888")] }),
      "endpoints[0].number"
    ],
    [
      "phone with a newline",
      connectWith({ endpoints: [Endpoint.phone(phone)] }),
      connectWith({ endpoints: [untyped(Endpoint.phone, `${phone}\n`)] }),
      "endpoints[0].number"
    ],
    [
      "headers",
      connectWith({ endpoints: [Endpoint.sip("a", {})] }),
      connectWith({ endpoints: [untyped(Endpoint.sip, "a", "x")] }),
      "endpoints[0].headers"
    ],
    ["file name may be empty", Action.play(""), untyped(Action.play, 5), "file_name"],
    ["speed, low", ask({ prompt: say(0.5) }), ask({ prompt: say(0.4) }), "prompt.speed"],
    ["speed, high", ask({ prompt: say(2) }), ask({ prompt: say(2.1) }), "prompt.speed"],
    ["input mode", ask({ input: ["speech"] }), ask({ input: ["voice"] }), "input[0]"],
    ["no input mode", ask({ input: ["dtmf", "speech"] }), ask({ input: [] }), "input"],
    ["input mode twice", ask({ input: ["dtmf", "speech"] }), ask({ input: ["dtmf", "dtmf"] }), "input[1]"],
    ["least digits", ask({ dtmf: { minDigits: 1, maxDigits: 1 } }), ask({ dtmf: { minDigits: 0 } }), "dtmf.min_digits"],
    [
      "least above most is not checked",
      ask({ dtmf: { minDigits: 9, maxDigits: 1 } }),
      ask({ dtmf: { maxDigits: true } }),
      "dtmf.max_digits"
    ],
    [
      "digit time-out",
      ask({ dtmf: { firstDigitTimeout: "1 second" } }),
      ask({ dtmf: { firstDigitTimeout: "0 seconds" } }),
      "dtmf.first_digit_timeout"
    ],
    ["finish key", ask({ dtmf: { finishKey: "" } }), ask({ dtmf: { finishKey: "##" } }), "dtmf.finish_on_key"],
    ["unknown key of dtmf", ask({ dtmf: {} }), ask({ dtmf: { maxDigit: 1 } }), "dtmf.maxDigit"],
    ["retries", ask({ retries: { max: 0 } }), ask({ retries: { max: -1 } }), "retries.max"],
    [
      "prompt of retries",
      ask({ retries: { noInputPrompt: Prompt.file("") } }),
      ask({ retries: { noInputPrompt: { _tag: "File" } } }),
      "retries.no_input_prompt.file_name"
    ],
    [
      "result URL",
      ask({ onResult: OnResult.url("https://") }),
      ask({ onResult: OnResult.url("ftp://e") }),
      "on_result.url"
    ],
    ["stored result", ask({ onResult: OnResult.stored("") }), ask({ onResult: { _tag: "Stored" } }), "on_result.ref"],
    ["param entries", Action.param(entries(10)), Action.param(entries(11)), "data"],
    ["param text", Action.param({ a: "x".repeat(256) }), Action.param({ a: "x".repeat(257) }), "data.a"],
    ["param not a number", Action.param({ a: 1 }), Action.param({ a: Number.NaN }), "data.a"],
    ["record format", Action.record({ format: "wav" }), untyped(Action.record, { format: "ogg" }), "format"],
    ["nothing else with hangup", Action.hangup, { _tag: "Hangup", reason: "x" }, "reason"],
    ["undefined is absent", { ...Action.hangup, reason: undefined }, { ...Action.hangup, reason: null }, "reason"]
  ])("%s: accepts at the bound and refuses beyond it, naming the field", (_name, good, bad, wirePath) => {
    assert.deepStrictEqual(checkActions(good), [])
    assert.deepStrictEqual(checkActions(bad).map((issue) => issue.wirePath), [`pipeline[0].${wirePath}`])
  })
})

describe("decode", () => {
  it("reads what the official client sent", () => {
    assert.isTrue(Equal.equals(Result.getOrThrow(Pipeline.decode(JSON.parse(everyActionJson))), everyAction))
  })

  it.each<[string, unknown, string]>([
    ["no array", {}, "pipeline"],
    ["an empty array", [], "pipeline"],
    ["an item that is no object", ["hangup"], "pipeline[0]"],
    ["no action", [{}], "pipeline[0].action"],
    ["an action of the older API", [{ action: "hangup" }, { action: "speak", text: "x" }], "pipeline[1].action"],
    ["a file URL", [{ action: "play", file_name: "a", file_url: "https://e/a.wav" }], "pipeline[0].file_url"],
    ["no parameters", [{ action: "connect", endpoints: [{ type: "pstn", number: phone }] }], "pipeline[0].params"],
    ["a prompt without type", [{
      action: "play_get_input",
      prompt: { file_name: "a" },
      input: ["dtmf"],
      on_result: { type: "pcmo", ref: "r" }
    }], "pipeline[0].prompt.type"],
    ["a URI with a phone", [{
      action: "connect",
      params: { caller_id: callerId },
      endpoints: [{ type: "pstn", number: phone, uri: "x" }]
    }], "pipeline[0].endpoints[0].uri"],
    ["an own key named __proto__", [JSON.parse("{\"action\":\"hangup\",\"__proto__\":1}")], "pipeline[0].__proto__"]
  ])("refuses %s and names it", (_name, json, wirePath) => {
    assert.deepStrictEqual(issuesOf(Pipeline.decode(json)).map((issue) => issue.wirePath), [wirePath])
  })

  it("names both the refused and the missing key of the caller", () => {
    const json = [{ action: "connect", params: { from: callerId }, endpoints: [{ type: "pstn", number: phone }] }]
    assert.sameMembers(
      issuesOf(Pipeline.decode(json)).map((issue) => issue.wirePath),
      ["pipeline[0].params.from", "pipeline[0].params.caller_id"]
    )
  })

  it("never throws, whatever it is given", () => {
    for (const value of junk()) {
      const nested = [{ action: "connect", params: { caller_id: callerId, metadata: { value } }, endpoints: [value] }]
      assert.isTrue(Result.isSuccess(check(value)))
      assert.isTrue(Result.isSuccess(check([value])))
      assert.isTrue(Result.isSuccess(check(nested)))
    }
  })

  it.prop("accepts or refuses any JSON without throwing", [Schema.Json], ([json]) => {
    assert.isTrue(Result.isResult(Pipeline.decode(json)))
    assert.isTrue(Result.isResult(Pipeline.decode([json])))
    assert.isTrue(Result.isResult(encodeUntyped(untyped(Pipeline.make, [json]))))
  })
})

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const names = Schema.Literals(["a", "b_1", "_c"])
const variables = Schema.Record(names, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
const optional = Schema.optionalKey

const Generated = Schema.Struct({
  connect: Schema.Struct({
    strategy: optional(Schema.Literals(["sequential", "simultaneous"])),
    ring: optional(whole(5, 120)),
    talk: optional(whole(10, 7200)),
    machineDetection: optional(Schema.Boolean),
    recording: optional(
      Schema.Struct({ enabled: optional(Schema.Boolean), format: optional(Schema.Literals(["mp3", "wav"])) })
    ),
    waitingMusic: optional(Schema.String),
    metadata: optional(variables)
  }),
  agents: whole(0, 2),
  uri: Schema.String,
  file: Schema.String,
  speed: Schema.Finite.check(Schema.isBetween({ minimum: 0.5, maximum: 2 })),
  dtmf: Schema.Struct({
    minDigits: optional(whole(1, 20)),
    finishKey: optional(Schema.Literals(["", "#", "*"])),
    first: whole(1, 60)
  }),
  retries: whole(0, 9),
  data: variables,
  order: whole(0, 6)
})

const pipelines: Arbitrary.Arbitrary<Pipeline.Pipeline> = Arbitrary.map(Arbitrary.schema(Generated), (made) => {
  const { ring, talk, ...connect } = made.connect
  const agents = [Endpoint.agent(agentA), Endpoint.agent(agentB)].slice(0, made.agents)
  const { first, ...dtmf } = made.dtmf
  const digits = { ...dtmf, firstDigitTimeout: Duration.seconds(first) }
  const prompt = Prompt.say({ text: made.file, language: "en-IN", voiceId: "v", speed: made.speed })
  const actions = [
    Action.connect({
      callerId,
      endpoints: [Endpoint.phone(phone), Endpoint.sip(made.uri, made.data), ...agents],
      ...connect,
      ...(ring === undefined ? {} : { ringTimeout: Duration.seconds(ring) }),
      ...(talk === undefined ? {} : { maxDuration: Duration.seconds(talk) })
    }),
    Action.play(made.file),
    Action.playGetInput({
      prompt,
      input: ["speech", "dtmf"],
      onResult,
      dtmf: digits,
      retries: { max: made.retries, invalidPrompt: prompt }
    }),
    Action.input({ onResult: OnResult.stored(made.file), dtmf: digits }),
    Action.record(),
    Action.hangup
  ]
  return actions.slice(made.order).reduce(
    (all, action) => Pipeline.append(action)(all),
    Pipeline.make([Action.play(made.uri)])
  )
})

describe("round trip", () => {
  it.prop("decode reads back what encode wrote", [pipelines], ([pipeline]) => {
    const json = JSON.stringify(Result.getOrThrow(Pipeline.encode(pipeline)))
    const back = Result.getOrThrow(Pipeline.decode(JSON.parse(json)))
    assert.isTrue(Equal.equals(back, pipeline))
    assert.strictEqual(JSON.stringify(Result.getOrThrow(Pipeline.encode(back))), json)
  })
})
