import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { handler, program } from "../src/06-stream-echo.ts"
import { perMs, play } from "./streamed.ts"

/** One frame at 8 kHz. */
const frame = 20 * perMs

it.effect("sends back what it hears, and the customer hears it one frame later", () =>
  Effect.gen(function*() {
    const { recording: [said, heard], stream } = yield* play(program, handler)
    assert.deepStrictEqual(heard.samples.subarray(frame), said.samples.subarray(0, said.samples.length - frame))
    assert.isTrue(said.samples.some((sample) => Math.abs(sample) > 1000))
    assert.deepInclude(stream.counts, { sent: 350, messages: 349, dropped: 0, ignored: 0 })
  }))

it.effect("listens from the answer on, until the customer hangs up", () =>
  Effect.gen(function*() {
    const { exit, record, stream } = yield* play(program, handler)
    assert.isTrue(Option.isSome((yield* Effect.orDie(exit)).requestId))
    assert.deepStrictEqual([record.endedBy, record.endedAt], ["Caller", 8000])
    assert.deepStrictEqual([stream.openedAt, stream.measures.duration], [1000, 7000 * perMs])
    assert.deepInclude(record.streams[0]?.end, { _tag: "Closed", by: "Platform", code: 1000 })
  }))
