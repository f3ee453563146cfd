/** What a schema found wrong, for whoever wrote the JSON: where, what, and what would do instead. */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import * as likeness from "../core/expect/likeness.ts"
import * as Admission from "./rest/Admission.ts"

type Problems = ReadonlyArray<Admission.Problem>

const standard = SchemaIssue.makeFormatterStandardSchemaV1()

const below = (path: string, keys: ReadonlyArray<PropertyKey>): string =>
  keys.reduce<string>((text, key) => Admission.at(text, typeof key === "number" ? key : String(key)), path)

/** How far from the key that was meant a slip of the fingers is, by {@link likeness.between}. */
const slip = 4

const unknownKey = (key: string, ast: SchemaAST.AST): string => {
  const known = SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : []
  const [nearest] = known.map((name) => ({ name, by: likeness.between(name, key)?.by ?? 0 })).toSorted((a, b) =>
    a.by - b.by
  )
  return nearest !== undefined && nearest.by <= slip && key.length > 2
    ? `unknown key; did you mean ${nearest.name}?`
    : `unknown key; ${known.length === 0 ? "there is none to be" : `there are ${known.join(", ")}`}`
}

/** The tags of a union all of whose members have one. */
const tagsOf = ({ types }: SchemaAST.Union): ReadonlyArray<string> | undefined => {
  const tags = types.flatMap((type) => {
    const tag = SchemaAST.isObjects(type) ? type.propertySignatures.find(({ name }) => name === "_tag")?.type : undefined
    return tag !== undefined && SchemaAST.isLiteral(tag) ? [String(tag.literal)] : []
  })
  return tags.length === types.length ? tags : undefined
}

const inIssue = (issue: SchemaIssue.Issue, path: string, key: PropertyKey): Problems => {
  switch (issue._tag) {
    case "Pointer":
      return inIssue(issue.issue, below(path, issue.path), issue.path.at(-1) ?? key)
    case "Composite":
      return issue.issues.flatMap((one) => inIssue(one, path, key))
    case "Encoding":
      return inIssue(issue.issue, path, key)
    case "UnexpectedKey":
      return [{ path, message: unknownKey(String(key), issue.ast) }]
    case "MissingKey":
      return typeof key === "number" ? [{ path, message: "Expected one at least" }] : [{ path, message: "Missing key" }]
    case "AnyOf": {
      const tags = issue.issues.length === 0 ? tagsOf(issue.ast) : undefined
      if (tags !== undefined) return [{ path: below(path, ["_tag"]), message: `Expected one of ${tags.join(", ")}` }]
      if (issue.issues.length > 0) return issue.issues.flatMap((one) => inIssue(one, path, key))
    }
  }
  return standard(issue).issues.map(({ message, path: further = [] }) => ({
    path: below(path, further.map((part) => typeof part === "object" ? part.key : part)),
    message
  }))
}

/**
 * Every problem by its path, none of which shows a value.
 *
 * @category reading
 * @since 0.1.0
 */
export const problemsIn = ({ issue }: Schema.SchemaError): Problems => inIssue(issue, "", "")
