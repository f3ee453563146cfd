/** What a stream sends to the app: frames of the call's audio put together to messages, which go out in their order. */
import * as slab from "../core/slab.ts"
import type { Waiting } from "../core/stream/Passage.ts"
import * as StreamCodec from "../core/stream/StreamCodec.ts"
import type { StreamProfile } from "../core/stream/StreamProfile.ts"
import { frameMs } from "./Pacer.ts"
import type { Line } from "./StreamPort.ts"
import type { StreamTally } from "./streamTally.ts"

/** Audio that may wait in a socket: a frame that finds more there is dropped. */
const longestBacklogMs = 2000

/** Mutable, and owned by one stream. */
export interface Outgoing {
  /** A frame is to be sent. Its samples are copied. */
  readonly add: (line: Line, samples: Int16Array) => void
  /** Frames that wait for the rest of their message go nowhere. */
  readonly withhold: () => void
  /** What has not left yet. */
  readonly waiting: (line: Line | undefined) => Waiting
  /** Sends what is ready. */
  readonly flush: (line: Line | undefined) => void
  /** The same in a moment in which nothing is under way that an answer would disturb. */
  readonly deliver: (line: Line | undefined) => void
}

const isSilent = (samples: Int16Array): boolean => {
  for (let index = 0; index < samples.length; index += 1) if (samples[index] !== 0) return false
  return true
}

const joined = (chunks: ReadonlyArray<Int16Array>): Int16Array => {
  const all = new Int16Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

export const make = (
  profile: Pick<StreamProfile, "frameMs" | "silence">,
  tally: StreamTally,
  samplesPerMs: number
): Outgoing => {
  const frameCount = profile.frameMs / frameMs
  const longestBacklog = 2 * longestBacklogMs * samplesPerMs
  let chunks: Array<Int16Array> = []
  const ready: Array<Uint8Array> = []
  let readyBytes = 0

  /** All of a message, once it is there. */
  const completed = (samples: Int16Array): Int16Array | undefined => {
    if (frameCount === 1) return samples
    chunks.push(samples.slice())
    if (chunks.length < frameCount) return undefined
    const whole = joined(chunks)
    chunks = []
    return whole
  }

  /** One after another: what is under way may bring more, and send it, which comes after the rest. */
  const each = (act: (message: Uint8Array) => void): void => {
    for (let message = ready.shift(); message !== undefined; message = ready.shift()) {
      readyBytes -= message.length
      act(message)
    }
  }

  return {
    add: (line, samples) => {
      const whole = completed(samples)
      if (whole === undefined) return
      if (profile.silence === "withheld" && isSilent(whole)) return tally.count("withheld", frameCount)
      if (line.bufferedBytes() + readyBytes > longestBacklog) return tally.count("dropped", frameCount)
      tally.count("sent", frameCount)
      const message = StreamCodec.frame(whole, slab.bytes(2 * whole.length))
      ready.push(message)
      readyBytes += message.length
    },
    withhold: () => {
      tally.count("withheld", chunks.length)
      chunks = []
    },
    waiting: (line) => ({
      messageMs: chunks.length * frameMs,
      lineMs: Math.floor((readyBytes + (line?.bufferedBytes() ?? 0)) / (2 * samplesPerMs))
    }),
    flush: (line) => each((message) => line?.send(message)),
    deliver: (line) =>
      each((message) => {
        if (line?.deliver === undefined) line?.send(message)
        else line.deliver(message)
      })
  }
}
