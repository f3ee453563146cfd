/**
 * Every number and pattern of the platform, in its own units: seconds, counts, characters.
 *
 * The bounds of the current (v3) API are those that the official Node SDK 1.2.0 and Python SDK 1.2.2 both enforce before
 * they send, observed by running them. What the platform itself enforces is not published. The names of the older API
 * begin with `legacy`, those of the audio stream with `stream`.
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

/**
 * A phone number of the older API, which is a JSON number: 7 digits at least, and a whole number that JSON carries
 * without loss at most.
 *
 * Source: official Node SDK 1.0.8 and Python SDK 1.0.6 take any number (observed); the bounds are assumed, after
 * {@link phonePattern}.
 *
 * @category ranges
 * @since 0.1.0
 */
export const legacyNumber: Range = { minimum: 1_000_000, maximum: Number.MAX_SAFE_INTEGER }

/**
 * A destination that the older API dials over its Indian network: 91 and ten digits. All others are global.
 *
 * Conflict: the official Node SDK 1.0.8 takes every destination that begins with 91 as Indian, the Python SDK 1.0.6 looks
 * at the caller id instead (both observed). The twelve digits are assumed; callers can override.
 *
 * @category patterns
 * @since 0.1.0
 */
export const legacyIndianNumberPattern: RegExp = /^91[0-9]{10}$/

/**
 * Longest call of the older API in seconds, sent when the caller names none.
 *
 * Conflict: 4200 is what the official Node SDK 1.0.8 sends, 5400 the Python SDK 1.0.6 (both observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const legacyCallDurationSec = 4200

/**
 * Where the name of a played file ends, without the query of a URL.
 *
 * Source: official Node SDK 1.2.0, which also refuses a URL with a query; the Python client takes any text (observed).
 *
 * @category patterns
 * @since 0.1.0
 */
export const legacyFilePattern: RegExp = /^[^?#]*\.(?:mp3|wav)(?:[?#].*)?$/is

/**
 * How an `action_url`, an `answer_url` and a `file_url` begin.
 *
 * Source: the official Node SDK 1.2.0 takes every scheme, the Python SDK 1.0.6 `ftp` besides (observed). Web addresses
 * alone are documented.
 *
 * @category patterns
 * @since 0.1.0
 */
export const legacyUrlPattern: RegExp = /^https?:\/\/[^\s/?#]/i

/**
 * Least value of `duration` and `timeout`, in seconds, and of `loop`, `max_digit`, `min_digit` and `max_retry`.
 *
 * Source: the official Node SDK 1.2.0 takes 0 as not given, the Python client sends it (observed). That nothing below 1
 * has a meaning is assumed.
 *
 * @category constants
 * @since 0.1.0
 */
export const legacyCountMinimum = 1

/**
 * What a `bridge` or a `connect` does unless told otherwise, in seconds and attempts. The platform does the same when
 * a field is absent (documented); the official Node SDK 1.2.0 sends all three as soon as one option is given (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const legacyDialDefaults = { duration: 5400, timeout: 40, loop: 1 } as const

/**
 * What an `input` does unless told otherwise, in digits and seconds; sent as {@link legacyDialDefaults} are.
 *
 * @category constants
 * @since 0.1.0
 */
export const legacyInputDefaults = { max_digit: 1, timeout: 5 } as const

/**
 * What the official Node SDK 1.2.0 sends with a `play_get_input` as soon as one option is given (observed).
 *
 * Conflicts: the Python SDK 1.0.6 retries 3 times (observed), and the platform waits 1 s when `timeout` is absent, not 5
 * (documented).
 *
 * @category constants
 * @since 0.1.0
 */
export const legacyPlayGetInputDefaults = { max_digit: 1, max_retry: 1, timeout: 5 } as const

/**
 * How long a `play_get_input` without `timeout` waits, in seconds (documented).
 *
 * @category constants
 * @since 0.1.0
 */
export const legacyPlayGetInputTimeoutSec = 1

/**
 * The address of an audio stream: `ws` or `wss`, a host of letters, digits, dashes and dots or an IPv6 address in
 * brackets, a port if need be, and a query only after a path. No credentials.
 *
 * Source: official Node SDK 1.2.0 (observed). The Python client only looks at the scheme.
 *
 * @category patterns
 * @since 0.1.0
 */
export const streamUrlPattern: RegExp = /^wss?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:\/\S*)?$/

/**
 * Whose voice a stream carries (documented). On a call that was placed, the party dialled first is the `caller`. The
 * official clients do not check it (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const streamListenModes = ["caller", "callee", "both"] as const

/**
 * Samples a second of the audio that a stream carries, as text.
 *
 * Conflicts: the clients also take numbers (observed); 32000 is named on one page alone, 12000 in one sample
 * (documented). 8000 and 16000 are safe.
 *
 * @category constants
 * @since 0.1.0
 */
export const streamQualities = ["8000", "16000", "32000"] as const

/**
 * What `audioDataType` may be; `raw` is signed 16-bit PCM, little-endian, mono.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.0.6 (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const streamAudioTypes = ["raw", "mp3", "wav", "ogg"] as const

/**
 * What `sampleRate` of sent audio may be.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.0.6 (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const streamSampleRates = [8000, 16_000] as const

/**
 * How much call audio one binary frame carries, in milliseconds (assumed, after FreeSWITCH's mod_audio_stream).
 *
 * @category constants
 * @since 0.1.0
 */
export const streamFrameMs = 20

/**
 * Bytes of one sample of call audio: signed 16-bit, little-endian, one channel (documented: official example servers).
 *
 * @category constants
 * @since 0.1.0
 */
export const streamBytesPerSample = 2
