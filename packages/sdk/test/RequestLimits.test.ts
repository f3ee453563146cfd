import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import * as CallId from "../src/CallId.ts"
import * as Calls from "../src/Calls.ts"
import * as Piopiy from "../src/Piopiy.ts"
import * as RequestLimits from "../src/RequestLimits.ts"
import { token } from "./scripted.ts"
import { junk, untyped } from "./untyped.ts"

const callId = CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345")
const hangup = Calls.Calls.use((calls) => calls.hangup(callId))

/** A platform that takes a second for each reply, and keeps when requests began and how many ran at once. */
const slow = (limits: RequestLimits.RequestLimits | RequestLimits.Options, statuses: ReadonlyArray<number> = []) => {
  const seen = { at: Array<number>(), running: 0, most: 0 }
  const http = HttpClient.make((request) =>
    Effect.gen(function*() {
      const status = statuses[seen.at.length] ?? 200
      seen.at.push(yield* Clock.currentTimeMillis)
      seen.running += 1
      seen.most = Math.max(seen.most, seen.running)
      yield* Effect.sleep("1 second")
      return HttpClientResponse.fromWeb(request, new Response("{}", { status }))
    }).pipe(Effect.ensuring(Effect.sync(() => {
      seen.running -= 1
    })))
  )
  const layer = Piopiy.layer({
    token: Redacted.make(token),
    limits: "run" in limits ? limits : RequestLimits.make(limits)
  }).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
  )
  return { seen, layer }
}

/** A minute, in steps: whoever waits for a place is told after the step in which it became free. */
const aMinute = Effect.forEach(Array.from({ length: 600 }), () => TestClock.adjust("100 millis"), { discard: true })

/** Starts so many hangups at once, and lets a minute pass. */
const hangUp = (count: number, { layer }: { readonly layer: ReturnType<typeof slow>["layer"] }) =>
  Effect.gen(function*() {
    const all = Effect.all(Array.from({ length: count }, () => Effect.result(hangup)), { concurrency: "unbounded" })
    const fiber = yield* Effect.forkChild(Effect.provide(all, layer))
    yield* aMinute
    return (yield* Fiber.join(fiber)).map((outcome) => Result.isSuccess(outcome) ? "ok" : outcome.failure.reason._tag)
  })

describe("without limits", () => {
  it.effect("requests start at once", () =>
    Effect.gen(function*() {
      const platform = slow({})
      yield* hangUp(5, platform)
      assert.deepStrictEqual(platform.seen.at, [0, 0, 0, 0, 0])
      assert.strictEqual(platform.seen.most, 5)
    }))
})

describe("a rate", () => {
  it.effect("spaces the starts of requests evenly", () =>
    Effect.gen(function*() {
      const platform = slow({ perSecond: 4 })
      assert.deepStrictEqual(yield* hangUp(4, platform), ["ok", "ok", "ok", "ok"])
      assert.deepStrictEqual(platform.seen.at, [0, 250, 500, 750])
    }))

  it.effect("may be less than one a second", () =>
    Effect.gen(function*() {
      const platform = slow({ perSecond: 0.5 })
      yield* hangUp(3, platform)
      assert.deepStrictEqual(platform.seen.at, [0, 2_000, 4_000])
    }))

  it.effect("saves nothing up while nobody asks", () =>
    Effect.gen(function*() {
      const platform = slow({ perSecond: 1 })
      const program = Effect.gen(function*() {
        yield* Effect.sleep("10 seconds")
        yield* Effect.all([hangup, hangup, hangup], { concurrency: "unbounded" })
      })
      const fiber = yield* Effect.forkChild(Effect.provide(program, platform.layer))
      yield* aMinute
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(platform.seen.at, [10_000, 11_000, 12_000])
    }))

  it.effect("counts retries", () =>
    Effect.gen(function*() {
      const platform = slow({ perSecond: 0.1 }, [503])
      assert.deepStrictEqual(yield* hangUp(1, platform), ["ok"])
      assert.deepStrictEqual(platform.seen.at, [0, 10_000])
    }))

  it.effect("gives the turn of one who gives up to the next", () =>
    Effect.gen(function*() {
      const platform = slow({ perSecond: 0.1 })
      const program = Effect.gen(function*() {
        yield* Effect.forkChild(hangup, { startImmediately: true })
        const quitter = yield* Effect.forkChild(hangup, { startImmediately: true })
        const last = yield* Effect.forkChild(hangup, { startImmediately: true })
        yield* Effect.sleep("5 seconds")
        yield* Fiber.interrupt(quitter)
        yield* Fiber.join(last)
      })
      const fiber = yield* Effect.forkChild(Effect.provide(program, platform.layer))
      yield* aMinute
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(platform.seen.at, [0, 10_000])
    }))
})

