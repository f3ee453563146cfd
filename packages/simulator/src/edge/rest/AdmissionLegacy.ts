/**
 * Judges request bodies of the older API and compiles them to what the engine is asked to do.
 *
 * Bodies are open: keys that nothing documents are passed over. The credentials in them are judged apart.
 */
import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type * as Program from "../../core/pcmo/Program.ts"
import * as Admission from "./Admission.ts"
import * as AdmissionPcmoLegacy from "./AdmissionPcmoLegacy.ts"
import * as AdmissionReader from "./AdmissionReader.ts"
import * as AdmissionValues from "./AdmissionValues.ts"

const { literal, map, open, optional, required, satisfying, withDefault, withRule } = AdmissionReader

/**
 * An app id and what belongs to it.
 *
 * @category models
 * @since 0.1.0
 */
export interface App {
  readonly appId: number
  readonly secret: string
}

/**
 * A call to place: ring `to`, showing `callerId`, then run the program. `ignored` is what was passed over.
 *
 * @category models
 * @since 0.1.0
 */
export interface DialRequest {
  readonly appId: string
  readonly callerId: string
  readonly to: string
  readonly program: Program.Program
  readonly maxDurationMs: number
  readonly extraParams: string
  readonly ignored: ReadonlyArray<Admission.Problem>
}

/**
 * What is to be done to the call of a leg.
 *
 * @category models
 * @since 0.1.0
 */
export interface ActionRequest {
  readonly uuid: string
  readonly action: "hold" | "unhold" | "holdToggle" | "hangup"
}

/**
 * A text message.
 *
 * @category models
 * @since 0.1.0
 */
export interface MessageRequest {
  readonly to: string
  readonly text: string
}

type Read<A> = (json: unknown) => Admission.Admitted<A>

const body = <A>(reader: Admission.Reader<A>): Read<A> => (json) => Admission.document(reader)(json, "")

const someText = AdmissionReader.textMatching(/./s, "a string that is not empty")
const appid = required(AdmissionReader.integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))

/**
 * The credentials of most requests. An app id as text is refused, as the official clients do.
 *
 * Source: official Node SDK 1.0.8 and Python SDK 1.0.6 (observed).
 *
 * @category readers
 * @since 0.1.0
 */
export const app: Read<App> = body(map(
  open({ appid, secret: required(someText) }),
  (wire) => ({ appId: wire.appid, secret: wire.secret })
))

/**
 * As {@link app}; the secret may also stand under `token`, as on the Indian pages of the contact centre (documented).
 *
 * @category readers
 * @since 0.1.0
 */
export const appIndia: Read<App> = (json) =>
  Predicate.isObject(json) && !Object.hasOwn(json, "secret") && Object.hasOwn(json, "token")
    ? body(map(open({ appid, token: required(someText) }), (wire) => ({ appId: wire.appid, secret: wire.token })))(json)
    : app(json)

/**
 * The token of a user who logged in (documented).
 *
 * @category readers
 * @since 0.1.0
 */
export const userToken: Read<string> = body(map(open({ token: required(someText) }), ({ token }) => token))

/**
 * The id and the password of a user who logs in (documented).
 *
 * @category readers
 * @since 0.1.0
 */
export const login: Read<{ readonly id: string; readonly password: string }> = body(
  open({ id: required(someText), password: required(someText) })
)

/** An object as its JSON; text in the wild, taken as it is (assumed). */
const extraParams = map(
  satisfying(
    "an object, or a string",
    (json): json is string | object => typeof json === "string" || Predicate.isObject(json)
  ),
  (json) => typeof json === "string" ? json : JSON.stringify(json)
)

/** `duration` in seconds; 0 is taken for not given. Source: documented default of the PCMO, assumed of the call. */
const duration = map(
  AdmissionValues.legacyCount,
  (seconds) => (seconds === 0 ? Limits.legacyDialDefaults.duration : seconds) * 1000
)

const dialFields = {
  appid,
  secret: optional(AdmissionReader.anything),
  from: required(AdmissionValues.legacyPhone),
  to: required(AdmissionValues.legacyPhone),
  duration: withDefault(duration, Limits.legacyDialDefaults.duration * 1000),
  extra_params: withDefault(extraParams, "{}")
}

