import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as Wav from "@effect-piopiy/sdk/Wav"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Measures from "../../../src/core/media/Measures.ts"
import type { StreamCounts } from "../../../src/core/media/StreamCounts.ts"
import * as streamPages from "../../../src/edge/control/streamPages.ts"
import type { StreamAccount } from "../../../src/engine/AudioStream.ts"
import type { MediaEngine } from "../../../src/engine/MediaEngine.ts"
import { Tenants } from "../../../src/engine/Tenants.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import * as conversation from "../../core/media/conversation.ts"
import { get, hangup, place, recordOf } from "../../platform.ts"

const patient = "919840007100"
const stay = [{ action: "play", file_name: "a.wav" }]
const counts: StreamCounts = {
  sent: 200,
  withheld: 1,
  dropped: 2,
  skipped: 3,
  messages: 4,
  audio: 5,
  undecodable: 6,
  ignored: 7
}

/** The caller speaks from 0 to 1 s, the app answers 500 ms later, the caller barges in at 2 s. */
const { ledger, queue } = conversation.play([
  { at: 0, does: "caller speaks", ms: 1000 },
  { at: 1500, does: "app sends", ms: 3000 },
  { at: 2000, does: "caller speaks", ms: 500 },
  { at: 2200, does: "app interrupts" }
], 4000)
const measures = Measures.measure(ledger, queue.counts)
const account = (streamId: string): StreamAccount => ({
  streamId,
  openedAt: 100,
  ledger,
  counts,
  waiting: { messageMs: 0, lineMs: 40 },
  measures
})

const silence = AudioFrame.silence("20 millis", 8000)
const tone = AudioFrame.make(new Int16Array(80).fill(1000), 8000)

/** The pages of a tenant that knows of a call's audio what is given. */
const asking = Effect.fnUntraced(function*(media: Partial<MediaEngine["Service"]>) {
  const { main } = yield* Tenants
  const tenant = { ...main, media: { ...main.media, ...media } }
  return (path: string, accept = "*/*") => {
    const url = new URL(`http://platform/_sim/calls/${path}`)
    const [, , , id = "", name = ""] = url.pathname.split("/")
    const request = HttpServerRequest.fromClientRequest(HttpClientRequest.get(url, { accept }))
    const page = streamPages.pages.find((one) => one.path === `/calls/{id}/${name}`)
    if (page === undefined) return Effect.die(`no page ${path}`)
    return page.answer({ request, params: url.searchParams, id, tenant, tenants: [tenant] }).pipe(
      Effect.catch(Effect.succeed),
      Effect.map(HttpServerResponse.toWeb),
      Effect.flatMap((response) =>
        Effect.promise(async () => ({
          status: response.status,
          type: response.headers.get("content-type"),
          bytes: new Uint8Array(await response.arrayBuffer())
        }))
      ),
      Effect.map((answer) => ({ ...answer, text: new TextDecoder().decode(answer.bytes) }))
    )
  }
})

