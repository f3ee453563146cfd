/**
 * One audio stream of a call, as an app sees it: frames come in, speech and commands go out.
 *
 * Bounds: call audio that the app does not take is dropped, oldest first, and counted; a command waits while the platform
 * does not keep up; audio is sent only so far ahead of what the caller hears.
 */
import type * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Pull from "effect/Pull"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { AudioError } from "./AudioError.ts"
import * as AudioFrame from "./AudioFrame.ts"
import type * as CallId from "./CallId.ts"
import * as inbox from "./internal/inbox.ts"
import * as speech from "./internal/speech.ts"
import * as streamText from "./internal/streamText.ts"
import * as LegacyAction from "./LegacyAction.ts"
import * as LegacyPipeline from "./LegacyPipeline.ts"
import * as Mix from "./Mix.ts"
import type * as Playout from "./Playout.ts"
import * as StreamCommand from "./StreamCommand.ts"
import type { StreamError } from "./StreamError.ts"
import type * as StreamEvent from "./StreamEvent.ts"
import type * as StreamTransport from "./StreamTransport.ts"
import type { Variables } from "./Variables.ts"
import * as Wav from "./Wav.ts"

/**
 * Which call a stream belongs to, as far as the app knows. Nothing of it comes from the stream itself.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallFacts {
  readonly callId?: CallId.CallId
  /** As the platform spelled it, which may be no number: callers withhold theirs. */
  readonly from?: string
  readonly to?: string
  /** Whatever else the app wants to know when the stream comes. */
  readonly variables?: Variables
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Default: nothing is known. */
  readonly call?: CallFacts
  /** Of the call audio: the `voice_quality` that the `stream` action asked for. */
  readonly sampleRate: 8000 | 16_000 | 32_000
  /** How many frames of call audio are kept for an app that does not take them. Default: 250, 5 s of 20 ms frames. */
  readonly frameCapacity?: number
  /**
   * How far ahead of what the caller hears audio is sent. Short, it is paced, and what was sent can be changed late; long,
   * it is sent in bursts and outlasts a slow network. Default: 5 s, at least 20 ms. The platform keeps 60 s (assumed).
   */
  readonly lead?: Duration.Input
}

/**
 * How the sending of audio ended: all of it was sent, or an interrupt came first and the rest was not.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome = "sent" | "interrupted"

/**
 * What has come in. `unreadable` counts messages: audio of odd length, none, or above 1 s, and texts that are not understood.
 *
 * @category models
 * @since 0.1.0
 */
export interface Received {
  readonly samples: number
  readonly droppedSamples: number
  readonly unreadable: number
}

