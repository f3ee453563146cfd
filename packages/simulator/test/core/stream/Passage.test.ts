import { assert, describe, it } from "@effect/vitest"
import * as Passage from "../../../src/core/stream/Passage.ts"

const counts = { sent: 200, withheld: 10, dropped: 2, skipped: 1, messages: 4, audio: 4, undecodable: 0, ignored: 0 }
const waiting = Passage.nothingWaits
const lateness = { p50: 0, p99: 3, max: 12 }

describe("how the frames of a stream went out", () => {
  it("is told with every frame in one place, and how late they were", () => {
    assert.deepStrictEqual(Passage.summary({ counts, waiting, lateness, timer: undefined }), [
      "call audio: received 4260 ms, sent 4000 ms, queued 0 ms, withheld 200 ms, dropped 40 ms, passed over 20 ms",
      "frames sent late: p50 0 ms, p99 3 ms, max 12 ms"
    ])
  })

  it("is counted in samples of the stream", () => {
    assert.deepStrictEqual(Passage.upstream(counts, { messageMs: 40, lineMs: 60 }, 16_000), {
      received: 215 * 320,
      heard: 197 * 320,
      queued: 5 * 320,
      byPause: 10 * 320,
      byOverflow: 2 * 320,
      byStandstill: 320
    })
  })

  it("has no more in the line than was sent, whatever else waits there", () => {
    const { heard, queued, received } = Passage.upstream(counts, { messageMs: 0, lineMs: 10_000 }, 8000)
    assert.deepStrictEqual([received, heard, queued], [213 * 160, 0, 200 * 160])
  })

  it("is told without what is not known: of a stream that goes on, and where time is exact", () => {
    assert.lengthOf(Passage.summary({ counts, waiting, lateness: undefined, timer: undefined }), 1)
  })

  it("is told with the machine's own timer, and trusted while that is late by less than a frame", () => {
    const told = (p99: number) =>
      Passage.summary({ counts, waiting, lateness, timer: { p50: 0.4, p99, max: 40 } }).at(-1)
    const timer = "the machine's own timer was late: p50 0.4 ms"
    assert.strictEqual(told(19.9), `${timer}, p99 19.9 ms, max 40 ms, so latencies are right to a frame`)
    assert.strictEqual(told(20), `${timer}, p99 20 ms, max 40 ms, so latencies are NOT to be trusted`)
  })
})
