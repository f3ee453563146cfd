/** What the people of the number plan say, on a call with a stream. When they answer and leave is in `Parties.test.ts`. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { promptDurationMs } from "../../../src/core/media/promptDuration.ts"
import * as Spans from "../../../src/core/media/Spans.ts"
import * as NumberPlan from "../../../src/core/scenario/NumberPlan.ts"
import { Simulator } from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { post, textOf } from "../../platform.ts"

const perMs = 8
const tone = (ms: number) =>
  AudioFrame.make(Int16Array.from({ length: ms * perMs }, (_, place) => 8000 * Math.sin((place * Math.PI) / 8)), 8000)

/** Talks from the answer to 2 s after it, and from 6 s to 6.5 s. */
const talks = Effect.fnUntraced(function*(session: StreamSession.StreamSession) {
  yield* session.send(tone(2000))
  yield* Effect.sleep("6 seconds")
  yield* session.send(tone(500))
  return yield* Effect.never
})

const platform = InProcess.layer({ streams: InProcess.streams(talks) }).pipe(
  Layer.provide(StreamServer.layer({ url: "ws://bot.test", admission: "anyone", drainTimeout: 0 }))
)

/** From when to when the phone speaks, in milliseconds from the answer. Pauses for breath do not count. */
const said = Effect.fnUntraced(function*(code: string) {
  const stream = { action: "stream", ws_url: "ws://bot.test/stream", listen_mode: "caller", voice_quality: "8000" }
  const answer = yield* post("/_sim/calls/inbound", { from: `91984000${code}`, to: "914400000001", pcmo: [stream] })
  const callId = yield* textOf(answer, "call_id")
  yield* TestClock.adjust("1 minute")
  const [account] = yield* Simulator.use((simulator) => simulator.streams(callId))
  assert(account !== undefined, answer.text)
  const spans = Spans.toArray(account.ledger.caller.voiced).reduce(Spans.add, Spans.make(1000 * perMs))
  return Spans.toArray(spans).map(({ end, start }) => [start / perMs, end / perMs])
})

const endOf = (startMs: number, text: string): number =>
  startMs + promptDurationMs({ _tag: "Say", text, speed: 1 }, new Map())

/** When a person says something, in milliseconds from the beginning of the stream. */
const spoken: Array<readonly [code: string, said: Array<[startMs: number, endMs: number]>]> = [
  ["7501", [[500, 2500]]],
  ["7502", [[1500, 2500]]],
  ["7503", [[500, endOf(500, "My order is late")], [4000, endOf(4000, "Goodbye")]]],
  ["7504", [[2300, 4300], [6800, 8800]]],
  ["7505", [[0, 10_000]]],
  ["7506", [[500, 2000]]]
]

describe("a person who speaks", () => {
  it.effect.each(spoken)("does what the row of %s says", ([code, expected]) =>
    Effect.gen(function*() {
      assert.deepEqual(yield* said(code), expected)
    }).pipe(Effect.provide(platform)))

  it("answers after 1 s, and leaves in the end", () => {
    const speaking = NumberPlan.rows.map(({ digits, party }) => party(digits)).filter(({ speaks }) =>
      speaks !== undefined
    )
    assert.lengthOf(speaking, 6)
    for (const { hangsUp, outcome } of speaking) {
      assert.deepInclude(outcome, { _tag: "Answers", afterMs: 1000 })
      assert.isDefined(hangsUp)
    }
  })
})
