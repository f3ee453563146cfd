import { Simulator } from "@effect-piopiy/simulator"
import { Platform, until } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { app, bot } from "./bot.ts"

it.effect("rests on two guesses about the platform, and on no other", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({ from: "919840007502", to: "914400000001" })
    yield* until(callId, "Ended")
    expect(yield* simulator.evidence()).toRestOnNoAssumption({
      except: ["picked-up-with-actions", "stream-keeps-call"]
    })
  }).pipe(Effect.provide(Platform.layerStreams(bot, {
    app,
    config: { accounts: [{ token: "sim-token", answerUrl: "https://bot.example/piopiy/answer" }] }
  }))))
