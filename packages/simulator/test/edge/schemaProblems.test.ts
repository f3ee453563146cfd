import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as schemaProblems from "../../src/edge/schemaProblems.ts"

const Voice = Schema.Union([
  Schema.TaggedStruct("Say", { text: Schema.String }),
  Schema.TaggedStruct("Tone", { hertz: Schema.Int })
])
const Time = Schema.Union([Schema.Struct({ afterMs: Schema.Int }), Schema.Struct({ atMs: Schema.Int })])
const Document = Schema.Struct({
  people: Schema.optionalKey(Schema.Record(Schema.String, Voice)),
  times: Schema.optionalKey(Schema.NonEmptyArray(Time))
})

const read = (json: unknown) => Schema.decodeUnknownEffect(Document)(json, { errors: "all", onExcessProperty: "error" })

const lines = (problems: ReturnType<typeof schemaProblems.problemsIn>) =>
  problems.map(({ message, path }) => `${path}: ${message}`)

describe("problemsIn", () => {
  it.effect.each<readonly [string, unknown, ReadonlyArray<string>]>([
    ["names the key that was meant", { peple: {} }, ["peple: unknown key; did you mean people?"]],
    ["lists the keys when none is near", { clock: 1 }, ["clock: unknown key; there are people, times"]],
    ["lists the tags of a union", { people: { "919840000001": { _tag: "Sing" } } }, [
      "people[\"919840000001\"]._tag: Expected one of Say, Tone"
    ]],
    ["goes by the tag", { people: { bot: { _tag: "Say", txet: "hi" } } }, [
      "people.bot.text: Missing key",
      "people.bot.txet: unknown key; did you mean text?"
    ]],
    ["says of a list that it is empty", { times: [] }, ["times[0]: Expected one at least"]],
    ["tells of the nearest members of a union, each thing once", { times: [{ afterMs: 1, beforeMs: 2 }] }, [
      "times[0].beforeMs: unknown key; the only key is afterMs"
    ]]
  ])("%s", ([, json, expected]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(read(json))
      assert.deepEqual(lines(schemaProblems.problemsIn(error)).toSorted(), expected.toSorted())
    }))

  it.effect("masks numbers in paths for replies alone", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(read({ people: { "919840000001": 1 } }))
      assert.match(lines(schemaProblems.problemsIn(error)).join(), /^people\["919840000001"\]/)
      assert.match(lines(schemaProblems.maskedProblemsIn(error)).join(), /^people\["\*+"\]/)
    }))
})
