import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as ControlTimer from "../../src/engine/ControlTimer.ts"
import { type Listener, StreamPort } from "../../src/engine/StreamPort.ts"

const deaf: Listener = { opened: () => {}, failed: () => {}, message: () => {}, closed: () => {} }
const bye = { by: "App", code: 1000, reason: "" } as const
const dial = { url: "ws://app.test", handshakeMs: 1, pingMs: 0, maxMessageBytes: 1 }

/** A timer beside sockets that open and close when the test says so, on a clock that wakes everybody so late. */
const timing = Effect.fnUntraced(function*(lateMs: () => number = () => 0) {
  const listeners: Array<Listener> = []
  const slept: Array<number> = []
  const port = Layer.succeed(StreamPort, {
    dial: (_, listener) => {
      listeners.push(listener)
      return { send: () => {}, bufferedBytes: () => 0, close: () => {} }
    }
  })
  const clock = yield* Clock.Clock
  const late: Clock.Clock = {
    ...clock,
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    sleep: (duration) => {
      slept.push(Duration.toMillis(duration))
      return clock.sleep(Duration.sum(duration, Duration.millis(lateMs())))
    }
  }
  const world = yield* Layer.build(
    ControlTimer.layer.pipe(Layer.provide(port), Layer.provide(Layer.succeed(Clock.Clock, late)))
  )
  return {
    slept,
    dial: (listener: Listener = { ...deaf }) =>
      Effect.sync(() => {
        Context.get(world, StreamPort).dial(dial, listener)
        return listeners.at(-1) ?? deaf
      }),
    lateness: (fromMs: number, toMs: number) => Context.get(world, ControlTimer.ControlTimer)(fromMs, toMs)
  }
})

describe("the timer beside the streams", () => {
  it.effect("turns every 20 ms while a socket is open, and not otherwise", () =>
    Effect.gen(function*() {
      const timer = yield* timing()
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(timer.slept, [])
      const one = yield* timer.dial()
      const other = yield* timer.dial()
      one.opened()
      other.opened()
      one.closed(bye)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(timer.slept.length, 51)
      assert.deepStrictEqual(new Set(timer.slept), new Set([20]))
      other.closed(bye)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(timer.slept.length, 51)
      assert.deepStrictEqual(timer.lateness(0, 30_000), { p50: 0, p99: 0, max: 0 })
    }).pipe(Effect.scoped))

  it.effect("knows how late it was, of every moment at which it was due", () =>
    Effect.gen(function*() {
      let lateMs = 0
      const timer = yield* timing(() => lateMs)
      const socket = yield* timer.dial()
      socket.opened()
      yield* TestClock.adjust(990)
      lateMs = 4
      yield* TestClock.adjust(1010)
      lateMs = 50
      yield* TestClock.adjust(1000)
      assert.deepStrictEqual(timer.lateness(0, 990), { p50: 0, p99: 0, max: 0 })
      assert.deepStrictEqual(timer.lateness(1100, 1900), { p50: 4, p99: 4, max: 4 })
      // It wakes 50 ms late and makes up for the turns that it has missed meanwhile.
      assert.deepStrictEqual(timer.lateness(2100, 2900), { p50: 30, p99: 50, max: 50 })
    }).pipe(Effect.scoped))

  it.effect("knows nothing of a time in which no socket was open, nor of one that was never open", () =>
    Effect.gen(function*() {
      const timer = yield* timing()
      const socket = yield* timer.dial()
      socket.closed(bye)
      yield* TestClock.adjust("1 second")
      assert.isUndefined(timer.lateness(0, 1000))
      const next = yield* timer.dial()
      next.opened()
      next.closed(bye)
      yield* TestClock.adjust("1 second")
      next.opened()
      yield* TestClock.adjust("1 second")
      assert.isUndefined(timer.lateness(1001, 1999))
      assert.isDefined(timer.lateness(2000, 3000))
    }).pipe(Effect.scoped))

  it.effect("knows the newest 20 minutes of turns, whatever came before", () =>
    Effect.gen(function*() {
      let lateMs = 0
      const timer = yield* timing(() => lateMs)
      const socket = yield* timer.dial()
      socket.opened()
      yield* TestClock.adjust("15.5 minutes")
      lateMs = 4
      yield* TestClock.adjust("9.5 minutes")
      const minute = 60_000
      assert.isUndefined(timer.lateness(0, 4 * minute))
      assert.deepStrictEqual(timer.lateness(0, 15 * minute), { p50: 0, p99: 0, max: 0 })
      assert.deepStrictEqual(timer.lateness(0, 25 * minute), { p50: 0, p99: 4, max: 4 })
      assert.deepStrictEqual(timer.lateness(22 * minute, 30 * minute), { p50: 4, p99: 4, max: 4 })
    }).pipe(Effect.scoped))

  it.effect("tells whoever dials what happens", () =>
    Effect.gen(function*() {
      const told: Array<string> = []
      const timer = yield* timing()
      const socket = yield* timer.dial({
        opened: () => told.push("opened"),
        failed: ({ why }) => told.push(why),
        message: (message) => told.push(String(message)),
        closed: ({ code }) => told.push(String(code))
      })
      socket.failed({ why: "Refused" })
      socket.opened()
      socket.message("hello")
      socket.closed(bye)
      assert.deepStrictEqual(told, ["Refused", "opened", "hello", "1000"])
    }).pipe(Effect.scoped))
})

it.effect("without it nothing is known", () =>
  Effect.map(ControlTimer.ControlTimer, (lateness) => assert.isUndefined(lateness(0, 1000))))
