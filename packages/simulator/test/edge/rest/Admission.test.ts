import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Admission from "../../../src/edge/rest/Admission.ts"
import * as AdmissionReader from "../../../src/edge/rest/AdmissionReader.ts"

const problems = <A>(admitted: Admission.Admitted<A>): ReadonlyArray<Admission.Problem> =>
  Result.isFailure(admitted) ? admitted.failure : []

const paths = <A>(admitted: Admission.Admitted<A>): ReadonlyArray<string> => problems(admitted).map(({ path }) => path)

const point = AdmissionReader.struct({
  x: AdmissionReader.required(AdmissionReader.integer({ minimum: 0, maximum: 9 })),
  name: AdmissionReader.optional(AdmissionReader.text),
  unit: AdmissionReader.withDefault(AdmissionReader.literal("mm", "cm"), "mm")
})

const nested = (levels: number): unknown => levels === 0 ? 1 : [nested(levels - 1)]

describe("Admission", () => {
  it("says what was expected and the shape of what came", () => {
    const messageOf = (json: unknown) =>
      problems(AdmissionReader.integer({ minimum: 0, maximum: 9 })(json, ""))[0]?.message
    const expected = "expected a whole number from 0 to 9, got"
    assert.strictEqual(messageOf(29), `${expected} the number 29`)
    assert.strictEqual(messageOf(919999999999), `${expected} a long number`)
    assert.strictEqual(messageOf("918888888888"), `${expected} a string of 12 characters`)
    assert.strictEqual(messageOf("x"), `${expected} a string of 1 character`)
    assert.strictEqual(messageOf(""), `${expected} an empty string`)
    assert.strictEqual(messageOf(true), `${expected} the boolean true`)
    assert.strictEqual(messageOf([1, 2]), `${expected} an array of 2 items`)
    assert.strictEqual(messageOf(null), `${expected} null`)
    assert.strictEqual(messageOf({}), `${expected} a value of type object`)
    assert.strictEqual(messageOf(undefined), `${expected} nothing`)
  })

  it("masks digits of unknown keys and cuts long ones", () => {
    assert.deepStrictEqual(paths(point({ x: 1, "919999999999": 1, _918888888888: 1, ["k".repeat(99)]: 1 }, "")), [
      "[\"************\"]",
      "[\"_************\"]",
      `["${"k".repeat(40)}..."]`
    ])
  })

  it("reads documents of 64 levels and reports deeper ones as one problem", () => {
    const read = Admission.document(AdmissionReader.anything)
    assert.isTrue(Result.isSuccess(read(nested(Admission.maximumDepth), "")))
    assert.deepStrictEqual(paths(read(nested(Admission.maximumDepth + 1), "")), [""])
    assert.deepStrictEqual(paths(read(JSON.parse("[".repeat(200_000) + "]".repeat(200_000)), "")), [""])
  })

  it("reports 100 problems, the last saying that there are more", () => {
    const read = Admission.document(AdmissionReader.nonEmptyArray(AdmissionReader.boolean))
    const wrong = (count: number) => problems(read(Array.from({ length: count }, () => 1), "a"))
    assert.strictEqual(wrong(100)[99]?.path, "a[99]")
    assert.lengthOf(wrong(101), 100)
    assert.deepStrictEqual(wrong(101)[99], { path: "", message: "more than 100 problems; the rest is left out" })
    assert.deepStrictEqual(wrong(300_000), wrong(101))
  })

  it.prop("gives a value or between 1 and 100 problems, whatever the JSON", { json: Schema.Json }, ({ json }) => {
    const admitted = Admission.document(AdmissionReader.nonEmptyArray(point))(json, "")
    const count = problems(admitted).length
    return Result.isSuccess(admitted) || (count >= 1 && count <= Admission.maximumProblems)
  })
})
