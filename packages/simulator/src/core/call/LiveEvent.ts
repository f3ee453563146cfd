/** What the customer's event URL is told while a call goes on (older API), by comparing the call before and after. */
import * as Call from "./Call.ts"
import * as LegNotice from "./LegNotice.ts"

/**
 * Something happened to a leg, `at` milliseconds from the tenant's origin.
 *
 * @category models
 * @since 0.1.0
 */
export interface LegEvent extends LegNotice.LegNotice {
  readonly _tag: "Event"
  readonly moment: "Started" | "Answered" | "Bridged" | "HungUp"
  readonly at: number
}

/**
 * An audio stream is open, or is not any more.
 *
 * @category models
 * @since 0.1.0
 */
export type StreamEvent =
  & LegNotice.LegNotice
  & { readonly _tag: "Event"; readonly at: number }
  & (
    | { readonly moment: "StreamConnected" }
    | { readonly moment: "StreamDisconnected"; readonly code: number; readonly reason: string }
  )

/**
 * What the event URL is told.
 *
 * @category models
 * @since 0.1.0
 */
export type LiveEvent = LegEvent | StreamEvent

/** The call as its legs are told of it. */
const ofCall = (call: Call.Call): LegNotice.OfCall => ({
  callId: call.origin.callId,
  requestId: call.origin.requestId,
  direction: Call.isInbound(call) ? "inbound" : "outbound",
  callerId: call.origin.callerId,
  to: call.origin.to,
  variables: call.variables,
  ...(call.extraParams === undefined ? {} : { extraParams: call.extraParams })
})

interface Changed {
  readonly leg: Call.Leg
  readonly was: Call.Leg | undefined
}

const hasEnded = ({ leg, was }: Changed): boolean => leg.endedAt !== undefined && was?.endedAt === undefined

const isAnswered = ({ leg, was }: Changed): boolean =>
  leg.legId === Call.callerLegId && leg.answeredAt !== undefined && was?.answeredAt === undefined

const isBridged = ({ leg, was }: Changed): boolean =>
  leg.legId !== Call.callerLegId && leg.bridgedAt !== undefined && was?.bridgedAt === undefined

/** A leg that did nothing but end. */
const onlyEnded = (changed: Changed): boolean =>
  changed.was !== undefined && hasEnded(changed) && !isAnswered(changed) && !isBridged(changed)

/**
 * What one event of a call changed for its streams. A stream that was never open is not told of (assumed).
 */
const ofStreams = (before: Call.Call, after: Call.Call, appId: number): ReadonlyArray<StreamEvent> => {
  const [first] = after.legs
  if (before.streams === after.streams || first === undefined) return []
  const about = { _tag: "Event", ...LegNotice.of(ofCall(after), first, appId), leg: "further" } as const
  return after.streams.flatMap(({ end, endedAt, openedAt }, index): ReadonlyArray<StreamEvent> => {
    const was = before.streams[index]
    if (openedAt === undefined) return []
    if (was?.openedAt === undefined) return [{ ...about, moment: "StreamConnected", at: openedAt }]
    if (was.endedAt !== undefined || endedAt === undefined || end?._tag !== "Closed") return []
    return [{ ...about, moment: "StreamDisconnected", at: endedAt, code: end.code, reason: end.reason }]
  })
}

/**
 * What one event of a call changed for its legs and its streams. Of a call that was placed: its start, the answer of the first leg, the
 * bridge of a further one, the end of each. Of a call that came in: the answer of the first leg, the end of each.
 *
 * Source: pages of live events of the older API (documented), but for the names of the ends and the order: a leg that
 * makes room for another is over before that one starts, and when a call ends the later legs are over first, after the
 * streams (assumed). A stream counts as leg b, as in the samples, by the id of the first leg (assumed).
 *
 * @category folding
 * @since 0.1.0
 */
export const between = (before: Call.Call, after: Call.Call, appId: number): ReadonlyArray<LiveEvent> => {
  const streams = ofStreams(before, after, appId)
  if (before.legs === after.legs) return streams
  const changes = after.legs.flatMap((leg, index): ReadonlyArray<Changed> => {
    const was = before.legs[index]
    return was === leg ? [] : [{ leg, was }]
  })
  const call = ofCall(after)
  const tell =
    (moment: LegEvent["moment"], at: (leg: Call.Leg) => number | undefined) => ({ leg }: Changed): LegEvent => ({
      _tag: "Event",
      moment,
      at: at(leg) ?? leg.startedAt,
      ...LegNotice.of(call, leg, appId)
    })
  const hungUp = tell("HungUp", (leg) => leg.endedAt)
  const makesRoom = (changed: Changed): boolean => after.phase !== "Ended" && onlyEnded(changed)
  const ended = changes.filter(hasEnded).toReversed()
  return [
    ...streams,
    ...ended.filter(makesRoom).map(hungUp),
    ...changes.filter(isAnswered).map(tell("Answered", (leg) => leg.answeredAt)),
    ...(Call.isInbound(after) ? [] : [
      ...changes.filter(({ was }) => was === undefined).map(tell("Started", (leg) => leg.startedAt)),
      ...changes.filter(isBridged).map(tell("Bridged", (leg) => leg.bridgedAt))
    ]),
    ...ended.filter((changed) => !makesRoom(changed)).map(hungUp)
  ]
}
