/** Expectations on what the real simulator does, in process. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as Level from "@effect-piopiy/sdk/Level"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { check } from "../../src/core/expect/check.ts"
import type { Expectation } from "../../src/core/expect/Expectation.ts"
import * as Party from "../../src/core/scenario/Party.ts"
import { ControlTimer } from "../../src/engine/ControlTimer.ts"
import { Simulator } from "../../src/Simulator.ts"
import type { SimulatorConfig } from "../../src/SimulatorConfig.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import {
  agentId,
  connect,
  hangup,
  jsonReply,
  menuApp,
  phone,
  place,
  placeAgent,
  play,
  post,
  question,
  run
} from "../platform.ts"

const presser = "919840007305"
const answers = "919840007100"
const silent = "919840007002"
const busy = "919840007001"
const talks = "919840007230"

const headOf = (message: string): string => message.split("\n\n")[0] ?? ""

/** Evidence of now against expectations: each passes or fails, and says so. */
const judged = Effect.fnUntraced(function*(
  table: ReadonlyArray<readonly [expectation: Expectation, pass: boolean, head: string]>
) {
  const evidence = yield* Simulator.use((simulator) => simulator.evidence())
  const found = table.map(([expectation]) => {
    const { message, pass } = check(expectation, evidence)
    return [expectation, pass, headOf(message)] as const
  })
  assert.deepEqual(found, table)
})

describe("a call through a menu", () => {
  const { app } = menuApp(() => jsonReply([play("thanks.wav"), hangup]))

  it.effect("is told of by what was heard, pressed and posted", () =>
    Effect.gen(function*() {
      yield* run({ to: presser, pipeline: [question()] })
      yield* judged([
        [
          { _tag: "HeardPrompt", text: "Press one" },
          true,
          "a caller heard \"Press one\" once, at 00:01.000 in call 1"
        ],
        [
          { _tag: "HeardPrompt", text: "thanks.mp3" },
          false,
          `expected a caller to hear "thanks.mp3"
but that did not happen
nearest: a caller heard "thanks.wav", at 00:01.600 in call 1: is another one`
        ],
        [{ _tag: "Pressed", digits: "5" }, true, "somebody pressed 5 once, at 00:01.600 in call 1"],
        [
          { _tag: "Pressed", digits: "1" },
          false,
          `expected somebody to press 1
but that did not happen
nearest: 919840007305 pressed 5, at 00:01.600 in call 1: differs in digit 1, 5 instead of 1`
        ],
        [
          {
            _tag: "WebhookDelivered",
            notice: "Input",
            url: "/menu",
            body: { digits: "5", status: "success" },
            times: 1
          },
          true,
          "a webhook of kind Input to /menu was delivered with {\"digits\":\"5\",\"status\":\"success\"} once, "
          + "at 00:01.600 in call 1"
        ],
        [
          { _tag: "WebhookDelivered", body: { digits: "6", status: "success" } },
          false,
          `expected a webhook to be delivered with {"digits":"6","status":"success"}
but that did not happen
nearest: Input to http://app.localhost/menu, at 00:01.600 in call 1: digits is "5" instead of "6"`
        ],
        [
          { _tag: "Ended", by: "Pipeline", cause: "NORMAL_CLEARING", disposition: "Answered" },
          true,
          "a call ended as Answered with NORMAL_CLEARING by Pipeline once, at 00:04.600 in call 1"
        ],
        [{ _tag: "NotRefused" }, true, "it never happened that a request was refused"]
      ])
    }).pipe(Effect.provide(InProcess.layer({ app }))))

  it.effect("has its journal below the message", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: presser, pipeline: [question()] })
      yield* TestClock.adjust("1 minute")
      const evidence = yield* Simulator.use((simulator) => simulator.evidence())
      assert.strictEqual(
        check({ _tag: "Ended", by: "Caller" }, evidence).message,
        `expected a call to end by Caller
but that did not happen
nearest: ended as Answered, NORMAL_CLEARING by Pipeline, at 00:04.600 in call 1: by Pipeline instead of Caller

call 1 is ${callId}, Pipeline from 914400000001 to 919840007305, ended at 00:04.600: NORMAL_CLEARING by Pipeline
       your app             platform               phone                  others
   0.000   │─ pipeline call ───▶│                      │                      │
   0.000   │                    │─ dials ..7305 ──────▶│                      │
   0.500   │                    │◀─ rings ─────────────│                      │
   1.000   │                    │◀─ answers ───────────│                      │
   1.000   │                    │─ "Press one" ───────▶│                      │
   1.600   │                    │◀─ presses 5 ─────────│                      │
   1.600   │◀─ /menu success 5 ─│                      │                      │
   1.600   │─ 2 actions ───────▶│                      │                      │
   1.600   │                    │─ plays thanks.wav ──▶│                      │
   4.600   │                    │─ lets go, NORMAL_C… ▶│                      │
   4.600   │  answered, NORMAL_CLEARING by pipeline, talked 3.6 s             │`
      )
    }).pipe(Effect.provide(InProcess.layer({ app }))))
})

