/**
 * How the platform behaves on an audio stream wherever its sources are silent. A profile names one set of choices.
 *
 * All of it is assumed, mostly after the public behaviour of the FreeSWITCH module mod_audio_stream, whose messages
 * the platform's are; a field says so where another provider was the model. What is documented is no choice and is
 * not here.
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { Line } from "../media/Carrier.ts"
import { Network } from "../media/Network.ts"

/** The description says what it is, its unit, its default and its mark. */
const field = <S extends Schema.Codec<unknown, unknown>>(description: string, schema: S) =>
  schema.annotate({ description })

const Millis = Schema.Natural

const fields = {
  name: field("What reports call the profile. Default: conservative.", Schema.NonEmptyString),

  handshakeTimeoutMs: field("How long the platform waits for the handshake, ms. Default: 5000 (assumed).", Millis),
  offersDeflate: field(
    "Whether the handshake offers permessage-deflate. Default: no (assumed; the platform may).",
    Schema.Boolean
  ),
  reconnectAttempts: field(
    "How often the platform dials again when the handshake fails or the socket is lost. Default: 0 (assumed; "
      + "releases of the module before 2025 did reconnect).",
    Schema.Natural
  ),
  reconnectDelayMs: field("How long it waits before it dials again, ms. Default: 1000 (assumed).", Millis),

  sendsStart: field(
    "Whether a first text tells the facts of the call. Default: no (assumed; its names follow other providers).",
    Schema.Boolean
  ),
  sendsDtmf: field(
    "Whether a key that the caller presses is told as text. Default: no (assumed; the shape of Twilio and Telnyx).",
    Schema.Boolean
  ),
  sendsStop: field(
    "Whether a last text comes before the platform closes. Default: no (assumed; the shape of Twilio and Plivo).",
    Schema.Boolean
  ),

  frameMs: field(
    "Call audio in one binary frame, ms: a multiple of 20, at most 1000. Default: 20 (assumed).",
    Schema.Int.check(Schema.isBetween({ minimum: 20, maximum: 1000 }), Schema.isMultipleOf(20))
  ),
  silence: field(
    "Whether frames of nothing but silence are sent, as zeros, or withheld. Default: sent (assumed).",
    Schema.Literals(["sent", "withheld"])
  ),
  bothSides: field(
    "What listening to both sides gives: one channel with both voices mixed, or stereo, interleaved, the caller "
      + "first. Default: mixed (assumed; the official example records one channel).",
    Schema.Literals(["mixed", "stereo"])
  ),

  maxMessageBytes: field(
    "Longest message of the app that is looked at, bytes. Default: 4194304 (assumed; 60 s of raw audio fit).",
    Schema.Natural
  ),
  playsBinary: field(
    "Whether a binary message is played as raw audio at the rate of the stream. Default: no (assumed; one third "
      + "party sends such).",
    Schema.Boolean
  ),
  queueCapMs: field("Audio of the app that may wait to be played, ms. Default: 60000 (assumed).", Millis),
  overflow: field(
    "Which audio is dropped when more arrives than may wait: the newest or the oldest. Default: newest (assumed).",
    Schema.Literals(["newest", "oldest"])
  ),
  carrierBufferMs: field(
    "Audio that the carrier holds at any moment, ms: still heard after a break, dropped at hangup. Default: 0 "
      + "(assumed; as other providers describe their clear).",
    Millis
  ),
  pcmoDropsPlayback: field(
    "Whether a PCMO list drops what waits to be played, before it runs. Default: yes (assumed).",
    Schema.Boolean
  ),
  bridgeKeepsStream: field(
    "When the stream stays open though the app bridges the call to a human. Default: listening-to-both (assumed; the "
      + "vendor's notes promise a hand-off with monitoring).",
    Schema.Literals(["listening-to-both", "always", "never"])
  ),

  pingAfterMs: field(
    "How long nothing comes from the app before the platform pings, ms; 0 for no pings. Default: 30000 (assumed).",
    Millis
  ),
  pongTimeoutMs: field("How long it waits for the pong before it closes, ms. Default: 30000 (assumed).", Millis),
  lossGraceMs: field(
    "How long a call with nothing left to run stays up after the app's socket is lost, ms; with actions left it goes "
      + "on with them at once. Default: 2000 (assumed).",
    Millis
  ),

  network: field(
    "How the network between the platform and the app misbehaves: see scenarios. Default: none (assumed).",
    Network
  ),
  carrier: field(
    "The telephone lines of those who do not say otherwise: see scenarios. Default: none (assumed).",
    Line
  )
}

/**
 * One complete set of choices.
 *
 * @category schemas
 * @since 0.1.0
 */
export const StreamProfile = Schema.Struct(fields)
/** @since 0.1.0 */
export type StreamProfile = typeof StreamProfile.Type

/**
 * Some of the choices, as a configuration gives them.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Options = StreamProfile.mapFields(Struct.map(Schema.optionalKey))
/** @since 0.1.0 */
export type Options = typeof Options.Type

/**
 * The defaults: nothing beyond the audio that is documented.
 *
 * @category constants
 * @since 0.1.0
 */
export const conservative: StreamProfile = {
  name: "conservative",
  handshakeTimeoutMs: 5000,
  offersDeflate: false,
  reconnectAttempts: 0,
  reconnectDelayMs: 1000,
  sendsStart: false,
  sendsDtmf: false,
  sendsStop: false,
  frameMs: 20,
  silence: "sent",
  bothSides: "mixed",
  maxMessageBytes: 4 * 1024 * 1024,
  playsBinary: false,
  queueCapMs: 60_000,
  overflow: "newest",
  carrierBufferMs: 0,
  pcmoDropsPlayback: true,
  bridgeKeepsStream: "listening-to-both",
  pingAfterMs: 30_000,
  pongTimeoutMs: 30_000,
  lossGraceMs: 2000,
  network: {},
  carrier: {}
}

/**
 * A profile that differs from another, by default from {@link conservative}, in some choices. One without a name of
 * its own is called `custom`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options, base: StreamProfile = conservative): StreamProfile => ({
  ...base,
  name: "custom",
  ...options
})
