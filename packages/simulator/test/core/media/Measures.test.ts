import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Ledger from "../../../src/core/media/Ledger.ts"
import * as Measures from "../../../src/core/media/Measures.ts"
import { type Happening, play } from "./conversation.ts"

const measure = (happenings: ReadonlyArray<Happening>, ms: number, carrierMs = 0, by?: "heard" | "voiced") => {
  const { ledger, queue } = play(happenings, ms, carrierMs)
  return Measures.measure(ledger, queue.counts, by)
}

const latencies = (found: ReadonlyArray<{ readonly latency: number }>) => found.map(({ latency }) => latency / 8)

describe("turns", () => {
  it("are measured from the caller's last voiced sample to the app's first", () => {
    const { turnLatency, turns } = measure([
      { at: 100, does: "caller speaks", ms: 500 },
      { at: 1000, does: "app sends", ms: 400 },
      { at: 2000, does: "caller speaks", ms: 300 },
      { at: 2320, does: "app sends", ms: 400 }
    ], 3000)
    assert.deepStrictEqual(turns, [
      { asked: 600 * 8, answered: 1000 * 8, latency: 400 * 8 },
      { asked: 2300 * 8, answered: 2320 * 8, latency: 20 * 8 }
    ])
    assert.deepStrictEqual(turnLatency, { p50: 160, p95: 3200 })
  })

  it("are none for a greeting, for a second sentence, and for an app that speaks over the caller", () => {
    const { turnLatency, turns } = measure([
      { at: 0, does: "app sends", ms: 300 },
      { at: 1000, does: "caller speaks", ms: 800 },
      { at: 1400, does: "app sends", ms: 700 },
      { at: 3000, does: "app sends", ms: 100 }
    ], 4000)
    assert.deepStrictEqual(turns, [])
    assert.isUndefined(turnLatency)
  })

  it("count the first answer only", () => {
    const { turns } = measure([
      { at: 0, does: "caller speaks", ms: 500 },
      { at: 700, does: "app sends", ms: 100 },
      { at: 1500, does: "app sends", ms: 100 }
    ], 2000)
    assert.deepStrictEqual(latencies(turns), [200])
  })

  it("count no second answer, though the app interrupted its first", () => {
    const { turns } = measure([
      { at: 0, does: "caller speaks", ms: 500 },
      { at: 700, does: "app sends", ms: 900 },
      { at: 1000, does: "app interrupts" },
      { at: 1500, does: "app sends", ms: 100 }
    ], 2000)
    assert.deepStrictEqual(latencies(turns), [200])
  })

  it("count the answer to a caller who had interrupted and fell silent before the app did", () => {
    const happenings: ReadonlyArray<Happening> = [
      { at: 0, does: "app sends", ms: 5000 },
      { at: 1000, does: "caller speaks", ms: 160 },
      { at: 1300, does: "app interrupts" },
      { at: 1800, does: "app sends", ms: 400 }
    ]
    assert.deepStrictEqual(latencies(measure(happenings, 3000).turns), [640])
  })
})

describe("barge-ins", () => {
  it("are measured from the caller's first voiced sample to the app's last, with the carrier's buffer", () => {
    const happenings: ReadonlyArray<Happening> = [
      { at: 0, does: "app sends", ms: 5000 },
      { at: 1000, does: "caller speaks", ms: 900 },
      { at: 1180, does: "app interrupts" }
    ]
    const { bargeInLatency, bargeIns } = measure(happenings, 3000)
    assert.deepStrictEqual(bargeIns, [{ began: 8000, silent: 9440, latency: 1440, isInterrupted: true }])
    assert.deepStrictEqual(bargeInLatency, { p50: 1440, p95: 1440 })
    assert.deepStrictEqual(latencies(measure(happenings, 3000, 60).bargeIns), [240])
  })

  it("tell an app that had finished anyway from one that was interrupted", () => {
    const { bargeInLatency, bargeIns } = measure([
      { at: 0, does: "app sends", ms: 1300 },
      { at: 1000, does: "caller speaks", ms: 900 }
    ], 3000)
    assert.deepStrictEqual(bargeIns.map(({ isInterrupted, latency }) => [latency / 8, isInterrupted]), [[300, false]])
    assert.isUndefined(bargeInLatency)
  })

  it("are none when the caller speaks while the app is silent", () => {
    assert.deepStrictEqual(
      measure([{ at: 0, does: "app sends", ms: 500 }, { at: 500, does: "caller speaks", ms: 500 }], 2000).bargeIns,
      []
    )
  })
})

describe("silence and talk-over", () => {
  it("are counted to the sample", () => {
    const found = measure([
      { at: 100, does: "app sends", ms: 1000 },
      { at: 800, does: "caller speaks", ms: 600 }
    ], 2000)
    const { appTalk, callerTalk, duration, silence, talkOver } = found
    assert.deepStrictEqual(
      [duration, appTalk, callerTalk, talkOver, silence].map((samples) => samples / 8),
      [2000, 1000, 600, 300, 700]
    )
  })

  it("of an app that sends silence all the time are measured by its voice", () => {
    const happenings: ReadonlyArray<Happening> = [
      { at: 0, does: "caller speaks", ms: 500 },
      { at: 0, does: "app sends silence", ms: 700 },
      { at: 700, does: "app sends", ms: 400 },
      { at: 1100, does: "app sends silence", ms: 900 }
    ]
    assert.deepStrictEqual(latencies(measure(happenings, 2000, 0, "voiced").turns), [200])
    assert.strictEqual(measure(happenings, 2000, 0, "voiced").silence, 1100 * 8)
    assert.strictEqual(measure(happenings, 2000).silence, 0)
  })

  const Moment = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3000 }))
  const Speaking = Schema.Struct({ at: Moment, does: Schema.Literals(["caller speaks", "app sends"]), ms: Moment })

  it.prop("never exceed the call, and add up to it", [Schema.Array(Speaking)], ([happenings]) => {
    const found = measure(happenings.slice(0, 4), 4000)
    assert.strictEqual(found.silence + found.callerTalk + found.appTalk - found.talkOver, found.duration)
    for (const samples of [found.silence, found.talkOver, found.callerTalk, found.appTalk]) {
      assert.isAtLeast(samples, 0)
      assert.isAtMost(samples, found.duration)
    }
    for (const latency of latencies([...found.turns, ...found.bargeIns])) assert.isAtLeast(latency, 0)
  })
})

describe("percentiles", () => {
  it("are the nearest rank: values that are there", () => {
    assert.deepStrictEqual(Measures.percentiles(Array.from({ length: 100 }, (_, index) => 100 - index)), {
      p50: 50,
      p95: 95
    })
    assert.deepStrictEqual(Measures.percentiles([5]), { p50: 5, p95: 5 })
    assert.deepStrictEqual(Measures.percentiles([30, 10, 20]), { p50: 20, p95: 30 })
    assert.isUndefined(Measures.percentiles([]))
  })
})

it("the counts of the playout are passed on as they are", () => {
  const { ledger, queue } = play([{ at: 0, does: "app sends", ms: 500 }], 100)
  assert.strictEqual(Measures.measure(ledger, queue.counts).playout, queue.counts)
  assert.strictEqual(Measures.measure(Ledger.make(8000), queue.counts).duration, 0)
})
