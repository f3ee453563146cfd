import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Program from "../../../src/core/pcmo/Program.ts"
import type * as Admission from "../../../src/edge/rest/Admission.ts"
import * as AdmissionPcmoLegacy from "../../../src/edge/rest/AdmissionPcmoLegacy.ts"
import { spoiled } from "./spoiled.ts"

const from = 918000000001
const pstn = { type: "pstn", number: 919800000001 }
const sip = { type: "sip", user: 101 }
const action_url = "https://example.com/digits"
const ws_url = "wss://example.com/stream"
const bridge = { action: "bridge", from, connect: [pstn] }
const connect = { action: "connect", from, connect: [sip] }
const input = { action: "input", action_url }
const ask = { action: "play_get_input", action_url, file_name: "menu.wav" }
const stream = { action: "stream", ws_url }
const play = { action: "play", file_name: "welcome" }

const problems = (admitted: Admission.Admitted<Program.Program>): ReadonlyArray<Admission.Problem> =>
  Result.isFailure(admitted) ? admitted.failure : []
const paths = (...actions: ReadonlyArray<unknown>) =>
  problems(AdmissionPcmoLegacy.pipeline(actions, "pcmo")).map(({ path }) => path)
const compiled = (...actions: ReadonlyArray<unknown>) =>
  Result.getOrThrow(AdmissionPcmoLegacy.pipeline(actions, "pcmo"))
const without = (json: object, key: string): object =>
  Object.fromEntries(Object.entries(json).filter(([name]) => name !== key))

