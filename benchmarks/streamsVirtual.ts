/** How fast audio passes in virtual time: an hour of one call, and many calls at once, from the SDK's session to the ear. */
import * as LegacyAction from "@effect-piopiy/sdk/LegacyAction"
import * as LegacyCalls from "@effect-piopiy/sdk/LegacyCalls"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import * as PhoneNumber from "@effect-piopiy/sdk/PhoneNumber"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
import * as RetryPolicy from "@effect-piopiy/sdk/RetryPolicy"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import { type CallRecord, Party, Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Pull from "effect/Pull"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { heapMb, settledHeapMb, stopwatch } from "./machine.ts"
import { median, type Report, type Row } from "./Report.ts"

const frameMs = 20
const stepMs = 60_000
/** Longer than it takes a call to be answered, and to end. */
const lingerMs = 5000

const callerId = PhoneNumber.make("914400000001")
const asha = PhoneNumber.make("919840000042")

type Handler = (session: StreamSession.StreamSession) => Effect.Effect<void, unknown>

/**
 * Each frame goes back as it came. A pull waits for the next frames by itself: a loop that yields besides, as `forever` does
 * unless told otherwise, makes the test clock wait for one more task in every frame.
 */
const echoByPull: Handler = (session) =>
  session.audio.pipe(
    Effect.flatMap((frames) => Effect.forEach(frames, session.send, { discard: true })),
    Effect.forever({ disableYield: true }),
    Pull.catchDone(() => Effect.void)
  )

const echoByStream: Handler = (session) => Stream.runForEach(session.frames, session.send)

interface Talk {
  readonly handler: Handler
  readonly isSilent: boolean
  readonly calls: number
  readonly callMs: number
  readonly letsGoMs: number
}

/** A fresh platform and an app. Whoever is called answers at once, and stays as long as the talk is to be. */
const world = ({ calls, callMs, handler, isSilent }: Talk) => {
  const server = StreamServer.layer({
    url: "ws://bot.test",
    admission: "anyone",
    drainTimeout: 0,
    maxSessions: calls
  })
  const speaks: ReadonlyArray<Party.Utterance> = isSilent
    ? []
    : [{ afterMs: 0, voice: { _tag: "Speech", ms: callMs } }]
  const asked = Party.person({ answersAfterMs: 0, talksForMs: callMs, speaks })
  return Piopiy.layerLegacy({
    appId: 1_000_001,
    appSecret: Redacted.make("sim-secret"),
    retryPolicy: RetryPolicy.none
  }).pipe(
    Layer.provideMerge(InProcess.layer({
      config: { people: { [asha]: asked } },
      streams: InProcess.streams(handler).pipe(Layer.provide(server))
    })),
    Layer.orDie
  )
}

/** Lets so much time pass, and tells the most heap that was in use at a full minute. */
const passing = Effect.fnUntraced(function*(spanMs: number) {
  let peakMb = yield* heapMb
  for (let left = spanMs; left > 0; left -= stepMs) {
    yield* TestClock.adjust(Math.min(left, stepMs))
    peakMb = Math.max(peakMb, yield* heapMb)
  }
  return peakMb
})

const underTestClock = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  program.pipe(Effect.scoped, Effect.provide(TestClock.layer(), { local: true }))

const place = LegacyCalls.LegacyCalls.use((calls) =>
  calls.placePipelineCall({
    callerId,
    to: asha,
    pipeline: LegacyPipeline.make([LegacyAction.stream("ws://bot.test/stream")])
  })
)

/** What passed on the streams of calls that are over; all of it, or the run is none. */
const passedOn = Effect.fnUntraced(function*({ calls, callMs }: Talk, records: ReadonlyArray<CallRecord.CallRecord>) {
  const simulator = yield* Simulator.Simulator
  const streamed = (yield* simulator.journal()).flatMap((entry) => entry._tag === "Streamed" ? [entry.counts] : [])
  const sent = streamed.reduce((sum, counts) => sum + counts.sent, 0)
  const heard = streamed.reduce((sum, counts) => sum + counts.audio, 0)
  const least = calls * (callMs / frameMs - 2)
  if (records.length !== calls || sent < least || heard < least) {
    return yield* Effect.die(`${records.length} calls ended after ${sent} frames to the app and ${heard} back`)
  }
  return sent + heard
})

/** All calls begin at once, and are let run to their end. */
const talking = Effect.fnUntraced(function*(talk: Talk) {
  yield* Effect.sleep(talk.letsGoMs)
  const time = yield* stopwatch
  const inWorld = Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const idleMb = yield* settledHeapMb
    const [elapsed, peakMb] = yield* time(Effect.andThen(
      Effect.forEach(Array.from({ length: talk.calls }), () => place, { discard: true }),
      passing(talk.callMs + lingerMs)
    ))
    const keptMb = (yield* settledHeapMb) - idleMb
    return { ...elapsed, peakMb, keptMb, frames: yield* passedOn(talk, yield* simulator.records) }
  })
  return yield* underTestClock(Effect.provide(inWorld, Layer.fresh(world(talk))))
})

