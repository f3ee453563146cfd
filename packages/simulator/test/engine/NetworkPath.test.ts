/** What a network makes of a stream, seen from both ends of a line in memory. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Network } from "../../src/core/media/Network.ts"
import * as NetworkPath from "../../src/engine/NetworkPath.ts"
import type * as StreamPort from "../../src/engine/StreamPort.ts"
import * as Timeline from "../../src/engine/Timeline.ts"

const request: StreamPort.Dial = { url: "ws://bot.test", handshakeMs: 5000, pingMs: 0, maxMessageBytes: 1 << 20 }
const frame = new Uint8Array(320)

/** Dials through a network. What either end was told, `what@moment`, and the app that does as the test says. */
const dialed = Effect.fnUntraced(function*(network: Network, seed = 1) {
  const timeline = yield* Timeline.Timeline
  const app: Array<string> = []
  const platform: Array<string> = []
  const dials: Array<StreamPort.Dial> = []
  const note = (list: Array<string>, what: string) => list.push(`${what}@${timeline.nowMs()}`)
  const listeners: Array<StreamPort.Listener> = []
  const nameOf = (message: string | Uint8Array) => typeof message === "string" ? message : `frame ${message.length}`
  const port: StreamPort.StreamPort["Service"] = {
    dial: (dial, listener) => {
      dials.push(dial)
      listeners.push(listener)
      return {
        send: (message) => note(app, nameOf(message)),
        bufferedBytes: () => 7,
        close: (code, reason) => {
          note(app, `closed ${code}`)
          listener.closed({ by: "Platform", code, reason })
        },
        hold: (isHeld) => note(app, isHeld ? "held" : "let go")
      }
    }
  }
  const line = NetworkPath.dial({ timeline, port, network, seed }, request, {
    opened: () => note(platform, "opened"),
    failed: ({ status = 0, why }) => note(platform, `${why} ${status}`),
    message: (message) => note(platform, nameOf(message)),
    closed: ({ by, code }) => note(platform, `closed by ${by} ${code}`)
  })
  const told = (tell: (listener: StreamPort.Listener) => void) => {
    for (const listener of listeners) tell(listener)
  }
  return {
    line,
    app,
    platform,
    dials,
    opens: () => told((listener) => listener.opened()),
    says: (text: string) => told((listener) => listener.message(text)),
    closes: () => told((listener) => listener.closed({ by: "App", code: 1000, reason: "" })),
    breaks: () => told((listener) => listener.closed({ by: "Network", code: 1006, reason: "" })),
    /** Sends a frame every 20 ms. */
    sends: Effect.fnUntraced(function*(frames: number) {
      for (let sent = 0; sent < frames; sent += 1) {
        line.send(frame)
        yield* TestClock.adjust(20)
      }
    })
  }
})

const frames = (...moments: ReadonlyArray<number>) => moments.map((at) => `frame 320@${at}`)
const fresh = Layer.fresh(Timeline.layer)

