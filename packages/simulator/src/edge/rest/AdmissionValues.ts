/** Strict readers of the values that request bodies and pipelines share. */
import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import type * as Program from "../../core/pcmo/Program.ts"
import type * as Admission from "./Admission.ts"
import * as AdmissionReader from "./AdmissionReader.ts"

/**
 * Most actions of a pipeline. The platform states no bound; this one keeps one request from filling the memory (assumed).
 *
 * @category constants
 * @since 0.1.0
 */
export const maximumActions = 1000

/**
 * Most endpoints of one action, for the same reason (assumed).
 *
 * @category constants
 * @since 0.1.0
 */
export const maximumEndpoints = 100

/**
 * A phone number: 7 to 16 digits with country code. A JSON number is refused.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category readers
 * @since 0.1.0
 */
export const phone: Admission.Reader<string> = AdmissionReader.textMatching(
  Limits.phonePattern,
  "a phone number as a string of 7 to 16 digits with country code, without +"
)

const dashedUuid = new RegExp(`${Limits.uuidPattern.source}|${Limits.urnUuidPattern.source}`)

/**
 * A UUID in its dashed form, with or without `urn:uuid:` in front; read as dashed and lower case.
 *
 * Source: official Node SDK 1.2.0 for the dashed form, Python SDK 1.2.2 for the prefix (observed). The looser forms
 * that the Python client lets through are refused.
 *
 * @category readers
 * @since 0.1.0
 */
export const uuid: Admission.Reader<string> = AdmissionReader.map(
  AdmissionReader.textMatching(dashedUuid, "a UUID with dashes"),
  (id) => id.replace("urn:uuid:", "").toLowerCase()
)

/**
 * Whole seconds on the wire, read as milliseconds.
 *
 * @category readers
 * @since 0.1.0
 */
export const seconds = (bounds: Limits.Range): Admission.Reader<number> =>
  AdmissionReader.map(AdmissionReader.integer(bounds), (count) => count * 1000)

/**
 * Variables: keys that are names, values that are strings, finite numbers or booleans, within the given limits.
 *
 * @category readers
 * @since 0.1.0
 */
export const variablesWithin = (
  limits: { readonly entries: number; readonly textLength: number }
): Admission.Reader<Program.Variables> =>
  AdmissionReader.record({
    key: Limits.variableKeyPattern,
    value: AdmissionReader.satisfying(
      Number.isFinite(limits.textLength)
        ? `a string of at most ${limits.textLength} characters, a number or a boolean`
        : "a string, a number or a boolean",
      (json): json is string | number | boolean =>
        typeof json === "string" ? json.length <= limits.textLength : typeof json === "boolean" || Number.isFinite(json)
    ),
    maximumEntries: limits.entries
  })

/** Most variables of a call, and most metadata of a connect: as many as a call can carry. */
const maximumVariables = 1000

/**
 * The variables of a call and the metadata of a `connect`, texts of any length.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2, which state no bound on their count (observed); the bound here
 * is the simulator's.
 *
 * @category readers
 * @since 0.1.0
 */
export const variables: Admission.Reader<Program.Variables> = variablesWithin({
  entries: maximumVariables,
  textLength: Number.POSITIVE_INFINITY
})

const isLegacyPhone = (json: unknown): json is number =>
  typeof json === "number" && Number.isSafeInteger(json) && json >= Limits.legacyNumber.minimum

/**
 * A phone number of the older API, a JSON number, read as its digits. Text is refused.
 *
 * Source: official Node SDK 1.0.8 and Python SDK 1.0.6, which refuse text as `to` and `from` of a call, although examples
 * of theirs pass it (observed). The bounds are assumed.
 *
 * @category readers
 * @since 0.1.0
 */
export const legacyPhone: Admission.Reader<string> = AdmissionReader.map(
  AdmissionReader.satisfying("a phone number of 7 to 16 digits with country code, as a JSON number", isLegacyPhone),
  String
)

/**
 * As {@link legacyPhone}, or its digits as text: the official Node client does not look into lists (observed), and
 * examples write text.
 *
 * @category readers
 * @since 0.1.0
 */
export const legacyPhoneOrText: Admission.Reader<string> = AdmissionReader.map(
  AdmissionReader.satisfying(
    "a phone number of 7 to 16 digits with country code",
    (json): json is number | string => typeof json === "string" ? Limits.phonePattern.test(json) : isLegacyPhone(json)
  ),
  String
)

/**
 * Seconds, digits, attempts of the older API; the upper bound is the simulator's.
 *
 * @category readers
 * @since 0.1.0
 */
export const legacyCount: Admission.Reader<number> = AdmissionReader.integer({ minimum: 0, maximum: 2 ** 31 - 1 })
