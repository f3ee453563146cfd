import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import { make } from "../src/internal/turns.ts"

it.effect("is free again when the last has done, failed or given up", () =>
  Effect.gen(function*() {
    const turns = make()
    const latch = yield* Latch.make()
    assert.isTrue(turns.isFree())
    const first = yield* Effect.forkChild(turns.take(latch.await), { startImmediately: true })
    const second = yield* Effect.forkChild(Effect.exit(turns.take(Effect.fail("no"))), { startImmediately: true })
    const third = yield* Effect.forkChild(turns.take(Effect.void), { startImmediately: true })
    yield* Fiber.interrupt(third)
    assert.isFalse(turns.isFree())
    yield* latch.open
    yield* Fiber.join(first)
    yield* Fiber.join(second)
    assert.isTrue(turns.isFree())
  }))
