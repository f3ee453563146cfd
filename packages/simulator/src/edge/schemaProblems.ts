/** What a schema found wrong, for whoever wrote the JSON: where, what, and what would do instead. */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import * as likeness from "../core/expect/likeness.ts"
import * as Admission from "./rest/Admission.ts"

type Problems = ReadonlyArray<Admission.Problem>

const standard = SchemaIssue.makeFormatterStandardSchemaV1()

/** Writes the path of a key or an index below a path. */
type At = (path: string, key: string | number) => string

/** In full: who reads it has written it. */
const inFull: At = (path, key) => {
  if (typeof key === "number") return `${path}[${key}]`
  if (!/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === "" ? key : `${path}.${key}`
}

/** How far from the key that was meant a slip of the fingers is, by {@link likeness.between}. */
const slip = 4

const allowed = (known: ReadonlyArray<string>): string => {
  if (known.length === 0) return ""
  return known.length === 1 ? `; the only key is ${known[0]}` : `; there are ${known.join(", ")}`
}

const unknownKey = (key: string, ast: SchemaAST.AST): string => {
  const known = SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : []
  const [nearest] = known.map((name) => ({ name, by: likeness.between(name, key)?.by ?? 0 })).toSorted((a, b) =>
    a.by - b.by
  )
  return nearest !== undefined && nearest.by <= slip && key.length > 2
    ? `unknown key; did you mean ${nearest.name}?`
    : `unknown key${allowed(known)}`
}

/** The tags of a union all of whose members have one. */
const tagsOf = ({ types }: SchemaAST.Union): ReadonlyArray<string> | undefined => {
  const tags = types.flatMap((type) => {
    const tag = SchemaAST.isObjects(type)
      ? type.propertySignatures.find(({ name }) => name === "_tag")?.type
      : undefined
    return tag !== undefined && SchemaAST.isLiteral(tag) ? [String(tag.literal)] : []
  })
  return tags.length === types.length ? tags : undefined
}

/** Of the members of a union, what is wrong by those that have the least against it. */
const ofNearest = (members: ReadonlyArray<Problems>): Problems => {
  const least = Math.min(...members.map(({ length }) => length))
  const all = members.filter(({ length }) => length === least).flat()
  return all.filter(({ message, path }, index) =>
    all.findIndex((other) => other.path === path && other.message === message) === index
  )
}

const reader = (at: At) => {
  const below = (path: string, keys: ReadonlyArray<PropertyKey>): string =>
    keys.reduce<string>((text, key) => at(text, typeof key === "number" ? key : String(key)), path)

  const read = (issue: SchemaIssue.Issue, path: string, key: PropertyKey): Problems => {
    switch (issue._tag) {
      case "Pointer":
        return read(issue.issue, below(path, issue.path), issue.path.at(-1) ?? key)
      case "Composite":
        return issue.issues.flatMap((one) => read(one, path, key))
      case "Encoding":
        return read(issue.issue, path, key)
      case "UnexpectedKey":
        return [{ path, message: unknownKey(String(key), issue.ast) }]
      case "MissingKey":
        return [{ path, message: typeof key === "number" ? "Expected one at least" : "Missing key" }]
      case "AnyOf": {
        if (issue.issues.length > 0) return ofNearest(issue.issues.map((one) => read(one, path, key)))
        const tags = tagsOf(issue.ast)
        if (tags !== undefined) return [{ path: at(path, "_tag"), message: `Expected one of ${tags.join(", ")}` }]
      }
    }
    return standard(issue).issues.map(({ message, path: further = [] }) => ({
      path: below(path, further.map((part) => typeof part === "object" ? part.key : part)),
      message
    }))
  }

  return ({ issue }: Schema.SchemaError): Problems => read(issue, "", "")
}

/**
 * Every problem by its path, for whoever wrote the JSON. None shows a value.
 *
 * @category reading
 * @since 0.1.0
 */
export const problemsIn = reader(inFull)

/**
 * The same for replies, where keys do not show numbers either.
 *
 * @category reading
 * @since 0.1.0
 */
export const maskedProblemsIn = reader(Admission.at)
