/** What is known of the streams of calls that have ended: what was heard, and what was said, as far as there is room. */
import * as Recording from "../core/media/Recording.ts"
import type { StreamAccount } from "./AudioStream.ts"
import type { Journal } from "./Journal.ts"
import * as Shelf from "./shelf.ts"

/**
 * What is kept of ended calls: of how many with streams what was heard, and of how many bytes the recordings. The calls
 * that ended first go first, each with all its streams. Of a call that has more by itself than there is room for, the
 * streams that were opened first stay, as many as fit.
 */
export interface Kept {
  readonly calls: number
  readonly recordedBytes: number
}

export const defaultKept: Kept = { calls: 1000, recordedBytes: 256 * 1024 * 1024 }

/** Mutable, and owned by one engine. What it has of a call goes with the entries of that. */
export interface EndedStreams {
  /** Takes a call in, with its streams that were open, the first one first. */
  readonly put: (
    callId: string,
    opened: ReadonlyArray<StreamAccount>,
    recordingOf: (streamId: string) => Recording.Recording | undefined
  ) => void
  readonly ledgerOf: (callId: string) => ReadonlyArray<StreamAccount>
  /** Of the first stream, unless another is asked for. */
  readonly recordingOf: (callId: string, streamId?: string) => Recording.Recording | undefined
}

/** Every stream of a call, with what was recorded of it, if that is kept. */
type Recorded = ReadonlyMap<string, Recording.Recording | undefined>

const bytesOf = (recorded: Recorded): number =>
  [...recorded.values()].reduce((sum, one) => sum + (one === undefined ? 0 : Recording.byteLength(one)), 0)

export const make = (journal: Pick<Journal["Service"], "isEvicted">, kept: Kept): EndedStreams => {
  const accounts = Shelf.make<ReadonlyArray<StreamAccount>>(kept.calls, () => 1)
  const recordings = Shelf.make<Recorded>(kept.recordedBytes, bytesOf)

  const forgetEvicted = (callId: string): void => {
    if (!journal.isEvicted(callId)) return
    accounts.remove(callId)
    recordings.remove(callId)
  }

  return {
    put: (callId, opened, recordingOf) => {
      if (opened.length > 0) accounts.put(callId, opened)
      const recorded = new Map<string, Recording.Recording | undefined>()
      let bytes = 0
      for (const { streamId } of opened) {
        const recording = bytes <= kept.recordedBytes ? recordingOf(streamId) : undefined
        bytes += recording === undefined ? 0 : Recording.byteLength(recording)
        recorded.set(streamId, bytes <= kept.recordedBytes ? recording : undefined)
      }
      if (bytesOf(recorded) > 0) recordings.put(callId, recorded)
    },
    ledgerOf: (callId) => {
      forgetEvicted(callId)
      return accounts.get(callId) ?? []
    },
    recordingOf: (callId, asked) => {
      forgetEvicted(callId)
      const recorded = recordings.get(callId)
      const streamId = asked ?? recorded?.keys().next().value
      return streamId === undefined ? undefined : recorded?.get(streamId)
    }
  }
}
