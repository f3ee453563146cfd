/** What is below `/_sim/calls/{id}` about the audio of a call: its streams in numbers, their pictures, what was said. */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Measures from "../../core/media/Measures.ts"
import * as Recording from "../../core/media/Recording.ts"
import * as Timeline from "../../core/media/Timeline.ts"
import * as TimelineSvg from "../../core/media/TimelineSvg.ts"
import * as Passage from "../../core/stream/Passage.ts"
import type { StreamAccount } from "../../engine/AudioStream.ts"
import { callNotFound, json, type Page, type Refused, refused, times, type Visit } from "./page.ts"

/** Refuses the id of a call that there is not, or whose streams are forgotten. */
const known = Effect.fnUntraced(function*({ id, tenant }: Visit) {
  if (tenant.journal.isEvicted(id)) {
    return yield* refused(410, "evicted", `the streams of this call are gone; /_sim/calls/${id} has its record`)
  }
  if ((yield* tenant.switchboard.find(id))._tag === "Unknown") return yield* callNotFound
})

/** In milliseconds; fractions are exact, since a millisecond has a whole number of samples. */
const latency = (count: number, found: Measures.Percentiles | undefined, sampleRate: number) => ({
  count,
  ...(found === undefined ? {} : { p50Ms: (found.p50 * 1000) / sampleRate, p95Ms: (found.p95 * 1000) / sampleRate })
})

/** What is known of how the frames of a call's streams went out, and of which stream that is final. */
const passages = ({ id, tenant }: Visit) => {
  const ended = new Map(
    tenant.journal.read({ callId: id }).flatMap((entry) =>
      entry._tag === "Streamed" ? [[entry.streamId, entry] as const] : []
    )
  )
  return ({ counts, streamId, timer, waiting }: StreamAccount) => {
    const over = ended.get(streamId)
    return { counts, waiting, lateness: over?.lateness, timer, isOver: over !== undefined }
  }
}

const view = (visit: Visit) => {
  const passageOf = passages(visit)
  return (account: StreamAccount) => {
    const { measures, openedAt, streamId } = account
    const { bargeInLatency, bargeIns, sampleRate, turnLatency, turns } = measures
    const { counts, isOver, lateness, timer, waiting } = passageOf(account)
    return {
      streamId,
      openedAt,
      isOver,
      latencies: {
        turns: latency(turns.length, turnLatency, sampleRate),
        bargeIns: latency(bargeIns.filter(({ isInterrupted }) => isInterrupted).length, bargeInLatency, sampleRate)
      },
      ...(lateness === undefined ? {} : { latenessMs: lateness }),
      ...(timer === undefined ? {} : { timer: { latenessMs: timer, isTrusted: Passage.isTrusted(timer) } }),
      counts,
      upstream: Passage.upstream(counts, waiting, sampleRate),
      measures
    }
  }
}

/**
 * The streams of a call that were open, in the order of their opening. Latencies and lateness are milliseconds, `openedAt`
 * counts them from the tenant's origin, `measures` and `upstream` count in samples. How late frames were sent is known of
 * a stream that is over; `timer` says how late the machine's own timer was meanwhile, where time passes as the machine's,
 * and whether the latencies are to be trusted.
 *
 * @category pages
 * @since 0.1.0
 */
export const stream = Effect.fnUntraced(function*(visit: Visit) {
  yield* known(visit)
  const { id, tenant } = visit
  return yield* json({ ...times(tenant), callId: id, streams: tenant.media.ledgerOf(id).map(view(visit)) })
})

/** Refuses the id of a stream, with those that there are. */
const noSuchStream = (all: ReadonlyArray<StreamAccount>): Effect.Effect<never, Refused> => {
  const streams = all.map(({ streamId }) => streamId)
  const message = streams.length === 0
    ? "this call has no audio stream that was open, or none that is still known"
    : `streams of this call: ${streams.join(", ")}`
  return refused(404, "no_such_stream", message, { streams })
}

/** The stream that `stream` names, or else the call's first. */
const chosen = Effect.fnUntraced(function*(visit: Visit) {
  yield* known(visit)
  const { id, params, tenant } = visit
  const asked = params.get("stream")
  const all = tenant.media.ledgerOf(id)
  const found = asked === null ? all[0] : all.find(({ streamId }) => streamId === asked)
  return found ?? (yield* noSuchStream(all))
})

const wantsText = ({ params, request }: Visit): Effect.Effect<boolean, Refused> => {
  const format = params.get("format")
  if (format === null) return Effect.succeed((request.headers["accept"] ?? "").includes("text/plain"))
  return format === "svg" || format === "text"
    ? Effect.succeed(format === "text")
    : refused(400, "invalid_request", "format must be one of svg, text")
}

/**
 * Both voices over time, as a picture, or as text when that is asked for by `format` or `Accept`.
 *
 * @category pages
 * @since 0.1.0
 */
export const timeline = Effect.fnUntraced(function*(visit: Visit) {
  const isText = yield* wantsText(visit)
  const account = yield* chosen(visit)
  const { ledger, measures, streamId, timer } = account
  return isText
    ? HttpServerResponse.text(
      [Timeline.render(ledger, measures), ...Passage.summary(passages(visit)(account)), ""].join("\n")
    )
    : HttpServerResponse.text(
      TimelineSvg.render(ledger, measures, {
        title: `Call ${visit.id}, stream ${streamId}`,
        ...(timer === undefined ? {} : { timer })
      }),
      {
        contentType: "image/svg+xml",
        headers: { "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'" }
      }
    )
})

/**
 * What was said on the stream that `stream` names, or else the call's first, the caller on the left and the app on the
 * right, each when it was heard.
 *
 * @category pages
 * @since 0.1.0
 */
export const recording = Effect.fnUntraced(function*(visit: Visit) {
  yield* known(visit)
  const { id, params, tenant: { media } } = visit
  const asked = params.get("stream") ?? undefined
  const found = media.recordingOf(id, asked)
  if (found !== undefined) return HttpServerResponse.uint8Array(Recording.toWav(found), { contentType: "audio/wav" })
  const all = media.ledgerOf(id)
  return yield* asked === undefined || all.some(({ streamId }) => streamId === asked)
    ? refused(404, "no_recording", "no stream of this call was open, audio is not kept, or newer calls needed the room")
    : noSuchStream(all)
})

/**
 * @category pages
 * @since 0.1.0
 */
export const pages: ReadonlyArray<Page> = [
  { name: "stream", method: "GET", path: "/calls/{id}/stream", answer: stream },
  {
    name: "timeline",
    method: "GET",
    path: "/calls/{id}/timeline.svg",
    params: "?stream={id}&format={svg|text}",
    answer: timeline
  },
  {
    name: "recording",
    method: "GET",
    path: "/calls/{id}/recording.wav",
    params: "?stream={id}",
    answer: recording
  }
]
