/** What is kept of the audio of ended calls, where there is little room. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { conservative } from "../../src/core/stream/StreamProfile.ts"
import * as Account from "../../src/engine/Account.ts"
import * as CommandRunner from "../../src/engine/CommandRunner.ts"
import type * as EndedStreams from "../../src/engine/endedStreams.ts"
import * as Faults from "../../src/engine/Faults.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as MediaEngine from "../../src/engine/MediaEngine.ts"
import * as Outbox from "../../src/engine/Outbox.ts"
import * as Pacer from "../../src/engine/Pacer.ts"
import * as Parties from "../../src/engine/Parties.ts"
import { StreamPort } from "../../src/engine/StreamPort.ts"
import * as Switchboard from "../../src/engine/Switchboard.ts"
import * as Timeline from "../../src/engine/Timeline.ts"
import { WebhookPort } from "../../src/engine/WebhookPort.ts"

const options = {
  maxCalls: 1,
  seed: 5,
  stored: { pipelines: new Map(), flows: new Map() },
  fileMs: new Map<string, number>(),
  streams: conservative,
  recordAudio: true,
  readProgram: () => undefined
}

/** Whoever is dialed is there at once, and says nothing. */
const open = Layer.succeed(StreamPort, {
  dial: (_, listener) => {
    queueMicrotask(listener.opened)
    return { send: () => undefined, bufferedBytes: () => 0, close: () => undefined }
  }
})

const account: Account.AccountOptions = {
  appId: 1_000_001,
  appSecret: Redacted.make("secret"),
  active: true,
  balance: 1,
  ratePerMinute: 0.45,
  users: []
}

const world = (kept: EndedStreams.Kept) =>
  Switchboard.layer(options).pipe(
    Layer.provideMerge(CommandRunner.layer(options)),
    Layer.provideMerge(Layer.merge(Outbox.layer({}), MediaEngine.layer(options, kept))),
    Layer.provideMerge(Faults.layer({ seed: options.seed, rules: [] })),
    Layer.provideMerge(Layer.mergeAll(
      Account.layer(account, options.seed),
      Parties.layer(),
      Pacer.layer,
      open,
      Journal.layer({ tenant: "t", seed: options.seed, version: "0", bounds: Journal.defaultBounds }),
      Layer.succeed(WebhookPort, { deliver: () => Effect.succeed({ _tag: "Failed", why: "NoReply" }) })
    )),
    Layer.provideMerge(Timeline.layer)
  )

/** A call with so many streams at once, which is answered at once and lasts so long. */
const call = Effect.fnUntraced(function*(streams: number, ms: number) {
  const board = yield* Switchboard.Switchboard
  const stream = { _tag: "OpenStream", listens: "caller", sampleRate: 8000, onAnswer: true } as const
  const { callId } = yield* board.originate({
    kind: "Pipeline",
    callerId: "914400000001",
    to: "919840007100",
    program: Array.from({ length: streams }, (_, place) => ({ ...stream, url: `ws://bot.test/${place}` })),
    record: false,
    variables: {}
  }, 1)
  yield* TestClock.adjust(ms)
  yield* board.hangup(callId, { cause: "NORMAL_CLEARING" }, 1)
  yield* TestClock.adjust(5000)
  return callId
})

/** How many milliseconds are recorded of each stream of a call: of those that were open, and of the one asked for by none. */
const recorded = (callId: string, streams: ReadonlyArray<string>) =>
  MediaEngine.MediaEngine.use(({ recordingOf }) =>
    Effect.sync(() =>
      [undefined, ...streams].map((streamId) => (recordingOf(callId, streamId)?.[1].samples.length ?? 0) / 8)
    )
  )

const streamsOf = (callId: string) =>
  MediaEngine.MediaEngine.use(({ ledgerOf }) => Effect.sync(() => ledgerOf(callId).map(({ streamId }) => streamId)))

/** Bytes of a recording: two sides at 8 kHz. */
const bytes = (ms: number): number => 2 * ms * 8 * 2

it.effect("recordings of the calls that ended first go first, those of all streams of a call together", () =>
  Effect.gen(function*() {
    const one = yield* call(2, 500)
    const two = yield* call(1, 1000)
    const [first, second] = yield* streamsOf(one)
    assert(first !== undefined && second !== undefined)
    assert.deepStrictEqual(yield* recorded(one, [first, second]), [500, 500, 500])
    const three = yield* call(1, 20)
    assert.deepStrictEqual(yield* recorded(one, [first, second]), [0, 0, 0])
    assert.deepStrictEqual([...yield* recorded(two, []), ...yield* recorded(three, [])], [1000, 20])
    assert.deepStrictEqual(yield* streamsOf(one), [first, second])
  }).pipe(Effect.provide(world({ calls: 10, recordedBytes: bytes(2000) }))))

it.effect("a call with more recordings than there is room for at all keeps those of its first streams", () =>
  Effect.gen(function*() {
    const before = yield* call(1, 200)
    const long = yield* call(3, 900)
    const streams = yield* streamsOf(long)
    assert.deepStrictEqual(yield* recorded(long, streams), [900, 900, 900, 0])
    assert.deepStrictEqual(yield* recorded(before, []), [200])
    const longer = yield* call(1, 2020)
    assert.deepStrictEqual([...yield* recorded(longer, []), ...yield* recorded(long, [])], [0, 900])
  }).pipe(Effect.provide(world({ calls: 10, recordedBytes: bytes(2000) }))))

it.effect("what was heard is known of the calls that ended last", () =>
  Effect.gen(function*() {
    const calls = [yield* call(2, 100), yield* call(1, 100), yield* call(1, 100)]
    const known = yield* Effect.forEach(calls, streamsOf)
    assert.deepStrictEqual(known.map(({ length }) => length), [0, 1, 1])
  }).pipe(Effect.provide(world({ calls: 2, recordedBytes: bytes(2000) }))))
