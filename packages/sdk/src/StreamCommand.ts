/**
 * What an app says on the audio stream of a call.
 *
 * Everything here is text on the WebSocket, byte for byte as the official Node SDK 1.2.0 writes it (observed); nothing is
 * acknowledged. What a command does is documented, but for what a line calls assumed.
 */
import type * as Result from "effect/Result"
import { build } from "./internal/canonical.ts"
import * as streamCodec from "./internal/streamCodec.ts"
import type { Issues } from "./Issue.ts"
import type * as LegacyPipeline from "./LegacyPipeline.ts"

/**
 * Audio to be played: its bytes, or base64 with padding and without line breaks, as which it is kept.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlayAudioOptions {
  readonly audio: Uint8Array | string
  /** `raw` is signed 16-bit PCM, little-endian, mono. */
  readonly type: "raw" | "mp3" | "wav" | "ogg"
  readonly sampleRate: 8000 | 16000
}

/**
 * Plays audio after what is queued already.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlayAudio extends PlayAudioOptions {
  readonly _tag: "PlayAudio"
}

/**
 * Stops the stream for a time. Assumed: the audio of the call stops, that of the app plays on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Pause {
  readonly _tag: "Pause"
}

/**
 * Takes the stream up again.
 *
 * @category models
 * @since 0.1.0
 */
export interface Resume {
  readonly _tag: "Resume"
}

/**
 * Closes the stream for good.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stop {
  readonly _tag: "Stop"
}

/**
 * Drops what is being played; that it drops what is queued too is assumed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Interrupt {
  readonly _tag: "Interrupt"
}

/**
 * Runs actions of the older API on the call: hangs up, joins a human. That they replace what is left of the call's own
 * actions is assumed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Run {
  readonly _tag: "Run"
  readonly pipeline: LegacyPipeline.LegacyPipeline
}

/**
 * One message of an app.
 *
 * @category models
 * @since 0.1.0
 */
export type StreamCommand = PlayAudio | Pause | Resume | Stop | Interrupt | Run

/**
 * Plays audio after what is queued already. Later changes to the bytes do not show.
 *
 * @category constructors
 * @since 0.1.0
 */
export const playAudio = (options: PlayAudioOptions): PlayAudio => build(streamCodec.audio, "PlayAudio", options)

/**
 * Stops the stream for a time.
 *
 * @category constructors
 * @since 0.1.0
 */
export const pause: Pause = build(streamCodec.control, "Pause", {})

/**
 * Takes the stream up again.
 *
 * @category constructors
 * @since 0.1.0
 */
export const resume: Resume = build(streamCodec.control, "Resume", {})

/**
 * Closes the stream for good.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stop: Stop = build(streamCodec.control, "Stop", {})

/**
 * Drops what is being played, as when the caller speaks over it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const interrupt: Interrupt = build(streamCodec.control, "Interrupt", {})

/**
 * Runs actions on the call.
 *
 * @category constructors
 * @since 0.1.0
 */
export const run = (pipeline: LegacyPipeline.LegacyPipeline): Run => build(streamCodec.run, "Run", { pipeline })

/**
 * The text to send, or every problem of the command: audio that is no base64, an unknown type or rate, a faulty pipeline.
 * Wire paths are those of the message; of a pipeline, they begin with `pcmo`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode: (command: StreamCommand) => Result.Result<string, Issues> = streamCodec.encode

/**
 * Reads what an app sent, as any client spaces it, or tells every problem of it: a list of actions, audio or a control.
 * An empty list is refused, though the official clients send it when nothing is queued.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode: (text: string) => Result.Result<StreamCommand, Issues> = streamCodec.decode
