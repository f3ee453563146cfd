import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { promptDurationMs } from "../../../src/core/media/promptDuration.ts"
import * as Spans from "../../../src/core/media/Spans.ts"
import * as Voice from "../../../src/core/media/Voice.ts"
import type { Prompt } from "../../../src/core/pcmo/Program.ts"

const rates = [8000, 16_000, 32_000] as const

const all = (voice: Voice.Voice): Int16Array => {
  const samples = new Int16Array(voice.sampleCount)
  voice.fill(0, samples)
  return samples
}

/** What loudness finds, to hold against what a voice knows. */
const listened = (voice: Voice.Voice): ReadonlyArray<Spans.Span> =>
  Spans.toArray(Spans.listen(Spans.make((Spans.joinMs * voice.sampleRate) / 1000), 0, all(voice)))

/** How much of a frequency there is: 1 for a sine of full scale (Goertzel). */
const strength = (samples: Int16Array, hertz: number, sampleRate: number): number => {
  let real = 0
  let imaginary = 0
  for (const [index, sample] of samples.entries()) {
    const angle = (2 * Math.PI * hertz * index) / sampleRate
    real += sample * Math.cos(angle)
    imaginary += sample * Math.sin(angle)
  }
  return (2 * Math.hypot(real, imaginary)) / samples.length / 32_768
}

const say = (text: string, speed = 1): Prompt => ({ _tag: "Say", text, speed })

const Rate = Schema.Literals(rates)
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20_000 }))

describe("speech", () => {
  it.prop(
    "is exactly as long as asked, and speaks where it says, to the sample",
    [Rate, Schema.Natural, Count],
    ([rate, seed, ms]) => {
      const voice = Voice.speech({ seed, ms }, rate)
      assert.strictEqual(voice.sampleCount, (ms * rate) / 1000)
      assert.deepStrictEqual(listened(voice), voice.voiced)
      if (ms > 0) {
        assert.strictEqual(voice.voiced[0]?.start, 0)
        assert.strictEqual(voice.voiced.at(-1)?.end, voice.sampleCount)
      }
    }
  )

  it("takes breaths that part it into spans, the same at every rate", () => {
    const [first, ...others] = rates.map((rate) =>
      Voice.speech({ seed: 3, ms: 30_000 }, rate).voiced.map(({ end, start }) => [start / rate, end / rate])
    )
    assert.isAtLeast(first?.length ?? 0, 8)
    for (const other of others) assert.deepStrictEqual(other, first)
  })

  it("is the same for the same seed, and another for another", () => {
    const [a, b, c] = [1, 1, 2].map((seed) => all(Voice.speech({ seed, ms: 2000 }, 8000)))
    assert.deepStrictEqual(a, b)
    assert.notDeepEqual(a, c)
  })

  it("has the energy of a voice: above 60 Hz, below 3500 Hz, and not too loud", () => {
    const samples = all(Voice.speech({ seed: 5, ms: 3000 }, 16_000))
    const band = (from: number, to: number) => {
      let sum = 0
      for (let hertz = from; hertz < to; hertz += 20) sum += strength(samples, hertz, 16_000) ** 2
      return sum
    }
    assert.isAbove(band(80, 3500), 1000 * band(0, 60))
    assert.isAbove(band(80, 3500), 5000 * band(3600, 7900))
    assert.isAtMost(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0), 8000)
  })

  it("is no sound at all of no length, or of one that is none", () => {
    for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.deepInclude(Voice.speech({ seed: 1, ms }, 8000), { sampleCount: 0, voiced: [] })
    }
  })
})

describe("any voice", () => {
  const make = [
    (rate: AudioFrame.SampleRate) => Voice.speech({ seed: 9, ms: 1500 }, rate),
    (rate: AudioFrame.SampleRate) => Voice.tone({ hertz: 440, ms: 1500 }, rate),
    (rate: AudioFrame.SampleRate) => Voice.noise({ seed: 9, ms: 1500 }, rate),
    (rate: AudioFrame.SampleRate) => Voice.dtmf({ digits: "1590*#" }, rate),
    (rate: AudioFrame.SampleRate) => Voice.prompt(say("Hello there, and good-bye."), new Map(), rate),
    (rate: AudioFrame.SampleRate) =>
      Voice.recorded(AudioFrame.make(all(Voice.tone({ hertz: 300, ms: 900 }, 8000)), 8000), rate)
  ]

  it.prop(
    "sounds the same from any place on, and is silent around itself",
    [Rate, Count, Count, Schema.Natural],
    ([rate, from, length, kind]) => {
      const voice = make[kind % make.length]?.(rate)
      if (voice === undefined) throw new Error("a kind that is none")
      const before = 100
      const into = new Int16Array(length).fill(77)
      voice.fill(from - before, into)
      const whole = all(voice)
      assert.deepStrictEqual(into, Int16Array.from({ length }, (_, index) => whole[from - before + index] ?? 0))
    }
  )

  it.prop("tells where it speaks within any part of itself", [Count, Count], ([from, sampleCount]) => {
    const voice = Voice.speech({ seed: 4, ms: 2000 }, 8000)
    const part = Voice.voicedWithin(voice, { from, sampleCount, at: 1000 })
    const expected = Spans.total(Spans.within(voice.voiced, { start: from, end: from + sampleCount }))
    assert.strictEqual(Spans.total(part), expected)
    for (const { end, start } of part) {
      assert.isAtLeast(start, 1000)
      assert.isAtMost(end, 1000 + sampleCount)
    }
  })
})