describe("a call that hunts", () => {
  it.effect("is told of by who rang, answered and was bridged", () =>
    Effect.gen(function*() {
      yield* run({ to: answers, pipeline: [connect([phone(busy), phone(talks)])] })
      yield* judged([
        [{ _tag: "Rang", number: `+${talks}`, times: 1 }, true, `+${talks} rang once, at 00:00.800 in call 1`],
        [
          { _tag: "Rang", number: busy },
          false,
          `expected ${busy} to ring
but that did not happen
nearest: ${busy} was dialed, at 00:00.000 in call 1: did not ring, USER_BUSY`
        ],
        [
          { _tag: "Answered", number: talks, withinMs: 2000 },
          true,
          `${talks} answered once, at 00:01.300 in call 1, no later than 00:02.000`
        ],
        [
          { _tag: "Answered", number: talks, withinMs: 1000 },
          false,
          `expected ${talks} to answer, no later than 00:01.000
but that did not happen
nearest: ${talks} answered, at 00:01.300 in call 1: too late by 300 ms`
        ],
        [{ _tag: "BridgedTo", number: talks }, true, `a caller was bridged to ${talks} once, at 00:01.300 in call 1`],
        [
          { _tag: "BridgedTo", number: busy },
          false,
          `expected a caller to be bridged to ${busy}
but that did not happen
nearest: ${busy} was dialed, at 00:00.000 in call 1: was not bridged, USER_BUSY`
        ]
      ])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("may be bridged to an agent", () =>
    Effect.gen(function*() {
      yield* placeAgent(answers, agentId)
      yield* TestClock.adjust("1 minute")
      yield* judged([
        [
          { _tag: "BridgedTo", number: agentId },
          true,
          `a caller was bridged to ${agentId} once, at 00:00.300 in call 1`
        ],
        [
          { _tag: "Ended" },
          false,
          `expected a call to end
but that did not happen
nearest: was Talking, at 00:00.300 in call 1: it goes on`
        ]
      ])
    }).pipe(Effect.provide(InProcess.layer())))
})

describe("a whole run", () => {
  it.effect("may have dialed a phone by two calls", () =>
    Effect.gen(function*() {
      yield* run({ to: answers, pipeline: [hangup] })
      yield* judged([[{ _tag: "NothingRangTwice" }, true, "none of 1 number was dialed by two calls"]])
      yield* run({ to: answers, pipeline: [hangup] })
      yield* judged([
        [
          { _tag: "NothingRangTwice" },
          false,
          `expected no number to be dialed by two calls
but 919840007100 was dialed by 2 calls
  at 00:00.000 in call 1: answered
  at 10:00.000 in call 2: answered`
        ],
        [{ _tag: "NothingRangTwice", except: [answers] }, true, "none of 1 number was dialed by two calls"]
      ])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("rests on assumptions, or does not", () =>
    Effect.gen(function*() {
      yield* run({ to: answers, pipeline: [hangup], options: { ring_timeout_sec: 30, max_duration_sec: 60 } })
      yield* judged([[{ _tag: "NoAssumptions" }, true, "what happened rests on no assumption"]])
      yield* run({ to: silent, pipeline: [hangup] })
      yield* judged([
        [
          { _tag: "NoAssumptions" },
          false,
          `expected what happened to rest on no assumption
but on default-ring-timeout, once, first at 10:40.000 in call 2
  assumed: A call without ring_timeout_sec rings 40 s, or as long as the connect of a direct call says; one from outside stops ringing after 40 s, too.
  to be settled by a live call to a phone that is left ringing`
        ],
        [
          { _tag: "NoAssumptions", except: ["default-ring-timeout"] },
          true,
          "what happened rests on no assumption but default-ring-timeout"
        ]
      ])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("has refusals and faults", () =>
    Effect.gen(function*() {
      const { faults } = yield* Simulator
      yield* faults.add({ name: "storm", fault: { _tag: "Status", status: 503, effect: "before" }, when: { nth: [2] } })
      yield* post("/v3/voice/pcmo/call", {})
      yield* post("/v3/voice/pcmo/call", {})
      yield* judged([
        [
          { _tag: "Refused", operation: "/v3/voice/pcmo/call", error: "invalid_request" },
          true,
          "a request of /v3/voice/pcmo/call was refused with invalid_request once, at 00:00.000"
        ],
        [{ _tag: "FaultFired", name: "storm" }, true, "fault \"storm\" fired once, at 00:00.000"],
        [
          { _tag: "FaultFired", name: "strom" },
          false,
          `expected fault "strom" to fire
but that did not happen
nearest: fault "storm" (Status) befell POST /v3/voice/pcmo/call, at 00:00.000: is another one`
        ]
      ])
    }).pipe(Effect.provide(InProcess.layer())))
})

describe("an audio stream", () => {
  type Handler = (session: StreamSession.StreamSession) => Effect.Effect<void, unknown, Scope.Scope>

  const asha = "919840000042"
  const tone = (ms: number) =>
    AudioFrame.make(
      Int16Array.from({ length: ms * 8 }, (_, at) => Math.round(8000 * Math.sin((at * Math.PI) / 8))),
      8000
    )
  const isLoud = (frame: AudioFrame.AudioFrame): boolean => Level.peak(frame) > 300

  const world = (handler: Handler, speaks: ReadonlyArray<Party.Utterance>) => {
    const config: SimulatorConfig = {
      people: { [asha]: Party.person({ answersAfterMs: 1000, talksForMs: 10_000, speaks }) }
    }
    const server = StreamServer.layer({ url: "ws://bot.test", admission: "anyone", drainTimeout: 0 })
    return InProcess.layer({ config, streams: InProcess.streams(handler).pipe(Layer.provide(server)) })
  }

  const placed = post("/v2/ind_pcmo_make_call", {
    appid: 1_000_001,
    secret: "sim-secret",
    from: 914400000001,
    to: Number(asha),
    pcmo: [{ action: "stream", ws_url: "ws://bot.test/stream", stream_on_answer: true }]
  })
  const call = Effect.andThen(placed, TestClock.adjust("1 minute"))

  const interruptible: Handler = Effect.fnUntraced(function*(session) {
    yield* Effect.forkScoped(session.send(tone(5000)))
    yield* session.frames.pipe(Stream.filter(isLoud), Stream.take(1), Stream.runDrain)
    yield* session.interrupt
    return yield* Effect.never
  })

  const deaf: Handler = (session) => Effect.andThen(session.send(tone(5000)), Effect.never)

  it.effect("lets the caller hear so much, and falls silent so soon when it is interrupted", () =>
    Effect.gen(function*() {
      yield* call
      yield* judged([
        [
          { _tag: "CallerHeard", atLeastMs: 1020 },
          true,
          `every caller with an audio stream heard at least 1020 ms of the app
in call 1 it was 1020 ms, from 00:01.000 on`
        ],
        [
          { _tag: "CallerHeard", atLeastMs: 1021 },
          false,
          `expected every caller with an audio stream to hear at least 1021 ms of the app
but in call 1 it was 1020 ms, from 00:01.000 on`
        ],
        [
          { _tag: "CallerHeard", atLeastMs: 1000, fromMs: 1500 },
          false,
          `expected every caller with an audio stream to hear at least 1000 ms of the app, from 00:01.500 on
but in call 1 it was 520 ms, from 00:01.500 on`
        ],
        [
          { _tag: "SilentWithin", ms: 20 },
          true,
          `the app fell silent within 20 ms each time (1 in all)
slowest: the caller spoke over it at 00:02.000 in call 1, and it was heard for 20 ms more`
        ],
        [
          { _tag: "SilentWithin", ms: 19 },
          false,
          `expected the app to fall silent within 19 ms whenever the caller speaks over it
but 1 of 1 took longer
  the caller spoke over it at 00:02.000 in call 1, and it was heard for 20 ms more`
        ],
        [
          { _tag: "SilentWithin", ms: 19, withinMs: 1000 },
          false,
          `expected the app to fall silent within 19 ms whenever the caller speaks over it, no later than 00:01.000
but nobody spoke over it`
        ],
        [
          { _tag: "TurnLatencyBelow", ms: 100 },
          false,
          `expected every turn to be answered within 100 ms
but there was no turn: nobody spoke and was answered`
        ]
      ])
    }).pipe(Effect.provide(world(interruptible, [{ bargeInMs: 1000, voice: { _tag: "Speech", ms: 800 } }]))))

  it.effect("may talk on over the caller", () =>
    Effect.gen(function*() {
      yield* call
      yield* judged([
        [
          { _tag: "SilentWithin", ms: 300 },
          false,
          `expected the app to fall silent within 300 ms whenever the caller speaks over it
but 1 of 1 took longer
  the caller spoke over it at 00:02.000 in call 1, and it was heard for 4000 ms more; it did not interrupt, and said all it had to say`
        ]
      ])
    }).pipe(Effect.provide(world(deaf, [{ bargeInMs: 1000, voice: { _tag: "Speech", ms: 800 } }]))))

  it.effect("has latencies that say whether to trust them, where time is the machine's", () => {
    const run = (p99: number) =>
      Effect.gen(function*() {
        yield* call
        const evidence = yield* (yield* Simulator).evidence()
        return [20, 19].map((ms) => headOf(check({ _tag: "SilentWithin", ms }, evidence).message).split("\n").at(-1))
      }).pipe(
        Effect.provide(
          world(interruptible, [{ bargeInMs: 1000, voice: { _tag: "Speech", ms: 800 } }]).pipe(
            Layer.provide(Layer.succeed(ControlTimer, () => ({ p50: 1, p99, max: 40 })))
          )
        )
      )
    return Effect.gen(function*() {
      const good = "the machine's own timer was late: p50 1 ms, p99 3 ms, max 40 ms, so latencies are right to a frame"
      assert.deepStrictEqual(yield* run(3), [good, good])
      const bad = good.replace("p99 3 ms", "p99 20 ms").replace("right to a frame", "NOT to be trusted")
      assert.deepStrictEqual(yield* run(20), [bad, bad])
    })
  })

  /** Answers as soon as it has heard 200 ms of silence, 600 ms the second time. */
  const answering: Handler = Effect.fnUntraced(function*(session) {
    let quiet = Number.NaN
    let turns = 0
    yield* Stream.runForEach(session.frames, (frame) => {
      quiet = isLoud(frame) ? 0 : quiet + 1
      if (quiet !== (turns === 0 ? 10 : 30)) return Effect.void
      turns += 1
      return session.send(tone(400))
    })
  })

  it.effect("answers turns within a time, each or most of them", () =>
    Effect.gen(function*() {
      yield* call
      yield* judged([
        [
          { _tag: "TurnLatencyBelow", ms: 600 },
          true,
          `every turn was answered within 600 ms (2 in all)
slowest: the caller had spoken at 00:04.300 in call 1, and was answered after 600 ms`
        ],
        [
          { _tag: "TurnLatencyBelow", ms: 599 },
          false,
          `expected every turn to be answered within 599 ms
but 1 of 2 took longer
  the caller had spoken at 00:04.300 in call 1, and was answered after 600 ms`
        ],
        [
          { _tag: "TurnLatencyBelow", ms: 200, percentile: 50 },
          true,
          `50 % of the turns was answered within 200 ms (2 in all)
slowest: the caller had spoken at 00:02.500 in call 1, and was answered after 200 ms`
        ],
        [
          { _tag: "TurnLatencyBelow", ms: 199, percentile: 50 },
          false,
          `expected 50 % of the turns to be answered within 199 ms
but 2 of 2 took longer
  the caller had spoken at 00:04.300 in call 1, and was answered after 600 ms
  the caller had spoken at 00:02.500 in call 1, and was answered after 200 ms`
        ],
        [
          { _tag: "TurnLatencyBelow", ms: 200, withinMs: 3000 },
          true,
          `every turn was answered within 200 ms (1 in all)
slowest: the caller had spoken at 00:02.500 in call 1, and was answered after 200 ms`
        ]
      ])
    }).pipe(Effect.provide(world(answering, [
      { afterMs: 500, voice: { _tag: "Speech", ms: 1000 } },
      { afterSilenceMs: 300, voice: { _tag: "Speech", ms: 500 } }
    ]))))

  it.effect("is judged before the call is over, as far as it has come", () =>
    Effect.gen(function*() {
      yield* placed
      yield* TestClock.adjust("1500 millis")
      const simulator = yield* Simulator
      const before = yield* simulator.evidence()
      yield* TestClock.adjust("5 seconds")
      assert.isFalse(check({ _tag: "CallerHeard", atLeastMs: 1000 }, before).pass)
      assert.isTrue(check({ _tag: "CallerHeard", atLeastMs: 1000 }, yield* simulator.evidence()).pass)
    }).pipe(Effect.provide(world(deaf, []))))
})
