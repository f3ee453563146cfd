import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestConsole from "effect/testing/TestConsole"
import { handler, program, Recogniser, RecogniserFailed } from "../src/10-stream-to-a-recogniser.ts"
import * as played from "./played.ts"
import { play } from "./streamed.ts"

const customer = "919840007503"
const human = "914400007501"

/** Hears two frames, and breaks. */
const failing = Layer.succeed(Recogniser, {
  transcribe: (frames) =>
    Stream.concat(
      Stream.drain(Stream.take(frames, 2)),
      Stream.fail(new RecogniserFailed({ why: "the vendor is down" }))
    )
})

// The customer says "My order is late" from 500 ms to 1492 ms, and "Goodbye" from 4000 ms to 4434 ms.
it.effect("has the words of each utterance, and when it ended", () =>
  Effect.gen(function*() {
    yield* Effect.provide(play(program, handler), Recogniser.layerScript("my order is late", "goodbye"))
    assert.deepStrictEqual(yield* TestConsole.logLines, [
      "1490 ms my",
      "1490 ms order",
      "1490 ms is",
      "1490 ms late",
      "4430 ms goodbye"
    ])
  }))

it.effect("hangs up when the customer has said goodbye", () =>
  Effect.gen(function*() {
    const { record } = yield* Effect.provide(
      play(program, handler),
      Recogniser.layerScript("my order is late", "goodbye")
    )
    // After 500 ms of silence, with the end of a frame.
    assert.deepStrictEqual([record.endedBy, record.endedAt], ["Pipeline", 1000 + 4430 + 500 + 10])
  }))

it.effect("goes on listening to a customer who does not, until that one hangs up", () =>
  Effect.gen(function*() {
    const { record } = yield* Effect.provide(
      play(program, handler),
      Recogniser.layerScript("my order is late", "still", "never said")
    )
    assert.deepStrictEqual([record.endedBy, record.endedAt], ["Caller", 11_000])
  }))

it.effect("gives the customer to a human when the recogniser fails", () =>
  Effect.gen(function*() {
    const { record } = yield* Effect.provide(play(program, handler), failing)
    assert.deepStrictEqual(played.legs(record).map(({ answeredAt, to }) => [to, answeredAt]), [
      [customer, 1000],
      [human, 2040]
    ])
    assert.deepStrictEqual(yield* TestConsole.logLines, ["no recogniser: the vendor is down"])
  }))
