/** One tenant, as whoever tests or watches sees it: its calls, the people on them, its time, and what it remembers. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Call } from "./core/call/Call.ts"
import type { CallRecord } from "./core/call/CallRecord.ts"
import * as Cdr from "./core/call/Cdr.ts"
import type { Evidence } from "./core/expect/Evidence.ts"
import type { Entry } from "./core/journal/Entry.ts"
import type { Recording } from "./core/media/Recording.ts"
import * as inbound from "./edge/control/inbound.ts"
import type { Acting } from "./engine/Acting.ts"
import type { Faults } from "./engine/Faults.ts"
import type { Query } from "./engine/Journal.ts"
import type { StreamAccount } from "./engine/MediaEngine.ts"
import type { Whereabouts } from "./engine/Switchboard.ts"
import type { Tenant } from "./engine/Tenants.ts"
import type { TimeControl } from "./engine/TimeControl.ts"
import { SimulatorError } from "./SimulatorError.ts"

/**
 * A tenant. Times are milliseconds from its origin. What can be done for a person on the phone is what
 * {@link Acting} says.
 *
 * @category models
 * @since 0.1.0
 */
export interface World extends Readonly<Acting["Service"]> {
  readonly name: string
  readonly seed: number
  /** The wall clock at the tenant's origin, in milliseconds since 1970. */
  readonly originEpochMs: number
  /** Calls in progress. */
  readonly live: Effect.Effect<ReadonlyArray<Call>>
  /** Records of ended calls, oldest first. */
  readonly records: Effect.Effect<ReadonlyArray<CallRecord>>
  /** What the journal holds now. */
  readonly journal: (query?: Query) => Effect.Effect<ReadonlyArray<Entry>>
  /** The journal as it grows, from `query.from` on. Ends when the simulator stops, or the tenant starts anew. */
  readonly follow: (query?: Query) => Stream.Stream<Entry>
  /**
   * Waits until a call has ended, and gives its record. Waits for ever when there is no such call, and dies when the
   * simulator itself broke on it.
   */
  readonly ended: (callId: string) => Effect.Effect<CallRecord>
  /**
   * The call that an id belongs to: its own, that of the request which placed, transferred, held or ended it, the uuid of
   * one of its legs, or that of something that was posted about it. Ids that are counted anew in each call, as those of
   * questions are, give the newest call that has it.
   */
  readonly find: (id: string) => Effect.Effect<Whereabouts>
  /**
   * What was said on a stream of a call, by default the first that was open: with `recordAudio` alone, its first ten
   * minutes. Nothing when there is no such stream, or newer calls needed the room.
   */
  readonly recording: (callId: string, streamId?: string) => Effect.Effect<Recording | undefined>
  /** The streams of a call that were open, in the order of their opening. */
  readonly streams: (callId: string) => Effect.Effect<ReadonlyArray<StreamAccount>>
  /** What there is by now for expectations to be held against: it stays as it is, whatever happens afterwards. */
  readonly evidence: (query?: Query) => Effect.Effect<Evidence>
  /** The records of an ended call's legs, as the customer's URL gets them; none while it lasts. The balance is today's. */
  readonly cdrs: (callId: string) => Effect.Effect<ReadonlyArray<Cdr.Cdr>>
  /**
   * A phone calls a number of the platform, both in digits. The answer URL is asked what to do, and its PCMO runs; without
   * one here, that of the number or of the account. Fails with `RequestRefused`: nobody to ask, a number that is none, or
   * what the account does not allow.
   */
  readonly callIn: (call: {
    readonly from: string
    readonly to: string
    readonly answerUrl?: string
  }) => Effect.Effect<{ readonly callId: string; readonly requestId: string }, SimulatorError>
  /** What is to go wrong. */
  readonly faults: Faults["Service"]
  /** What time it is, what comes next, and, on a manual clock, moving it. */
  readonly time: TimeControl
}

/**
 * What acts wait for once they are done: for nothing, unless a front for tests says more.
 *
 * @category references
 * @since 0.1.0
 */
export const Aftermath = Context.Reference<Effect.Effect<void>>("@effect-piopiy/simulator/World/Aftermath", {
  defaultValue: () => Effect.void
})

/** How the journal says that a call is over, if this entry does. */
const ending = (entry: Entry): Option.Option<Effect.Effect<CallRecord>> => {
  if (entry._tag === "Broke") return Option.some(Effect.die(new Error(`the simulator broke: ${entry.message}`)))
  const command = entry._tag === "Turned" ? entry.commands.at(-1) : undefined
  return command?._tag === "WriteRecord" ? Option.some(Effect.succeed(command.record)) : Option.none()
}

