/**
 * What the platform posts to an app, as JSON, and how the app replies.
 *
 * The callbacks of the older API are documented (doc.telecmi.com/piopiy and, where a line says so, /chub). They come in
 * several spellings: numbers as text or as JSON numbers, the call id as `cmiuuid`, `cmuuid` or `cmiuid`, names of events in
 * either case. Every body is open, and a member that one sample lacks is optional.
 *
 * The callback that `on_result` of type `url` causes in the current API, and its reply, are not described anywhere: all
 * of {@link InputResult} and {@link Reply} is assumed, modelled on the older API. A capture from the live platform would
 * settle it.
 */
import * as Schema from "effect/Schema"
import * as PcmoLegacy from "./PcmoLegacy.ts"
import * as PcmoV3 from "./PcmoV3.ts"
import { NonEmpty, Uuid, Variables } from "./Scalars.ts"
import { type Breach, withRule } from "./withRule.ts"

const textOrNumber = Schema.Union([Schema.String, Schema.Finite])

/**
 * How the collection of input ended (assumed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const ResultStatus = Schema.Literals(["success", "no_input", "invalid"])

/**
 * Body of the callback (assumed). Open: other keys may come along, among them the older names `dtmf` and `cmiuuid`.
 * Numbers are read as text and as JSON numbers, since the callbacks of the older API come in both forms (documented).
 *
 * @category schemas
 * @since 0.1.0
 */
export const InputResult = Schema.Struct({
  call_id: Uuid,
  from: textOrNumber,
  to: textOrNumber,
  input_type: PcmoV3.InputMode,
  digits: Schema.optionalKey(Schema.NullOr(textOrNumber)),
  speech: Schema.optionalKey(Schema.NullOr(Schema.String)),
  status: ResultStatus,
  variables: Schema.optionalKey(Variables)
})

/**
 * The two forms of reply (assumed): the bare array, or the array in an object. Send the bare one.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Reply = Schema.Union([PcmoV3.Pipeline, Schema.Struct({ pipeline: PcmoV3.Pipeline })])

/** A number that may come as text. Beyond what JSON carries without loss its digits are gone, so it is refused. */
const numberOrText = Schema.Union([Schema.String, Schema.Finite]).annotate({ expected: "a text or a number" }).check(
  Schema.makeFilter(
    (value: string | number) => typeof value === "string" || Math.abs(value) <= Number.MAX_SAFE_INTEGER,
    {
      expected: "a text, or a number that JSON carries without loss"
    }
  )
)

/** The last moment of ECMAScript's calendar, which `DateTime` shares, in milliseconds. */
const lastMoment = 8_640_000_000_000_000

const momentUpTo = (last: number) =>
  Schema.Union([Schema.String, Schema.Finite]).annotate({ expected: "a moment" }).check(
    Schema.makeFilter((value: string | number) => {
      const count = typeof value === "string" ? (/^[0-9]{1,16}$/.test(value) ? Number(value) : Number.NaN) : value
      return count >= 0 && count <= last
    }, { expected: "a moment, counted from 1970" })
  )

const milliseconds = momentUpTo(lastMoment)

const epochSeconds = momentUpTo(lastMoment / 1000)

/** A duration in seconds, as text or number. */
const elapsed = Schema.Union([Schema.String, Schema.Finite]).annotate({ expected: "seconds" }).check(
  Schema.makeFilter((value: string | number) => {
    const count = typeof value === "string"
      ? (/^[0-9]{1,12}(?:\.[0-9]{1,9})?$/.test(value) ? Number(value) : -1)
      : value
    return count >= 0 && count <= Number.MAX_SAFE_INTEGER
  }, { expected: "a number of seconds, 0 or more" })
)

/** Text as documented; an object is taken too, since dial requests carry one (assumed). */
const extraParams = Schema.optionalKey(
  Schema.NullOr(Schema.Union([Schema.String, Schema.Record(Schema.String, Schema.Json)])).annotate({
    expected: "a text or an object"
  })
)

const optionalText = Schema.optionalKey(Schema.NullOr(Schema.String))

const optionalNumber = Schema.optionalKey(Schema.NullOr(numberOrText))

/**
 * The id of a call, in its three spellings. At least one is required; the first that is there counts, in this order.
 *
 * Conflict: pages of 2019 say `cmiuid`, the sample of the digits callback says `cmuuid`, everything else `cmiuuid`.
 *
 * @category constants
 * @since 0.1.0
 */
export const callIdKeys = ["cmiuuid", "cmuuid", "cmiuid"] as const

const callId = {
  cmiuuid: Schema.optionalKey(Uuid),
  cmuuid: Schema.optionalKey(Uuid),
  cmiuid: Schema.optionalKey(Uuid)
}

const hasCallId = (input: unknown): ReadonlyArray<Breach> =>
  typeof input === "object" && input !== null && !Array.isArray(input) && !callIdKeys.some((key) => key in input)
    ? [{ path: ["cmiuuid"], message: "Required, but missing: add it" }]
    : []

