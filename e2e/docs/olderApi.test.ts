import { LegacyCalls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"

const platform = Piopiy.layerLegacy({ appId: 1_000_001, appSecret: Redacted.make("sim-secret") }).pipe(
  Layer.provideMerge(InProcess.layer())
)

it.effect("rings the second colleague when the first is engaged, and pays for two legs", () =>
  Effect.gen(function*() {
    const calls = yield* LegacyCalls.LegacyCalls
    const { requestId } = yield* calls.placeNumbersCall({
      callerId: PhoneNumber.make("914400000001"),
      to: PhoneNumber.make("919840007100"), // answers at once and stays
      connect: [PhoneNumber.make("919840007001"), PhoneNumber.make("919840007230")] // engaged; talks for 30 s
    })
    yield* TestClock.adjust("1 minute")
    const records = yield* calls.cdrByRequestId(yield* Effect.fromOption(requestId))
    assert.deepStrictEqual(
      records.map((
        { duration, leg, rate, status }
      ) => [Option.getOrNull(leg), status, Duration.toSeconds(duration), Option.getOrNull(rate)]),
      [["b", "answered", 30, 0.45], ["b", "missed", 0, 0], ["a", "answered", 31, 0.45]]
    )
  }).pipe(Effect.provide(platform)))
