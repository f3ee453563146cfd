import { assert, describe, it } from "@effect/vitest"
import * as Base64 from "effect/encoding/Base64"
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Issue } from "../src/Issue.ts"
import * as LegacyAction from "../src/LegacyAction.ts"
import * as LegacyPipeline from "../src/LegacyPipeline.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import * as StreamCommand from "../src/StreamCommand.ts"
import { junk, untyped } from "./untyped.ts"

const audio = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQAAAAA="

const issuesOf = (result: unknown): ReadonlyArray<Issue> =>
  Result.isResult(result) && Result.isFailure(result) && Array.isArray(result.failure) ? result.failure : []

const transfer = LegacyPipeline.make([
  LegacyAction.bridge({
    to: [PhoneNumber.make("919800000001"), PhoneNumber.make("919800000002")],
    from: PhoneNumber.make("911200000003"),
    loop: 2
  })
])

/** What `StreamAction` returned, captured from the official Node client 1.2.0. */
const goldens: ReadonlyArray<readonly [string, StreamCommand.StreamCommand, string]> = [
  ["an interruption", StreamCommand.interrupt, "{\"action\":\"break\"}"],
  ["a pause", StreamCommand.pause, "{\"action\":\"pause\"}"],
  ["a resumption", StreamCommand.resume, "{\"action\":\"resume\"}"],
  [
    "raw audio",
    StreamCommand.playAudio({ audio, type: "raw", sampleRate: 8000 }),
    `{"type":"streamAudio","data":{"audioDataType":"raw","sampleRate":8000,"audioData":"${audio}"}}`
  ],
  [
    "ogg audio",
    StreamCommand.playAudio({ audio, type: "ogg", sampleRate: 16000 }),
    `{"type":"streamAudio","data":{"audioDataType":"ogg","sampleRate":16000,"audioData":"${audio}"}}`
  ],
  ["a hangup", StreamCommand.run(LegacyPipeline.make([LegacyAction.hangup])), "[{\"action\":\"hangup\"}]"],
  [
    "a transfer to people",
    StreamCommand.run(transfer),
    "[{\"action\":\"bridge\",\"from\":911200000003,\"connect\":[{\"type\":\"pstn\",\"number\":919800000001},{\"type\":\"pstn\",\"number\":919800000002}],\"duration\":5400,\"timeout\":40,\"loop\":2}]"
  ],
  [
    "several actions",
    StreamCommand.run(
      LegacyPipeline.make([LegacyAction.speak("hi"), LegacyAction.param("k"), LegacyAction.record])
    ),
    "[{\"action\":\"speak\",\"text\":\"hi\"},{\"action\":\"param\",\"text\":\"k\"},{\"action\":\"record\"}]"
  ]
]

describe("encode", () => {
  it.each(goldens)("writes %s byte for byte as the official client", (_name, command, golden) => {
    assert.strictEqual(Result.getOrThrow(StreamCommand.encode(command)), golden)
  })

  it("writes a stop in the form of the other controls", () => {
    assert.strictEqual(Result.getOrThrow(StreamCommand.encode(StreamCommand.stop)), "{\"action\":\"stop\"}")
  })

  it("writes bytes as base64, as they were when the command was made", () => {
    const bytes = new Uint8Array([1, 2, 3, 4])
    const command = StreamCommand.playAudio({ audio: bytes, type: "raw", sampleRate: 16000 })
    bytes.fill(0)
    assert.include(Result.getOrThrow(StreamCommand.encode(command)), "\"audioData\":\"AQIDBA==\"")
    assert.isTrue(Equal.equals(command, StreamCommand.playAudio({ audio: "AQIDBA==", type: "raw", sampleRate: 16000 })))
  })

  it("writes bytes of a command that was not made by its constructor", () => {
    const command = { _tag: "PlayAudio", audio: new Uint8Array([255]), type: "mp3", sampleRate: 8000 } as const
    assert.include(Result.getOrThrow(StreamCommand.encode(command)), "\"audioData\":\"/w==\"")
  })

  it("takes empty audio", () => {
    const command = StreamCommand.playAudio({ audio: "", type: "wav", sampleRate: 8000 })
    assert.include(Result.getOrThrow(StreamCommand.encode(command)), "\"audioData\":\"\"")
  })

  it("reports all problems at once, each in both spellings", () => {
    const command = untyped(StreamCommand.playAudio, { audio: "@@@", type: "pcm", sampleRate: 24000, volume: 1 })
    assert.deepStrictEqual(
      issuesOf(untyped(StreamCommand.encode, command)).map(({ path, wirePath }) => [path, wirePath]),
      [
        ["volume", "volume"],
        ["type", "data.audioDataType"],
        ["sampleRate", "data.sampleRate"],
        ["audio", "data.audioData"]
      ]
    )
  })

  it.each([
    ["bits beyond the last byte", "AR=="],
    ["bits beyond the last two bytes", "AQF="],
    ["no padding", "AQ"],
    ["padding inside", "AQ==AQ=="],
    ["padding alone", "===="],
    ["one padded digit", "A==="],
    ["a line break", "AQID\nBA="],
    ["the alphabet of URLs", "_-__"],
    ["a trailing newline", "AQID\n"]
  ])("refuses base64 with %s", (_name, text) => {
    const found = issuesOf(
      StreamCommand.encode(StreamCommand.playAudio({ audio: text, type: "raw", sampleRate: 8000 }))
    )
    assert.deepStrictEqual(found.map((issue) => issue.path), ["audio"])
    assert.notInclude(JSON.stringify(found), text)
  })

  it("refuses a faulty pipeline at its place", () => {
    const command = StreamCommand.run(LegacyPipeline.make([LegacyAction.play("x")]))
    assert.deepStrictEqual(
      issuesOf(StreamCommand.encode(command)).map(({ path, wirePath }) => [path, wirePath]),
      [["pipeline[0].file", "pcmo[0].file_name"]]
    )
  })

  it.each<StreamCommand.StreamCommand>([
    StreamCommand.pause,
    StreamCommand.run(transfer),
    StreamCommand.playAudio({ audio, type: "raw", sampleRate: 8000 })
  ])("refuses members that a command does not have: $_tag", (command) => {
    const found = issuesOf(untyped(StreamCommand.encode, { ...command, for: 5 }))
    assert.deepStrictEqual(found.map((issue) => issue.path), ["for"])
  })

  it("never throws and refuses, whatever it is given", () => {
    for (const value of junk()) {
      const commands = [
        value,
        untyped(StreamCommand.playAudio, value),
        untyped(StreamCommand.playAudio, { audio, type: value, sampleRate: 8000 }),
        untyped(StreamCommand.playAudio, { audio, type: "raw", sampleRate: value }),
        ...(typeof value === "string"
          ? []
          : [untyped(StreamCommand.playAudio, { audio: value, type: "raw", sampleRate: 8000 })]),
        untyped(StreamCommand.run, value)
      ]
      for (const command of commands) assert.isNotEmpty(issuesOf(untyped(StreamCommand.encode, command)))
    }
  })
})