/** Each row: a rule, JSON that it just admits, JSON just past it, and where the problem is. */
const rules: ReadonlyArray<readonly [rule: string, admitted: unknown, refused: unknown, path: string]> = [
  ["an action is an object", { action: "hangup" }, "hangup", ""],
  ["an action has a name", { action: "hangup" }, {}, ".action"],
  ["the name is a string", { action: "paly" }, { action: 1 }, ".action"],

  ["play has a file", play, { action: "play" }, ".file_name"],
  ["a file name is of any kind", play, { ...play, file_name: "" }, ".file_name"],
  ["a file name is a string", play, { ...play, file_name: 5 }, ".file_name"],
  [
    "a played URL is that of a mp3 or wav",
    { action: "play", file_url: "https://e/a.WAV" },
    { action: "play", file_url: "https://e/a.ogg" },
    ".file_url"
  ],
  [
    "a played URL may have a query",
    { action: "play", file_url: "https://e/a.mp3?signature=x.ogg" },
    { action: "play", file_url: "https://e/a?file=x.mp3" },
    ".file_url"
  ],
  [
    "a played URL is of the web",
    { action: "play", file_url: "HTTP://e/a.wav" },
    { action: "play", file_url: "ftp://e/a.wav" },
    ".file_url"
  ],

  ["a spoken text may be empty", { action: "speak", text: "" }, { action: "speak", text: 5 }, ".text"],
  ["speak has a text", { action: "speak", text: "x" }, { action: "speak" }, ".text"],
  ["param has a text", { action: "param", text: "{ a=1 }" }, { action: "param", data: { a: 1 } }, ".text"],

  ["a bridge lists numbers", bridge, without(bridge, "connect"), ".connect"],
  ["numbers are listed in an array", bridge, { ...bridge, connect: pstn }, ".connect"],
  ["a bridge dials phones", bridge, { ...bridge, connect: [pstn, { ...pstn, type: "sip" }] }, ".connect[1].type"],
  ["a phone has a number", bridge, { ...bridge, connect: [{ type: "pstn" }] }, ".connect[0].number"],
  [
    "a number is one",
    { ...bridge, connect: [{ type: "pstn", number: 1_000_000 }] },
    { ...bridge, connect: [{ type: "pstn", number: true }] },
    ".connect[0].number"
  ],
  [
    "a number has 7 digits at least",
    { ...bridge, connect: [{ type: "pstn", number: "1000000" }] },
    { ...bridge, connect: [{ type: "pstn", number: 999_999 }] },
    ".connect[0].number"
  ],
  [
    "a number is exact",
    { ...bridge, connect: [{ type: "pstn", number: Number.MAX_SAFE_INTEGER }] },
    { ...bridge, connect: [{ type: "pstn", number: Number.MAX_SAFE_INTEGER + 1 }] },
    ".connect[0].number"
  ],
  ["the shown number is a number", { ...bridge, from: String(from) }, { ...bridge, from: "+91800" }, ".from"],
  ["a duration is whole seconds", { ...bridge, duration: 0 }, { ...bridge, duration: 1.5 }, ".duration"],
  ["a duration is not negative", { ...bridge, duration: 1 }, { ...bridge, duration: -1 }, ".duration"],
  ["a timeout is a number", { ...bridge, timeout: 1 }, { ...bridge, timeout: "40" }, ".timeout"],
  ["a loop is a number", { ...bridge, loop: 2 }, { ...bridge, loop: true }, ".loop"],
  ["a bridge rings in two ways", { ...bridge, ring_type: "single" }, { ...bridge, ring_type: "all" }, ".ring_type"],

  ["a connect lists users", { action: "connect", call: [sip] }, { action: "connect", from }, ".connect"],
  ["a connect dials users", connect, { ...connect, connect: [{ ...sip, type: "pstn" }] }, ".connect[0].type"],
  [
    "a user is a whole number",
    { ...connect, connect: [{ type: "sip", user: 0 }] },
    { ...connect, connect: [{ type: "sip", user: -1 }] },
    ".connect[0].user"
  ],
  [
    "a user may be text",
    { ...connect, connect: [{ type: "sip", user: "desk" }] },
    { ...connect, connect: [{ type: "sip", user: "" }] },
    ".connect[0].user"
  ],
  ["record is true or false", { ...connect, record: false }, { ...connect, record: "yes" }, ".record"],
  ["users under `call` are read as strictly", { action: "connect", call: [sip] }, {
    action: "connect",
    call: [{ type: "sip" }]
  }, ".call[0].user"],

  ["an input has an action URL", input, { action: "input" }, ".action_url"],
  ["an action URL is of the web", input, { ...input, action_url: "ftp://e/x" }, ".action_url"],
  ["an action URL has a host", input, { ...input, action_url: "https:///x" }, ".action_url"],
  ["digits are counted", { ...input, max_digit: 0 }, { ...input, max_digit: "4" }, ".max_digit"],
  [
    "min_digit is at most max_digit",
    { ...input, min_digit: 2, max_digit: 2 },
    { ...input, min_digit: 3, max_digit: 2 },
    ".min_digit"
  ],
  ["a prompt has a file", ask, without(ask, "file_name"), ".file_name"],
  ["a prompt may be of any kind", { ...ask, file_name: "prompt.ogg" }, { ...ask, file_name: 5 }, ".file_name"],
  ["a prompt's URL is of the web", { ...ask, file_url: "https://e/x" }, { ...ask, file_url: "x:y" }, ".file_url"],
  ["retries are counted", { ...ask, max_retry: 3 }, { ...ask, max_retry: -1 }, ".max_retry"],

  ["a stream has an address", stream, { action: "stream" }, ".ws_url"],
  ["the address is that of a WebSocket", stream, { ...stream, ws_url: "https://example.com" }, ".ws_url"],
  [
    "the address has a query behind a path only",
    { ...stream, ws_url: "ws://example.com/?x=1" },
    { ...stream, ws_url: "ws://example.com?x=1" },
    ".ws_url"
  ],
  ["a listen mode is a string", { ...stream, listen_mode: "calle" }, { ...stream, listen_mode: 1 }, ".listen_mode"],
  [
    "a quality has whole samples a millisecond",
    { ...stream, voice_quality: 12_000 },
    { ...stream, voice_quality: 11_025 },
    ".voice_quality"
  ],
  [
    "a quality is at least 8000",
    { ...stream, voice_quality: "8000" },
    { ...stream, voice_quality: "7000" },
    ".voice_quality"
  ],
  [
    "a quality is at most 48000",
    { ...stream, voice_quality: "48000" },
    { ...stream, voice_quality: 49_000 },
    ".voice_quality"
  ],
  [
    "a quality is in digits",
    { ...stream, voice_quality: "16000" },
    { ...stream, voice_quality: "16e3" },
    ".voice_quality"
  ],
  [
    "stream_on_answer is true or false",
    { ...stream, stream_on_answer: true },
    { ...stream, stream_on_answer: "true" },
    ".stream_on_answer"
  ]
]

const dialled: Program.Connect = {
  _tag: "Connect",
  callerId: "918000000001",
  strategy: "Sequential",
  endpoints: [{ _tag: "Pstn", number: "919800000001" }],
  ringTimeoutMs: 40_000,
  attempts: 1,
  maxDurationMs: 5_400_000,
  machineDetection: false,
  metadata: {}
}

