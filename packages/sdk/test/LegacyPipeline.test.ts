import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Duration from "effect/Duration"
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Issue } from "../src/Issue.ts"
import * as LegacyAction from "../src/LegacyAction.ts"
import * as LegacyPipeline from "../src/LegacyPipeline.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import * as Pipeline from "../src/Pipeline.ts"
import { junk, untyped } from "./untyped.ts"

const to = PhoneNumber.make("919800000001")
const other = PhoneNumber.make("919800000002")
const from = PhoneNumber.make("918000000001")
const url = "https://example.com/webhook/dtmf"

const issuesOf = <A>(result: Result.Result<A, ReadonlyArray<Issue>>): ReadonlyArray<Issue> =>
  Result.isFailure(result) ? result.failure : []

const encodeUntyped = (value: unknown): Result.Result<unknown, ReadonlyArray<Issue>> => {
  const result = untyped(LegacyPipeline.encode, value)
  assert.isTrue(Result.isResult(result))
  return Result.isResult(result)
    ? Result.mapError(result, (issues) => (Array.isArray(issues) ? issues : []))
    : Result.fail([])
}

const checkActions = (...actions: ReadonlyArray<unknown>): ReadonlyArray<Issue> =>
  issuesOf(encodeUntyped(untyped(LegacyPipeline.make, actions)))

const textOf = (...actions: ReadonlyArray<unknown>): string =>
  JSON.stringify(Result.getOrThrow(encodeUntyped(untyped(LegacyPipeline.make, actions))))

/** What `PCMO()` of `PiopiyAction` returned, captured from the official Node client 1.2.0. */
const goldens: ReadonlyArray<readonly [string, LegacyAction.LegacyAction, string]> = [
  ["a name", LegacyAction.play("welcome_11112.mp3"), "{\"action\":\"play\",\"file_name\":\"welcome_11112.mp3\"}"],
  ["a name in capitals", LegacyAction.play("A.WAV"), "{\"action\":\"play\",\"file_name\":\"A.WAV\"}"],
  [
    "a URL",
    LegacyAction.play("https://example.com/your_music_file.wav"),
    "{\"action\":\"play\",\"file_url\":\"https://example.com/your_music_file.wav\"}"
  ],
  ["no text", LegacyAction.speak(""), "{\"action\":\"speak\",\"text\":\"\"}"],
  [
    "a value",
    LegacyAction.param("{ Name=Akil, ID=8915726 }"),
    "{\"action\":\"param\",\"text\":\"{ Name=Akil, ID=8915726 }\"}"
  ],
  ["a recording", LegacyAction.record, "{\"action\":\"record\"}"],
  ["a hangup", LegacyAction.hangup, "{\"action\":\"hangup\"}"],
  [
    "one phone",
    LegacyAction.bridge({ to, from }),
    "{\"action\":\"bridge\",\"from\":918000000001,\"connect\":[{\"type\":\"pstn\",\"number\":919800000001}]}"
  ],
  [
    "two phones, one option",
    LegacyAction.bridge({
      to: [to, other],
      from: PhoneNumber.make("911200000003"),
      loop: 2
    }),
    "{\"action\":\"bridge\",\"from\":911200000003,\"connect\":[{\"type\":\"pstn\",\"number\":919800000001},{\"type\":\"pstn\",\"number\":919800000002}],\"duration\":5400,\"timeout\":40,\"loop\":2}"
  ],
  [
    "SIP users, all options",
    LegacyAction.connectSip({
      users: [101, 102],
      from,
      duration: "1 minute",
      timeout: "20 seconds",
      loop: 1,
      record: true,
      ring: "group"
    }),
    "{\"action\":\"connect\",\"from\":918000000001,\"connect\":[{\"type\":\"sip\",\"user\":101},{\"type\":\"sip\",\"user\":102}],\"duration\":60,\"timeout\":20,\"loop\":1,\"record\":true,\"ring_type\":\"group\"}"
  ],
  [
    "a SIP user, one option",
    LegacyAction.connectSip({ users: 101, from, timeout: "15 seconds" }),
    "{\"action\":\"connect\",\"from\":918000000001,\"connect\":[{\"type\":\"sip\",\"user\":101}],\"duration\":5400,\"timeout\":15,\"loop\":1,\"record\":false}"
  ],
  ["digits", LegacyAction.input(url), `{"action":"input","action_url":"${url}"}`],
  [
    "digits with options",
    LegacyAction.input(url, { timeout: "20 seconds", maxDigits: 4 }),
    `{"action":"input","action_url":"${url}","max_digit":4,"timeout":20}`
  ],
  [
    "a prompt by URL",
    LegacyAction.playGetInput({
      url,
      prompt: "https://example.com/your_music_file.wav",
      maxDigits: 3,
      maxRetry: 2
    }),
    `{"action":"play_get_input","action_url":"${url}","file_url":"https://example.com/your_music_file.wav","max_digit":3,"max_retry":2,"timeout":5}`
  ],
  [
    "a prompt by name, of any kind",
    LegacyAction.playGetInput({ url, prompt: "prompt.ogg" }),
    `{"action":"play_get_input","file_name":"prompt.ogg","action_url":"${url}"}`
  ],
  [
    "a stream",
    LegacyAction.stream("wss://example.com/s", { listenMode: "callee", voiceQuality: 8000, streamOnAnswer: true }),
    "{\"action\":\"stream\",\"ws_url\":\"wss://example.com/s\",\"listen_mode\":\"callee\",\"voice_quality\":\"8000\",\"stream_on_answer\":true}"
  ]
]

