/**
 * Lesson 7: fall silent when the customer begins to speak.
 *
 * The bot has a long text to say, and sends it ahead of what the customer hears. So when the customer cuts in, seconds of
 * it wait at the platform: an interrupt drops them. Nothing is acknowledged; what the customer has heard until then is an
 * estimate of the SDK. The bot answers when the customer is silent again.
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/07-barge-in.ts`.
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
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: this customer cuts in after 1.5 s of the text, speaks for 1 s, and waits for an answer. */
const settings = Config.all({
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007502"),
  streamUrl: Config.String("STREAM_URL").pipe(Config.withDefault("ws://127.0.0.1:8789")),
  streamPort: Config.Int("STREAM_PORT").pipe(Config.withDefault(8789))
})

const samplesPerMs = 8

/** The voice of this bot is a hum. Put your own recording here, or what a synthesiser speaks. */
const hum = (ms: number): AudioFrame.AudioFrame =>
  AudioFrame.make(
    Int16Array.from({ length: ms * samplesPerMs }, (_, place) => 6000 * Math.sin((2 * Math.PI * place) / 40)),
    8000
  )

const text = hum(8000)
const answer = hum(1000)

/** Loudness alone tells who speaks, which is enough here; on a real line take a detector that knows voices from noise. */
export const handler = Effect.fn("bargeIn")(function*(session: StreamSession.StreamSession) {
  // Sending waits while too much lies ahead. In a fiber of its own, it does not keep us from listening.
  const say = (voice: AudioFrame.AudioFrame) => Effect.forkScoped(session.send(voice))

  const fallSilent = Effect.gen(function*() {
    if ((yield* session.playout.remaining) === 0) return
    const { heardUpTo } = yield* session.interrupt
    yield* Console.log(`the customer cut in after ${heardUpTo / samplesPerMs} ms`)
  })

  yield* say(text)
  yield* session.frames.pipe(
    Stream.mapAccum(() => TurnDetector.make(), TurnDetector.step),
    Stream.runForEach(({ _tag }) => _tag === "SpeechStarted" ? fallSilent : say(answer))
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
