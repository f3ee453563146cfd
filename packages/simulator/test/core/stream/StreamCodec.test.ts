import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import * as StreamCodec from "../../../src/core/stream/StreamCodec.ts"
import * as StreamProfile from "../../../src/core/stream/StreamProfile.ts"

const profile = StreamProfile.conservative

const audio = (data: unknown) => JSON.stringify({ type: "streamAudio", data })
const data = { audioDataType: "raw", sampleRate: 8000, audioData: "AAEC/w==" }

const read = (text: string) => StreamCodec.readText(profile, text)

const why = (message: StreamCodec.AppMessage): string =>
  message._tag === "Ignored" ? `${message.why} ${message.at}`.trim() : message._tag

describe("what the official clients write", () => {
  const Vector = Schema.Struct({
    id: Schema.String,
    expected: Schema.Struct({
      result: Schema.optionalKey(Schema.String),
      results: Schema.optionalKey(Schema.Array(Schema.Struct({ returns: Schema.Unknown })))
    })
  })
  const corpus = new URL("../../../../../e2e/corpus/stream.json", import.meta.url)
  const vectors = Schema.decodeSync(Schema.fromJsonString(Schema.Array(Vector)))(readFileSync(corpus, "utf8"))

  it("has each of its texts understood as what it is", () => {
    const texts = vectors.flatMap(({ expected, id }) =>
      [expected.result, ...(expected.results ?? []).map(({ returns }) => returns)].flatMap((text) =>
        typeof text === "string" ? [{ id, text }] : []
      )
    )
    assert.isAtLeast(texts.length, 30)
    const tags = texts.map(({ id, text }) => ({ id, text, message: read(text) }))
    for (const { id, message, text } of tags) {
      if (id.includes("playStream")) {
        if (message._tag !== "Audio") throw new Error(`${id}: ${why(message)}`)
        assert.include(id, `${message.type}-${message.sampleRate}`)
        assert.strictEqual(String.fromCharCode(...message.bytes.subarray(0, 4)), "RIFF")
        assert.strictEqual(message.bytes.length, 44)
      } else if (text.startsWith("[")) {
        assert.deepStrictEqual(message, { _tag: "Pcmo", json: JSON.parse(text) })
      } else assert.include(["Pause", "Resume", "Stop", "Break"], message._tag)
    }
    const found = new Set(tags.map(({ message }) => message._tag))
    assert.deepStrictEqual([...found].sort(), ["Audio", "Break", "Pause", "Pcmo", "Resume"])
  })
})

