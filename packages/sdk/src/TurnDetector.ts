/**
 * Tells when somebody speaks, by loudness alone: enough for lessons and tests, and easily misled by noise on a real line.
 *
 * The audio is judged in windows of 10 ms, whatever the frames. Speech begins with enough loud windows in a row, goes on
 * while windows stay above a somewhat lower level, and ends after enough quiet ones in a row.
 */
import * as Duration from "effect/Duration"
import type * as AudioFrame from "./AudioFrame.ts"

/**
 * Durations count in whole windows of 10 ms, rounded up, at least one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Level in dBFS at which a window is loud. Default: -35. */
  readonly threshold?: number
  /** By how many decibels the level may fall below the threshold within speech; a negative number counts as 0. Default: 6. */
  readonly hysteresis?: number
  /** How long it is loud before it counts as speech. Default: 40 ms. */
  readonly onset?: Duration.Input
  /** How long it is quiet before speech counts as over. Default: 500 ms. */
  readonly hangover?: Duration.Input
}

/**
 * Moments are milliseconds of audio since the first frame: `atMs` when it happened, `decidedAtMs` when it was clear, which
 * is later by the onset or the hangover.
 *
 * @category models
 * @since 0.1.0
 */
export interface Event {
  /** `SpeechStarted`: the beginning of the first loud window. `SpeechEnded`: the end of the last one that was not quiet. */
  readonly _tag: "SpeechStarted" | "SpeechEnded"
  readonly atMs: number
  readonly decidedAtMs: number
}

interface Rules {
  /** Mean squares of samples. */
  readonly loud: number
  readonly quiet: number
  /** Numbers of windows. */
  readonly onset: number
  readonly hangover: number
}

/**
 * What is known so far: a plain value.
 *
 * @category models
 * @since 0.1.0
 */
export interface TurnDetector {
  readonly rules: Rules
  readonly isSpeaking: boolean
  /** Windows judged so far. */
  readonly windows: number
  /** The windows in a row, up to now, that speak against `isSpeaking`. */
  readonly against: number
  /** Of the window that is not full yet: its rate, how many samples it has, and the sum of their squares. */
  readonly sampleRate: number
  readonly filled: number
  readonly energy: number
}

const windowMs = 10

const meanSquare = (dbfs: number): number => 32_768 ** 2 * 10 ** (dbfs / 10)

const windowsOf = (length: Duration.Input): number => Math.max(1, Math.ceil(Duration.toMillis(length) / windowMs))

/**
 * A detector that has heard nothing yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): TurnDetector => {
  const { hangover = 500, hysteresis = 6, onset = 40, threshold = -35 } = options
  return {
    rules: {
      loud: meanSquare(threshold),
      quiet: meanSquare(threshold - Math.max(0, hysteresis)),
      onset: windowsOf(onset),
      hangover: windowsOf(hangover)
    },
    isSpeaking: false,
    windows: 0,
    against: 0,
    sampleRate: 0,
    filled: 0,
    energy: 0
  }
}

interface Judged {
  readonly isSpeaking: boolean
  readonly against: number
  readonly event: Event | undefined
}

/** One full window, the `windows`-th. */
const judge = (
  rules: Rules,
  { against, isSpeaking }: Pick<Judged, "against" | "isSpeaking">,
  level: number,
  windows: number
): Judged => {
  const speaksAgainst = isSpeaking ? level < rules.quiet : level >= rules.loud
  if (!speaksAgainst) return { isSpeaking, against: 0, event: undefined }
  if (against + 1 < (isSpeaking ? rules.hangover : rules.onset)) {
    return { isSpeaking, against: against + 1, event: undefined }
  }
  const event = {
    _tag: isSpeaking ? "SpeechEnded" : "SpeechStarted",
    atMs: (windows - against - 1) * windowMs,
    decidedAtMs: windows * windowMs
  } as const
  return { isSpeaking: !isSpeaking, against: 0, event }
}

/**
 * Listens to one frame more. How the audio is cut into frames makes no difference. When the rate changes, the window that
 * is not full is dropped.
 *
 * Fits `Stream.mapAccum(() => TurnDetector.make(), TurnDetector.step)`. Speech that goes on when the audio ends has no
 * `SpeechEnded`.
 *
 * @category processing
 * @since 0.1.0
 */
export const step = (
  self: TurnDetector,
  { sampleRate, samples }: AudioFrame.AudioFrame
): readonly [TurnDetector, ReadonlyArray<Event>] => {
  const windowSize = (sampleRate / 1000) * windowMs
  const isSameRate = sampleRate === self.sampleRate
  const events: Array<Event> = []
  let { against, isSpeaking, windows } = self
  let filled = isSameRate ? self.filled : 0
  let energy = isSameRate ? self.energy : 0
  for (let index = 0; index < samples.length; index += 1) {
    energy += (samples[index] ?? 0) ** 2
    filled += 1
    if (filled === windowSize) {
      windows += 1
      const judged = judge(self.rules, { against, isSpeaking }, energy / windowSize, windows)
      against = judged.against
      isSpeaking = judged.isSpeaking
      if (judged.event !== undefined) events.push(judged.event)
      filled = 0
      energy = 0
    }
  }
  return [{ rules: self.rules, isSpeaking, windows, against, sampleRate, filled, energy }, events]
}
