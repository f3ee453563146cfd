import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as Holds from "../../src/engine/Holds.ts"
import { Tenants } from "../../src/engine/Tenants.ts"
import * as TimeControl from "../../src/engine/TimeControl.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as Streams from "../../src/Streams.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { connect, entriesOf, hangup, jsonReply, menuApp, phone, place, play, post, question } from "../platform.ts"

/** Stays on the line. */
const patient = "919840007100"
/** Presses 5 at the first question, and hangs up 30 s after the answer. */
const presser = "919840007305"
const minutes = (count: number): number => count * 60_000

const account = (clock: "live" | "manual") => ({ token: "sim-token", clock })
const menu = () => menuApp(() => jsonReply([play("thanks.wav"), connect([phone(patient)])])).app

const time = Effect.map(Simulator.Simulator, (simulator) => simulator.time)
const advance = (ms: number) => Effect.flatMap(time, (time) => time.advance(ms))
const written = Effect.flatMap(Simulator.Simulator, (simulator) => simulator.journal()).pipe(
  Effect.map((entries) => entries.map((entry) => JSON.stringify(entry)).join("\n"))
)

const real = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, Clock.Clock, Clock.Clock.defaultValue())

/** What happens in all of these runs: a menu, two who talk for five minutes, and a busy number. */
const calls = Effect.gen(function*() {
  yield* place({ to: presser, pipeline: [question(), hangup] })
  yield* place({ to: patient, pipeline: [play("a.wav"), connect([phone("919840007205")]), hangup] })
  yield* place({ to: "919840007001", pipeline: [hangup] })
  return yield* place({ to: patient, pipeline: [hangup], options: { max_duration_sec: 300 } })
})

const platform = (
  clock: "live" | "manual",
  app: InProcess.App = menu(),
  guard: Duration.Input = "10 seconds"
) =>
  InProcess.layer({ app, config: { accounts: [{ ...account(clock), webhooks: { events: "http://localhost/menu" } }] } })
    .pipe(Layer.provide(Layer.succeed(TimeControl.Guard, Duration.fromInputUnsafe(guard))))

const whole = (clock: "live" | "manual", pass: Effect.Effect<unknown, unknown, Simulator.Simulator>) =>
  Effect.gen(function*() {
    yield* calls
    yield* pass
    return yield* written
  }).pipe(Effect.provide(platform(clock)))

