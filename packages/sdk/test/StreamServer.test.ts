import { assert, describe, it } from "@effect/vitest"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as CallId from "../src/CallId.ts"
import * as LegacyAction from "../src/LegacyAction.ts"
import * as StreamServer from "../src/StreamServer.ts"
import type * as StreamSession from "../src/StreamSession.ts"
import { frame, host, settle } from "./streamHost.ts"

const call: StreamSession.CallFacts = {
  callId: CallId.make("0b6f1c52-7d0e-4c55-9a55-5b7e6a0f1a01"),
  from: "919876543210",
  variables: { customer: 7 }
}

/** Ends with its stream. */
const listen: StreamServer.Handler<never, never> = (session) => Effect.asVoid(session.closed)

/** All that is logged, as text. */
const logged = () => {
  const lines: Array<string> = []
  const logger = Logger.layer([Logger.make((line) => {
    lines.push(Logger.formatJson.log(line))
  })])
  return { lines, logger }
}

describe("a token", () => {
  it.effect("binds a stream to its call and its rate", () =>
    Effect.gen(function*() {
      const seen: Array<unknown> = []
      const { dial, server } = yield* host((session) =>
        Effect.sync(() => {
          seen.push([session.call, session.sampleRate])
        })
      )
      const { token, url } = yield* server.issue(call, { sampleRate: 16_000 })
      assert.strictEqual(url, `wss://bot.example.com/stream/${Redacted.value(token)}`)
      yield* dial(Redacted.value(token))
      assert.deepStrictEqual(seen, [[call, 16_000]])
    }))

  it.effect("is good once", () =>
    Effect.gen(function*() {
      let runs = 0
      const { dial, token } = yield* host(() =>
        Effect.sync(() => {
          runs += 1
        })
      )
      const once = yield* token
      yield* dial(once)
      const refusal = yield* Effect.flip(dial(once))
      assert.deepStrictEqual(refusal, { status: 403, error: "invalid_token" })
      assert.strictEqual(runs, 1)
    }))

  it.effect("is good for its time only", () =>
    Effect.gen(function*() {
      const { dial, token } = yield* host(listen, { tokenLifetime: "1 minutes" })
      const [first, second] = [yield* token, yield* token]
      yield* TestClock.adjust("59999 millis")
      yield* dial(first)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Effect.flip(dial(second))).status, 403)
    }))

  it.effect("that is wrong is refused before any handler runs, and spends no other", () =>
    Effect.gen(function*() {
      let runs = 0
      const { dial, token } = yield* host(() =>
        Effect.sync(() => {
          runs += 1
        })
      )
      const good = yield* token
      const last = good.endsWith("A") ? "B" : "A"
      for (const wrong of ["", "x", `${good}A`, good.slice(0, -1), `${good.slice(0, -1)}${last}`, good.slice(0, 12)]) {
        assert.strictEqual((yield* Effect.flip(dial(wrong))).status, 403)
      }
      assert.strictEqual(runs, 0)
      yield* dial(good)
      assert.strictEqual(runs, 1)
    }))

  it.effect("is needed, unless anyone is let in by name", () =>
    Effect.gen(function*() {
      const guarded = yield* host(listen)
      assert.deepStrictEqual(yield* Effect.flip(guarded.dial(undefined)), { status: 404, error: "not_found" })
      const seen: Array<unknown> = []
      const open = yield* host((session) =>
        Effect.sync(() => {
          seen.push([session.call, session.sampleRate])
        }), { admission: "anyone", sampleRate: 16_000 })
      yield* open.dial(undefined)
      assert.deepStrictEqual(seen, [[{}, 16_000]])
      assert.strictEqual((yield* Effect.flip(open.dial("wrong"))).status, 403)
    }))

  it.effect("is 30 bytes of the platform's secure random numbers", () =>
    Effect.gen(function*() {
      const { server } = yield* host(listen).pipe(
        Effect.provideService(WebCrypto, {
          ...globalThis.crypto,
          getRandomValues: <A extends ArrayBufferView>(view: A): A => {
            if (view instanceof Uint8Array) view.forEach((_, index) => view[index] = index)
            return view
          }
        })
      )
      const { token } = yield* server.issue({})
      assert.strictEqual(Redacted.value(token), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd")
    }))

  it.effect("is not given out when too many wait, until some have expired", () =>
    Effect.gen(function*() {
      const { server } = yield* host(listen, { maxTokens: 2, tokenLifetime: "1 minutes" })
      yield* server.issue({})
      yield* server.issue({})
      const error = yield* Effect.flip(server.issue({}))
      assert.deepStrictEqual({ ...error.reason }, { _tag: "TooManyTokens", maximum: 2 })
      yield* TestClock.adjust("1 minutes")
      yield* server.issue({})
    }))

  it.effect("comes in an action whose quality the session has", () =>
    Effect.gen(function*() {
      const rates: Array<number> = []
      const { dial, server } = yield* host((session) =>
        Effect.sync(() => {
          rates.push(session.sampleRate)
        })
      )
      const given = yield* server.stream(call, { voiceQuality: 16_000, listenMode: "both" })
      const usual = yield* server.stream(call)
      for (const { wsUrl } of [given, usual]) yield* dial(wsUrl.split("/").at(-1))
      assert.deepStrictEqual(rates, [16_000, 8000])
      assert.deepStrictEqual(
        given,
        LegacyAction.stream(given.wsUrl, { voiceQuality: 16_000, listenMode: "both", streamOnAnswer: true })
      )
      assert.strictEqual(usual.voiceQuality, 8000)
    }))
})

