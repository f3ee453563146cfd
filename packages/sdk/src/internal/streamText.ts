/** Texts of the audio stream that are written and read all the time, or that only the platform sends. */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AudioFrame from "../AudioFrame.ts"
import type * as StreamEvent from "../StreamEvent.ts"
import * as Stream from "../wire/Stream.ts"
import * as base64 from "./base64.ts"

/** The text of raw audio up to its samples, and after them. Base64 has nothing that JSON would escape. */
const around = (sampleRate: 8000 | 16_000): readonly [before: string, after: string] => {
  const message: typeof Stream.StreamAudio.Type = {
    type: "streamAudio",
    data: { audioDataType: "raw", sampleRate, audioData: "|" }
  }
  const [before = "", after = ""] = JSON.stringify(message).split("|")
  return [before, after]
}

const around8000 = around(8000)
const around16000 = around(16_000)

/** The text of raw audio, as `StreamCommand.encode` writes it, without a judgement of what cannot be wrong. */
export const rawAudio = (frame: AudioFrame.AudioFrame, sampleRate: 8000 | 16_000): string => {
  const [before, after] = sampleRate === 8000 ? around8000 : around16000
  return before + base64.encode(AudioFrame.toBytes(frame)) + after
}

const read = Schema.decodeUnknownResult(Schema.fromJsonString(Stream.Event))

const asText = (value: string | number | undefined): Option.Option<string> =>
  Option.map(Option.fromUndefinedOr(value), String)

/** What the platform says, if it can be understood. */
export const event = (text: string): Option.Option<StreamEvent.StreamEvent> => {
  const decoded = read(text)
  if (Result.isFailure(decoded)) return Option.none()
  const wire = decoded.success
  switch (wire.event) {
    case "start":
      return Option.some({
        _tag: "Started",
        callId: asText(wire.start.callId ?? wire.start.cmiuuid),
        from: asText(wire.start.from),
        to: asText(wire.start.to)
      })
    case "dtmf":
      return Option.some({ _tag: "DigitPressed", digit: wire.dtmf.digit })
    case "stop":
      return Option.some({ _tag: "Ending" })
  }
}
