/**
 * The pages below `/_sim` as operations, for the typed client and the document. They are served by the pages themselves,
 * which `edge/control/routes.ts` lists.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { EntryJson } from "../../../core/journal/EntryJson.ts"
import { CallRefused, wire } from "./Refusals.ts"

const told = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])

/**
 * A journal entry: what all have in common, and whatever else it tells.
 *
 * @category schemas
 * @since 0.1.0
 */
export const JournalEntry = Schema.StructWithRest(EntryJson, [Schema.Record(Schema.String, Schema.Unknown)]).annotate({
  identifier: "Entry"
})
/** @since 0.1.0 */
export type JournalEntry = typeof JournalEntry.Type

const times = { tenant: Schema.String, nowMs: Schema.Natural, originEpochMs: Schema.Finite }

/**
 * A call in progress.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LiveCall = told({
  callId: Schema.String,
  requestId: Schema.String,
  state: Schema.String,
  kind: Schema.String,
  callerId: Schema.String,
  to: Schema.String,
  startedAt: Schema.Natural,
  legs: Schema.Array(told({ legId: Schema.String, uuid: Schema.String }))
}).annotate({ identifier: "LiveCall" })
/** @since 0.1.0 */
export type LiveCall = typeof LiveCall.Type

/**
 * The record of an ended call.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EndedCall = told({
  callId: Schema.String,
  requestId: Schema.String,
  kind: Schema.String,
  callerId: Schema.String,
  to: Schema.String,
  startedAt: Schema.Natural,
  endedAt: Schema.Natural,
  durationMs: Schema.Natural,
  disposition: Schema.String,
  hangupCause: Schema.String,
  endedBy: Schema.String,
  legs: Schema.Array(told({ legId: Schema.String, uuid: Schema.String }))
}).annotate({ identifier: "EndedCall" })
/** @since 0.1.0 */
export type EndedCall = typeof EndedCall.Type

const id = { id: Schema.NonEmptyString }
/** What any page may say of a request that it does not let in. */
const turnedAway = [wire.unauthorized, wire.forbidden, wire.noSuchTenant] as const

const list = HttpApiEndpoint.get("list", "/calls", {
  success: Schema.Struct({ ...times, live: Schema.Array(LiveCall), ended: Schema.Array(EndedCall) }),
  error: turnedAway
}).annotateMerge(OpenApi.annotations({
  summary: "List calls",
  description: "Calls in progress, and the records of ended ones, newest first, 1000 of them at most."
}))

const get = HttpApiEndpoint.get("get", "/calls/:id", {
  params: id,
  success: Schema.Struct({
    ...times,
    live: Schema.optionalKey(LiveCall),
    record: Schema.optionalKey(EndedCall),
    evicted: Schema.optionalKey(Schema.Boolean)
  }),
  error: [...turnedAway, wire.callNotFound]
}).annotateMerge(OpenApi.annotations({
  summary: "Look at a call",
  description: "How a call in progress stands, or the record of one that has ended."
}))

const record = HttpApiEndpoint.get("record", "/calls/:id/cdr", {
  params: id,
  success: EndedCall,
  error: [...turnedAway, wire.callNotFound, wire.callInProgress]
}).annotateMerge(OpenApi.annotations({
  summary: "Get a call's record",
  description: "The record of an ended call alone."
}))

const recording = HttpApiEndpoint.get("recording", "/calls/:id/recording.wav", {
  params: id,
  query: {
    stream: Schema.optionalKey(Schema.String.annotate({ description: "Which stream, instead of the call's first." }))
  },
  success: Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "audio/wav" })),
  error: [...turnedAway, wire.callNotFound, wire.noSuchStream, wire.noRecording, wire.evicted]
}).annotateMerge(OpenApi.annotations({
  summary: "Get a call's recording",
  description:
    "What was said on one of the call's streams, the caller on the left and the app on the right, as WAV. The "
    + "tenant must keep audio: `recordAudio`."
}))

const inbound = HttpApiEndpoint.post("inbound", "/calls/inbound", {
  payload: Schema.Struct({
    from: Schema.String,
    to: Schema.String,
    answer_url: Schema.optionalKey(Schema.String),
    pcmo: Schema.optionalKey(Schema.Array(Schema.Unknown))
  }),
  success: Schema.Struct({ call_id: Schema.String, request_id: Schema.String }).pipe(HttpApiSchema.status(202)),
  error: [
    wire.invalidRequest,
    wire.unauthorized,
    wire.forbidden,
    CallRefused.pipe(HttpApiSchema.status(403)),
    wire.noSuchTenant,
    wire.tooLarge,
    wire.unsupportedMediaType,
    CallRefused.pipe(HttpApiSchema.status(429)),
    CallRefused.pipe(HttpApiSchema.status(503))
  ]
}).annotateMerge(OpenApi.annotations({
  summary: "Let a phone call in",
  description:
    "A phone calls a number of the platform. `answer_url` is asked what to do, or `pcmo` runs; without either, the "
    + "URL that is configured for the number or the account is asked."
}))

/**
 * @category endpoints
 * @since 0.1.0
 */
export const callPages = [list, get, record, recording, inbound] as const

const whole = Schema.NumberFromString.check(Schema.isInt(), Schema.isGreaterThanOrEqualTo(0))

const query = HttpApiEndpoint.get("query", "/journal", {
  query: {
    call: Schema.optionalKey(Schema.String.annotate({ description: "Entries of this call alone." })),
    from: Schema.optionalKey(whole.annotate({ description: "From this seq on (default 0)." })),
    limit: Schema.optionalKey(whole.annotate({ description: "How many at most (default 1000, 10000 at most)." })),
    tenant: Schema.optionalKey(Schema.String)
  },
  success: Schema.Struct({
    ...times,
    last: Schema.Int.annotate({ description: "The newest seq there is." }),
    next: Schema.Int.annotate({ description: "Where to go on." }),
    entries: Schema.Array(JournalEntry)
  }),
  error: [wire.invalidRequest, ...turnedAway, wire.evicted]
}).annotateMerge(OpenApi.annotations({
  summary: "Read the journal",
  description:
    "Everything that happened, in order. With `format=sse` it goes on as server-sent events, an entry each, whose "
    + "id is its seq; with `format=ndjson` it is a line each."
}))

/**
 * @category groups
 * @since 0.1.0
 */
export const JournalApi = HttpApiGroup.make("journal").add(query).annotateMerge(
  OpenApi.annotations({ title: "Journal", description: "What happened." })
)
