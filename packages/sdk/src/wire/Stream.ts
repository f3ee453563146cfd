/**
 * The WebSocket that carries the audio of a call. The platform is the client: it dials the `ws_url` of a `stream` action
 * (documented: official example servers).
 *
 * Call audio arrives as binary frames of signed 16-bit little-endian PCM, mono (documented), 20 ms each (assumed). What an
 * app sends is text, observed in `StreamAction` of the official Node SDK 1.2.0 and Python SDK 1.0.6. There are no
 * acknowledgements. What the platform sends as text, if anything, is assumed.
 */
import * as Schema from "effect/Schema"
import * as Limits from "./Limits.ts"
import * as PcmoLegacy from "./PcmoLegacy.ts"

/** With padding, without breaks, and with no bit set beyond the last byte: what encoding the decoded bytes gives again. */
const isCanonicalBase64 = (text: string): boolean => {
  if (text.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(text)) return false
  const padding = text.indexOf("=")
  return (padding === -1 || padding >= text.length - 2)
    && (padding === -1 || /^(?:..[AEIMQUYcgkosw048]=|.[AQgw]==)$/.test(text.slice(-4)))
}

/**
 * Bytes as text. The Node client wants canonical base64, the Python client any that is valid (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const Base64 = Schema.String.check(
  Schema.makeFilter(isCanonicalBase64, { expected: "base64 with padding, without line breaks" })
)

/**
 * Audio to be played after what is queued already. Empty audio passes (observed).
 *
 * @category messages
 * @since 0.1.0
 */
export const StreamAudio = Schema.Struct({
  type: Schema.Literal("streamAudio"),
  data: Schema.Struct({
    audioDataType: Schema.Literals(Limits.streamAudioTypes),
    sampleRate: Schema.Literals(Limits.streamSampleRates),
    audioData: Base64
  })
})

/**
 * `pause` and `resume` stop and restart the stream for a time, `stop` closes it for good (documented); that a pause stops
 * the audio of the call and not what is being played is assumed. `break` drops what is being played and what is queued
 * (documented; that it covers the queue is assumed).
 *
 * @category messages
 * @since 0.1.0
 */
export const Control = Schema.Struct({ action: Schema.Literals(["pause", "resume", "stop", "break"]) })

/**
 * What an app may send: audio, a control, or a list of actions that replaces the rest of the call's own (documented; that
 * it replaces is assumed). They are told apart by their shape.
 *
 * @category messages
 * @since 0.1.0
 */
export const Command = Schema.Union([StreamAudio, Control, PcmoLegacy.Pipeline])

/**
 * The first text of the platform, if it sends one. Assumed throughout: names follow other providers of such streams.
 * Open.
 *
 * @category messages
 * @since 0.1.0
 */
export const Start = Schema.Struct({
  event: Schema.Literal("start"),
  start: Schema.Struct({
    streamId: Schema.optionalKey(Schema.String),
    callId: Schema.optionalKey(Schema.String),
    cmiuuid: Schema.optionalKey(Schema.String),
    from: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
    to: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
    direction: Schema.optionalKey(Schema.String),
    mediaFormat: Schema.optionalKey(
      Schema.Struct({ encoding: Schema.String, sampleRate: Schema.Finite, channels: Schema.Finite })
    )
  })
})

/**
 * A key that the caller pressed (assumed; nothing public says that keys reach the stream). Open.
 *
 * @category messages
 * @since 0.1.0
 */
export const Dtmf = Schema.Struct({ event: Schema.Literal("dtmf"), dtmf: Schema.Struct({ digit: Schema.String }) })

/**
 * The last text of the platform, if it sends one (assumed). Open.
 *
 * @category messages
 * @since 0.1.0
 */
export const Stop = Schema.Struct({
  event: Schema.Literal("stop"),
  stop: Schema.optionalKey(Schema.Struct({ callId: Schema.optionalKey(Schema.String) }))
})

/**
 * What the platform may send as text (assumed).
 *
 * @category messages
 * @since 0.1.0
 */
export const Event = Schema.Union([Start, Dtmf, Stop])
