import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as Level from "@effect-piopiy/sdk/Level"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import { assert, describe, expect as about, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type { Evidence } from "../../src/core/expect/Evidence.ts"
import * as Party from "../../src/core/scenario/Party.ts"
import { Simulator } from "../../src/Simulator.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { type EvidenceMatchers, matchers } from "../../src/testing/matchers.ts"
import { connect, hangup, jsonReply, menuApp, phone, place, post, question } from "../platform.ts"

const presser = "919840007305"
const shared = "919840007100"
const colleague = "919840007230"

const { app } = menuApp(() => jsonReply([hangup]))

/** A call through a menu, two calls to one number, a refused request, a fault. */
const run = Effect.gen(function*() {
  const { evidence, faults } = yield* Simulator
  yield* faults.add({ name: "slow", fault: { _tag: "Delay", ms: 10 }, when: { operation: "/v3/voice/ai/call" } })
  yield* place({ to: presser, pipeline: [question()] })
  yield* place({ to: shared, pipeline: [connect([phone(colleague)])] })
  yield* place({ to: shared, pipeline: [hangup] })
  yield* post("/v3/voice/pcmo/call", {})
  yield* Effect.forkChild(post("/v3/voice/ai/call", {}))
  yield* TestClock.adjust("1 minute")
  return yield* evidence()
}).pipe(Effect.provide(InProcess.layer({ app })))

type Assertion = (to: EvidenceMatchers<void>) => void
type Case = readonly [name: keyof EvidenceMatchers<void>, passes: Assertion, fails: Assertion]

const assumed = [
  "input-result-body",
  "reply-replaces-rest",
  "bridge-end-continues",
  "pipeline-end-hangs-up"
] as const

const cases: ReadonlyArray<Case> = [
  ["toHaveRung", (to) => to.toHaveRung(presser, { times: 1 }), (to) => to.toHaveRung(presser, { times: 2 })],
  ["toHaveAnswered", (to) => to.toHaveAnswered(`+${presser}`), (to) => to.toHaveAnswered("919840007306")],
  ["toHaveBridgedTo", (to) => to.toHaveBridgedTo(colleague), (to) => to.toHaveBridgedTo(colleague, { call: 1 })],
  ["toHaveHeardPrompt", (to) => to.toHaveHeardPrompt("one", { call: 1 }), (to) => to.toHaveHeardPrompt("two")],
  ["toHavePressed", (to) => to.toHavePressed("5"), (to) => to.toHavePressed("5", { withinMs: 100 })],
  ["toHaveEnded", (to) => to.toHaveEnded({ cause: "NORMAL_CLEARING" }), (to) => to.toHaveEnded({ by: "Timeout" })],
  [
    "toHaveDeliveredWebhook",
    (to) => to.toHaveDeliveredWebhook({ url: "/menu", body: { digits: "5" } }),
    (to) => to.toHaveDeliveredWebhook({ body: { digits: "6" } })
  ],
  ["toHaveRefused", (to) => to.toHaveRefused(), (to) => to.toHaveRefused({ error: "unauthorized" })],
  ["toHaveFiredFault", (to) => to.toHaveFiredFault("slow"), (to) => to.toHaveFiredFault("fast")],
  [
    "toHaveRungNobodyTwice",
    (to) => to.toHaveRungNobodyTwice({ except: [shared] }),
    (to) => to.toHaveRungNobodyTwice({ except: [presser] })
  ],
  [
    "toRestOnNoAssumption",
    (to) => to.toRestOnNoAssumption({ except: assumed }),
    (to) => to.toRestOnNoAssumption({ except: assumed.slice(1) })
  ]
]

const asha = "919840000042"
const tone = (ms: number) =>
  AudioFrame.make(Int16Array.from({ length: ms * 8 }, (_, at) => Math.round(8000 * Math.sin((at * Math.PI) / 8))), 8000)
const isLoud = (frame: AudioFrame.AudioFrame): boolean => Level.peak(frame) > 300

/** Talks until it is cut in on after a second, then answers 200 ms after the caller has finished. */
const bot = Effect.fnUntraced(function*(session: StreamSession.StreamSession) {
  yield* session.send(tone(5000))
  let quiet = Number.NaN
  yield* Stream.runForEach(session.frames, (frame) => {
    if (isLoud(frame)) {
      const began = Number.isNaN(quiet)
      quiet = 0
      return began ? session.interrupt : Effect.void
    }
    quiet += 1
    return quiet === 10 ? session.send(tone(400)) : Effect.void
  })
})

/** A call that cuts in on a bot, and is answered. */
const streamed = Effect.gen(function*() {
  yield* post("/v2/ind_pcmo_make_call", {
    appid: 1_000_001,
    secret: "sim-secret",
    from: 914400000001,
    to: Number(asha),
    pcmo: [{ action: "stream", ws_url: "ws://bot.test/stream", stream_on_answer: true }]
  })
  yield* TestClock.adjust("1 minute")
  return yield* Simulator.use(({ evidence }) => evidence())
}).pipe(Effect.provide(InProcess.layer({
  config: {
    people: {
      [asha]: Party.person({
        answersAfterMs: 1000,
        talksForMs: 10_000,
        speaks: [{ bargeInMs: 1000, voice: { _tag: "Speech", ms: 800 } }]
      })
    }
  },
  streams: InProcess.streams(bot).pipe(
    Layer.provide(StreamServer.layer({ url: "ws://bot.test", admission: "anyone", drainTimeout: 0 }))
  )
})))

const onStreams: ReadonlyArray<Case> = [
  ["toHaveLetCallerHear", (to) => to.toHaveLetCallerHear(1420), (to) => to.toHaveLetCallerHear(1421)],
  ["toFallSilentWithin", (to) => to.toFallSilentWithin(20), (to) => to.toFallSilentWithin(19)],
  [
    "toAnswerTurnsWithin",
    (to) => to.toAnswerTurnsWithin(200, { percentile: 95 }),
    (to) => to.toAnswerTurnsWithin(199, { percentile: 95 })
  ]
]

const none: Evidence = { entries: [], streams: () => [], nowMs: 0 }

describe("a matcher", () => {
  it.effect.each(cases)(
    "%s holds, or fails with what happened instead and the journal",
    ([, passes, fails]) =>
      Effect.gen(function*() {
        const evidence = yield* run
        passes(about(evidence))
        fails(about(evidence).not)
        assert.throws(() => fails(about(evidence)), /^expected [^]*\nbut [^]* platform [^]*│/)
        assert.throws(() => passes(about(evidence).not), /^not expected: [^]* platform [^]*│/)
      })
  )

  it.effect.each(onStreams)(
    "%s holds for a stream, or fails with what was heard",
    ([, passes, fails]) =>
      Effect.gen(function*() {
        const evidence = yield* streamed
        passes(about(evidence))
        fails(about(evidence).not)
        assert.throws(() => fails(about(evidence)), /^expected [^]*\nbut [^]* platform [^]*│/)
        assert.throws(() => passes(about(evidence).not), /^not expected: [^]* platform [^]*│/)
      })
  )

  it.effect.each(onStreams)("%s fails either way when there was no stream", ([, assertion]) =>
    Effect.gen(function*() {
      const evidence = yield* run
      assert.throws(() => assertion(about(evidence)), /^expected [^]*\nbut (no|there was no)/)
      assert.throws(() => assertion(about(evidence).not), /^expected [^]*\nbut (no|there was no)/)
    }))

  it.effect("fails either way on a call that there is not", () =>
    Effect.gen(function*() {
      const evidence = yield* run
      const assertion: Assertion = (to) => to.toHaveRung(presser, { call: 9 })
      assert.throws(() => assertion(about(evidence)), /\nbut there was no such call\n/)
      assert.throws(() => assertion(about(evidence).not), /\nbut there was no such call\n/)
    }))

  it("refuses what is no evidence, and what is no expectation, either way", () => {
    assert.throws(() => about({}).not.toHaveRung(presser), TypeError, "simulator.evidence()")
    assert.throws(() => about(Effect.succeed(none)).not.toHaveRung(presser), TypeError, "simulator.evidence()")
    assert.throws(() => about(none).not.toHavePressed("one"), TypeError, "Expected keys of a phone")
    assert.throws(() => about(none).not.toHaveRung(presser, { times: -1 }), TypeError, "times")
  })

  it("is there for another expect, too", () => {
    assert.sameMembers(Object.keys(matchers), [...cases, ...onStreams].map(([name]) => name))
  })
})
