import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestConsole from "effect/testing/TestConsole"
import { handler, program } from "../src/07-barge-in.ts"
import { perMs, person, play, speech } from "./streamed.ts"

const customer = "919840007502"

it.effect("falls silent 40 ms after the customer has begun to speak", () =>
  Effect.gen(function*() {
    const { stream: { measures } } = yield* play(program, handler)
    assert.deepStrictEqual(measures.bargeIns, [
      { began: 1500 * perMs, silent: 1540 * perMs, latency: 40 * perMs, isInterrupted: true }
    ])
  }))

it.effect("drops the rest of the text at the platform, and knows what was heard of it", () =>
  Effect.gen(function*() {
    const { recording: [, heard], stream: { measures: { playout } } } = yield* play(program, handler)
    // By then 6.4 s of the text have been sent, nearly 5 s ahead. The answer is another second.
    assert.deepStrictEqual([playout.received, playout.byBreak], [(6400 + 1000) * perMs, (6400 - 1540) * perMs])
    assert.isTrue(heard.samples.subarray(1540 * perMs, 3000 * perMs).every((sample) => sample === 0))
    assert.deepStrictEqual(yield* TestConsole.logLines, ["the customer cut in after 1540 ms"])
  }))

it.effect("answers once the customer has been silent for 500 ms", () =>
  Effect.gen(function*() {
    const { stream: { measures } } = yield* play(program, handler)
    assert.deepStrictEqual(measures.turns, [
      { asked: 2500 * perMs, answered: 3000 * perMs, latency: 500 * perMs }
    ])
  }))

it.effect("says its text to the end when nobody cuts in", () =>
  Effect.gen(function*() {
    const { stream: { measures } } = yield* play(program, handler, { [customer]: person([], 10_000) })
    assert.deepStrictEqual([measures.appTalk, measures.playout.byBreak], [8000 * perMs, 0])
    assert.deepStrictEqual(yield* TestConsole.logLines, [])
  }))

it.effect("interrupts nothing when the customer speaks into its silence", () =>
  Effect.gen(function*() {
    const { stream: { measures } } = yield* play(program, handler, {
      [customer]: person([{ afterSilenceMs: 1000, voice: speech(500) }], 12_000)
    })
    assert.deepStrictEqual(measures.bargeIns, [])
    assert.deepStrictEqual(measures.turns.map(({ latency }) => latency), [500 * perMs])
    assert.deepStrictEqual(yield* TestConsole.logLines, [])
  }))
