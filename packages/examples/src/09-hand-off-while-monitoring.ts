/**
 * Lesson 9: hand the call to a human, and go on listening.
 *
 * A bot greets, lets the customer say what it is about, and joins a human. The stream was asked for with both voices: only
 * then it stays when the call is handed over (assumed), so that you can tell a supervisor how it goes. The pipeline that
 * you hand over is all that happens from then on, and it drops what the customer has not heard yet (assumed).
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/09-hand-off-while-monitoring.ts`.
 */
import {
  AudioFrame,
  LegacyAction,
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
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: this customer answers the greeting; the human answers after 1 s and talks. */
const settings = Config.all({
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007504"),
  human: phone("HUMAN", "914400007501"),
  streamUrl: Config.String("STREAM_URL").pipe(Config.withDefault("ws://127.0.0.1:8789")),
  streamPort: Config.Int("STREAM_PORT").pipe(Config.withDefault(8789))
})

/** What a supervisor sees. Times count in milliseconds from the hand-off. */
export interface Note {
  readonly what: "they talk" | "nobody has spoken for 3 s"
  readonly atMs: number
}

export class Supervisor extends Context.Service<Supervisor, {
  readonly tell: (note: Note) => Effect.Effect<void>
}>()("lessons/Supervisor") {}

const supervisorOnTheConsole = Layer.succeed(Supervisor, { tell: Console.log })

const greeting = AudioFrame.make(Int16Array.from({ length: 8000 }, (_, place) => 6000 * Math.sin(place / 6)), 8000)

export const handler = Effect.fn("handOff")(function*(session: StreamSession.StreamSession) {
  const { callerId, human } = yield* settings
  const supervisor = yield* Supervisor
  const speech = (options: TurnDetector.Options) =>
    Stream.mapAccum(session.frames, () => TurnDetector.make(options), TurnDetector.step)

  yield* session.send(greeting)
  yield* speech({}).pipe(Stream.takeUntil(({ _tag }) => _tag === "SpeechEnded"), Stream.runDrain)
  yield* session.playout.whenDrained
  yield* session.handoff(
    LegacyPipeline.make([LegacyAction.bridge({ from: callerId, to: human }), LegacyAction.hangup])
  )

  // The human speaks to the customer, not to you: from here on send nothing.
  yield* speech({ hangover: "3 seconds" }).pipe(
    Stream.runForEach(({ _tag, decidedAtMs }) =>
      supervisor.tell({ what: _tag === "SpeechStarted" ? "they talk" : "nobody has spoken for 3 s", atMs: decidedAtMs })
    )
  )
})

export const program = Effect.gen(function*() {
  const { callerId, customer } = yield* settings
  const streams = yield* StreamServer.StreamServer
  const calls = yield* LegacyCalls.LegacyCalls
  const stream = yield* streams.stream({ from: callerId, to: customer }, { listenMode: "both" })
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
  const platform = Layer.mergeAll(Piopiy.layerLegacyConfig, server, supervisorOnTheConsole).pipe(
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
