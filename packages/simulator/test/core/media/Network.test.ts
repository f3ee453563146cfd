import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { StreamFault } from "../../../src/core/fault/Fault.ts"
import * as Network from "../../../src/core/media/Network.ts"

/** Frames of 320 bytes, one every 20 ms: when each arrives. */
const arrivals = (network: Network.Network, frames: number, seed = 1) => {
  let way = Network.ways(seed).toApp
  return Array.from({ length: frames }, (_, frame) => {
    way = Network.send(way, network, frame * 20, 320)
    return way.lastMs
  })
}

describe("a network", () => {
  it("that does not misbehave delivers each frame when it is sent", () => {
    assert.deepStrictEqual(arrivals({}, 5), [0, 20, 40, 60, 80])
  })

  it("jitters each frame within its bound, and reaches both ends of it", () => {
    const delays = new Set(arrivals({ jitterMs: 15 }, 2000, 4).map((at, frame) => at - 20 * frame))
    assert.deepStrictEqual([...delays].sort((a, b) => a - b), Array.from({ length: 16 }, (_, delay) => delay))
  })

  it("stalls once in every period, and then delivers what it held back", () => {
    const all = arrivals({ stallEveryMs: 10_000, stallMs: 500 }, 5000, 2)
    const late = all.filter((at, frame) => at > 20 * frame)
    const ends = new Set(late)
    assert.strictEqual(ends.size, 10)
    assert.isAtLeast(late.length, 10 * 24)
    for (const end of ends) {
      assert.isFalse(all.some((at) => at > end - 500 && at < end))
    }
  })

  it("stalls at the moments that it is told, also where one follows another", () => {
    const stalls = [{ fromMs: 90, ms: 30 }, { fromMs: 30, ms: 65 }]
    assert.deepStrictEqual(arrivals({ stalls }, 8), [0, 20, 120, 120, 120, 120, 120, 140])
  })

  it("stalls both directions at once, and jitters each on its own", () => {
    const both = (network: Network.Network) => {
      const { fromApp, toApp } = Network.ways(7)
      return [toApp, fromApp].map((way) => {
        let next = way
        return Array.from({ length: 200 }, (_, place) => {
          next = Network.send(next, network, place * 20, 10)
          return next.lastMs
        })
      })
    }
    const [toApp, fromApp] = both({ stallEveryMs: 1000, stallMs: 100 })
    assert.deepStrictEqual(toApp, fromApp)
    const [there, back] = both({ jitterMs: 100 })
    assert.notDeepEqual(there, back)
  })

  it("carries so many bytes a second, one message after another", () => {
    assert.deepStrictEqual(arrivals({ bytesPerSecond: 8000 }, 4), [40, 80, 120, 160])
    assert.deepStrictEqual(arrivals({ bytesPerSecond: 32_000 }, 4), [10, 30, 50, 70])
  })

  it("is read so many bytes a second, one message after another", () => {
    const network = { readBytesPerSecond: 8000 }
    assert.deepStrictEqual(Network.readBy(network, 0, 100, 320), 140)
    assert.deepStrictEqual(Network.readBy(network, 140, 100, 320), 180)
    assert.deepStrictEqual(Network.readBy({}, 140, 100, 320), 140)
  })

  it("does the same again for the same seed, and other things for another", () => {
    const network = { jitterMs: 40, stallEveryMs: 1000, stallMs: 100 }
    assert.deepStrictEqual(arrivals(network, 500), arrivals(network, 500))
    assert.notDeepEqual(arrivals(network, 500), arrivals(network, 500, 2))
  })

  it.prop("is another with any fault of a stream, and the same again without", [StreamFault], ([fault]) => {
    assert.notDeepEqual(Network.withFault({}, fault), {})
    const stalled = Network.withFault(Network.withFault({}, fault), { _tag: "Stalled", fromMs: 1, ms: 2 })
    assert.deepInclude(stalled.stalls?.at(-1), { fromMs: 1, ms: 2 })
  })

  const Gap = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 200 }))

  it.prop("keeps order, and delivers nothing early, in whole milliseconds", [
    Network.Network,
    Schema.Natural,
    Schema.Array(Gap).check(Schema.isMaxLength(30))
  ], ([network, seed, gaps]) => {
    let way = Network.ways(seed).fromApp
    let atMs = 0
    for (const gap of gaps) {
      atMs += gap
      const next = Network.send(way, network, atMs, 100)
      assert.isTrue(Number.isSafeInteger(next.lastMs))
      assert.isAtLeast(next.lastMs, Math.max(atMs, way.lastMs))
      way = next
    }
  })
})
