import { Wav } from "@effect-piopiy/sdk"
import type { Party } from "@effect-piopiy/simulator"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { handler, type Message, Messages, program } from "../src/08-record-and-report.ts"
import { perMs, person, play, speech } from "./streamed.ts"

const customer = "919840007504"

/** A call to such a customer, if not to the lesson's own, and what was reported of it. */
const messageOf = Effect.fnUntraced(function*(party?: Party.Party) {
  const reported: Array<Message> = []
  const people = party === undefined ? {} : { [customer]: party }
  const { record, recording } = yield* play(program, handler, people).pipe(
    Effect.provideService(Messages, { report: (message) => Effect.sync(() => void reported.push(message)) })
  )
  return { record, recording, reported, message: reported[0] }
})

it.effect("reports what the customer said, from the beep to 2 s of silence, and hangs up", () =>
  Effect.gen(function*() {
    const { message, record, recording: [said], reported } = yield* messageOf()
    assert.lengthOf(reported, 1)
    // The beep takes 400 ms.
    assert.deepInclude(message, { lengthMs: 400 + 300 + 2000 + 2000 })
    const [voice] = yield* Effect.fromResult(Wav.decode(message?.wav ?? new Uint8Array()))
    assert.deepStrictEqual(voice.samples, said.samples.slice(0, 4700 * perMs))
    assert.isTrue(voice.samples.some((sample) => Math.abs(sample) > 1000))
    assert.deepStrictEqual([record.endedBy, record.endedAt], ["Pipeline", 1000 + 4700])
  }))

it.effect("says whose message it is", () =>
  Effect.gen(function*() {
    const { message } = yield* messageOf()
    assert.deepStrictEqual(message?.call, { from: "914400000001", to: customer })
  }))

it.effect("loses no message of a customer who hangs up in the middle of a word", () =>
  Effect.gen(function*() {
    const { message, record } = yield* messageOf(person([{ afterSilenceMs: 300, voice: speech(3000) }], 2000))
    assert.strictEqual(record.endedBy, "Caller")
    assert.deepInclude(message, { lengthMs: 2000 })
  }))

it.effect("ends a message after a minute", () =>
  Effect.gen(function*() {
    const { message, record } = yield* messageOf(person([{ afterMs: 0, voice: speech(90_000) }]))
    assert.deepInclude(message, { lengthMs: 60_000 })
    assert.strictEqual(record.endedAt, 61_000)
  }))