const collected = (timeoutMs: number, minDigits: number, maxDigits: number, retries: number) => ({
  _tag: "Collect",
  modes: ["dtmf"],
  digits: {
    minDigits,
    maxDigits,
    firstDigitTimeoutMs: timeoutMs,
    interDigitTimeoutMs: timeoutMs,
    flushBuffer: false
  },
  retries: { max: retries },
  onResult: { _tag: "Url", url: action_url }
})

const opened = (changes: object = {}) => ({
  _tag: "OpenStream",
  url: ws_url,
  listens: "caller",
  sampleRate: 8000,
  onAnswer: false,
  ...changes
})

/** Each row: what an action says, and the one step that it comes to. */
const steps: ReadonlyArray<readonly [says: string, action: unknown, step: unknown]> = [
  ["play by name", play, { _tag: "Play", prompt: { _tag: "File", name: "welcome" } }],
  [
    "play by URL",
    { action: "play", file_url: "https://e/a.wav" },
    { _tag: "Play", prompt: { _tag: "File", name: "https://e/a.wav" } }
  ],
  [
    "play by both: the URL",
    { ...play, file_url: "https://e/a.wav" },
    { _tag: "Play", prompt: { _tag: "File", name: "https://e/a.wav" } }
  ],
  ["speak", { action: "speak", text: "Hi" }, { _tag: "Play", prompt: { _tag: "Say", text: "Hi", speed: 1 } }],
  ["param", { action: "param", text: "{}" }, { _tag: "Attach", text: "{}" }],
  ["record", { action: "record" }, { _tag: "Record", recording: { format: "mp3", channels: "single" } }],
  ["hangup", { action: "hangup" }, { _tag: "Hangup" }],

  ["a bare bridge", bridge, dialled],
  ["a bridge without from: the call's own", without(bridge, "from"), without(dialled, "callerId")],
  ["a bridge with zeros: the defaults", { ...bridge, duration: 0, timeout: 0, loop: 0 }, dialled],
  [
    "a bridge with everything",
    { ...bridge, from: "918000000009", duration: 30, timeout: 20, loop: 2, ring_type: "group", x: 1 },
    {
      ...dialled,
      callerId: "918000000009",
      strategy: "Simultaneous",
      ringTimeoutMs: 20_000,
      attempts: 2,
      maxDurationMs: 30_000
    }
  ],
  ["a bridge of text", { ...bridge, connect: [{ type: "pstn", number: "919800000001" }] }, dialled],
  ["a bare connect", connect, { ...dialled, endpoints: [{ _tag: "Sip", uri: "101" }] }],
  [
    "a connect that records",
    { ...connect, record: true },
    {
      ...dialled,
      endpoints: [{ _tag: "Sip", uri: "101" }],
      recording: { format: "mp3", channels: "single" }
    }
  ],
  [
    "a connect as documented",
    { action: "connect", call_type: "audio", from, call: [{ type: "sip", user: "desk" }] },
    { ...dialled, endpoints: [{ _tag: "Sip", uri: "desk" }] }
  ],
  [
    "a connect with both lists: the clients'",
    { ...connect, call: [{ type: "sip", user: "desk" }] },
    { ...dialled, endpoints: [{ _tag: "Sip", uri: "101" }] }
  ],

  ["a bare input", input, collected(5000, 1, 1, 0)],
  ["an input with zeros: the defaults", { ...input, max_digit: 0, timeout: 0 }, collected(5000, 1, 1, 0)],
  ["an input with everything", { ...input, max_digit: 4, min_digit: 2, timeout: 20 }, collected(20_000, 2, 4, 0)],
  ["an input with a min_digit alone", { ...input, min_digit: 3 }, collected(5000, 3, 3, 0)],
  ["an input with a min_digit and no max_digit", { ...input, min_digit: 3, max_digit: 0 }, collected(5000, 3, 3, 0)],
  ["a bare play_get_input", ask, { ...collected(1000, 1, 1, 0), prompt: { _tag: "File", name: "menu.wav" } }],
  [
    "a play_get_input with everything",
    { ...ask, file_url: "https://e/m", max_digit: 3, max_retry: 2, timeout: 5 },
    { ...collected(5000, 1, 3, 1), prompt: { _tag: "File", name: "https://e/m" } }
  ],

  ["a bare stream", stream, opened()],
  [
    "a stream with everything",
    { ...stream, listen_mode: "both", voice_quality: "16000", stream_on_answer: true },
    opened({ listens: "both", sampleRate: 16_000, onAnswer: true })
  ],
  ["a stream to the callee", { ...stream, listen_mode: "callee" }, opened({ listens: "callee" })],
  ["a stream to nobody known: the caller", { ...stream, listen_mode: "calle" }, opened()],
  ["a stream with a number for its quality", { ...stream, voice_quality: 12_000 }, opened({ sampleRate: 12_000 })]
]

