import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { AudioError } from "../src/AudioError.ts"
import * as AudioFrame from "../src/AudioFrame.ts"

const Samples = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -32_768, maximum: 32_767 })))
const Rate = Schema.Literals(AudioFrame.sampleRates)

const reasonOf = (result: Result.Result<unknown, AudioError>) => ({ ...Result.getOrThrow(Result.flip(result)).reason })

describe("fromBytes", () => {
  it("reads little-endian samples", () => {
    const frame = Result.getOrThrow(AudioFrame.fromBytes(new Uint8Array([1, 0, 0xff, 0xff, 0, 0x80, 0xff, 0x7f]), 8000))
    assert.deepStrictEqual([...frame.samples], [1, -1, -32_768, 32_767])
  })

  it("copies nothing when the bytes begin at an even place of their buffer", () => {
    const bytes = new Uint8Array(new ArrayBuffer(16), 4, 8)
    const frame = Result.getOrThrow(AudioFrame.fromBytes(bytes, 16_000))
    assert.strictEqual(frame.samples.buffer, bytes.buffer)
    assert.strictEqual(frame.samples.byteOffset, 4)
  })

  it("copies bytes that begin at an odd place, no more than there are", () => {
    const bytes = new Uint8Array(new ArrayBuffer(16), 5, 4)
    bytes.set([2, 0, 0xfe, 0xff])
    const frame = Result.getOrThrow(AudioFrame.fromBytes(bytes, 8000))
    assert.deepStrictEqual([...frame.samples], [2, -2])
    assert.strictEqual(frame.samples.buffer.byteLength, 4)
  })

  it("refuses what is no whole number of samples, nothing at all, and rates it does not know", () => {
    assert.deepStrictEqual(reasonOf(AudioFrame.fromBytes(new Uint8Array(321), 8000)), {
      _tag: "OddLength",
      byteLength: 321
    })
    assert.deepStrictEqual(reasonOf(AudioFrame.fromBytes(new Uint8Array(0), 8000)), { _tag: "Empty" })
    for (const sampleRate of [0, -8000, 44_100, Number.NaN, Number.POSITIVE_INFINITY, 8000.5]) {
      const result = AudioFrame.fromBytes(new Uint8Array(2), sampleRate)
      assert.deepStrictEqual(reasonOf(result), { _tag: "UnsupportedRate", sampleRate })
    }
  })

  it.effect("fails with a reason that can be caught by its name", () =>
    Effect.gen(function*() {
      const caught = yield* Effect.fromResult(AudioFrame.fromBytes(new Uint8Array(3), 8000)).pipe(
        Effect.catchReason("AudioError", "OddLength", ({ byteLength }) => Effect.succeed(byteLength))
      )
      assert.strictEqual(caught, 3)
      const error = yield* Effect.flip(Effect.fromResult(AudioFrame.fromBytes(new Uint8Array(3), 8000)))
      assert.strictEqual(error.message, "16-bit samples take an even number of bytes, got 3")
    }))

  it.prop("reads back what toBytes wrote, from any place", [Samples, Rate, Schema.Boolean], ([values, rate, isOdd]) => {
    const samples = Int16Array.from([0, ...values])
    const bytes = AudioFrame.toBytes(AudioFrame.make(samples, rate))
    const moved = new Uint8Array(bytes.length + 1)
    moved.set(bytes, isOdd ? 1 : 0)
    const place = moved.subarray(isOdd ? 1 : 0, bytes.length + (isOdd ? 1 : 0))
    const frame = Result.getOrThrow(AudioFrame.fromBytes(place, rate))
    assert.deepStrictEqual(frame.samples, samples)
    assert.strictEqual(frame.sampleRate, rate)
  })
})

describe("toBytes", () => {
  it("is a view of exactly the frame's samples", () => {
    const samples = new Int16Array([9, 1, 2, 9]).subarray(1, 3)
    const bytes = AudioFrame.toBytes(AudioFrame.make(samples, 8000))
    assert.strictEqual(bytes.buffer, samples.buffer)
    assert.deepStrictEqual([...bytes], [1, 0, 2, 0])
  })
})

describe("length", () => {
  it("counts samples and milliseconds exactly", () => {
    for (const sampleRate of AudioFrame.sampleRates) {
      const frame = AudioFrame.silence("20 millis", sampleRate)
      assert.strictEqual(AudioFrame.sampleCount(frame), sampleRate / 50)
      assert.strictEqual(AudioFrame.durationMs(frame), 20)
      assert.isTrue(Duration.equals(AudioFrame.duration(frame), Duration.millis(20)))
    }
    assert.strictEqual(AudioFrame.durationMs(AudioFrame.make(new Int16Array(1), 16_000)), 0.0625)
  })
})

describe("concat and split", () => {
  it.prop("split cuts into frames of one length, which concat joins again", [Samples, Rate], ([values, rate]) => {
    const frame = AudioFrame.make(Int16Array.from([0, ...values]), rate)
    const parts = AudioFrame.split(frame, "1 millis")
    assert.deepStrictEqual(Result.getOrThrow(AudioFrame.concat(parts)), frame)
    for (const part of parts.slice(0, -1)) assert.strictEqual(part.samples.length, rate / 1000)
    assert(parts.every(({ samples }) => samples.buffer === frame.samples.buffer), "no part is a copy")
  })

  it("split counts a length below one sample as one sample", () => {
    assert.lengthOf(AudioFrame.split(AudioFrame.make(new Int16Array(3), 8000), 0), 3)
  })

  it("concat refuses rates that differ, and nothing at all", () => {
    const frames = [AudioFrame.silence(20, 8000), AudioFrame.silence(20, 16_000)]
    assert.deepStrictEqual(reasonOf(AudioFrame.concat(frames)), {
      _tag: "RateMismatch",
      expected: 8000,
      actual: 16_000
    })
    assert.deepStrictEqual(reasonOf(AudioFrame.concat([])), { _tag: "Empty" })
  })
})
