/** How audio that came from elsewhere is refused. */
import * as Data from "effect/Data"

/**
 * Why audio was refused. Sizes are in bytes, rates in samples a second.
 *
 * @category models
 * @since 0.1.0
 */
export type Reason = Data.TaggedEnum<{
  /** There is not one sample in it. */
  Empty: {}
  /** A sample has two bytes, so that their number is even. */
  OddLength: { readonly byteLength: number }
  /** None of the rates that this package calculates with. */
  UnsupportedRate: { readonly sampleRate: number }
  /** The rate is not the one that is needed here: resample first. */
  RateMismatch: { readonly expected: number; readonly actual: number }
  /** Longer than the limit. */
  TooLong: { readonly byteLength: number; readonly maximumBytes: number }
  /** Not a WAV file, or a broken one. */
  InvalidWav: { readonly why: string }
  /** A WAV file whose samples are not 16-bit PCM in one or two channels. `format` is the file's own code for its coding. */
  UnsupportedWav: { readonly format: number; readonly channels: number; readonly bitsPerSample: number }
}>

/**
 * Makes reasons, for tests and fakes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Reason = Data.taggedEnum<Reason>()

/**
 * The failure of everything here that reads audio. Handle a reason with
 * `Effect.catchReason("AudioError", "OddLength", ...)`.
 *
 * @category errors
 * @since 0.1.0
 */
export class AudioError extends Data.TaggedError("AudioError")<{ readonly reason: Reason }> {
  /** What is wrong and what to do, derived from the reason. */
  override get message(): string {
    return explain(this.reason)
  }
}

const explain: (reason: Reason) => string = Reason.$match({
  Empty: () => "the audio has no samples",
  OddLength: ({ byteLength }) => `16-bit samples take an even number of bytes, got ${byteLength}`,
  UnsupportedRate: ({ sampleRate }) =>
    `expected 8000, 16000, 24000, 32000 or 48000 samples a second, got ${sampleRate}`,
  RateMismatch: ({ actual, expected }) => `expected ${expected} samples a second, got ${actual}: resample first`,
  TooLong: ({ byteLength, maximumBytes }) => `at most ${maximumBytes} bytes are read, got ${byteLength}`,
  InvalidWav: ({ why }) => `not a readable WAV file: ${why}`,
  UnsupportedWav: ({ bitsPerSample, channels, format }) =>
    `expected 16-bit PCM in one or two channels, got coding ${format} with ${bitsPerSample} bits in ${channels} channels`
})