describe("decode", () => {
  it.each(goldens)("reads %s back", (_name, command, golden) => {
    assert.isTrue(Equal.equals(Result.getOrThrow(StreamCommand.decode(golden)), command))
  })

  it("reads what the official Python client spaces otherwise", () => {
    const text =
      `{"type": "streamAudio", "data": {"audioDataType": "raw", "sampleRate": 8000, "audioData": "${audio}"}}`
    assert.isTrue(
      Equal.equals(
        Result.getOrThrow(StreamCommand.decode(text)),
        StreamCommand.playAudio({ audio, type: "raw", sampleRate: 8000 })
      )
    )
  })

  it.each<[string, string, string]>([
    ["no JSON", "{", ""],
    ["a number", "5", ""],
    ["null", "null", ""],
    ["the empty list that the official clients send when nothing is queued", "[]", "pcmo"],
    ["an unknown control", "{\"action\":\"rewind\"}", "action"],
    ["a control of the prototype", "{\"action\":\"toString\"}", "action"],
    ["a control with more members", "{\"action\":\"stop\",\"code\":1}", "code"],
    [
      "another message",
      "{\"type\":\"media\",\"data\":{\"audioDataType\":\"raw\",\"sampleRate\":8000,\"audioData\":\"\"}}",
      "type"
    ],
    ["an unknown action", "[{\"action\":\"rewind\"}]", "pcmo[0].action"],
    ["an own key named __proto__", "{\"action\":\"stop\",\"__proto__\":{}}", "__proto__"]
  ])("refuses %s and names it", (_name, text, wirePath) => {
    assert.deepStrictEqual(issuesOf(StreamCommand.decode(text)).map((issue) => issue.wirePath), [wirePath])
  })

  it("never throws, whatever it is given", () => {
    for (const value of junk()) assert.isTrue(Result.isResult(untyped(StreamCommand.decode, value)))
    for (const text of ["[".repeat(100_000), `${"[".repeat(5000)}${"]".repeat(5000)}`, "{\"type\":".repeat(9999)]) {
      assert.isTrue(Result.isFailure(StreamCommand.decode(text)))
    }
  })

  it.prop("accepts or refuses any JSON without throwing", [Schema.Json], ([json]) => {
    assert.isTrue(Result.isResult(StreamCommand.decode(JSON.stringify(json))))
    assert.isTrue(Result.isResult(StreamCommand.decode(JSON.stringify({ type: "streamAudio", data: json }))))
  })
})

describe("round trip", () => {
  const Audio = Schema.Struct({
    bytes: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))),
    type: Schema.Literals(["raw", "mp3", "wav", "ogg"]),
    sampleRate: Schema.Literals([8000, 16000])
  })

  it.prop("any bytes come back as they were sent", [Audio], ([{ bytes, sampleRate, type }]) => {
    const sent = StreamCommand.playAudio({ audio: Uint8Array.from(bytes), type, sampleRate })
    const received = Result.getOrThrow(StreamCommand.decode(Result.getOrThrow(StreamCommand.encode(sent))))
    assert.isTrue(Equal.equals(received, sent))
    assert.strictEqual(received._tag, "PlayAudio")
    if (received._tag === "PlayAudio") {
      assert.deepStrictEqual([...Result.getOrThrow(Base64.decode(String(received.audio)))], bytes)
    }
  })
})
