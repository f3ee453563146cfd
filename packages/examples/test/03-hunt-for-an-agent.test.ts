import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { program } from "../src/03-hunt-for-an-agent.ts"
import * as played from "./played.ts"

const customer = "919840007101"
const busy = "914400017001"
const away = "914400017002"
const free = "914400017220"
const standIn = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"

it.effect("rings the desk one after another until somebody answers", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program)
    assert.deepStrictEqual(played.legs(records[0]), [
      { to: customer, cause: "NORMAL_CLEARING", dialedAt: 0, answeredAt: 1000, endedAt: 32_300 },
      { to: busy, cause: "USER_BUSY", dialedAt: 1000, answeredAt: undefined, endedAt: 1300 },
      { to: away, cause: "NO_ANSWER", dialedAt: 1300, answeredAt: undefined, endedAt: 11_300 },
      { to: free, cause: "NORMAL_CLEARING", dialedAt: 11_300, answeredAt: 12_300, endedAt: 32_300 }
    ])
  }))

it.effect("plays music to the customer until then", () =>
  Effect.gen(function*() {
    const { journal } = yield* played.play(program)
    const [music, ...more] = played.commands(journal, "StartPlayback")
    assert.lengthOf(more, 0)
    assert.isTrue(music?.loop)
    const stopped = played.entries(journal, "Turned").find(({ commands }) =>
      commands.some((command) => command._tag === "StopPlayback" && command.playbackId === music?.playbackId)
    )
    assert.strictEqual(stopped?.at, 12_300)
  }))

it.effect("ends the call when the person at the desk hangs up, without ringing the stand-in", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program)
    assert.strictEqual(records[0]?.endedBy, "Pipeline")
    assert.notInclude(played.legs(records[0]).map(({ to }) => to), standIn)
  }))

it.effect("rings the whole desk at once when told to, and lets the others go when one answers", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program, { settings: { STRATEGY: "simultaneous" } })
    assert.deepStrictEqual(played.legs(records[0]), [
      { to: customer, cause: "NORMAL_CLEARING", dialedAt: 0, answeredAt: 1000, endedAt: 22_000 },
      { to: busy, cause: "USER_BUSY", dialedAt: 1000, answeredAt: undefined, endedAt: 1300 },
      { to: away, cause: "LOSE_RACE", dialedAt: 1000, answeredAt: undefined, endedAt: 2000 },
      { to: free, cause: "NORMAL_CLEARING", dialedAt: 1000, answeredAt: 2000, endedAt: 22_000 }
    ])
  }))

it.effect.each(["sequential", "simultaneous"])(
  "gives the customer to the stand-in when nobody answers, %s",
  (STRATEGY) =>
    Effect.gen(function*() {
      const { records } = yield* played.play(program, {
        settings: { STRATEGY, CUSTOMER: "919840007260", DESK: `${busy},${away}` }
      })
      const joined = played.legs(records[0]).filter(({ answeredAt }) => answeredAt !== undefined)
      assert.deepStrictEqual(joined.map(({ to }) => to), ["919840007260", standIn])
      assert.strictEqual(records[0]?.endedBy, "Caller")
    })
)

it.effect("rings each person for as long as the settings say", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program, {
      settings: { DESK: `${away},${free}`, RING_TIMEOUT: "25 seconds" }
    })
    assert.strictEqual(played.legs(records[0])[1]?.endedAt, 26_000)
  }))

it.effect("names the setting that the platform would refuse, and rings nobody", () =>
  Effect.gen(function*() {
    const { exit, journal } = yield* played.play(program, { settings: { RING_TIMEOUT: "3 seconds" } })
    const error = yield* Effect.flip(exit)
    assert.strictEqual(error._tag, "Misconfigured")
    assert.include(error.message, "pipeline[0].ringTimeout")
    assert.lengthOf(played.entries(journal, "Requested"), 0)
  }))
