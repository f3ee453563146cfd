import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as Level from "../src/Level.ts"
import * as Resampler from "../src/Resampler.ts"
import { cut, noise, sine } from "./sound.ts"

const pairs = AudioFrame.sampleRates.flatMap((from) =>
  AudioFrame.sampleRates.filter((to) => to !== from).map((to) => ({ from, to }))
)

/** Every piece through one resampler, joined. */
const stream = (pieces: ReadonlyArray<AudioFrame.AudioFrame>, to: AudioFrame.SampleRate): AudioFrame.AudioFrame => {
  let resampler = Resampler.make(to)
  const output: Array<AudioFrame.AudioFrame> = []
  for (const piece of pieces) {
    const [next, frame] = Resampler.step(resampler, piece)
    resampler = next
    output.push(frame)
  }
  return Result.getOrThrow(AudioFrame.concat(output))
}

const middle = ({ sampleRate, samples }: AudioFrame.AudioFrame): AudioFrame.AudioFrame =>
  AudioFrame.make(samples.subarray(samples.length * 0.2, samples.length * 0.8), sampleRate)

const errorAgainst = (a: AudioFrame.AudioFrame, b: AudioFrame.AudioFrame): number =>
  Level.dbfs(AudioFrame.make(a.samples.map((sample, index) => sample - (b.samples[index] ?? 0)), a.sampleRate))

describe.each(pairs)("$from to $to", ({ from, to }) => {
  it("gives 20 ms for 20 ms, frame by frame", () => {
    let resampler = Resampler.make(to)
    for (let index = 0; index < 5; index += 1) {
      const [next, frame] = Resampler.step(resampler, AudioFrame.silence("20 millis", from))
      assert.strictEqual(AudioFrame.sampleCount(frame), to / 50)
      assert.strictEqual(frame.sampleRate, to)
      resampler = next
    }
  })

  it("carries a sine through, in its place and to one part in a thousand", () => {
    for (const part of [0.05, 0.2, 0.42]) {
      const hertz = Math.min(from, to) * part
      const output = Resampler.resample(sine(hertz, 20_000, from / 5, from), to)
      const expected = sine(hertz, 20_000, to / 5, to)
      assert.strictEqual(output.samples.length, expected.samples.length)
      assert.isBelow(errorAgainst(middle(output), middle(expected)), Level.dbfs(expected) - 60)
    }
  })

  it("lets nothing through from beyond the narrower band, nor mirrors anything into it", () => {
    const narrower = Math.min(from, to)
    for (const part of [0.5, 0.55, 0.7, 0.9, 1.2].filter((part) => narrower * part < from / 2)) {
      const output = Resampler.resample(sine(narrower * part, 30_000, from / 5, from), to)
      assert.isBelow(Level.dbfs(middle(output)), Level.dbfs(sine(narrower * part, 30_000, from / 5, from)) - 75)
    }
    if (to > from) {
      const hertz = from * 0.3
      const output = middle(Resampler.resample(sine(hertz, 30_000, from / 5, from), to))
      const wanted = middle(sine(hertz, 30_000, to / 5, to))
      assert.isBelow(errorAgainst(output, wanted), Level.dbfs(wanted) - 75)
    }
  })

  it("gives a constant back as it was", () => {
    const input = AudioFrame.make(new Int16Array(from / 10).fill(-12_345), from)
    assert.deepStrictEqual([...new Set(middle(Resampler.resample(input, to)).samples)], [-12_345])
  })

  it("is late by what it says", () => {
    const input = sine(Math.min(from, to) * 0.1, 20_000, from / 5, from)
    const lag = (Duration.toMillis(Resampler.delay(from, to)) * to) / 1000
    const late = stream([input], to).samples.subarray(lag)
    assert.strictEqual(lag, Math.round(lag))
    assert.deepStrictEqual(late, Resampler.resample(input, to).samples.subarray(0, late.length))
  })
})

describe("any stream", () => {
  const Rate = Schema.Literals(AudioFrame.sampleRates)
  const Sizes = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 700 })))
  const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3000 }))

  it.prop(
    "comes out the same however it is cut, as many samples as it has, rounded up",
    [Rate, Rate, Sizes, Count],
    ([from, to, sizes, count]) => {
      const input = noise(count, from)
      const output = stream(cut(input, sizes), to)
      assert.deepStrictEqual(output, stream([input], to))
      assert.strictEqual(output.samples.length, Math.ceil((count * to) / from))
      assert.strictEqual(Resampler.resample(input, to).samples.length, Math.ceil((count * to) / from))
    }
  )

  it("passes as it is when it has the rate already", () => {
    const frame = noise(160, 8000)
    const [next, output] = Resampler.step(Resampler.make(8000), frame)
    assert.strictEqual(output, frame)
    assert.strictEqual(Resampler.resample(frame, 8000), frame)
    assert.strictEqual(Resampler.step(next, frame)[1], frame)
    assert.strictEqual(Duration.toMillis(Resampler.delay(8000, 8000)), 0)
  })

  it("begins anew when its rate changes", () => {
    const [loud] = Resampler.step(Resampler.make(8000), noise(320, 16_000))
    const frame = noise(480, 24_000)
    assert.deepStrictEqual(Resampler.step(loud, frame)[1], Resampler.step(Resampler.make(8000), frame)[1])
    const [passed] = Resampler.step(loud, noise(160, 8000))
    const again = noise(320, 16_000)
    assert.deepStrictEqual(Resampler.step(passed, again)[1], Resampler.step(Resampler.make(8000), again)[1])
  })

  it("can be taken up twice from the same place, since a step changes nothing", () => {
    const [state] = Resampler.step(Resampler.make(48_000), noise(321, 16_000))
    const frame = noise(100, 16_000)
    assert.deepStrictEqual(Resampler.step(state, frame), Resampler.step(state, frame))
  })

  it("stays in range where the filter overshoots", () => {
    const square = AudioFrame.make(Int16Array.from({ length: 800 }, (_, i) => (i % 80 < 40 ? 32_767 : -32_768)), 8000)
    const { samples } = Resampler.resample(square, 16_000)
    assert.strictEqual(Math.max(...samples), 32_767)
    assert.strictEqual(Math.min(...samples), -32_768)
    const rising = samples.subarray(400, 470)
    assert(rising.every((sample, index) => Math.abs(sample - (rising[index - 1] ?? sample)) < 45_000), "nothing wraps")
  })
})
