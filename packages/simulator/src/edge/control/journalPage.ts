/** `/_sim/journal`: entries as JSON, as lines of JSON, or as events that go on. */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Query } from "../../engine/Journal.ts"
import * as journalEvents from "./journalEvents.ts"
import { callNotFound, json, type Refused, refused, times, type Visit } from "./page.ts"

/** Entries in one answer when no `limit` is given, and at most. Events have no limit. */
const defaultLimit = 1000
const maxLimit = 10_000

const wholeNumber = (
  params: URLSearchParams,
  name: string,
  otherwise: number,
  maximum: number
): Effect.Effect<number, Refused> => {
  const text = params.get(name)
  if (text === null) return Effect.succeed(otherwise)
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN
  return value <= maximum
    ? Effect.succeed(value)
    : refused(400, "invalid_request", `${name} must be a whole number from 0 to ${maximum}`)
}

/** How entries can be asked for: by `format`, or by the type in `Accept`. */
const types = { json: "application/json", ndjson: "application/x-ndjson", sse: "text/event-stream" } as const
type Format = keyof typeof types

const isFormat = (text: string): text is Format => Object.hasOwn(types, text)

const formatOf = ({ params, request }: Visit): Effect.Effect<Format, Refused> => {
  const asked = params.get("format")
  const accept = request.headers["accept"] ?? ""
  if (asked === null) {
    return Effect.succeed(accept.includes(types.sse) ? "sse" : accept.includes(types.ndjson) ? "ndjson" : "json")
  }
  return isFormat(asked)
    ? Effect.succeed(asked)
    : refused(400, "invalid_request", `format must be one of ${Object.keys(types).join(", ")}`)
}

/** A call that there never was will never have an entry either: better to say so than to keep silent for ever. */
const events = Effect.fnUntraced(function*({ request, tenant: { journal, switchboard } }: Visit, query: Query) {
  if (query.callId !== undefined && (yield* switchboard.find(query.callId))._tag === "Unknown") {
    return yield* callNotFound
  }
  const from = journalEvents.resumeFrom(journal, request.headers["last-event-id"])
  return journalEvents.answer(journal, from === undefined ? query : { ...query, from })
})

/**
 * Entries from `from` on, of one `call` or of all. The JSON has `last`, the newest `seq` there is, and `next`, where to go
 * on.
 *
 * @category pages
 * @since 0.1.0
 */
export const journal = Effect.fnUntraced(function*(visit: Visit) {
  const { params, tenant } = visit
  const callId = params.get("call")?.toLowerCase()
  const from = yield* wholeNumber(params, "from", 0, Number.MAX_SAFE_INTEGER)
  const limit = yield* wholeNumber(params, "limit", defaultLimit, maxLimit)
  const format = yield* formatOf(visit)
  if (callId !== undefined && tenant.journal.isEvicted(callId)) {
    return yield* refused(410, "evicted", `the entries of this call are gone; /_sim/calls/${callId} has its record`)
  }
  const query: Query = { from, ...(callId === undefined ? {} : { callId }) }
  if (format === "sse") return yield* events(visit, query)
  const entries = tenant.journal.read({ ...query, limit })
  if (format === "ndjson") {
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`)
    return HttpServerResponse.text(lines.join(""), { contentType: types.ndjson })
  }
  const next = (entries.at(-1)?.seq ?? from - 1) + 1
  return yield* json({ ...times(tenant), last: tenant.journal.last(), entries, next })
})