describe("encode", () => {
  it.each(goldens)("writes %s byte for byte as the official client", (_name, action, golden) => {
    assert.strictEqual(textOf(action), `[${golden}]`)
  })

  it("says whether a stream waits for the answer, also when it was not asked to", () => {
    const lines = [
      LegacyAction.stream("wss://e.com/s"),
      LegacyAction.stream("wss://e.com/s", { streamOnAnswer: false }),
      untyped(LegacyAction.stream, "wss://e.com/s", { streamOnAnswer: undefined })
    ].map((action) => textOf(action))
    assert.deepStrictEqual(lines.map((line) => /"stream_on_answer":(\w+)/.exec(line)?.[1]), ["true", "false", "true"])
  })

  it("sends the least number of digits, which the official builders drop", () => {
    assert.include(textOf(LegacyAction.input(url, { minDigits: 2, maxDigits: 4 })), "\"max_digit\":4,\"min_digit\":2")
  })

  it("sends the way of ringing that was asked for", () => {
    assert.include(textOf(LegacyAction.bridge({ to, from, ring: "single" })), "\"ring_type\":\"single\"")
  })
})

describe("building", () => {
  it("gives equal values by pipe and from an array, for one number and a list of one", () => {
    const piped = LegacyPipeline.empty.pipe(
      LegacyPipeline.play("a.wav"),
      LegacyPipeline.speak("b"),
      LegacyPipeline.param("c"),
      LegacyPipeline.record,
      LegacyPipeline.bridge({ from, to }),
      LegacyPipeline.connectSip({ from, users: "desk" }),
      LegacyPipeline.input(url),
      LegacyPipeline.playGetInput({ url, prompt: "d.wav" }),
      LegacyPipeline.stream("wss://e.com/s"),
      LegacyPipeline.hangup
    )
    const made = LegacyPipeline.make([
      LegacyAction.play("a.wav"),
      LegacyAction.speak("b"),
      LegacyAction.param("c"),
      LegacyAction.record,
      LegacyAction.bridge({ from, to: [to] }),
      LegacyAction.connectSip({ from, users: ["desk"] }),
      LegacyAction.input(url, {}),
      LegacyAction.playGetInput({ url, prompt: "d.wav" }),
      LegacyAction.stream("wss://e.com/s", { streamOnAnswer: true }),
      LegacyAction.hangup
    ])
    assert.isTrue(Equal.equals(piped, made))
    assert.isFalse(Equal.equals(piped, piped.pipe(LegacyPipeline.hangup)))
    assert.strictEqual(Result.getOrThrow(LegacyPipeline.check(piped)), piped)
  })

  it("joins two pipelines in order", () => {
    const greeting = LegacyPipeline.make([LegacyAction.play("a.wav"), LegacyAction.speak("b")])
    const joined = LegacyPipeline.empty.pipe(
      LegacyPipeline.record,
      LegacyPipeline.concat(greeting),
      LegacyPipeline.hangup
    )
    assert.deepStrictEqual(joined.actions.map((action) => action._tag), ["Record", "Play", "Speak", "Hangup"])
  })

  it("does not show later changes to what it was built from", () => {
    const numbers: [PhoneNumber.PhoneNumber, ...Array<PhoneNumber.PhoneNumber>] = [to]
    const pipeline = LegacyPipeline.make([LegacyAction.bridge({ from, to: numbers })])
    const before = JSON.stringify(pipeline)
    numbers.push(other)
    assert.strictEqual(JSON.stringify(pipeline), before)
    assert.isFrozen(pipeline.actions)
  })

  it("never throws and is refused when checked, whatever it is given", () => {
    for (const value of junk()) {
      const refused = [
        untyped(LegacyPipeline.make, value),
        untyped(LegacyPipeline.make, [value]),
        untyped(LegacyPipeline.make, [untyped(LegacyAction.bridge, value)]),
        untyped(LegacyPipeline.make, [untyped(LegacyAction.bridge, { from, to: value })]),
        untyped(LegacyPipeline.make, [untyped(LegacyAction.bridge, { from, to: [to, value] })]),
        untyped(LegacyPipeline.make, [untyped(LegacyAction.connectSip, value)]),
        untyped(LegacyPipeline.make, [untyped(LegacyAction.playGetInput, value)]),
        untyped(LegacyPipeline.make, [untyped(LegacyAction.input, value)]),
        untyped(LegacyPipeline.make, [untyped(LegacyAction.stream, value)]),
        untyped(LegacyPipeline.make, [untyped(LegacyAction.play, value)])
      ]
      for (const pipeline of refused) assert.isTrue(Result.isFailure(encodeUntyped(pipeline)))
      assert.isTrue(Result.isFailure(encodeUntyped(value)))
      assert.isTrue(Result.isFailure(encodeUntyped(untyped(LegacyPipeline.append(LegacyAction.hangup), value))))
      untyped(LegacyAction.stream, "wss://e.com/s", value)
      untyped(LegacyAction.input, url, value)
    }
  })

  it("refuses options that are no object", () => {
    const actions = [
      untyped(LegacyAction.input, url, 5),
      untyped(LegacyAction.stream, "wss://e.com/s", "both"),
      untyped(LegacyAction.input, url, null)
    ]
    assert.deepStrictEqual(
      checkActions(...actions).map((issue) => issue.path),
      ["pipeline[0].options", "pipeline[1].options", "pipeline[2].options"]
    )
  })

  it("is another kind of value than a pipeline of the current API", () => {
    const current = Pipeline.make([{ _tag: "Hangup" }])
    assert.isTrue(Result.isFailure(encodeUntyped(current)))
    const encoded = untyped(Pipeline.encode, LegacyPipeline.make([LegacyAction.hangup]))
    assert.isTrue(Result.isResult(encoded) && Result.isFailure(encoded))
  })
})

