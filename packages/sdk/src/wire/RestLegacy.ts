/**
 * The older REST API, which takes an app id and a secret in every body: hosts, paths, requests and replies. All requests
 * are `POST`.
 *
 * Unless a line says otherwise, requests are observed (official Node SDK 1.0.8, Python SDK 1.0.6) and replies are
 * documented (doc.telecmi.com).
 */
import * as Schema from "effect/Schema"
import * as Limits from "./Limits.ts"
import * as PcmoLegacy from "./PcmoLegacy.ts"
import { NonEmpty, Uuid, whole } from "./Scalars.ts"

/**
 * The two hosts, each with its version.
 *
 * @category constants
 * @since 0.1.0
 */
export const hosts = {
  rest: "https://rest.telecmi.com/v2",
  piopiy: "https://piopiy.telecmi.com/v1"
} as const

/**
 * Where calls begin and are acted on. The network is that of the destination, {@link Limits.legacyIndianNumberPattern}.
 *
 * Conflict: the official Node SDK 1.0.8 acts on every call over the global network, the Python SDK 1.0.6 over the Indian
 * one (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const networks = {
  india: {
    dialPcmo: `${hosts.rest}/ind_pcmo_make_call`,
    /** The address of the first release; the platform still takes it (assumed). */
    dialPcmoV1: `${hosts.piopiy}/pcmo_make_call`,
    dialAnswerUrl: `${hosts.piopiy}/make_call`,
    callAction: `${hosts.piopiy}/call/action`
  },
  global: {
    dialPcmo: `${hosts.rest}/global_pcmo_make_call`,
    /** As that of the Indian network. */
    dialPcmoV1: `${hosts.piopiy}/global_pcmo_make_call`,
    dialAnswerUrl: `${hosts.piopiy}/global_make_call`,
    callAction: `${hosts.piopiy}/call/global_action`
  }
} as const

/**
 * Queries, the same for both networks (documented).
 *
 * @category constants
 * @since 0.1.0
 */
export const queries = {
  channels: `${hosts.rest}/piopiy/get_channels`,
  cdrByCallId: `${hosts.piopiy}/piopiy/cmiuuid_cdr`,
  cdrByRequestId: `${hosts.piopiy}/piopiy/requestid_cdr`,
  /** Documented for the contact centre of the same account. Its Indian variant calls the secret `token`. */
  balance: `${hosts.rest}/balance`
} as const

