import { assert, it } from "@effect/vitest"
import * as Seed from "../../src/core/Seed.ts"

it("an id is a version 4 UUID", () => {
  for (let count = 1; count <= 200; count++) {
    assert.match(Seed.uuid(7, "call", count), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
})

it("the same seed, label and count give the same id, and any other gives another", () => {
  const ids = [1, 2, 3].flatMap((seed) =>
    ["call", "request"].flatMap((label) => [1, 2, 3].map((count) => Seed.uuid(seed, label, count)))
  )
  assert.strictEqual(new Set(ids).size, 18)
  assert.strictEqual(Seed.uuid(1, "call", 1), ids[0])
})

it("an id stays what it was: journals of earlier versions are written again", () => {
  assert.strictEqual(Seed.uuid(7, "call", 1), "f19a28ab-f793-403b-ad8b-2ead10f850c1")
  assert.strictEqual(Seed.uuid(0, "request", 42), "efb53aca-6e72-40f0-a7c6-3cc5f46264c1")
})

it("a hundred thousand ids do not collide", () => {
  const ids = new Set(Array.from({ length: 100_000 }, (_, count) => Seed.uuid(1, "call", count)))
  assert.strictEqual(ids.size, 100_000)
})

it("a request id of the older API is 43 letters and digits, decided by seed, label and count", () => {
  const ids = Array.from({ length: 10_000 }, (_, count) => Seed.alphanumeric(7, "request", count))
  for (const id of ids) assert.match(id, /^[A-Za-z0-9]{43}$/)
  assert.strictEqual(new Set(ids).size, ids.length)
  assert.strictEqual(Seed.alphanumeric(7, "request", 5), ids[5])
  assert.notInclude(ids, Seed.alphanumeric(8, "request", 5))
  assert.notInclude(ids, Seed.alphanumeric(7, "call", 5))
})

it("a request id of the older API makes use of its whole alphabet", () => {
  const letters = new Set(Array.from({ length: 200 }, (_, count) => Seed.alphanumeric(1, "request", count)).join(""))
  assert.strictEqual(letters.size, 62)
})
