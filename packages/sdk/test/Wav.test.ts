import { assert, describe, it } from "@effect/vitest"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { AudioError } from "../src/AudioError.ts"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as Wav from "../src/Wav.ts"
import { noise } from "./sound.ts"

/** Two channels at 16000, [1, 300, 32767] and [-2, -400, -32768]: by the wave module of CPython 3.11.7, November 2026. */
const golden = "UklGRjAAAABXQVZFZm10IBAAAAABAAIAgD4AAAD6AAAEABAAZGF0YQwAAAABAP7/LAFw/v9/AIA="

const reasonOf = (result: Result.Result<unknown, AudioError>) => ({ ...Result.getOrThrow(Result.flip(result)).reason })

const little = (size: 2 | 4, value: number): Array<number> =>
  Array.from({ length: size }, (_, index) => (value >>> (8 * index)) & 0xff)

const text = (name: string): Array<number> => Array.from(name, (letter) => letter.charCodeAt(0))

const chunk = (name: string, body: ReadonlyArray<number>, size = body.length): Array<number> => [
  ...text(name),
  ...little(4, size),
  ...body,
  ...(body.length % 2 === 1 ? [0] : [])
]

const file = (...chunks: ReadonlyArray<ReadonlyArray<number>>): Uint8Array => {
  const body = chunks.flat()
  return Uint8Array.from([...text("RIFF"), ...little(4, body.length + 4), ...text("WAVE"), ...body])
}

const format = (code: number, channels: number, sampleRate: number, bits: number): Array<number> => [
  ...little(2, code),
  ...little(2, channels),
  ...little(4, sampleRate),
  ...little(4, (sampleRate * channels * bits) / 8),
  ...little(2, (channels * bits) / 8),
  ...little(2, bits)
]

const mono = chunk("fmt ", format(1, 1, 8000, 16))

const monoSamples = (bytes: Uint8Array): Array<number> => [...Result.getOrThrow(Wav.decode(bytes))[0].samples]

describe("encode and decode", () => {
  it("writes byte for byte what another program writes, and reads it", () => {
    const left = AudioFrame.make(Int16Array.from([1, 300, 32_767]), 16_000)
    const right = AudioFrame.make(Int16Array.from([-2, -400, -32_768]), 16_000)
    assert.strictEqual(Base64.encode(Result.getOrThrow(Wav.encode([left, right]))), golden)
    assert.deepStrictEqual(Result.getOrThrow(Wav.decode(Result.getOrThrow(Base64.decode(golden)))), [left, right])
  })

  const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 500 }))
  const Rate = Schema.Literals(AudioFrame.sampleRates)

  it.prop("read back what was written", [Count, Rate, Schema.Boolean], ([count, rate, isStereo]) => {
    const voice = noise(count, rate)
    const channels: Wav.Channels = isStereo ? [voice, AudioFrame.make(voice.samples.toReversed(), rate)] : [voice]
    assert.deepStrictEqual(Result.getOrThrow(Wav.decode(Result.getOrThrow(Wav.encode(channels)))), channels)
  })

  it("put silence behind the shorter of two channels", () => {
    const long = AudioFrame.make(Int16Array.from([1, 2, 3]), 8000)
    const short = AudioFrame.make(Int16Array.from([9]), 8000)
    const read = (channels: Wav.Channels) =>
      Result.getOrThrow(Wav.decode(Result.getOrThrow(Wav.encode(channels)))).map(({ samples }) => [...samples])
    assert.deepStrictEqual(read([long, short]), [[1, 2, 3], [9, 0, 0]])
    assert.deepStrictEqual(read([short, long]), [[9, 0, 0], [1, 2, 3]])
  })

  it("refuse channels at two rates", () => {
    const result = Wav.encode([AudioFrame.silence(20, 8000), AudioFrame.silence(20, 16_000)])
    assert.deepStrictEqual(reasonOf(result), { _tag: "RateMismatch", expected: 8000, actual: 16_000 })
  })
})

