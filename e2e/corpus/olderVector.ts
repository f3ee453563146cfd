/** Vectors of the older builders: `PiopiyAction` and `Action` for call documents, `StreamAction` for the audio stream. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Step = Schema.Struct({
  method: Schema.String,
  args: Schema.optionalKey(Schema.Array(Schema.Unknown)),
  kwargs: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})

/** One step of a builder. */
export type Step = typeof Step.Type

const Returned = Schema.Struct({ method: Schema.String, returns: Schema.Unknown })

const Failure = Schema.StructWithRest(
  Schema.Struct({ name: Schema.String, message: Schema.String }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)

const Recorded = Schema.StructWithRest(
  Schema.Struct({
    sdk: Schema.String,
    input: Schema.Struct({
      lang: Schema.Literals(["node", "py"]),
      class: Schema.Literals(["PiopiyAction", "Action", "StreamAction"]),
      calls: Schema.NonEmptyArray(Step)
    }),
    expected: Schema.Struct({
      result: Schema.optionalKey(Schema.Unknown),
      results: Schema.optionalKey(Schema.Array(Returned)),
      error: Schema.optionalKey(Failure),
      first_returned_array_after_later_calls: Schema.optionalKey(Schema.Unknown)
    })
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)

export interface OlderVector {
  readonly lang: "node" | "py"
  /** As one number, 1.2.0 being 10200; that of the last release with the app id when it is not told. */
  readonly release: number
  /** Whether the builder speaks on the audio stream. */
  readonly onStream: boolean
  readonly calls: ReadonlyArray<Step>
  readonly expected: (typeof Recorded.Type)["expected"]
}

const olderClasses = new Set(["PiopiyAction", "Action", "StreamAction"])

export const isOlderClass = (name: unknown): boolean => typeof name === "string" && olderClasses.has(name)

const decode = Schema.decodeUnknownResult(Recorded, { errors: "first", onExcessProperty: "error" })

/** The vector of a JSON document, or why it cannot be read. */
export const readOlder = (json: unknown): Result.Result<OlderVector, string> =>
  Result.flatMap(Result.mapError(decode(json), ({ message }) => message.replaceAll(/\s+/g, " ")), (recorded) => {
    const { expected, input, sdk } = recorded
    const [, major = 1, minor = 0, patch = 8] = /\b(\d+)\.(\d+)\.(\d+)\b/.exec(sdk) ?? []
    if (expected.result === undefined && expected.results === undefined && expected.error === undefined) {
      return Result.fail("nothing is expected of it")
    }
    return Result.succeed({
      lang: input.lang,
      release: Number(major) * 10_000 + Number(minor) * 100 + Number(patch),
      onStream: input.class === "StreamAction",
      calls: input.calls,
      expected
    })
  })