/** Whether an entry tells of an id that no index knows: that of a request about a call, or of something posted. */
const tellsOf = (entry: Entry, id: string): boolean => {
  switch (entry._tag) {
    case "Turned":
      return ("requestId" in entry.event && entry.event.requestId === id)
        || entry.commands.some((command) => command._tag === "Notify" && command.deliveryId === id)
    case "Delivered":
      return entry.deliveryId === id
    default:
      return false
  }
}

const callOf = ({ journal, switchboard }: Tenant, id: string): Effect.Effect<string> =>
  Effect.map(switchboard.live, (live) => {
    const call = live.find(({ legs }) => legs.some(({ uuid }) => uuid === id))
    if (call !== undefined) return call.origin.callId
    const record = journal.recordOfLeg(id) ?? journal.recordOfRequest(id)
    const told = record ?? journal.read().findLast((entry) => tellsOf(entry, id))
    return told !== undefined && "callId" in told ? told.callId ?? id : id
  })

const evidenceOf = ({ journal, media, timeline }: Tenant, query: Query | undefined): Evidence => {
  const entries = journal.read(query)
  const streams = new Map<string, ReturnType<typeof media.ledgerOf>>()
  for (const entry of entries) {
    if (entry._tag === "Turned" && entry.event._tag === "StreamOpened") {
      streams.set(entry.callId, media.ledgerOf(entry.callId))
    }
  }
  const forgotten = query === undefined ? { forgotten: journal.last() - entries.length } : {}
  return { entries, streams: (callId) => streams.get(callId) ?? [], nowMs: timeline.nowMs(), ...forgotten }
}

/**
 * The tenant that `tenant` gives, each time anew: one that starts anew is another one. What people do is done when the
 * `aftermath` is over, too.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (tenant: () => Tenant, aftermath: Effect.Effect<void> = Effect.void): World => {
  const journal = () => tenant().journal
  const act = <A, E>(as: (acting: Acting["Service"]) => Effect.Effect<A, E>) =>
    Effect.tap(Effect.suspend(() => as(tenant().acting)), aftermath)
  return {
    get name() {
      return tenant().name
    },
    get seed() {
      return tenant().seed
    },
    get originEpochMs() {
      return tenant().timeline.originEpochMs
    },
    live: Effect.suspend(() => tenant().switchboard.live),
    records: Effect.sync(() => journal().records()),
    journal: (query) => Effect.sync(() => journal().read(query)),
    follow: (query) => Stream.suspend(() => journal().follow(query)),
    ended: (callId) =>
      Effect.suspend(() => {
        const record = journal().record(callId)
        if (record !== undefined) return Effect.succeed(record)
        return journal().follow({ callId }).pipe(
          Stream.map(ending),
          Stream.filter(Option.isSome),
          Stream.runHead,
          Effect.flatMap((found) => Option.getOrElse(Option.flatten(found), () => Effect.never))
        )
      }),
    find: (id) =>
      Effect.suspend(() => {
        const here = tenant()
        return Effect.flatMap(callOf(here, id), here.switchboard.find)
      }),
    recording: (...which) => Effect.sync(() => tenant().media.recordingOf(...which)),
    streams: (callId) => Effect.sync(() => tenant().media.ledgerOf(callId)),
    evidence: (query) => Effect.sync(() => evidenceOf(tenant(), query)),
    cdrs: (callId) =>
      Effect.sync(() => {
        const { account } = tenant()
        const record = journal().record(callId)
        return record === undefined ? [] : Cdr.of(record, { appId: account.appId, balance: account.balance() })
      }),
    callIn: ({ answerUrl, ...numbers }) =>
      Effect.suspend(() =>
        inbound.place(
          tenant(),
          Effect.succeed({ ...numbers, ...(answerUrl === undefined ? {} : { answer_url: answerUrl }) })
        )
      ).pipe(
        Effect.mapError(({ body: { error, message }, status }) =>
          new SimulatorError({ reason: { _tag: "RequestRefused", status, error, message } })
        ),
        Effect.tap(aftermath)
      ),
    press: (...how) => act(({ press }) => press(...how)),
    say: (...how) => act(({ say }) => say(...how)),
    speak: (...how) => act(({ speak }) => speak(...how)),
    answer: (...how) => act(({ answer }) => answer(...how)),
    reject: (...how) => act(({ reject }) => reject(...how)),
    hangUp: (...how) => act(({ hangUp }) => hangUp(...how)),
    script: (...how) => act(({ script }) => script(...how)),
    unscript: (...how) => act(({ unscript }) => unscript(...how)),
    get faults() {
      return tenant().faults
    },
    get time() {
      return tenant().time
    }
  }
}
