/** Plays a lesson about audio on the platform in memory, under virtual time, and keeps what was said and heard. */
import type { AudioFrame, StreamServer } from "@effect-piopiy/sdk"
import { type CallRecord, type Entry, type Evidence, Party, Simulator } from "@effect-piopiy/simulator"
import { advance, Platform } from "@effect-piopiy/simulator/testing"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
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
  readonly recording: readonly [said: AudioFrame.AudioFrame, heard: AudioFrame.AudioFrame]
  readonly evidence: Evidence.Evidence
}

/** Runs the lesson's own program and handler for five minutes, and tells how its call went. */
export const play = <A, E, E2, R>(
  program: Effect.Effect<A, E, Platform.Services | StreamServer.StreamServer>,
  handler: StreamServer.Handler<E2, R>,
  people: Readonly<Record<string, Party.Party>> = {}
): Effect.Effect<
  Streamed<A, E>,
  never,
  Exclude<Exclude<R, Scope.Scope>, Platform.Services | StreamServer.StreamServer>
> =>
  Effect.gen(function*() {
    const running = yield* Effect.forkChild(program)
    yield* advance("5 minutes")
    const exit = yield* Fiber.await(running)
    const simulator = yield* Simulator.Simulator
    const [record] = yield* simulator.records
    const [stream] = played.entries(yield* simulator.journal(), "Streamed")
    const recording = record && (yield* simulator.recording(record.callId))
    if (record === undefined || stream === undefined || recording === undefined) {
      return yield* Effect.die("no call with a stream has ended")
    }
    return { exit, record, stream, recording, evidence: yield* simulator.evidence() }
  }).pipe(
    Effect.provide(
      Layer.provideMerge(
        Platform.layerStreams(handler, { config: { people, recordAudio: true } }),
        played.settings({})
      )
    ),
    Effect.orDie
  )
