import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Spans from "../../../src/core/media/Spans.ts"

const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400 }))
const Gaps = Schema.Array(Schema.Struct({ gap: Count, length: Count }))

/** Sounds one after another, with gaps. */
const sounds = (gaps: typeof Gaps.Type): ReadonlyArray<Spans.Span> => {
  let at = 0
  return gaps.map(({ gap, length }) => {
    const start = at + gap
    at = start + length
    return { start, end: at }
  })
}

describe("spans", () => {
  it("join sounds with little between them, and keep others apart", () => {
    const spans = [{ start: 10, end: 20 }, { start: 25, end: 30 }, { start: 36, end: 40 }].reduce(
      Spans.add,
      Spans.make(5)
    )
    assert.deepStrictEqual(Spans.toArray(spans), [{ start: 10, end: 30 }, { start: 36, end: 40 }])
  })

  it("leave out what lies in the past, and what is no stretch of time", () => {
    const spans = [
      { start: 10, end: 20 },
      { start: 5, end: 15 },
      { start: 18, end: 25 },
      { start: 30, end: 30 },
      { start: 90, end: 80 },
      { start: Number.NaN, end: 100 },
      { start: 40, end: Number.NaN }
    ].reduce(Spans.add, Spans.make(0))
    assert.deepStrictEqual(Spans.toArray(spans), [{ start: 10, end: 25 }])
  })

  it("begin another after they were settled, without a gap", () => {
    const first = Spans.settle(Spans.add(Spans.make(100), { start: 0, end: 10 }))
    assert.deepStrictEqual(Spans.toArray(Spans.settle(first)), [{ start: 0, end: 10 }])
    assert.deepStrictEqual(Spans.toArray(Spans.add(first, { start: 10, end: 20 })), [
      { start: 0, end: 10 },
      { start: 10, end: 20 }
    ])
  })

  it("are so many at most: what sounds later is in none", () => {
    const spans = Spans.make(0)
    for (let place = 0; place < Spans.maximumSpans + 5; place += 1) {
      Spans.add(spans, { start: 10 * place, end: 10 * place + 4 })
    }
    const last = 10 * (Spans.maximumSpans - 1)
    assert.lengthOf(Spans.toArray(spans), Spans.maximumSpans)
    assert.deepStrictEqual(Spans.toArray(spans).at(-1), { start: last, end: last + 4 })
    assert.lengthOf(Spans.toArray(Spans.settle(spans)), Spans.maximumSpans)
  })

  it("are settled in a time that does not grow with their number", () => {
    const spans = Spans.make(0)
    Spans.add(spans, { start: 0, end: 4 })
    const { settled } = Spans.settle(spans)
    assert.strictEqual(Spans.settle(Spans.add(spans, { start: 10, end: 14 })).settled, settled)
  })

  it("of a copy stay as they were", () => {
    const spans = Spans.add(Spans.make(5), { start: 0, end: 4 })
    const copy = Spans.copy(spans)
    Spans.add(Spans.add(spans, { start: 6, end: 8 }), { start: 100, end: 104 })
    assert.deepStrictEqual(Spans.toArray(copy), [{ start: 0, end: 4 }])
    assert.deepStrictEqual(Spans.toArray(spans), [{ start: 0, end: 8 }, { start: 100, end: 104 }])
  })

  it("are found from behind the last one", () => {
    const find = Spans.finder([{ start: 0, end: 10 }])
    assert.deepStrictEqual([find(10), find(5)], [1, 0])
  })

  it.prop(
    "are found from any place, in any order, as they are from the first",
    [Gaps, Schema.Array(Count)],
    ([gaps, asked]) => {
      const spans = sounds(gaps).filter(({ end, start }) => end > start)
      const find = Spans.finder(spans)
      for (const at of asked) assert.strictEqual(find(at), Spans.firstEndingAfter(spans, at))
    }
  )

  it.prop("are in order, further apart than the join, and lose no sound", [Gaps, Count], ([gaps, join]) => {
    const all = sounds(gaps)
    const spans = Spans.toArray(all.reduce(Spans.add, Spans.make(join)))
    for (const [index, { start }] of spans.entries()) {
      const before = spans[index - 1]
      if (before !== undefined) assert.isAbove(start - before.end, join)
    }
    for (const sound of all) assert.strictEqual(Spans.overlap([sound], spans), sound.end - sound.start)
  })

  it.prop(
    "overlap and lie within as a count of single samples says",
    [Gaps, Gaps, Count, Count],
    ([a, b, from, length]) => {
      const left = sounds(a.slice(0, 6)).filter(({ end, start }) => end > start)
      const right = sounds(b.slice(0, 6)).filter(({ end, start }) => end > start)
      const covers = (spans: ReadonlyArray<Spans.Span>, at: number) =>
        spans.some(({ end, start }) => at >= start && at < end)
      let both = 0
      let inside = 0
      for (let at = 0; at < 5000; at += 1) {
        if (covers(left, at) && covers(right, at)) both += 1
        if (covers(left, at) && at >= from && at < from + length) inside += 1
      }
      assert.strictEqual(Spans.overlap(left, right), both)
      assert.strictEqual(Spans.overlap(right, left), both)
      assert.strictEqual(Spans.total(Spans.within(left, { start: from, end: from + length })), inside)
    }
  )
})

it("nothing lies within a stretch that only touches a span", () => {
  assert.deepStrictEqual(Spans.within([{ start: 10, end: 20 }], { start: 0, end: 10 }), [])
  assert.deepStrictEqual(Spans.within([{ start: 10, end: 20 }], { start: 20, end: 30 }), [])
})

describe("listening", () => {
  const Samples = Schema.Array(Schema.Literals([0, 327, -327, 328, -328, 32_767, -32_768]))

  it("hears from the first loud sample to the last, whatever its sign", () => {
    const heard = Spans.listen(Spans.make(3), 1000, Int16Array.of(0, -328, 0, 0, 0, 328, 327, -327, 0, 0, 9000, 0))
    assert.deepStrictEqual(Spans.toArray(heard), [{ start: 1001, end: 1006 }, { start: 1010, end: 1011 }])
  })

  it.prop("does not depend on how the audio is cut", [Samples, Count, Count], ([values, size, join]) => {
    const samples = Int16Array.from(values)
    const whole = Spans.listen(Spans.make(join % 5), 0, samples)
    let pieces = Spans.make(join % 5)
    const step = 1 + (size % 7)
    for (let at = 0; at < samples.length; at += step) pieces = Spans.listen(pieces, at, samples.subarray(at, at + step))
    assert.deepStrictEqual(Spans.toArray(pieces), Spans.toArray(whole))
  })
})
