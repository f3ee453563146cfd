/** Holds one vector against our SDK and our simulator. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  admissionDifferences,
  courseDifferences,
  type Difference,
  difference,
  judgementDifferences,
  outcomeDifferences,
  recordDifferences,
  refusalDifferences,
  refusalOf,
  requestDifferences,
  unexpectedlyRefused
} from "./compare.ts"
import { changes, type Fields, isFields, type Path } from "./json.ts"
import type { RecordedRequest, Vector } from "./load.ts"
import { bodyOf, suffixOf, toText } from "./officialBody.ts"
import * as officialCall from "./officialCall.ts"
import { argumentOf, build, callFunction } from "./officialPipeline.ts"
import { courseOf } from "./policy.ts"
import { type Rule, ruleFor, type Seen } from "./rules.ts"
import * as sdk from "./sdk.ts"
import type { Simulator } from "./simulator.ts"
import { wanted } from "./wanted.ts"

/** A difference that a rule speaks for, or that none does. */
export interface Finding {
  readonly difference: Difference
  readonly rule: Rule | undefined
}

const unsupported = (
  why: string
): ReadonlyArray<Difference> => [difference("vector", "unsupported", [], "something known", why)]

const judged = (seen: Seen, differences: ReadonlyArray<Difference>): ReadonlyArray<Finding> =>
  differences.map((one) => ({ difference: one, rule: ruleFor(seen, one) }))

const nothingRefused: Seen["refused"] = { sdk: [], simulator: [] }

const refusedAt = (differences: ReadonlyArray<Difference>, side: Difference["side"]): ReadonlyArray<Path> =>
  differences.filter((one) => one.side === side && one.what === "refused").map(({ path }) => path)

/** With the places refused by both sides known, as some rules ask for them. */
const judgedTogether = (
  seen: Omit<Seen, "refused">,
  differences: ReadonlyArray<Difference>
): ReadonlyArray<Finding> =>
  judged(
    { ...seen, refused: { sdk: refusedAt(differences, "sdk"), simulator: refusedAt(differences, "simulator") } },
    differences
  )

/** Our reader of pipelines has to say of a document what our builders say. */
const roads = (document: unknown): ReadonlyArray<Difference> => {
  if (!Array.isArray(document)) return []
  const [read, built] = [sdk.reread(document), sdk.rebuilt(document)]
  if (Result.isFailure(read) && Result.isFailure(built)) return []
  if (Result.isFailure(read)) return [difference("sdk", "roads", ["pipeline"], "accepted", read.failure[0].message)]
  if (Result.isFailure(built)) {
    return [difference("sdk", "roads", ["pipeline"], "refused", "accepted by Pipeline.decode")]
  }
  return changes(built.success, read.success, ["pipeline"]).map(({ actual, expected, path }) =>
    difference("sdk", "roads", path, expected, actual)
  )
}

/** The errors of an environment, told in a vector's own words. */
const environmentOf = (text: string | undefined): Result.Result<sdk.Environment, string> => {
  if (text === undefined) return Result.succeed(undefined)
  if (/\brefuses? connections?\b|\bconnection refused\b/i.test(text)) {
    return Result.succeed({ code: "ECONNREFUSED", syscall: "connect" })
  }
  if (/\b(?:dns|lookup|resolve|unknown host)\b/i.test(text)) {
    return Result.succeed({ code: "ENOTFOUND", syscall: "getaddrinfo" })
  }
  return Result.fail(`unknown environment ${JSON.stringify(text)}`)
}

const timeoutOf = ({ input }: Vector): number => {
  const timeout = input.construct_kwargs?.["timeout"] ?? (input.lang === "py" ? input.construct?.[2] : undefined)
  return typeof timeout === "number" && timeout > 0 ? timeout : 10
}

const platformUrl = "https://rest.piopiy.com/v3"

const mapFields = (fields: Fields, rule: Rule | undefined): Fields => {
  const repaired = rule?.repair?.(fields)
  return isFields(repaired) ? repaired : fields
}

