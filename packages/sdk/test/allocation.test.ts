/** What conversions of audio leave for the garbage collector: arrays for the samples that come out, and nothing for each. */
import { assert, it } from "@effect/vitest"
import { getHeapStatistics } from "node:v8"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as G711 from "../src/G711.ts"
import * as Level from "../src/Level.ts"
import * as Mix from "../src/Mix.ts"
import * as Resampler from "../src/Resampler.ts"
import * as TurnDetector from "../src/TurnDetector.ts"
import * as Wav from "../src/Wav.ts"
import { noise } from "./sound.ts"

const voice = noise(4000, 8000)
const bytes = AudioFrame.toBytes(voice)
const companded = bytes.subarray(0, 4000)
const stereo = Wav.encode([voice, voice])

const conversions: ReadonlyArray<readonly [name: string, run: () => unknown]> = [
  ["fromBytes", () => AudioFrame.fromBytes(bytes, 8000)],
  ["concat", () => AudioFrame.concat([voice, voice])],
  ["decodeMuLaw", () => G711.decodeMuLaw(companded)],
  ["decodeALaw", () => G711.decodeALaw(companded)],
  ["encodeMuLaw", () => G711.encodeMuLaw(voice)],
  ["encodeALaw", () => G711.encodeALaw(voice)],
  ["gain", () => Mix.gain(voice, 3)],
  ["mix", () => Mix.mix([voice, voice])],
  ["peak", () => Level.peak(voice)],
  ["rms", () => Level.rms(voice)],
  ["resampling up", () => Resampler.step(Resampler.make(16_000), voice)],
  ["resampling down", () => Resampler.resample(AudioFrame.make(voice.samples, 48_000), 8000)],
  ["turn detection", () => TurnDetector.step(TurnDetector.make(), voice)],
  ["writing WAV", () => Wav.encode([voice, voice])],
  ["reading WAV", () => stereo._tag === "Success" ? Wav.decode(stereo.success) : undefined]
]

/** Bytes of the heap that a run takes, in which the samples of typed arrays are not. A collection may hide those of a run. */
const heapOf = (run: () => unknown): number => {
  const before = getHeapStatistics().used_heap_size
  run()
  return getHeapStatistics().used_heap_size - before
}

const usually = (run: () => unknown): number =>
  Array.from({ length: 15 }, () => heapOf(run)).toSorted((a, b) => a - b)[7] ?? Number.NaN

it.each(conversions)("%s allocates nothing for each sample", (_, run) => {
  // A number in the heap takes 12 bytes at least; what there is for each window of 10 ms takes one byte a sample.
  const bound = 2 * voice.samples.length
  let taken = usually(run)
  // Code that is not compiled yet puts its numbers into the heap, and a busy machine takes its time to compile.
  for (let turn = 0; turn < 200 && taken >= bound; turn += 1) taken = usually(run)
  assert.isBelow(taken, bound)
})
