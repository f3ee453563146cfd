/** Whatever an app says on a stream: the call goes on, or ends with a cause, and all of it is counted. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Party from "../../src/core/scenario/Party.ts"
import { Tenants } from "../../src/engine/Tenants.ts"
import * as Simulator from "../../src/Simulator.ts"
import * as Streams from "../../src/Streams.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { entriesOf, journalOf, post } from "../platform.ts"

const asha = "919840000042"

/** An app that says something every 10 ms, once it is connected, and looks at nothing. */
const world = (said: ReadonlyArray<string | Uint8Array>, streams = {}) => {
  const listeners: Array<Streams.Listener> = []
  const port = Layer.succeed(Streams.StreamPort, {
    dial: (_, listener) => {
      listeners.push(listener)
      listener.opened()
      return {
        send: () => undefined,
        bufferedBytes: () => 0,
        close: (code, reason) => listener.closed({ by: "Platform", code, reason })
      }
    }
  })
  const platform = InProcess.layer({
    config: { streams, recordAudio: true, people: { [asha]: Party.person({ answersAfterMs: 0, talksForMs: 5000 }) } },
    streams: port
  })
  return Effect.gen(function*() {
    const placed = yield* post("/v2/ind_pcmo_make_call", {
      appid: 1_000_001,
      secret: "sim-secret",
      from: 914400000001,
      to: Number(asha),
      pcmo: [{ action: "stream", ws_url: "ws://bot.test/stream" }]
    })
    assert.strictEqual(placed.status, 200)
    const { live } = yield* Simulator.Simulator
    const [call] = yield* live
    const callId = call?.origin.callId ?? ""
    yield* TestClock.adjust("20 millis")
    for (const message of said) {
      for (const listener of listeners) listener.message(message)
      yield* TestClock.adjust("10 millis")
    }
    yield* TestClock.adjust("2 minutes")
    assert.lengthOf(yield* live, 0)
    const [record] = yield* Simulator.Simulator.use(({ records }) => records)
    const [account] = yield* Effect.map(Tenants, ({ main }) => main.media.ledgerOf(callId))
    assert(account !== undefined && record !== undefined)
    return { account, record, entries: yield* journalOf(callId) }
  }).pipe(Effect.provide(platform))
}

const audio = (data: object) => JSON.stringify({ type: "streamAudio", data })
const raw = { audioDataType: "raw", sampleRate: 8000, audioData: "AAEC/w==" }

it.effect("every kind of bad audio and of bad JSON is counted with its reason, and nothing of it is heard", () =>
  Effect.gen(function*() {
    const bad: ReadonlyArray<readonly [why: string, said: string | Uint8Array]> = [
      ["half-sample", audio({ ...raw, audioData: "AAEC" })],
      ["unknown-rate", audio({ ...raw, sampleRate: 44_100 })],
      ["no-audio", audio({ ...raw, audioData: "" })],
      ["too-large", audio({ ...raw, audioData: "A".repeat(1 << 20) })],
      ["not-base64", audio({ ...raw, audioData: "AAEC/w=" })],
      ["undecodable", audio({ ...raw, audioDataType: "wav" })],
      ["unknown-audio-type", audio({ ...raw, audioDataType: "flac" })],
      ["too-deep", "[".repeat(1000) + "]".repeat(1000)],
      ["not-json", "{\"a\":".repeat(100_000)],
      ["unknown-key", `{"action":"break",${"\"a\":1,".repeat(10_000)}"b":2}`]
    ]
    const { account, entries, record } = yield* world(bad.map(([, said]) => said), { maxMessageBytes: 1 << 20 })
    assert.deepStrictEqual(entriesOf(entries, "StreamIgnored").map(({ why }) => why), bad.map(([why]) => why))
    assert.deepInclude(account.counts, { messages: bad.length, ignored: bad.length, undecodable: 1, audio: 0 })
    assert.strictEqual(account.measures.playout.received, 0)
    assert.strictEqual(record.endedBy, "Caller")
  }))

const Said = Schema.Union([
  Schema.String,
  Schema.Uint8Array,
  Schema.Json,
  Schema.Struct({
    audioDataType: Schema.Literals(["raw", "wav", "mp3", "ogg", "flac"]),
    sampleRate: Schema.Literals([8000, 16_000, 0]),
    audioData: Schema.Literals(["AAEC/w==", "AAEC", "", "?", "UklGRgAAAABXQVZF"])
  }),
  Schema.Array(Schema.Struct({ action: Schema.Literals(["play", "hangup", "bridge", "stream", "dance"]) })),
  Schema.Struct({ action: Schema.Literals(["pause", "resume", "break", "stop", "dance"]) })
])

const textOf = (said: typeof Said.Type): string | Uint8Array => {
  if (typeof said === "string" || said instanceof Uint8Array) return said
  return typeof said === "object" && said !== null && "audioData" in said ? audio(said) : JSON.stringify(said)
}

it.effect.prop(
  "whatever is said, the call ends with a cause, every message is counted, and the journal tells of ten",
  [Schema.Array(Said)],
  ([said]) =>
    Effect.gen(function*() {
      const { account, entries, record } = yield* world(said.map(textOf))
      const { audio, ignored, messages } = account.counts
      assert.isAtMost(audio + ignored, messages)
      assert.isAtMost(messages, said.length)
      assert.isAtMost(entriesOf(entries, "StreamIgnored").length, 10)
      assert.isEmpty(entriesOf(entries, "Broke"))
      assert.isNotEmpty(record.hangupCause)
      assert.include(["Caller", "Pipeline"], record.endedBy)
    })
)
