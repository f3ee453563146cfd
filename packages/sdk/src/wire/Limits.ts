/**
 * Every number and pattern of the current (v3) API, in the platform's own units: seconds, counts, characters.
 *
 * The bounds are those that the official Node SDK 1.2.0 and Python SDK 1.2.2 both enforce before they send, observed by
 * running them. What the platform itself enforces is not published.
 */

/**
 * An inclusive range of numbers.
 *
 * @category models
 * @since 0.1.0
 */
export interface Range {
  readonly minimum: number
  readonly maximum: number
}

/**
 * A phone number: 7 to 16 digits with country code, no `+`, no spaces, no trailing newline.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed). The Python client lets one trailing newline through.
 *
 * @category patterns
 * @since 0.1.0
 */
export const phonePattern: RegExp = /^[1-9][0-9]{6,15}$/

/**
 * A UUID in its dashed form, 8-4-4-4-12 hexadecimal digits of either case.
 *
 * Source: official Node SDK 1.2.0 (observed). The Python client takes looser forms, see {@link urnUuidPattern}.
 *
 * @category patterns
 * @since 0.1.0
 */
export const uuidPattern: RegExp = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/

/**
 * A dashed UUID behind `urn:uuid:`. The SDK does not send it; a receiver may take it.
 *
 * Source: official Python SDK 1.2.2 sends it as given (observed); that the platform takes it is assumed.
 *
 * @category patterns
 * @since 0.1.0
 */
export const urnUuidPattern: RegExp =
  /^urn:uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/

/**
 * A key of `variables`, `metadata` and of the data of `param`.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category patterns
 * @since 0.1.0
 */
export const variableKeyPattern: RegExp = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * How an `on_result` URL begins; nothing else about it is checked.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category patterns
 * @since 0.1.0
 */
export const resultUrlPattern: RegExp = /^https?:\/\//

/**
 * `options.max_duration_sec` of a call, in seconds.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category ranges
 * @since 0.1.0
 */
export const callMaxDurationSec: Range = { minimum: 30, maximum: 7200 }

/**
 * `params.options.max_duration_sec` of a `connect`, in seconds. Its minimum is lower than that of a call.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category ranges
 * @since 0.1.0
 */
export const connectMaxDurationSec: Range = { minimum: 10, maximum: 7200 }

/**
 * `ring_timeout_sec` of a call and of a `connect`, in seconds.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category ranges
 * @since 0.1.0
 */
export const ringTimeoutSec: Range = { minimum: 5, maximum: 120 }

/**
 * Length of a hangup `cause`, in characters.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category ranges
 * @since 0.1.0
 */
export const hangupCauseLength: Range = { minimum: 1, maximum: 64 }

/**
 * Length of a hangup `reason`, in characters.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category ranges
 * @since 0.1.0
 */
export const hangupReasonLength: Range = { minimum: 1, maximum: 256 }

/**
 * The cause that a hangup carries when its caller names none.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 always send it (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const hangupCauseDefault = "NORMAL_CLEARING"

/**
 * `speed` of a spoken prompt, 1 being normal.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category ranges
 * @since 0.1.0
 */
export const speechSpeed: Range = { minimum: 0.5, maximum: 2 }

/**
 * Most entries that the data of one `param` may hold.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const paramMaxEntries = 10

/**
 * Longest string among the data of a `param`, in characters.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const paramMaxStringLength = 256

/**
 * Most agents among the endpoints of one `connect`. They come after every other endpoint.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const connectMaxAgents = 2

/**
 * Least value of `min_digits` and `max_digits`. That the first exceeds the second is not checked.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const digitsMinimum = 1

/**
 * Least value of `first_digit_timeout` and `inter_digit_timeout`.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed). That the unit is seconds is assumed.
 *
 * @category constants
 * @since 0.1.0
 */
export const digitTimeoutMinimum = 1

/**
 * Length of `finish_on_key`: one key, or none.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category ranges
 * @since 0.1.0
 */
export const finishOnKeyLength: Range = { minimum: 0, maximum: 1 }

/**
 * Least value of `retries.max`.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const retriesMaxMinimum = 0
