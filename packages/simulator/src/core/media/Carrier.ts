/**
 * The telephone network between a phone and the platform: 8 kHz, companded, packets that get lost.
 *
 * Nothing of it is documented of the platform's carriers; it is how telephone networks are.
 */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as G711 from "@effect-piopiy/sdk/G711"
import * as Resampler from "@effect-piopiy/sdk/Resampler"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Chance from "./Chance.ts"

/**
 * @category schemas
 * @since 0.1.0
 */
export const CarrierPlan = Schema.Struct({
  /** `none` leaves the samples as they are; the laws bring them to 8 kHz, 256 levels and back. */
  companding: Schema.Literals(["none", "mu-law", "a-law"]),
  /** Probability that a packet is lost, 0 to 1: it is heard as silence. */
  loss: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
  /** Decides which packets are lost. */
  seed: Schema.Natural
})
/** @since 0.1.0 */
export type CarrierPlan = typeof CarrierPlan.Type

/**
 * One direction of one call. Give it one packet at a time, of 20 ms.
 *
 * @category models
 * @since 0.1.0
 */
export interface Carrier {
  readonly plan: CarrierPlan
  readonly packets: number
  readonly lost: number
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
export const make = (plan: CarrierPlan, sampleRate: AudioFrame.SampleRate): Carrier => ({
  plan,
  packets: 0,
  lost: 0,
  down: Resampler.make(lineRate),
  up: Resampler.make(sampleRate)
})

/** G.711 takes frames of 8 kHz alone, which is what it gets. */
const companded = (frame: AudioFrame.AudioFrame, companding: CarrierPlan["companding"]): AudioFrame.AudioFrame => {
  switch (companding) {
    case "none":
      return frame
    case "mu-law":
      return Result.match(G711.encodeMuLaw(frame), { onFailure: () => frame, onSuccess: G711.decodeMuLaw })
    case "a-law":
      return Result.match(G711.encodeALaw(frame), { onFailure: () => frame, onSuccess: G711.decodeALaw })
  }
}

/**
 * Whether the network loses the packet of a number.
 *
 * @category getters
 * @since 0.1.0
 */
export const isLost = ({ loss, seed }: CarrierPlan, packet: number): boolean => Chance.happens(seed, packet, loss)

/**
 * Carries one packet. As many samples come out as went in when they are whole milliseconds; companding at other rates
 * than 8 kHz makes them come out 9 ms late, on account of the two filters.
 *
 * @category processing
 * @since 0.1.0
 */
export const carry = (self: Carrier, frame: AudioFrame.AudioFrame): readonly [Carrier, AudioFrame.AudioFrame] => {
  const isGone = isLost(self.plan, self.packets)
  const counted = { ...self, packets: self.packets + 1, lost: self.lost + (isGone ? 1 : 0) }
  const arrived = isGone ? AudioFrame.make(new Int16Array(frame.samples.length), frame.sampleRate) : frame
  if (self.plan.companding === "none") return [counted, arrived]
  const [down, narrow] = Resampler.step(self.down, arrived)
  const [up, wide] = Resampler.step(self.up, companded(narrow, self.plan.companding))
  return [{ ...counted, down, up }, wide]
}