describe("a manual clock", () => {
  it.effect("ends a call of ten minutes, moved in one go, in the very millisecond it is due", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const callId = yield* place({
        to: patient,
        pipeline: [connect([phone("919840007102")]), hangup],
        options: { max_duration_sec: 599 }
      })
      const report = yield* advance(minutes(10))
      assert.deepEqual([report.fromMs, report.nowMs], [0, minutes(10)])
      assert.isAbove(report.moments, 0)
      assert.strictEqual((yield* simulator.ended(callId)).endedAt, 599_000)
    }).pipe(Effect.provide(platform("manual"))))

  it.effect("stands still until it is moved", () =>
    Effect.gen(function*() {
      yield* place({ to: presser, pipeline: [play("a.wav")] })
      yield* TestClock.adjust("1 hour")
      yield* real(Effect.sleep(20))
      assert.strictEqual((yield* time).nowMs(), 0)
      assert.lengthOf(yield* Effect.flatMap(Simulator.Simulator, ({ live }) => live), 1)
    }).pipe(Effect.provide(platform("manual"))))

  it.effect("gives the journal that a test clock gives, byte for byte", () =>
    Effect.gen(function*() {
      const tested = yield* whole("live", TestClock.adjust("10 minutes"))
      const moved = yield* whole("manual", advance(minutes(10)))
      assert.isAbove(moved.split("\n").length, 40)
      assert.strictEqual(moved, tested)
    }))

  it.effect.each([1, 17, 20, 999, 7001])(
    "gives the same journal when it is moved by %d ms at a time",
    (ms) =>
      Effect.gen(function*() {
        const inSteps = Effect.flatMap(time, (time) =>
          Effect.gen(function*() {
            const endMs = ms === 1 ? 5000 : 40_000
            while (time.nowMs() + ms <= endMs) yield* time.advance(ms)
            yield* time.advanceTo(minutes(10))
          }))
        assert.strictEqual(yield* whole("manual", inSteps), yield* whole("manual", advance(minutes(10))))
      })
  )

  it.effect("gives the same journal when it is run from one moment to the next", () =>
    Effect.gen(function*() {
      const byMoments = Effect.flatMap(time, (time) =>
        Effect.gen(function*() {
          yield* time.advance(0)
          for (let next = time.next(); next !== undefined; next = time.next()) {
            assert.strictEqual((yield* time.runToNext).nowMs, next.dueMs)
          }
          yield* time.advanceTo(minutes(10))
        }))
      assert.strictEqual(yield* whole("manual", byMoments), yield* whole("manual", advance(minutes(10))))
    }))

  it.effect("tells what is due next, and stays where it is when nothing is", () =>
    Effect.gen(function*() {
      const { next, runToNext } = yield* time
      assert.isUndefined(next())
      assert.deepEqual(yield* runToNext, { fromMs: 0, nowMs: 0, moments: 0 })
      yield* place({ to: presser, pipeline: [hangup] })
      assert.deepEqual(next(), { dueMs: 500, label: "party rings" })
      assert.strictEqual((yield* runToNext).nowMs, 500)
      assert.strictEqual(next()?.label, "party answers")
    }).pipe(Effect.provide(platform("manual"))))

  it.effect("lets two who move it at once go one after the other", () =>
    Effect.gen(function*() {
      const both = yield* Effect.all([advance(1000), advance(500)], { concurrency: "unbounded" })
      assert.deepEqual(both.map(({ fromMs, nowMs }) => [fromMs, nowMs]), [[0, 1000], [1000, 1500]])
    }).pipe(Effect.provide(platform("manual"))))

  it.effect.each<readonly [to: number, reason: TimeControl.TimeReason["_tag"]]>([
    [999, "Backwards"],
    [Number.NEGATIVE_INFINITY, "Backwards"],
    [1000 + TimeControl.longestMs + 1, "TooFar"],
    [Number.POSITIVE_INFINITY, "TooFar"],
    [1000.5, "NotWhole"],
    [Number.NaN, "NotWhole"]
  ])("is not moved from 1000 to %d: %s", ([to, reason]) =>
    Effect.gen(function*() {
      yield* advance(1000)
      const { advance: by, advanceTo, nowMs } = yield* time
      assert.strictEqual((yield* Effect.flip(advanceTo(to))).reason._tag, reason)
      assert.strictEqual((yield* Effect.flip(by(to - 1000))).reason._tag, reason)
      assert.strictEqual(nowMs(), 1000)
    }).pipe(Effect.provide(platform("manual"))))
})

describe("a clock that passes by itself", () => {
  it.effect("is not moved, and says so", () =>
    Effect.gen(function*() {
      const { advance, holds, runToNext } = yield* time
      const error = yield* Effect.flip(advance(1))
      assert.deepEqual(error.reason, { _tag: "NotManual", mode: "Live" })
      assert.strictEqual((yield* Effect.flip(runToNext)).message, error.message)
      assert.deepEqual(holds(), [])
    }).pipe(Effect.provide(platform("live"))))

  it.effect.each([1000, 60, 0.5])(
    "passes %d times as fast as the one around it when it is scaled so",
    (scaled) =>
      Effect.gen(function*() {
        const simulator = yield* Simulator.Simulator
        const callId = yield* place({ to: "919840007210", pipeline: [play("a.wav"), connect([phone(patient)])] })
        yield* TestClock.adjust(Math.ceil(11_000 / scaled) - 1)
        assert.lengthOf(yield* simulator.live, 1)
        yield* TestClock.adjust(1)
        assert.isAtLeast(simulator.time.nowMs(), 11_000)
        const { endedAt } = yield* simulator.ended(callId)
        assert.isAtLeast(endedAt, 11_000)
        assert.isAtMost(endedAt, 11_000 + scaled)
      }).pipe(Effect.provide(InProcess.layer({ config: { accounts: [{ token: "sim-token", clock: { scaled } }] } })))
  )
})

