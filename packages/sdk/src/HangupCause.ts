/** Why a call ends, in the platform's spelling. */
import * as Limits from "./wire/Limits.ts"

/**
 * A cause that is known, with what it means and how well that is known.
 *
 * @category models
 * @since 0.1.0
 */
export interface KnownCause {
  readonly cause: string
  readonly meaning: string
  readonly mark: "documented" | "observed" | "assumed"
}

/**
 * Causes with a known meaning. The platform's own list is not published: those marked assumed are the names of the
 * telephony server that it is built on.
 *
 * @category constants
 * @since 0.1.0
 */
export const known = [
  { cause: "NORMAL_CLEARING", meaning: "A side hung up after the call was answered.", mark: "observed" },
  { cause: "BUSY", meaning: "The callee was busy.", mark: "documented" },
  { cause: "USER_BUSY", meaning: "The callee was busy.", mark: "assumed" },
  { cause: "NO_ANSWER", meaning: "The callee did not answer in time.", mark: "assumed" },
  { cause: "CALL_REJECTED", meaning: "The callee rejected the call.", mark: "assumed" },
  { cause: "ORIGINATOR_CANCEL", meaning: "The caller gave up before an answer.", mark: "assumed" },
  { cause: "UNALLOCATED_NUMBER", meaning: "The number does not exist.", mark: "assumed" },
  { cause: "DESTINATION_OUT_OF_ORDER", meaning: "The callee could not be reached.", mark: "assumed" },
  { cause: "OUTGOING_CALL_BARRED", meaning: "The call was not allowed.", mark: "assumed" },
  { cause: "NETWORK_OUT_OF_ORDER", meaning: "The network failed.", mark: "assumed" }
] as const satisfies ReadonlyArray<KnownCause>

/**
 * A cause: one of the {@link known} ones or any other text of 1 to 64 characters.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 send any text of that length (observed).
 *
 * @category models
 * @since 0.1.0
 */
export type HangupCause = (typeof known)[number]["cause"] | (string & {})

/**
 * The cause that is sent when none is named.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category constants
 * @since 0.1.0
 */
export const normal: HangupCause = Limits.hangupCauseDefault