/**
 * A live stream. All commands fail with `Closed` when it has ended.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamSession {
  readonly call: CallFacts
  readonly sampleRate: AudioFrame.SampleRate
  /**
   * Call audio that has come, at least one frame; done when the stream has ended. For hot loops: it waits by itself, so that
   * `Effect.forever` needs no turn of the event loop each time and can be told so, with `disableYield`.
   */
  readonly audio: Pull.Pull<Arr.NonEmptyReadonlyArray<AudioFrame.AudioFrame>>
  /** The same for comfort. Each frame goes to one taker only. */
  readonly frames: Stream.Stream<AudioFrame.AudioFrame>
  /** Texts of the platform, of which none is dropped: with 1024 that nobody took, the stream is closed with 1008. */
  readonly events: Stream.Stream<StreamEvent.StreamEvent>
  readonly received: Effect.Effect<Received>
  /** How the stream ended, once it has. */
  readonly closed: Effect.Effect<StreamTransport.Close>
  /** What the caller has heard of what was sent. Audio in mp3 and ogg is not counted. */
  readonly playout: Playout.Playout
  /**
   * Sends audio at any rate, after what is being sent already; what lies too far ahead waits. At the end of an utterance at
   * another rate, the delay of the {@link Resampler} (4.5 ms at most) stays behind.
   */
  readonly send: (frame: AudioFrame.AudioFrame) => Effect.Effect<Outcome, StreamError>
  /** Sends audio while it is made, with nothing else in between. An interrupt ends the stream that makes it, too. */
  readonly sendAll: <E, R>(
    frames: Stream.Stream<AudioFrame.AudioFrame, E, R>
  ) => Effect.Effect<Outcome, E | StreamError, R>
  /**
   * Plays a file: raw samples and WAV as by `send`, of two channels mixed; mp3 and ogg as they are, in one message.
   * Fails with an `AudioError` for raw samples and WAV that cannot be read.
   */
  readonly play: (file: AudioFile) => Effect.Effect<Outcome, AudioError | StreamError>
  /**
   * Drops what was not heard, here and at the platform: `send`, `sendAll` and `play` under way end as `interrupted`. It goes
   * out after the message that is being sent, and waits with it while the platform does not keep up; the cut is that of the
   * moment in which it went out. What is sent once it was asked for plays after it.
   */
  readonly interrupt: Effect.Effect<Playout.Cut, StreamError>
  /** Stops the call audio for a time; what is played goes on (assumed). */
  readonly pause: Effect.Effect<void, StreamError>
  /** Takes the call audio up again. */
  readonly resume: Effect.Effect<void, StreamError>
  /** Asks the platform to end the stream for good; the call goes on with its next action. */
  readonly stop: Effect.Effect<void, StreamError>
  /** Ends the call. */
  readonly hangup: Effect.Effect<void, StreamError>
  /**
   * Gives the call to a pipeline, as to join a human. What was sent and not heard is dropped, what is sent after is played;
   * the stream goes on for monitoring where it listens to both sides (all assumed). Fails with `InvalidCommand` too.
   */
  readonly handoff: (pipeline: LegacyPipeline.LegacyPipeline) => Effect.Effect<void, StreamError>
}

/**
 * Audio as files have it. `sampleRate` is that of raw samples, and what the platform is told of mp3 and ogg.
 *
 * @category models
 * @since 0.1.0
 */
export type AudioFile =
  | { readonly type: "wav"; readonly audio: Uint8Array }
  | { readonly type: "raw"; readonly audio: Uint8Array; readonly sampleRate: AudioFrame.SampleRate }
  | { readonly type: "mp3" | "ogg"; readonly audio: Uint8Array; readonly sampleRate: 8000 | 16_000 }

const eventCapacity = 1024
/** Far above the 20 ms that are assumed: a bound for what frames that wait can hold. */
const longestFrameMs = 1000
const goingAway: StreamTransport.Close = { code: 1000, reason: "" }
const overrun: StreamTransport.Close = { code: 1008, reason: "too many messages that were not taken" }

