import { assert, describe, it } from "@effect/vitest"
import * as Lines from "../../src/engine/Lines.ts"

const frameMs = 20
const frames = Array.from({ length: 200 }, (_, frame) => frame)
const lossy = (label = "call") => Lines.make(label, frameMs, () => ({ loss: 0.5 }))
const loud = (sampleRate: 8000 | 16_000) => new Int16Array((frameMs * sampleRate) / 1000).fill(1000)

/** The frames of what a leg says that the platform does not get. */
const unsaid = (lines: Lines.Lines, legId = "caller", sampleRate: 8000 | 16_000 = 8000): ReadonlyArray<number> =>
  frames.filter((frame) =>
    lines.said(legId, frame, sampleRate, { samples: loud(sampleRate), voiced: [] })?.samples[0] === 0
  )

/** The frames of a stream that a leg does not hear. */
const unheard = (lines: Lines.Lines, stream = "one"): ReadonlyArray<number> =>
  frames.filter((frame) => {
    const samples = loud(8000)
    lines.hears("caller", stream, frame, { samples, sampleRate: 8000 })
    return samples[0] === 0
  })

describe("a line that loses", () => {
  it("loses the same again, and something else on another call", () => {
    assert.isAbove(unsaid(lossy()).length, 50)
    assert.deepStrictEqual(unsaid(lossy()), unsaid(lossy()))
    assert.notDeepEqual(unsaid(lossy()), unsaid(lossy("another")))
  })

  it("loses in each direction on its own, and for each leg", () => {
    const lines = lossy()
    assert.notDeepEqual(unsaid(lines), unheard(lines))
    assert.notDeepEqual(unsaid(lines), unsaid(lines, "callee1"))
  })

  it("loses the same for all streams of a call, whatever their rate", () => {
    const lines = lossy()
    assert.deepStrictEqual(unsaid(lines), unsaid(lines, "caller", 16_000))
    assert.deepStrictEqual(unheard(lines, "one"), unheard(lines, "two"))
  })
})

describe("a clear line", () => {
  it("gives what was said as it is", () => {
    const said = { samples: loud(8000), voiced: [] }
    const lines = Lines.make("call", frameMs, () => ({}))
    assert.strictEqual(lines.said("caller", 0, 8000, said), said)
    assert.isUndefined(lines.said("caller", 1, 8000, undefined))
  })
})
