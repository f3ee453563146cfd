import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Party } from "../../src/core/scenario/Party.ts"
import type { ActRefusal } from "../../src/engine/Refusal.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as Streams from "../../src/Streams.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import {
  connect,
  entriesOf,
  hangup,
  jsonReply,
  legOf,
  menuApp,
  phone,
  place,
  play,
  question,
  recordOf
} from "../platform.ts"

const simulator = Simulator.Simulator
/** Answers at once, and does nothing by itself. */
const patient = "919840007100"
/** Rings for ever. */
const silent = "919840007002"
const desk = "914400000042"
const ringing: Party = { ringsAfterMs: 100, outcome: { _tag: "KeepsRinging" }, answers: [] }

const platform = InProcess.layer({
  app: menuApp(() => jsonReply([hangup])).app,
  config: { people: { [desk]: ringing } }
})

const answered = Effect.gen(function*() {
  const callId = yield* place({ to: patient, pipeline: [question({ max_digits: 4, finish_on_key: "#" }), hangup] })
  yield* TestClock.adjust(2000)
  return callId
})

describe("acting as a person", () => {
  it.effect("presses keys at the present moment, with the act as the cause of what follows", () =>
    Effect.gen(function*() {
      const { journal, press } = yield* simulator
      const callId = yield* answered
      yield* press(callId, "42#")
      const [acted] = entriesOf(yield* journal({ callId }), "Acted")
      assert.deepEqual([acted?.at, acted?.legId, acted?.act], [2000, "caller", { _tag: "Presses", digits: "42#" }])
      const caused = entriesOf(yield* journal({ callId }), "Turned").filter(({ causedBy }) => causedBy === acted?.seq)
      assert.deepEqual(caused.map(({ at, event }) => [at, event._tag === "DigitPressed" ? event.digit : event._tag]), [
        [2000, "4"],
        [2000, "2"],
        [2000, "#"]
      ])
      const record = yield* recordOf(callId)
      assert.deepEqual(record.inputs, [{ at: 2000, status: "success", inputType: "dtmf", entry: "42" }])
    }).pipe(Effect.provide(platform)))

  it.effect("says words where speech is asked for", () =>
    Effect.gen(function*() {
      const { speak } = yield* simulator
      const callId = yield* place({ to: patient, pipeline: [question({}, { input: ["speech"] }), hangup] })
      yield* TestClock.adjust(1000)
      yield* speak(callId, "yes please")
      const record = yield* recordOf(callId)
      assert.deepEqual(record.inputs.map(({ at, entry }) => [at, entry]), [[1000, "yes please"]])
    }).pipe(Effect.provide(platform)))

  it.effect("answers a phone that would have rung for ever, which then stays", () =>
    Effect.gen(function*() {
      const { answer } = yield* simulator
      const callId = yield* place({ to: silent, pipeline: [play("a.wav"), connect([phone(patient)]), hangup] })
      yield* TestClock.adjust(1500)
      yield* answer(callId)
      yield* TestClock.adjust("10 minutes")
      const live = yield* Effect.flatMap(simulator, ({ live }) => live)
      assert.deepEqual(live[0]?.legs.map(({ answeredAt, state }) => [answeredAt, state]), [
        [1500, "Bridged"],
        [4500, "Bridged"]
      ])
    }).pipe(Effect.provide(platform)))

  it.effect("answers instead of the party: what that had planned does not happen as well", () =>
    Effect.gen(function*() {
      const { answer, live } = yield* simulator
      const callId = yield* place({ to: "919840007205", pipeline: [play("a.wav"), connect([phone(patient)]), hangup] })
      yield* TestClock.adjust(600)
      yield* answer(callId)
      yield* TestClock.adjust("1 minute")
      assert.deepEqual((yield* live)[0]?.legs[0]?.answeredAt, 600)
    }).pipe(Effect.provide(platform)))

  it.effect("refuses a call, with the cause that is given or as busy people do", () =>
    Effect.gen(function*() {
      const { reject } = yield* simulator
      const ids = [
        yield* place({ to: silent, pipeline: [hangup] }),
        yield* place({ to: silent, pipeline: [hangup] })
      ] as const
      yield* TestClock.adjust(700)
      yield* reject(ids[0])
      yield* reject(ids[1], "caller", "USER_BUSY")
      const records = [yield* recordOf(ids[0]), yield* recordOf(ids[1])]
      assert.deepEqual(records.map(({ endedAt, hangupCause }) => [endedAt, hangupCause]), [
        [700, "CALL_REJECTED"],
        [700, "USER_BUSY"]
      ])
    }).pipe(Effect.provide(platform)))

  it.effect("hangs up, and the call ends by the caller", () =>
    Effect.gen(function*() {
      const { hangUp } = yield* simulator
      const callId = yield* answered
      yield* hangUp(callId)
      const record = yield* recordOf(callId)
      assert.deepEqual([record.endedAt, record.endedBy, record.hangupCause], [2000, "Caller", "NORMAL_CLEARING"])
    }).pipe(Effect.provide(platform)))

  it.effect("gives up for a phone that calls in and still waits", () =>
    Effect.gen(function*() {
      const { callIn, hangUp } = yield* simulator
      const { callId } = yield* callIn({ from: patient, to: "918000000000", answerUrl: "http://app/menu" })
      yield* TestClock.adjust(800)
      yield* hangUp(callId)
      const record = yield* recordOf(callId)
      assert.deepEqual([record.endedAt, record.hangupCause], [800, "ORIGINATOR_CANCEL"])
    }).pipe(Effect.provide(InProcess.layer({ app: menuApp(() => Effect.never).app }))))

  it.effect.each(
    [
      ["its id", ({ legId }: { readonly legId: string }) => legId],
      ["its uuid", ({ uuid }: { readonly uuid: string }) => uuid],
      ["its number", () => desk],
      ["its number with a plus", () => `+${desk}`]
    ] as const
  )("acts for the leg that is named by %s", ([, nameOf]) =>
    Effect.gen(function*() {
      const { answer, hangUp, live } = yield* simulator
      const callId = yield* place({ to: patient, pipeline: [connect([phone(desk)]), hangup] })
      yield* TestClock.adjust(1000)
      const leg = (yield* live)[0]?.legs[1] ?? { legId: "", uuid: "" }
      yield* answer(callId, nameOf(leg))
      yield* TestClock.adjust(4000)
      yield* hangUp(callId, nameOf(leg))
      const { answeredAt, endedAt } = legOf(yield* recordOf(callId), leg.legId)
      assert.deepEqual([answeredAt, endedAt], [1000, 5000])
    }).pipe(Effect.provide(platform)))

  describe("is refused", () => {
    type Handles = Simulator.Simulator["Service"]
    const beep = { _tag: "Tone", hertz: 440, ms: 100 } as const
    it.effect.each<
      readonly [name: string, act: (handles: Handles, callId: string) => ReturnType<Handles["press"]>, ActRefusal]
    >([
      ["keys that are none", ({ press }, callId) => press(callId, "12x"), "NoSuchKey"],
      ["no keys", ({ press }, callId) => press(callId, ""), "NoSuchKey"],
      ["a leg that there is not", ({ press }, callId) => press(callId, "1", "leg9"), "LegNotFound"],
      ["keys of a phone that still rings", ({ press }, callId) => press(callId, "1", desk), "LegNotAnswered"],
      ["words of one", ({ speak }, callId) => speak(callId, "hello", desk), "LegNotAnswered"],
      ["a sound of one", ({ say }, callId) => say(callId, beep, desk), "LegNotAnswered"],
      ["a sound that no stream carries", ({ say }, callId) => say(callId, beep), "NobodyListens"],
      ["hanging up a phone that still rings", ({ hangUp }, callId) => hangUp(callId, desk), "LegNotAnswered"],
      ["answering a phone that is on the line", ({ answer }, callId) => answer(callId), "LegNotRinging"],
      ["refusing on one", ({ reject }, callId) => reject(callId), "LegNotRinging"]
    ])("for %s, and journals nothing", ([, act, why]) =>
      Effect.gen(function*() {
        const handles = yield* simulator
        const callId = yield* place({ to: patient, pipeline: [connect([phone(desk)]), hangup] })
        yield* TestClock.adjust(1000)
        const refused = yield* Effect.flip(act(handles, callId))
        assert.strictEqual(refused.why, why)
        assert.notStrictEqual(refused.message, why)
        assert.lengthOf(entriesOf(yield* handles.journal(), "Acted"), 0)
      }).pipe(Effect.provide(platform)))

    it.effect("on a call that has ended, or never was", () =>
      Effect.gen(function*() {
        const { hangUp, press } = yield* simulator
        const callId = yield* answered
        yield* hangUp(callId)
        assert.strictEqual((yield* Effect.flip(press(callId, "1"))).why, "CallNotFound")
        assert.strictEqual((yield* Effect.flip(press("nobody", "1"))).why, "CallNotFound")
      }).pipe(Effect.provide(platform)))

    it.effect("when it is to answer for whoever calls in", () =>
      Effect.gen(function*() {
        const { answer, callIn } = yield* simulator
        const { callId } = yield* callIn({ from: patient, to: "918000000000", answerUrl: "http://app/menu" })
        yield* TestClock.adjust(800)
        assert.strictEqual((yield* Effect.flip(answer(callId))).why, "LegNotRinging")
      }).pipe(Effect.provide(InProcess.layer({ app: menuApp(() => Effect.never).app }))))
  })
})

