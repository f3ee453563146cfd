/**
 * What the platform may say on the audio stream besides the audio. All of it is assumed, after other providers of such
 * streams: nothing public says that it sends any text at all.
 */
import type * as Option from "effect/Option"

/**
 * The first text: which call this is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Started {
  readonly _tag: "Started"
  readonly callId: Option.Option<string>
  readonly from: Option.Option<string>
  readonly to: Option.Option<string>
}

/**
 * The caller pressed a key.
 *
 * @category models
 * @since 0.1.0
 */
export interface DigitPressed {
  readonly _tag: "DigitPressed"
  readonly digit: string
}

/**
 * The last text before the stream closes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ending {
  readonly _tag: "Ending"
}

/**
 * One text of the platform.
 *
 * @category models
 * @since 0.1.0
 */
export type StreamEvent = Started | DigitPressed | Ending
