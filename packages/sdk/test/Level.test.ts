import { assert, describe, it } from "@effect/vitest"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as Level from "../src/Level.ts"
import { sine } from "./sound.ts"

const constant = (sample: number) => AudioFrame.make(new Int16Array(80).fill(sample), 8000)

describe("level", () => {
  it("is 0 dBFS for full scale, -6.02 for half of it", () => {
    assert.strictEqual(Level.dbfs(constant(-32_768)), 0)
    assert.closeTo(Level.dbfs(constant(16_384)), -6.0206, 0.0001)
  })

  it("of a sine is 3.01 dB below that of its peak", () => {
    const tone = sine(1000, 32_767, 800, 8000)
    assert.strictEqual(Level.peak(tone), 32_767)
    assert.closeTo(Level.rms(tone), 32_767 / Math.SQRT2, 1)
    assert.closeTo(Level.dbfs(tone), -3.01, 0.01)
  })

  it("of silence and of no samples is minus infinity", () => {
    for (const frame of [AudioFrame.silence(20, 8000), AudioFrame.make(new Int16Array(0), 8000)]) {
      assert.strictEqual(Level.rms(frame), 0)
      assert.strictEqual(Level.peak(frame), 0)
      assert.strictEqual(Level.dbfs(frame), Number.NEGATIVE_INFINITY)
    }
  })

  it("takes the loudest negative sample for a peak of full scale", () => {
    assert.strictEqual(Level.peak(AudioFrame.make(Int16Array.from([5, -32_768]), 8000)), 32_768)
  })
})
