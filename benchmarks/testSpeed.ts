/** What a test on the platform in memory costs: its time, from booting to the last assertion, and the memory of many. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answering } from "./processes.ts"
import { median, type Report, type Row } from "./Report.ts"

export interface Size {
  /** Tests in one process, ten or more. */
  readonly tests: number
}

/** The programs of `oneTest.ts`, and what they are called. */
const kinds = [
  ["platform", "Platform.layer"],
  ["parts", "InProcess.layer, Piopiy.layer"],
  ["boot", "Platform.layer, nothing done"]
] as const

const Times = Schema.fromJsonString(Schema.Array(Schema.Struct({ wallMs: Schema.Finite, cpuMs: Schema.Finite })))
const Memory = Schema.fromJsonString(Schema.Struct({ heapMb: Schema.Finite, rssMb: Schema.Finite }))

/** So many tests in one process. Memory is read when a tenth of them, and when all of them are over. */
const process = Effect.fnUntraced(function*(kind: string, { tests }: Size) {
  const { ask, said } = yield* answering("oneTest.ts", kind)
  const some = (count: number) =>
    ask(String(count)).pipe(Effect.andThen(said), Effect.flatMap(Schema.decodeEffect(Times)))
  const memory = Effect.flatMap(Effect.andThen(ask("memory"), said), Schema.decodeEffect(Memory))
  const tenth = Math.floor(tests / 10)
  const begun = yield* some(tenth)
  const early = yield* memory
  const [first, ...others] = [...begun, ...yield* some(tests - tenth)]
  return { first, others, early, late: yield* memory }
}, Effect.scoped)

/** The figure that so many in a hundred do not exceed. */
const percentile = (figures: ReadonlyArray<number>, percent: number): number =>
  figures.toSorted((a, b) => a - b)[Math.ceil(figures.length * percent / 100) - 1] ?? Number.NaN

export const run = Effect.fnUntraced(function*(size: Size) {
  const rows = yield* Effect.forEach(
    kinds,
    ([kind, subject]) =>
      Effect.map(process(kind, size), ({ early, first, late, others }): Row => {
        const wall = others.map(({ wallMs }) => wallMs)
        const cpu = others.map(({ cpuMs }) => cpuMs)
        return {
          subject,
          figures: {
            first: first?.wallMs ?? Number.NaN,
            next: median(wall.slice(0, 10)),
            p50: percentile(wall, 50),
            p99: percentile(wall, 99),
            cpu50: percentile(cpu, 50),
            cpu99: percentile(cpu, 99),
            heapEarly: early.heapMb,
            heapLate: late.heapMb,
            rssEarly: early.rssMb,
            rssLate: late.rssMb
          }
        }
      })
  )
  const count = size.tests.toLocaleString("en-US")
  const report: Report = {
    benchmark: "testSpeed",
    about:
      `milliseconds of a test that boots the platform, places a call and runs a menu; ${count} in one process, MB of`
      + " heap and RSS after a tenth of them and after all",
    columns: [
      { key: "first", title: "first", decimals: 1 },
      { key: "next", title: "next ten", decimals: 1 },
      { key: "p50", title: "p50", decimals: 2, target: "<= 15" },
      { key: "p99", title: "p99", decimals: 2, target: "<= 15" },
      { key: "cpu50", title: "CPU p50", decimals: 2 },
      { key: "cpu99", title: "CPU p99", decimals: 2 },
      { key: "heapEarly", title: "heap 1/10", decimals: 1 },
      { key: "heapLate", title: "heap", decimals: 1 },
      { key: "rssEarly", title: "RSS 1/10", decimals: 0 },
      { key: "rssLate", title: "RSS", decimals: 0 }
    ],
    rows
  }
  return report
})
