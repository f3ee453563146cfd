/** The bodies of the older API's requests, without the credentials: from requests of this package to the platform's JSON. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Issues } from "../Issue.ts"
import * as Limits from "../wire/Limits.ts"
import * as RestLegacy from "../wire/RestLegacy.ts"
import { action, isLegacyPipeline, legacyPipeline, phoneNumber, phones } from "./encodeLegacyPipeline.ts"
import {
  type Codec,
  constant,
  encode,
  field,
  inline,
  type Leaf,
  refuse,
  required,
  type Row,
  seconds,
  struct
} from "./fields.ts"
import * as judge from "./judge.ts"
import { attempt, getIn, isArray, isRecord, shapeOf } from "./plainData.ts"

/** A body, and the network that was asked for. */
export interface Request {
  readonly network: "india" | "global" | undefined
  readonly body: { readonly [key: string]: unknown }
}

const split = (
  wire: Result.Result<{ readonly network?: "india" | "global" }, Issues>
): Result.Result<Request, Issues> => Result.map(wire, ({ network, ...body }) => ({ network, body }))

const Network = Schema.optionalKey(Schema.Literals(["india", "global"]))

const { appid: _appId, secret: _secret, ...dialPcmo } = RestLegacy.DialPcmo.fields

const DialPcmo = Schema.Struct({ network: Network, ...dialPcmo })

const network = field("network", "network")

const parties: ReadonlyArray<Row> = [field("callerId", "from", phoneNumber), field("to", "to", phoneNumber)]

const dialling: ReadonlyArray<Row> = [
  constant("extra_params", {}),
  constant("duration", Limits.legacyCallDurationSec),
  ...parties,
  field("duration", "duration", seconds),
  field("extraParams", "extra_params"),
  network
]

/** `record: true` is a step of its own, before all others: the body has no such field. */
const recorded: Leaf = {
  encode: (value, at, trace) => {
    if (value !== true) refuse(at, trace, `Expected true or false, got ${shapeOf(value)}`)
    return { action: "record" }
  }
}

/** A pipeline whose first step is another one, so that its own actions begin at index 1 on the wire. */
const pipelineAfterRecord: Leaf = {
  encode: (value, at, trace) => {
    const actions = isRecord(value) && isLegacyPipeline(value) ? getIn(value, ["actions"]) : undefined
    if (!isArray(actions)) return encode(legacyPipeline, value, at, trace)
    const here = (index: number) => ({ domain: [...at.domain, index], wire: [...at.wire, index + 1] })
    return [{ action: "record" }, ...actions.map((one, index) => encode(action, one, here(index), trace))]
  }
}

const given = (request: unknown, key: string): unknown => attempt(() => getIn(request, [key]), null)

/** The request without what is as good as left out. */
const stripped = (request: unknown): unknown =>
  attempt<unknown>(() => {
    if (!isRecord(request)) return request
    const absent = { record: request["record"] === false, ring: request["ring"] === "single" }
    return {
      ...request,
      ...(absent.record ? { record: undefined } : {}),
      ...(absent.ring ? { ring: undefined } : {})
    }
  }, request)

const bridgeOptions = ["duration", "timeout", "loop", "ring", "extraParams", "record"]

const { duration, loop, timeout } = Limits.legacyDialDefaults

const numbersRows = (request: unknown): ReadonlyArray<Row> => {
  const recording = ![undefined, false].some((value) => value === given(request, "record"))
  const bridge = recording ? "pcmo.1" : "pcmo.0"
  const withOptions = bridgeOptions.some((key) => given(request, key) !== undefined)
  return [
    ...dialling,
    field("record", "pcmo.0", recorded),
    constant(`${bridge}.action`, "bridge"),
    required("callerId", `${bridge}.from`, phoneNumber),
    field("connect", `${bridge}.connect`, phones),
    ...(withOptions
      ? [
        constant(`${bridge}.duration`, duration),
        constant(`${bridge}.timeout`, timeout),
        constant(`${bridge}.loop`, loop)
      ]
      : []),
    field("duration", `${bridge}.duration`, seconds),
    field("timeout", `${bridge}.timeout`, seconds),
    field("loop", `${bridge}.loop`),
    field("ring", `${bridge}.ring_type`)
  ]
}

/**
 * A call that joins the first number with others. Once any option is given, the bridge carries all its defaults, as with
 * the official Node client.
 */
export const numbersCall = (request: unknown): Result.Result<Request, Issues> =>
  split(judge.encode(struct(numbersRows(request)), DialPcmo)(stripped(request)))

const pipelineRows = (codec: Codec): ReadonlyArray<Row> => [...dialling, field("pipeline", "pcmo", codec)]

const plainPipeline = judge.encode(struct(pipelineRows(legacyPipeline)), DialPcmo)

/** Anything but `true` has been stripped, or is wrong and told where it stands. */
const recordedPipeline = judge.encode(
  struct([field("record", "record", recorded), ...pipelineRows(pipelineAfterRecord)]),
  Schema.Struct({ ...DialPcmo.fields, record: Schema.optionalKey(Schema.Unknown) })
)

/** A call that runs a pipeline. */
export const pipelineCall = (request: unknown): Result.Result<Request, Issues> => {
  const asked = stripped(request)
  if (given(asked, "record") === undefined) return split(plainPipeline(asked))
  return split(Result.map(recordedPipeline(asked), ({ record: _record, ...wire }) => wire))
}

const { appid: _id, secret: _same, ...dialAnswerUrl } = RestLegacy.DialAnswerUrl.fields

const answerUrl = judge.encode(
  struct([
    ...parties,
    constant("duration", Limits.legacyCallDurationSec),
    field("duration", "duration", seconds),
    field("answerUrl", "answer_url"),
    network
  ]),
  Schema.Struct({ network: Network, ...dialAnswerUrl })
)

/** A call that asks a URL what to do. */
export const answerUrlCall = (request: unknown): Result.Result<Request, Issues> => split(answerUrl(request))

const { action: actionName, cmiuuid } = RestLegacy.CallAction.fields

/** What is asked of a call in progress. */
export const callAction = (name: (typeof RestLegacy.callActions)[number]) => {
  const written = judge.encode(
    struct([constant("action", name), field("callId", "cmiuuid"), inline("options", [network])]),
    Schema.Struct({ network: Network, action: actionName, cmiuuid })
  )
  return (request: unknown): Result.Result<Request, Issues> => split(written(request))
}

/** The records of one leg. */
export const cdrByCallId = judge.encode(struct([field("callId", "cmiuuid")]), Schema.Struct({ cmiuuid }))

/** The records of a request. */
export const cdrByRequestId = judge.encode(
  struct([field("requestId", "request_id")]),
  Schema.Struct({ request_id: RestLegacy.CdrByRequestId.fields.request_id })
)

/** The network of a destination. */
export const networkOf = (to: unknown): "india" | "global" =>
  Limits.legacyIndianNumberPattern.test(String(to)) ? "india" : "global"
