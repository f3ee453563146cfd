/** How many frames of call audio an app can take in a second of one core: through the SDK, and by plain `ws`. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answering } from "./processes.ts"
import { median, type Report, type Row } from "./Report.ts"

export interface Size {
  readonly frames: number
  readonly rounds: number
}

const Listening = Schema.fromJsonString(Schema.Struct({ url: Schema.String }))
const Cpu = Schema.fromJsonString(Schema.Struct({ cpuMs: Schema.Finite }))
const Took = Schema.fromJsonString(Schema.Struct({ seconds: Schema.Finite }))

/** The ways of `streamsTaking.ts`, and what they are called. */
const ways = [
  ["plain", "plain ws"],
  ["pull", "the SDK, by the pull"],
  ["stream", "the SDK, by the Stream"]
] as const

/** A way of taking, and its peer. Each run of it sends so many frames over the same connection. */
const taking = Effect.fnUntraced(function*(way: string, { frames }: Size) {
  const app = yield* answering("streamsTaking.ts", way, String(frames))
  const { url } = yield* Schema.decodeEffect(Listening)(yield* app.said)
  const peer = yield* answering("streamsFlood.ts", url)
  const cpu = Effect.flatMap(Effect.andThen(app.ask("cpu"), app.said), Schema.decodeEffect(Cpu))
  const round = Effect.gen(function*() {
    const before = yield* cpu
    yield* peer.ask(String(frames))
    const { seconds } = yield* Schema.decodeEffect(Took)(yield* peer.said)
    const after = yield* cpu
    return { perSecond: frames / seconds, perCpuSecond: frames * 1000 / (after.cpuMs - before.cpuMs) }
  })
  return { round }
})

/** The ways take turns. A first round of each warms the compiler up, and is thrown away. */
export const run = Effect.fnUntraced(function*(size: Size) {
  const takers = yield* Effect.forEach(ways, ([way]) => taking(way, size))
  const round = Effect.forEach(takers, ({ round }) => round)
  yield* round
  const rounds = yield* Effect.forEach(Array.from({ length: size.rounds }), () => round)
  const rows = ways.map(([, subject], index): Row => {
    const runs = rounds.flatMap((one) => one[index] ?? [])
    const ratios = rounds.map(([plain]) => plain?.perCpuSecond ?? Number.NaN)
      .map((plain, at) => (runs[at]?.perCpuSecond ?? Number.NaN) / plain)
    return {
      subject,
      figures: {
        perSecond: median(runs.map(({ perSecond }) => perSecond)),
        perCpuSecond: median(runs.map(({ perCpuSecond }) => perCpuSecond)),
        timesPlain: median(ratios)
      }
    }
  })
  const report: Report = {
    benchmark: "streamReceive",
    about: `frames of 320 bytes on one connection from another process, median of ${size.rounds} rounds of ${
      size.frames.toLocaleString("en-US")
    }`,
    columns: [
      { key: "perSecond", title: "frames/s", decimals: 0 },
      { key: "perCpuSecond", title: "per CPU second", decimals: 0 },
      { key: "timesPlain", title: "x plain", decimals: 2, target: ">= 0.8 by the pull" }
    ],
    rows
  }
  return report
}, Effect.scoped)