/**
 * What the answer URL gets when a call comes in, or when a call that was placed with an answer URL is answered.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Answer = withRule(
  Schema.Struct({
    ...callId,
    /** `inbound`; that it is `outbound` for placed calls is assumed. Absent in the oldest samples. */
    action: optionalText,
    from: numberOrText,
    to: numberOrText,
    /** Milliseconds. */
    time: Schema.optionalKey(milliseconds),
    /** Read by third parties (assumed). */
    appid: optionalNumber,
    extra_params: extraParams
  }),
  hasCallId
)

/**
 * What the `action_url` of an `input` or a `play_get_input` gets. That `dtmf` is empty when no key was pressed is
 * assumed.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Digits = withRule(
  Schema.Struct({
    ...callId,
    from: numberOrText,
    to: numberOrText,
    dtmf: Schema.NullOr(numberOrText),
    extra_params: extraParams
  }),
  hasCallId
)

/**
 * Names of live events, in lower case, and what each tells. Compare without case: one sample is in upper case.
 *
 * Conflict: newer pages put the direction first (`in_answered`), older ones do not (`answered`). `in_hangup` and
 * `out_hangup` are assumed from the pattern.
 *
 * @category constants
 * @since 0.1.0
 */
export const liveEvents = {
  Started: ["started", "out_started"],
  Answered: ["answered", "in_answered", "out_answered"],
  Bridged: ["out_bridged"],
  HungUp: ["hangup", "in_hangup", "out_hangup"],
  StreamConnected: ["stream_connected"],
  StreamDisconnected: ["stream_disconnected"]
} as const

/**
 * What `ws_status` says about the audio stream.
 *
 * @category schemas
 * @since 0.1.0
 */
export const StreamStatus = Schema.Struct({
  status: Schema.String,
  message: Schema.optionalKey(
    Schema.NullOr(
      Schema.Struct({ code: Schema.optionalKey(Schema.Finite), reason: Schema.optionalKey(Schema.String) })
    )
  )
})

/**
 * A live event of one leg.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LiveEvent = withRule(
  Schema.Struct({
    ...callId,
    status: NonEmpty,
    from: numberOrText,
    /** Absent from events of the stream. */
    to: optionalNumber,
    /** Milliseconds. */
    time: Schema.optionalKey(milliseconds),
    appid: optionalNumber,
    app_id: optionalNumber,
    direction: optionalText,
    leg: optionalText,
    /** The same for all legs of a call. */
    conversation_uuid: optionalText,
    /** Of placed calls. */
    request_id: optionalText,
    callerid: optionalNumber,
    vn: optionalNumber,
    /** The contact centre's name of `vn` (documented there). */
    virtual_number: optionalNumber,
    /** Of the contact centre. */
    user: optionalText,
    extra_params: extraParams,
    /** JSON as text. */
    ws_status: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.fromJsonString(StreamStatus), StreamStatus])))
  }),
  hasCallId
)

/**
 * When a record is delivered again: at once, then so many minutes after the attempt before, until it is taken.
 *
 * @category constants
 * @since 0.1.0
 */
export const cdrDelaysMin = [0, 5, 10, 15] as const

/**
 * `status` of a record: the four of the piopiy pages, and two that third parties meet (assumed). The overview page puts
 * the direction first (`in_missed`).
 *
 * @category constants
 * @since 0.1.0
 */
export const cdrStatuses = {
  Answered: ["answered", "in_answered", "out_answered"],
  Missed: ["missed", "in_missed", "out_missed"],
  Busy: ["busy"],
  Failed: ["failed"]
} as const

/**
 * The record of one leg, written when it has ended. Members of the contact centre's record are read too.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Cdr = withRule(
  Schema.Struct({
    ...callId,
    status: NonEmpty,
    /** Absent from records of the contact centre. */
    from: optionalNumber,
    to: numberOrText,
    /** Milliseconds. */
    time: Schema.optionalKey(milliseconds),
    /** Seconds, as the next two. */
    start_time: Schema.optionalKey(Schema.NullOr(epochSeconds)),
    answer_time: Schema.optionalKey(Schema.NullOr(epochSeconds)),
    end_time: Schema.optionalKey(Schema.NullOr(epochSeconds)),
    /** 0 when missed. */
    duration: Schema.optionalKey(Schema.NullOr(elapsed)),
    appid: optionalNumber,
    app_id: optionalNumber,
    direction: optionalText,
    leg: optionalText,
    conversation_uuid: optionalText,
    request_id: optionalText,
    /** Text in one sample, with a leading zero. */
    callerid: optionalNumber,
    vn: optionalNumber,
    /** Decimal text, or the number 0 when missed. */
    call_rate: optionalNumber,
    balance: optionalNumber,
    extra_params: extraParams,
    /** Of the contact centre, as all that follow (documented there). Seconds. */
    answeredsec: Schema.optionalKey(Schema.NullOr(elapsed)),
    virtual_number: optionalNumber,
    user: optionalText,
    /** `sent_bye`, `recv_bye`, `recv_cancel` or `sent_reject`. */
    hangup_reason: optionalText,
    /** The name of the recording. */
    filename: optionalText
  }),
  hasCallId
)

/**
 * The reply to the answer URL and to a digits callback: a bare array of actions. Conflict: one third party wraps it in
 * `{"pcmo": [...]}` (assumed to work); send the bare one.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LegacyReply = Schema.Union([PcmoLegacy.Pipeline, Schema.Struct({ pcmo: PcmoLegacy.Pipeline })])