describe("a text of the app", () => {
  it("is a control by its action", () => {
    for (const [action, tag] of [["pause", "Pause"], ["resume", "Resume"], ["stop", "Stop"], ["break", "Break"]]) {
      assert.deepStrictEqual<unknown>(read(` { "action" : "${action}" } `), { _tag: tag })
    }
  })

  it("is audio with its bytes, of four kinds at two rates", () => {
    for (const audioDataType of ["raw", "wav", "mp3", "ogg"]) {
      for (const sampleRate of [8000, 16_000]) {
        assert.deepStrictEqual<unknown>(read(audio({ ...data, audioDataType, sampleRate })), {
          _tag: "Audio",
          type: audioDataType,
          sampleRate,
          bytes: Uint8Array.of(0, 1, 2, 255)
        })
      }
    }
  })

  it("is PCMO when it is a list, which is handed on as it is, the empty one too", () => {
    assert.deepStrictEqual(read("[]"), { _tag: "Pcmo", json: [] })
    assert.deepStrictEqual(read("[1, {\"action\": null}]"), { _tag: "Pcmo", json: [1, { action: null }] })
  })

  const cases: ReadonlyArray<readonly [text: string, why: string]> = [
    ["", "not-json"],
    ["break", "not-json"],
    ["{\"action\":\"break\"", "not-json"],
    ["null", "unknown-shape"],
    ["\"break\"", "unknown-shape"],
    ["17", "unknown-shape"],
    ["{}", "unknown-shape"],
    ["{\"type\":\"clear\"}", "unknown-shape"],
    ["{\"event\":\"media\",\"media\":{}}", "unknown-shape"],
    ["{\"action\":\"clear\"}", "unknown-action action"],
    ["{\"action\":\"Break\"}", "unknown-action action"],
    ["{\"action\":[\"break\"]}", "unknown-action action"],
    ["{\"action\":\"hangup\"}", "unknown-action action"],
    ["{\"action\":\"break\",\"now\":true}", "unknown-key now"],
    ["{\"action\":\"break\",\"__proto__\":{}}", "unknown-key __proto__"],
    ["{\"action\":\"break\",\"type\":\"streamAudio\"}", "unknown-key type"],
    ["{\"type\":\"streamAudio\"}", "unknown-shape data"],
    [audio([]), "unknown-shape data"],
    [audio(null), "unknown-shape data"],
    [JSON.stringify({ type: "streamAudio", data, id: 1 }), "unknown-key id"],
    [audio({ ...data, channels: 1 }), "unknown-key data.channels"],
    [audio({ ...data, audioDataType: "pcm" }), "unknown-audio-type data.audioDataType"],
    [audio({ ...data, audioDataType: "RAW" }), "unknown-audio-type data.audioDataType"],
    [audio({ sampleRate: 8000, audioData: "" }), "unknown-audio-type data.audioDataType"],
    [audio({ ...data, sampleRate: "8000" }), "unknown-rate data.sampleRate"],
    [audio({ ...data, sampleRate: 24_000 }), "unknown-rate data.sampleRate"],
    [audio({ ...data, sampleRate: null }), "unknown-rate data.sampleRate"],
    [audio({ ...data, audioData: 5 }), "not-base64 data.audioData"],
    [audio({ ...data, audioData: "@@@" }), "not-base64 data.audioData"],
    [audio({ ...data, audioData: "QQ" }), "not-base64 data.audioData"],
    [audio({ ...data, audioData: "" }), "no-audio data.audioData"],
    [audio({ ...data, audioData: "AAEC" }), "half-sample data.audioData"]
  ]

  it.each(cases)("is ignored with its reason: %s", (text, reason) => {
    assert.strictEqual(why(read(text)), reason)
  })

  it("may have an odd number of bytes unless it is raw", () => {
    assert.strictEqual(why(read(audio({ ...data, audioDataType: "mp3", audioData: "AAEC" }))), "Audio")
  })

  it("is not looked at beyond the size of the profile", () => {
    const text = audio(data)
    const exact = StreamProfile.make({ maxMessageBytes: text.length })
    const less = StreamProfile.make({ maxMessageBytes: text.length - 1 })
    assert.strictEqual(StreamCodec.readText(exact, text)._tag, "Audio")
    assert.strictEqual(why(StreamCodec.readText(less, text)), "too-large")
    assert.strictEqual(why(StreamCodec.readBinary(less, 8000, new Uint8Array(text.length))), "too-large")
  })

  it("is bounded in depth, however deep it is nested", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth)
    assert.strictEqual(why(read(nested(StreamCodec.maxDepth))), "Pcmo")
    assert.strictEqual(why(read(nested(StreamCodec.maxDepth + 1))), "too-deep")
    assert.strictEqual(why(read(nested(StreamCodec.maxListLength / 2))), "too-deep")
    assert.strictEqual(why(read(`{"action":${nested(1_000_000)}}`)), "unknown-action action")
  })

  it("is bounded in length when it is a list, and shorter than audio", () => {
    const list = (length: number) => `["${"x".repeat(length - 4)}"]`
    assert.strictEqual(why(read(list(StreamCodec.maxListLength))), "Pcmo")
    assert.strictEqual(why(read(list(StreamCodec.maxListLength + 1))), "too-large")
  })

  it("is not parsed when it is a list that is too long, whatever it begins with", () => {
    assert.strictEqual(why(read("[".repeat(StreamCodec.maxListLength))), "not-json")
    assert.strictEqual(why(read("[".repeat(StreamCodec.maxListLength + 1))), "too-large")
    assert.strictEqual(why(read(` \t\r\n${"[".repeat(StreamCodec.maxListLength)}`)), "too-large")
  })

  it("with a key that is not known names the beginning of it", () => {
    const key = "x".repeat(100_000)
    assert.strictEqual(why(read(JSON.stringify({ action: "stop", [key]: 1 }))), `unknown-key ${"x".repeat(64)}`)
  })

  it.prop("is understood or ignored, whatever JSON it is", [Schema.Json], ([json]) => {
    const message = read(JSON.stringify(json))
    assert.strictEqual(message._tag === "Pcmo", Array.isArray(json))
  })

  it.prop("is understood or ignored, whatever text it is", [Schema.String], ([text]) => {
    assert.isString(read(text)._tag)
  })

  const Loose = Schema.Struct({
    type: Schema.Literals(["streamAudio", "audio"]),
    data: Schema.Struct({
      audioDataType: Schema.Literals(["raw", "wav", "flac"]),
      sampleRate: Schema.Literals([8000, 16_000, 44_100]),
      audioData: Schema.Literals(["AAEC/w==", "AAEC", "", "?"])
    })
  })

  it.prop("is audio exactly when all of it is right", [Loose], ([message]) => {
    const { audioData, audioDataType, sampleRate } = message.data
    const isRight = message.type === "streamAudio" && audioDataType !== "flac" && sampleRate !== 44_100
      && (audioData === "AAEC/w==" || (audioData === "AAEC" && audioDataType === "wav"))
    assert.strictEqual(read(JSON.stringify(message))._tag === "Audio", isRight)
  })
})

