/** What was said on a call, sample by sample. */
import type * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as Wav from "@effect-piopiy/sdk/Wav"
import * as Result from "effect/Result"

/**
 * The caller on the left, the app on the right, each at the moment when it was heard.
 *
 * @category models
 * @since 0.1.0
 */
export type Recording = readonly [caller: AudioFrame.AudioFrame, app: AudioFrame.AudioFrame]

/**
 * A recording as a WAV file of two channels.
 *
 * @category encoding
 * @since 0.1.0
 */
export const toWav = ([caller, app]: Recording): Uint8Array =>
  Result.getOrElse(Wav.encode([caller, app]), () => new Uint8Array(0))
