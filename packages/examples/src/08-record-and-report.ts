/**
 * Lesson 8: take a message.
 *
 * From a beep on the customer is recorded: until 2 s of silence after speech, for a minute, or until the customer hangs
 * up. Each of the three ends the frames below, so that no message is lost because somebody hung up. It is reported as a
 * WAV file, to whatever service takes it.
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/08-record-and-report.ts`.
 */
import {
  AudioFrame,
  LegacyCalls,
  LegacyPipeline,
  PhoneNumber,
  Piopiy,
  StreamServer,
  type StreamSession,
  TurnDetector,
  Wav
} from "@effect-piopiy/sdk"
import * as StreamServerNode from "@effect-piopiy/sdk/StreamServerNode"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: this customer speaks for 2 s after the beep, and then waits. */
const settings = Config.all({
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007504"),
  streamUrl: Config.String("STREAM_URL").pipe(Config.withDefault("ws://127.0.0.1:8789")),
  streamPort: Config.Int("STREAM_PORT").pipe(Config.withDefault(8789))
})

export interface Message {
  /** Who left it: what the app knew when it placed the call. */
  readonly call: StreamSession.CallFacts
  readonly lengthMs: number
  readonly wav: Uint8Array
}

/** Where messages go: a mailbox, a bucket, a table. */
export class Messages extends Context.Service<Messages, {
  readonly report: (message: Message) => Effect.Effect<void>
}>()("lessons/Messages") {}

const messagesOnTheConsole = Layer.succeed(Messages, {
  report: ({ call, lengthMs, wav }) => Console.log(`${call.to} left ${lengthMs} ms, ${wav.length} bytes of WAV`)
})

const beep = AudioFrame.make(Int16Array.from({ length: 3200 }, (_, place) => 6000 * Math.sin(place / 2)), 8000)
const framesPerMinute = 60 * 50

/** Each frame, and whether the customer has been silent for long enough with it. */
const listen = (detector: TurnDetector.TurnDetector, frame: AudioFrame.AudioFrame) => {
  const [next, events] = TurnDetector.step(detector, frame)
  return [next, [{ frame, isLast: events.some(({ _tag }) => _tag === "SpeechEnded") }]] as const
}

export const handler = Effect.fn("takeMessage")(function*(session: StreamSession.StreamSession) {
  const messages = yield* Messages
  yield* session.send(beep)
  const heard = yield* session.frames.pipe(
    Stream.mapAccum(() => TurnDetector.make({ hangover: "2 seconds" }), listen),
    Stream.takeUntil(({ isLast }) => isLast),
    Stream.take(framesPerMinute),
    Stream.runCollect
  )
  if (heard.length === 0) return
  const message = yield* Effect.fromResult(AudioFrame.concat(heard.map(({ frame }) => frame)))
  const wav = yield* Effect.fromResult(Wav.encode([message]))
  yield* messages.report({ call: session.call, lengthMs: AudioFrame.durationMs(message), wav })
  yield* session.hangup
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
  const platform = Layer.mergeAll(Piopiy.layerLegacyConfig, server, messagesOnTheConsole).pipe(
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
