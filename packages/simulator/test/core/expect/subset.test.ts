import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { missing } from "../../../src/core/expect/subset.ts"

const paths = (expected: unknown, actual: unknown) => missing(expected, actual).map(({ path }) => path)

describe("what JSON lacks of what was expected", () => {
  const body = { from: 91, digits: "1", variables: { name: "Asha", tags: [{ a: 1 }, { a: 2 }] } }

  it.each<readonly [unknown, ReadonlyArray<string>]>([
    [{}, []],
    [{ digits: "1" }, []],
    [{ digits: "2", from: 91 }, ["digits"]],
    [{ from: "91" }, ["from"]],
    [{ variables: { name: "Asha" } }, []],
    [{ variables: { name: "Ravi", age: 3 } }, ["variables.name", "variables.age"]],
    [{ variables: { tags: [{}, { a: 3 }] } }, ["variables.tags[1].a"]],
    [{ variables: { tags: [{}] } }, ["variables.tags"]],
    [{ toString: 1 }, ["toString"]],
    [{ digits: null }, ["digits"]],
    [[], [""]]
  ])("of %j is at %j", (expected, found) => {
    assert.deepStrictEqual(paths(expected, body), found)
  })

  it.prop("is nothing when it is the same", [Schema.Json], ([json]) => {
    assert.deepStrictEqual(missing(json, json), [])
  })
})
