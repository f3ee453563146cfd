import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as Control from "../../../../src/Control.ts"
import * as Simulator from "../../../../src/Simulator.ts"
import * as InProcess from "../../../../src/testing/InProcess.ts"
import { connect, hangup, host, jsonReply, menuApp, phone, place, play, question } from "../../../platform.ts"

const menu = () => menuApp(() => jsonReply([play("thanks.wav")]))
const platform = InProcess.layer({ app: menu().app, config: { accounts: [{ token: "sim-token", clock: "manual" }] } })
/** Answers after two seconds, stays, and presses nothing. */
const patient = "919840007100"
/** Never answers by itself. */
const ringer = "919840007002"

const control = Control.make({ url: host })
const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

describe("acting over the control API", () => {
  it.effect("presses the keys that a call asks for, in the moment it is asked to", () =>
    Effect.gen(function*() {
      const { calls, clock, journal } = yield* control
      const callId = yield* place({ to: patient, pipeline: [question(), hangup] })
      yield* clock.advance({ payload: { ms: 6000 } })
      const acted = yield* calls.press({ params: { id: callId.toUpperCase() }, payload: { digits: "4" } })
      assert.deepInclude(acted, { callId, nowMs: 6000 })
      yield* clock.advance({ payload: { ms: 10_000 } })
      const { entries } = yield* journal.query({ query: { call: callId } })
      const delivered = entries.find(({ _tag }) => _tag === "Delivered")
      assert.include(JSON.stringify(delivered?.["body"]), "4")
      assert.deepInclude(entries.find(({ _tag }) => _tag === "Acted"), { at: 6000, legId: "caller" })
    }).pipe(Effect.provide(platform)))

  it.effect("answers and refuses phones that ring, and hangs up those that talk", () =>
    Effect.gen(function*() {
      const { calls, clock } = yield* control
      const one = yield* place({ to: ringer, pipeline: [play("a.wav"), hangup] })
      const two = yield* place({ to: ringer, pipeline: [play("a.wav"), hangup] })
      yield* clock.advance({ payload: { ms: 1000 } })
      const answered = yield* calls.answer({ params: { id: one }, payload: {} })
      assert.strictEqual(answered.state, "Playing")
      const refused = yield* calls.reject({ params: { id: two }, payload: { cause: "USER_BUSY" } })
      assert.strictEqual(refused.state, "Ended")
      assert.strictEqual((yield* calls.record({ params: { id: two } })).hangupCause, "USER_BUSY")
      const hungUp = yield* calls.hangUp({ params: { id: one }, payload: {} })
      assert.strictEqual(hungUp.state, "Ended")
    }).pipe(Effect.provide(platform)))

  it.effect("acts for the leg that is named", () =>
    Effect.gen(function*() {
      const { calls, clock } = yield* control
      const callId = yield* place({ to: patient, pipeline: [connect([phone(ringer)]), hangup] })
      yield* clock.advance({ payload: { ms: 3000 } })
      const { state } = yield* calls.answer({ params: { id: callId }, payload: { leg: ringer } })
      assert.strictEqual(state, "Talking")
    }).pipe(Effect.provide(platform)))

  it.effect("says why nobody can", () =>
    Effect.gen(function*() {
      const { calls, clock } = yield* control
      const id = yield* place({ to: ringer, pipeline: [hangup] })
      yield* clock.advance({ payload: { ms: 1000 } })
      const params = { id }
      const noCall = yield* tagOf(calls.press({ params: { id: "nobody" }, payload: { digits: "1" } }))
      const noLeg = yield* tagOf(calls.press({ params, payload: { digits: "1", leg: "callee9" } }))
      const early = yield* Effect.flip(calls.press({ params, payload: { digits: "1" } }))
      const silent = yield* Effect.flip(calls.say({ params, payload: { voice: { _tag: "Speech", ms: 100 } } }))
      assert.deepEqual([noCall, noLeg], ["CallNotFound", "LegNotFound"])
      assert.deepInclude(early, { _tag: "CannotAct", why: "LegNotAnswered" })
      assert.deepInclude(silent, { _tag: "CannotAct", why: "LegNotAnswered" })
      assert.include(early.message, "not on the line")
      yield* calls.answer({ params, payload: {} }).pipe(Effect.ignore)
      assert.strictEqual(yield* tagOf(calls.speak({ params: { id: "x" }, payload: { text: "yes" } })), "CallNotFound")
    }).pipe(Effect.provide(platform)))

  it.effect("scripts a number from its next call on, until the script ends", () =>
    Effect.gen(function*() {
      const { calls, clock, parties } = yield* control
      const params = { number: patient }
      const outcome = Effect.gen(function*() {
        const id = yield* place({ to: patient, pipeline: [hangup] })
        yield* clock.advance({ payload: { ms: 10_000 } })
        return (yield* calls.record({ params: { id } })).disposition
      })
      yield* parties.script({
        params,
        payload: { outcome: { _tag: "Rejects", afterMs: 100, cause: "USER_BUSY" }, answers: [] }
      })
      assert.strictEqual(yield* outcome, "Busy")
      yield* parties.unscript({ params })
      assert.strictEqual(yield* outcome, "Answered")
      assert.strictEqual(yield* tagOf(parties.unscript({ params })), "NoSuchScript")
    }).pipe(Effect.provide(platform)))
})

