/**
 * Judges request bodies of the "calls" API, which acts on a live call by its id.
 *
 * Source: telecmi/pipecat-piopiy 0.1.0 (observed) for what is taken; that anything else is refused is assumed.
 */
import * as Predicate from "effect/Predicate"
import type * as Program from "../../core/pcmo/Program.ts"
import * as Admission from "./Admission.ts"
import * as AdmissionPcmoV3 from "./AdmissionPcmoV3.ts"
import * as AdmissionReader from "./AdmissionReader.ts"
import * as AdmissionValues from "./AdmissionValues.ts"

const { boolean, map, optional, required, satisfying, struct, text, withDefault } = AdmissionReader

/**
 * What a warm transfer is given where its body says nothing (assumed).
 *
 * @category constants
 * @since 0.1.0
 */
export const defaults = {
  /** `timeout_sec`, also when it is 0. Source: the 40 s documented for the older dial (assumed). */
  ringTimeoutMs: 40_000,
  /** `confirm` (assumed). */
  confirm: false,
  /** The name under which `hold_audio: true` plays (assumed). */
  holdAudio: "hold_audio",
  /** `cause` of a hangup. Source: telecmi/pipecat-piopiy 0.1.0 always sends it (observed). */
  hangupCause: "normal"
} as const

/** A SIP user hears of the summary in this header. Source: telecmi/pipecat-piopiy 0.1.0 (documented). */
const summaryHeader = "X-Transfer-Summary"

const someText = AdmissionReader.textOfLength({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

const holdAudio = map(
  satisfying(
    "true, a file name or a URL",
    (json): json is true | string => json === true || (typeof json === "string" && json !== "")
  ),
  (audio) => audio === true ? defaults.holdAudio : audio
)

const sipHeaders = AdmissionReader.record({
  key: /^X-./i,
  value: text,
  maximumEntries: Number.POSITIVE_INFINITY
})

/** Exactly one of the two, which no single key can state. */
const oneDestination = (json: unknown, path: string): ReadonlyArray<Admission.Problem> =>
  Predicate.isObject(json) && Object.hasOwn(json, "to_number") && Object.hasOwn(json, "sip_uri")
    ? [{ path: Admission.at(path, "sip_uri"), message: "expected to_number or sip_uri, not both" }]
    : AdmissionReader.oneOf("to_number", "sip_uri")(json, path)

const warm = map(
  AdmissionReader.withRule(
    struct({
      to_number: optional(AdmissionValues.phone),
      sip_uri: optional(someText),
      caller_id: optional(AdmissionValues.phone),
      timeout_sec: withDefault(
        AdmissionValues.seconds({ minimum: 0, maximum: Math.floor(Number.MAX_SAFE_INTEGER / 1000) }),
        0
      ),
      confirm: withDefault(boolean, defaults.confirm),
      hold_audio: optional(holdAudio),
      transfer_summary: optional(text),
      sip_headers: optional(sipHeaders),
      variables: withDefault(AdmissionValues.variables, {})
    }),
    oneDestination
  ),
  (wire): Program.Program => {
    const summary = wire.transfer_summary === undefined ? {} : { [summaryHeader]: wire.transfer_summary }
    return [{
      _tag: "Consult",
      ...(wire.sip_uri === undefined
        ? { endpoint: { _tag: "Pstn", number: wire.to_number ?? "" } }
        : { endpoint: { _tag: "Sip", uri: wire.sip_uri }, headers: { ...wire.sip_headers, ...summary } }),
      ...(wire.caller_id === undefined ? {} : { callerId: wire.caller_id }),
      ringTimeoutMs: wire.timeout_sec === 0 ? defaults.ringTimeoutMs : wire.timeout_sec,
      confirm: wire.confirm,
      ...(wire.hold_audio === undefined ? {} : { holdAudio: wire.hold_audio }),
      ...(wire.transfer_summary === undefined ? {} : { summary: wire.transfer_summary }),
      variables: wire.variables
    }]
  }
)

const blind = map(struct({ pipeline: required(AdmissionPcmoV3.transferPipeline) }), ({ pipeline }) => pipeline)

/**
 * The body of `POST /calls/{id}/actions/transfer`: a pipeline to go on with (blind), or whom to ask first (warm).
 *
 * @category readers
 * @since 0.1.0
 */
export const transfer: Admission.Reader<Program.Program> = Admission.document((json, path) =>
  Predicate.isObject(json) && Object.hasOwn(json, "pipeline") ? blind(json, path) : warm(json, path)
)

/**
 * How a call is to end.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ending {
  readonly cause: string
  readonly reason?: string
}

/**
 * The body of `POST /calls/{id}/actions/hangup`. Any cause that is not empty is taken.
 *
 * @category readers
 * @since 0.1.0
 */
export const hangup: Admission.Reader<Ending> = Admission.document(map(
  struct({ cause: withDefault(someText, defaults.hangupCause), reason: optional(someText) }),
  ({ cause, reason }) => ({ cause, ...(reason === undefined ? {} : { reason }) })
))
