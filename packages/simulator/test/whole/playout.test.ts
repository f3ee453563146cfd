/** The app's estimate of what was heard, held against the ledger of the platform, whatever the app does. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as LegacyAction from "@effect-piopiy/sdk/LegacyAction"
import * as LegacyCalls from "@effect-piopiy/sdk/LegacyCalls"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import * as PhoneNumber from "@effect-piopiy/sdk/PhoneNumber"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
import * as RetryPolicy from "@effect-piopiy/sdk/RetryPolicy"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Party from "../../src/core/scenario/Party.ts"
import { Tenants } from "../../src/engine/Tenants.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as InProcess from "../../src/testing/InProcess.ts"

const callerId = PhoneNumber.make("914400000001")
const asha = PhoneNumber.make("919840000042")
const sales = PhoneNumber.make("914400000043")
const url = "ws://bot.test/stream"

/** 20 ms: the platform plays frame by frame. */
const frameSamples = 160

const server = StreamServer.layer({ url: "ws://bot.test", admission: "anyone", drainTimeout: 0 })

/** Asha and sales answer at once and stay. */
const world = (handler: StreamServer.Handler<never, never>, streams = {}) =>
  Piopiy.layerLegacy({ appId: 1_000_001, appSecret: Redacted.make("sim-secret"), retryPolicy: RetryPolicy.none }).pipe(
    Layer.provideMerge(InProcess.layer({
      config: {
        streams,
        people: {
          [asha]: Party.person({ answersAfterMs: 0, talksForMs: 3_600_000 }),
          [sales]: Party.person({ answersAfterMs: 0 })
        }
      },
      streams: InProcess.streams(handler).pipe(Layer.provide(server))
    }))
  )

/** Places a call with a stream; gives its id. */
const place = Effect.gen(function*() {
  const pipeline = LegacyPipeline.make([LegacyAction.stream(url, { listenMode: "both" })])
  yield* LegacyCalls.LegacyCalls.use((calls) => calls.placePipelineCall({ callerId, to: asha, pipeline }))
  const [call] = yield* Simulator.Simulator.use((simulator) => simulator.live)
  return call === undefined ? yield* Effect.die("no call") : call.origin.callId
})

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const Step = Schema.Struct({
  does: Schema.Literals(["send", "sendAll", "interrupt", "pause", "resume", "handoff", "wait", "wait"]),
  count: between(1, 5),
  ms: between(1, 700)
})
type Step = typeof Step.Type

const human = LegacyPipeline.make([LegacyAction.bridge({ to: [sales], from: callerId })])

const act = (session: StreamSession.StreamSession, { count, does, ms }: Step): Effect.Effect<unknown, unknown> => {
  switch (does) {
    case "send":
      return Effect.forkChild(session.send(AudioFrame.silence(ms, 8000)), { startImmediately: true })
    case "sendAll": {
      const made = Stream.fromEffectSchedule(
        Effect.succeed(AudioFrame.silence(30 * count, 8000)),
        Schedule.spaced(ms / 10)
      )
      return Effect.forkChild(session.sendAll(Stream.take(made, count)), { startImmediately: true })
    }
    case "interrupt":
      return session.interrupt
    case "pause":
      return session.pause
    case "resume":
      return session.resume
    case "handoff":
      return session.handoff(human)
    case "wait":
      return TestClock.adjust(ms)
  }
}

const run = (steps: ReadonlyArray<Step>) =>
  Effect.gen(function*() {
    const opened = yield* Deferred.make<StreamSession.StreamSession>()
    const handler = (session: StreamSession.StreamSession) =>
      Effect.andThen(Deferred.succeed(opened, session), Effect.never)
    yield* Effect.gen(function*() {
      const callId = yield* place
      const { main } = yield* Tenants
      yield* TestClock.adjust("100 millis")
      const session = yield* Deferred.await(opened)
      /** What was heard and dropped at the last interrupt, by the ledger and by the estimate. */
      let cut = { heard: 0, dropped: 0, estimated: 0 }

      for (const [place, step] of steps.entries()) {
        yield* act(session, step)
        yield* Effect.repeat(Effect.yieldNow, { times: 50 })
        const [account] = main.media.ledgerOf(callId)
        const { byBreak, byHangup, byOverflow, heard, queued, received } = account?.measures.playout
          ?? (yield* Effect.die("no stream"))
        const state = yield* session.playout.state
        const about = `after ${place}, ${step.does}`
        assert.deepStrictEqual([state.sent, 0, 0], [received, byHangup, byOverflow], about)
        assert.closeTo(state.remaining, queued, frameSamples, about)
        if (step.does !== "interrupt" && step.does !== "handoff") continue
        assert.deepStrictEqual([state.remaining, queued], [0, 0], about)
        // Of what was sent since the last one, some was heard in the opinion of both.
        if (heard > cut.heard && state.heard > cut.estimated) {
          assert.closeTo(state.heardUpTo, received - (byBreak - cut.dropped), frameSamples, about)
        }
        cut = { heard, dropped: byBreak, estimated: state.heard }
      }
    }).pipe(Effect.provide(world(handler)))
  })

it.effect.prop(
  "the estimate is the ledger's, within a frame, whatever the app does",
  [Schema.Array(Step).check(Schema.isMinLength(5), Schema.isMaxLength(40))],
  ([steps]) => run(steps),
  { timeout: 120_000 }
)