describe("types", () => {
  it("refuse an empty pipeline, unknown options and bare numbers", () => {
    const wrong = () => {
      // @ts-expect-error an empty array is no pipeline
      LegacyPipeline.make([])
      // @ts-expect-error the empty pipeline is no pipeline
      LegacyPipeline.check(LegacyPipeline.empty)
      // @ts-expect-error a JSON number is no phone number here
      LegacyAction.bridge({ from, to: 919800000001 })
      // @ts-expect-error no number to dial
      LegacyAction.bridge({ from, to: [] })
      // @ts-expect-error unknown option
      LegacyAction.bridge({ from, to, ringType: "group" })
      // @ts-expect-error unknown quality
      LegacyAction.stream("wss://e.com/s", { voiceQuality: 12000 })
    }
    assert.isFunction(wrong)
  })
})

describe("check", () => {
  it("reports all problems at once, each in both spellings", () => {
    const found = checkActions(
      untyped(LegacyAction.bridge, { from: "12", to: [to, "x"], lop: 1 }),
      untyped(LegacyAction.play),
      untyped(LegacyAction.connectSip, { from, users: -1, record: "yes" }),
      untyped(LegacyAction.playGetInput, { url: "x", prompt: "ftp://h/a.wav", maxDigits: 0, minDigits: 2 }),
      null
    )
    assert.deepStrictEqual(
      new Map(found.map((issue) => [issue.path, issue.wirePath])),
      new Map([
        ["pipeline[0].lop", "pcmo[0].lop"],
        ["pipeline[0].from", "pcmo[0].from"],
        ["pipeline[0].to[1]", "pcmo[0].connect[1].number"],
        ["pipeline[4]", "pcmo[4]"],
        ["pipeline[1].file", "pcmo[1].file_name"],
        ["pipeline[2].users[0]", "pcmo[2].connect[0].user"],
        ["pipeline[2].record", "pcmo[2].record"],
        ["pipeline[3].url", "pcmo[3].action_url"],
        ["pipeline[3].prompt", "pcmo[3].file_url"],
        ["pipeline[3].maxDigits", "pcmo[3].max_digit"],
        ["pipeline[3].minDigits", "pcmo[3].min_digit"]
      ])
    )
  })

  it("refuses the empty pipeline at run time", () => {
    assert.deepStrictEqual(issuesOf(encodeUntyped(LegacyPipeline.empty)).map((issue) => issue.wirePath), ["pcmo"])
  })

  it("never repeats a phone number or a text", () => {
    const found = checkActions(
      untyped(LegacyAction.bridge, { from: "+91 98765 43210", to: [919876543210, 9876543210.5] }),
      untyped(LegacyAction.input, "919876543210")
    )
    assert.lengthOf(found, 4)
    assert.notMatch(JSON.stringify(found), /98765/)
  })

  const dial = (options: object) => untyped(LegacyAction.bridge, { from, to, ...options })
  const ask = (options: object) => untyped(LegacyAction.input, url, options)
  const stream = (options: object) => untyped(LegacyAction.stream, "wss://e.com/s", options)
  const streamTo = (address: string) => LegacyAction.stream(address)

  it.each<[string, unknown, unknown, string]>([
    ["duration", dial({ duration: "1 second" }), dial({ duration: 0 }), "duration"],
    ["whole seconds", dial({ timeout: "2 seconds" }), dial({ timeout: "1500 millis" }), "timeout"],
    ["loop", dial({ loop: 1 }), dial({ loop: 0 }), "loop"],
    ["whole loop", dial({ loop: 2 }), dial({ loop: 1.5 }), "loop"],
    ["ring", dial({ ring: "group" }), dial({ ring: "all" }), "ring_type"],
    ["7 digits", dial({ to: "1000000" }), dial({ to: "999999" }), "connect[0].number"],
    [
      "what JSON carries",
      dial({ to: "9007199254740991" }),
      dial({ to: "9007199254740993" }),
      "connect[0].number"
    ],
    ["phone as text", dial({ from: "918000000001" }), dial({ from: 918_000_000_001 }), "from"],
    [
      "SIP user",
      untyped(LegacyAction.connectSip, { from, users: "101_2222223" }),
      untyped(LegacyAction.connectSip, { from, users: "" }),
      "connect[0].user"
    ],
    [
      "query after a file",
      LegacyAction.play("https://e.com/a.wav?sig=1"),
      LegacyAction.play("https://e.com/a?b=.ogg"),
      "file_url"
    ],
    ["kind of file", LegacyAction.play("a.MP3"), LegacyAction.play("welcome"), "file_name"],
    ["scheme of a file", LegacyAction.play("http://e.com/a.mp3"), LegacyAction.play("ftp://e.com/a.mp3"), "file_url"],
    ["host of a URL", LegacyAction.input("http://e"), LegacyAction.input("https://"), "action_url"],
    ["port of a URL", LegacyAction.input("http://e:65535/"), LegacyAction.input("http://e:65536/"), "action_url"],
    ["text", LegacyAction.speak(""), untyped(LegacyAction.speak, 5), "text"],
    ["most digits", ask({ maxDigits: 1 }), ask({ maxDigits: 0 }), "max_digit"],
    ["least digits", ask({ minDigits: 2, maxDigits: 2 }), ask({ minDigits: 3, maxDigits: 2 }), "min_digit"],
    ["quality", stream({ voiceQuality: 32000 }), stream({ voiceQuality: 12000 }), "voice_quality"],
    ["listen mode", stream({ listenMode: "both" }), stream({ listenMode: "calle" }), "listen_mode"],
    ["query after a path", streamTo("wss://e.com/ws?id=1"), streamTo("wss://e.com?id=1"), "ws_url"],
    ["host of a stream", streamTo("ws://0.tcp.e.io:12345"), streamTo("ws://my_host/s"), "ws_url"],
    ["address in brackets", streamTo("ws://[::1]:80/"), streamTo("ws://user:pass@e.com/s"), "ws_url"],
    ["scheme of a stream", streamTo("wss://h"), streamTo("https://h"), "ws_url"],
    ["nothing else with hangup", LegacyAction.hangup, { _tag: "Hangup", reason: "x" }, "reason"]
  ])("%s: accepts at the bound and refuses beyond it, naming the field", (_name, good, bad, wirePath) => {
    assert.deepStrictEqual(checkActions(good), [])
    assert.deepStrictEqual(checkActions(bad).map((issue) => issue.wirePath), [`pcmo[0].${wirePath}`])
  })
})