describe("raw audio", () => {
  /** Not what raw audio is recognised by, and the same JSON. */
  const asAnyJson = (text: string) => ` ${text}`

  const Space = Schema.Literals(["", "", " ", "\t\r\n", "\u00a0", "\u2028", "\v"])
  const Base64 = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9+/=]{0,24}$/))
  const Edit = Schema.Struct({
    at: Schema.Natural,
    removed: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 })),
    put: Schema.Literals([
      "",
      "\"",
      "}",
      "\\u0041",
      "=",
      "A",
      "é",
      "\ud800",
      "\n",
      ",\"x\":1",
      "16000",
      "8000.0",
      "wav"
    ])
  })
  const Text = Schema.Struct({
    space: Space,
    rate: Schema.Literals(["8000", "16000", "8000", "24000", "8e3", "08000"]),
    bytes: Schema.Uint8Array,
    base64: Schema.Literals(["right", "any"]),
    any: Base64,
    edits: Schema.Array(Edit)
  })

  it.prop("means what any reading of its JSON says", [Text], ([{ any, base64, bytes, edits, rate, space }]) => {
    const letters = base64 === "any" ? any : Buffer.from(bytes).toString("base64")
    const parts = [
      ...["{", "\"type\"", ":", "\"streamAudio\"", ",", "\"data\"", ":", "{", "\"audioDataType\"", ":", "\"raw\"", ","],
      ...["\"sampleRate\"", ":", rate, ",", "\"audioData\"", ":", `"${letters}"`]
    ]
    const text = edits.slice(0, 2).reduce((before, { at, put, removed }) => {
      const place = at % (before.length + 1)
      return before.slice(0, place) + put + before.slice(place + removed)
    }, `${parts.join(space)}}}`)
    assert.deepStrictEqual(read(text), read(asAnyJson(text)))
  })

  it("means the same wherever one character of it is another", () => {
    const text = audio({ audioDataType: "raw", sampleRate: 16_000, audioData: "AAEC/w==" })
    for (let place = 0; place <= text.length; place += 1) {
      for (const put of ["", "A", "=", "\"", "\\", " ", "\u00a0", "0", "{", "}", ",", "\u0000"]) {
        const changed = text.slice(0, place) + put + text.slice(place + 1)
        assert.deepStrictEqual(read(changed), read(asAnyJson(changed)), changed)
      }
    }
  })
})

describe("a binary message of the app", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4)
  const playing = StreamProfile.make({ playsBinary: true })

  it("is ignored unless the profile plays it, then it is raw at the rate of the stream", () => {
    assert.strictEqual(why(StreamCodec.readBinary(profile, 16_000, bytes)), "binary")
    assert.deepStrictEqual(StreamCodec.readBinary(playing, 16_000, bytes), {
      _tag: "Audio",
      type: "raw",
      sampleRate: 16_000,
      bytes
    })
  })

  it("is ignored when it is empty or ends within a sample", () => {
    assert.strictEqual(why(StreamCodec.readBinary(playing, 8000, new Uint8Array(0))), "no-audio")
    assert.strictEqual(why(StreamCodec.readBinary(playing, 8000, new Uint8Array(3))), "half-sample")
  })
})

describe("what the platform sends", () => {
  const talkative = StreamProfile.make({ sendsStart: true, sendsDtmf: true, sendsStop: true })
  const facts: StreamCodec.StreamFacts = {
    streamId: "s",
    callId: "c",
    cmiuuid: "l",
    from: 911200000003,
    to: 919800000001,
    direction: "outbound",
    sampleRate: 8000,
    channels: 1
  }

  it("is little-endian 16-bit audio: 320 bytes for 20 ms at 8 kHz", () => {
    assert.strictEqual(StreamCodec.frame(new Int16Array(160)).length, 320)
    assert.deepStrictEqual(
      StreamCodec.frame(Int16Array.of(0, 1, -1, 256, 32_767, -32_768)),
      Uint8Array.of(0, 0, 1, 0, 255, 255, 0, 1, 255, 127, 0, 128)
    )
  })

  it.prop("is audio of which every sample can be read back", [
    Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -32_768, maximum: 32_767 })))
  ], ([samples]) => {
    const view = new DataView(StreamCodec.frame(Int16Array.from(samples)).buffer)
    assert.deepStrictEqual(samples.map((_, index) => view.getInt16(2 * index, true)), [...samples])
  })

  it("is no text at all by default", () => {
    assert.isUndefined(StreamCodec.startText(profile, facts))
    assert.isUndefined(StreamCodec.dtmfText(profile, "5"))
    assert.isUndefined(StreamCodec.stopText(profile, "c"))
  })

  it("is text where the profile says so", () => {
    const { channels, sampleRate, ...told } = facts
    const mediaFormat = { encoding: "audio/l16", sampleRate, channels }
    assert.deepStrictEqual<unknown>(JSON.parse(StreamCodec.startText(talkative, facts) ?? ""), {
      event: "start",
      start: { ...told, mediaFormat }
    })
    const more = { ...facts, appId: 7, extraParams: { lead: "9" } }
    assert.deepInclude(JSON.parse(StreamCodec.startText(talkative, more) ?? "").start, {
      appid: 7,
      extra_params: { lead: "9" }
    })
    assert.strictEqual(StreamCodec.dtmfText(talkative, "#"), "{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"#\"}}")
    assert.strictEqual(StreamCodec.stopText(talkative, "c"), "{\"event\":\"stop\",\"stop\":{\"callId\":\"c\"}}")
  })
})
