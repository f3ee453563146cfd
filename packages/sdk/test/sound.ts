/** Sounds for tests. */
import * as AudioFrame from "../src/AudioFrame.ts"

/** A sine wave of whole samples. */
export const sine = (
  hertz: number,
  amplitude: number,
  sampleCount: number,
  sampleRate: AudioFrame.SampleRate
): AudioFrame.AudioFrame =>
  AudioFrame.make(
    Int16Array.from(
      { length: sampleCount },
      (_, index) => Math.round(amplitude * Math.sin((2 * Math.PI * hertz * index) / sampleRate))
    ),
    sampleRate
  )

/** Loud noise, the same every time. */
export const noise = (sampleCount: number, sampleRate: AudioFrame.SampleRate): AudioFrame.AudioFrame => {
  let seed = 1
  const samples = Int16Array.from({ length: sampleCount }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed >>> 16) - 32_768
  })
  return AudioFrame.make(samples, sampleRate)
}

/** Cuts a frame into pieces of the given numbers of samples, over and over, until it is used up. */
export const cut = (frame: AudioFrame.AudioFrame, sizes: ReadonlyArray<number>): Array<AudioFrame.AudioFrame> => {
  const pieces: Array<AudioFrame.AudioFrame> = []
  let at = 0
  for (let index = 0; at < frame.samples.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1
    pieces.push(AudioFrame.make(frame.samples.subarray(at, at + size), frame.sampleRate))
    at += size
  }
  return pieces
}
