import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as TurnDetector from "../src/TurnDetector.ts"
import { cut, noise, sine } from "./sound.ts"

/** Audio of alternating spans, at a level in dBFS (of a sine) for so many milliseconds. */
const spans = (
  sampleRate: AudioFrame.SampleRate,
  ...levels: ReadonlyArray<readonly [dbfs: number, ms: number]>
): AudioFrame.AudioFrame =>
  Result.getOrThrow(AudioFrame.concat(
    levels.map(([dbfs, ms]) => sine(200, 32_768 * Math.SQRT2 * 10 ** (dbfs / 20), (ms * sampleRate) / 1000, sampleRate))
  ))

const quiet = Number.NEGATIVE_INFINITY

const eventsOf = (
  frames: ReadonlyArray<AudioFrame.AudioFrame>,
  options?: TurnDetector.Options
): ReadonlyArray<TurnDetector.Event> => {
  let detector = TurnDetector.make(options)
  return frames.flatMap((frame) => {
    const [next, events] = TurnDetector.step(detector, frame)
    detector = next
    return events
  })
}

const started = (atMs: number, decidedAtMs: number): TurnDetector.Event => ({
  _tag: "SpeechStarted",
  atMs,
  decidedAtMs
})
const ended = (atMs: number, decidedAtMs: number): TurnDetector.Event => ({ _tag: "SpeechEnded", atMs, decidedAtMs })

describe.each(AudioFrame.sampleRates)("at %d", (sampleRate) => {
  it("tells where speech began and where it ended, and when that was clear", () => {
    const audio = spans(sampleRate, [quiet, 100], [-20, 300], [quiet, 700], [-20, 100], [quiet, 600])
    assert.deepStrictEqual(eventsOf(AudioFrame.split(audio, "20 millis")), [
      started(100, 140),
      ended(400, 900),
      started(1100, 1140),
      ended(1200, 1700)
    ])
  })
})

describe("speech", () => {
  it("does not begin with a click shorter than the onset", () => {
    assert.deepStrictEqual(eventsOf([spans(8000, [-10, 30], [quiet, 10], [-10, 30], [quiet, 500])]), [])
  })

  it("goes on through a pause shorter than the hangover", () => {
    const audio = spans(8000, [-20, 100], [quiet, 490], [-20, 100], [quiet, 500])
    assert.deepStrictEqual(eventsOf([audio]), [started(0, 40), ended(690, 1190)])
  })

  it("goes on below the threshold, but does not begin there", () => {
    assert.deepStrictEqual(eventsOf([spans(8000, [-38, 1000])]), [])
    assert.deepStrictEqual(eventsOf([spans(8000, [-30, 100], [-38, 1000])]), [started(0, 40)])
    assert.deepStrictEqual(eventsOf([spans(8000, [-30, 100], [-43, 1000])]), [started(0, 40), ended(100, 600)])
  })

  it("begins and ends as the options say", () => {
    const audio = spans(8000, [-45, 100], [-57, 1000])
    assert.deepStrictEqual(eventsOf([audio]), [])
    assert.deepStrictEqual(eventsOf([audio], { threshold: -50 }), [started(0, 40), ended(100, 600)])
    assert.deepStrictEqual(eventsOf([audio], { threshold: -50, hysteresis: 10 }), [started(0, 40)])
    assert.deepStrictEqual(eventsOf([audio], { threshold: -50, onset: 1, hangover: "95 millis" }), [
      started(0, 10),
      ended(100, 200)
    ])
    assert.deepStrictEqual(eventsOf([audio], { threshold: -50, onset: 101 }), [])
    assert.deepStrictEqual(
      eventsOf([audio], { threshold: -50, hysteresis: -20 }),
      eventsOf([audio], { threshold: -50, hysteresis: 0 })
    )
  })
})

describe("the detector", () => {
  const Sizes = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2000 })))
  const Spans = Schema.Array(Schema.Struct({
    level: Schema.Literals([-200, -50, -38, -30, -10]),
    ms: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 700 }))
  }))

  it.prop("says the same however the audio is cut, in turns, each at its place", [Spans, Sizes], ([levels, sizes]) => {
    const audio = spans(8000, [quiet, 10], ...levels.map(({ level, ms }) => [level, ms] as const))
    const events = eventsOf([audio])
    assert.deepStrictEqual(eventsOf(cut(audio, sizes)), events)
    let last = 0
    for (const [index, event] of events.entries()) {
      assert.strictEqual(event._tag, index % 2 === 0 ? "SpeechStarted" : "SpeechEnded")
      assert.isAtLeast(event.atMs, last)
      assert.strictEqual(event.decidedAtMs - event.atMs, index % 2 === 0 ? 40 : 500)
      last = event.atMs
    }
    assert.isAtMost(last, AudioFrame.durationMs(audio))
  })

  it("drops the window that is not full when the rate changes", () => {
    const [half] = TurnDetector.step(TurnDetector.make({ onset: 10 }), noise(79, 8000))
    assert.deepStrictEqual(TurnDetector.step(half, noise(159, 16_000))[1], [])
    assert.deepStrictEqual(TurnDetector.step(half, AudioFrame.silence(10, 16_000))[1], [])
    assert.deepStrictEqual(TurnDetector.step(half, noise(160, 16_000))[1], [{
      _tag: "SpeechStarted",
      atMs: 0,
      decidedAtMs: 10
    }])
  })

  it.effect("runs over a stream of frames", () =>
    Effect.gen(function*() {
      const frames = AudioFrame.split(spans(8000, [quiet, 60], [-20, 100]), "20 millis")
      const events = yield* Stream.fromIterable(frames).pipe(
        Stream.mapAccum(() => TurnDetector.make(), TurnDetector.step),
        Stream.runCollect
      )
      assert.deepStrictEqual([...events].map((event) => ({ ...event })), [{
        _tag: "SpeechStarted",
        atMs: 60,
        decidedAtMs: 100
      }])
    }))
})
