import { assert, describe, it } from "@effect/vitest"
import * as AnyRate from "../../../src/core/media/AnyRate.ts"

const sine = (hertz: number, rate: number, length = rate) =>
  Float32Array.from({ length }, (_, place) => 0.5 * Math.sin((2 * Math.PI * hertz * place) / rate))

/** The power of what differs from a sine, as a part of the sine's, in dB, away from the ends. */
const error = (samples: Int16Array, hertz: number, rate: number): number => {
  let signal = 0
  let difference = 0
  for (let place = 500; place < samples.length - 500; place += 1) {
    const expected = 0.5 * 32_767 * Math.sin((2 * Math.PI * hertz * place) / rate)
    signal += expected ** 2
    difference += (expected - (samples[place] ?? 0)) ** 2
  }
  return 10 * Math.log10(difference / signal)
}

describe("audio at any rate", () => {
  it.each([[44_100, 48_000], [22_050, 24_000], [11_025, 16_000], [12_000, 16_000], [44_101, 48_000], [96_000, 48_000]])(
    "of %i Hz comes out at %i Hz as it was",
    (rate, to) => {
      const frame = AnyRate.frame(sine(1000, rate), rate)
      assert.strictEqual(frame?.sampleRate, to)
      assert.strictEqual(frame?.samples.length, to)
      assert.isBelow(error(frame?.samples ?? new Int16Array(0), 1000, to), -60)
    }
  )

  it("at a supported rate keeps every sample", () => {
    const frame = AnyRate.frame(Float32Array.of(-2, -1, 0, 0.5, 1, 2), 16_000)
    assert.deepStrictEqual(frame, {
      sampleRate: 16_000,
      samples: Int16Array.of(-32_768, -32_767, 0, 16_384, 32_767, 32_767)
    })
  })

  it("loses what the lower rate cannot carry", () => {
    const frame = AnyRate.frame(sine(30_000, 96_000), 96_000)
    assert.isBelow(Math.max(...(frame?.samples.subarray(500, -500) ?? [])), 40)
  })

  it("is none at rates that no audio has", () => {
    for (const rate of [0, -8000, 100, 400_000, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.isUndefined(AnyRate.frame(Float32Array.of(1), rate))
    }
    assert.lengthOf(AnyRate.frame(new Float32Array(0), 44_100)?.samples ?? [1], 0)
  })
})
