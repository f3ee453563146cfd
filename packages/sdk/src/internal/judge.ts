/** Holds documents against the wire schemas and tells every problem in both spellings. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Issue, Issues } from "../Issue.ts"
import * as PcmoV3 from "../wire/PcmoV3.ts"
import { decode as decodeFields } from "./decodeFields.ts"
import {
  type At,
  type Codec,
  encode as encodeFields,
  encodePlain,
  makeTrace,
  maximumIssues,
  type Trace
} from "./fields.ts"
import { attempt, formatPath, getIn, type Path, shapeOf } from "./plainData.ts"

interface Finding {
  readonly path: Path
  readonly message: string
  /** Whether the shape of what came completes the message. */
  readonly withShape: boolean
  /** Nothing fitted the tag of a union: the walk that read the tag has said so already, if there was one. */
  readonly noCase: boolean
}

const describe = SchemaIssue.makeFormatterDefault()

const expectedBy = (
  annotations: { readonly expected?: unknown } | undefined,
  issue: SchemaIssue.Issue
): string => typeof annotations?.expected === "string" ? `Expected ${annotations.expected}` : describe(issue)

const findings = (issue: SchemaIssue.Issue, path: Path): ReadonlyArray<Finding> => {
  const told = (message: string) => [{ path, message, withShape: false, noCase: false }]
  const expected = (message: string, noCase = false) => [{ path, message, withShape: true, noCase }]
  switch (issue._tag) {
    case "Pointer": {
      const keys = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))
      const emptyList = issue.issue._tag === "MissingKey" && typeof keys.at(-1) === "number"
      return emptyList ? told("Expected at least one item: add one") : findings(issue.issue, [...path, ...keys])
    }
    case "Composite":
      return issue.issues.flatMap((inner) => findings(inner, path))
    case "AnyOf":
      return issue.issues.length > 0
        ? issue.issues.flatMap((inner) => findings(inner, path))
        : expected(expectedBy(issue.ast.annotations, issue), true)
    case "Encoding":
      return findings(issue.issue, path)
    case "Filter":
      return issue.issue._tag === "InvalidValue" && issue.issue.annotations?.message === undefined
        ? expected(expectedBy(issue.filter.annotations, issue))
        : findings(issue.issue, path)
    case "InvalidType":
      return expected(expectedBy(issue.ast.annotations, issue))
    case "MissingKey":
      return told("Required, but missing: add it")
    case "UnexpectedKey":
      return told("Unknown key: remove it")
    default:
      return told(describe(issue))
  }
}

/** The path here of a wire path: that of the nearest place the walk has noted, and the rest as it is. */
const domainPath = (wire: Path, places: ReadonlyMap<string, Path>): Path => {
  for (let length = wire.length; length > 0; length -= 1) {
    const known = places.get(formatPath(wire.slice(0, length)))
    if (known !== undefined) return [...known, ...wire.slice(length)]
  }
  return wire
}