describe("decode", () => {
  const read = (...json: ReadonlyArray<unknown>) => Result.getOrThrow(LegacyPipeline.decode(json)).actions

  it.each(goldens)("reads %s back", (_name, action, golden) => {
    const [decoded] = read(JSON.parse(golden))
    assert.isTrue(Equal.equals(decoded, action))
  })

  it.each<[string, unknown, LegacyAction.LegacyAction]>([
    [
      "the URL when a name comes too, as the Python client sends it",
      { action: "play", file_name: "https://e.com/a.wav", file_url: "https://e.com/a.wav" },
      LegacyAction.play("https://e.com/a.wav")
    ],
    [
      "SIP users under call",
      { action: "connect", from: 918000000001, call_type: "audio", call: [{ type: "sip", user: "101_2220001" }] },
      LegacyAction.connectSip({ from, users: "101_2220001" })
    ],
    [
      "numbers as text",
      { action: "bridge", from: "918000000001", connect: [{ type: "pstn", number: "919800000001" }] },
      LegacyAction.bridge({ from, to })
    ],
    [
      "a quality as a number, and a stream that does not wait",
      { action: "stream", ws_url: "wss://e.com/s", voice_quality: 16000 },
      LegacyAction.stream("wss://e.com/s", { voiceQuality: 16000, streamOnAnswer: false })
    ]
  ])("takes %s", (_name, json, action) => {
    const [decoded] = read(json)
    assert.isTrue(Equal.equals(decoded, action))
  })

  it.each<[string, unknown, string]>([
    ["no array", {}, "pcmo"],
    ["the list in an object", { pcmo: [{ action: "hangup" }] }, "pcmo"],
    ["an empty array", [], "pcmo"],
    ["an item that is no object", ["hangup"], "pcmo[0]"],
    ["no action", [{}], "pcmo[0].action"],
    ["an action that nothing documents", [{ action: "clear" }], "pcmo[0].action"],
    ["nothing to play", [{ action: "play" }], "pcmo[0].file_name"],
    ["nobody to dial", [{ action: "bridge", from: 918000000001, connect: [] }], "pcmo[0].connect"],
    ["another kind of call", [{
      action: "connect",
      from: 918000000001,
      call_type: "video",
      connect: [{ type: "sip", user: 1 }]
    }], "pcmo[0].call_type"],
    ["a number with a leading zero", [{
      action: "bridge",
      from: "0918000000001",
      connect: [{ type: "pstn", number: 919800000001 }]
    }], "pcmo[0].from"],
    ["true as a number", [{
      action: "bridge",
      from: 918000000001,
      connect: [{ type: "pstn", number: true }]
    }], "pcmo[0].connect[0].number"],
    ["an own key named __proto__", [JSON.parse("{\"action\":\"hangup\",\"__proto__\":1}")], "pcmo[0].__proto__"]
  ])("refuses %s and names it", (_name, json, wirePath) => {
    assert.deepStrictEqual(issuesOf(LegacyPipeline.decode(json)).map((issue) => issue.wirePath), [wirePath])
  })

  it("never throws, whatever it is given", () => {
    for (const value of junk()) {
      for (
        const json of [
          value,
          [value],
          [{ action: "bridge", from: value, connect: [value] }],
          [{ action: "bridge", from: 918000000001, connect: value }],
          [{ action: "connect", from: 918000000001, call: value, call_type: value }],
          [{ action: "stream", ws_url: "wss://e.com", voice_quality: value, stream_on_answer: value ?? null }],
          [{ action: value }]
        ]
      ) assert.isTrue(Result.isResult(LegacyPipeline.decode(json)))
    }
  })

  it.prop("accepts or refuses any JSON without throwing", [Schema.Json], ([json]) => {
    assert.isTrue(Result.isResult(LegacyPipeline.decode(json)))
    assert.isTrue(Result.isResult(LegacyPipeline.decode([json])))
    assert.isTrue(Result.isResult(LegacyPipeline.decode([{ action: "bridge", from: json, connect: [json] }])))
    assert.isTrue(Result.isResult(encodeUntyped(untyped(LegacyPipeline.make, [json]))))
  })
})

