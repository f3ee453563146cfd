import { Simulator } from "@effect-piopiy/simulator"
import { Platform, until } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { app, bot } from "./bot.ts"

/** A platform in memory, for each test a new one. It asks the app what to do with whoever calls. */
const platform = Platform.layerStreams(bot, {
  app,
  config: { accounts: [{ token: "sim-token", answerUrl: "https://bot.example/piopiy/answer" }] }
})

/** Somebody calls the bot, and hangs up some time. */
const call = Effect.fnUntraced(function*(from: string) {
  const simulator = yield* Simulator.Simulator
  const { callId } = yield* simulator.callIn({ from, to: "914400000001" })
  yield* until(callId, "Ended")
  return yield* simulator.evidence()
})

it.effect("greets, and answers whoever has finished within 600 ms", () =>
  Effect.gen(function*() {
    const evidence = yield* call("919840007504") // speaks whenever the bot has been silent for 0.3 s, twice
    expect(evidence).toHaveLetCallerHear(3000 + 2 * 2000)
    expect(evidence).toAnswerTurnsWithin(600)
  }).pipe(Effect.provide(platform)))

it.effect("falls silent within 100 ms when the caller cuts in", () =>
  Effect.gen(function*() {
    const evidence = yield* call("919840007502") // cuts in 1.5 s into what the bot says
    expect(evidence).toFallSilentWithin(100)
  }).pipe(Effect.provide(platform)))