describe("seeing calls over the control API", () => {
  it.effect("lets a phone call in, and shows the call as it stands and its record", () =>
    Effect.gen(function*() {
      const { calls, clock } = yield* control
      const { call_id: id } = yield* calls.inbound({
        payload: { from: patient, to: "914440000000", pcmo: [{ action: "play", file_name: "a.wav" }] }
      })
      assert.strictEqual((yield* calls.get({ params: { id } })).live?.callerId, patient)
      assert.strictEqual(yield* tagOf(calls.record({ params: { id } })), "CallInProgress")
      yield* clock.advance({ payload: { ms: 60_000 } })
      assert.strictEqual((yield* calls.record({ params: { id } })).disposition, "Answered")
      assert.strictEqual(yield* tagOf(calls.recording({ params: { id }, query: {} })), "NoRecording")
      const noStream = yield* Effect.flip(calls.recording({ params: { id }, query: { stream: "stream9" } }))
      assert.deepInclude(noStream, { _tag: "NoSuchStream", streams: [] })
      assert.strictEqual(yield* tagOf(calls.get({ params: { id: "nobody" } })), "CallNotFound")
      const refused = yield* Effect.flip(calls.inbound({ payload: { from: "x", to: "914440000000" } }))
      assert.strictEqual(refused._tag, "InvalidRequest")
    }).pipe(Effect.provide(platform)))

  it.effect("tells a call that the account does not allow from one that does not fit", () =>
    Effect.gen(function*() {
      const { calls } = yield* control
      const refused = yield* Effect.flip(
        calls.inbound({ payload: { from: patient, to: "914440000000", pcmo: [{ action: "hangup" }] } })
      )
      assert.deepInclude(refused, { _tag: "CallRefused", error: "insufficient_balance" })
    }).pipe(Effect.provide(InProcess.layer({ config: { accounts: [{ token: "sim-token", balance: 0 }] } }))))

  it.effect("follows the journal from where it is told, entry by entry, with all they hold", () =>
    Effect.gen(function*() {
      const { journal } = yield* control
      const simulator = yield* Simulator.Simulator
      const following = yield* Effect.forkChild(
        Stream.runCollect(Stream.take(journal.follow({ from: 2 }), 2)),
        { startImmediately: true }
      )
      yield* place({ to: patient, pipeline: [hangup] })
      const entries = yield* Fiber.join(following)
      const expected = (yield* simulator.journal({ from: 2, limit: 2 })).map((entry) =>
        JSON.parse(JSON.stringify(entry))
      )
      assert.deepEqual(entries, expected)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("says why a journal cannot be followed", () =>
    Effect.gen(function*() {
      const { journal } = yield* control
      const stranger = yield* Control.make({ url: host, token: "nobody" })
      assert.strictEqual(yield* tagOf(Stream.runDrain(journal.follow({ call: "nobody" }))), "CallNotFound")
      assert.strictEqual(yield* tagOf(Stream.runDrain(stranger.journal.follow())), "Unauthorized")
      assert.strictEqual(yield* tagOf(stranger.journal.query({ query: {} })), "Unauthorized")
      assert.strictEqual(yield* tagOf(journal.query({ query: { limit: 10_001 } })), "InvalidRequest")
    }).pipe(Effect.provide(InProcess.layer())))
})
