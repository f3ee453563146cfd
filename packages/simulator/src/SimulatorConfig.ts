/** What a simulator can be told: as options of a layer, or as the JSON of `--config FILE`. */
import * as Effect from "effect/Effect"
import type * as JsonSchema from "effect/JsonSchema"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AccountConfig from "./AccountConfig.ts"
import type { Rule } from "./core/fault/Fault.ts"
import type { Program } from "./core/pcmo/Program.ts"
import { Party } from "./core/scenario/Party.ts"
import * as StreamProfile from "./core/stream/StreamProfile.ts"
import * as Admission from "./edge/rest/Admission.ts"
import * as AdmissionPcmoLegacy from "./edge/rest/AdmissionPcmoLegacy.ts"
import * as AdmissionPcmoV3 from "./edge/rest/AdmissionPcmoV3.ts"
import * as AdmissionValues from "./edge/rest/AdmissionValues.ts"
import * as schemaProblems from "./edge/schemaProblems.ts"
import * as ClockMode from "./engine/ClockMode.ts"
import type { Stored } from "./engine/CommandRunner.ts"
import { maxRules } from "./engine/Faults.ts"
import * as Journal from "./engine/Journal.ts"
import { Sounds } from "./engine/Sounds.ts"
import { defaultMaxCalls } from "./engine/Switchboard.ts"
import type { TenantOptions } from "./engine/Tenants.ts"
import { type Problem, SimulatorError } from "./SimulatorError.ts"

/** The token of the default account. */
export const defaultToken = "sim-token"
/** The seed when none is given: the same inputs then give the same journal, byte for byte. */
export const defaultSeed = 1
/** The version that journals carry. */
export const version = "0.0.0"

const defaultAccount: AccountConfig.AccountConfig = { token: defaultToken }

const Pipelines = Schema.Record(Schema.String, Schema.Array(Schema.Unknown))

const { countTo, optional } = AccountConfig

/**
 * The options. All are optional; each says in its description what it does and what it is when left out.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SimulatorConfig = Schema.Struct({
  $schema: optional("Where config.schema.json lies, for editors; means nothing else.", Schema.String),
  accounts: optional(
    "The accounts, each a world of its own; left out, one with the token sim-token.",
    Schema.NonEmptyArray(AccountConfig.AccountConfig)
  ),
  legacyErrors: optional(
    "How the older API refuses: with a code in the body of a 200 (body, the default), or also as the HTTP status.",
    Schema.Literals(["body", "status"])
  ),
  seed: optional("Seed of all ids (default 1): the same inputs then give the same ids.", Schema.Natural),
  pipelines: optional("By name: the pipelines that on_result.ref means.", Pipelines),
  flows: optional("By UUID: the pipelines of flow calls.", Pipelines),
  people: optional(
    "By number or SIP user: behaviour instead of the number plan's.",
    Schema.Record(Schema.String, Party)
  ),
  files: optional(
    "By name or URL: how long a file plays, in milliseconds. Others play 3000.",
    Schema.Record(Schema.String, Schema.Natural)
  ),
  streams: optional(
    "How the platform behaves on audio streams where its sources are silent: choices instead of the defaults.",
    StreamProfile.Options
  ),
  recordAudio: optional(
    "Whether what is said on audio streams is kept for recordings, ten minutes of each (default false).",
    Schema.Boolean
  ),
  faults: optional(
    "What goes wrong, and when, for each account; those of its own follow.",
    AccountConfig.Rules
  ),
  maxCalls: optional("Calls in progress at once, of each account (default 10000).", Schema.Natural),
  maxEntries: optional(
    "Journal entries in memory, of each account (default 200000).",
    countTo(Number.MAX_SAFE_INTEGER)
  ),
  maxRecords: optional("Records of ended calls in memory, of each account (default 100000).", Schema.Natural)
})
/** @since 0.1.0 */
export type SimulatorConfig = typeof SimulatorConfig.Type

/**
 * A schema as JSON Schema, for editors.
 *
 * @category schemas
 * @since 0.1.0
 */
export const jsonSchemaOf = (title: string, of: Schema.Top): JsonSchema.JsonSchema => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(of, { onExcessProperty: "error" })
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    ...schema,
    $defs: definitions
  }
}

/**
 * The schema as JSON Schema, for editors: what `config.schema.json` holds.
 *
 * @category schemas
 * @since 0.1.0
 */
export const jsonSchema = (): JsonSchema.JsonSchema => jsonSchemaOf("The configuration of piopiy-sim", SimulatorConfig)

/**
 * What a schema found wrong, every problem by its path, as replies tell it: numbers that are keys are masked.
 *
 * @category decoding
 * @since 0.1.0
 */
export const problemsIn: (error: Schema.SchemaError) => ReadonlyArray<Problem> = schemaProblems.maskedProblemsIn

const invalid = (problems: ReadonlyArray<Problem>) =>
  new SimulatorError({ reason: { _tag: "InvalidConfig", problems } })

/**
 * Reads unknown JSON by a schema, and nothing beside it. Fails with `InvalidConfig`, every problem by its path.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeAs = <A>(schema: Schema.Codec<A, unknown>) => (json: unknown): Effect.Effect<A, SimulatorError> =>
  Schema.decodeUnknownEffect(schema)(json, { errors: "all", onExcessProperty: "error" }).pipe(
    Effect.mapError((error) => invalid(schemaProblems.problemsIn(error)))
  )

/**
 * Reads unknown JSON. Fails with `InvalidConfig`, every problem by its path.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode: (json: unknown) => Effect.Effect<SimulatorConfig, SimulatorError> = decodeAs(SimulatorConfig)

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

/** Takes values that must differ, and says of the second of two that it is another account's. */
const distinct = <A>(problems: Array<Problem>) => {
  const taken = new Set<A>()
  return (value: A, path: string): void => {
    if (taken.has(value)) problems.push({ path, message: "is another account's already" })
    taken.add(value)
  }
}

