import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as difference from "../../../src/core/journal/difference.ts"

describe("difference", () => {
  it.prop("finds none between a value and its copy", [Schema.Json], ([json]) => {
    assert.isUndefined(difference.first(json, JSON.parse(JSON.stringify(json))))
  })

  it.prop("finds the value that was put elsewhere, by its path", [Schema.Json, Schema.Json], ([one, other]) => {
    const found = difference.first({ a: [1, one] }, { a: [1, other] })
    if (difference.first(one, other) === undefined) return assert.isUndefined(found)
    assert.isTrue(found?.path.startsWith("a[1]"))
  })

  it("does not mind the order of keys, or a key without a value", () => {
    assert.isUndefined(difference.first({ a: 1, b: { c: 2 } }, { b: { c: 2, d: undefined }, a: 1 }))
  })

  it("names what is missing on either side", () => {
    assert.deepEqual(difference.first({ a: 1 }, { a: 1, b: 2 }), { path: "b", left: undefined, right: 2 })
    assert.deepEqual(difference.first([1, 2], [1]), { path: "[1]", left: 2, right: undefined })
  })

  it("writes keys that are no names in brackets", () => {
    assert.deepEqual(difference.first({ "a b": [{ c: 1 }] }, { "a b": [{ c: 2 }] }), {
      path: "[\"a b\"][0].c",
      left: 1,
      right: 2
    })
  })

  it("tells a list from an object, and nothing from null", () => {
    assert.deepEqual(difference.first({ a: [] }, { a: {} })?.path, "a")
    assert.deepEqual(difference.first({ a: null }, {})?.path, "a")
  })
})
