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

it("a hundred thousand ids do not collide", () => {
  const ids = new Set(Array.from({ length: 100_000 }, (_, count) => Seed.uuid(1, "call", count)))
  assert.strictEqual(ids.size, 100_000)
})