describe("sounds that are no voice", () => {
  it("are of exact length and say so", () => {
    for (const rate of rates) {
      for (
        const voice of [
          Voice.silence(25, rate),
          Voice.tone({ hertz: 1, ms: 25 }, rate),
          Voice.noise({ seed: 1, ms: 25 }, rate)
        ]
      ) {
        assert.deepInclude(voice, { sampleRate: rate, sampleCount: (25 * rate) / 1000, voiced: [] })
      }
    }
  })

  it("silence is zeros", () => {
    assert.isTrue(all(Voice.silence(100, 8000)).every((sample) => sample === 0))
  })

  it("a tone is the sine wave of its frequency and amplitude", () => {
    const samples = all(Voice.tone({ hertz: 1000, ms: 100, amplitude: 12_000 }, 8000))
    assert.deepStrictEqual([...samples.subarray(0, 8)], [0, 8485, 12_000, 8485, 0, -8485, -12_000, -8485])
    assert.approximately(strength(samples, 1000, 8000), 12_000 / 32_768, 0.001)
    const late = new Int16Array(8)
    Voice.tone({ hertz: 1000, ms: 3_600_000, amplitude: 12_000 }, 8000).fill(28_000_000, late)
    assert.deepStrictEqual(late, samples.subarray(0, 8))
  })

  it("noise fills its range evenly, without a pitch", () => {
    const samples = all(Voice.noise({ seed: 2, ms: 4000, amplitude: 2000 }, 8000))
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length
    const power = samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length
    assert.approximately(mean, 0, 30)
    assert.approximately(Math.sqrt(power), 2000 / Math.sqrt(3), 20)
    assert.isAtMost(Math.max(...samples.subarray(0, 8000)), 2000)
    for (let hertz = 100; hertz < 4000; hertz += 100) assert.isBelow(strength(samples, hertz, 8000), 0.005)
  })

  it("keys are the two tones that ITU-T Q.23 gives them, and no others", () => {
    const pairs: Readonly<Record<string, readonly [number, number]>> = {
      1: [697, 1209],
      5: [770, 1336],
      9: [852, 1477],
      0: [941, 1336],
      "*": [941, 1209],
      "#": [941, 1477],
      A: [697, 1633],
      d: [941, 1633]
    }
    const frequencies = [697, 770, 852, 941, 1209, 1336, 1477, 1633]
    for (const rate of rates) {
      for (const [digits, pair] of Object.entries(pairs)) {
        const samples = all(Voice.dtmf({ digits, toneMs: 1000 }, rate))
        const found = frequencies.filter((hertz) => strength(samples, hertz, rate) > 0.05)
        assert.deepStrictEqual(found, [...pair], digits)
      }
    }
  })

  it("keys follow each other after a gap, and what is no key is left out", () => {
    const voice = Voice.dtmf({ digits: "1?2", toneMs: 50, gapMs: 30 }, 8000)
    assert.strictEqual(voice.sampleCount, 130 * 8)
    const samples = all(voice)
    assert.isTrue(samples.subarray(400, 640).every((sample) => sample === 0))
    assert.isAbove(strength(samples.subarray(640), 1336, 8000), 0.05)
    assert.strictEqual(Voice.dtmf({ digits: "?" }, 8000).sampleCount, 0)
    assert.strictEqual(Voice.dtmf({ digits: "" }, 8000).sampleCount, 0)
  })
})

describe("a recording", () => {
  const word = all(Voice.speech({ seed: 6, ms: 700 }, 8000))
  const samples = new Int16Array(16_000)
  samples.set(word, 2000)
  samples.set(word, 10_000)

  it("knows by its loudness where somebody speaks", () => {
    const voice = Voice.recorded(AudioFrame.make(samples, 8000), 8000)
    assert.deepStrictEqual(voice.voiced, [{ start: 2000, end: 7600 }, { start: 10_000, end: 15_600 }])
    assert.deepStrictEqual(all(voice), samples)
  })

  it("is brought to the rate that it is wanted at", () => {
    const voice = Voice.recorded(AudioFrame.make(samples, 8000), 16_000)
    assert.strictEqual(voice.sampleCount, 32_000)
    assert.strictEqual(voice.voiced.length, 2)
    assert.approximately(voice.voiced[0]?.start ?? 0, 4000, 40)
  })
})

describe("a prompt", () => {
  const files = new Map([["hello.wav", 1230]])

  it.prop("lasts as long as the call machine believes, whatever its text", [Schema.String, Rate], ([text, rate]) => {
    for (const speed of [0.5, 1, 2]) {
      const voice = Voice.prompt(say(text, speed), files, rate)
      assert.strictEqual(voice.sampleCount, (promptDurationMs(say(text, speed), files) * rate) / 1000)
      assert.deepStrictEqual(listened(voice), voice.voiced)
    }
  })

  it("is speech as long as its file, the same for the same name", () => {
    const [a, b, c] = ["hello.wav", "hello.wav", "other.wav"].map((name) =>
      Voice.prompt({ _tag: "File", name }, files, 8000)
    )
    assert.deepStrictEqual([a?.sampleCount, c?.sampleCount], [1230 * 8, 3000 * 8])
    assert.deepStrictEqual(a === undefined ? a : all(a), b === undefined ? b : all(b))
  })

  it("is silent where a text has neither letters nor digits", () => {
    assert.deepStrictEqual(Voice.prompt(say("... -- !"), files, 8000).voiced, [])
    const parted = Voice.prompt(say("one     two"), files, 8000)
    assert.deepStrictEqual(parted.voiced.map(({ end, start }) => [start / 8, end / 8]), [[0, 186], [496, 682]])
  })

  it("sounds by its text: another word sounds otherwise", () => {
    const [a, b, c] = ["hello", "hello", "howdy"].map((text) => all(Voice.prompt(say(text), files, 8000)))
    assert.deepStrictEqual(a, b)
    assert.notDeepEqual(a, c)
  })
})
