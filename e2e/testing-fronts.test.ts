/** One test body in memory under virtual time, and over sockets: what a test says does not depend on where it runs. */
import {
  Account,
  Action,
  AppId,
  Calls,
  LegacyCalls,
  LegacyPipeline,
  OnResult,
  PhoneNumber,
  Pipeline,
  Prompt,
  StreamServer,
  type StreamSession,
  Webhook,
  WebhookRouter
} from "@effect-piopiy/sdk"
import { type Entry, Party, Simulator, type SimulatorConfig } from "@effect-piopiy/simulator"
import { advance, Expect, Platform, until } from "@effect-piopiy/simulator/testing"
import * as OverSockets from "@effect-piopiy/simulator/testing/node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"

const clinic = PhoneNumber.make("914400000001")
const patient = PhoneNumber.make("919840000001")
const doctor = PhoneNumber.make("919840000002")

const configOf = (clock: "live" | "manual") =>
  ({
    people: {
      [patient]: Party.person({ answersAfterMs: 60 }),
      [doctor]: Party.person({ answersAfterMs: 60, talksForMs: 200 })
    },
    files: { "who.wav": 40, "thanks.wav": 40 },
    accounts: [{
      token: "clinic-token",
      appId: 77,
      appSecret: "clinic-secret",
      clock,
      answerUrl: "https://clinic.example/piopiy/answer",
      webhooks: { cdr: "https://clinic.example/piopiy/cdr" }
    }]
  }) satisfies SimulatorConfig.SimulatorConfig

/** Thanks whom it rang and who pressed a key, and rings its doctor for whoever presses one on a call that came in. */
const app = Layer.merge(
  WebhookRouter.layer({
    onAnswer: () =>
      Effect.succeed(LegacyPipeline.empty.pipe(
        LegacyPipeline.playGetInput({ prompt: "who.wav", url: "https://clinic.example/piopiy/digits" })
      )),
    onDigits: () => Effect.succeed(LegacyPipeline.empty.pipe(LegacyPipeline.bridge({ from: clinic, to: doctor }))),
    onCdr: () => Effect.void
  }),
  HttpRouter.add("POST", "/thanks", () =>
    Effect.map(
      Effect.fromResult(Webhook.reply(Pipeline.make([Action.play("thanks.wav"), Action.hangup]))),
      (text) => HttpServerResponse.text(text, { contentType: "application/json" })
    ))
)

const remind = Calls.Calls.use((calls) =>
  calls.placePipelineCall({
    callerId: clinic,
    to: patient,
    appId: AppId.make("reminders"),
    pipeline: Pipeline.make([
      Action.playGetInput({
        prompt: Prompt.file("who.wav"),
        input: ["dtmf"],
        dtmf: { maxDigits: 1 },
        onResult: OnResult.url("https://clinic.example/thanks")
      })
    ])
  })
).pipe(Effect.flatMap(({ callId }) => Effect.fromOption(callId)))

/** Waits until so many records of a call have been posted. */
const recorded = (callId: string, count: number) =>
  until(
    callId,
    (entries) =>
      entries.filter((entry) => entry._tag === "Delivered" && entry.notice._tag === "Record").length === count
  )

/** The test: nothing in it says where it runs. */
const body = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  const reminded = yield* remind
  yield* until(reminded, "Asked")
  yield* simulator.press(reminded, "1")
  yield* recorded(reminded, 1)
  yield* Expect.expect({ _tag: "HeardPrompt", text: "thanks.wav", call: reminded })

  const { callId, requestId } = yield* simulator.callIn({ from: patient, to: clinic })
  yield* until(callId, "Asked")
  yield* simulator.press(callId, "1")
  yield* until(callId, "Bridged")
  const found = yield* simulator.find(requestId)
  assert.strictEqual(found._tag === "Live" ? found.call.origin.callId : found._tag, callId)
  yield* recorded(callId, 2)
  assert.deepEqual((yield* simulator.cdrs(callId)).map(({ to }) => to), [doctor, clinic])

  const before = simulator.time.nowMs()
  assert.isAtLeast((yield* advance("50 millis")) - before, 50)
  return yield* simulator.journal()
})

/** Times, in entries and in what was posted. */
const times = /(\\?"(?:at|dueAt|time|\w+_time|\w+At|duration|durationMs|originEpochMs)\\?":)\d+/g

const textOf = (journal: ReadonlyArray<Entry.Entry>): string => journal.map((entry) => JSON.stringify(entry)).join("\n")
const timeless = (journal: ReadonlyArray<Entry.Entry>): string => textOf(journal).replace(times, "$1_")

const inMemory = body.pipe(
  Effect.provide(Platform.layer({ app, config: configOf("live") }), { local: true }),
  Effect.provide(TestClock.layer(), { local: true })
)

const caller = PhoneNumber.make("919840000003")

/** Gives each frame back once it has asked what is left on the account. */
const echo = (session: StreamSession.StreamSession) =>
  Effect.andThen(
    Account.Account.use((account) => account.balance),
    Stream.runForEach(session.frames, session.send)
  )

const streamConfig = {
  recordAudio: true,
  people: { [caller]: Party.person({ answersAfterMs: 60, talksForMs: 1200 }) }
}

const streamBody = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  const calls = yield* LegacyCalls.LegacyCalls
  const stream = yield* (yield* StreamServer.StreamServer).stream({ from: clinic, to: caller })
  const { requestId } = yield* calls.placePipelineCall({
    callerId: clinic,
    to: caller,
    pipeline: LegacyPipeline.make([stream])
  })
  const found = yield* Effect.flatMap(Effect.fromOption(requestId), simulator.find)
  const callId = found._tag === "Live" ? found.call.origin.callId : found._tag
  yield* until(callId, "Streaming")
  yield* simulator.say(callId, { _tag: "Speech", ms: 500 })
  yield* until(callId, "Ended")
  yield* Expect.expect({ _tag: "CallerHeard", call: callId, atLeastMs: 300 })
  assert.isDefined(yield* simulator.recording(callId))
  return stream
})

describe("a test body with streams", () => {
  it.effect("runs in memory", () =>
    Effect.asVoid(streamBody).pipe(Effect.provide(Platform.layerStreams(echo, { config: streamConfig }))))

  it.live("runs over sockets", () =>
    Effect.asVoid(streamBody).pipe(Effect.provide(OverSockets.layerStreams(echo, { config: streamConfig }))))
})

describe("a test body", () => {
  it.live("comes to the same journal in memory and over sockets, but for the times", () =>
    Effect.gen(function*() {
      const journal = yield* body
      assert.strictEqual(timeless(journal), timeless(yield* inMemory))
    }).pipe(Effect.provide(OverSockets.layer({ app, config: configOf("live") }))))

  it.live("comes to the same journal over sockets on a manual clock, times and all", () =>
    Effect.gen(function*() {
      const journal = yield* body
      assert.strictEqual(textOf(journal), textOf(yield* inMemory))
    }).pipe(Effect.provide(OverSockets.layer({ app, config: configOf("manual") }))))
})
