/** The texts that an app sends on the audio stream, from commands and back. */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import type { Issues } from "../Issue.ts"
import * as LegacyPipeline from "../LegacyPipeline.ts"
import type * as StreamCommand from "../StreamCommand.ts"
import * as Stream from "../wire/Stream.ts"
import { build, canonical } from "./canonical.ts"
import { encode as encodePcmo, legacyPipeline } from "./encodeLegacyPipeline.ts"
import { encodePlain, field, type Leaf, struct, tagged } from "./fields.ts"
import * as judge from "./judge.ts"
import { attempt, getIn, isArray, isRecord, shapeOf } from "./plainData.ts"

const isBytes = (value: unknown): value is Uint8Array => attempt(() => value instanceof Uint8Array, false)

/** Bytes or base64 here; base64 on the wire and in canonical form. */
const base64: Leaf = {
  encode: (value, at, trace) => isBytes(value) ? Base64.encode(value) : encodePlain(value, at, trace),
  canonical: (value) => isBytes(value) ? Base64.encode(value) : undefined
}

export const audio = tagged("type", {
  PlayAudio: {
    wireTag: "streamAudio",
    rows: [
      field("type", "data.audioDataType"),
      field("sampleRate", "data.sampleRate"),
      field("audio", "data.audioData", base64)
    ]
  }
})

export const control = tagged("action", {
  Pause: { wireTag: "pause", rows: [] },
  Resume: { wireTag: "resume", rows: [] },
  Stop: { wireTag: "stop", rows: [] },
  Interrupt: { wireTag: "break", rows: [] }
})

export const run = struct([field("pipeline", "pcmo", legacyPipeline)])

const encodeAudio = judge.encode(audio, Stream.StreamAudio)

const encodeControl = judge.encode(control, Stream.Control)

const encodeRun = (command: unknown): Result.Result<unknown, Issues> => {
  const untagged = attempt(() => isRecord(command) ? { ...command, _tag: undefined } : command, command)
  return Result.map(encodePcmo(untagged), ({ pcmo }) => pcmo)
}

const encodeUntexted = (command: unknown): Result.Result<unknown, Issues> => {
  const tag = attempt(() => getIn(command, ["_tag"]), undefined)
  switch (tag) {
    case "PlayAudio":
      return encodeAudio(command)
    case "Run":
      return encodeRun(command)
    case "Pause":
    case "Resume":
    case "Stop":
    case "Interrupt":
      return encodeControl(command)
    default:
      return refused("_tag", "\"PlayAudio\", \"Pause\", \"Resume\", \"Stop\", \"Interrupt\" or \"Run\"", tag)
  }
}

const refused = (path: string, expected: string, value: unknown): Result.Result<never, Issues> =>
  Result.fail([{ path, wirePath: path, message: `Expected ${expected}, got ${shapeOf(value)}` }])

/** The text of a command, or every problem of it. */
export const encode = (command: unknown): Result.Result<string, Issues> =>
  Result.map(encodeUntexted(command), (json) => JSON.stringify(json))

const decodeAudio = judge.decode(audio, Stream.StreamAudio)

const decodeControl = judge.decode(control, Stream.Control)

/** The command of a text, or every problem of it. */
export function decode(text: string): Result.Result<StreamCommand.StreamCommand, Issues>
export function decode(text: unknown): Result.Result<unknown, Issues> {
  if (typeof text !== "string") return refused("", "text", text)
  const parsed = Result.try((): unknown => JSON.parse(text))
  if (Result.isFailure(parsed)) return refused("", "JSON", text)
  const json = parsed.success
  if (isArray(json)) return Result.map(LegacyPipeline.decode(json), (pipeline) => build(run, "Run", { pipeline }))
  if (!isRecord(json)) return refused("", "a list of actions, or an object", json)
  return Object.hasOwn(json, "action")
    ? Result.map(decodeControl(json), (value) => canonical(control, value))
    : Result.map(decodeAudio(json), (value) => canonical(audio, value))
}
