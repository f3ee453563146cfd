/** Vectors of clients that place and steer calls over the older API, or over the "calls" API. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { isFields } from "./json.ts"
import { RecordedError, Request, Responses, type SimulatedResponse } from "./recorded.ts"

const Named = Schema.Record(Schema.String, Schema.Unknown)

/** A question has no body, and a client without a time-out waits for ever. */
const OlderRequest = Schema.Struct({
  ...Request.fields,
  body: Schema.optionalKey(Schema.Unknown),
  body_text: Schema.optionalKey(Schema.NullOr(Schema.String)),
  timeout_s: Schema.optionalKey(Schema.NullOr(Schema.Finite))
})

/** A request as one of these clients sent it. */
export type OlderRequest = typeof OlderRequest.Type

const Rejection = Schema.Struct({ rejected_with_string: Schema.String })

const Recorded = Schema.StructWithRest(
  Schema.Struct({
    sdk: Schema.String,
    input: Schema.Struct({
      lang: Schema.Literals(["node", "py"]),
      class: Schema.optionalKey(Schema.Literal("PiopiyCallControl")),
      construct: Schema.Union([Schema.Array(Schema.Unknown), Named]),
      call: Schema.optionalKey(Schema.String),
      args: Schema.optionalKey(Schema.Array(Schema.Unknown)),
      kwargs: Schema.optionalKey(Named)
    }),
    simulated_response: Schema.optionalKey(Schema.Union([Responses, Schema.NonEmptyArray(Responses)])),
    expected: Schema.Struct({
      request: Schema.optionalKey(OlderRequest),
      returns: Schema.optionalKey(Schema.Unknown),
      error: Schema.optionalKey(Schema.Union([RecordedError, Rejection])),
      stdout: Schema.optionalKey(Schema.String)
    })
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)

export interface OlderCallVector {
  /** Which client: that of the "calls" API, or one of the older API. */
  readonly client: "calls" | "node" | "py"
  /** As one number, 1.2.0 being 10200; that of the last release with the app id when it is not told. */
  readonly release: number
  readonly construct: unknown
  /** Missing when nothing but the client is made. */
  readonly call: string | undefined
  readonly args: ReadonlyArray<unknown>
  readonly kwargs: { readonly [name: string]: unknown }
  readonly responses: ReadonlyArray<SimulatedResponse>
  readonly request: OlderRequest | undefined
  readonly returns: unknown
  /** The sentence of the error, and its kind. */
  readonly error: { readonly name: string; readonly message: string; readonly status: unknown } | undefined
}

/** Whether a client of the current API was made, whatever the vector is filed under. */
export const hasToken = (input: { readonly [key: string]: unknown }): boolean => {
  const { class: name, construct, construct_kwargs: named } = input
  if (name !== undefined) return false
  return (Array.isArray(construct) && construct.length === 1 && typeof construct[0] === "string")
    || (isFields(named) && typeof named["token"] === "string")
}

const errorOf = (error: RecordedError | typeof Rejection.Type): NonNullable<OlderCallVector["error"]> =>
  isRejection(error)
    ? { name: "string", message: error.rejected_with_string, status: undefined }
    : { name: error.name, message: error.message, status: error["status"] }

const isRejection = Schema.is(Rejection)

const decode = Schema.decodeUnknownResult(Recorded, { errors: "first", onExcessProperty: "error" })

/** The vector of a JSON document, or why it cannot be read. */
export const readOlderCall = (json: unknown): Result.Result<OlderCallVector, string> =>
  Result.flatMap(Result.mapError(decode(json), ({ message }) => message.replaceAll(/\s+/g, " ")), (recorded) => {
    const { expected: { error, request, returns, ...others }, input, sdk } = recorded
    const [, major = 1, minor = 0, patch = 8] = /\b(\d+)\.(\d+)\.(\d+)\b/.exec(sdk) ?? []
    if (request === undefined && error === undefined && returns === undefined) {
      return Result.fail(`nothing is expected of it but ${Object.keys(others).join(", ")}`)
    }
    return Result.succeed({
      client: input.class === undefined ? input.lang : "calls",
      release: Number(major) * 10_000 + Number(minor) * 100 + Number(patch),
      construct: input.construct,
      call: input.call,
      args: input.args ?? [],
      kwargs: input.kwargs ?? {},
      responses: [recorded.simulated_response ?? []].flat(),
      request,
      returns,
      error: error === undefined ? undefined : errorOf(error)
    })
  })
