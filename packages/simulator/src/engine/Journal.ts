/**
 * Everything that happened in a tenant, in order, bounded.
 *
 * At the bound whole ended calls go, oldest first, and the requests from before they ended; calls in progress never do.
 * What a call's record says stays after its entries have gone.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { CallRecord } from "../core/call/CallRecord.ts"
import type { Broke, Draft, Entry, Turned } from "../core/journal/Entry.ts"
import * as Tally from "./Tally.ts"
import { Timeline } from "./Timeline.ts"

/**
 * Which entries: of one call, from a `seq` on, and how many at most. A fault of the request that placed a call is of that
 * call, though its entry could not know the id.
 *
 * @category models
 * @since 0.1.0
 */
export interface Query {
  readonly callId?: string
  readonly from?: number
  readonly limit?: number
}

/**
 * A tenant's journal.
 *
 * @category services
 * @since 0.1.0
 */
export class Journal extends Context.Service<Journal, {
  /** Numbers and dates the entry, keeps it, and returns its `seq`. */
  readonly append: (draft: Draft) => number
  readonly read: (query?: Query) => ReadonlyArray<Entry>
  /**
   * Entries as they come, from `query.from` on. A follower reads at its own pace and holds nothing back; one that falls
   * behind the bound goes on with the oldest entry that is left, visible as a gap in `seq`. Ends with the last entry
   * once the journal is finished, and not before.
   *
   * Nobody follows in the middle of what writes: when an entry is there to be read, its writer is done.
   */
  readonly follow: (query?: Query) => Stream.Stream<Entry>
  /**
   * Hands over what there is, and then each entry as it is written, so that none is missed at the bound. `take` comes
   * between an event and its commands: it must not throw, nor do anything to the tenant.
   */
  readonly copy: (take: (entry: Entry) => void) => void
  /** Tells followers that nothing more is to come. */
  readonly finish: Effect.Effect<void>
  /** The record of an ended call, also after its entries were evicted. */
  readonly record: (callId: string) => CallRecord | undefined
  /** The record of the ended call that a leg belonged to, by the leg's uuid. */
  readonly recordOfLeg: (uuid: string) => CallRecord | undefined
  readonly recordOfRequest: (requestId: string) => CallRecord | undefined
  readonly records: () => ReadonlyArray<CallRecord>
  /** Whether the call's entries are gone, and its record is not. */
  readonly isEvicted: (callId: string) => boolean
  readonly size: () => number
  /** The `seq` of the newest entry. */
  readonly last: () => number
  /** How many follow at this moment. */
  readonly followers: () => number
  /** How many there were, of entries and of what they tell, since the beginning. */
  readonly counts: (family: Tally.Family) => ReadonlyArray<Tally.Count>
}>()("@effect-piopiy/simulator/Journal") {}

/**
 * How much a journal keeps: entries in memory, and records of ended calls. At the bound the oldest ended calls lose
 * their entries, and the oldest records go.
 *
 * @category models
 * @since 0.1.0
 */
export interface Bounds {
  readonly entries: number
  readonly records: number
}

/** @since 0.1.0 */
export const defaultBounds: Bounds = { entries: 200_000, records: 100_000 }

/** The share of the bound that always stays, the newest. */
const stayingShare = 0.1

const endsCall = (entry: Entry): entry is Turned | Broke =>
  entry._tag === "Broke" || (entry._tag === "Turned" && entry.to === "Ended")