const credentials = {
  /** A number; text is refused by both clients. */
  appid: whole({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  secret: NonEmpty
}

const duration = whole({ minimum: Limits.legacyCountMinimum }, "(seconds)")

/**
 * What comes back as `extra_params` in callbacks.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ExtraParams = Schema.Record(Schema.String, Schema.Json)

/**
 * Body of `dialPcmo`: the platform dials `to` and runs `pcmo` once it is answered.
 *
 * @category requests
 * @since 0.1.0
 */
export const DialPcmo = Schema.Struct({
  ...credentials,
  /** Optional as documented; both clients always send it, if only `{}`. */
  extra_params: Schema.optionalKey(ExtraParams),
  /** The caller id. */
  from: PcmoLegacy.PhoneNumber,
  /**
   * Longest call. Optional as documented; both clients always send it, see {@link Limits.legacyCallDurationSec}.
   */
  duration: Schema.optionalKey(duration),
  pcmo: PcmoLegacy.Pipeline,
  to: PcmoLegacy.PhoneNumber
})

/**
 * Body of `dialAnswerUrl`: the platform dials `to` and asks `answer_url` for the actions once it is answered.
 *
 * @category requests
 * @since 0.1.0
 */
export const DialAnswerUrl = Schema.Struct({
  ...credentials,
  from: PcmoLegacy.PhoneNumber,
  /** Sent by the Node client, not by the Python client. */
  duration: Schema.optionalKey(duration),
  answer_url: PcmoLegacy.Url,
  to: PcmoLegacy.PhoneNumber
})

/**
 * What can be done to a call.
 *
 * @category constants
 * @since 0.1.0
 */
export const callActions = ["hold", "unhold", "holdToggle", "hangup"] as const

/**
 * Body of `callAction`. Conflict: the Node client spells the id `cmiuid`, the Python client and the documentation
 * `cmiuuid`; the latter is sent.
 *
 * @category requests
 * @since 0.1.0
 */
export const CallAction = Schema.Struct({ ...credentials, cmiuuid: Uuid, action: Schema.Literals(callActions) })

/**
 * Body of `channels` and of `balance` (documented).
 *
 * @category requests
 * @since 0.1.0
 */
export const Credentials = Schema.Struct(credentials)

/**
 * Body of `cdrByCallId` (documented).
 *
 * @category requests
 * @since 0.1.0
 */
export const CdrByCallId = Schema.Struct({ ...credentials, cmiuuid: Uuid })

/**
 * Body of `cdrByRequestId` (documented). Every sample of a request id has 43 letters and digits; the form is not stated.
 *
 * @category requests
 * @since 0.1.0
 */
export const CdrByRequestId = Schema.Struct({ ...credentials, request_id: NonEmpty })

/**
 * The values of a code that mean success; a body without a code is success too. Every other code is a failure, whatever
 * the HTTP status, which is 200 for failures as well (assumed: one third-party integration).
 *
 * Conflict: the documentation calls the member `code`, official examples `cmi_code`. Read `cmi_code ?? code`. `cmi-200`
 * is documented for SIP endpoints.
 *
 * @category constants
 * @since 0.1.0
 */
export const successCodes: ReadonlyArray<number | string> = [200, "200", "cmi-200"]

/**
 * Codes of failures (documented), as numbers.
 *
 * @category constants
 * @since 0.1.0
 */
export const failureCodes = {
  badRequest: 400,
  /** Official examples; the documentation says {@link failureCodes.badCredentials}. */
  unauthorized: 401,
  /** No such call or record, an unknown music file; for some queries, wrong credentials. */
  notFound: 404,
  /** Wrong credentials, of `channels`. */
  badCredentialsOfQuery: 407,
  badCredentials: 420,
  /** A property is missing or wrong. */
  invalid: 422,
  /** A property is missing, first release. */
  missingPropertyV1: 501,
  /** A property is missing. */
  missingProperty: 502
} as const

const textOrNumber = Schema.Union([Schema.String, Schema.Finite]).annotate({ expected: "a text or a number" })

const code = {
  code: Schema.optionalKey(textOrNumber),
  cmi_code: Schema.optionalKey(textOrNumber),
  msg: Schema.optionalKey(Schema.String)
}

/**
 * Every reply, as far as it says whether the request was taken. Open.
 *
 * @category replies
 * @since 0.1.0
 */
export const Reply = Schema.Struct(code)

/**
 * Reply to a dial request. Open. The request id may stand at the top, in `data`, or in both.
 *
 * @category replies
 * @since 0.1.0
 */
export const Dialled = Schema.Struct({
  ...code,
  status: Schema.optionalKey(Schema.String),
  request_id: Schema.optionalKey(Schema.String),
  data: Schema.optionalKey(
    Schema.Struct({ status: Schema.optionalKey(Schema.String), request_id: Schema.optionalKey(Schema.String) })
  )
})

/**
 * Reply to `channels`: how many calls are up. Text in the sample.
 *
 * @category replies
 * @since 0.1.0
 */
export const Channels = Schema.Struct({ ...code, channel: textOrNumber })

/**
 * A record as queries give it. Conflict: `balance` and `rate` are numbers on the Indian pages and text on the global
 * ones.
 *
 * @category replies
 * @since 0.1.0
 */
export const CallRecord = Schema.Struct({
  /** Seconds. */
  duration: textOrNumber,
  balance: Schema.optionalKey(textOrNumber),
  rate: Schema.optionalKey(textOrNumber),
  from: textOrNumber,
  to: textOrNumber,
  /** Milliseconds since 1970. */
  time: textOrNumber,
  leg: Schema.optionalKey(Schema.String),
  direction: Schema.optionalKey(Schema.String),
  status: Schema.String
})

/**
 * Reply to `cdrByCallId`.
 *
 * @category replies
 * @since 0.1.0
 */
export const CdrOfCall = Schema.Struct({ ...code, cdr: CallRecord })

/**
 * Reply to `cdrByRequestId`: one record per leg. That `cdr` may be one record is not excluded by the page.
 *
 * @category replies
 * @since 0.1.0
 */
export const CdrsOfRequest = Schema.Struct({
  ...code,
  count: Schema.optionalKey(textOrNumber),
  cdr: Schema.Union([Schema.Array(CallRecord), CallRecord])
})

/**
 * Reply to `balance`. `balance` is text on the Indian page.
 *
 * @category replies
 * @since 0.1.0
 */
export const Balance = Schema.Struct({
  ...code,
  balance: textOrNumber,
  /** Messages that may still be sent. */
  sms: Schema.optionalKey(textOrNumber),
  /** Milliseconds since 1970. */
  expire: Schema.optionalKey(textOrNumber)
})
