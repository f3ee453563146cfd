import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import { assert, describe, it } from "@effect/vitest"
import * as Carrier from "../../../src/core/media/Carrier.ts"
import * as Voice from "../../../src/core/media/Voice.ts"

/** A sound through a line, in packets of 20 ms. */
const through = (line: Carrier.Line, voice: Voice.Voice, seed = 1) => {
  const size = voice.sampleRate / 50
  const out: Array<number> = []
  let carrier = Carrier.make(line, seed, voice.sampleRate)
  for (let packet = 0; packet * size < voice.sampleCount; packet += 1) {
    const samples = new Int16Array(size)
    voice.fill(packet * size, samples)
    const [next, arrived] = Carrier.carry(carrier, packet, AudioFrame.make(samples, voice.sampleRate))
    assert.strictEqual(arrived.samples.length, size)
    assert.strictEqual(arrived.sampleRate, voice.sampleRate)
    out.push(...arrived.samples)
    carrier = next
  }
  return out
}

const whole = (voice: Voice.Voice) => {
  const samples = new Int16Array(voice.sampleCount)
  voice.fill(0, samples)
  return samples
}

/** The ratio of power to the power of the difference, in dB, with the second shifted. */
const likeness = (samples: Int16Array, other: ReadonlyArray<number>, late: number): number => {
  let signal = 0
  let difference = 0
  for (let index = late + 200; index < other.length; index += 1) {
    const sample = samples[index - late] ?? 0
    signal += sample ** 2
    difference += (sample - (other[index] ?? 0)) ** 2
  }
  return 10 * Math.log10(signal / difference)
}

const lost = (line: Carrier.Line, seed = 1, packets = 5000) => {
  const carrier = Carrier.make(line, seed, 8000)
  return Array.from({ length: packets }, (_, packet) => Carrier.isLost(carrier, packet))
}

describe("a line", () => {
  const voice = Voice.tone({ hertz: 440, ms: 1000 }, 16_000)

  it("that neither compands nor loses leaves every sample as it is", () => {
    assert.deepStrictEqual(through({}, voice), [...whole(voice)])
    assert.isTrue(Carrier.isClear({}))
    assert.isTrue(Carrier.isClear({ codec: "wideband", loss: 0, burst: 3 }))
    for (const line of [{ codec: "pcmu" }, { codec: "pcma" }, { loss: 0.5 }] as const) {
      assert.isFalse(Carrier.isClear(line))
      assert.notDeepEqual(through(line, voice, 3), [...whole(voice)])
    }
  })

  it.each(["pcmu", "pcma"] as const)("by %s keeps a voice alike, 9 ms late where the rate is another", (codec) => {
    const narrow = Voice.tone({ hertz: 440, ms: 1000 }, 8000)
    assert.isAbove(likeness(whole(narrow), through({ codec }, narrow), 0), 33)
    assert.notDeepEqual(through({ codec }, narrow), [...whole(narrow)])
    assert.isAbove(likeness(whole(voice), through({ codec }, voice), 144), 33)
  })

  it("by mu-law and by A-law are not the same", () => {
    assert.notDeepEqual(through({ codec: "pcmu" }, voice), through({ codec: "pcma" }, voice))
  })

  it("by either law carries nothing above 4 kHz", () => {
    const high = Voice.tone({ hertz: 6000, ms: 1000 }, 16_000)
    assert.isBelow(Math.max(...through({ codec: "pcmu" }, high).slice(500)), 16)
  })

  it("loses as many packets as it should, whole ones, and no other sample", () => {
    const long = Voice.tone({ hertz: 440, ms: 100_000 }, 8000)
    const isGone = lost({ loss: 0.1 })
    const expected = whole(long)
    for (const [packet, gone] of isGone.entries()) {
      if (gone) expected.fill(0, packet * 160, (packet + 1) * 160)
    }
    assert.deepStrictEqual(through({ loss: 0.1 }, long), [...expected])
    assert.approximately(isGone.filter(Boolean).length, 500, 60)
  })

  it("loses packets in runs, and as many in all", () => {
    const isGone = lost({ loss: 0.1, burst: 5 }, 1, 50_000)
    assert.approximately(isGone.filter(Boolean).length, 5000, 500)
    for (let packet = 0; packet < isGone.length; packet += 5) {
      assert.lengthOf(new Set(isGone.slice(packet, packet + 5)), 1)
    }
  })

  it("loses the same packets again for the same seed, and others for another", () => {
    assert.deepStrictEqual(lost({ loss: 0.2 }), lost({ loss: 0.2 }))
    assert.notDeepEqual(lost({ loss: 0.2 }), lost({ loss: 0.2 }, 2))
    assert.notInclude(lost({ loss: 0 }), true)
    assert.notInclude(lost({ loss: 1 }), false)
  })
})
