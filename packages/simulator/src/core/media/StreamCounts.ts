/** What passed on one stream, counted, and how late its frames were. */

/**
 * Frames are those of the call's audio that were due, 20 ms each.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamCounts {
  /** Frames that went out. */
  readonly sent: number
  /**
   * Frames that were not sent because the app had paused the stream, silent ones that the profile withholds, and those
   * that still waited for the rest of their message when the stream was paused, lost or over.
   */
  readonly withheld: number
  /** Frames that were dropped, the newest first, because the app did not take what was sent. */
  readonly dropped: number
  /** Frames that were due so long ago that they were passed over. */
  readonly skipped: number
  /** Messages of the app. */
  readonly messages: number
  /** Of these, audio that was queued. */
  readonly audio: number
  /** Audio that could not be decoded. */
  readonly undecodable: number
  /** Messages with no effect. */
  readonly ignored: number
}

/**
 * By how many milliseconds frames went out after they were due. Under a clock that is moved by hand all are 0.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lateness {
  readonly p50: number
  readonly p99: number
  readonly max: number
}
