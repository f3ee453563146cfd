import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as Mix from "../src/Mix.ts"

const frame = (...samples: ReadonlyArray<number>) => AudioFrame.make(Int16Array.from(samples), 8000)

const samplesOf = (result: Result.Result<AudioFrame.AudioFrame, unknown>) => [...Result.getOrThrow(result).samples]

describe("gain", () => {
  it("doubles at 6.02 dB and halves at -6.02 dB, to the nearest sample", () => {
    const decibels = 20 * Math.log10(2)
    assert.deepStrictEqual([...Mix.gain(frame(0, 3, -5, 1000), decibels).samples], [0, 6, -10, 2000])
    assert.deepStrictEqual([...Mix.gain(frame(0, 8, -6, 1000), -decibels).samples], [0, 4, -3, 500])
  })

  it("stays in range", () => {
    assert.deepStrictEqual([...Mix.gain(frame(20_000, -20_000), 12).samples], [32_767, -32_768])
    assert.deepStrictEqual([...Mix.gain(frame(1, 0, -1), Number.POSITIVE_INFINITY).samples], [32_767, 0, -32_768])
  })

  it("is silence at minus infinity", () => {
    assert.deepStrictEqual([...Mix.gain(frame(1, -32_768), Number.NEGATIVE_INFINITY).samples], [0, 0])
  })

  it("leaves its input alone", () => {
    const input = frame(100)
    Mix.gain(input, 6)
    assert.deepStrictEqual([...input.samples], [100])
  })
})

describe("mix", () => {
  it("adds sample by sample, as long as the longest", () => {
    assert.deepStrictEqual(samplesOf(Mix.mix([frame(1, 2), frame(10, 20, 30), frame()])), [11, 22, 30])
  })

  it("stays in range, and cuts once, whatever the order", () => {
    assert.deepStrictEqual(samplesOf(Mix.mix([frame(30_000, -30_000), frame(30_000, -30_000)])), [32_767, -32_768])
    assert.deepStrictEqual(samplesOf(Mix.mix([frame(30_000), frame(30_000), frame(-30_000)])), [30_000])
  })

  it("refuses rates that differ", () => {
    const result = Mix.mix([frame(1), AudioFrame.silence(20, 16_000)])
    const { reason } = Result.getOrThrow(Result.flip(result))
    assert.deepStrictEqual({ ...reason }, { _tag: "RateMismatch", expected: 8000, actual: 16_000 })
  })
})
