import {
  AudioFrame,
  LegacyPipeline,
  StreamServer,
  type StreamSession,
  TurnDetector,
  WebhookRouter
} from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** A tone: put what your synthesiser speaks in its place. */
const hum = (ms: number, hertz: number) =>
  AudioFrame.make(
    Int16Array.from({ length: ms * 8 }, (_, place) => 6000 * Math.sin((2 * Math.PI * hertz * place) / 8000)),
    8000
  )

/** Greets, falls silent when the caller speaks, and answers 500 ms after the caller's last word. */
export const bot = Effect.fn("bot")(function*(session: StreamSession.StreamSession) {
  yield* session.send(hum(3000, 300))
  yield* session.frames.pipe(
    Stream.mapAccum(() => TurnDetector.make(), TurnDetector.step),
    Stream.runForEach(({ _tag }): Effect.Effect<unknown, unknown> =>
      _tag === "SpeechStarted" ? session.interrupt : session.send(hum(2000, 200))
    )
  )
})

/** Whoever calls talks to the bot. */
export const app = WebhookRouter.layer({
  onAnswer: ({ callId, from, to }) =>
    StreamServer.StreamServer.use((streams) => streams.stream({ callId, from, to })).pipe(
      Effect.map((stream) => LegacyPipeline.make([stream]))
    )
})
