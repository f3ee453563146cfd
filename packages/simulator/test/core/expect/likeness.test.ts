import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { between } from "../../../src/core/expect/likeness.ts"

const how = (expected: string, actual: string) => between(expected, actual)?.how.join()

describe("how two texts differ", () => {
  it.each([
    ["919840007101", "919840007102", "differs in digit 12, 2 instead of 1"],
    ["919840007101", "919840007110", "digits 11 and 12 are swapped"],
    ["919840007101", "918840006101", "differs in 2 digits"],
    ["919840007101", "914400000001", "is another one"],
    ["9840007101", "919840007101", "has 91 in front"],
    ["919840007101", "9840007101", "lacks 91 in front"],
    ["Press one", "press One", "differs in upper and lower case"],
    ["welcome.wav", "thanks.wav", "is another one"]
  ])("of %s, %s %s", (expected, actual, words) => {
    assert.strictEqual(how(expected, actual), words)
  })

  it.prop("is nothing exactly when they are the same", [Schema.String, Schema.String], ([left, right]) => {
    assert.strictEqual(between(left, left), undefined)
    assert.strictEqual(between(left, right) === undefined, left === right)
  })

  it.prop("is as much one way as the other", [Schema.String, Schema.String], ([left, right]) => {
    assert.strictEqual(between(left, right)?.by, between(right, left)?.by)
  })

  it("is more than a difference in something else, however small it is", () => {
    assert.isAbove(between("1", "2")?.by ?? 0, 2)
  })
})