const Latency = Schema.Struct({
  count: Schema.Int,
  p50Ms: Schema.optionalKey(Schema.Finite),
  p95Ms: Schema.optionalKey(Schema.Finite)
})
const Body = Schema.fromJsonString(Schema.Struct({
  callId: Schema.String,
  streams: Schema.Array(Schema.Struct({
    streamId: Schema.String,
    openedAt: Schema.Int,
    isOver: Schema.Boolean,
    latencies: Schema.Struct({ turns: Latency, bargeIns: Latency }),
    latenessMs: Schema.optionalKey(Schema.Unknown),
    timer: Schema.optionalKey(Schema.Unknown),
    counts: Schema.Unknown,
    upstream: Schema.Unknown,
    measures: Schema.Unknown
  }))
}))
const bodyOf = Schema.decodeUnknownEffect(Body)
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe("/_sim/calls/{id}/stream", () => {
  it.effect("gives counts, measures in samples, and latencies in milliseconds", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: stay })
      const ask = yield* asking({ ledgerOf: (id) => id === callId ? [account("one"), account("two")] : [] })
      const { status, text } = yield* ask(`${callId}/stream`)
      assert.strictEqual(status, 200)
      const body = yield* bodyOf(text)
      assert.strictEqual(body.callId, callId)
      assert.deepStrictEqual(body.streams.map(({ streamId }) => streamId), [
        "one",
        "two"
      ])
      const [first] = body.streams
      assert(first !== undefined)
      assert.deepStrictEqual(first.counts, counts)
      assert.strictEqual(first.openedAt, 100)
      assert.isFalse(first.isOver)
      assert.deepStrictEqual(first.measures, asJson(measures))
      const [turn] = measures.turns
      assert.deepStrictEqual(first.latencies.turns, {
        count: measures.turns.length,
        p50Ms: (turn?.latency ?? 0) / 8,
        p95Ms: (measures.turnLatency?.p95 ?? 0) / 8
      })
      assert.deepStrictEqual(first.latencies.bargeIns, {
        count: 1,
        p50Ms: (measures.bargeInLatency?.p50 ?? 0) / 8,
        p95Ms: (measures.bargeInLatency?.p95 ?? 0) / 8
      })
      assert.notProperty(first, "latenessMs")
      assert.notProperty(first, "timer")
      assert.deepStrictEqual(first.upstream, {
        received: 206 * 160,
        heard: 198 * 160,
        queued: 2 * 160,
        byPause: 160,
        byOverflow: 2 * 160,
        byStandstill: 3 * 160
      })
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("tells of a stream that is over how late its frames were", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: stay })
      const { main } = yield* Tenants
      const lateness = { p50: 0.5, p99: 3, max: 7 }
      main.journal.append({
        _tag: "Streamed",
        callId,
        causedBy: 0,
        streamId: "one",
        openedAt: 100,
        measures,
        counts,
        lateness
      })
      const ask = yield* asking({ ledgerOf: () => [account("one"), account("two")] })
      const { text } = yield* ask(`${callId}/stream`)
      const { streams: [first, second] } = yield* bodyOf(text)
      assert.deepStrictEqual([first?.isOver, second?.isOver], [true, false])
      assert.deepStrictEqual(first?.latenessMs, lateness)
      assert.notProperty(second, "latenessMs")
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("tells how late the machine's own timer was meanwhile, and whether to trust the latencies", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: stay })
      const timer = { p50: 0.5, p99: 1, max: 30 }
      const ask = yield* asking({ ledgerOf: () => [{ ...account("one"), timer }] })
      const { streams: [first] } = yield* bodyOf((yield* ask(`${callId}/stream`)).text)
      assert.deepStrictEqual(first?.timer, { latenessMs: timer, isTrusted: true })
      const words = "own timer was late: p50 0.5 ms, p99 1 ms, max 30 ms, so latencies are right to a frame"
      assert.isTrue((yield* ask(`${callId}/timeline.svg?format=text`)).text.endsWith(`${words}\n`))
      assert.include((yield* ask(`${callId}/timeline.svg`)).text, `${words}</text>`)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is an empty list for a call without streams", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: stay })
      const { body, status } = yield* get(`/_sim/calls/${callId}/stream`)
      assert.deepStrictEqual([status, body["streams"]], [200, []])
    }).pipe(Effect.provide(InProcess.layer())))
})

