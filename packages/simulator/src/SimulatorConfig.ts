/** What a simulator can be told: as options of a layer, or as the JSON of `--config FILE`. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Program } from "./core/pcmo/Program.ts"
import { Party } from "./core/scenario/Party.ts"
import * as Admission from "./edge/rest/Admission.ts"
import * as AdmissionPcmoV3 from "./edge/rest/AdmissionPcmoV3.ts"
import * as AdmissionValues from "./edge/rest/AdmissionValues.ts"
import type { Stored } from "./engine/CommandRunner.ts"
import * as Journal from "./engine/Journal.ts"
import { defaultMaxCalls } from "./engine/Switchboard.ts"
import type { TenantOptions } from "./engine/Tenants.ts"
import { type Problem, SimulatorError } from "./SimulatorError.ts"

/** The token of the default account. */
export const defaultToken = "sim-token"
/** The seed when none is given: the same inputs then give the same journal, byte for byte. */
export const defaultSeed = 1
/** The version that journals carry. */
export const version = "0.0.0"

const Token = Schema.String.check(
  Schema.isPattern(/^\S+$/, { message: "Expected a token without spaces, not empty" })
)

const Account = Schema.Struct({
  token: Token,
  name: Schema.optionalKey(Schema.NonEmptyString),
  seed: Schema.optionalKey(Schema.Natural)
})

const Pipelines = Schema.Record(Schema.String, Schema.Array(Schema.Unknown))

/**
 * The options. All are optional.
 *
 * - `accounts`: bearer tokens, each a world of its own; default one, `sim-token`. A `seed` here goes before the common one.
 * - `seed`: of the ids; a whole number.
 * - `pipelines`, `flows`: what `on_result.ref` and a flow call's `flow_id` name, as v3 pipelines.
 * - `people`: behaviour of particular numbers, instead of the number plan's.
 * - `files`: how long a file plays, in milliseconds, by name or URL; 3000 when not told.
 * - `maxCalls`: calls in progress at once, 10,000; `maxEntries`: journal entries in memory, 200,000;
 *   `maxRecords`: records of ended calls, 100,000.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SimulatorConfig = Schema.Struct({
  accounts: Schema.optionalKey(Schema.NonEmptyArray(Account)),
  seed: Schema.optionalKey(Schema.Natural),
  pipelines: Schema.optionalKey(Pipelines),
  flows: Schema.optionalKey(Pipelines),
  people: Schema.optionalKey(Schema.Record(Schema.String, Party)),
  files: Schema.optionalKey(Schema.Record(Schema.String, Schema.Natural)),
  maxCalls: Schema.optionalKey(Schema.Natural),
  maxEntries: Schema.optionalKey(Schema.Natural),
  maxRecords: Schema.optionalKey(Schema.Natural)
})
/** @since 0.1.0 */
export type SimulatorConfig = typeof SimulatorConfig.Type

/** The schema as JSON Schema, for editors. */
export const jsonSchema = () => Schema.toJsonSchemaDocument(SimulatorConfig)

const pathText = (path: ReadonlyArray<PropertyKey> | undefined): string =>
  (path ?? []).reduce<string>((text, key) => Admission.at(text, typeof key === "number" ? key : String(key)), "")

const problemsOf = SchemaIssue.makeFormatterStandardSchemaV1()

const invalid = (problems: ReadonlyArray<Problem>) =>
  new SimulatorError({ reason: { _tag: "InvalidConfig", problems } })

/**
 * Reads unknown JSON. Fails with `InvalidConfig`, every problem by its path.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (json: unknown): Effect.Effect<SimulatorConfig, SimulatorError> =>
  Schema.decodeUnknownEffect(SimulatorConfig)(json, { errors: "all", onExcessProperty: "error" }).pipe(
    Effect.mapError((error) =>
      invalid(
        problemsOf(error.issue).issues.map(({ message, path }) => ({
          path: pathText(path?.map((part) => typeof part === "object" ? part.key : part)),
          message
        }))
      )
    )
  )

/** A number as it goes over the wire, or the user part of a SIP address. */
const partyPattern = /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/

const readPipeline = Admission.document(AdmissionPcmoV3.pipeline)

const programs = (
  documents: SimulatorConfig["pipelines"],
  under: string,
  problems: Array<Problem>
): ReadonlyMap<string, Program> => {
  const read = new Map<string, Program>()
  for (const [name, document] of Object.entries(documents ?? {})) {
    Result.match(readPipeline(document, Admission.at(under, name)), {
      onFailure: (found) => problems.push(...found),
      onSuccess: (program) => read.set(under === "flows" ? name.toLowerCase() : name, program)
    })
  }
  return read
}

/**
 * The tenants that a configuration describes. Fails with `InvalidConfig`: a stored pipeline that does not fit, two
 * accounts with one name or token.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tenants = (
  config: SimulatorConfig
): Effect.Effect<readonly [TenantOptions, ...ReadonlyArray<TenantOptions>], SimulatorError> =>
  Effect.suspend(() => {
    const problems: Array<Problem> = []
    for (const flowId of Object.keys(config.flows ?? {})) {
      const read = AdmissionValues.uuid(flowId, Admission.at("flows", flowId))
      if (Result.isFailure(read)) problems.push(...read.failure)
    }
    for (const party of Object.keys(config.people ?? {})) {
      if (!partyPattern.test(party)) {
        const message = "expected a number in digits alone, with country code, or the user part of a SIP address"
        problems.push({ path: Admission.at("people", party), message })
      }
    }
    const stored: Stored = {
      pipelines: programs(config.pipelines, "pipelines", problems),
      flows: programs(config.flows, "flows", problems)
    }
    const [first, ...others] = config.accounts ?? [{ token: defaultToken }]
    const names = new Set<string>()
    const tokens = new Set<string>()
    const tenant = (account: typeof first, index: number): TenantOptions => {
      const name = account.name ?? (index === 0 ? "default" : `tenant-${index}`)
      if (names.has(name)) problems.push({ path: `accounts[${index}].name`, message: "names another account already" })
      if (tokens.has(account.token)) {
        problems.push({ path: `accounts[${index}].token`, message: "is another account's already" })
      }
      names.add(name)
      tokens.add(account.token)
      return {
        name,
        token: Redacted.make(account.token),
        seed: account.seed ?? config.seed ?? defaultSeed,
        version,
        stored,
        people: config.people ?? {},
        fileMs: new Map(Object.entries(config.files ?? {})),
        bounds: {
          entries: config.maxEntries ?? Journal.defaultBounds.entries,
          records: config.maxRecords ?? Journal.defaultBounds.records
        },
        maxCalls: config.maxCalls ?? defaultMaxCalls
      }
    }
    const all = [tenant(first, 0), ...others.map((account, index) => tenant(account, index + 1))] as const
    return problems.length === 0 ? Effect.succeed(all) : Effect.fail(invalid(problems))
  })
