/**
 * Lesson 10: let a speech recogniser listen.
 *
 * A recogniser takes a stream of audio and gives a stream of words, later than they were spoken. Behind a service of that
 * shape stands the client of your vendor; here a stand-in, which hears when somebody speaks, and takes the words from a
 * script. Vendors fail in the middle of calls. Then the customer gets a human.
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/10-stream-to-a-recogniser.ts`.
 */
import { LegacyAction, LegacyCalls, LegacyPipeline, PhoneNumber, Piopiy, TurnDetector } from "@effect-piopiy/sdk"
import { type AudioFrame, StreamServer, type StreamSession } from "@effect-piopiy/sdk"
import * as StreamServerNode from "@effect-piopiy/sdk/StreamServerNode"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: this customer says two things; the human, if it comes to that, answers after 1 s. */
const settings = Config.all({
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007503"),
  human: phone("HUMAN", "914400007501"),
  streamUrl: Config.String("STREAM_URL").pipe(Config.withDefault("ws://127.0.0.1:8789")),
  streamPort: Config.Int("STREAM_PORT").pipe(Config.withDefault(8789))
})

/** What was said, by when, in milliseconds of audio. */
export interface Word {
  readonly text: string
  readonly spokenByMs: number
}

export class RecogniserFailed extends Data.TaggedError("RecogniserFailed")<{ readonly why: string }> {}

export class Recogniser extends Context.Service<Recogniser, {
  readonly transcribe: <E, R>(
    frames: Stream.Stream<AudioFrame.AudioFrame, E, R>
  ) => Stream.Stream<Word, E | RecogniserFailed, R>
}>()("lessons/Recogniser") {
  /** For each utterance that it hears the next line of the script, once 500 ms of silence have followed. */
  static readonly layerScript = (...lines: ReadonlyArray<string>) =>
    Layer.succeed(this, {
      transcribe: (frames) =>
        frames.pipe(
          Stream.mapAccum(() => TurnDetector.make(), TurnDetector.step),
          Stream.filter(({ _tag }) => _tag === "SpeechEnded"),
          Stream.zip(Stream.fromIterable(lines)),
          Stream.map(([{ atMs }, line]) => line.split(" ").map((text): Word => ({ text, spokenByMs: atMs }))),
          Stream.flattenIterable
        )
    })
}

const handToHuman = Effect.fnUntraced(function*(session: StreamSession.StreamSession, why: string) {
  const { callerId, human } = yield* settings
  yield* Console.log(`no recogniser: ${why}`)
  yield* session.handoff(LegacyPipeline.make([LegacyAction.bridge({ from: callerId, to: human })]))
})

/** Prints the words as they come, and hangs up after "goodbye". */
export const handler = Effect.fn("listen")(
  function*(session: StreamSession.StreamSession) {
    const recogniser = yield* Recogniser
    yield* recogniser.transcribe(session.frames).pipe(
      Stream.tap(({ spokenByMs, text }) => Console.log(`${spokenByMs} ms ${text}`)),
      Stream.runForEachWhile(({ text }) => Effect.succeed(text !== "goodbye"))
    )
    yield* session.hangup
  },
  (listening, session) => Effect.catchTag(listening, "RecogniserFailed", ({ why }) => handToHuman(session, why))
)

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
  const recogniser = Recogniser.layerScript("my order is late", "goodbye")
  const platform = Layer.mergeAll(Piopiy.layerLegacyConfig, server, recogniser).pipe(
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
