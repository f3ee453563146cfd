/** Voices louder, softer and together. What would leave the 16-bit range stays at its end. */
import * as Arr from "effect/Array"
import * as Result from "effect/Result"
import { AudioError, Reason } from "./AudioError.ts"
import * as AudioFrame from "./AudioFrame.ts"
import { saturate } from "./internal/saturate.ts"

/**
 * Audio made louder, or softer by a negative number: 6.02 dB double every sample, minus infinity is silence.
 *
 * @category processing
 * @since 0.1.0
 */
export const gain = (frame: AudioFrame.AudioFrame, decibels: number): AudioFrame.AudioFrame => {
  const factor = 10 ** (decibels / 20)
  return AudioFrame.make(frame.samples.map((sample) => saturate(sample * factor)), frame.sampleRate)
}

/**
 * All at once, sample by sample, as long as the longest. The sum is cut to range once, at the end, so that their order
 * makes no difference. Fails with `RateMismatch` against the first.
 *
 * @category combining
 * @since 0.1.0
 */
export const mix = (
  frames: Arr.NonEmptyReadonlyArray<AudioFrame.AudioFrame>
): Result.Result<AudioFrame.AudioFrame, AudioError> => {
  const { sampleRate } = Arr.headNonEmpty(frames)
  const other = frames.find((frame) => frame.sampleRate !== sampleRate)
  if (other !== undefined) {
    return Result.fail(
      new AudioError({ reason: Reason.RateMismatch({ expected: sampleRate, actual: other.sampleRate }) })
    )
  }
  const sums = new Int32Array(Math.max(...frames.map(({ samples }) => samples.length)))
  for (const { samples } of frames) {
    for (let index = 0; index < samples.length; index += 1) sums[index] = (sums[index] ?? 0) + (samples[index] ?? 0)
  }
  // Not by `Int16Array.from`, which makes a list of all samples first.
  const samples = new Int16Array(sums.length)
  for (let index = 0; index < sums.length; index += 1) samples[index] = saturate(sums[index] ?? 0)
  return Result.succeed(AudioFrame.make(samples, sampleRate))
}
