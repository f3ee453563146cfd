/**
 * How loud audio is. Full scale is 32768; 0 dBFS is the level of a square wave that fills it, so that a sine that does is
 * at -3.01 dBFS.
 */
import type * as AudioFrame from "./AudioFrame.ts"

/**
 * The largest sample by size, 0 to 32768.
 *
 * @category getters
 * @since 0.1.0
 */
export const peak = ({ samples }: AudioFrame.AudioFrame): number => {
  let largest = 0
  for (let index = 0; index < samples.length; index += 1) largest = Math.max(largest, Math.abs(samples[index] ?? 0))
  return largest
}

/**
 * The root of the mean of the squares, 0 to 32768; 0 when there are no samples.
 *
 * @category getters
 * @since 0.1.0
 */
export const rms = ({ samples }: AudioFrame.AudioFrame): number => {
  if (samples.length === 0) return 0
  let sum = 0
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index] ?? 0) ** 2
  return Math.sqrt(sum / samples.length)
}

/**
 * {@link rms} in decibels below full scale: 0 at most, minus infinity for silence.
 *
 * @category getters
 * @since 0.1.0
 */
export const dbfs = (frame: AudioFrame.AudioFrame): number => 20 * Math.log10(rms(frame) / 32_768)
