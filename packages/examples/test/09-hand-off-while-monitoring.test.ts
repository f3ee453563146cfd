import type { Party } from "@effect-piopiy/simulator"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { handler, type Note, program, Supervisor } from "../src/09-hand-off-while-monitoring.ts"
import * as played from "./played.ts"
import { perMs, person, play, speech } from "./streamed.ts"

const customer = "919840000009"
const human = "914400000009"

/** Says what it is about when the greeting is over. */
const asks = person([{ afterSilenceMs: 300, voice: speech(1000) }])
const talks = person([{ afterMs: 0, voice: speech(2000) }], 7000)

/** The call of a customer who is handed to such a human, and what the supervisor was told. */
const handedTo = Effect.fnUntraced(function*(colleague: Party.Party, caller: Party.Party = asks) {
  const notes: Array<Note> = []
  const { record, stream } = yield* play(program, handler, { [customer]: caller, [human]: colleague }).pipe(
    Effect.provideService(Supervisor, { tell: (note) => Effect.sync(() => void notes.push(note)) })
  )
  return { record, stream, notes }
})

it.effect("joins the human once the customer has said what it is about", () =>
  Effect.gen(function*() {
    const { record, stream } = yield* handedTo(talks)
    // From the answer: a greeting of 1 s, 300 ms of silence, 1 s of speech, 500 ms of silence.
    assert.deepStrictEqual(played.legs(record), [
      { to: customer, cause: "NORMAL_CLEARING", dialedAt: 0, answeredAt: 1000, endedAt: 11_800 },
      { to: human, cause: "NORMAL_CLEARING", dialedAt: 3800, answeredAt: 4800, endedAt: 11_800 }
    ])
    assert.strictEqual(stream.measures.playout.heard, 1000 * perMs)
  }))

it.effect("goes on listening to both until the call is over", () =>
  Effect.gen(function*() {
    const { record, stream } = yield* handedTo(talks)
    assert.strictEqual(record.streams[0]?.endedAt, 11_800)
    assert.strictEqual(stream.counts.sent, 10_800 / 20)
  }))

it.effect("tells the supervisor when the human talks, and when nobody has for 3 s", () =>
  Effect.gen(function*() {
    const { notes } = yield* handedTo(talks)
    // Speech counts after 40 ms of loudness, and this voice begins with 10 ms that are softer.
    assert.deepStrictEqual(notes, [
      { what: "they talk", atMs: 1000 + 50 },
      { what: "nobody has spoken for 3 s", atMs: 1000 + 2000 + 3000 }
    ])
  }))

it.effect("hears the customer and the human as one conversation", () =>
  Effect.gen(function*() {
    const { notes } = yield* handedTo(
      talks,
      person([{ afterSilenceMs: 300, voice: speech(1000) }, { afterMs: 6500, voice: speech(1000) }])
    )
    // The customer speaks up from 7.5 s, 700 ms after the human has finished at 6.8 s.
    assert.deepStrictEqual(notes.map(({ what }) => what), ["they talk", "nobody has spoken for 3 s"])
    assert.strictEqual(notes[1]?.atMs, 8500 - 3800 + 3000)
  }))

it.effect("ends the call when the human is busy", () =>
  Effect.gen(function*() {
    const { notes, record } = yield* handedTo({
      outcome: { _tag: "Rejects", afterMs: 300, cause: "USER_BUSY" },
      answers: []
    })
    assert.deepStrictEqual([played.legs(record)[1]?.cause, record.endedAt], ["USER_BUSY", 4100])
    assert.deepStrictEqual(notes, [])
  }))
