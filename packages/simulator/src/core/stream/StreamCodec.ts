/**
 * The platform's end of the audio WebSocket: what the messages of an app mean, and what the platform sends.
 *
 * Messages are judged as raw JSON. Their shapes are those that `StreamAction` of the official Node SDK 1.2.0 and
 * Python SDK 1.0.6 writes, spaced in any way (observed). What fits none of them is ignored (assumed; official
 * examples never see an error), with a reason.
 */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as base64 from "./base64.ts"
import type { StreamProfile } from "./StreamProfile.ts"

const audioTypes = ["raw", "wav", "mp3", "ogg"] as const
const audioRates = [8000, 16_000] as const

/** Levels of nested lists and objects that a PCMO list may have, itself included. */
export const maxDepth = 64

/** Characters that a PCMO list may have. */
export const maxListLength = 65_536

/** Characters of a key that a reason names. */
const maxKeyLength = 64

/**
 * Audio to play: bytes still as they came. `raw` is whole samples of s16le, mono; the others may turn out not to
 * decode.
 *
 * @category models
 * @since 0.1.0
 */
export interface Audio {
  readonly _tag: "Audio"
  readonly type: (typeof audioTypes)[number]
  readonly sampleRate: number
  readonly bytes: Uint8Array
}

/**
 * A list of actions to run on the call, not judged further.
 *
 * @category models
 * @since 0.1.0
 */
export interface Pcmo {
  readonly _tag: "Pcmo"
  readonly json: ReadonlyArray<unknown>
}

/**
 * Why a message is ignored.
 *
 * @category models
 * @since 0.1.0
 */
export type Why =
  | "too-large"
  | "not-json"
  | "too-deep"
  | "unknown-shape"
  | "unknown-key"
  | "unknown-action"
  | "unknown-audio-type"
  | "unknown-rate"
  | "not-base64"
  | "no-audio"
  | "half-sample"
  | "binary"

/**
 * A message with no effect. `at` is the path of what is at fault, empty for the message as a whole.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ignored {
  readonly _tag: "Ignored"
  readonly why: Why
  readonly at: string
}

/**
 * What an app says.
 *
 * @category models
 * @since 0.1.0
 */
export type AppMessage =
  | Audio
  | Pcmo
  | { readonly _tag: "Pause" | "Resume" | "Stop" | "Break" }
  | Ignored

const ignored = (why: Why, at = ""): Ignored => ({ _tag: "Ignored", why, at })

const isDeeperThan = (maximum: number, json: ReadonlyArray<unknown>): boolean => {
  let level: ReadonlyArray<unknown> = [json]
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maximum) return true
    level = level.flatMap((value) => Object.values(Object(value)).filter(Predicate.isObjectOrArray))
  }
  return false
}

const unknownKey = (json: object, known: ReadonlyArray<string>): string | undefined =>
  Object.keys(json).find((key) => !known.includes(key))?.slice(0, maxKeyLength)

/** `pause`, `resume`, `stop` (documented) and `break` (observed). */
const controls: ReadonlyMap<unknown, "Pause" | "Resume" | "Stop" | "Break"> = new Map([
  ["pause", "Pause"],
  ["resume", "Resume"],
  ["stop", "Stop"],
  ["break", "Break"]
])

const readControl = (json: { readonly [key: string]: unknown }): AppMessage => {
  const extra = unknownKey(json, ["action"])
  if (extra !== undefined) return ignored("unknown-key", extra)
  const _tag = controls.get(json["action"])
  return _tag === undefined ? ignored("unknown-action", "action") : { _tag }
}

const played = (type: Audio["type"], sampleRate: number, bytes: Uint8Array, at: string): AppMessage => {
  if (bytes.length === 0) return ignored("no-audio", at)
  return type === "raw" && bytes.length % 2 !== 0
    ? ignored("half-sample", at)
    : { _tag: "Audio", type, sampleRate, bytes }
}

const readAudio = (json: { readonly [key: string]: unknown }): AppMessage => {
  const extra = unknownKey(json, ["type", "data"])
  if (extra !== undefined) return ignored("unknown-key", extra)
  const { data } = json
  if (!Predicate.isObject(data)) return ignored("unknown-shape", "data")
  const extraData = unknownKey(data, ["audioDataType", "sampleRate", "audioData"])
  if (extraData !== undefined) return ignored("unknown-key", `data.${extraData}`)
  const type = audioTypes.find((known) => known === data["audioDataType"])
  if (type === undefined) return ignored("unknown-audio-type", "data.audioDataType")
  const sampleRate = audioRates.find((known) => known === data["sampleRate"])
  if (sampleRate === undefined) return ignored("unknown-rate", "data.sampleRate")
  const text = data["audioData"]
  const bytes = typeof text === "string" ? base64.decode(text) : undefined
  return bytes === undefined
    ? ignored("not-base64", "data.audioData")
    : played(type, sampleRate, bytes, "data.audioData")
}

const readList = (json: ReadonlyArray<unknown>): AppMessage =>
  isDeeperThan(maxDepth, json) ? ignored("too-deep") : { _tag: "Pcmo", json }

