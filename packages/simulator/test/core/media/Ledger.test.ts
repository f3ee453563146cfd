import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Ledger from "../../../src/core/media/Ledger.ts"
import * as Spans from "../../../src/core/media/Spans.ts"
import { play } from "./conversation.ts"

const loud = (count: number) => new Int16Array(count).fill(5000)

/** Spans in ms of 8 kHz. */
const ms = (spans: Spans.Spans) => Spans.toArray(spans).map(({ end, start }) => [start / 8, end / 8])

describe("the ledger", () => {
  it("knows to the sample what was heard of the app, and when", () => {
    let ledger = Ledger.appHeard(Ledger.make(8000), { at: 0, samples: loud(160), heard: 0 })
    ledger = Ledger.appHeard(ledger, { at: 160, samples: loud(160), heard: 160 })
    ledger = Ledger.appHeard(ledger, { at: 320, samples: loud(160), heard: 7 })
    assert.deepStrictEqual(Spans.toArray(ledger.app.heard), [{ start: 160, end: 327 }])
    assert.deepStrictEqual(Spans.toArray(ledger.app.voiced), [{ start: 160, end: 327 }])
    assert.strictEqual(ledger.end, 480)
  })

  it("counts silence that the app sent as heard, and not as voiced", () => {
    const ledger = Ledger.appHeard(Ledger.make(8000), { at: 0, samples: new Int16Array(160), heard: 160 })
    assert.deepStrictEqual(ms(ledger.app.heard), [[0, 20]])
    assert.deepStrictEqual(ms(ledger.app.voiced), [])
  })

  it("believes a voice that knows where it speaks, and listens to one that does not", () => {
    const samples = loud(160)
    const told = Ledger.callerSaid(Ledger.make(8000), { at: 800, samples, voiced: [{ start: 700, end: 840 }] })
    assert.deepStrictEqual(Spans.toArray(told.caller.voiced), [{ start: 800, end: 840 }])
    const listened = Ledger.callerSaid(Ledger.make(8000), { at: 800, samples })
    assert.deepStrictEqual(Spans.toArray(listened.caller.voiced), [{ start: 800, end: 960 }])
  })

  it("ends the app's utterance with an interrupt, though audio follows at once", () => {
    const { ledger } = play([
      { at: 100, does: "app sends", ms: 900 },
      { at: 400, does: "app interrupts" },
      { at: 400, does: "app sends", ms: 300 }
    ], 1000)
    assert.deepStrictEqual(ms(ledger.app.heard), [[100, 400], [400, 700]])
    assert.deepStrictEqual(ledger.interrupts, [3200])
  })

  it("lets the carrier's buffer belong to the utterance that was interrupted", () => {
    const { ledger } = play(
      [
        { at: 100, does: "app sends", ms: 900 },
        { at: 400, does: "app interrupts" },
        { at: 400, does: "app sends", ms: 300 }
      ],
      1000,
      50
    )
    assert.deepStrictEqual(ms(ledger.app.heard), [[100, 450], [450, 750]])
    assert.deepStrictEqual(ms(ledger.app.voiced), [[100, 450], [450, 750]])
  })

  it("keeps marks up to a bound", () => {
    let ledger = Ledger.make(8000)
    for (let at = 0; at < 5000; at += 1) {
      ledger = Ledger.prompted(Ledger.interrupted(ledger, { at, tail: 0 }), { start: at, end: at + 1, label: "x" })
    }
    assert.strictEqual(ledger.interrupts.length, Ledger.maximumMarks)
    assert.strictEqual(ledger.prompts.length, Ledger.maximumMarks)
  })

  it("of a copy stays as it was", () => {
    const samples = loud(160)
    const ledger = Ledger.callerSaid(Ledger.appHeard(Ledger.make(8000), { at: 0, samples, heard: 160 }), {
      at: 0,
      samples
    })
    const copy = Ledger.copy(ledger)
    const before = JSON.stringify(copy)
    Ledger.callerSaid(Ledger.appHeard(ledger, { at: 160, samples, heard: 160 }), { at: 160, samples })
    assert.strictEqual(JSON.stringify(copy), before)
    assert.deepStrictEqual([copy.end, ledger.end], [160, 320])
  })

  it("does not grow with the length of a call, only with its turns", () => {
    let ledger = Ledger.make(8000)
    const samples = loud(160)
    for (let at = 0; at < 8000 * 600; at += 160) {
      ledger = Ledger.appHeard(Ledger.callerSaid(ledger, { at, samples }), { at, samples, heard: 160 })
    }
    assert.isBelow(JSON.stringify(ledger).length, 120_000)
    assert.deepStrictEqual(ms(ledger.caller.voiced), [[0, 600_000]])
  })

  const Moment = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4000 }))
  const Piece = Schema.Struct({ gap: Moment, count: Moment, heard: Moment, interrupts: Schema.Boolean, tail: Moment })

  it.prop("hears of the app exactly what it was told was heard", [Schema.Array(Piece)], ([pieces]) => {
    let ledger = Ledger.make(8000)
    let at = 0
    let heard = 0
    for (const piece of pieces) {
      at += 1601 + piece.gap
      if (piece.interrupts) ledger = Ledger.interrupted(ledger, { at, tail: piece.tail })
      ledger = Ledger.appHeard(ledger, { at, samples: loud(piece.count), heard: piece.heard })
      heard += Math.min(piece.heard, piece.count)
      at += piece.count
    }
    assert.strictEqual(Spans.total(Spans.toArray(ledger.app.heard)), heard)
    assert.deepStrictEqual(Spans.toArray(ledger.app.voiced), Spans.toArray(ledger.app.heard))
  })
})
