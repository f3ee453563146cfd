/** What a call through the SDK costs this process, against the same request by bare `fetch`. */
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { median, type Report, type Row } from "./Report.ts"

export interface Size {
  /** Calls of each way before anything counts: compilers need some ten thousand. A multiple of `atOnce`. */
  readonly warmUp: number
  /** Calls of one turn, a multiple of `atOnce`. */
  readonly calls: number
  readonly atOnce: number
  readonly rounds: number
  /** Calls that memory is watched over, a multiple of four times `atOnce`. */
  readonly watched: number
}

const ways = ["bare fetch", "bare Effect, fetch", "SDK, fetch", "bare Effect, undici", "SDK, undici"] as const

const start = (file: string, ...args: ReadonlyArray<string>) => [
  fileURLToPath(new URL(file, import.meta.url)),
  ...args
]

const Listening = Schema.fromJsonString(Schema.Struct({ url: Schema.String }))
const Cost = Schema.fromJsonString(Schema.Struct({ cpuMicros: Schema.Finite }))
const Memory = Schema.fromJsonString(Schema.Struct({ heapMb: Schema.Finite, rssMb: Schema.Finite }))

/** Starts a program that answers a line by a line. */
const program = Effect.fnUntraced(function*(args: ReadonlyArray<string>) {
  const asked = yield* Queue.unbounded<string>()
  const child = yield* ChildProcess.make(execPath, args, {
    stdin: Stream.encodeText(Stream.fromQueue(asked)),
    stderr: "inherit"
  })
  const said = yield* Stream.toQueue(Stream.splitLines(Stream.decodeText(child.stdout)), { capacity: "unbounded" })
  return { ask: (line: string) => Queue.offer(asked, `${line}\n`), said: Queue.take(said) }
})

const caller = Effect.fnUntraced(function*(way: string, url: string) {
  const { ask, said } = yield* program(start("placing.ts", way, url))
  const place = (calls: number, atOnce: number) =>
    ask(`${calls} ${atOnce}`).pipe(
      Effect.andThen(said),
      Effect.flatMap(Schema.decodeEffect(Cost)),
      Effect.map(({ cpuMicros }) => cpuMicros)
    )
  const memory = ask("memory").pipe(Effect.andThen(said), Effect.flatMap(Schema.decodeEffect(Memory)))
  return { place, memory }
})

/** All ways take turns, in processes of their own. */
export const run = Effect.fnUntraced(function*(size: Size) {
  const server = yield* program(start("bareServer.ts"))
  const { url } = yield* Schema.decodeEffect(Listening)(yield* server.said)
  const callers = yield* Effect.forEach(ways, (way) => caller(way, url))
  yield* Effect.forEach(callers, ({ place }) => place(size.warmUp, size.atOnce))
  const round = Effect.forEach(
    callers,
    ({ place }) => Effect.all({ one: place(size.calls, 1), many: place(size.calls, size.atOnce) })
  )
  const rounds = yield* Effect.forEach(Array.from({ length: size.rounds }), () => round)
  const memory = yield* Effect.forEach(
    callers,
    ({ memory, place }) =>
      Effect.forEach(Array.from({ length: 4 }), () => Effect.andThen(place(size.watched / 4, size.atOnce), memory))
  )
  const rows = ways.map((subject, index): Row => {
    const turns = rounds.flatMap((round) => {
      const [own, bare] = [round[index], round[0]]
      return own === undefined || bare === undefined ? [] : [{ own, bare }]
    })
    const quarters = memory[index] ?? []
    return {
      subject,
      figures: {
        one: median(turns.map(({ own }) => own.one)),
        timesOne: median(turns.map(({ bare, own }) => own.one / bare.one)),
        many: median(turns.map(({ own }) => own.many)),
        timesMany: median(turns.map(({ bare, own }) => own.many / bare.many)),
        ...Object.fromEntries(quarters.flatMap(({ heapMb, rssMb }, quarter) => [
          [`heap${quarter + 1}`, heapMb],
          [`rss${quarter + 1}`, rssMb]
        ]))
      }
    }
  })
  const quarters = [1, 2, 3, 4]
  const report: Report = {
    benchmark: "sdkCalls",
    about: `CPU microseconds per call, one at a time and ${size.atOnce} at once, median of ${size.rounds} rounds of ${
      size.calls.toLocaleString("en-US")
    }; MB of heap and RSS after each quarter of ${size.watched.toLocaleString("en-US")} calls`,
    columns: [
      { key: "one", title: "one", decimals: 0 },
      { key: "timesOne", title: "x fetch", decimals: 2, target: "<= 1.5, undici <= 1.0" },
      { key: "many", title: "many", decimals: 0 },
      { key: "timesMany", title: "x fetch", decimals: 2 },
      ...quarters.map((quarter) => ({ key: `heap${quarter}`, title: `heap ${quarter}/4`, decimals: 1 })),
      ...quarters.map((quarter) => ({ key: `rss${quarter}`, title: `RSS ${quarter}/4`, decimals: 0 }))
    ],
    rows
  }
  return report
}, Effect.scoped)
