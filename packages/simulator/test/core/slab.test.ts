import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as slab from "../../src/core/slab.ts"

const Lengths = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3000 })))

describe("slab", () => {
  it.prop("gives zeros that no other array shares, at places that suit samples", [Lengths], ([lengths]) => {
    const all = lengths.map((length, index) => index % 2 === 0 ? slab.bytes(length) : slab.samples(length))
    for (const [index, array] of all.entries()) {
      assert.strictEqual(array.length, lengths[index])
      assert.strictEqual(array.byteOffset % Int16Array.BYTES_PER_ELEMENT, 0)
      assert.isTrue(array.every((value) => value === 0))
      array.fill(1 + (index % 100))
    }
    for (const [index, array] of all.entries()) assert.isTrue(array.every((value) => value === 1 + (index % 100)))
  })

  it("keeps little with what is kept", () => {
    for (const length of [1, 320, 2048, 2049, 100_000]) {
      assert.isAtMost(slab.bytes(length).buffer.byteLength, Math.max(16_384, length))
    }
  })
})
