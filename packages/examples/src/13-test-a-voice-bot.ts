/**
 * Lesson 13: test a bot that speaks, in no time.
 *
 * A bot asks, listens, and answers. It is patient: who says nothing for 6 s is asked whether anybody is there, twice, and
 * then let go; and no call takes longer than five minutes. All that is about time, so a test on a real line takes as long
 * as the calls do. In test/13-test-a-voice-bot.test.ts time is virtual: the five minutes pass in about half a second, and
 * every test knows to the millisecond what the customer heard.
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/13-test-a-voice-bot.ts`.
 */
import {
  AudioFrame,
  LegacyCalls,
  LegacyPipeline,
  PhoneNumber,
  Piopiy,
  StreamServer,
  type StreamSession,
  TurnDetector
} from "@effect-piopiy/sdk"
import * as StreamServerNode from "@effect-piopiy/sdk/StreamServerNode"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberHandle from "effect/FiberHandle"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: this customer speaks whenever the bot has, twice, and then no more. */
const settings = Config.all({
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007504"),
  streamUrl: Config.String("STREAM_URL").pipe(Config.withDefault("ws://127.0.0.1:8789")),
  streamPort: Config.Int("STREAM_PORT").pipe(Config.withDefault(8789))
})

/** The voice of this bot is a hum, higher for a question. Put what your synthesiser speaks in its place. */
const hum = (ms: number, hertz: number): AudioFrame.AudioFrame =>
  AudioFrame.make(
    Int16Array.from({ length: ms * 8 }, (_, place) => 6000 * Math.sin((2 * Math.PI * hertz * place) / 8000)),
    8000
  )

const greeting = hum(3000, 300)
const answer = hum(2000, 200)
const anybodyThere = hum(800, 400)
const goodbye = hum(1000, 150)

export const handler = Effect.fn("talk")(function*(session: StreamSession.StreamSession) {
  const say = (voice: AudioFrame.AudioFrame) => Effect.andThen(session.send(voice), session.playout.whenDrained)

  /** The bot's side until the customer speaks: a text, then patience. */
  const speak = Effect.fnUntraced(function*(text: AudioFrame.AudioFrame) {
    yield* say(text)
    for (const next of [anybodyThere, anybodyThere, goodbye]) {
      yield* Effect.sleep("6 seconds")
      yield* say(next)
    }
    yield* session.hangup
  })

  // One side at a time: to begin with a text ends what the bot was at, and so does the customer.
  const side = yield* FiberHandle.make<void, unknown>()
  const begin = (text: AudioFrame.AudioFrame) => FiberHandle.run(side, speak(text))
  const fallSilent = Effect.andThen(FiberHandle.clear(side), session.interrupt)

  yield* begin(greeting)
  yield* session.frames.pipe(
    Stream.mapAccum(() => TurnDetector.make(), TurnDetector.step),
    Stream.runForEach(({ _tag }): Effect.Effect<unknown, unknown> =>
      _tag === "SpeechStarted" ? fallSilent : begin(answer)
    ),
    Effect.timeoutOrElse({ duration: "5 minutes", orElse: () => session.hangup })
  )
})

export const program = Effect.gen(function*() {
  const { callerId, customer } = yield* settings
  const streams = yield* StreamServer.StreamServer
  const calls = yield* LegacyCalls.LegacyCalls
  const stream = yield* streams.stream({ from: callerId, to: customer })
  return yield* calls.placePipelineCall({ callerId, to: customer, pipeline: LegacyPipeline.make([stream]) })
})

if (import.meta.main) {
  // The environment goes before these.
  const simulator = ConfigProvider.fromUnknown({
    PIOPIY_LEGACY_BASE_URL: "http://127.0.0.1:8787",
    PIOPIY_APP_ID: "1000001",
    PIOPIY_APP_SECRET: "sim-secret"
  })
  const server = Layer.unwrap(Effect.map(settings, ({ streamUrl }) => StreamServer.layer({ url: streamUrl })))
  const platform = Layer.merge(Piopiy.layerLegacyConfig, server).pipe(
    Layer.provide([FetchHttpClient.layer, ConfigProvider.layerAdd(simulator)])
  )
  const exit = await Effect.gen(function*() {
    const { streamPort } = yield* settings
    const over = yield* Latch.make()
    yield* StreamServerNode.make((session) => Effect.ensuring(handler(session), over.open), { port: streamPort })
    yield* Effect.tap(program, Console.log)
    yield* over.await
  }).pipe(
    Effect.scoped,
    Effect.provide(platform),
    Effect.tapCause((cause) => Console.error(Cause.pretty(cause))),
    Effect.runPromiseExit
  )
  process.exitCode = Exit.isSuccess(exit) ? 0 : 1
}
