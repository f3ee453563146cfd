/** What goes out on an audio stream: audio one after another and only so far ahead of what is heard, commands at once. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as AudioFrame from "../AudioFrame.ts"
import type * as LegacyPipeline from "../LegacyPipeline.ts"
import * as Playout from "../Playout.ts"
import * as Resampler from "../Resampler.ts"
import * as StreamCommand from "../StreamCommand.ts"
import { Reason, StreamError } from "../StreamError.ts"
import type { Options, Outcome } from "../StreamSession.ts"
import type * as StreamTransport from "../StreamTransport.ts"
import * as streamText from "./streamText.ts"
import * as turns from "./turns.ts"

/** How much audio one message holds, unless what is sent has less. */
const longestPieceMs = 200
const shortestPieceMs = 20

const sent: Effect.Effect<Outcome> = Effect.succeed("sent")
const interrupted: Effect.Effect<Outcome> = Effect.succeed("interrupted")

/** `closed` is how the connection ends, once it has. */
export const make = Effect.fnUntraced(function*(
  transport: StreamTransport.StreamTransport,
  closed: Effect.Effect<StreamTransport.Close>,
  options: Options
) {
  const rate = options.sampleRate === 8000 ? 8000 : 16_000
  const playout = yield* Playout.make(rate)
  const leadMs = Math.max(shortestPieceMs, Duration.toMillis(options.lead ?? "5 seconds"))
  const lead = Math.floor(leadMs * (rate / 1000))
  const pieceMs = Math.min(longestPieceMs, leadMs)
  const longestPiece = Math.round(pieceMs * (rate / 1000))
  const turn = turns.make()
  const line = turns.make()
  const interruption = yield* Latch.make()
  let interrupts = 0
  let resampler = Resampler.make(rate)

  const ended = (close: StreamTransport.Close) => new StreamError({ reason: Reason.Closed(close) })

  const write = (text: string): Effect.Effect<void, StreamError> => Effect.mapError(transport.send(text), ended)

  /** What was written is accounted for, even if nobody waits for it any more, and nothing else is. */
  const writeThen = <A>(text: string, account: Effect.Effect<A>): Effect.Effect<A, StreamError> =>
    Effect.uninterruptibleMask((restore) => Effect.andThen(restore(write(text)), account))

  const encode = (command: StreamCommand.StreamCommand): Effect.Effect<string, StreamError> =>
    Effect.fromResult(Result.mapError(
      StreamCommand.encode(command),
      (issues) => new StreamError({ reason: Reason.InvalidCommand({ issues }) })
    ))

  const command = (value: StreamCommand.StreamCommand) => Effect.flatMap(encode(value), write)

  /** Writes audio unless an interrupt came after the first `before`, with which it shares the line: nothing comes between. */
  const put = (text: string, sampleCount: number, before: number): Effect.Effect<Outcome, StreamError> =>
    line.take(
      Effect.suspend(() =>
        interrupts === before ? writeThen(text, Effect.as(playout.sent(sampleCount), "sent" as const)) : interrupted
      )
    )

  const putPiece = (piece: AudioFrame.AudioFrame, before: number) =>
    put(streamText.rawAudio(piece, rate), piece.samples.length, before)

  /** How much may remain, for so much to be sent at once. */
  const room = (sampleCount: number): number => Math.max(0, lead - sampleCount)

  /** Whether there is room for it as it is. */
  const fits = ({ sampleRate, samples: { length } }: AudioFrame.AudioFrame): boolean =>
    sampleRate === rate && resampler.from === rate && length > 0 && length <= longestPiece
    && playout.stateUnsafe().remaining <= room(length)

  const deliverAll = Effect.fnUntraced(function*(frame: AudioFrame.AudioFrame, before: number) {
    const [next, resampled] = Resampler.step(resampler, frame)
    resampler = next
    for (const piece of AudioFrame.split(resampled, pieceMs)) {
      yield* playout.whenAtMost(room(piece.samples.length))
      if ((yield* putPiece(piece, before)) === "interrupted") return "interrupted"
    }
    return interrupts === before ? "sent" : "interrupted"
  })

  const deliver = (frame: AudioFrame.AudioFrame, before: number): Effect.Effect<Outcome, StreamError> => {
    if (interrupts !== before) return interrupted
    return fits(frame) ? putPiece(frame, before) : deliverAll(frame, before)
  }

  /** Runs in turn, unless an interrupt comes first. */
  const inTurn = <E, R>(run: (before: number) => Effect.Effect<Outcome, E, R>): Effect.Effect<Outcome, E, R> =>
    Effect.suspend(() => {
      const before = interrupts
      return turn.take(Effect.suspend(() => interrupts === before ? run(before) : interrupted))
    })

  /** Sends a frame that has to wait for nothing, and tells whether it did. */
  const sendAtOnce = (frame: AudioFrame.AudioFrame): boolean => {
    if (!turn.isFree() || !line.isFree() || !fits(frame)) return false
    if (transport.offerUnsafe?.(streamText.rawAudio(frame, rate)) !== true) return false
    playout.sentUnsafe(frame.samples.length)
    return true
  }

  const send = (frame: AudioFrame.AudioFrame): Effect.Effect<Outcome, StreamError> =>
    Effect.suspend(() => sendAtOnce(frame) ? sent : inTurn((before) => deliver(frame, before)))

  /** Waits for an interrupt after the first `before`, which may have come. */
  const untilInterrupted = (before: number): Effect.Effect<Outcome> =>
    Effect.suspend(() => interrupts === before ? Effect.andThen(interruption.await, interrupted) : interrupted)

  const untilEnded = Effect.flatMap(closed, (close) => Effect.fail(ended(close)))

  const sendAll = <E, R>(frames: Stream.Stream<AudioFrame.AudioFrame, E, R>) =>
    inTurn((before) => {
      const sending = Stream.runForEachWhile(
        frames,
        (frame) => Effect.map(deliver(frame, before), (outcome) => outcome === "sent")
      )
      const outcome = Effect.suspend(() => interrupts === before ? sent : interrupted)
      return Effect.raceAllFirst([Effect.andThen(sending, outcome), untilInterrupted(before), untilEnded])
    })

  /** What the platform drops when it reads a text is dropped here when that is written. */
  const drop = (value: StreamCommand.StreamCommand): Effect.Effect<Playout.Cut, StreamError> =>
    Effect.flatMap(encode(value), (text) => line.take(writeThen(text, playout.interrupted)))

  const interrupt = Effect.suspend(() => {
    interrupts += 1
    resampler = Resampler.make(rate)
    return Effect.andThen(interruption.release, drop(StreamCommand.interrupt))
  })

  const run = (pipeline: LegacyPipeline.LegacyPipeline): Effect.Effect<void, StreamError> =>
    Effect.asVoid(drop(StreamCommand.run(pipeline)))

  const playEncoded = (file: StreamCommand.PlayAudioOptions) =>
    Effect.flatMap(encode(StreamCommand.playAudio(file)), (text) => inTurn((before) => put(text, 0, before)))

  return { playout, command, send, sendAll, playEncoded, interrupt, run }
})