describe("decode", () => {
  const samples = [5, 0, 0xfb, 0xff]

  it("copies nothing of one channel", () => {
    const bytes = file(mono, chunk("data", samples))
    const [frame] = Result.getOrThrow(Wav.decode(bytes))
    assert.strictEqual(frame.samples.buffer, bytes.buffer)
    assert.deepStrictEqual([...frame.samples], [5, -5])
  })

  it("steps over other chunks, of odd length too, and ignores what follows", () => {
    const odd = chunk("LIST", [1, 2, 3])
    assert.deepStrictEqual(monoSamples(file(odd, mono, odd, chunk("data", samples), odd)), [5, -5])
  })

  it("reads a longer format header, and the one that holds its real code elsewhere", () => {
    const longer = chunk("fmt ", [...format(1, 1, 8000, 16), 0, 0])
    const guid = [...little(2, 22), ...little(2, 16), ...little(4, 4), ...little(2, 1), ...text("..............")]
    const extensible = chunk("fmt ", [...format(0xfffe, 1, 8000, 16), ...guid])
    assert.deepStrictEqual(monoSamples(file(longer, chunk("data", samples))), [5, -5])
    assert.deepStrictEqual(monoSamples(file(extensible, chunk("data", samples))), [5, -5])
  })

  it("reads what is there when the file breaks off or leaves its size open", () => {
    assert.deepStrictEqual(monoSamples(file(mono, chunk("data", samples, 0xffffffff))), [5, -5])
    assert.deepStrictEqual(monoSamples(file(mono, chunk("data", [...samples, 7], 8)).subarray(0, 12 + 24 + 8 + 5)), [
      5,
      -5
    ])
    const stereo = file(chunk("fmt ", format(1, 2, 8000, 16)), chunk("data", [...samples, 1, 0]))
    assert.deepStrictEqual(Result.getOrThrow(Wav.decode(stereo)).map(({ samples }) => [...samples]), [[5], [-5]])
  })

  it("refuses what is no WAV file", () => {
    const cases = [
      new Uint8Array(0),
      Uint8Array.from(text("RIFF")),
      Uint8Array.from(text("RIFX1234WAVE")),
      file(),
      file(mono),
      file(chunk("data", samples)),
      file(chunk("fmt ", format(1, 1, 8000, 16).slice(0, 12)), chunk("data", samples)),
      file(chunk("fmt ", [], 0xffffffff), chunk("data", samples))
    ]
    assert.deepStrictEqual(cases.map((bytes) => reasonOf(Wav.decode(bytes))._tag), cases.map(() => "InvalidWav"))
  })

  it("refuses codings, channels and rates that it does not read, and names them", () => {
    const reason = (code: number, channels: number, rate: number, bits: number) =>
      reasonOf(Wav.decode(file(chunk("fmt ", format(code, channels, rate, bits)), chunk("data", samples))))
    assert.deepStrictEqual(reason(7, 1, 8000, 8), { _tag: "UnsupportedWav", format: 7, channels: 1, bitsPerSample: 8 })
    assert.strictEqual(reason(1, 0, 8000, 16)._tag, "UnsupportedWav")
    assert.strictEqual(reason(1, 6, 8000, 16)._tag, "UnsupportedWav")
    assert.strictEqual(reason(1, 1, 8000, 24)._tag, "UnsupportedWav")
    assert.strictEqual(reason(3, 1, 8000, 16)._tag, "UnsupportedWav")
    assert.deepStrictEqual(reason(1, 1, 44_100, 16), { _tag: "UnsupportedRate", sampleRate: 44_100 })
  })

  it("refuses a file without samples", () => {
    assert.deepStrictEqual(reasonOf(Wav.decode(file(mono, chunk("data", [])))), { _tag: "Empty" })
  })

  it("refuses a file over the limit, which can be set", () => {
    const bytes = file(mono, chunk("data", samples))
    assert.isTrue(Result.isSuccess(Wav.decode(bytes, { maximumBytes: bytes.length })))
    assert.deepStrictEqual(reasonOf(Wav.decode(bytes, { maximumBytes: bytes.length - 1 })), {
      _tag: "TooLong",
      byteLength: bytes.length,
      maximumBytes: bytes.length - 1
    })
    assert.strictEqual(reasonOf(Wav.decode(new Uint8Array(64 * 1024 * 1024 + 1)))._tag, "TooLong")
  })

  const Bytes = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 })))

  it.prop("reads or refuses any bytes without throwing", [Bytes, Schema.Natural], ([bytes, at]) => {
    const whole = file(mono, chunk("LIST", [1]), chunk("data", samples))
    assert.isTrue(Result.isResult(Wav.decode(file(bytes))))
    assert.isTrue(Result.isResult(Wav.decode(whole.subarray(0, at % whole.length))))
    whole.set(bytes.slice(0, whole.length - 12), 12)
    assert.isTrue(Result.isResult(Wav.decode(whole)))
  })
})