/** The call, the request and what became of it, under one reading of the vector. */
const exchanged = Effect.fnUntraced(function*(
  vector: Vector,
  client: sdk.Client,
  environment: sdk.Environment,
  official: officialCall.OfficialCall,
  request: RecordedRequest | undefined
) {
  const { expected, responses } = vector
  const exchange = yield* sdk.exchange(client, official, responses, environment)
  const refusal = refusalOf(exchange.outcome)
  if (refusal !== undefined) return unexpectedlyRefused(refusal)
  const timeoutS = timeoutOf(vector)
  const course = courseOf(official.method, responses, {
    maxAttempts: client.maxAttempts,
    timeoutS,
    ...(environment === undefined ? {} : { environment })
  })
  const silent = request?.timeout_s === undefined
    ? undefined
    : yield* sdk.exchange(client, official, [{ sleep: request.timeout_s + 1 }])
  const givenUpS = silent?.givenUpAt === undefined ? undefined : silent.givenUpAt / 1000
  return [
    ...(request === undefined ? [] : requestDifferences(request, exchange)),
    ...(request?.timeout_s === givenUpS ? [] : [difference("sdk", "timeout", [], request?.timeout_s, givenUpS)]),
    ...courseDifferences(course, exchange),
    ...outcomeDifferences(expected, exchange),
    ...roads(official.fields["pipeline"])
  ]
})

/** What our SDK does with arguments that the official client drops: it names each. */
const droppedDifferences = Effect.fnUntraced(function*(client: sdk.Client, official: officialCall.OfficialCall) {
  const names = Object.keys(official.dropped)
  if (names.length === 0) return []
  const { outcome } = yield* sdk.exchange(
    client,
    { ...official, fields: { ...official.fields, ...official.dropped }, dropped: {} },
    []
  )
  const targets = names.map((name) => ({ text: name, paths: [[name]] }))
  const unnoticed = refusalDifferences(outcome, targets)
  return unnoticed.length > 0
    ? unnoticed
    : names.map((name) => difference("sdk", "dropped", [name], "dropped", "refused"))
})

const request = Effect.fnUntraced(function*(vector: Vector, simulator: Simulator) {
  const { expected } = vector
  const setup = Result.gen(function*() {
    return {
      client: yield* sdk.clientOf(vector),
      official: yield* officialCall.read(vector),
      environment: yield* environmentOf(vector.input.environment)
    }
  })
  if (Result.isFailure(setup)) return judged({ vector, refused: nothingRefused }, unsupported(setup.failure))
  const { client, environment, official } = setup.success
  const recorded = expected.request
  const told = sdk.constructorArguments(vector)
  const baseUrl = typeof told["base_url"] === "string" ? told["base_url"].replace(/\/+$/, "") : platformUrl
  const timeoutS = timeoutOf(vector)
  const course = courseOf(official.method, vector.responses, {
    maxAttempts: client.maxAttempts,
    timeoutS,
    ...(environment === undefined ? {} : { environment })
  })
  const seen = {
    vector,
    official,
    body: recorded?.body ?? bodyOf(official),
    renamed: bodyOf(official),
    course,
    timeoutS,
    unplaced: client.unplaced,
    client: told
  }

  const own = yield* exchanged(vector, client, environment, official, recorded)
  const others = recorded === undefined ? [] : [
    ...recordDifferences(recorded, {
      url: `${baseUrl}${suffixOf(official)}`,
      token: told["token"],
      body: bodyOf(official)
    }),
    ...admissionDifferences(yield* simulator.resend(recorded)),
    ...(yield* droppedDifferences(client, official))
  ]
  const findings = judgedTogether(seen, [...own, ...others])

  const repairs = new Set(findings.flatMap(({ rule }) => rule?.repair === undefined ? [] : [rule]))
  const refusedOnly = own.length > 0 && own.every(({ what }) => what === "refused")
  const isRepairable = refusedOnly && findings.every(({ rule }) => rule !== undefined)
  if (recorded === undefined || repairs.size === 0 || !isRepairable) return findings
  const repaired = [...repairs].reduce(
    (made, rule) => ({
      official: { ...made.official, fields: mapFields(made.official.fields, rule) },
      request: { ...made.request, body: rule.repair?.(made.request.body) }
    }),
    { official, request: recorded }
  )
  const text = JSON.stringify(repaired.request.body)
  const rest = [
    ...(yield* exchanged(vector, client, environment, repaired.official, repaired.request)),
    ...admissionDifferences(yield* simulator.resend({ ...repaired.request, body_text: text }))
  ]
  return [...findings, ...judgedTogether({ ...seen, body: repaired.request.body }, rest)]
})

