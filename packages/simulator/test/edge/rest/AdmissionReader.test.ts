import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import type * as Admission from "../../../src/edge/rest/Admission.ts"
import * as AdmissionReader from "../../../src/edge/rest/AdmissionReader.ts"

const problems = <A>(admitted: Admission.Admitted<A>): ReadonlyArray<Admission.Problem> =>
  Result.isFailure(admitted) ? admitted.failure : []

const paths = <A>(admitted: Admission.Admitted<A>): ReadonlyArray<string> => problems(admitted).map(({ path }) => path)

const point = AdmissionReader.struct({
  x: AdmissionReader.required(AdmissionReader.integer({ minimum: 0, maximum: 9 })),
  name: AdmissionReader.optional(AdmissionReader.text),
  unit: AdmissionReader.withDefault(AdmissionReader.literal("mm", "cm"), "mm")
})

const shape = AdmissionReader.tagged<unknown>("type", {
  point: AdmissionReader.struct({
    type: AdmissionReader.required(AdmissionReader.text),
    at: AdmissionReader.required(point)
  }),
  line: AdmissionReader.struct({
    type: AdmissionReader.required(AdmissionReader.text),
    points: AdmissionReader.required(AdmissionReader.nonEmptyArray(point))
  })
})

describe("AdmissionReader", () => {
  it("reads a closed object, with absent keys as undefined or their default", () => {
    assert.deepStrictEqual(Result.getOrNull(point({ x: 1 }, "")), { x: 1, name: undefined, unit: "mm" })
  })

  it("reports every problem of an object at once, each at its own path", () => {
    assert.deepStrictEqual(paths(point({ x: 10, name: 1, unit: "km", colour: "red", "a-b": 1 }, "p[0]")), [
      "p[0].x",
      "p[0].name",
      "p[0].unit",
      "p[0].colour",
      "p[0][\"a-b\"]"
    ])
  })

  it("names a missing key by the path it should have", () => {
    assert.deepStrictEqual(problems(point({}, "")), [{ path: "x", message: "required, but missing" }])
  })

  it("does not take null for a key left out", () => {
    assert.deepStrictEqual(paths(point({ x: 1, name: null }, "")), ["name"])
  })

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("takes %s for an unknown key", (key) => {
    const json: unknown = JSON.parse(`{"x":1,"${key}":{"x":1}}`)
    assert.deepStrictEqual(paths(point(json, "")), [key])
  })

  it("does not find a required key on the prototype", () => {
    const inherits = AdmissionReader.struct({ constructor: AdmissionReader.required(AdmissionReader.anything) })
    assert.deepStrictEqual(paths(inherits({}, "")), ["constructor"])
    assert.deepStrictEqual(paths(point(JSON.parse(`{"__proto__":{"x":1}}`), "")), ["x", "__proto__"])
  })

  it.each([true, false, "1", 1.5, -1, 10, null, [1], {}, Number.NaN, Number.POSITIVE_INFINITY])(
    "does not take %j for a whole number from 0 to 9",
    (json) => {
      assert.isTrue(Result.isFailure(AdmissionReader.integer({ minimum: 0, maximum: 9 })(json, "n")))
    }
  )

  it.each(["toString", "__proto__", "", 1, null, undefined])("does not take %j for a kind of object", (type) => {
    assert.deepStrictEqual(paths(shape({ type }, "s")), ["s.type"])
  })

  it("asks for the key that tells the kind", () => {
    assert.deepStrictEqual(problems(shape({}, "s")), [{ path: "s.type", message: "required, but missing" }])
    assert.deepStrictEqual(paths(shape([], "s")), ["s"])
  })

  it("reads a record with any name as key, __proto__ included", () => {
    const names = AdmissionReader.record({ key: /^[a-z_]+$/, value: AdmissionReader.boolean, maximumEntries: 2 })
    const read = Result.getOrThrow(names(JSON.parse(`{"__proto__":true,"a":false}`), ""))
    assert.deepStrictEqual(Object.entries(read), [["__proto__", true], ["a", false]])
    assert.strictEqual(Object.getPrototypeOf(read), Object.prototype)
    assert.deepStrictEqual(paths(names({ a: true, B: 1, c: true }, "r")), ["r", "r.B", "r.B"])
  })

  it("judges a rule over an array even when its items are refused", () => {
    const pair = AdmissionReader.withRule(
      AdmissionReader.nonEmptyArray(AdmissionReader.boolean),
      (json, path) => Array.isArray(json) && json.length > 2 ? [{ path, message: "too long" }] : []
    )
    assert.deepStrictEqual(paths(pair([true, 1, false], "a")), ["a[1]", "a"])
    assert.deepStrictEqual(paths(pair([true, true, false], "a")), ["a"])
    assert.deepStrictEqual(Result.getOrNull(pair([true, false], "a")), [true, false])
  })

  it("refuses an array without items, and what only looks like an array", () => {
    const flags = AdmissionReader.nonEmptyArray(AdmissionReader.boolean)
    assert.deepStrictEqual(paths(flags([], "a")), ["a"])
    assert.deepStrictEqual(paths(flags({ 0: true, length: 1 }, "a")), ["a"])
  })

  it("takes an array of nothing where one need not have items, and counts before it reads", () => {
    const flags = AdmissionReader.array(AdmissionReader.boolean, 2)
    assert.deepStrictEqual(Result.getOrNull(flags([], "a")), [])
    assert.deepStrictEqual(paths(flags([1, true], "a")), ["a[0]"])
    assert.deepStrictEqual(paths(flags([1, 1, 1], "a")), ["a"])
  })

  it("reads an open object without looking at its other keys", () => {
    const open = AdmissionReader.open({ x: AdmissionReader.required(AdmissionReader.boolean) })
    assert.deepStrictEqual(Result.getOrNull(open({ x: true, y: 1 }, "")), { x: true })
    assert.deepStrictEqual(paths(open({ y: 1 }, "")), ["x"])
    assert.deepStrictEqual(paths(open([], "o")), ["o"])
  })

  it("names the keys that are not known, and none of what is no object", () => {
    const unknown = AdmissionReader.unknownKeys({ x: true })
    assert.deepStrictEqual(unknown({ x: 1, y: 1, z: 1 }, "o").map(({ path }) => path), ["o.y", "o.z"])
    assert.deepStrictEqual(unknown([1], "o"), [])
  })

  it("asks for one of two keys by the name of the first", () => {
    const either = AdmissionReader.oneOf("x", "y")
    assert.deepStrictEqual(either({}, "o"), [{ path: "o.x", message: "expected x or y" }])
    assert.deepStrictEqual([either({ y: 1 }, "o"), either({ x: 1, y: 1 }, "o"), either(1, "o")], [[], [], []])
  })

  it("leaves kinds that are not listed to another reader, names on the prototype among them", () => {
    const lenient = AdmissionReader.tagged<unknown>("type", { a: () => Result.succeed("a") }, () => Result.succeed("?"))
    assert.deepStrictEqual(["a", "b", "toString"].map((type) => Result.getOrNull(lenient({ type }, ""))), [
      "a",
      "?",
      "?"
    ])
    assert.deepStrictEqual(paths(lenient({ type: 1 }, "s")), ["s.type"])
    assert.deepStrictEqual(paths(lenient({}, "s")), ["s.type"])
  })
})
