/**
 * The voice bot of the demo. It greets, listens, talks back, falls silent when the caller cuts in, and hands the call to a
 * human while it goes on listening.
 */
import {
  AudioFrame,
  LegacyAction,
  LegacyPipeline,
  type PhoneNumber,
  type StreamSession,
  TurnDetector
} from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** The number that callers dial for the bot, and whom it hands them to. */
export interface BotLine {
  readonly number: PhoneNumber.PhoneNumber
  readonly human: PhoneNumber.PhoneNumber
}

const sampleRate = 8000

/** A hum that rises and falls four times a second: what a synthesiser would speak. */
const voice = (ms: number): AudioFrame.AudioFrame =>
  AudioFrame.make(
    Int16Array.from({ length: (ms * sampleRate) / 1000 }, (_, place) => {
      const turn = (2 * Math.PI * place) / sampleRate
      return 8000 * Math.sin(180 * turn) * (0.6 + 0.4 * Math.sin(4 * turn))
    }),
    sampleRate
  )

const greeting = voice(1000)
const explanation = voice(4000)
const farewell = voice(500)

/** What is done with the stream of each call, until it has ended. */
export const attend = ({ human, number }: BotLine) =>
  Effect.fn("attend")(function*(session: StreamSession.StreamSession) {
    const fallSilent = Effect.flatMap(
      session.playout.remaining,
      (remaining) => remaining > 0 ? Effect.asVoid(session.interrupt) : Effect.void
    )
    const whenAsked = session.frames.pipe(
      Stream.mapAccum(() => TurnDetector.make({ hangover: "400 millis" }), TurnDetector.step),
      Stream.tap(({ _tag }) => _tag === "SpeechStarted" ? fallSilent : Effect.void),
      Stream.takeUntil(({ _tag }) => _tag === "SpeechEnded"),
      Stream.runDrain
    )
    yield* session.send(greeting)
    yield* whenAsked
    yield* session.send(explanation)
    yield* whenAsked
    yield* session.send(farewell)
    yield* session.playout.whenDrained
    yield* session.handoff(
      LegacyPipeline.make([LegacyAction.bridge({ from: number, to: human }), LegacyAction.hangup])
    )
    yield* Stream.runDrain(session.frames)
  })