const optional = Schema.optionalKey
const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const phones = Schema.Literals(["919800000001", "918000000002", "1000000", "9007199254740991"])

const Generated = Schema.Struct({
  phones: Schema.NonEmptyArray(phones),
  users: Schema.NonEmptyArray(Schema.Union([whole(0, 999_999), Schema.Literals(["a", "101", "101_2222223"])])),
  dial: Schema.Struct({
    ring: optional(Schema.Literals(["single", "group"])),
    duration: optional(whole(1, 9000)),
    timeout: optional(whole(1, 120)),
    loop: optional(whole(1, 9))
  }),
  digits: Schema.Struct({
    maxDigits: optional(whole(5, 20)),
    minDigits: optional(whole(1, 1)),
    timeout: optional(whole(1, 60))
  }),
  maxRetry: optional(whole(1, 9)),
  stream: Schema.Struct({
    listenMode: optional(Schema.Literals(["caller", "callee", "both"])),
    voiceQuality: optional(Schema.Literals([8000, 16000, 32000])),
    streamOnAnswer: optional(Schema.Boolean)
  }),
  text: Schema.String,
  file: Schema.Literals(["a.wav", "https://e.com/a.mp3", "https://e.com/x/a.wav?b=c"]),
  order: whole(0, 6)
})