/** Whether a text, if it is JSON, is a list. */
const isList = (text: string): boolean => /^[ \t\n\r]*\[/.test(text)

/**
 * Reads a text: a list is PCMO, an object with an `action` is a control, one with the type `streamAudio` is audio.
 * Keys that no source shows are not overlooked: they spoil the message (assumed). Empty audio, which both official
 * clients let through, plays nothing.
 *
 * @category reading
 * @since 0.1.0
 */
export const readText = (profile: StreamProfile, text: string): AppMessage => {
  // No text has fewer bytes than characters; the socket counts bytes.
  if (text.length > profile.maxMessageBytes) return ignored("too-large")
  return readRawAudio(text) ?? readAny(text)
}

/** Raw audio up to its letters, with the keys in the order of the official clients, spaced in any way that JSON takes. */
const rawAudioHead = new RegExp(
  "^{ \"type\" : \"streamAudio\" , \"data\" : { \"audioDataType\" : \"raw\" , \"sampleRate\" : (8000|16000) , \"audioData\" : \""
    .replaceAll(" ", "[ \\t\\n\\r]*").replaceAll("{", "\\{")
)
const rawAudioTail = "\"}}"

/**
 * Nearly all that an app says, without a detour by JSON: base64 between such ends means the same in any reading. Whatever
 * differs is left to {@link readAny}, bad audio as well.
 */
const readRawAudio = (text: string): AppMessage | undefined => {
  const head = rawAudioHead.exec(text)
  if (head === null || !text.endsWith(rawAudioTail)) return undefined
  const bytes = base64.decode(text, head[0].length, text.length - rawAudioTail.length)
  return bytes === undefined || bytes.length === 0 || bytes.length % 2 !== 0
    ? undefined
    : { _tag: "Audio", type: "raw", sampleRate: Number(head[1]), bytes }
}

const readAny = (text: string): AppMessage => {
  // Brackets without end would take half a second to parse, in which no other stream has its frames.
  if (text.length > maxListLength && isList(text)) return ignored("too-large")
  const parsed = Result.try((): unknown => JSON.parse(text))
  if (Result.isFailure(parsed)) return ignored("not-json")
  const json = parsed.success
  if (Array.isArray(json)) return readList(json)
  if (!Predicate.isObject(json)) return ignored("unknown-shape")
  if (Object.hasOwn(json, "action")) return readControl(json)
  return json["type"] === "streamAudio" ? readAudio(json) : ignored("unknown-shape")
}

/**
 * Reads a binary message: raw audio at the rate of the stream where the profile plays it, and ignored otherwise
 * (assumed). The bytes are not copied.
 *
 * @category reading
 * @since 0.1.0
 */
export const readBinary = (profile: StreamProfile, sampleRate: number, bytes: Uint8Array): AppMessage => {
  if (bytes.length > profile.maxMessageBytes) return ignored("too-large")
  return profile.playsBinary ? played("raw", sampleRate, bytes, "") : ignored("binary")
}

/** Samples of such a machine are bytes of the wire already. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/**
 * Call audio as the bytes of one binary message: s16le (documented). The bytes are a copy, in an array of their own or in
 * one that is given, twice as long as there are samples.
 *
 * @category writing
 * @since 0.1.0
 */
export const frame = (samples: Int16Array, bytes: Uint8Array = new Uint8Array(2 * samples.length)): Uint8Array => {
  if (isLittleEndian) {
    bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
    return bytes
  }
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] ?? 0
    bytes[2 * index] = sample
    bytes[2 * index + 1] = sample >> 8
  }
  return bytes
}

/**
 * What the first text tells, where the profile sends one.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamFacts {
  readonly streamId: string
  readonly callId: string
  readonly cmiuuid: string
  readonly from: string | number
  readonly to: string | number
  readonly direction: "inbound" | "outbound"
  readonly appId?: number
  readonly extraParams?: unknown
  readonly sampleRate: number
  readonly channels: 1 | 2
}

/**
 * The first text, or none: by the profile (assumed).
 *
 * @category writing
 * @since 0.1.0
 */
export const startText = (
  profile: StreamProfile,
  { appId, channels, extraParams, sampleRate, ...facts }: StreamFacts
): string | undefined => {
  if (!profile.sendsStart) return undefined
  const mediaFormat = { encoding: "audio/l16", sampleRate, channels }
  return JSON.stringify({
    event: "start",
    start: { ...facts, appid: appId, extra_params: extraParams, mediaFormat }
  })
}

/**
 * The text for a key of the caller, or none: by the profile (assumed).
 *
 * @category writing
 * @since 0.1.0
 */
export const dtmfText = (profile: StreamProfile, digit: string): string | undefined =>
  profile.sendsDtmf ? JSON.stringify({ event: "dtmf", dtmf: { digit } }) : undefined

/**
 * The last text, or none: by the profile (assumed).
 *
 * @category writing
 * @since 0.1.0
 */
export const stopText = (profile: StreamProfile, callId: string): string | undefined =>
  profile.sendsStop ? JSON.stringify({ event: "stop", stop: { callId } }) : undefined
