/** How a connected leg is recorded. */

/**
 * Recording of a connect. Options that are left out are not sent.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category models
 * @since 0.1.0
 */
export interface Recording {
  readonly enabled?: boolean
  /** Both sides in one channel, or each in its own. */
  readonly channels?: "single" | "dual"
  readonly format?: "mp3" | "wav"
}
