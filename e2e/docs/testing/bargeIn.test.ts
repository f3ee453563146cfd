import { Simulator } from "@effect-piopiy/simulator"
import { advance, Platform, until } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { assert, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { app, bot } from "./bot.ts"

const platform = Platform.layerStreams(bot, {
  app,
  config: { accounts: [{ token: "sim-token", answerUrl: "https://bot.example/piopiy/answer" }] }
})

it.effect.each([40, 1000, 2900])("falls silent when it is cut in after %i ms", (afterMs) =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({ from: "919840007100", to: "914400000001" }) // says what the test says
    yield* until(callId, "Streaming")
    yield* advance(afterMs)
    yield* simulator.say(callId, { _tag: "Speech", ms: 800 })
    yield* advance("5 seconds")
    yield* simulator.hangUp(callId)
    expect(yield* simulator.evidence()).toFallSilentWithin(100)
    expect(yield* simulator.evidence()).toAnswerTurnsWithin(600)
    // The same in numbers, in samples of 8 kHz, and more: every turn, overlaps, what was dropped, how late frames were.
    const [stream] = yield* simulator.streams(callId)
    assert.deepStrictEqual(stream?.measures.bargeIns.map(({ isInterrupted }) => isInterrupted), [true])
  }).pipe(Effect.provide(platform)))

it.effect("does not take a cough for a word", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({ from: "919840007100", to: "914400000001" })
    yield* until(callId, "Streaming")
    yield* advance("1 second")
    yield* simulator.say(callId, { _tag: "Noise", ms: 30 })
    yield* advance("5 seconds")
    yield* simulator.hangUp(callId)
    expect(yield* simulator.evidence()).toHaveLetCallerHear(3000)
  }).pipe(Effect.provide(platform)))