describe("a hold", () => {
  /** Answers after so long in real time. */
  const late = (ms: number) => menuApp(() => Effect.andThen(real(Effect.sleep(ms)), jsonReply([hangup]))).app

  it.effect("keeps time where it is until an answer is there that really takes time", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: presser, pipeline: [question()] })
      yield* advance(minutes(1))
      const entries = yield* Effect.flatMap(Simulator.Simulator, ({ journal }) => journal({ callId }))
      const questions = entriesOf(entries, "Delivered").filter(({ notice }) => notice._tag === "Input")
      assert.deepEqual(questions.map(({ at, durationMs, outcome }) => [at, durationMs, outcome]), [[
        1600,
        0,
        "NewProgram"
      ]])
    }).pipe(Effect.provide(platform("manual", late(30)))))

  it.effect("that does not end stops an advance, names what it waits for, and can be waited for again", () => {
    const answered = Deferred.makeUnsafe<void>()
    const { app } = menuApp(() => Effect.andThen(Deferred.await(answered), jsonReply([hangup])))
    return Effect.gen(function*() {
      const { advanceTo, holds, nowMs } = yield* time
      const callId = yield* place({ to: "919840007001", pipeline: [hangup] })
      const stuck = yield* Effect.flip(advanceTo(10_000))
      assert.deepEqual(stuck.reason, {
        _tag: "Stuck",
        nowMs: 0,
        labels: [`webhook Event of call ${callId} to localhost`]
      })
      assert.include(stuck.message, `webhook Event of call ${callId} to localhost`)
      assert.deepEqual((yield* Effect.flip(advanceTo(10_000))).reason, stuck.reason)
      assert.strictEqual(nowMs(), 0)
      assert.lengthOf(holds(), 1)
      Deferred.doneUnsafe(answered, Effect.void)
      assert.strictEqual((yield* advanceTo(10_000)).nowMs, 10_000)
      assert.lengthOf(holds(), 0)
    }).pipe(Effect.provide(platform("manual", app, 50)))
  })

  it.effect("that is let go lets the webhook be late, as a live one would be", () =>
    Effect.gen(function*() {
      const { advanceTo, letGo } = yield* time
      const callId = yield* place({ to: "919840007001", pipeline: [hangup] })
      yield* Effect.flip(advanceTo(10_000))
      yield* letGo
      // The next one of this call is held again, since it is sent when this one is over.
      const stuck = yield* Effect.flip(advanceTo(10_000))
      assert.deepEqual(stuck.reason._tag === "Stuck" ? stuck.reason.nowMs : undefined, 5000)
      yield* letGo
      yield* advanceTo(20_000)
      const entries = yield* Effect.flatMap(Simulator.Simulator, ({ journal }) => journal({ callId }))
      assert.deepEqual(entriesOf(entries, "Delivered").map(({ at, outcome }) => [at, outcome]), [
        [5000, "TimedOut"],
        [10_000, "TimedOut"]
      ])
    }).pipe(Effect.provide(platform("manual", menuApp(() => Effect.never).app, 50))))

  it.effect("is taken for an app in this process too, which cannot sleep on the clock that it holds", () =>
    Effect.gen(function*() {
      yield* place({ to: "919840007001", pipeline: [hangup] })
      assert.strictEqual((yield* Effect.flip(advance(minutes(1)))).reason._tag, "Stuck")
    }).pipe(Effect.provide(platform("manual", menuApp(() => Effect.delay(jsonReply([hangup]), 1000)).app, 50))))

  it.effect("covers what else really takes time on the way out, as signing does", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: "919840007001", pipeline: [hangup] })
      yield* advance(minutes(1))
      const entries = yield* Effect.flatMap(Simulator.Simulator, ({ journal }) => journal({ callId }))
      assert.deepEqual(entriesOf(entries, "Delivered").map(({ at, outcome }) => [at, outcome]), [[0, "Taken"], [
        300,
        "Taken"
      ]])
    }).pipe(Effect.provide(InProcess.layer({
      app: menu(),
      config: {
        accounts: [{ ...account("manual"), webhooks: { events: "http://localhost/menu", signingSecret: "k" } }]
      }
    }))))

  it.effect.each([true, false])(
    "lets webhooks come back in the order in which they went out: %s",
    (isInOrder) =>
      Effect.gen(function*() {
        /** What is written when every third answer takes so much longer than the others. */
        const answering = (firstMs: number) => {
          let asked = 0
          const { app } = menuApp(() =>
            Effect.andThen(real(Effect.sleep(asked++ % 3 === 0 ? firstMs : 10)), jsonReply([hangup]))
          )
          return Effect.andThen(Effect.andThen(calls, advance(minutes(10))), written).pipe(
            Effect.provide(platform("manual", app)),
            Effect.provideService(Holds.InOrder, isInOrder)
          )
        }
        const [slow, fast] = [yield* answering(30), yield* answering(0)]
        assert.strictEqual(slow === fast, isInOrder)
      })
  )

  describe("on the handshake of a stream", () => {
    /** Streams that open when they are let. */
    const streams = (opens: Effect.Effect<void>) =>
      Layer.succeed(Streams.StreamPort, {
        dial: (_, listener) => {
          Effect.runFork(Effect.andThen(opens, Effect.sync(() => listener.opened())))
          return { send: () => undefined, bufferedBytes: () => 0, close: () => undefined }
        }
      })
    const dialing = (opens: Effect.Effect<void>) =>
      InProcess.layer({
        app: menuApp(() =>
          jsonReply([{ action: "stream", ws_url: "ws://bot.test/stream/token", listen_mode: "caller" }])
        ).app,
        config: { accounts: [account("manual")] },
        streams: streams(opens)
      }).pipe(Layer.provide(Layer.succeed(TimeControl.Guard, Duration.millis(50))))
    const calledIn = Effect.flatMap(
      Simulator.Simulator,
      ({ callIn }) => callIn({ from: presser, to: "918000000000", answerUrl: "http://localhost/menu" })
    )

    it.effect("keeps time where it is, too", () =>
      Effect.gen(function*() {
        const { callId } = yield* calledIn
        yield* advance(1000)
        const entries = yield* Effect.flatMap(Simulator.Simulator, ({ journal }) => journal({ callId }))
        const opened = entriesOf(entries, "Turned").filter(({ event }) => event._tag === "StreamOpened")
        assert.deepEqual(opened.map(({ at }) => at), [0])
      }).pipe(Effect.provide(dialing(real(Effect.sleep(20))))))

    it.effect("is named without the token of the stream, and gone with the call", () =>
      Effect.gen(function*() {
        const { hangUp, time: { advance, holds } } = yield* Simulator.Simulator
        const { callId } = yield* calledIn
        const stuck = yield* Effect.flip(advance(1000))
        assert.deepEqual(stuck.reason, { _tag: "Stuck", nowMs: 0, labels: ["stream handshake with bot.test"] })
        yield* hangUp(callId)
        assert.deepEqual(holds(), [])
      }).pipe(Effect.provide(dialing(Effect.never))))
  })

  it.effect("is gone with an advance that is interrupted, and another goes on from there", () => {
    const answered = Deferred.makeUnsafe<void>()
    const { app } = menuApp(() => Effect.andThen(Deferred.await(answered), jsonReply([hangup])))
    return Effect.gen(function*() {
      const { advanceTo } = yield* time
      yield* place({ to: "919840007001", pipeline: [hangup] })
      const moving = yield* Effect.forkChild(advanceTo(10_000), { startImmediately: true })
      yield* Fiber.interrupt(moving)
      Deferred.doneUnsafe(answered, Effect.void)
      assert.strictEqual((yield* advanceTo(10_000)).fromMs, 0)
    }).pipe(Effect.provide(platform("manual", app)))
  })

  it.effect("is for what is in flight alone: a receiver that is slow to answer holds up no other tenant", () => {
    const answered = Deferred.makeUnsafe<void>()
    const { app } = menuApp(() => Effect.andThen(Deferred.await(answered), jsonReply([hangup])))
    return Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const other = yield* simulator.create({ token: "other", clock: "manual" })
      yield* place({ to: "919840007001", pipeline: [hangup] })
      assert.strictEqual((yield* other.time.advance(minutes(1))).nowMs, minutes(1))
      assert.strictEqual((yield* Effect.flip(simulator.time.advance(1))).reason._tag, "Stuck")
      Deferred.doneUnsafe(answered, Effect.void)
    }).pipe(Effect.provide(platform("manual", app, 50)))
  })
})

describe("a tenant on a manual clock", () => {
  it.effect("stops in real time", () =>
    Effect.gen(function*() {
      yield* place({ to: presser, pipeline: [play("a.wav")] })
      const { main } = yield* Tenants
      yield* main.stop
      assert.deepEqual(main.journal.records().map(({ hangupCause }) => hangupCause), ["SYSTEM_SHUTDOWN"])
      const refused = yield* post("/v3/voice/pcmo/call", {
        caller_id: "914400000001",
        to_number: patient,
        app_id: "app",
        pipeline: [hangup]
      })
      assert.strictEqual(refused.status, 503)
    }).pipe(Effect.provide(platform("manual"))))
})
