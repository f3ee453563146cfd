import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { check } from "../../src/core/expect/check.ts"
import { Simulator } from "../../src/Simulator.ts"
import * as Expect from "../../src/testing/Expect.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { hangup, place } from "../platform.ts"

const number = "919840007100"

describe("an expectation as an effect", () => {
  it.effect("succeeds, or fails with the message of the verdict", () =>
    Effect.gen(function*() {
      yield* place({ to: number, pipeline: [hangup] })
      yield* TestClock.adjust("1 minute")
      yield* Expect.expect({ _tag: "Rang", number })
      const expectation = { _tag: "Rang", number, times: 2 } as const
      const error = yield* Effect.flip(Expect.expect(expectation))
      const { evidence } = yield* Simulator
      assert.strictEqual(error._tag, "ExpectationFailed")
      assert.deepStrictEqual(error.expectation, expectation)
      assert.strictEqual(error.message, check(expectation, yield* evidence()).message)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is of the tenant that is named", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator
      const world = yield* simulator.create({ token: "other" })
      yield* place({ to: number, pipeline: [hangup], token: "other" })
      yield* TestClock.adjust("1 minute")
      yield* Expect.expect({ _tag: "Rang", number }, { world })
      yield* Effect.flip(Expect.expect({ _tag: "Rang", number }))
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("does not show that no phone rang twice when the journal has forgotten a call", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator
      for (let call = 0; call < 100; call++) yield* place({ to: `9198400${call + 100}100`, pipeline: [hangup] })
      yield* TestClock.adjust("1 minute")
      const { entries, forgotten = 0 } = yield* simulator.evidence()
      assert.isAbove(forgotten, 0)
      assert.strictEqual(entries.at(-1)?.seq, entries.length + forgotten)
      const error = yield* Effect.flip(Expect.expect({ _tag: "NothingRangTwice" }))
      assert.isTrue(error.verdict.isMoot)
    }).pipe(Effect.provide(InProcess.layer({ config: { maxEntries: 200 } }))))

  it.effect("holds what had happened by then against it", () =>
    Effect.gen(function*() {
      const { evidence } = yield* Simulator
      const callId = yield* place({ to: number, pipeline: [hangup] })
      const before = yield* evidence()
      yield* TestClock.adjust("1 minute")
      assert.isFalse(check({ _tag: "Ended", call: callId }, before).pass)
      assert.isTrue(check({ _tag: "Ended", call: callId }, yield* evidence({ callId })).pass)
      assert.strictEqual(before.nowMs, 0)
    }).pipe(Effect.provide(InProcess.layer())))
})
