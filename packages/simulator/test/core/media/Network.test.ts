import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Network from "../../../src/core/media/Network.ts"

const arrivals = (plan: Network.NetworkPlan, frames: number, frameMs = 20) =>
  Array.from({ length: frames }, (_, frame) => frame * frameMs + Network.delayMs(plan, frame, frameMs))

describe("a network", () => {
  it("that does not misbehave delivers each frame when it is due", () => {
    assert.deepStrictEqual(arrivals(Network.ideal, 5), [0, 20, 40, 60, 80])
  })

  it("delivers bursts when the last of each is due", () => {
    assert.deepStrictEqual(arrivals({ ...Network.ideal, burstFrames: 3 }, 7), [40, 40, 40, 100, 100, 100, 160])
  })

  it("jitters each frame within its bound, and reaches both ends of it", () => {
    const plan = { ...Network.ideal, jitterMs: 15, seed: 4 }
    const delays = new Set(arrivals(plan, 2000).map((at, frame) => at - 20 * frame))
    assert.deepStrictEqual([...delays].sort((a, b) => a - b), Array.from({ length: 16 }, (_, delay) => delay))
  })

  it("stalls once in every period, and then delivers what it held back", () => {
    const plan = { ...Network.ideal, stallEveryMs: 10_000, stallMs: 500, seed: 2 }
    const all = arrivals(plan, 5000)
    const late = all.filter((at, frame) => at > 20 * frame)
    const ends = new Set(late)
    assert.strictEqual(ends.size, 10)
    assert.isAtLeast(late.length, 10 * 24)
    for (const end of ends) {
      assert.isFalse(all.some((at) => at > end - 500 && at < end))
    }
  })

  it("does the same again for the same seed, and other things for another", () => {
    const plan = { ...Network.ideal, jitterMs: 40, stallEveryMs: 1000, stallMs: 100 }
    assert.deepStrictEqual(arrivals(plan, 500), arrivals(plan, 500))
    assert.notDeepEqual(arrivals(plan, 500), arrivals({ ...plan, seed: 1 }, 500))
  })

  const Frame = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 }))

  it.prop("keeps order, delivers nothing early, and nothing later than its bounds together", [
    Network.NetworkPlan,
    Frame
  ], ([plan, frame]) => {
    const small = { ...plan, jitterMs: plan.jitterMs % 500 }
    let before = 0
    for (let next = frame; next < frame + 20; next += 1) {
      const delay = Network.delayMs(small, next, 20)
      assert.isAtLeast(delay, 0)
      assert.isAtMost(delay, small.jitterMs + small.stallMs + 20 * (small.burstFrames - 1))
      assert.isAtLeast(next * 20 + delay, before)
      before = next * 20 + delay
    }
  })
})