/** The same time with nothing to do but to wake up for every frame. */
const bare = Effect.fnUntraced(function*(spanMs: number, letsGoMs: number) {
  yield* Effect.sleep(letsGoMs)
  const time = yield* stopwatch
  const loop = Effect.gen(function*() {
    for (let index = 0; index < spanMs / frameMs; index++) yield* Effect.sleep(frameMs)
  })
  const slept = Effect.gen(function*() {
    yield* Effect.forkScoped(loop, { startImmediately: true })
    return yield* passing(spanMs)
  })
  return yield* underTestClock(
    Effect.map(time(slept), ([elapsed, peakMb]) => ({ ...elapsed, peakMb, keptMb: 0, frames: spanMs / frameMs }))
  )
})

const columns: Report["columns"] = [
  { key: "frames", title: "frames", decimals: 0 },
  { key: "wallSeconds", title: "wall s", decimals: 2 },
  { key: "cpuSeconds", title: "CPU s", decimals: 2 },
  { key: "microsPerFrame", title: "us/frame", decimals: 2 },
  { key: "peakMb", title: "peak heap MB", decimals: 0 },
  { key: "keptMb", title: "kept MB", decimals: 1 }
]

type Measured = Effect.Success<ReturnType<typeof bare>>

const figuresOf = (rounds: ReadonlyArray<Measured>): Record<string, number> => {
  const middle = (figure: (one: Measured) => number) => median(rounds.map(figure))
  return {
    frames: middle(({ frames }) => frames),
    wallSeconds: middle(({ wallMs }) => wallMs / 1000),
    cpuSeconds: middle(({ cpuMs }) => cpuMs / 1000),
    microsPerFrame: middle(({ frames, wallMs }) => wallMs * 1000 / frames),
    peakMb: middle(({ peakMb }) => peakMb),
    keptMb: middle(({ keptMb }) => keptMb)
  }
}

/** One call of so many minutes. */
export interface HourSize {
  readonly minutes: number
  readonly rounds: number
  readonly letsGoMs: number
}

const hours: ReadonlyArray<readonly [subject: string, handler: Handler, isSilent: boolean]> = [
  ["silent caller, echo by the pull", echoByPull, true],
  ["silent caller, echo by the Stream", echoByStream, true],
  ["speaking caller, echo by the pull", echoByPull, false]
]

const hourRound = Effect.fnUntraced(function*(callMs: number, letsGoMs: number) {
  const first = yield* bare(callMs, letsGoMs)
  const talks = yield* Effect.forEach(
    hours,
    ([, handler, isSilent]) => talking({ handler, isSilent, calls: 1, callMs, letsGoMs })
  )
  return [first, ...talks].map((measured) => ({
    ...measured,
    timesBare: measured.wallMs / first.wallMs,
    timesBareCpu: measured.cpuMs / first.cpuMs
  }))
})

/** The first round, a tenth as long, warms the compiler up, and is thrown away. */
export const hour = Effect.fnUntraced(function*({ letsGoMs, minutes, rounds }: HourSize) {
  yield* hourRound(minutes * 6000, letsGoMs)
  const all = yield* Effect.forEach(Array.from({ length: rounds }), () => hourRound(minutes * 60_000, letsGoMs))
  const rows = ["bare loop of sleeps", ...hours.map(([subject]) => subject)].map((subject, index): Row => {
    const measured = all.flatMap((round) => round[index] ?? [])
    return {
      subject,
      figures: {
        ...figuresOf(measured),
        timesBare: median(measured.map(({ timesBare }) => timesBare)),
        timesBareCpu: median(measured.map(({ timesBareCpu }) => timesBareCpu))
      }
    }
  })
  const report: Report = {
    benchmark: "streamHour",
    about: `one call of ${minutes} virtual minutes, frames of 20 ms both ways, median of ${rounds} rounds`,
    columns: [
      ...columns,
      { key: "timesBareCpu", title: "x bare, CPU", decimals: 2 },
      { key: "timesBare", title: "x bare", decimals: 2, target: "<= 2.5" }
    ],
    rows
  }
  return report
})

/** So many calls at once, of so many seconds. */
export interface CrowdSize {
  readonly calls: number
  readonly seconds: number
  readonly rounds: number
  readonly letsGoMs: number
}

/** The first round, a tenth as long, warms the compiler up, and is thrown away. */
export const crowd = Effect.fnUntraced(function*({ calls, letsGoMs, rounds, seconds }: CrowdSize) {
  const talk = { calls, callMs: seconds * 1000, handler: echoByPull, letsGoMs }
  const kinds = [["silent callers", true], ["speaking callers", false]] as const
  const round = (callMs: number) => Effect.forEach(kinds, ([, isSilent]) => talking({ ...talk, callMs, isSilent }))
  yield* round(seconds * 100)
  const all = yield* Effect.forEach(Array.from({ length: rounds }), () => round(talk.callMs))
  const report: Report = {
    benchmark: "streamCrowd",
    about: `${calls} calls of ${seconds} virtual seconds at once, echo by the pull, median of ${rounds} rounds`,
    columns: columns.map((column) => column.key === "wallSeconds" ? { ...column, target: "<= 12" } : column),
    rows: kinds.map(([subject], index) => ({ subject, figures: figuresOf(all.flatMap((one) => one[index] ?? [])) }))
  }
  return report
})
