import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestConsole from "effect/testing/TestConsole"
import { handler, program, Recogniser, RecogniserFailed } from "../src/10-stream-to-a-recogniser.ts"
import * as played from "./played.ts"
import { person, play, speech } from "./streamed.ts"

const customer = "919840000010"
const human = "914400000009"
const people = {
  [customer]: person([{ afterMs: 500, voice: speech(1000) }, { afterMs: 4000, voice: speech(500) }], 20_000),
  [human]: person([], 5000)
}

/** Hears two frames, and breaks. */
const failing = Layer.succeed(Recogniser, {
  transcribe: (frames) =>
    Stream.concat(
      Stream.drain(Stream.take(frames, 2)),
      Stream.fail(new RecogniserFailed({ why: "the vendor is down" }))
    )
})

it.effect("has the words of each utterance 500 ms after its end", () =>
  Effect.gen(function*() {
    yield* Effect.provide(play(program, handler, people), Recogniser.layerScript("my order is late", "goodbye"))
    assert.deepStrictEqual(yield* TestConsole.logLines, [
      "1500 ms my",
      "1500 ms order",
      "1500 ms is",
      "1500 ms late",
      "4500 ms goodbye"
    ])
  }))

it.effect("hangs up when the customer has said goodbye", () =>
  Effect.gen(function*() {
    const { record } = yield* Effect.provide(
      play(program, handler, people),
      Recogniser.layerScript("my order is late", "goodbye")
    )
    assert.deepStrictEqual([record.endedBy, record.endedAt], ["Pipeline", 1000 + 4500 + 500])
  }))

it.effect("goes on listening to a customer who does not, until that one hangs up", () =>
  Effect.gen(function*() {
    const { record } = yield* Effect.provide(
      play(program, handler, people),
      Recogniser.layerScript("my order is late", "still", "never said")
    )
    assert.deepStrictEqual([record.endedBy, record.endedAt], ["Caller", 21_000])
  }))

it.effect("gives the customer to a human when the recogniser fails", () =>
  Effect.gen(function*() {
    const { record } = yield* Effect.provide(play(program, handler, people), failing)
    assert.deepStrictEqual(played.legs(record).map(({ answeredAt, to }) => [to, answeredAt]), [
      [customer, 1000],
      [human, 2040]
    ])
    assert.deepStrictEqual(yield* TestConsole.logLines, ["no recogniser: the vendor is down"])
  }))
