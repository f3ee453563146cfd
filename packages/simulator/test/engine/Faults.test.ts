import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Rule } from "../../src/core/fault/Fault.ts"
import * as Faults from "../../src/engine/Faults.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Timeline from "../../src/engine/Timeline.ts"
import { entriesOf } from "../platform.ts"

const withSeed = (seed: number, ...rules: ReadonlyArray<Rule>) =>
  Faults.layer({ seed, rules }).pipe(
    Layer.provideMerge(Journal.layer({ tenant: "t", seed: 1, version: "0", bounds: Journal.defaultBounds })),
    Layer.provideMerge(Timeline.layer)
  )

const withRules = (...rules: ReadonlyArray<Rule>) => withSeed(1, ...rules)

const operation = "POST /v3/voice/ai/call"
const reset: Rule = { fault: { _tag: "Reset", effect: "after" } }
const garbage: Rule = { fault: { _tag: "Garbage" } }
const lost: Rule = { fault: { _tag: "Lost" } }

const standing = ({ list }: Faults.Faults["Service"]) =>
  list().map(({ fired, id, matched }) => `${id} ${matched} ${fired}`)

describe("Faults", () => {
  it.effect("lets the first rule that fires count, and has those after it meet what happened all the same", () =>
    Effect.gen(function*() {
      const faults = yield* Faults.Faults
      const fired = [1, 2, 3].map(() => faults.request({ operation })?._tag)
      assert.deepEqual(fired, ["Reset", "Garbage", "Garbage"])
      assert.deepEqual(standing(faults), ["fault1 3 1", "fault2 3 2", "fault3 0 0"])
    }).pipe(Effect.provide(withRules({ ...reset, when: { first: 1 } }, garbage, lost))))

  it.effect("has every rule for a stream fire at once", () =>
    Effect.gen(function*() {
      const faults = yield* Faults.Faults
      const url = "ws://localhost/stream"
      assert.deepEqual(faults.stream({ callId: "c", url }).map(({ _tag }) => _tag), ["Jittered", "StreamLost"])
      assert.deepEqual(faults.stream({ callId: "d", url }).map(({ _tag }) => _tag), ["Jittered"])
      assert.deepEqual(standing(faults), ["fault1 2 2", "fault2 1 1"])
    }).pipe(Effect.provide(withRules(
      { fault: { _tag: "Jittered", jitterMs: 30 } },
      { fault: { _tag: "StreamLost", afterMs: 500 }, when: { callId: "c" } }
    ))))

  it.effect("journals each fault with its rule, its cause and what it befell, and nothing that did not happen", () =>
    Effect.gen(function*() {
      const faults = yield* Faults.Faults
      const journal = yield* Journal.Journal
      yield* TestClock.adjust(1500)
      faults.request({ operation, causedBy: 7, callId: "c" })
      faults.request({ operation: "GET /v3/balance" })
      faults.webhook({ notice: "Record", url: "http://localhost/cdr" })
      assert.deepEqual(
        entriesOf(journal.read(), "Faulted"),
        [
          {
            _tag: "Faulted",
            seq: 2,
            at: 1500,
            tenant: "t",
            faultId: "fault1",
            name: "cut the reply",
            fault: "Reset",
            causedBy: 7,
            callId: "c",
            operation
          },
          {
            _tag: "Faulted",
            seq: 3,
            at: 1500,
            tenant: "t",
            faultId: "fault2",
            fault: "Lost",
            webhook: "Record",
            url: "http://localhost/cdr"
          }
        ]
      )
      assert.deepEqual(journal.counts("faults"), [
        { labels: ["Reset"], value: 1 },
        { labels: ["Lost"], value: 1 }
      ])
    }).pipe(Effect.provide(withRules({ ...reset, name: "cut the reply", when: { operation } }, lost))))

  it.effect("takes rules while it runs, and lets them go, never with an id twice", () =>
    Effect.gen(function*() {
      const faults = yield* Faults.Faults
      assert.isFalse(faults.watches("Request"))
      assert.strictEqual(yield* faults.add(reset), "fault1")
      assert.isTrue(faults.watches("Request"))
      assert.isFalse(faults.watches("Webhook"))
      assert.deepEqual([faults.remove("fault1"), faults.remove("fault1")], [true, false])
      assert.isFalse(faults.watches("Request"))
      assert.isUndefined(faults.request({ operation }))
      assert.strictEqual(yield* faults.add(reset), "fault2")
      faults.clear()
      assert.deepEqual(faults.list(), [])
      assert.isFalse(faults.watches("Request"))
      assert.strictEqual(yield* faults.add(lost), "fault3")
    }).pipe(Effect.provide(withRules())))

  it.effect("refuses a rule beyond its bound, and takes one again when another is gone", () =>
    Effect.gen(function*() {
      const faults = yield* Faults.Faults
      const refused = yield* Effect.flip(faults.add(lost))
      assert.strictEqual(refused._tag, "TooManyRules")
      assert.include(refused.message, "1000")
      faults.remove("fault500")
      assert.strictEqual(yield* faults.add(lost), "fault1001")
    }).pipe(Effect.provide(withRules(...Array.from({ length: Faults.maxRules }, () => lost)))))

  it.effect("counts the requests that hang, lets them go after ten minutes, and keeps no more than its bound", () =>
    Effect.gen(function*() {
      const faults = yield* Faults.Faults
      const clients = yield* Effect.forEach(
        Array.from({ length: Faults.maxHanging }),
        () => Effect.forkChild(faults.hang, { startImmediately: true })
      )
      yield* faults.hang
      assert.strictEqual(faults.hanging(), Faults.maxHanging)
      const [leaves] = clients
      if (leaves !== undefined) yield* Fiber.interrupt(leaves)
      assert.strictEqual(faults.hanging(), Faults.maxHanging - 1)
      yield* TestClock.adjust(Faults.longestHang)
      assert.strictEqual(faults.hanging(), 0)
    }).pipe(Effect.provide(withRules())))

  it.effect("draws chance from the tenant's seed, for each rule on its own", () => {
    const fair = (jitterMs: number): Rule => ({ fault: { _tag: "Jittered", jitterMs }, when: { probability: 0.5 } })
    const drawn = (seed: number) =>
      Effect.map(
        Faults.Faults,
        (faults) =>
          Array.from({ length: 40 }, () =>
            faults.stream({ url: "ws://localhost" }).map((fault) => fault._tag === "Jittered" ? fault.jitterMs : 0))
      ).pipe(Effect.provide(withSeed(seed, fair(1), fair(2))))
    return Effect.gen(function*() {
      const first = yield* drawn(1)
      assert.deepEqual(yield* drawn(1), first)
      assert.notDeepEqual(yield* drawn(2), first)
      const kinds = new Set(first.map((fired) => fired.join()))
      assert.sameMembers([...kinds], ["", "1", "2", "1,2"])
    })
  })
})
