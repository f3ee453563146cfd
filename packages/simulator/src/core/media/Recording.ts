/** What was said on a call, sample by sample. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
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
 * What the recording of a stream is called: as its call, and beside the call's first stream with its own id.
 *
 * @category getters
 * @since 0.1.0
 */
export const nameOf = (callId: string, streamId: string, firstStreamId: string | undefined): string =>
  streamId === firstStreamId ? callId : `${callId}-${streamId}`

/**
 * How much room the samples take.
 *
 * @category getters
 * @since 0.1.0
 */
export const byteLength = ([caller, app]: Recording): number => caller.samples.byteLength + app.samples.byteLength

/**
 * A recording as a WAV file of two channels.
 *
 * @category encoding
 * @since 0.1.0
 */
export const toWav = ([caller, app]: Recording): Uint8Array =>
  Result.getOrElse(Wav.encode([caller, app]), () => new Uint8Array(0))

/**
 * Both sides from frames of equal length, in order; a frame in which the caller is silent has none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromFrames = (
  frames: ReadonlyArray<{ readonly caller: Int16Array | undefined; readonly app: Int16Array }>,
  sampleRate: AudioFrame.SampleRate
): Recording => {
  const sampleCount = frames.reduce((sum, { app }) => sum + app.length, 0)
  const caller = new Int16Array(sampleCount)
  const app = new Int16Array(sampleCount)
  let at = 0
  for (const frame of frames) {
    if (frame.caller !== undefined) caller.set(frame.caller, at)
    app.set(frame.app, at)
    at += frame.app.length
  }
  return [AudioFrame.make(caller, sampleRate), AudioFrame.make(app, sampleRate)]
}