type Tenants = readonly [TenantOptions, ...ReadonlyArray<TenantOptions>]

/**
 * The tenants that a configuration describes. Fails with `InvalidConfig`: a stored pipeline that does not fit, two
 * accounts with one name, token, app id or user.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tenants = (config: SimulatorConfig): Effect.Effect<Tenants, SimulatorError> => read(config, 0)

/**
 * One more tenant of a configuration, whose accounts it does not look at. `index` is the account's place, by which it is
 * named and numbered where it does not say. Fails with `InvalidConfig`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tenant = (
  config: SimulatorConfig,
  account: AccountConfig.AccountConfig,
  index: number
): Effect.Effect<TenantOptions, SimulatorError> =>
  Effect.map(read({ ...config, accounts: [account] }, index), ([options]) => options)

const read = (config: SimulatorConfig, from: number): Effect.Effect<Tenants, SimulatorError> =>
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
    const faultsOf = (given: AccountConfig.AccountConfig, under: string): ReadonlyArray<Rule> => {
      const all = [...config.faults ?? [], ...given.faults ?? []]
      if (all.length > maxRules) {
        problems.push({
          path: `${under}.faults`,
          message: `makes more than ${maxRules} rules with those of all accounts`
        })
      }
      return all
    }
    const [first, ...others] = config.accounts ?? [defaultAccount]
    const takeName = distinct<string>(problems)
    const takeToken = distinct<string>(problems)
    const takeAppId = distinct<number>(problems)
    const takeUser = distinct<string>(problems)
    const tenant = (given: AccountConfig.AccountConfig, place: number): TenantOptions => {
      const under = `accounts[${place}]`
      const index = from + place
      const name = given.name ?? (index === 0 ? "default" : `tenant-${index}`)
      const account = AccountConfig.account(given, index)
      takeName(name, `${under}.name`)
      takeToken(given.token, `${under}.token`)
      takeAppId(account.appId, `${under}.appId`)
      account.users.forEach(({ id }, user) => takeUser(id, `${under}.users[${user}].id`))
      return {
        name,
        clock: ClockMode.fromSetting(given.clock),
        token: Redacted.make(given.token),
        seed: given.seed ?? config.seed ?? defaultSeed,
        version,
        stored,
        people: config.people ?? {},
        fileMs: new Map(Object.entries(config.files ?? {})),
        bounds: {
          entries: config.maxEntries ?? Journal.defaultBounds.entries,
          records: config.maxRecords ?? Journal.defaultBounds.records
        },
        maxCalls: config.maxCalls ?? defaultMaxCalls,
        account,
        legacyErrors: config.legacyErrors ?? "body",
        webhooks: AccountConfig.webhooks(given),
        answerUrls: AccountConfig.answerUrls(given, under, problems),
        faults: faultsOf(given, under),
        streams: config.streams === undefined ? StreamProfile.conservative : StreamProfile.make(config.streams),
        recordAudio: config.recordAudio ?? false,
        readProgram: (json) => Result.getOrUndefined(AdmissionPcmoLegacy.pipeline(json, ""))
      }
    }
    const all = [tenant(first, 0), ...others.map((account, index) => tenant(account, index + 1))] as const
    return problems.length === 0 ? Effect.succeed(all) : Effect.fail(invalid(problems))
  })

/**
 * Whether there is audio for every file that somebody says. Where no audio was given, none is needed. Fails with
 * `InvalidConfig`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const checkSounds = Effect.fnUntraced(function*({ people = {} }: SimulatorConfig) {
  const sounds = yield* Sounds
  const problems = Object.entries(people).flatMap(([number, { speaks = [] }]) =>
    speaks.flatMap(({ voice }, place): ReadonlyArray<Problem> =>
      voice._tag !== "File" || sounds === undefined || sounds.has(voice.name) ? [] : [{
        path: `${Admission.at("people", number)}.speaks[${place}].voice.name`,
        message: `there is no sound ${voice.name} among those that were given`
      }]
    )
  )
  if (problems.length > 0) return yield* invalid(problems)
})

/**
 * The secrets that everybody knows, because they are this package's defaults: what a server that other machines can
 * reach must not have. The first account's go by the flags that set them.
 *
 * @category getters
 * @since 0.1.0
 */
export const wellKnown = (config: SimulatorConfig): ReadonlyArray<Problem> =>
  (config.accounts ?? [defaultAccount]).flatMap(({ appSecret, token }, index) => {
    const at = (flag: string, variable: string, key: string): Problem => ({
      path: index === 0 ? flag : `accounts[${index}].${key}`,
      message: `is needed${
        index === 0 ? `, or ${variable} in the environment,` : ""
      } when the server listens beyond this machine: everybody knows the default one`
    })
    return [
      ...(token === defaultToken ? [at("--token", "PIOPIY_SIM_TOKEN", "token")] : []),
      ...(appSecret === undefined || appSecret === AccountConfig.defaultAppSecret
        ? [at("--app-secret", "PIOPIY_SIM_APP_SECRET", "appSecret")]
        : [])
    ]
  })