describe("/_sim/calls/{id}/timeline.svg", () => {
  it.effect("is a picture, or text for whoever asks for text", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: stay })
      const ask = yield* asking({ ledgerOf: () => [account("one"), account("two")] })
      const picture = yield* ask(`${callId}/timeline.svg`)
      assert.deepStrictEqual([picture.status, picture.type], [200, "image/svg+xml"])
      assert.isTrue(picture.text.startsWith("<svg "))
      assert.include(picture.text, `Call ${callId}, stream one`)
      const second = yield* ask(`${callId}/timeline.svg?stream=two`)
      assert.include(second.text, `Call ${callId}, stream two`)
      const byHeader = yield* ask(`${callId}/timeline.svg`, "text/plain")
      assert.match(byHeader.type ?? "", /^text\/plain/)
      assert.include(byHeader.text, "barge-in 200 ms")
      assert.match(
        byHeader.text,
        /\ncall audio: received 4120 ms, sent 3960 ms, queued 40 ms, .*dropped 40 ms, passed over 60 ms\n$/
      )
      const byFormat = yield* ask(`${callId}/timeline.svg?format=text`)
      assert.strictEqual(byFormat.text, byHeader.text)
      const both = yield* ask(`${callId}/timeline.svg?format=svg`, "text/plain")
      assert.strictEqual(both.text, picture.text)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("refuses a format and a stream that there is not", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: stay })
      const ask = yield* asking({ ledgerOf: () => [account("one"), account("two")] })
      assert.strictEqual((yield* ask(`${callId}/timeline.svg?format=png`)).status, 400)
      const other = yield* ask(`${callId}/timeline.svg?stream=three`)
      assert.strictEqual(other.status, 404)
      assert.include(other.text, "one, two")
      const none = yield* get(`/_sim/calls/${callId}/timeline.svg`)
      assert.deepStrictEqual([none.status, none.body["error"]], [404, "no_such_stream"])
    }).pipe(Effect.provide(InProcess.layer())))
})

describe("/_sim/calls/{id}/recording.wav", () => {
  it.effect("is the caller on the left and the app on the right", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: stay })
      const ask = yield* asking({ recordingOf: () => [silence, tone] })
      const { bytes, status, type } = yield* ask(`${callId}/recording.wav`)
      assert.deepStrictEqual([status, type], [200, "audio/wav"])
      const [left, right] = Result.getOrThrow(Wav.decode(bytes))
      assert.deepStrictEqual(left.samples, silence.samples)
      assert.deepStrictEqual(right?.samples.subarray(0, 80), tone.samples)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is that of the call's first stream, unless another one is named", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: stay })
      const ask = yield* asking({ recordingOf: (_, streamId) => streamId === "two" ? [tone, tone] : [silence, tone] })
      const first = Effect.fnUntraced(function*(query: string) {
        const [caller] = Result.getOrThrow(Wav.decode((yield* ask(`${callId}/recording.wav${query}`)).bytes))
        return caller.samples[0]
      })
      assert.deepStrictEqual([yield* first(""), yield* first("?stream=two"), yield* first("?stream=one")], [0, 1000, 0])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is none when nothing was kept, and of no stream that there is not", () =>
    Effect.gen(function*() {
      const callId = yield* place({ to: patient, pipeline: stay })
      const ask = yield* asking({ ledgerOf: () => [account("one"), account("two")], recordingOf: () => undefined })
      for (const query of ["", "?stream=one", "?stream=two"]) {
        const { status, text } = yield* ask(`${callId}/recording.wav${query}`)
        assert.strictEqual(status, 404)
        assert.include(text, "no_recording")
      }
      const other = yield* ask(`${callId}/recording.wav?stream=three`)
      assert.strictEqual(other.status, 404)
      assert.deepStrictEqual(JSON.parse(other.text), {
        error: "no_such_stream",
        message: "streams of this call: one, two",
        streams: ["one", "two"]
      })
    }).pipe(Effect.provide(InProcess.layer())))
})

describe("the audio of a call", () => {
  const names = ["stream", "timeline.svg", "recording.wav"]

  it.effect("is not found where there is no such call", () =>
    Effect.gen(function*() {
      for (const name of names) {
        const { body, status } = yield* get(`/_sim/calls/nobody/${name}`)
        assert.deepStrictEqual([status, body["error"]], [404, "call_not_found"])
      }
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is gone with the entries of its call", () =>
    Effect.gen(function*() {
      const busy = "919840007001"
      const callId = yield* place({ to: busy, pipeline: [hangup] })
      yield* recordOf(callId)
      for (let call = 0; call < 10; call++) yield* Effect.flatMap(place({ to: busy, pipeline: [hangup] }), recordOf)
      for (const name of names) {
        const { body, status } = yield* get(`/_sim/calls/${callId}/${name}`)
        assert.deepStrictEqual([status, body["error"]], [410, "evicted"])
      }
    }).pipe(Effect.provide(InProcess.layer({ config: { maxEntries: 20 } }))))
})