describe("a path", () => {
  it.effect("without faults is the port itself", () =>
    Effect.gen(function*() {
      const { app, dials, line, opens, platform, says, sends } = yield* dialed({})
      opens()
      says("hello")
      yield* sends(2)
      assert.deepStrictEqual(dials, [request])
      assert.deepStrictEqual(app, frames(0, 20))
      assert.deepStrictEqual(platform, ["opened@0", "hello@0"])
      assert.strictEqual(line.bufferedBytes(), 7)
    }).pipe(Effect.provide(fresh)))

  it.effect("delivers nothing in a stall, either way, and everything at its end", () =>
    Effect.gen(function*() {
      const { app, line, opens, platform, says, sends } = yield* dialed({ stalls: [{ fromMs: 30, ms: 65 }] })
      yield* TestClock.adjust(1000)
      opens()
      yield* sends(2)
      says("first")
      yield* sends(1)
      says("second")
      assert.strictEqual(line.bufferedBytes(), 7 + 320)
      yield* sends(3)
      assert.deepStrictEqual(app, frames(1000, 1020, 1095, 1095, 1095, 1100))
      assert.deepStrictEqual(platform, ["opened@1000", "first@1095", "second@1095"])
      assert.strictEqual(line.bufferedBytes(), 7)
    }).pipe(Effect.provide(fresh)))

  it.effect("jitters within its bound, in order, and the same again for the same seed", () =>
    Effect.gen(function*() {
      const run = Effect.fnUntraced(function*(seed: number) {
        const { app, opens, sends } = yield* dialed({ jitterMs: 60 }, seed)
        opens()
        yield* sends(50)
        yield* TestClock.adjust(1000)
        return app.map((one) => Number(one.slice(one.indexOf("@") + 1)))
      })
      const runs = yield* Effect.forEach([1, 1, 2], (seed) => run(seed).pipe(Effect.provide(fresh)))
      const [first = [], again, other] = runs
      assert.lengthOf(first, 50)
      for (const [place, at] of first.entries()) {
        assert.isAtLeast(at, 20 * place)
        assert.isAtMost(at, 20 * place + 60)
        assert.isAtLeast(at, first[place - 1] ?? 0)
      }
      assert.isAbove(new Set(first.map((at, place) => at - 20 * place)).size, 10)
      assert.deepStrictEqual(again, first)
      assert.notDeepEqual(other, first)
    }).pipe(Effect.provide(fresh)))

  it.effect("gathers frames into bursts, and sends what is left before it closes", () =>
    Effect.gen(function*() {
      const { app, line, opens, platform, sends } = yield* dialed({ burstFrames: 3 })
      opens()
      yield* sends(7)
      assert.deepStrictEqual(app, frames(40, 40, 40, 100, 100, 100))
      assert.strictEqual(line.bufferedBytes(), 7 + 320)
      line.close(1000, "")
      assert.deepStrictEqual(app.slice(6), ["frame 320@140", "closed 1000@140"])
      assert.deepStrictEqual(platform, ["opened@0", "closed by Platform 1000@140"])
    }).pipe(Effect.provide(fresh)))

  it.effect("carries so many bytes a second, and tells how many wait", () =>
    Effect.gen(function*() {
      const { app, line, opens, platform, says, sends } = yield* dialed({ bytesPerSecond: 8000 })
      opens()
      says("x".repeat(80))
      yield* sends(4)
      assert.strictEqual(line.bufferedBytes(), 7 + 2 * 320)
      yield* TestClock.adjust(1000)
      assert.deepStrictEqual(app, frames(40, 80, 120, 160))
      assert.deepStrictEqual(platform, ["opened@0", `${"x".repeat(80)}@10`])
    }).pipe(Effect.provide(fresh)))

  it.effect("reads so slowly what the app sends, and holds the app back until half of it is read", () =>
    Effect.gen(function*() {
      const { app, opens, platform, says, sends } = yield* dialed({ readBytesPerSecond: 1000 })
      const message = "x".repeat(NetworkPath.windowBytes / 4)
      opens()
      for (let sent = 0; sent < 5; sent += 1) says(message)
      assert.deepStrictEqual(app, ["held@0"])
      yield* sends(1)
      assert.deepStrictEqual(app.slice(1), ["frame 320@0"], "what the app is sent is not slower")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(platform.map((one) => one.replace(/x+/, "x")), [
        "opened@0",
        "x@16384",
        "x@32768",
        "x@49152"
      ])
      assert.deepStrictEqual(app.slice(2), ["let go@49152"])
    }).pipe(Effect.provide(fresh)))

  it.effect("is lost in the middle of what is under way, and nobody is told anything after it", () =>
    Effect.gen(function*() {
      const { app, closes, line, opens, platform, says, sends } = yield* dialed({
        lostAfterMs: 50,
        bytesPerSecond: 8000
      })
      opens()
      says("x".repeat(800))
      yield* sends(3)
      closes()
      says("late")
      line.send(frame)
      line.close(1000, "")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(app, ["frame 320@40", "closed 1006@50"])
      assert.deepStrictEqual(platform, ["opened@0", "closed by Network 1006@50"])
    }).pipe(Effect.provide(fresh)))

  it.effect("closes after what was sent, and without it when that takes too long", () =>
    Effect.gen(function*() {
      const patient = yield* dialed({ bytesPerSecond: 8000 })
      patient.opens()
      patient.line.send(frame)
      patient.line.close(1000, "")
      patient.line.send(frame)
      patient.says("too late")
      const stuck = yield* dialed({ stalls: [{ fromMs: 0, ms: 60_000 }] })
      stuck.opens()
      stuck.line.send(frame)
      stuck.line.close(1000, "")
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(patient.app, ["frame 320@40", "closed 1000@40"])
      assert.deepStrictEqual(patient.platform, ["opened@0", "closed by Platform 1000@40"])
      assert.deepStrictEqual(stuck.app, [`closed 1000@${NetworkPath.longestCloseMs}`])
    }).pipe(Effect.provide(fresh)))

  it.effect("tells that the app closed after what the app said, and that the network broke at once", () =>
    Effect.gen(function*() {
      const closed = yield* dialed({ readBytesPerSecond: 100 })
      closed.opens()
      closed.says("0123456789")
      closed.closes()
      const broken = yield* dialed({ readBytesPerSecond: 100 })
      broken.opens()
      broken.says("0123456789")
      broken.breaks()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(closed.platform, ["opened@0", "0123456789@100", "closed by App 1000@100"])
      assert.deepStrictEqual(broken.platform, ["opened@0", "closed by Network 1006@0"])
    }).pipe(Effect.provide(fresh)))
})

describe("a handshake", () => {
  it.effect("is refused without the app, with its status", () =>
    Effect.gen(function*() {
      const { dials, platform } = yield* dialed({ handshakeStatus: 503, handshakeLateMs: 300 })
      assert.deepStrictEqual(platform, [])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(platform, ["Refused 503@300"])
      assert.deepStrictEqual(dials, [])
    }).pipe(Effect.provide(fresh)))

  it.effect("is late by so much, and leaves the app the rest of its time", () =>
    Effect.gen(function*() {
      const { app, dials, line, opens, platform, sends } = yield* dialed({ handshakeLateMs: 300 })
      opens()
      assert.deepStrictEqual(dials, [])
      yield* TestClock.adjust(300)
      assert.deepStrictEqual(dials, [{ ...request, handshakeMs: 4700 }])
      opens()
      yield* sends(1)
      assert.strictEqual(line.bufferedBytes(), 7)
      assert.deepStrictEqual(platform, ["opened@300"])
      assert.deepStrictEqual(app, ["frame 320@300"])
    }).pipe(Effect.provide(fresh)))

  it.effect("that is later than the platform waits never reaches the app", () =>
    Effect.gen(function*() {
      const { dials, platform } = yield* dialed({ handshakeLateMs: 5000 })
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(platform, ["TimedOut 0@5000"])
      assert.deepStrictEqual(dials, [])
    }).pipe(Effect.provide(fresh)))

  it.effect("that is given up before it began ends as closed, once", () =>
    Effect.gen(function*() {
      const { dials, line, platform } = yield* dialed({ handshakeLateMs: 300 })
      line.close(1000, "")
      line.close(1001, "")
      assert.deepStrictEqual(platform, [])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(platform, ["closed by Platform 1000@0"])
      assert.deepStrictEqual(dials, [])
    }).pipe(Effect.provide(fresh)))
})
