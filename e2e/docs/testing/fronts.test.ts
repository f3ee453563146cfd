import { Party, Simulator, type SimulatorConfig } from "@effect-piopiy/simulator"
import { advance, Platform, until } from "@effect-piopiy/simulator/testing"
import * as OverSockets from "@effect-piopiy/simulator/testing/node"
import "@effect-piopiy/simulator/vitest"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { app, bot } from "./bot.ts"

const caller = "919840000042"

const config: SimulatorConfig.SimulatorConfig = {
  accounts: [{ token: "sim-token", answerUrl: "https://bot.example/piopiy/answer" }],
  people: { [caller]: Party.person({ answersAfterMs: 0, talksForMs: 1500 }) }
}

/** Nothing in it says where it runs. */
const cutsIn = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  const { callId } = yield* simulator.callIn({ from: caller, to: "914400000001" })
  yield* until(callId, "Streaming")
  yield* advance("500 millis")
  yield* simulator.say(callId, { _tag: "Speech", ms: 400 })
  yield* until(callId, "Ended")
  return yield* simulator.evidence()
})

it.effect("falls silent in memory, to the millisecond", () =>
  Effect.gen(function*() {
    expect(yield* cutsIn).toFallSilentWithin(60)
  }).pipe(Effect.provide(Platform.layerStreams(bot, { app, config }))))

it.live("falls silent over sockets, give or take", () =>
  Effect.gen(function*() {
    expect(yield* cutsIn).toFallSilentWithin(250)
  }).pipe(Effect.provide(OverSockets.layerStreams(bot, { app, config }))))
