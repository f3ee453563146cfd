/** The telephone lines of one call: what they make of the voices on them, each in both directions. */
import * as Carrier from "../core/media/Carrier.ts"
import * as Chance from "../core/media/Chance.ts"
import type { Said, Sound } from "../core/media/Conversation.ts"

type SampleRate = Sound["sampleRate"]

/**
 * Packets are numbered by the frames of the tenant's time, so that all streams of a call lose the same.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lines {
  /** What reaches the platform of what a leg says in a frame, which may be asked for more than once. */
  readonly said: (legId: string, frame: number, sampleRate: SampleRate, said: Said | undefined) => Said | undefined
  /** Makes of a frame from the platform what the leg hears of it. A stream has a label of its own. */
  readonly hears: (legId: string, label: string, frame: number, sound: Sound) => void
}

/** One direction, with what it carried last. */
interface Carried {
  carrier: Carrier.Carrier
  frame: number
  samples: Int16Array
}

const isSilent = (samples: Int16Array): boolean => samples.every((sample) => sample === 0)

/**
 * Lines of which `lineOf` tells how they are. The label is the source of their chance.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (label: string, frameMs: number, lineOf: (legId: string) => Carrier.Line): Lines => {
  const lines = new Map<string, Carrier.Line>()
  const carried = new Map<string, Carried>()

  /** Nothing for a leg that hears every sample as it is. */
  const unclear = (legId: string): Carrier.Line | undefined => {
    const line = lines.get(legId) ?? lineOf(legId)
    lines.set(legId, line)
    return Carrier.isClear(line) ? undefined : line
  }

  const carry = (line: Carrier.Line, way: string, key: string, frame: number, sound: Sound): Int16Array => {
    const known = carried.get(key) ?? {
      carrier: Carrier.make(line, Chance.seedOf(`${label}/${way}`), sound.sampleRate),
      frame: -1,
      samples: sound.samples
    }
    if (known.frame === frame) return known.samples
    const [carrier, { samples }] = Carrier.carry(known.carrier, frame, sound)
    carried.set(key, { carrier, frame, samples })
    return samples
  }

  return {
    said: (legId, frame, sampleRate, said) => {
      const line = unclear(legId)
      if (line === undefined) return said
      const spoken = said?.samples ?? new Int16Array(frameMs * (sampleRate / 1000))
      const way = `${legId}/says`
      const samples = carry(line, way, `${way}/${sampleRate}`, frame, { samples: spoken, sampleRate })
      return said === undefined && isSilent(samples) ? undefined : { samples, voiced: said?.voiced ?? [] }
    },
    hears: (legId, stream, frame, sound) => {
      const line = unclear(legId)
      if (line === undefined) return
      const way = `${legId}/hears`
      sound.samples.set(carry(line, way, `${way}/${stream}`, frame, sound))
    }
  }
}