/** What comes in: it is taken from the transport as it comes, so that no app can stall the platform. */
const listen = Effect.fnUntraced(function*(transport: StreamTransport.StreamTransport, options: Options) {
  const capacity = Math.max(1, options.frameCapacity ?? 250)
  const longestBytes = 2 * longestFrameMs * (options.sampleRate / 1000)
  const frames = inbox.make<AudioFrame.AudioFrame, Cause.Done>()
  const events = yield* Queue.bounded<StreamEvent.StreamEvent, Cause.Done>(eventCapacity)
  const closed = yield* Deferred.make<StreamTransport.Close>()
  const overran = Deferred.makeUnsafe<never, StreamTransport.Close>()
  let samples = 0
  let droppedSamples = 0
  let unreadable = 0
  let hasText = false

  const hear = (bytes: Uint8Array): void => {
    const { byteLength } = bytes
    // Looked at first, since making an error takes longer than all the rest, and there may be a flood of them.
    const isAudio = byteLength > 0 && byteLength % 2 === 0 && byteLength <= longestBytes
    const frame = isAudio ? Result.getOrUndefined(AudioFrame.fromBytes(bytes, options.sampleRate)) : undefined
    if (frame === undefined) {
      unreadable += 1
      return
    }
    samples += frame.samples.length
    // An app that waits is not slow, however much comes at once.
    if (frames.size() >= capacity && !frames.flush()) droppedSamples += frames.dropOldest()?.samples.length ?? 0
    frames.add(frame)
  }

  const read = (text: string): void => {
    const event = streamText.event(text)
    if (Option.isNone(event)) {
      unreadable += 1
      return
    }
    hasText = true
    if (!Queue.offerUnsafe(events, event.value)) Deferred.doneUnsafe(overran, Effect.fail(overrun))
  }

  /** Whoever is told goes on at once, and may end the fiber that tells: nobody is forgotten for that. */
  const finish = Effect.fnUntraced(function*(close: StreamTransport.Close) {
    frames.end(Cause.Done())
    yield* Queue.end(events)
    if (!(yield* Deferred.succeed(closed, close))) return
    if (droppedSamples > 0) yield* Effect.logWarning(`${droppedSamples} samples of call audio were not taken in time`)
  }, Effect.uninterruptible)

  const receiver: StreamTransport.Receiver = {
    message: (message) => typeof message === "string" ? read(message) : hear(message),
    settle: () => {
      const hadText = hasText
      hasText = false
      return frames.flush() && !hadText
    }
  }

  /** Whoever waits for texts has a turn before the end is told: that may be the end of all that the app has forked. */
  const listening = Effect.raceFirst(transport.run(receiver), Deferred.await(overran)).pipe(
    Effect.catch((close: StreamTransport.Close) =>
      Effect.uninterruptible(
        transport.close(close).pipe(Effect.andThen(Effect.yieldNow), Effect.andThen(finish(close)))
      )
    )
  )

  const received = Effect.sync((): Received => ({ samples, droppedSamples, unreadable }))
  return { frames, events, closed: Deferred.await(closed), received, listening, finish }
})

/** The samples of a file that this package can read. */
const framesOf = (
  file: Extract<AudioFile, { readonly type: "raw" | "wav" }>
): Result.Result<AudioFrame.AudioFrame, AudioError> =>
  file.type === "raw"
    ? AudioFrame.fromBytes(file.audio, file.sampleRate)
    : Result.flatMap(Wav.decode(file.audio), (channels) => Mix.mix(channels))

/**
 * A session over a connection, until the scope closes; then it closes the connection with 1000.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: (
  transport: StreamTransport.StreamTransport,
  options: Options
) => Effect.Effect<StreamSession, never, Scope.Scope> = Effect.fnUntraced(function*(transport, options) {
  const { closed, events, finish, frames, listening, received } = yield* listen(transport, options)
  const { command, interrupt, playEncoded, playout, run, send, sendAll } = yield* speech.make(
    transport,
    closed,
    options
  )
  yield* Effect.addFinalizer(() => Effect.andThen(transport.close(goingAway), finish(goingAway)))
  yield* Effect.forkScoped(Effect.ensuring(listening, playout.interrupted))

  const play = (file: AudioFile): Effect.Effect<Outcome, AudioError | StreamError> =>
    file.type === "wav" || file.type === "raw"
      ? Effect.flatMap(Effect.fromResult(framesOf(file)), send)
      : playEncoded(file)

  const named = <A, E>(name: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.withSpan(effect, `StreamSession.${name}`)

  return {
    call: options.call ?? {},
    sampleRate: options.sampleRate,
    audio: frames.takeAll,
    frames: Stream.fromPull(Effect.succeed(frames.takeAll)),
    events: Stream.fromQueue(events),
    received,
    closed,
    playout,
    send,
    sendAll,
    play,
    interrupt: named("interrupt", interrupt),
    pause: named("pause", command(StreamCommand.pause)),
    resume: named("resume", command(StreamCommand.resume)),
    stop: named("stop", command(StreamCommand.stop)),
    hangup: named("hangup", run(LegacyPipeline.make([LegacyAction.hangup]))),
    handoff: (pipeline) => named("handoff", run(pipeline))
  }
})