const optional = Schema.optionalKey
const count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 - 1 }))
const numbers = Schema.Union([
  Schema.Int.check(Schema.isBetween({ minimum: 1_000_000, maximum: Number.MAX_SAFE_INTEGER })),
  Schema.Literals(["918000000002", "1000000"])
])
const addresses = Schema.Literals([action_url, "http://e"])
const wireDial = {
  from: optional(numbers),
  duration: optional(count),
  timeout: optional(count),
  loop: optional(count),
  ring_type: optional(Schema.Literals(["single", "group"]))
}
const wireUsers = Schema.Array(Schema.Struct({
  type: Schema.Literal("sip"),
  user: Schema.Union([Schema.Natural, Schema.NonEmptyString])
}))
const wireAction = Schema.Union([
  Schema.Struct({ action: Schema.Literals(["hangup", "record", "clear"]) }),
  Schema.Struct({ action: Schema.Literals(["speak", "param"]), text: Schema.String }),
  Schema.Struct({ action: Schema.Literal("play"), file_name: Schema.NonEmptyString }),
  Schema.Struct({ action: Schema.Literal("play"), file_url: Schema.Literals(["https://e/a.wav", "http://e/a.mp3?b"]) }),
  Schema.Struct({
    action: Schema.Literal("bridge"),
    connect: Schema.Array(Schema.Struct({ type: Schema.Literal("pstn"), number: numbers })),
    ...wireDial
  }),
  Schema.Struct({
    action: Schema.Literal("connect"),
    connect: wireUsers,
    record: optional(Schema.Boolean),
    ...wireDial
  }),
  Schema.Struct({
    action: Schema.Literal("connect"),
    call: wireUsers,
    call_type: Schema.Literal("audio"),
    ...wireDial
  }),
  Schema.Struct({
    action: Schema.Literal("input"),
    action_url: addresses,
    max_digit: optional(count),
    timeout: optional(count)
  }),
  Schema.Struct({
    action: Schema.Literal("play_get_input"),
    action_url: addresses,
    file_name: Schema.NonEmptyString,
    file_url: optional(addresses),
    max_digit: optional(count),
    max_retry: optional(count),
    timeout: optional(count)
  }),
  Schema.Struct({
    action: Schema.Literal("stream"),
    ws_url: Schema.Literals([ws_url, "ws://0.tcp.ngrok.io:12345"]),
    listen_mode: optional(Schema.String),
    voice_quality: optional(Schema.Literals([8000, "8000", 12_000, "16000", 32_000])),
    stream_on_answer: optional(Schema.Boolean)
  })
])
const wirePipelines = Arbitrary.schema(Schema.NonEmptyArray(wireAction))