describe("a script", () => {
  it.effect.each([desk, `+${desk}`])(
    "settles how %s behaves from its next call on, until it ends",
    (number) =>
      Effect.gen(function*() {
        const { journal, records, script, unscript } = yield* simulator
        yield* script(number, { outcome: { _tag: "Rejects", afterMs: 250, cause: "USER_BUSY" }, answers: [] })
        yield* place({ to: desk, pipeline: [hangup] })
        yield* TestClock.adjust(300)
        assert.isTrue(yield* unscript(desk))
        assert.isFalse(yield* unscript(desk))
        yield* place({ to: desk, pipeline: [hangup] })
        yield* TestClock.adjust("1 hour")
        assert.deepEqual((yield* records).map(({ endedAt, hangupCause }) => [endedAt, hangupCause]), [
          [250, "USER_BUSY"],
          [40_300, "NO_ANSWER"]
        ])
        const scripted = entriesOf(yield* journal(), "Scripted")
        assert.deepEqual(scripted.map(({ number, party }) => [number, party?.outcome._tag]), [
          [desk, "Rejects"],
          [desk, undefined]
        ])
      }).pipe(Effect.provide(platform))
  )

  it.effect("does not change a call that is in progress", () =>
    Effect.gen(function*() {
      const { live, script } = yield* simulator
      yield* place({ to: desk, pipeline: [hangup] })
      yield* script(desk, { outcome: { _tag: "Rejects", afterMs: 0, cause: "USER_BUSY" }, answers: [] })
      yield* TestClock.adjust(10_000)
      assert.lengthOf(yield* live, 1)
    }).pipe(Effect.provide(platform)))

  it.effect("is taken for 10,000 numbers, and for no more", () =>
    Effect.gen(function*() {
      const { script } = yield* simulator
      for (let number = 0; number < 10_000; number++) yield* script(`91${number}`, ringing)
      assert.strictEqual((yield* Effect.flip(script("5", ringing))).why, "TooManyScripts")
      yield* script("910", ringing)
    }).pipe(Effect.provide(platform)))
})

