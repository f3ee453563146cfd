/** Reads the callbacks of the older API: the wire schemas judge, one spelling of everything comes out. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as CallId from "../CallId.ts"
import type { Issues } from "../Issue.ts"
import type * as Webhook from "../Webhook.ts"
import * as Wire from "../wire/Webhook.ts"
import { field, type Row, struct } from "./fields.ts"
import * as judge from "./judge.ts"

type Scalar = string | number | null | undefined

const textOf = (value: Scalar): Option.Option<string> =>
  value === undefined || value === null || value === "" ? Option.none() : Option.some(String(value))

/** 0 is how a moment that never came is written (assumed, after FreeSWITCH). */
const momentOf = (value: Scalar, unitMs: 1 | 1000): Option.Option<DateTime.Utc> => {
  const count = Number(value ?? 0)
  return count > 0 ? Option.map(DateTime.make(count * unitMs), DateTime.toUtc) : Option.none()
}

interface CallIds {
  readonly cmiuuid?: string
  readonly cmuuid?: string
  readonly cmiuid?: string
}

/** The schemas see to it that one of them is there. */
const callIdOf = ({ cmiuid, cmiuuid, cmuuid }: CallIds): CallId.CallId => CallId.make(cmiuuid ?? cmuuid ?? cmiuid ?? "")

const extraParamsOf = (value: string | object | null | undefined): string =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value)

const directionOf = (...texts: ReadonlyArray<Scalar>): Option.Option<Webhook.Direction> => {
  for (const text of texts) {
    const found = /^(?:(in)|(out))(?:bound|_|$)/i.exec(String(text ?? ""))
    if (found !== null) return Option.some(found[1] === undefined ? "outbound" : "inbound")
  }
  return Option.none()
}

/** The key whose texts hold this one, compared without case. */
const nameOf = <Name extends string>(
  names: { readonly [name in Name]: ReadonlyArray<string> },
  text: string
): Name | undefined => {
  const isName = (name: string): name is Name => Object.hasOwn(names, name)
  return Object.keys(names).filter(isName).find((name) => names[name].includes(text.toLowerCase()))
}

const common: ReadonlyArray<Row> = [
  field("callId", "cmiuuid"),
  field("callId", "cmuuid"),
  field("callId", "cmiuid"),
  field("from", "from"),
  field("to", "to"),
  field("at", "time"),
  field("appId", "appid"),
  field("extraParams", "extra_params")
]

const ofLeg: ReadonlyArray<Row> = [
  ...common,
  field("status", "status"),
  field("direction", "direction"),
  field("leg", "leg"),
  field("appId", "app_id"),
  field("conversationId", "conversation_uuid"),
  field("requestId", "request_id"),
  field("callerId", "callerid"),
  field("virtualNumber", "vn"),
  field("virtualNumber", "virtual_number"),
  field("user", "user")
]

const legOf = (wire: typeof Wire.LiveEvent.Type | typeof Wire.Cdr.Type): Webhook.Leg => ({
  callId: callIdOf(wire),
  extraParams: extraParamsOf(wire.extra_params),
  status: wire.status,
  direction: directionOf(wire.direction, wire.status),
  leg: Option.liftPredicate(wire.leg?.toLowerCase(), (leg) => leg === "a" || leg === "b"),
  at: momentOf(wire.time, 1),
  appId: textOf(wire.appid ?? wire.app_id),
  conversationId: textOf(wire.conversation_uuid),
  requestId: Option.map(textOf(wire.request_id), (id) => CallId.RequestId.make(id)),
  callerId: textOf(wire.callerid),
  virtualNumber: textOf(wire.vn ?? wire.virtual_number),
  user: textOf(wire.user)
})

const readAnswer = judge.read(struct([...common, field("direction", "action")]), Wire.Answer)

export const answer = (body: unknown): Result.Result<Webhook.AnswerRequest, Issues> =>
  Result.map(readAnswer(body), (wire) => ({
    callId: callIdOf(wire),
    extraParams: extraParamsOf(wire.extra_params),
    from: String(wire.from),
    to: String(wire.to),
    direction: directionOf(wire.action),
    at: momentOf(wire.time, 1),
    appId: textOf(wire.appid)
  }))

const readDigits = judge.read(struct([...common, field("digits", "dtmf")]), Wire.Digits)

export const digits = (body: unknown): Result.Result<Webhook.DigitsResult, Issues> =>
  Result.map(readDigits(body), (wire) => ({
    callId: callIdOf(wire),
    extraParams: extraParamsOf(wire.extra_params),
    from: String(wire.from),
    to: String(wire.to),
    digits: Option.getOrElse(textOf(wire.dtmf), () => "")
  }))

const readLiveEvent = judge.read(struct([...ofLeg, field("close", "ws_status")]), Wire.LiveEvent)

export const liveEvent = (body: unknown): Result.Result<Webhook.LiveEvent, Issues> =>
  Result.map(readLiveEvent(body), (wire): Webhook.LiveEvent => {
    const event = { ...legOf(wire), from: String(wire.from), to: textOf(wire.to) }
    const name = nameOf(Wire.liveEvents, wire.status) ?? "Other"
    if (name !== "StreamDisconnected") return { _tag: name, ...event }
    const close = Option.fromNullishOr(wire.ws_status?.message)
    return { _tag: name, ...event, close: Option.map(close, ({ code = 0, reason = "" }) => ({ code, reason })) }
  })

const readCdr = judge.read(
  struct([
    ...ofLeg,
    field("startedAt", "start_time"),
    field("answeredAt", "answer_time"),
    field("endedAt", "end_time"),
    field("duration", "duration"),
    field("duration", "answeredsec"),
    field("callRate", "call_rate"),
    field("balance", "balance"),
    field("hangupReason", "hangup_reason"),
    field("recording", "filename")
  ]),
  Wire.Cdr
)

export const cdr = (body: unknown): Result.Result<Webhook.Cdr, Issues> =>
  Result.map(readCdr(body), (wire) => ({
    ...legOf(wire),
    disposition: nameOf(Wire.cdrStatuses, wire.status) ?? "Other",
    from: textOf(wire.from),
    to: String(wire.to),
    duration: Duration.seconds(Number(wire.duration ?? wire.answeredsec ?? 0)),
    startedAt: momentOf(wire.start_time, 1000),
    answeredAt: momentOf(wire.answer_time, 1000),
    endedAt: momentOf(wire.end_time, 1000),
    callRate: textOf(wire.call_rate),
    balance: textOf(wire.balance),
    hangupReason: textOf(wire.hangup_reason),
    recording: textOf(wire.filename)
  }))
