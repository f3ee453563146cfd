import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { make } from "../src/internal/inbox.ts"

it.effect("who waits has all there is before the flush returns", () =>
  Effect.gen(function*() {
    const inbox = make<number, string>()
    const taker = yield* Effect.forkChild(inbox.takeAll, { startImmediately: true })
    inbox.add(1)
    inbox.add(2)
    assert.isUndefined(taker.pollUnsafe())
    assert.isTrue(inbox.flush())
    assert.deepStrictEqual(taker.pollUnsafe(), Exit.succeed([1, 2]))
  }))

it.effect("a flush for nobody leaves everything, and says so", () =>
  Effect.gen(function*() {
    const inbox = make<number, string>()
    const taker = yield* Effect.forkChild(inbox.takeAll, { startImmediately: true })
    yield* Fiber.interrupt(taker)
    inbox.add(1)
    assert.isFalse(inbox.flush())
    assert.deepStrictEqual(yield* inbox.takeAll, [1])
  }))

it.effect("the end comes after what is there, to everyone, and is the first", () =>
  Effect.gen(function*() {
    const inbox = make<number, string>()
    const takers = yield* Effect.forEach([1, 2, 3], () =>
      Effect.forkChild(Effect.exit(inbox.takeAll), { startImmediately: true }))
    inbox.add(1)
    inbox.end("first")
    inbox.end("second")
    const exits = yield* Effect.forEach(takers, (taker) =>
      Fiber.join(taker))
    const last = Exit.fail("first")
    assert.deepStrictEqual<ReadonlyArray<unknown>>(exits, [Exit.succeed([1]), last, last])
    assert.strictEqual(yield* Effect.flip(inbox.takeAll), "first")
  }))

const Step = Schema.Literals(["add", "drop", "take"])

it.effect.prop(
  "gives everything in order, but for the oldest that were dropped",
  [Schema.Array(Step)],
  ([steps]) =>
    Effect.gen(function*() {
      const inbox = make<number, string>()
      const model: Array<number> = []
      for (const [index, step] of steps.entries()) {
        if (step === "add") {
          inbox.add(index)
          model.push(index)
        } else if (step === "drop") {
          assert.strictEqual(inbox.dropOldest(), model.shift())
        } else if (model.length > 0) {
          assert.deepStrictEqual(yield* inbox.takeAll, model.splice(0))
        }
        assert.strictEqual(inbox.size(), model.length)
      }
    })
)
