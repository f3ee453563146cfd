/** Samples written after the public documentation: callbacks through our decoders, requests and replies against the wire. */
import type * as Issue from "@effect-piopiy/sdk/Issue"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import type { PiopiyError } from "@effect-piopiy/sdk/PiopiyError"
import * as Webhook from "@effect-piopiy/sdk/Webhook"
import * as Messaging from "@effect-piopiy/sdk/wire/Messaging"
import * as RestCalls from "@effect-piopiy/sdk/wire/RestCalls"
import * as RestLegacy from "@effect-piopiy/sdk/wire/RestLegacy"
import * as WireWebhook from "@effect-piopiy/sdk/wire/Webhook"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Difference, difference, unexpectedlyRefused } from "./compare.ts"
import { changes, type Fields, getIn, isFields } from "./json.ts"

const Recorded = Schema.StructWithRest(
  Schema.Struct({ kind: Schema.String, expected: Schema.Record(Schema.String, Schema.Unknown) }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)

export interface Sample {
  readonly kind: string
  readonly expected: Fields
}

const members = new Set([
  "body",
  "reply",
  "delays_after_previous_minutes",
  "method",
  "url",
  "request",
  "response"
])

const decode = Schema.decodeUnknownResult(Recorded)

/** The sample of a JSON document, or why it cannot be read. */
export const readSample = (json: unknown): Result.Result<Sample, string> =>
  Result.flatMap(Result.mapError(decode(json), ({ message }) => message.replaceAll(/\s+/g, " ")), (recorded) => {
    const names = Object.keys(recorded.expected)
    const unknown = names.find((name) => !members.has(name))
    if (unknown !== undefined) return Result.fail(`unknown member ${unknown} of expected`)
    return names.length === 0 ? Result.fail("nothing is expected of it") : Result.succeed(recorded)
  })

export interface SampleRule {
  readonly name: string
  readonly why: string
  readonly page: string
  readonly applies: (sample: Sample) => boolean
}

const surfaces =
  /^https:\/\/(?:rest\.telecmi\.com\/v[23]\/(?:token|webrtc\/|click2call|c2c\/|user\/(?!login$)|setting\/|leads\/|campaign\/|answered|missed|out_|analysis)|(?:piopiy|rest)\.telecmi\.com\/v[12]\/endpoint\/|api\.piopiy\.com\/v1\/)/

export const sampleRules: ReadonlyArray<SampleRule> = [
  {
    name: "no-service-for-it",
    why: "the contact centre, its dialler, SIP endpoints and the account pages are other products than calls",
    page: "0111-surfaces-without-a-service.md",
    applies: ({ expected, kind }) => kind === "rest" && surfaces.test(String(expected["url"]))
  }
]

type Issues = Issue.Issues

/** What a decoded callback has to say again about its body, by the official names. */
type Back = Readonly<Record<string, unknown>>

const some = (option: Option.Option<unknown>): unknown => Option.getOrUndefined(option)

const millis = (at: Option.Option<DateTime.Utc>): unknown => some(Option.map(at, DateTime.toEpochMillis))

const epoch = (at: Option.Option<DateTime.Utc>): unknown =>
  some(Option.map(at, (moment) => DateTime.toEpochMillis(moment) / 1000))

const common = (value: Webhook.Callback): Back => ({
  cmiuuid: value.callId,
  cmuuid: value.callId,
  cmiuid: value.callId,
  extra_params: value.extraParams
})

const leg = (value: Webhook.Leg): Back => ({
  ...common(value),
  status: value.status,
  direction: some(value.direction),
  leg: some(value.leg),
  time: millis(value.at),
  appid: some(value.appId),
  app_id: some(value.appId),
  conversation_uuid: some(value.conversationId),
  request_id: some(value.requestId),
  callerid: some(value.callerId),
  vn: some(value.virtualNumber),
  virtual_number: some(value.virtualNumber),
  user: some(value.user)
})

const answer = (value: Webhook.AnswerRequest): Back => ({
  ...common(value),
  from: value.from,
  to: value.to,
  action: some(value.direction),
  time: millis(value.at),
  appid: some(value.appId)
})

const digits = (value: Webhook.DigitsResult): Back => ({
  ...common(value),
  from: value.from,
  to: value.to,
  dtmf: value.digits
})

const liveEvent = (value: Webhook.LiveEvent): Back => ({
  ...leg(value),
  from: value.from,
  to: some(value.to),
  status: value._tag === "Other" ? "a name that is documented" : value.status,
  ...(value._tag === "StreamDisconnected"
    ? { ws_status: JSON.stringify({ status: "disconnected", message: some(value.close) }) }
    : {})
})

const cdr = (value: Webhook.Cdr): Back => ({
  ...leg(value),
  from: some(value.from),
  to: value.to,
  status: value.disposition === "Other" ? "a status that is documented" : value.status,
  duration: Duration.toSeconds(value.duration),
  answeredsec: Duration.toSeconds(value.duration),
  start_time: epoch(value.startedAt),
  answer_time: epoch(value.answeredAt),
  end_time: epoch(value.endedAt),
  call_rate: some(value.callRate),
  balance: some(value.balance),
  hangup_reason: some(value.hangupReason),
  filename: some(value.recording)
})

const reading = <A>(decode: (body: unknown) => Result.Result<A, PiopiyError>, show: (callback: A) => Back) =>
(
  body: unknown
): Result.Result<Back, Issues> =>
  Result.mapBoth(decode(body), {
    onFailure: ({ message, reason }): Issues =>
      reason._tag === "InvalidCallback" ? reason.issues : [{ path: "", wirePath: "", message }],
    onSuccess: show
  })

const records = reading(Webhook.decodeCdr, cdr)

const callbacks: ReadonlyMap<string, (body: unknown) => Result.Result<Back, Issues>> = new Map<
  string,
  (body: unknown) => Result.Result<Back, Issues>
>([
  ["callback.answer_url", reading(Webhook.decodeAnswer, answer)],
  ["callback.action_url", reading(Webhook.decodeDigits, digits)],
  ["callback.live_event", reading(Webhook.decodeLiveEvent, liveEvent)],
  ["callback.cdr", records],
  ["callback.chub_cdr", records]
])

/** Members of documented bodies that say nothing of a call, or nothing that the SDK passes on. */
const unread = new Set(["type", "out", "api_init", "call_id", "custom", "record"])

/** Every member of the body that is not in {@link unread} comes out again, texts and numbers being the same. */
const bodyDifferences = (body: unknown, back: Back): ReadonlyArray<Difference> =>
  isFields(body)
    ? Object.entries(body).flatMap(([name, value]) =>
      unread.has(name) || String(back[name]) === String(value)
        ? []
        : [difference("sdk", "body", [name], value, back[name])]
    )
    : []

const replyDifferences = (reply: unknown): ReadonlyArray<Difference> => {
  if (reply === undefined) return []
  const read = Result.flatMap(LegacyPipeline.decode(reply), LegacyPipeline.encode)
  return Result.isFailure(read)
    ? unexpectedlyRefused(read.failure)
    : changes(reply, read.success, ["pcmo"]).map((one) =>
      difference("sdk", "roads", one.path, one.expected, one.actual)
    )
}

const callback = (
  read: (body: unknown) => Result.Result<Back, Issues>,
  expected: Fields
): ReadonlyArray<Difference> => {
  const { body, delays_after_previous_minutes: delays, reply } = expected
  const schedule = delays === undefined
    ? []
    : changes(delays, WireWebhook.cdrDelaysMin, ["delays"]).map((one) =>
      difference("sdk", "body", one.path, one.expected, one.actual)
    )
  if (body === undefined) return [...schedule, ...replyDifferences(reply)]
  const decoded = read(body)
  const bodies = Result.isFailure(decoded)
    ? unexpectedlyRefused(decoded.failure)
    : bodyDifferences(body, decoded.success)
  return [...bodies, ...schedule, ...replyDifferences(reply)]
}

type Wire = Schema.ConstraintDecoder<unknown>

interface Endpoint {
  readonly request: Wire
  readonly reply: Wire
}

const { global, india } = RestLegacy.networks
const dialPcmo: Endpoint = { request: RestLegacy.DialPcmo, reply: RestLegacy.Dialled }
const dialAnswerUrl: Endpoint = { request: RestLegacy.DialAnswerUrl, reply: RestLegacy.Dialled }
const callAction: Endpoint = { request: RestLegacy.CallAction, reply: RestLegacy.Reply }

const endpoints: ReadonlyMap<unknown, Endpoint> = new Map<unknown, Endpoint>([
  ...[india, global].flatMap((network) => [
    [network.dialPcmo, dialPcmo] as const,
    [network.dialPcmoV1, dialPcmo] as const,
    [network.dialAnswerUrl, dialAnswerUrl] as const,
    [network.callAction, callAction] as const
  ]),
  [RestLegacy.queries.channels, { request: RestLegacy.Credentials, reply: RestLegacy.Channels }],
  [RestLegacy.queries.cdrByCallId, { request: RestLegacy.CdrByCallId, reply: RestLegacy.CdrOfCall }],
  [RestLegacy.queries.cdrByRequestId, { request: RestLegacy.CdrByRequestId, reply: RestLegacy.CdrsOfRequest }],
  [RestLegacy.queries.balance, { request: RestLegacy.Credentials, reply: RestLegacy.Balance }],
  [Messaging.urls.login, { request: Messaging.Login, reply: Messaging.LoggedIn }],
  [Messaging.urls.messages, { request: Messaging.Message, reply: RestLegacy.Reply }]
])

const fits = (schema: Wire, json: unknown, place: string, closed: boolean): ReadonlyArray<Difference> => {
  if (json === undefined || json === null) return []
  const read = Schema.decodeResult(schema, closed ? { onExcessProperty: "error" } : {})(json)
  return Result.isFailure(read)
    ? [difference("sdk", "refused", [place], "accepted", read.failure.message.replaceAll(/\s+/g, " "))]
    : []
}

const rest = ({ method, request, response, url }: Fields): ReadonlyArray<Difference> => {
  const endpoint = endpoints.get(url)
  if (endpoint === undefined) return [difference("vector", "unsupported", [], "a known address", url)]
  const code = getIn(response, ["cmi_code"]) ?? getIn(response, ["code"])
  return [
    ...(method === "POST" ? [] : [difference("sdk", "method", [], method, "POST")]),
    ...fits(endpoint.request, request, "request", true),
    ...fits(endpoint.reply, response, "response", false),
    ...(response === null || response === undefined || RestLegacy.successCodes.some((one) => one === code)
      ? []
      : [difference("sdk", "outcome", [], "success", code)])
  ]
}

const differences = ({ expected, kind }: Sample): ReadonlyArray<Difference> => {
  const read = callbacks.get(kind)
  if (read !== undefined) return callback(read, expected)
  if (kind === "rest") return rest(expected)
  if (kind === "room_message") return fits(RestCalls.RoomTransferStatus, expected["body"], "body", true)
  return [difference("vector", "unsupported", [], "a known kind", kind)]
}

/** Everything about a sample that does not come out as it is documented. */
export const readBack = (sample: Sample) => {
  const rule = sampleRules.find(({ applies }) => applies(sample))
  return differences(sample).map((one) => ({ difference: one, rule }))
}
