import { assert, describe, it } from "@effect/vitest"
import * as streamTally from "../../src/engine/streamTally.ts"

const latenessOf = (...late: ReadonlyArray<number>) => {
  const tally = streamTally.make()
  for (const ms of late) tally.late(ms)
  return tally.lateness()
}

describe("how late frames were", () => {
  it("is the smallest lateness that so many of a hundred do not exceed, and the largest", () => {
    assert.deepStrictEqual(latenessOf(...Array.from({ length: 100 }, (_, ms) => 100 - ms)), {
      p50: 50,
      p99: 99,
      max: 100
    })
    assert.deepStrictEqual(latenessOf(5, 3, 4, 3), { p50: 3, p99: 5, max: 5 })
    assert.deepStrictEqual(latenessOf(0), { p50: 0, p99: 0, max: 0 })
  })

  it("counts as 199 ms beyond that, but for the largest", () => {
    assert.deepStrictEqual(latenessOf(199, 5000, 200), { p50: 199, p99: 199, max: 5000 })
  })

  it("is not known while no frame was due", () => {
    assert.isUndefined(latenessOf())
  })
})

describe("counts", () => {
  it("are one by one or many at once, and stay what they were when they were asked for", () => {
    const tally = streamTally.make()
    tally.count("sent")
    tally.count("skipped", 7)
    const before = tally.counts()
    tally.count("sent", 2)
    assert.deepInclude(before, { sent: 1, skipped: 7, dropped: 0 })
    assert.deepInclude(tally.counts(), { sent: 3, skipped: 7 })
  })
})
