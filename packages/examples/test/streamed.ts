/** Plays a lesson about audio on the platform in memory, under virtual time, and keeps what was said and heard. */
import { type LegacyCalls, Piopiy, StreamServer, Wav } from "@effect-piopiy/sdk"
import { type CallRecord, type Entry, Party, Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as played from "./played.ts"

/** The rate of the lessons' streams, by which the measures count. */
export const perMs = 8

type Utterances = NonNullable<Party.Party["speaks"]>

/** Answers after 1 s, and hangs up `talksForMs` later. */
export const person = (speaks: Utterances, talksForMs?: number): Party.Party =>
  Party.person({ answersAfterMs: 1000, speaks, ...(talksForMs === undefined ? {} : { talksForMs }) })

/** A sound like speech. */
export const speech = (ms: number): Utterances[number]["voice"] => ({ _tag: "Speech", ms })

export interface Streamed<A, E> {
  readonly exit: Exit.Exit<A, E>
  readonly record: CallRecord.CallRecord
  /** How the call's only stream went. */
  readonly stream: Entry.Streamed
  /** What the caller said, and what the caller heard of the app, since the stream was open. */
  readonly recording: Wav.Channels
}

const sdk = Piopiy.layerLegacy({ appId: 1_000_001, appSecret: Redacted.make("sim-secret") })

/** Runs the lesson's own program and handler for five minutes, and tells how its call went. */
export const play = <A, E, E2, R>(
  program: Effect.Effect<A, E, LegacyCalls.LegacyCalls | StreamServer.StreamServer>,
  handler: StreamServer.Handler<E2, R>,
  people: Readonly<Record<string, Party.Party>>
): Effect.Effect<Streamed<A, E>, never, Exclude<R, Scope.Scope>> => {
  const server = Layer.orDie(StreamServer.layer({ url: "ws://bot.test", drainTimeout: 0 }))
  const platform = InProcess.layer({ config: { people, recordAudio: true }, streams: InProcess.streams(handler) })
  return Effect.gen(function*() {
    const running = yield* Effect.forkChild(program)
    yield* TestClock.adjust("5 minutes")
    const exit = yield* Fiber.await(running)
    const simulator = yield* Simulator.Simulator
    const [record] = yield* simulator.records
    const [stream] = played.entries(yield* simulator.journal(), "Streamed")
    if (record === undefined || stream === undefined) return yield* Effect.die("no call with a stream has ended")
    const wav = yield* HttpClient.get(`http://platform.test/_sim/calls/${record.callId}/recording.wav`).pipe(
      Effect.flatMap((response) => response.arrayBuffer)
    )
    const recording = yield* Effect.fromResult(Wav.decode(new Uint8Array(wav)))
    return { exit, record, stream, recording }
  }).pipe(
    Effect.provide(
      sdk.pipe(Layer.provideMerge(platform), Layer.provideMerge(server), Layer.merge(played.settings({})))
    ),
    Effect.orDie
  )
}