describe("a sound", () => {
  it.effect("reaches the app on an open stream, at the moment it is made", () => {
    const frames: Array<string | Uint8Array> = []
    const port = Layer.succeed(Streams.StreamPort, {
      dial: (_, listener) => {
        queueMicrotask(() => listener.opened())
        return { send: (message) => frames.push(message), bufferedBytes: () => 0, close: () => undefined }
      }
    })
    return Effect.gen(function*() {
      const { callIn, say, streams } = yield* simulator
      const { callId } = yield* callIn({ from: patient, to: "918000000000", answerUrl: "http://app/menu" })
      yield* TestClock.adjust(2000)
      yield* say(callId, { _tag: "Speech", ms: 600 })
      yield* TestClock.adjust(2000)
      const [account] = yield* streams(callId)
      const openedAt = account?.openedAt ?? Number.NaN
      const voiced = account?.ledger.caller.voiced.newest
      assert.strictEqual(openedAt + (voiced?.start ?? 0) / 8, 2000)
      assert.strictEqual(openedAt + (voiced?.end ?? 0) / 8, 2600)
    }).pipe(Effect.provide(InProcess.layer({
      app: menuApp(() =>
        jsonReply([{ action: "stream", ws_url: "ws://bot.test/stream", listen_mode: "caller" }, play("long.wav")])
      )
        .app,
      config: { files: { "long.wav": 60_000 } },
      streams: port
    })))
  })
})
