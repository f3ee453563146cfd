/** `/_sim/calls` and what is below it: calls in progress, and the records of ended ones. */
import * as Effect from "effect/Effect"
import * as Call from "../../core/call/Call.ts"
import { callNotFound, json, refused, times, type Visit } from "./page.ts"

/** Ended calls in one answer of `/_sim/calls`, the newest. */
const listedRecords = 1000

const liveView = (call: Call.Call) => ({
  state: Call.label(call),
  callId: call.origin.callId,
  requestId: call.origin.requestId,
  kind: call.origin.kind,
  callerId: call.origin.callerId,
  to: call.origin.to,
  startedAt: call.origin.at,
  legs: call.legs,
  variables: call.variables
})

/**
 * Calls in progress, and records of ended calls, newest first.
 *
 * @category pages
 * @since 0.1.0
 */
export const calls = Effect.fnUntraced(function*({ tenant }: Visit) {
  const live = yield* tenant.switchboard.live
  const ended = tenant.journal.records().slice(-listedRecords)
  return yield* json({ ...times(tenant), live: live.map(liveView), ended: ended.toReversed() })
})

/**
 * One call: how it stands, or its record.
 *
 * @category pages
 * @since 0.1.0
 */
export const call = Effect.fnUntraced(function*({ id, tenant }: Visit) {
  const found = yield* tenant.switchboard.find(id)
  switch (found._tag) {
    case "Live":
      return yield* json({ ...times(tenant), live: liveView(found.call) })
    case "Ended":
      return yield* json({ ...times(tenant), evicted: found.evicted, record: found.record })
    case "Unknown":
      return yield* callNotFound
  }
})

/**
 * The record of an ended call alone; 409 while the call lasts.
 *
 * @category pages
 * @since 0.1.0
 */
export const cdr = Effect.fnUntraced(function*({ id, tenant }: Visit) {
  const found = yield* tenant.switchboard.find(id)
  switch (found._tag) {
    case "Live":
      return yield* refused(409, "call_in_progress", "a call has its record when it has ended")
    case "Ended": {
      const { originEpochMs } = tenant.timeline
      return yield* json({ tenant: tenant.name, originEpochMs, ...found.record })
    }
    case "Unknown":
      return yield* callNotFound
  }
})
