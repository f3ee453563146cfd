/**
 * The journal as server-sent events: an event for each entry, whose id is its `seq`.
 *
 * A client that comes back with `Last-Event-ID` goes on after that entry. One that reads slowly is waited for, holds
 * nothing back and costs one batch of entries, however far behind it is. Once it is behind what the journal keeps, it goes
 * on with the oldest entry left, and sees the gap in the ids. When the simulator stops, the events end with its last entry.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import type { Entry } from "../../core/journal/Entry.ts"
import type { Journal, Query } from "../../engine/Journal.ts"

/** How often a comment says that the connection is alive, so that one whose reader has vanished comes to an end. */
const heartbeatMs = 15_000

const heartbeat = ":\n\n"

const event = (entry: Entry): string => `id: ${entry.seq}\ndata: ${JSON.stringify(entry)}\n\n`

/**
 * The `seq` to go on from after the entry that a client saw last; nothing when the header is not one of ours. A `seq` that
 * the journal has not reached comes from another run, so it begins anew.
 *
 * @category parsing
 * @since 0.1.0
 */
export const resumeFrom = (journal: Journal["Service"], lastEventId: string | undefined): number | undefined => {
  if (lastEventId === undefined || !/^[0-9]{1,15}$/.test(lastEventId)) return undefined
  const seen = Number(lastEventId)
  return seen <= journal.last() ? seen + 1 : 0
}

/**
 * The answer, which lasts until the client leaves or the simulator stops. The connection ends with it, so that a server
 * that stops need not wait for the next request on it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const answer = (journal: Journal["Service"], query: Query): HttpServerResponse.HttpServerResponse => {
  const events = Stream.map(journal.follow(query), event)
  const heartbeats = Stream.map(Stream.tick(heartbeatMs), () => heartbeat)
  return HttpServerResponse.stream(
    Stream.encodeText(Stream.merge(events, heartbeats, { haltStrategy: "left" })),
    { contentType: "text/event-stream", headers: { "cache-control": "no-cache", connection: "close" } }
  )
}
