import type { Party } from "@effect-piopiy/simulator"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { handler, type Note, program, Supervisor } from "../src/09-hand-off-while-monitoring.ts"
import * as played from "./played.ts"
import { perMs, person, play, speech } from "./streamed.ts"

const customer = "919840007504"
const human = "914400007501"

/** The call of the lesson, with such people if not its own, and what the supervisor was told. */
const handed = Effect.fnUntraced(function*(people: Readonly<Record<string, Party.Party>> = {}) {
  const notes: Array<Note> = []
  const { record, stream } = yield* play(program, handler, people).pipe(
    Effect.provideService(Supervisor, { tell: (note) => Effect.sync(() => void notes.push(note)) })
  )
  return { record, stream, notes }
})

it.effect("joins the human once the customer has said what it is about", () =>
  Effect.gen(function*() {
    const { record, stream } = yield* handed()
    // From the answer: a greeting of 1 s, 300 ms of silence, 2 s of speech, 500 ms of silence.
    assert.deepStrictEqual(played.legs(record), [
      { to: customer, cause: "NORMAL_CLEARING", dialedAt: 0, answeredAt: 1000, endedAt: 12_800 },
      { to: human, cause: "NORMAL_CLEARING", dialedAt: 4800, answeredAt: 5800, endedAt: 12_800 }
    ])
    assert.strictEqual(stream.measures.playout.heard, 1000 * perMs)
  }))

it.effect("goes on listening to both until the call is over", () =>
  Effect.gen(function*() {
    const { record, stream } = yield* handed()
    assert.strictEqual(record.streams[0]?.endedAt, 12_800)
    assert.strictEqual(stream.counts.sent, 11_800 / 20)
  }))

it.effect("tells the supervisor when the human talks, and when nobody has for 3 s", () =>
  Effect.gen(function*() {
    const { notes } = yield* handed()
    // Speech counts after 40 ms of loudness, and this voice begins with 10 ms that are softer.
    assert.deepStrictEqual(notes, [
      { what: "they talk", atMs: 1000 + 500 + 50 },
      { what: "nobody has spoken for 3 s", atMs: 1000 + 500 + 2000 + 3000 }
    ])
  }))

it.effect("hears the customer and the human as one conversation", () =>
  Effect.gen(function*() {
    const { notes } = yield* handed({
      [customer]: person([{ afterSilenceMs: 300, voice: speech(2000) }, { afterMs: 7500, voice: speech(1000) }])
    })
    // The customer speaks up from 8.5 s, 200 ms after the human has finished at 8.3 s.
    assert.deepStrictEqual(notes.map(({ what }) => what), ["they talk", "nobody has spoken for 3 s"])
    assert.strictEqual(notes[1]?.atMs, 9500 - 4800 + 3000)
  }))

it.effect("ends the call when the human is busy", () =>
  Effect.gen(function*() {
    const { notes, record } = yield* handed({
      [human]: { outcome: { _tag: "Rejects", afterMs: 300, cause: "USER_BUSY" }, answers: [] }
    })
    assert.deepStrictEqual([played.legs(record)[1]?.cause, record.endedAt], ["USER_BUSY", 5100])
    assert.deepStrictEqual(notes, [])
  }))
