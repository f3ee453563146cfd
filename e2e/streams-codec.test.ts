/** Both readers of what an app says on a stream, the SDK's and the simulator's, over texts that are nearly right. */
import * as StreamCommand from "@effect-piopiy/sdk/StreamCommand"
import { assert, describe, it } from "@effect/vitest"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as StreamCodec from "../packages/simulator/src/core/stream/StreamCodec.ts"
import * as StreamProfile from "../packages/simulator/src/core/stream/StreamProfile.ts"

const profile = StreamProfile.conservative

const Bytes = Schema.Uint8Array

/** Texts as apps send them, spaced in one of the ways of official clients. */
const Right = Schema.Struct({
  type: Schema.Literals(["raw", "wav", "mp3", "ogg"]),
  sampleRate: Schema.Literals([8000, 16_000]),
  audio: Bytes,
  control: Schema.Literals(["none", "pause", "resume", "stop", "break", "hangup"]),
  indent: Schema.Literals([0, 1, 4])
})

const textOf = ({ audio, control, indent, sampleRate, type }: typeof Right.Type): string => {
  if (control === "hangup") return JSON.stringify([{ action: "hangup" }], null, indent)
  if (control !== "none") return JSON.stringify({ action: control }, null, indent)
  const data = { audioDataType: type, sampleRate, audioData: Base64.encode(audio) }
  return JSON.stringify({ type: "streamAudio", data }, null, indent)
}

/** What happens to a text on the way. Places and letters are taken round the end. */
const Damage = Schema.Struct({
  does: Schema.Literals(["replace", "insert", "remove", "cut", "repeat"]),
  at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 })),
  length: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8 })),
  letter: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 }))
})

const letters = [
  ..."\"{}[]:,.-+/=_eE09AZaz \t\n\\\0",
  "é",
  "𝄞",
  "\ud800",
  "__proto__",
  "null",
  "\\u0022",
  "1e999",
  "\"action\""
]

const damaged = (text: string, damages: ReadonlyArray<typeof Damage.Type>): string =>
  damages.reduce((before, { at, does, length, letter }) => {
    const place = at % (before.length + 1)
    const [head, tail] = [before.slice(0, place), before.slice(place)]
    switch (does) {
      case "replace":
        return head + (letters[letter % letters.length] ?? "") + tail.slice(length)
      case "insert":
        return head + (letters[letter % letters.length] ?? "") + tail
      case "remove":
        return head + tail.slice(length)
      case "cut":
        return head
      case "repeat":
        return head + tail.slice(0, length) + tail
    }
  }, text)

const Damages = Schema.Array(Damage).check(Schema.isMaxLength(3))

const readThere = (text: string) => StreamCodec.readText(profile, text)
const readHere = (text: string) => Result.getOrUndefined(StreamCommand.decode(text))

/** Neither throws, and where both understand, they understand the same. */
const agree = (text: string): void => {
  const there = readThere(text)
  const here = readHere(text)
  switch (there._tag) {
    case "Audio": {
      // Bits beyond the last byte: the Python client lets them through, the Node client does not.
      if (here === undefined) return assert.notInclude(text, Base64.encode(there.bytes))
      assert(here._tag === "PlayAudio")
      assert.deepStrictEqual([here.type, here.sampleRate], [there.type, there.sampleRate])
      assert.deepStrictEqual(Result.getOrThrow(Base64.decode(String(here.audio))), Uint8Array.from(there.bytes))
      return
    }
    case "Pcmo":
      return assert.isTrue(here === undefined || here._tag === "Run")
    case "Ignored":
      // Only what can be no audio: the Node client lets it be sent.
      if (here !== undefined) assert(here._tag === "PlayAudio" && ["no-audio", "half-sample"].includes(there.why))
      return
    default:
      assert.strictEqual(here?._tag, there._tag === "Break" ? "Interrupt" : there._tag)
  }
}

describe("a text of an app", () => {
  it.prop("is read alike by both when it is right", [Right], ([right]) => {
    const there = readThere(textOf(right))
    const isAudio = right.control === "none"
    const isPlayable = right.audio.length > 0 && (right.type !== "raw" || right.audio.length % 2 === 0)
    if (isAudio) assert.strictEqual(there._tag, isPlayable ? "Audio" : "Ignored")
    else assert.notStrictEqual(there._tag, "Ignored")
    assert.isDefined(readHere(textOf(right)))
    agree(textOf(right))
  })

  it.prop("is read or ignored by both, and alike, however it is damaged", [Right, Damages], ([right, damages]) => {
    agree(damaged(textOf(right), damages))
  }, { arbitrary: { runs: 2000 } })

  it.prop("is read or ignored by both, whatever JSON it is", [Schema.Json], ([json]) => {
    agree(JSON.stringify(json))
  })

  it.prop("means the same with a space before it, the short way of the simulator or the long one", [Right, Damages], ([
    right,
    damages
  ]) => {
    const text = damaged(textOf(right), damages)
    assert.deepStrictEqual(readThere(text), readThere(` ${text}`))
  }, { arbitrary: { runs: 1000 } })
})

/** Calls a function as code without types does. */
const untyped = (f: (value: never) => unknown, value: unknown): unknown => Reflect.apply(f, undefined, [value])

/** Values that no type allows. */
const junk: ReadonlyArray<unknown> = [
  undefined,
  Symbol("symbol"),
  12n,
  Number.NaN,
  () => 1,
  new Date(0),
  new Int16Array(2),
  Object.create(null),
  { _tag: "__proto__" },
  {
    get _tag() {
      throw new Error("read")
    }
  }
]

describe("what the SDK writes", () => {
  const written = (value: unknown): void => {
    const text = untyped(StreamCommand.encode, value)
    assert(Result.isResult(text))
    if (Result.isSuccess(text)) agree(String(text.success))
    else assert(Array.isArray(text.failure) && text.failure.length > 0)
  }

  it.prop("is understood by the simulator as what it was, or refused with its problems", [Right, Schema.Json], ([
    { audio, sampleRate, type },
    odd
  ]) => {
    const right = { _tag: "PlayAudio", audio, sampleRate, type }
    const values = [right, { ...right, audio: odd }, { ...right, sampleRate: odd }, { ...right, type: odd }, odd]
    for (const value of values) written(value)
  })

  it("is nothing for what is no command", () => {
    for (const value of junk) {
      const audio = { _tag: "PlayAudio", type: "raw", sampleRate: 8000, audio: value }
      for (const one of [value, audio, { _tag: "Run", pipeline: value }]) {
        const text = untyped(StreamCommand.encode, one)
        assert(Result.isResult(text) && Result.isFailure(text))
      }
      const command = untyped(StreamCommand.decode, value)
      assert(Result.isResult(command) && Result.isFailure(command))
    }
  })
})