describe("one value", () => {
  it.effect("is one line for all layers that are given it", () =>
    Effect.gen(function*() {
      const limits = RequestLimits.make({ perSecond: 1 })
      const [one, other] = [slow(limits), slow(limits)]
      const program = Effect.all([Effect.provide(hangup, one.layer), Effect.provide(hangup, other.layer)], {
        concurrency: 2
      })
      const fiber = yield* Effect.forkChild(program)
      yield* aMinute
      yield* Fiber.join(fiber)
      assert.sameMembers([...one.seen.at, ...other.seen.at], [0, 1_000])
    }))

  it.effect("may be made of anything: the layer refuses it", () =>
    Effect.sync(() => {
      for (const value of junk()) untyped(RequestLimits.make, value)
    }))
})

describe("a bound on concurrency", () => {
  it.effect("lets no more run at once", () =>
    Effect.gen(function*() {
      const platform = slow({ concurrency: 2 })
      assert.lengthOf(yield* hangUp(5, platform), 5)
      assert.strictEqual(platform.seen.most, 2)
      assert.deepStrictEqual(platform.seen.at, [0, 0, 1_000, 1_000, 2_000])
    }))

  it.effect("holds no place while a retry waits", () =>
    Effect.gen(function*() {
      const platform = slow({ concurrency: 1 }, [503])
      assert.deepStrictEqual(yield* hangUp(2, platform), ["ok", "ok"])
      assert.deepStrictEqual(platform.seen.at.slice(0, 2), [0, 1_000])
      assert.strictEqual(platform.seen.most, 1)
    }))
})

describe("the line", () => {
  it.effect("turns away those beyond its length, at once and before anything is sent", () =>
    Effect.gen(function*() {
      const platform = slow({ concurrency: 1, waiting: 2 })
      assert.deepStrictEqual(yield* hangUp(5, platform), ["ok", "ok", "ok", "Overloaded", "Overloaded"])
      assert.lengthOf(platform.seen.at, 3)
    }))

  it.effect("is no reason not to try again, and nothing was sent", () =>
    Effect.gen(function*() {
      const platform = slow({ concurrency: 1, waiting: 1 })
      const program = Effect.gen(function*() {
        yield* Effect.forkChild(hangup, { startImmediately: true })
        yield* Effect.forkChild(hangup, { startImmediately: true })
        return yield* Effect.flip(hangup)
      })
      const error = yield* Effect.provide(program, platform.layer)
      assert.strictEqual(error._tag === "PiopiyError" ? error.verdict : "", "safe")
      assert.strictEqual(error._tag === "PiopiyError" ? error.attempts : -1, 0)
    }))

  it.effect("is left by those who are interrupted", () =>
    Effect.gen(function*() {
      const platform = slow({ concurrency: 1, waiting: 1 })
      const program = Effect.gen(function*() {
        const first = yield* Effect.forkChild(hangup, { startImmediately: true })
        for (let turn = 0; turn < 5; turn += 1) {
          yield* Fiber.interrupt(yield* Effect.forkChild(hangup, { startImmediately: true }))
        }
        const next = yield* Effect.forkChild(hangup, { startImmediately: true })
        yield* Fiber.join(first)
        return yield* Fiber.join(next)
      })
      const fiber = yield* Effect.forkChild(Effect.provide(program, platform.layer))
      yield* aMinute
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(platform.seen.at, [0, 1_000])
    }))

  it.effect("is no part of the time-out", () =>
    Effect.gen(function*() {
      const platform = slow({ concurrency: 1 })
      const outcomes = yield* hangUp(20, platform)
      assert.notInclude(outcomes, "OutcomeUnknown")
      assert.strictEqual(platform.seen.at.at(-1), 19_000)
    }))
})