const isBelow = (path: string, ancestor: string): boolean =>
  path === ancestor || ancestor === "" || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`)

const collect = (trace: Trace, found: ReadonlyArray<Finding>, json: unknown): ReadonlyArray<Issue> => {
  if (found.length === 0 && trace.problems.length === 0) return []
  const places = new Map(trace.places.map(({ domain, wire }) => [formatPath(wire), domain]))
  const judged = found.slice(0, maximumIssues * 2).flatMap(({ message, noCase, path, withShape }) => {
    const wirePath = formatPath(path)
    const told = trace.problems.some((problem) =>
      isBelow(wirePath, problem.wirePath) || (noCase && isBelow(problem.wirePath, wirePath))
    )
    const shape = withShape ? `, got ${shapeOf(getIn(json, path))}` : ""
    return told ? [] : [{ path: formatPath(domainPath(path, places)), wirePath, message: `${message}${shape}` }]
  })
  const seen = new Set<string>()
  return [...trace.problems, ...judged].filter((issue) => {
    const first = !seen.has(issue.path)
    seen.add(issue.path)
    return first
  })
}

const root: At = { domain: [], wire: [] }

const isNonEmpty = (issues: ReadonlyArray<Issue>): issues is Issues => issues.length > 0

const bounded = (issues: ReadonlyArray<Issue>): ReadonlyArray<Issue> =>
  issues.length <= maximumIssues
    ? issues
    : [...issues.slice(0, maximumIssues), { path: "", wirePath: "", message: "There are more problems than these" }]

const unreadable: Issues = [{
  path: "",
  wirePath: "",
  message: "Expected a value that can be read: this one threw"
}]

interface Judged<Wire> {
  readonly json: Wire
  readonly value: unknown
}

/**
 * Judges by a schema. Nothing throws here, whatever the value is: a property that throws when it is read is a problem like
 * others.
 */
const judging = <S extends Schema.ConstraintDecoder<unknown>>(schema: S, options: SchemaAST.ParseOptions) => {
  const parse = Schema.decodeUnknownResult(schema, options)
  return (
    read: (trace: Trace) => Judged<unknown>,
    rule: (value: unknown) => ReadonlyArray<Issue> = () => []
  ): Result.Result<Judged<S["Type"]>, Issues> => {
    const run = (): Result.Result<Judged<S["Type"]>, Issues> => {
      const trace = makeTrace()
      const { json, value } = read(trace)
      const parsed = parse(json)
      const found = Result.isFailure(parsed) ? findings(parsed.failure.issue, []) : []
      const issues = bounded([...collect(trace, found, json), ...rule(value)])
      if (isNonEmpty(issues)) return Result.fail(issues)
      return Result.mapBoth(parsed, { onFailure: () => unreadable, onSuccess: (wire) => ({ json: wire, value }) })
    }
    return attempt<Result.Result<Judged<S["Type"]>, Issues>>(run, Result.fail(unreadable))
  }
}

const closed = PcmoV3.parseOptions

const open: SchemaAST.ParseOptions = { errors: "all" }

const json = <A>(judged: Result.Result<Judged<A>, Issues>): Result.Result<A, Issues> =>
  Result.map(judged, ({ json }) => json)

/**
 * Writes a value of this package as the platform's JSON and holds it against its schema. All problems are reported at
 * once, those of `rule` included. The keys of the JSON are in the order of the schema.
 */
export const encode = <S extends Schema.ConstraintDecoder<unknown>>(
  codec: Codec,
  schema: S,
  rule?: (value: unknown) => ReadonlyArray<Issue>
) => {
  const judge = judging(schema, closed)
  return (value: unknown): Result.Result<S["Type"], Issues> =>
    json(judge((trace) => ({ json: encodeFields(codec, value, root, trace), value }), rule))
}

const decoded = (codec: Codec, input: unknown) => (trace: Trace): Judged<unknown> => {
  const json = encodePlain(input, root, trace)
  return { json, value: decodeFields(codec, json, root, trace) }
}

/**
 * Holds the platform's JSON against its schema and reads it as a value of this package, which has the shape that the
 * rows of `codec` give it.
 */
export const decode = <S extends Schema.ConstraintDecoder<unknown>>(codec: Codec, schema: S) => {
  const judge = judging(schema, closed)
  return (input: unknown): Result.Result<unknown, Issues> =>
    Result.map(judge(decoded(codec, input)), ({ value }) => value)
}

/** Holds an open document, whose unknown keys are ignored, against its schema. `codec` tells the paths of this package. */
export const read = <S extends Schema.ConstraintDecoder<unknown>>(codec: Codec, schema: S) => {
  const judge = judging(schema, open)
  return (input: unknown): Result.Result<S["Type"], Issues> => json(judge(decoded(codec, input)))
}

/** The same for a document whose paths have no spelling of their own here. */
export const readWire = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => {
  const judge = judging(schema, open)
  return (input: unknown): Result.Result<S["Type"], Issues> =>
    json(judge((trace) => ({ json: encodePlain(input, root, trace), value: input })))
}
