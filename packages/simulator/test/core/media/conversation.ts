/** A conversation played against the media core, packet by packet, as an engine would. */
import * as Ledger from "../../../src/core/media/Ledger.ts"
import * as PlayoutQueue from "../../../src/core/media/PlayoutQueue.ts"
import * as Voice from "../../../src/core/media/Voice.ts"

export const sampleRate = 8000
const packet = 160

/** What happens at a moment, in ms. */
export type Happening =
  | { readonly at: number; readonly does: "caller speaks"; readonly ms: number }
  | { readonly at: number; readonly does: "app sends"; readonly ms: number }
  | { readonly at: number; readonly does: "app sends silence"; readonly ms: number }
  | { readonly at: number; readonly does: "app interrupts" }

export interface Heard {
  readonly ledger: Ledger.Ledger
  readonly queue: PlayoutQueue.PlayoutQueue
}

const sound = (voice: Voice.Voice): Int16Array => {
  const samples = new Int16Array(voice.sampleCount)
  voice.fill(0, samples)
  return samples
}

/** Happenings of one packet take place at its beginning. */
export const play = (happenings: ReadonlyArray<Happening>, ms: number, carrierMs = 0): Heard => {
  let ledger = Ledger.make(sampleRate)
  let queue = PlayoutQueue.make({
    capSamples: 60 * sampleRate,
    overflow: "newest",
    carrierSamples: carrierMs * 8,
    underrunSamples: 200 * 8
  })
  const said = happenings.flatMap((happening) =>
    happening.does === "caller speaks"
      ? [{ start: happening.at * 8, voice: Voice.speech({ seed: happening.at, ms: happening.ms }, sampleRate) }]
      : []
  )
  for (let at = 0; at < ms * 8; at += packet) {
    for (const happening of happenings) {
      if (happening.at * 8 < at || happening.at * 8 >= at + packet) continue
      if (happening.does === "app sends") {
        queue = PlayoutQueue.push(queue, sound(Voice.speech({ seed: 1, ms: happening.ms }, sampleRate)))
      }
      if (happening.does === "app sends silence") queue = PlayoutQueue.push(queue, new Int16Array(happening.ms * 8))
      if (happening.does === "app interrupts") {
        queue = PlayoutQueue.interrupt(queue)
        ledger = Ledger.interrupted(ledger, { at, tail: queue.counts.queued })
      }
    }
    const caller = new Int16Array(packet)
    const voiced = said.flatMap(({ start, voice }) => {
      const own = new Int16Array(packet)
      voice.fill(at - start, own)
      for (const [index, sample] of own.entries()) caller[index] = (caller[index] ?? 0) + sample
      return Voice.voicedWithin(voice, { from: at - start, sampleCount: packet, at })
    })
    ledger = Ledger.callerSaid(ledger, { at, samples: caller, voiced })
    const samples = new Int16Array(packet)
    const before = queue.counts.heard
    queue = PlayoutQueue.hear(queue, samples)
    ledger = Ledger.appHeard(ledger, { at, samples, heard: queue.counts.heard - before })
  }
  return { ledger, queue }
}
