/**
 * The telephone line between a phone and the platform: 8 kHz, companded, packets that get lost.
 *
 * Nothing of it is documented of the platform's carriers; it is how telephone lines are.
 */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as G711 from "@effect-piopiy/sdk/G711"
import * as Resampler from "@effect-piopiy/sdk/Resampler"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Chance from "./Chance.ts"

const optional = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(schema.annotate({ description }))

/**
 * What a line does to a voice. One that names nothing leaves every sample as it is.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Line = Schema.Struct({
  codec: optional(
    "pcmu and pcma bring a voice to 8 kHz and 256 levels (G.711, mu-law and A-law); wideband (default) leaves it.",
    Schema.Literals(["pcmu", "pcma", "wideband"])
  ),
  loss: optional(
    "The part of packets, of 20 ms each, that are lost and heard as silence: 0 (default) to 1.",
    Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
  ),
  burst: optional(
    "How many packets are lost one after another (default 1).",
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 500 }))
  )
}).annotate({ identifier: "Line" })
/** @since 0.1.0 */
export type Line = typeof Line.Type

/**
 * Whether a line leaves every sample as it is.
 *
 * @category guards
 * @since 0.1.0
 */
export const isClear = ({ codec = "wideband", loss = 0 }: Line): boolean => codec === "wideband" && loss === 0

/**
 * One direction of a line.
 *
 * @category models
 * @since 0.1.0
 */
export interface Carrier {
  readonly line: Line
  /** Decides which packets are lost. */
  readonly seed: number
  readonly down: Resampler.Resampler
  readonly up: Resampler.Resampler
}

const lineRate = 8000

/**
 * A line that has carried nothing yet, for audio of a rate.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (line: Line, seed: number, sampleRate: AudioFrame.SampleRate): Carrier => ({
  line,
  seed,
  down: Resampler.make(lineRate),
  up: Resampler.make(sampleRate)
})

/** G.711 takes frames of 8 kHz alone, which is what it gets. */
const companded = (frame: AudioFrame.AudioFrame, codec: Line["codec"]): AudioFrame.AudioFrame =>
  codec === "pcma"
    ? Result.match(G711.encodeALaw(frame), { onFailure: () => frame, onSuccess: G711.decodeALaw })
    : Result.match(G711.encodeMuLaw(frame), { onFailure: () => frame, onSuccess: G711.decodeMuLaw })

/**
 * Whether the line loses the packet of a number, from 0 on. Whole runs of `burst` packets are lost.
 *
 * @category getters
 * @since 0.1.0
 */
export const isLost = ({ line: { burst = 1, loss = 0 }, seed }: Carrier, packet: number): boolean =>
  Chance.happens(seed, Math.floor(packet / burst), loss)

/**
 * Carries the packet of a number, of 20 ms. As many samples come out as went in; companding at other rates than 8 kHz
 * makes them come out 9 ms late, on account of the two filters.
 *
 * @category processing
 * @since 0.1.0
 */
export const carry = (
  self: Carrier,
  packet: number,
  frame: AudioFrame.AudioFrame
): readonly [Carrier, AudioFrame.AudioFrame] => {
  const { codec = "wideband" } = self.line
  const arrived = isLost(self, packet)
    ? AudioFrame.make(new Int16Array(frame.samples.length), frame.sampleRate)
    : frame
  if (codec === "wideband") return [self, arrived]
  const [down, narrow] = Resampler.step(self.down, arrived)
  const [up, wide] = Resampler.step(self.up, companded(narrow, codec))
  return [{ ...self, down, up }, wide]
}
