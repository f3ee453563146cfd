/**
 * The JSON of what the platform sends to the customer's URLs.
 *
 * The forms of the older API are documented on doc.telecmi.com/piopiy. Where its pages disagree, a body carries what any
 * of them shows: both spellings of the call id with digits, `type` and `out` in records. The `on_result` callback and the
 * envelope of the current API are assumed: nothing public shows one.
 */
import type { AnswerNotice, DigitsNotice, InputNotice } from "../../core/call/CallCommand.ts"
import type { Cdr } from "../../core/call/Cdr.ts"
import type { Envelope } from "../../core/call/Envelope.ts"
import type { LegNotice } from "../../core/call/LegNotice.ts"
import type { LegEvent, LiveEvent, StreamEvent } from "../../core/call/LiveEvent.ts"
import type { Notice } from "../../core/call/Notice.ts"

type Json = Readonly<Record<string, unknown>>

/** Digits as a JSON number while that is exact, any other text as it is. */
const numeric = (text: string): number | string => {
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : text
}

const toSeconds = (ms: number): number => Math.floor(ms / 1000)

/** Decimal text as the pages show it: six places. */
const decimal = (amount: number): string => amount.toFixed(6)

const input = ({ callId, callerId, result, to, variables }: InputNotice): Json => {
  const entry = result.entry ?? null
  const digits = result.inputType === "dtmf" ? entry : null
  return {
    call_id: callId,
    from: callerId,
    to,
    input_type: result.inputType,
    digits,
    speech: result.inputType === "speech" ? entry : null,
    status: result.status,
    variables,
    dtmf: digits ?? "",
    cmiuuid: callId
  }
}

/** Source: page `play-get-input` (documented); its sample spells the call id `cmuuid`, its table `cmiuuid`. */
const digits = ({ callId, callerId, digits, extraParams, to }: DigitsNotice): Json => ({
  from: numeric(callerId),
  to: numeric(to),
  dtmf: digits,
  cmuuid: callId,
  cmiuuid: callId,
  extra_params: extraParams
})

/** Source: page `play-get-input` (documented). `outbound` and `appid`, which third parties read, are assumed. */
const answer = ({ appId, at, callId, callerId, direction, to }: AnswerNotice, originEpochMs: number): Json => ({
  action: direction,
  from: callerId,
  to,
  time: originEpochMs + at,
  cmiuuid: callId,
  ...(appId === undefined ? {} : { appid: numeric(appId) })
})

/** What events and records have in common; calls that were placed have more. */
const leg = (notice: LegNotice): Json => ({
  appid: notice.appId,
  cmiuuid: notice.uuid,
  conversation_uuid: notice.conversationId,
  direction: notice.direction,
  from: numeric(notice.from),
  to: numeric(notice.to),
  leg: notice.leg === "first" ? "a" : "b",
  extra_params: notice.extraParams,
  ...(notice.requestId === undefined ? {} : {
    request_id: notice.requestId,
    callerid: numeric(notice.from),
    vn: numeric(notice.from)
  })
})

const eventStatus = { Started: "started", Answered: "answered", Bridged: "bridged", HungUp: "hangup" } as const

/**
 * Source: pages `live-out-started`, `live-out-answered` (documented). `in_hangup` and `out_hangup` are assumed from the
 * other names.
 */
const legEvent = (notice: LegEvent, originEpochMs: number): Json => ({
  ...leg(notice),
  status: `${notice.direction === "inbound" ? "in" : "out"}_${eventStatus[notice.moment]}`,
  time: originEpochMs + notice.at
})

/** What is said of a connection that broke off, of which nobody told a reason (documented). */
const abnormalClosure = "Abnormal closure"

/**
 * Source: pages `live-stream-connected`, `live-stream-disconnected` (documented), with the letter case of their samples.
 * `ws_status` is JSON as text.
 */
const streamEvent = (notice: StreamEvent, originEpochMs: number): Json => {
  const told = notice.moment === "StreamConnected"
    ? { status: "stream_connected", ws: { status: "connected" } }
    : {
      status: "STREAM_DISCONNECTED",
      ws: {
        status: "disconnected",
        message: { code: notice.code, reason: notice.code === 1006 ? abnormalClosure : notice.reason }
      }
    }
  return {
    appid: notice.appId,
    cmiuuid: notice.uuid,
    direction: notice.direction,
    from: numeric(notice.from),
    leg: notice.leg === "first" ? "a" : "b",
    status: told.status,
    time: originEpochMs + notice.at,
    ws_status: JSON.stringify(told.ws)
  }
}

const event = (notice: LiveEvent, originEpochMs: number): Json =>
  notice.moment === "StreamConnected" || notice.moment === "StreamDisconnected"
    ? streamEvent(notice, originEpochMs)
    : legEvent(notice, originEpochMs)

/**
 * Source: pages `inbound-webhooks-answered`, `inbound-webhooks-hangup`, `outbound-webhooks-answered` (documented). That
 * `time` is the start of the leg and `call_rate` what it cost is assumed.
 */
const record = (notice: Cdr, originEpochMs: number): Json => {
  const { answeredAt } = notice
  const answered = answeredAt !== undefined
  return {
    ...leg(notice),
    type: "cdr",
    status: answered ? "answered" : "missed",
    time: originEpochMs + notice.startedAt,
    start_time: toSeconds(originEpochMs + notice.startedAt),
    ...(answered ? { answer_time: toSeconds(originEpochMs + answeredAt) } : {}),
    end_time: toSeconds(originEpochMs + notice.endedAt),
    duration: toSeconds(notice.durationMs),
    call_rate: answered ? decimal(notice.chargeMicros / 1_000_000) : 0,
    balance: decimal(notice.balance),
    ...(notice.direction === "outbound" ? { out: true, api_init: true } : {})
  }
}

const happened: Readonly<Record<Envelope["happened"], string>> = {
  CallInitiated: "call.initiated",
  CallRinging: "call.ringing",
  CallAnswered: "call.answered",
  CallBridged: "call.bridged",
  CallEnded: "call.ended",
  RecordingReady: "recording.ready",
  TransferStarted: "transfer.started",
  TransferCompleted: "transfer.completed",
  TransferFailed: "transfer.failed"
}

/** A recording is named, not served, so its URL is relative. */
const envelope = (notice: Envelope, originEpochMs: number): Json => ({
  event: happened[notice.happened],
  call_id: notice.callId,
  request_id: notice.requestId,
  direction: notice.direction,
  from: notice.from,
  to: notice.to,
  agent_id: notice.agentId ?? null,
  status: notice.status,
  time: originEpochMs + notice.at,
  duration: notice.durationMs === undefined ? null : toSeconds(notice.durationMs),
  hangup_cause: notice.hangupCause ?? null,
  recording_url: notice.recordingId === undefined ? null : `recordings/${notice.callId}/${notice.recordingId}`,
  variables: notice.variables
})

/**
 * The body of a notice. Moments count from `originEpochMs`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const body = (notice: Notice, originEpochMs: number): Readonly<Record<string, unknown>> => {
  switch (notice._tag) {
    case "Input":
      return input(notice)
    case "Digits":
      return digits(notice)
    case "Answer":
      return answer(notice, originEpochMs)
    case "Event":
      return event(notice, originEpochMs)
    case "Record":
      return record(notice, originEpochMs)
    case "Envelope":
      return envelope(notice, originEpochMs)
  }
}
