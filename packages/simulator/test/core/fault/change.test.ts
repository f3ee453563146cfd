import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { change } from "../../../src/core/fault/change.ts"

describe("change", () => {
  it.each<readonly [body: unknown, set: Record<string, unknown>, expected: unknown]>([
    [{ a: 1, b: 2 }, { a: "x" }, { a: "x", b: 2 }],
    [{ a: { b: { c: 1 }, d: 2 } }, { "a.b.c": null }, { a: { b: { c: null }, d: 2 } }],
    [{ a: [1, 2, 3] }, { "a.1": 9 }, { a: [1, 9, 3] }],
    [{ a: [1] }, { "a.7": 2 }, { a: [1, 2] }],
    [{ a: [{ b: 1 }] }, { "a.0.b": 2 }, { a: [{ b: 2 }] }],
    [{ a: 1 }, { "a.b": 2 }, { a: { b: 2 } }],
    [{}, { "a.b": [1], "a.c": 2 }, { a: { b: [1], c: 2 } }],
    ["text", { a: 1 }, { a: 1 }],
    [{}, {}, {}]
  ])("makes of %j with %j %j", (body, set, expected) => {
    assert.deepStrictEqual(change(body, set), expected)
  })

  it.prop("leaves the body alone that it is given, and every other key of it", [Schema.JsonObject], ([body]) => {
    const before = JSON.stringify(body)
    const changed = change(body, { "some.key": 1 })
    assert.strictEqual(JSON.stringify(body), before)
    assert.deepInclude(changed, {
      ...body,
      some: { ...(typeof body["some"] === "object" ? body["some"] : {}), key: 1 }
    })
  })

  it("has no way to a prototype", () => {
    const changed = change({}, { "__proto__.polluted": true, "constructor.prototype.polluted": true })
    assert.notProperty({}, "polluted")
    assert.strictEqual(
      JSON.stringify(changed),
      "{\"__proto__\":{\"polluted\":true},\"constructor\":{\"prototype\":{\"polluted\":true}}}"
    )
  })
})