interface Dial {
  readonly appid: number
  readonly from: string
  readonly to: string
  readonly duration: number
  readonly extra_params: string
}

const dial = (wire: Dial, program: Program.Program) => ({
  appId: String(wire.appid),
  callerId: wire.from,
  to: wire.to,
  program,
  maxDurationMs: wire.duration,
  extraParams: wire.extra_params
})

/** A reader whose value also tells what of the body it passed over. */
const telling = (
  ignored: (json: unknown, path: string) => ReadonlyArray<Admission.Problem>,
  reader: Admission.Reader<Omit<DialRequest, "ignored">>
): Read<DialRequest> => {
  const read = body(reader)
  return (json) =>
    Result.map(read(json), (request) => ({
      ...request,
      ignored: ignored(json, "").slice(0, Admission.maximumProblems)
    }))
}

const pcmoFields = { ...dialFields, pcmo: required(AdmissionPcmoLegacy.pipeline) }
const unknownBesidePcmo = AdmissionReader.unknownKeys(pcmoFields)

/**
 * The body of a dial that brings its PCMO. `to` and `from` are JSON numbers. `extra_params` is `{}` when absent.
 *
 * Source: official Node SDK 1.0.8 and Python SDK 1.0.6 (observed).
 *
 * @category readers
 * @since 0.1.0
 */
export const dialPcmo: Read<DialRequest> = telling(
  (json, path) => [
    ...unknownBesidePcmo(json, path),
    ...(Predicate.isObject(json) ? AdmissionPcmoLegacy.ignored(json["pcmo"], Admission.at(path, "pcmo")) : [])
  ],
  map(open(pcmoFields), (wire) => dial(wire, wire.pcmo))
)

const answerUrlFields = {
  ...dialFields,
  answer_url: required(
    AdmissionReader.textMatching(Limits.legacyUrlPattern, "a URL that starts with http:// or https://")
  )
}

/**
 * The body of a dial whose PCMO is asked for at `answer_url` upon the answer.
 *
 * Source: official Node SDK 0.8.1 and Python SDK 0.7.1 (observed).
 *
 * @category readers
 * @since 0.1.0
 */
export const dialAnswerUrl: Read<DialRequest> = telling(
  AdmissionReader.unknownKeys(answerUrlFields),
  map(open(answerUrlFields), (wire) => dial(wire, [{ _tag: "Ask", url: wire.answer_url }]))
)

/** Ids may be any text: the official clients do not look into them (observed). */
const uuid = map(someText, (id) => id.toLowerCase())

/**
 * The body of what is done to a call. The leg's id is under `cmiuuid` (Python client, documentation) or `cmiuid` (Node
 * client); the first counts when both are there.
 *
 * Source: official Node SDKs 0.7.1 to 1.0.8 and Python SDKs 0.7.1 to 1.0.6 (observed).
 *
 * @category readers
 * @since 0.1.0
 */
export const callAction: Read<ActionRequest> = body(map(
  withRule(
    open({
      action: required(literal("hold", "unhold", "holdToggle", "hangup")),
      cmiuuid: optional(uuid),
      cmiuid: optional(uuid)
    }),
    AdmissionReader.oneOf("cmiuuid", "cmiuid")
  ),
  ({ action, cmiuid, cmiuuid }) => ({ action, uuid: cmiuuid ?? cmiuid ?? "" })
))

/**
 * The body of a query for the record of a leg (documented).
 *
 * @category readers
 * @since 0.1.0
 */
export const cdrByLeg: Read<string> = body(map(open({ cmiuuid: required(uuid) }), ({ cmiuuid }) => cmiuuid))

/**
 * The body of a query for the records of a call (documented). Letters of either case are not the same.
 *
 * @category readers
 * @since 0.1.0
 */
export const cdrByRequest: Read<string> = body(
  map(open({ request_id: required(someText) }), ({ request_id }) => request_id)
)

/**
 * The body of a text message. `to` may be a number or its digits (documented as text, shown as a number).
 *
 * @category readers
 * @since 0.1.0
 */
export const message: Read<MessageRequest> = body(
  open({ text: required(someText), to: required(AdmissionValues.legacyPhoneOrText) })
)

/**
 * A body that says nothing but who asks.
 *
 * @category readers
 * @since 0.1.0
 */
export const nothing: Read<void> = () => Result.void