const inSeconds = <Options extends { readonly duration?: number; readonly timeout?: number }>(
  { duration, timeout, ...rest }: Options
) => ({
  ...rest,
  ...(duration === undefined ? {} : { duration: Duration.seconds(duration) }),
  ...(timeout === undefined ? {} : { timeout: Duration.seconds(timeout) })
})

const pipelines = Arbitrary.map(Arbitrary.schema(Generated), (made): LegacyPipeline.LegacyPipeline => {
  const [first, ...rest] = made.phones.map((number) => PhoneNumber.make(number))
  const digits = inSeconds(made.digits)
  const actions = [
    LegacyAction.bridge({ from, to: [first ?? to, ...rest], ...inSeconds(made.dial) }),
    LegacyAction.connectSip({ from, users: made.users, ...inSeconds(made.dial) }),
    LegacyAction.input(url, digits),
    LegacyAction.playGetInput({
      url,
      prompt: made.file,
      ...digits,
      ...(made.maxRetry === undefined ? {} : { maxRetry: made.maxRetry })
    }),
    LegacyAction.stream("wss://e.com/s", made.stream),
    LegacyAction.speak(made.text),
    LegacyAction.hangup
  ]
  return actions.slice(made.order).reduce(
    (all, action) => LegacyPipeline.append(action)(all),
    LegacyPipeline.make([LegacyAction.play(made.file), LegacyAction.param(made.text)])
  )
})

describe("round trip", () => {
  it.prop("decode reads back what encode wrote", [pipelines], ([pipeline]) => {
    const json = JSON.stringify(Result.getOrThrow(LegacyPipeline.encode(pipeline)))
    const back = Result.getOrThrow(LegacyPipeline.decode(JSON.parse(json)))
    assert.isTrue(Equal.equals(back, pipeline))
    assert.strictEqual(JSON.stringify(Result.getOrThrow(LegacyPipeline.encode(back))), json)
  })
})
