/** Rules about a whole object or array, told together with the problems of its parts. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * One breach of a rule, at a path below the value.
 *
 * @category models
 * @since 0.1.0
 */
export interface Breach {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
}

/**
 * A schema with a rule that also runs when parts of the value are wrong, which a check does not, so that all problems
 * show at once. The rule sees the raw value, whatever it is.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withRule = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  rule: (input: unknown) => ReadonlyArray<Breach>
) => {
  const parse = SchemaParser.decodeUnknownResult(schema)
  const both = Schema.makeFilter((input: unknown, _ast, options) => {
    const broken = rule(input).map(({ message, path }) => {
      const issue = new SchemaIssue.InvalidValue({ message })
      return path.length === 0 ? issue : new SchemaIssue.Pointer(path, issue)
    })
    if (broken.length === 0) return []
    const parsed = parse(input, options)
    return Result.isFailure(parsed) ? [parsed.failure, ...broken] : broken
  })
  return Schema.Unknown.check(both).pipe(
    Schema.decodeTo(schema, SchemaTransformation.passthrough({ strict: false }))
  )
}
