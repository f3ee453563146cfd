/**
 * Audio over real sockets: how late the simulator's frames come at an app in another process, and what a stream costs,
 * beside plain sockets on one wheel; and whether either drifts.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answering } from "./processes.ts"
import { median, type Report, type Row } from "./Report.ts"

/** So many streams at once, measured for so many seconds after so many. */
export interface Size {
  readonly streams: ReadonlyArray<number>
  readonly warmUp: number
  readonly seconds: number
  readonly rounds: number
}

const frameMs = 20

const Listening = Schema.fromJsonString(Schema.Struct({ url: Schema.String }))
const Done = Schema.fromJsonString(Schema.Struct({}))
const Memory = Schema.fromJsonString(Schema.Struct({ heapMb: Schema.Finite }))
const lateness = { p50: Schema.Finite, p99: Schema.Finite, max: Schema.Finite }
const Came = Schema.fromJsonString(
  Schema.Struct({ streams: Schema.Natural, frames: Schema.Natural, drift: Schema.Finite, ...lateness })
)
const Cost = Schema.fromJsonString(
  Schema.Struct({ cpuMs: Schema.Finite, gridMs: Schema.Finite, received: Schema.Natural, lost: Schema.Natural })
)
const Own = Schema.fromJsonString(Schema.Struct(lateness))

/** Asks a program, and reads its answer. */
const asking = Effect.fnUntraced(function*(file: string) {
  const program = yield* answering(file)
  return {
    ...program,
    ask: <A>(line: string, answer: Schema.Codec<A, string>) =>
      Effect.flatMap(Effect.andThen(program.ask(line), program.said), Schema.decodeEffect(answer))
  }
})

const app = Effect.gen(function*() {
  const program = yield* asking("streamsApp.ts")
  const { url } = yield* Schema.decodeEffect(Listening)(yield* program.said)
  return { ...program, url }
})

/** Streams from one program to an app, in processes of their own: what came, and what it cost. */
const streaming = Effect.fnUntraced(function*(file: string, streams: number, { seconds, warmUp }: Size) {
  const receiver = yield* app
  const sender = yield* asking(file)
  yield* sender.ask(`${streams} ${receiver.url}`, Done)
  yield* Effect.sleep(`${warmUp} seconds`)
  const before = yield* sender.ask("cost", Cost)
  yield* receiver.ask("begin", Done)
  yield* Effect.sleep(`${seconds} seconds`)
  const { frames, streams: open, ...late } = yield* receiver.ask(String(before.gridMs), Came)
  const after = yield* sender.ask("cost", Cost)
  if (open !== streams || frames === 0) return yield* Effect.die(`${frames} frames came on ${open} streams`)
  const frameCount = streams * seconds * 1000 / frameMs
  return {
    ...late,
    frames,
    missing: after.lost - before.lost,
    back: (after.received - before.received) / frames,
    cpuShare: 100 * (after.cpuMs - before.cpuMs) / (seconds * 1000),
    cpuMicros: 1000 * (after.cpuMs - before.cpuMs) / frameCount
  }
}, Effect.scoped)

/** How late the machine lets a wheel turn that has nothing to send. */
const timer = Effect.fnUntraced(function*({ seconds, warmUp }: Size) {
  const wheel = yield* asking("streamsWheel.ts")
  yield* Effect.sleep(`${warmUp} seconds`)
  yield* wheel.ask("cost", Own)
  yield* Effect.sleep(`${seconds} seconds`)
  return yield* wheel.ask("cost", Own)
}, Effect.scoped)

const round = Effect.fnUntraced(function*(streams: number, size: Size) {
  const machine = yield* timer(size)
  const plain = yield* streaming("streamsWheel.ts", streams, size)
  const ours = yield* streaming("streamsSimulator.ts", streams, size)
  return [
    { ...machine },
    { ...plain, timesPlain: 1 },
    { ...ours, timesPlain: ours.p99 / plain.p99 }
  ]
})

const subjects = (streams: number) => [
  `${streams}: the timer alone`,
  `${streams}: plain sockets, one wheel`,
  `${streams}: the simulator`
]

/** The middle of each figure that every round has. */
const middle = (rounds: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> =>
  Object.fromEntries(
    Object.keys(rounds[0] ?? {}).map((key) => [key, median(rounds.map((one) => one[key] ?? Number.NaN))])
  )

export const run = Effect.fnUntraced(function*(size: Size) {
  const rows = yield* Effect.forEach(size.streams, (streams) =>
    Effect.map(
      Effect.forEach(Array.from({ length: size.rounds }), () => round(streams, size)),
      (rounds) =>
        subjects(streams).map((subject, index): Row => ({
          subject,
          figures: middle(rounds.flatMap((one) => one[index] ?? []))
        }))
    ))
  const report: Report = {
    benchmark: "streamLive",
    about: `frames of 20 ms both ways for ${size.seconds} s, received in another process; lateness in milliseconds,`
      + ` median of ${size.rounds} rounds`,
    columns: [
      { key: "p50", title: "late p50", decimals: 2 },
      { key: "p99", title: "p99", decimals: 2 },
      { key: "max", title: "max", decimals: 1 },
      { key: "timesPlain", title: "p99 x plain", decimals: 2, target: "<= 1.2" },
      { key: "frames", title: "frames", decimals: 0 },
      { key: "missing", title: "missing", decimals: 0 },
      { key: "back", title: "back per frame", decimals: 3 },
      { key: "cpuShare", title: "CPU % of a core", decimals: 1 },
      { key: "cpuMicros", title: "CPU us per frame pair", decimals: 1 }
    ],
    rows: rows.flat()
  }
  return report
})

/** So many streams, for so many seconds after so many. */
export interface DriftSize {
  readonly streams: number
  readonly warmUp: number
  readonly seconds: number
}

/** The simulator alone, for long: whether frames come later and later, and whether its memory grows. */
export const drift = Effect.fnUntraced(function*({ seconds, streams, warmUp }: DriftSize) {
  const receiver = yield* app
  const sender = yield* asking("streamsSimulator.ts")
  yield* sender.ask(`${streams} ${receiver.url}`, Done)
  yield* Effect.sleep(`${warmUp} seconds`)
  const { heapMb: firstMb } = yield* sender.ask("memory", Memory)
  const { gridMs } = yield* sender.ask("cost", Cost)
  yield* receiver.ask("begin", Done)
  yield* Effect.sleep(`${seconds} seconds`)
  const came = yield* receiver.ask(String(gridMs), Came)
  const { heapMb: lastMb } = yield* sender.ask("memory", Memory)
  const report: Report = {
    benchmark: "streamDrift",
    about: `${streams} streams for ${seconds} s; drift is the middle lateness of the last tenth less that of the first`,
    columns: [
      { key: "frames", title: "frames", decimals: 0 },
      { key: "drift", title: "drift ms", decimals: 2, target: "<= 20" },
      { key: "p50", title: "late p50", decimals: 2 },
      { key: "p99", title: "p99", decimals: 2 },
      { key: "max", title: "max", decimals: 1 },
      { key: "firstMb", title: "heap MB first", decimals: 1 },
      { key: "lastMb", title: "last", decimals: 1 }
    ],
    rows: [{ subject: "the simulator", figures: { ...came, firstMb, lastMb } }]
  }
  return report
}, Effect.scoped)
