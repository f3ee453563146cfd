/**
 * Wire schemas as components of the OpenAPI document: structure from the schema, and in words and bounds what the schema
 * checks with functions or flagged patterns, which JSON Schema cannot see.
 */
import type * as Limits from "@effect-piopiy/sdk/wire/Limits"
import * as JsonSchema from "effect/JsonSchema"
import * as Schema from "effect/Schema"
import * as SchemaRepresentation from "effect/SchemaRepresentation"

/**
 * One component: its schema, a sentence for people, and an example. `facts` are about properties by name, `more` about
 * the whole; `chosenBy` is the property by which the members of a union differ.
 *
 * @category models
 * @since 0.1.0
 */
export interface Component {
  readonly schema: Schema.ConstraintDecoder<unknown>
  readonly about: string
  readonly example: unknown
  readonly facts?: Readonly<Record<string, JsonSchema.JsonSchema>>
  readonly more?: JsonSchema.JsonSchema
  readonly chosenBy?: string
}

/** Schemas by their names. */
export interface JsonSchemas {
  readonly [name: string]: JsonSchema.JsonSchema
}

/**
 * Facts about a property: a whole number, a text of some length, or words alone.
 *
 * @category facts
 * @since 0.1.0
 */
export const whole = (range: Partial<Limits.Range>, description: string): JsonSchema.JsonSchema => ({
  type: "integer",
  ...range,
  description
})
/** @since 0.1.0 */
export const length = ({ maximum, minimum }: Limits.Range, description: string): JsonSchema.JsonSchema => ({
  minLength: minimum,
  maxLength: maximum,
  description
})
/** @since 0.1.0 */
export const told = (description: string): JsonSchema.JsonSchema => ({ description })
/** The node of a schema that stands for it wherever it is part of another. */
const nodeOf = (schema: Schema.Constraint) => Schema.toCodecJson(Schema.toType(schema)).ast

const isObject = (value: unknown): value is JsonSchema.JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const plain = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(plain) : isObject(value) ? plainArrays(value) : value

/** Arrays with at least one item, as generators of clients know them: without saying the first item apart. */
const plainArrays = (schema: JsonSchema.JsonSchema): JsonSchema.JsonSchema => {
  const { prefixItems, ...rest } = schema
  const kept = prefixItems !== undefined && schema["minItems"] === 1 ? rest : schema
  return Object.fromEntries(Object.entries(kept).map(([key, child]) => [key, plain(child)]))
}

const withFacts = (properties: unknown, facts: Component["facts"] = {}): JsonSchema.JsonSchema => {
  const known = isObject(properties) ? properties : {}
  return Object.fromEntries(
    Object.entries(known).map(([name, schema]) => [name, isObject(schema) ? { ...schema, ...facts[name] } : schema])
  )
}

/** Which member of a union a value of the property means: each member takes one alone. */
const mapping = (union: JsonSchema.JsonSchema, property: string, all: JsonSchemas): Record<string, unknown> =>
  Object.fromEntries(
    (Array.isArray(union["anyOf"]) ? union["anyOf"] : []).filter(isObject).map(({ $ref }) => {
      const member = all[String($ref).split("/").at(-1) ?? ""]
      const one = isObject(member?.["properties"]) ? member["properties"][property] : undefined
      const values = isObject(one) ? one["enum"] : undefined
      return [Array.isArray(values) ? values[0] : "", $ref]
    })
  )

const finished = (
  [name, { about, chosenBy, example, facts, more }]: readonly [string, Component],
  all: JsonSchemas
): JsonSchema.JsonSchema => {
  const schema = all[name] ?? {}
  return {
    title: name,
    ...schema,
    ...(schema["properties"] === undefined ? {} : { properties: withFacts(schema["properties"], facts) }),
    ...(chosenBy === undefined
      ? {}
      : { discriminator: { propertyName: chosenBy, mapping: mapping(schema, chosenBy, all) } }),
    ...more,
    description: about,
    examples: [example]
  }
}

/**
 * Components by their names, which refer to each other. Objects are closed, or open to keys that are not known.
 *
 * @category constructors
 * @since 0.1.0
 */
export const compiled = (
  components: Readonly<Record<string, Component>>,
  onExcessProperty: "error" | "ignore"
): JsonSchemas => {
  const entries = Object.entries(components)
  const names = new Map(entries.map(([name, { schema }]) => [nodeOf(schema), name]))
  const [first, ...others] = names.keys()
  if (first === undefined) return {}
  const representations = SchemaRepresentation.toRepresentations([first, ...others], {
    referencePolicy: ({ ast }) => names.get(ast)
  })
  const { definitions } = JsonSchema.toMultiDocumentOpenApi3_1(
    SchemaRepresentation.toJsonSchemaMultiDocument(representations, { onExcessProperty })
  )
  const all = Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, plainArrays(schema)]))
  return Object.fromEntries(entries.map((entry) => [entry[0], finished(entry, all)]))
}