const refusal = Effect.fnUntraced(function*(vector: Vector, simulator: Simulator) {
  const error = vector.expected.error
  const setup = Result.gen(function*() {
    if (error === undefined) return yield* Result.fail("no error is expected")
    const client = yield* sdk.clientOf(vector)
    const official = yield* officialCall.read(vector)
    return { client, official, targets: yield* wanted(error, official.method, bodyOf(official)) }
  })
  if (Result.isFailure(setup)) return judged({ vector, refused: nothingRefused }, unsupported(setup.failure))
  const { client, official, targets } = setup.success
  const renamed = bodyOf(official)
  const { outcome } = yield* sdk.exchange(client, official, vector.responses)
  const text = toText(renamed)
  const judgement: ReadonlyArray<Difference> = Result.isFailure(text)
    ? [difference("simulator", "inexpressible", text.failure[0] ?? [], "400", "JSON has no word for it")]
    : judgementDifferences(yield* simulator.judge(suffixOf(official), text.success), targets)
  return judgedTogether({ vector, official, body: renamed, renamed, client: sdk.constructorArguments(vector) }, [
    ...refusalDifferences(outcome, targets),
    ...judgement,
    ...roads(official.fields["pipeline"])
  ])
})

const construction = Effect.fnUntraced(function*(vector: Vector) {
  const { error } = vector.expected
  const setup = Result.gen(function*() {
    const client = yield* sdk.clientOf(vector)
    return { client, targets: error === undefined ? [] : yield* wanted(error, undefined, undefined) }
  })
  if (Result.isFailure(setup)) return judged({ vector, refused: nothingRefused }, unsupported(setup.failure))
  const { client, targets } = setup.success
  const outcome = yield* sdk.construct(client)
  const issues = refusalOf(outcome) ?? []
  const differences = error === undefined
    ? unexpectedlyRefused(issues)
    : refusalDifferences(outcome, targets)
  return judgedTogether({ vector, unplaced: client.unplaced, client: sdk.constructorArguments(vector) }, differences)
})

const anyCallId = "c4d0e5f6-a7b8-12c9-d3e4-f56789012345"

/** The lists that a vector's builder or function gives, and those that it is expected to give. */
const lists = ({ expected, input, lang }: Vector) =>
  Result.gen(function*() {
    const argument = argumentOf(lang)
    if (input.func !== undefined) {
      const { args = [], kwargs = {} } = input
      return { made: [[yield* callFunction(input.func, { args, kwargs }, argument)]], expected: [[expected.returns]] }
    }
    const seed = yield* argument((input.construct ?? input.args ?? [])[0])
    const { returned } = yield* build(seed, input.calls ?? [], lang, argument)
    return { made: returned, expected: expected.results ?? [expected.result ?? expected.returns] }
  })

const pipeline = Effect.fnUntraced(function*(vector: Vector, simulator: Simulator) {
  const setup = lists(vector)
  const nothing = { vector, refused: nothingRefused }
  if (Result.isFailure(setup)) return judged(nothing, unsupported(setup.failure))
  const { expected, made } = setup.success
  if (vector.expected.error !== undefined) {
    return judged(nothing, unsupported(`${vector.expected.error.name} of a builder: ${vector.expected.error.message}`))
  }
  if (made.length !== expected.length) {
    return judged(nothing, unsupported(`${made.length} steps return a list, ${expected.length} are expected`))
  }
  const findings = yield* Effect.forEach(made, (actions, index) =>
    Effect.gen(function*() {
      const wire = expected[index]
      const encoded = sdk.rebuilt(actions)
      const judgement = yield* simulator.judge(
        "/voice/pcmo/transfer",
        JSON.stringify({ call_id: anyCallId, pipeline: wire })
      )
      const own = Result.isFailure(encoded)
        ? unexpectedlyRefused(encoded.failure)
        : changes(wire, encoded.success, ["pipeline"]).map(({ actual, expected: recorded, path }) =>
          difference("sdk", "body", path, recorded, actual)
        )
      const official = changes(wire, withoutUndefined(actions), ["pipeline"]).map((
        { actual, expected: recorded, path }
      ) => difference("vector", "body", path, recorded, actual))
      return judgedTogether({ vector, body: { pipeline: wire } }, [
        ...own,
        ...official,
        ...admissionDifferences(judgement),
        ...roads(wire)
      ])
    }))
  return findings.flat()
})

const withoutUndefined = (value: unknown): unknown => Result.getOrElse(toJson(value), () => value)

const toJson = (value: unknown): Result.Result<unknown, unknown> =>
  Result.try((): unknown => JSON.parse(JSON.stringify(value)))

/** Everything about a vector that is not as recorded. */
export const replay = (vector: Vector, simulator: Simulator): Effect.Effect<ReadonlyArray<Finding>> => {
  switch (vector.kind) {
    case "request":
      return request(vector, simulator)
    case "refusal":
      return refusal(vector, simulator)
    case "construction":
      return construction(vector)
    case "pipeline":
      return pipeline(vector, simulator)
  }
}