describe("AdmissionPcmoLegacy", () => {
  it.each(rules)("%s", (_, admitted, refused, path) => {
    assert.deepStrictEqual(paths(admitted), [])
    assert.deepStrictEqual(paths(refused), [`pcmo[0]${path}`])
  })

  it.each(steps)("compiles %s", (_, action, step) => {
    assert.deepStrictEqual<unknown>(compiled(action), [step])
  })

  it.each([
    { ...bridge, connect: [] },
    { ...connect, connect: [] },
    { action: "clear" },
    { action: "constructor" },
    { action: "" }
  ])("passes over %j, which asks nobody for anything", (action) => {
    assert.deepStrictEqual(compiled(action, { action: "hangup" }), [{ _tag: "Hangup" }])
    assert.deepStrictEqual(compiled(action), [])
  })

  it("keeps the order of the actions", () => {
    assert.deepStrictEqual(
      compiled(stream, bridge, { action: "clear" }, play, { action: "hangup" }).map(({ _tag }) => _tag),
      ["OpenStream", "Connect", "Play", "Hangup"]
    )
  })

  it("refuses what is no list, and a list of nothing", () => {
    for (const json of [{}, undefined, null, "[]", []]) {
      assert.deepStrictEqual(problems(AdmissionPcmoLegacy.pipeline(json, "pcmo")).map(({ path }) => path), ["pcmo"])
    }
  })

  it("reports all problems of all actions at once", () => {
    assert.deepStrictEqual(
      paths({ action: "play" }, { ...bridge, from: null, connect: [{ number: "x" }] }, { ...ask, min_digit: 9 }, {
        action: "stream",
        ws_url: 1,
        voice_quality: "HD"
      }, { ...ask, max_digit: 2, min_digit: 9 }).toSorted(),
      [
        "pcmo[0].file_name",
        "pcmo[1].connect[0].number",
        "pcmo[1].connect[0].type",
        "pcmo[1].from",
        "pcmo[3].voice_quality",
        "pcmo[3].ws_url",
        "pcmo[4].min_digit"
      ]
    )
  })

  it("takes 1000 actions and 100 parties, and refuses one more without reading them", () => {
    const actions = (length: number) => Array.from({ length }, () => ({ action: "hangup" }))
    const crowd = (length: number) => [{ ...bridge, connect: Array.from({ length }, () => pstn) }]
    for (const json of [actions(1000), crowd(100)]) {
      assert.isTrue(Result.isSuccess(AdmissionPcmoLegacy.pipeline(json, "pcmo")))
    }
    assert.deepStrictEqual(paths(...actions(1001)), ["pcmo"])
    assert.deepStrictEqual(paths(...crowd(101)), ["pcmo[0].connect"])
  })

  it("never repeats a phone number in a problem", () => {
    const found = [
      ...problems(AdmissionPcmoLegacy.pipeline([
        { ...bridge, from: "+919999999999", connect: [{ type: "919999999999", number: "+919999999999" }] },
        { ...input, action_url: "919999999999" },
        { ...ask, min_digit: 919999999999 }
      ], "pcmo")),
      ...AdmissionPcmoLegacy.ignored([{ ...bridge, "919999999999": 1 }, { action: "919999999999" }], "pcmo")
    ]
    assert.lengthOf(found, 7)
    assert.notMatch(JSON.stringify(found), /9{6}/)
  })

  it("tells what it passed over: unknown actions, unknown keys, unknown listen modes", () => {
    const passed = AdmissionPcmoLegacy.ignored([
      bridge,
      { action: "paly", file_name: "a.wav" },
      { ...ask, max_digits: 4 },
      { ...stream, listen_mode: "calle" },
      { ...bridge, listen_mode: "calle" },
      7
    ], "pcmo")
    assert.deepStrictEqual(passed.map(({ path }) => path), [
      "pcmo[1].action",
      "pcmo[2].max_digits",
      "pcmo[3].listen_mode",
      "pcmo[4].listen_mode"
    ])
    assert.deepStrictEqual(AdmissionPcmoLegacy.ignored({}, "pcmo"), [])
  })

  it("passes over nothing of what it compiles", () => {
    const known = steps.map(([, action]) => action).filter((action) => !/"x":|"calle"/.test(JSON.stringify(action)))
    assert.deepStrictEqual(AdmissionPcmoLegacy.ignored(known, "pcmo"), [])
  })

  it.prop("admits every valid list, as a program of the engine", { json: wirePipelines }, ({ json }) => {
    const program = Result.getOrThrow(AdmissionPcmoLegacy.pipeline(json, "pcmo"))
    assert.isTrue(Schema.is(Program.Program)(program))
    const asksNobody = (action: typeof wireAction.Type) =>
      action.action === "clear" || ("connect" in action && action.connect.length === 0)
      || ("call" in action && action.call.length === 0)
    assert.lengthOf(program, json.filter((action) => !asksNobody(action)).length)
  })

  it.prop(
    "judges a spoiled list: a program of the engine, or problems below the list",
    { json: wirePipelines, steps: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 30 })), junk: Schema.Json },
    ({ json, junk, steps }) => {
      const list = spoiled(json, steps, junk)
      AdmissionPcmoLegacy.ignored(list, "pcmo")
      Result.match(AdmissionPcmoLegacy.pipeline(list, "pcmo"), {
        onFailure: (found) => assert.isTrue(found.every(({ path }) => path.startsWith("pcmo"))),
        onSuccess: (program) => assert.isTrue(Schema.is(Program.Program)(program))
      })
    },
    { arbitrary: { runs: 500 } }
  )

  it.prop("judges any JSON without throwing, and within bounds", { json: Schema.Json }, ({ json }) => {
    const admitted = AdmissionPcmoLegacy.pipeline(json, "pcmo")
    assert.isTrue(Result.isSuccess(admitted) || admitted.failure.length <= 100)
    assert.isAtMost(AdmissionPcmoLegacy.ignored(json, "pcmo").length, 100)
  })
})
