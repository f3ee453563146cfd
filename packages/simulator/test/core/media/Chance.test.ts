import { assert, it } from "@effect/vitest"
import * as Chance from "../../../src/core/media/Chance.ts"

const draws = Array.from({ length: 100_000 }, (_, count) => Chance.draw(7, count))

it("a draw stays what it was: plans of earlier versions mean the same", () => {
  assert.deepStrictEqual([Chance.draw(1, 0), Chance.draw(7, 3), Chance.draw(7, 4)], [
    1633962652,
    3253073085,
    1172949244
  ])
})

it("draws are spread evenly, and neighbours do not follow each other", () => {
  const eighths = draws.reduce(
    (found, draw) => found.with(draw >>> 29, (found[draw >>> 29] ?? 0) + 1),
    Array.from({ length: 8 }, () => 0)
  )
  for (const found of eighths) assert.approximately(found, draws.length / 8, 500)
  const rising = draws.filter((draw, index) => draw > (draws[index - 1] ?? 0)).length
  assert.approximately(rising, draws.length / 2, 800)
})

it("another seed gives other draws", () => {
  const same = draws.filter((draw, count) => draw === Chance.draw(8, count))
  assert.isBelow(same.length, 5)
})

it("what happens is as frequent as its probability: never at 0, always at 1", () => {
  const frequency = (probability: number) =>
    draws.filter((_, count) => Chance.happens(3, count, probability)).length / draws.length
  assert.strictEqual(frequency(0), 0)
  assert.strictEqual(frequency(1), 1)
  assert.approximately(frequency(0.05), 0.05, 0.005)
})

it("a number between two reaches both", () => {
  const found = new Set(draws.slice(0, 1000).map((_, count) => Chance.between(5, count, -2, 3)))
  assert.deepStrictEqual([...found].sort((a, b) => a - b), [-2, -1, 0, 1, 2, 3])
})

it("the seed of a text is its FNV-1a hash", () => {
  assert.strictEqual(Chance.seedOf(""), 0x811c9dc5)
  assert.strictEqual(Chance.seedOf("a"), 0xe40c292c)
  assert.strictEqual(Chance.seedOf("foobar"), 0xbf9cf968)
})
