import { Simulator } from "@effect-piopiy/simulator"
import { advance, Platform, until } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { assert, describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { handler, program } from "../src/13-test-a-voice-bot.ts"
import { settings } from "./played.ts"

/** The bot, on a platform of its own, with one of its people as the customer. Everybody answers after 1 s. */
const platform = (customer: string) =>
  Layer.provideMerge(Platform.layerStreams(handler), settings({ CUSTOMER: customer }))

/** Nobody speaks, unless the test does. */
const silent = "919840007101"

/** Places the call, and gives its id once the bot can be heard. */
const placed = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  yield* program
  const [call] = yield* simulator.live
  const callId = call?.origin.callId ?? ""
  yield* until(callId, "Streaming")
  return callId
})

/** The same, when the call is over: what there is to see, and how it went. */
const over = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  const callId = yield* placed
  yield* until(callId, "Ended")
  const [stream] = yield* simulator.streams(callId)
  assert(stream !== undefined)
  return { evidence: yield* simulator.evidence(), measures: stream.measures }
})

describe("a customer who speaks after the bot has", () => {
  it.effect("is answered within 600 ms, each time", () =>
    Effect.gen(function*() {
      const { evidence, measures } = yield* over
      expect(evidence).toAnswerTurnsWithin(600)
      assert.lengthOf(measures.turns, 2)
    }).pipe(Effect.provide(platform("919840007504"))))

  it.effect("hears the greeting and both answers to the end", () =>
    Effect.gen(function*() {
      const { evidence, measures } = yield* over
      expect(evidence).toHaveLetCallerHear(3000 + 2 * 2000)
      assert.deepStrictEqual(measures.bargeIns, [])
      assert.strictEqual(measures.playout.byBreak, 0)
    }).pipe(Effect.provide(platform("919840007504"))))
})

describe("a customer who cuts in", () => {
  it.effect("has silence after 50 ms, and an answer", () =>
    Effect.gen(function*() {
      const { evidence, measures } = yield* over
      expect(evidence).toFallSilentWithin(50)
      expect(evidence).toAnswerTurnsWithin(600)
      assert.deepStrictEqual(measures.bargeIns.map(({ isInterrupted }) => isInterrupted), [true])
    }).pipe(Effect.provide(platform("919840007502"))))

  it.effect("may do so at any moment, as often as the test likes", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const callId = yield* placed
      for (const after of ["20 millis", "700 millis", "2 seconds", "4 seconds"] as const) {
        yield* advance(after)
        yield* simulator.say(callId, { _tag: "Speech", ms: 600 })
        yield* advance("2 seconds")
      }
      yield* simulator.hangUp(callId)
      expect(yield* simulator.evidence()).toFallSilentWithin(50)
      expect(yield* simulator.evidence()).toAnswerTurnsWithin(600)
    }).pipe(Effect.provide(platform(silent))))
})

describe("a customer who says nothing", () => {
  it.effect("is asked after 6 s whether anybody is there, twice, and let go", () =>
    Effect.gen(function*() {
      const { evidence } = yield* over
      // The phone is answered after 1 s; the bot says 3 s, 800 ms, 800 ms, 1 s, and waits three times.
      const endedAt = 1000 + 3000 + 2 * 800 + 1000 + 3 * 6000
      expect(evidence).toHaveLetCallerHear(3000 + 2 * 800 + 1000)
      expect(evidence).toHaveEnded({ by: "Pipeline", betweenMs: [endedAt, endedAt] })
    }).pipe(Effect.provide(platform(silent))))

  it.effect("is given time again by a word", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const callId = yield* placed
      yield* advance("20 seconds")
      yield* simulator.say(callId, { _tag: "Speech", ms: 500 })
      yield* advance("20 seconds")
      assert.lengthOf(yield* simulator.live, 1)
      yield* until(callId, "Ended", { within: "1 minute" })
    }).pipe(Effect.provide(platform(silent))))
})

it.effect("talks with nobody for longer than five minutes", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const callId = yield* placed
    while ((yield* simulator.live).length > 0) {
      yield* simulator.say(callId, { _tag: "Speech", ms: 1000 })
      yield* advance("5 seconds")
    }
    const endedAt = 1000 + Duration.toMillis("5 minutes")
    expect(yield* simulator.evidence()).toHaveEnded({ by: "Pipeline", betweenMs: [endedAt, endedAt] })
  }).pipe(Effect.provide(platform(silent))))

it.effect("is over with a customer who hangs up in the middle of a word", () =>
  Effect.gen(function*() {
    const { evidence } = yield* over
    expect(evidence).toHaveEnded({ by: "Caller", withinMs: 3000 })
  }).pipe(Effect.provide(platform("919840007506"))))