const make = (
  options: { readonly tenant: string; readonly seed: number; readonly version: string; readonly bounds: Bounds }
) =>
  Effect.gen(function*() {
    const timeline = yield* Timeline
    /** One for each follower, so that none can hold up another; open when there is something to read. */
    const news = new Set<Latch.Latch>()
    const takers: Array<(entry: Entry) => void> = []
    const { bounds, seed, tenant, version } = options
    const records = new Map<string, CallRecord>()
    const evicted = new Set<string>()
    /** The calls of records, by their request id, and by the uuids of legs other than the first. */
    const callOfRequest = new Map<string, string>()
    const callOfLeg = new Map<string, string>()
    /** The entries of each call that is kept. */
    const seqsOf = new Map<string, Array<number>>()
    /** Faults of requests that have placed no call so far, by the request's `seq`: the call begins with them. */
    const faultOf = new Map<number, number>()
    /** What may go, in this order: requests and other entries of no call that is kept, and calls by their last entry. */
    let leaving: Array<number> = []
    let left = 0
    const slack = Math.ceil(bounds.entries * stayingShare)
    const tally = Tally.make()
    /** By rising `seq`. An entry that has gone leaves its number until the log is closed up. */
    let log: Array<Entry | number> = []
    let kept = 0
    let seq = 0
    let finished = false

    /** The place of the first entry at or after `from`, by halving. */
    const indexOf = (from: number): number => {
      let low = 0
      let high = log.length
      while (low < high) {
        const middle = (low + high) >> 1
        const there = log[middle] ?? 0
        if ((typeof there === "number" ? there : there.seq) < from) low = middle + 1
        else high = middle
      }
      return low
    }

    /** The entry with this `seq`, if it is kept. */
    const entryAt = (wanted: number): Entry | undefined => {
      const there = log[indexOf(wanted)]
      return typeof there === "object" && there.seq === wanted ? there : undefined
    }

    const remove = (gone: number): void => {
      const entry = entryAt(gone)
      if (entry === undefined) return
      if (entry._tag === "Faulted" && entry.causedBy !== undefined) faultOf.delete(entry.causedBy)
      log[indexOf(gone)] = gone
      kept -= 1
    }

    const removeCall = (callId: string): void => {
      for (const gone of seqsOf.get(callId) ?? []) remove(gone)
      seqsOf.delete(callId)
      if (records.has(callId)) evicted.add(callId)
    }

    /** Lets go of the oldest that may go. The newest entries stay for a while, so that followers see how a call ended. */
    const evictOldest = (): boolean => {
      const oldest = leaving[left]
      if (oldest === undefined || oldest > seq - slack) return false
      left += 1
      const entry = entryAt(oldest)
      if (entry !== undefined && "callId" in entry && seqsOf.has(entry.callId)) removeCall(entry.callId)
      else remove(oldest)
      return true
    }

    /** Takes up the room of what has gone, once that is more than half. */
    const closeUp = (): void => {
      if (log.length > 2 * kept + slack) log = log.filter((entry) => typeof entry === "object")
      if (left > leaving.length / 2) {
        leaving = leaving.slice(left)
        left = 0
      }
    }

    const keepRecord = (record: CallRecord): void => {
      records.set(record.callId, record)
      callOfRequest.set(record.requestId, record.callId)
      for (const { uuid } of record.legs.slice(1)) callOfLeg.set(uuid, record.callId)
      if (records.size <= bounds.records) return
      for (const [callId, { legs, requestId }] of records) {
        records.delete(callId)
        evicted.delete(callId)
        callOfRequest.delete(requestId)
        for (const { uuid } of legs) callOfLeg.delete(uuid)
        break
      }
    }

    const wakeFollowers = (): void => {
      for (const latch of news) latch.openUnsafe()
    }

    /** The first entries of a call: its first turn, and before it the fault of the request that led to it. */
    const beginning = ({ causedBy, seq }: Turned): Array<number> => {
      const fault = faultOf.get(causedBy)
      if (fault === undefined) return [seq]
      faultOf.delete(causedBy)
      return [fault, seq]
    }

    const append = (draft: Draft): number => {
      seq += 1
      const entry: Entry = { seq, at: timeline.nowMs(), tenant, ...draft }
      log.push(entry)
      kept += 1
      tally.add(entry)
      const callId = "callId" in entry ? entry.callId : undefined
      const own = callId === undefined ? undefined : seqsOf.get(callId)
      if (own !== undefined) own.push(seq)
      else if (entry._tag === "Turned") seqsOf.set(entry.callId, beginning(entry))
      else if (entry._tag !== "Started") leaving.push(seq)
      if (entry._tag === "Faulted" && callId === undefined && entry.causedBy !== undefined) {
        faultOf.set(entry.causedBy, seq)
      }
      if (endsCall(entry)) leaving.push(seq)
      if (entry._tag === "Turned") {
        for (const command of entry.commands) if (command._tag === "WriteRecord") keepRecord(command.record)
      }
      if (kept > bounds.entries) {
        while (kept > bounds.entries && evictOldest()) continue
        closeUp()
      }
      for (const take of takers) take(entry)
      wakeFollowers()
      return seq
    }

    const readCall = (seqs: ReadonlyArray<number>, from: number, limit: number): ReadonlyArray<Entry> =>
      seqs.filter((one) => one >= from).slice(0, limit).flatMap((one) => {
        const entry = entryAt(one)
        return entry === undefined ? [] : [entry]
      })

    const read = ({ callId, from = 0, limit = Number.POSITIVE_INFINITY }: Query = {}): ReadonlyArray<Entry> => {
      const own = callId === undefined ? undefined : seqsOf.get(callId)
      if (own !== undefined) return readCall(own, from, limit)
      const found: Array<Entry> = []
      for (let index = indexOf(from); index < log.length && found.length < limit; index++) {
        const entry = log[index]
        if (typeof entry !== "object") continue
        if (callId === undefined || ("callId" in entry && entry.callId === callId)) found.push(entry)
      }
      return found
    }

    const listen = Effect.acquireRelease(
      Effect.sync(() => {
        const latch = Latch.makeUnsafe(false)
        news.add(latch)
        return latch
      }),
      (latch) => Effect.sync(() => news.delete(latch))
    )

    const batch = 256
    const follow = (query: Query = {}): Stream.Stream<Entry> =>
      Stream.unwrap(Effect.map(listen, (latch) => {
        let next = query.from ?? 0
        const pull: Effect.Effect<ReadonlyArray<Entry>> = Effect.suspend(() => {
          latch.closeUnsafe()
          const found = read({ ...query, from: next, limit: batch })
          const last = found.at(-1)
          if (last === undefined) {
            if (finished) return Effect.succeed(found)
            next = Math.max(next, seq + 1)
            return wait
          }
          next = last.seq + 1
          return Effect.succeed(found)
        })
        // Whoever opens a latch runs those who wait for it, here in the middle of a turn.
        const wait = latch.await.pipe(Effect.andThen(Effect.yieldNow), Effect.andThen(pull))
        return Stream.fromEffectRepeat(pull).pipe(
          Stream.takeWhile((found) => found.length > 0),
          Stream.flattenIterable
        )
      }))

    append({ _tag: "Started", version, seed, originEpochMs: timeline.originEpochMs })

    return Journal.of({
      append,
      read,
      follow,
      copy: (take) => {
        for (const entry of read()) take(entry)
        takers.push(take)
      },
      finish: Effect.sync(() => {
        finished = true
        wakeFollowers()
      }),
      record: (callId) => records.get(callId),
      recordOfLeg: (uuid) => records.get(callOfLeg.get(uuid) ?? uuid),
      recordOfRequest: (requestId) => records.get(callOfRequest.get(requestId) ?? ""),
      records: () => [...records.values()],
      isEvicted: (callId) => evicted.has(callId),
      size: () => kept,
      last: () => seq,
      followers: () => news.size,
      counts: tally.read
    })
  })

/**
 * An empty journal.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: { readonly tenant: string; readonly seed: number; readonly version: string; readonly bounds: Bounds }
): Layer.Layer<Journal, never, Timeline> => Layer.effect(Journal, make(options))