describe("places", () => {
  it.effect("are bounded, and free again when a stream has ended", () =>
    Effect.gen(function*() {
      const { call, server } = yield* host(listen, { maxSessions: 2 })
      const first = yield* call
      yield* call
      assert.deepStrictEqual(yield* Effect.flip(call), { status: 503, error: "too_many_sessions" })
      assert.strictEqual(yield* server.sessions, 2)
      yield* first.platform.close({ code: 1000, reason: "" })
      yield* settle
      assert.strictEqual(yield* server.sessions, 1)
      yield* call
    }))

  it.effect("are counted in a gauge, and refusals by their reason", () =>
    Effect.gen(function*() {
      const { call, dial } = yield* host(listen, { maxSessions: 1 })
      yield* call
      yield* Effect.ignore(call)
      yield* Effect.ignore(dial("wrong"))
      const dump = (yield* Metric.snapshot).map(({ attributes, id, state }) => ({ id, attributes, state }))
      const gauge = dump.find(({ id }) => id === "piopiy_stream_sessions")
      assert.deepInclude(gauge?.state, { value: 1 })
      const errors = dump.filter(({ id }) => id === "piopiy_stream_refusals").map(({ attributes }) =>
        attributes?.["error"]
      )
      assert.sameMembers(errors, ["too_many_sessions", "invalid_token"])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("are free again when the handshake fails", () =>
    Effect.gen(function*() {
      const { server, token } = yield* host(listen)
      const broken = Effect.fail({ code: 1006, reason: "" })
      yield* server.accept(yield* Effect.asSome(token), broken, listen)
      yield* settle
      assert.strictEqual(yield* server.sessions, 0)
    }))
})

describe("a peer", () => {
  it.effect("that sends no message in time is closed with 1008", () =>
    Effect.gen(function*() {
      const { call } = yield* host(listen, { firstMessageTimeout: "5 seconds", pingInterval: "1 hours" })
      const [mute, late] = [yield* call, yield* call]
      yield* TestClock.adjust("4999 millis")
      yield* late.platform.send(frame)
      yield* TestClock.adjust("1 minutes")
      assert.strictEqual((yield* mute.end).code, 1008)
      assert.isUndefined(late.fiber.pollUnsafe())
    }))

  it.effect("that sends a message above the bound is closed with 1009", () =>
    Effect.gen(function*() {
      const { call } = yield* host(listen, { maxMessageBytes: 640 })
      for (const message of [new Uint8Array(642), "x".repeat(641)]) {
        const { end, fiber, platform } = yield* call
        yield* platform.send(new Uint8Array(640))
        yield* settle
        assert.isUndefined(fiber.pollUnsafe())
        yield* platform.send(message)
        assert.strictEqual((yield* end).code, 1009)
      }
    }))

  it.effect("is pinged, and cut off when nothing comes from one ping to the next", () =>
    Effect.gen(function*() {
      const closes: Array<unknown> = []
      const { call } = yield* host((session) =>
        Effect.map(session.closed, (close) => {
          closes.push(close)
        }), { pingInterval: "10 seconds" })
      const { platform, shown } = yield* call
      yield* platform.send(frame)
      for (let pong = 1; pong <= 5; pong += 1) {
        shown.received = pong
        yield* TestClock.adjust("10 seconds")
      }
      assert.deepInclude(shown, { pings: 6, terminated: false })
      yield* TestClock.adjust("10 seconds")
      assert.isTrue(shown.terminated)
      assert.deepStrictEqual(closes, [{ code: 1006, reason: "no sign of life for 10s" }])
    }))

  it.effect("that reads slowly lets commands wait, in their order", () =>
    Effect.gen(function*() {
      const { call } = yield* host((session) =>
        Effect.sleep("1 seconds").pipe(
          Effect.andThen(Effect.all([session.pause, session.resume, session.interrupt], { concurrency: 3 }))
        )
      )
      const { fiber, platform, shown } = yield* call
      shown.buffered = 300 * 1024
      yield* TestClock.adjust("9 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      shown.buffered = 256 * 1024
      yield* TestClock.adjust("20 millis")
      const texts = yield* Effect.all([platform.take, platform.take, platform.take])
      assert.deepStrictEqual(texts, ["{\"action\":\"pause\"}", "{\"action\":\"resume\"}", "{\"action\":\"break\"}"])
    }))

  it.effect("that never reads is cut off after a time, and the command fails", () =>
    Effect.gen(function*() {
      const failed = yield* Deferred.make<unknown>()
      const { call } = yield* host(
        (session) =>
          Effect.sleep("1 seconds").pipe(
            Effect.andThen(Effect.flip(session.pause)),
            Effect.flatMap(({ reason }) => Deferred.succeed(failed, { ...reason }))
          ),
        { sendTimeout: "3 seconds" }
      )
      const { shown } = yield* call
      shown.buffered = 300 * 1024
      yield* TestClock.adjust("3999 millis")
      assert.isFalse(yield* Deferred.isDone(failed))
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* Deferred.await(failed), {
        _tag: "Closed",
        code: 1006,
        reason: "nothing was taken for 3s"
      })
      assert.isTrue(shown.terminated)
    }))
})

describe("a handler", () => {
  it.effect("that is done closes with 1000 and ends all that it started, first that which still speaks", () =>
    Effect.gen(function*() {
      const ended: Array<string> = []
      const { call } = yield* host((session) =>
        Effect.gen(function*() {
          yield* Effect.forkScoped(Effect.onInterrupt(Effect.never, () => Effect.sync(() => ended.push("forked"))))
          yield* Effect.addFinalizer(() => Effect.ignore(session.hangup))
          yield* settle
        })
      )
      const { fiber, platform } = yield* call
      yield* Fiber.await(fiber)
      assert.deepStrictEqual(ended, ["forked"])
      assert.strictEqual(yield* platform.take, "[{\"action\":\"hangup\"}]")
      assert.deepStrictEqual(yield* Effect.flip(platform.take), { code: 1000, reason: "" })
    }))

  it.effect("that fails, dies or throws closes with 1011, and says so without the token and numbers", () => {
    const { lines, logger } = logged()
    return Effect.gen(function*() {
      const secrets: Array<string> = []
      const why = () => `at ${secrets.join()} for 919876543210`
      const handlers: ReadonlyArray<StreamServer.Handler<string, never>> = [
        () => Effect.suspend(() => Effect.fail(why())),
        () => Effect.suspend(() => Effect.die(why())),
        () => {
          throw new Error(why())
        }
      ]
      for (const handler of handlers) {
        const { dial, token } = yield* host(handler)
        secrets.splice(0, 1, yield* token)
        const { end } = yield* dial(secrets[0])
        assert.deepStrictEqual(yield* end, { code: 1011, reason: "the handler failed" })
        assert.notInclude(lines.join(), String(secrets[0]))
      }
      assert.lengthOf(lines.filter((line) => line.includes("the handler of a stream failed")), 3)
      assert.notInclude(lines.join(), "98765")
    }).pipe(Effect.provide(logger))
  })

  it.effect("that meets the end of its stream has not failed", () => {
    const { lines, logger } = logged()
    return Effect.gen(function*() {
      const { call } = yield* host((session) => Effect.andThen(session.closed, session.pause))
      const { fiber, platform } = yield* call
      yield* platform.close({ code: 1000, reason: "" })
      yield* Fiber.await(fiber)
      assert.deepStrictEqual(lines.filter((line) => /WARN|ERROR/.test(line)), [])
    }).pipe(Effect.provide(logger))
  })

  it.effect("that hangs goes on with its stream, and for a time after that", () =>
    Effect.gen(function*() {
      const { call, server } = yield* host(() => Effect.never, { finishTimeout: "7 seconds", pingInterval: "2 hours" })
      const { platform } = yield* call
      yield* platform.send(frame)
      yield* TestClock.adjust("1 hours")
      yield* platform.close({ code: 1006, reason: "" })
      yield* TestClock.adjust("6999 millis")
      assert.strictEqual(yield* server.sessions, 1)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* server.sessions, 0)
    }))
})

describe("draining", () => {
  it.effect("refuses further streams and waits for the others", () =>
    Effect.gen(function*() {
      const { call, server } = yield* host(listen, { drainTimeout: "20 seconds" })
      const { platform } = yield* call
      const draining = yield* Effect.forkChild(server.drain)
      yield* settle
      assert.deepStrictEqual(yield* Effect.flip(call), { status: 503, error: "draining" })
      yield* TestClock.adjust("19 seconds")
      assert.isUndefined(draining.pollUnsafe())
      yield* platform.close({ code: 1000, reason: "" })
      yield* Fiber.join(draining)
    }))

  it.effect("closes with 1001 what does not end in time", () =>
    Effect.gen(function*() {
      const { call, server } = yield* host(() => Effect.never, { drainTimeout: "3 seconds" })
      const { end } = yield* call
      const draining = yield* Effect.forkChild(server.drain)
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.join(draining)
      assert.deepStrictEqual(yield* end, { code: 1001, reason: "the server is going away" })
      assert.strictEqual(yield* server.sessions, 0)
    }))

  it.effect("comes with the end of the service", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { call } = yield* Scope.provide(host(() => Effect.never, { drainTimeout: "3 seconds" }), scope)
      const { end } = yield* call
      const closing = yield* Effect.forkChild(Scope.close(scope, yield* Effect.exit(Effect.void)))
      yield* TestClock.adjust("2999 millis")
      assert.isUndefined(closing.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(closing)
      assert.strictEqual((yield* end).code, 1001)
    }))
})

describe("options", () => {
  it.effect("that are unusable are refused, all at once", () =>
    Effect.gen(function*() {
      const wrong: object = {
        url: "https://bot.example.com",
        path: "stream",
        admission: "all",
        sampleRate: 44_100,
        maxSessions: 0,
        maxTokens: 1.5,
        tokenLifetime: "never",
        frameCapacity: -1,
        lead: 0,
        drainTimeout: -1,
        oops: 1
      }
      const usable = { url: "wss://bot.example.com" }
      const error = yield* Effect.flip(Layer.build(StreamServer.layer({ ...usable, ...wrong })))
      assert(error.reason._tag === "InvalidConfig")
      assert.sameMembers(error.reason.issues.map(({ path }) => path), Object.keys(wrong))
    }))

  it.effect("say where the platform dials", () =>
    Effect.gen(function*() {
      const server = yield* StreamServer.make({ url: "ws://127.0.0.1:8080/behind/", path: "/audio/in/" })
      const { token, url } = yield* server.issue({})
      assert.strictEqual(url, `ws://127.0.0.1:8080/behind/audio/in/${Redacted.value(token)}`)
    }))

  it.effect("bound the audio that waits in a session", () =>
    Effect.gen(function*() {
      const dropped: Array<number> = []
      const { call } = yield* host((session) =>
        Effect.gen(function*() {
          yield* session.closed
          dropped.push((yield* session.received).droppedSamples)
        }), { frameCapacity: 2 })
      const { fiber, platform } = yield* call
      for (let index = 0; index < 5; index += 1) yield* platform.send(frame)
      yield* platform.close({ code: 1000, reason: "" })
      yield* Fiber.await(fiber)
      assert.deepStrictEqual(dropped, [480])
    }))

  it.effect("bound how far ahead of what is heard a session sends", () =>
    Effect.gen(function*() {
      const ahead: Array<number> = []
      const { call } = yield* host((session) =>
        Effect.gen(function*() {
          yield* Effect.forkScoped(session.send(AudioFrame.silence("5 seconds", 8000)))
          yield* settle
          ahead.push(yield* session.playout.remaining)
        }), { lead: "1 second" })
      const { fiber } = yield* call
      yield* Fiber.await(fiber)
      assert.deepStrictEqual(ahead, [8000])
    }))

  it.effect("tell the rate of streams whose token says none, and of those without a token", () =>
    Effect.gen(function*() {
      const seen: Array<number> = []
      const { call, dial } = yield* host((session) =>
        Effect.sync(() => {
          seen.push(session.sampleRate)
        }), { sampleRate: 32_000, admission: "anyone" })
      yield* call
      yield* dial(undefined)
      assert.deepStrictEqual(seen, [32_000, 32_000])
    }))
})
