import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import { assert, describe, it } from "@effect/vitest"
import * as Carrier from "../../../src/core/media/Carrier.ts"
import * as Voice from "../../../src/core/media/Voice.ts"

const clean: Carrier.CarrierPlan = { companding: "none", loss: 0, seed: 1 }

/** A second of sound through a line, in packets of 20 ms, and how many were lost. */
const through = (plan: Carrier.CarrierPlan, voice: Voice.Voice) => {
  const size = voice.sampleRate / 50
  const out: Array<number> = []
  let line = Carrier.make(plan, voice.sampleRate)
  for (let from = 0; from < voice.sampleCount; from += size) {
    const packet = new Int16Array(size)
    voice.fill(from, packet)
    const [next, arrived] = Carrier.carry(line, AudioFrame.make(packet, voice.sampleRate))
    assert.strictEqual(arrived.samples.length, size)
    assert.strictEqual(arrived.sampleRate, voice.sampleRate)
    out.push(...arrived.samples)
    line = next
  }
  return { out, line }
}

const whole = (voice: Voice.Voice) => {
  const samples = new Int16Array(voice.sampleCount)
  voice.fill(0, samples)
  return samples
}

/** The smallest ratio of power to the power of the difference, in dB, with the second shifted. */
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

describe("a line", () => {
  const voice = Voice.tone({ hertz: 440, ms: 1000 }, 16_000)

  it("that neither compands nor loses leaves every sample as it is", () => {
    assert.deepStrictEqual(through(clean, voice).out, [...whole(voice)])
  })

  it.each(["mu-law", "a-law"] as const)(
    "by %s keeps a voice alike, 9 ms late where the rate is another",
    (companding) => {
      const narrow = Voice.tone({ hertz: 440, ms: 1000 }, 8000)
      assert.isAbove(likeness(whole(narrow), through({ ...clean, companding }, narrow).out, 0), 33)
      assert.notDeepEqual(through({ ...clean, companding }, narrow).out, [...whole(narrow)])
      assert.isAbove(likeness(whole(voice), through({ ...clean, companding }, voice).out, 144), 33)
    }
  )

  it("by either law carries nothing above 4 kHz", () => {
    const high = Voice.tone({ hertz: 6000, ms: 1000 }, 16_000)
    const { out } = through({ ...clean, companding: "mu-law" }, high)
    assert.isBelow(Math.max(...out.slice(500)), 16)
  })

  it("loses as many packets as it should, whole ones, and tells how many", () => {
    const long = Voice.tone({ hertz: 440, ms: 100_000 }, 8000)
    const { line, out } = through({ ...clean, loss: 0.1 }, long)
    const packets = Array.from({ length: 5000 }, (_, packet) => out.slice(packet * 160, (packet + 1) * 160))
    const silent = packets.filter((packet) => packet.every((sample) => sample === 0)).length
    assert.deepStrictEqual([line.packets, line.lost], [5000, silent])
    assert.approximately(silent, 500, 60)
    const samples = whole(long)
    for (const [packet, heard] of packets.entries()) {
      if (!Carrier.isLost(line.plan, packet)) {
        assert.deepStrictEqual(heard, [...samples.subarray(packet * 160, (packet + 1) * 160)])
      }
    }
  })

  it("loses the same packets again for the same seed, and others for another", () => {
    const lost = (seed: number) =>
      Array.from({ length: 1000 }, (_, packet) => Carrier.isLost({ ...clean, loss: 0.2, seed }, packet))
    assert.deepStrictEqual(lost(1), lost(1))
    assert.notDeepEqual(lost(1), lost(2))
  })
})
