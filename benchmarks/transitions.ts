/** How many transitions of the call machine one core makes in a second, and what the state of a live call weighs. */
import * as Effect from "effect/Effect"
import * as Call from "../packages/simulator/src/core/call/Call.ts"
import type { CallEvent } from "../packages/simulator/src/core/call/CallEvent.ts"
import { transition } from "../packages/simulator/src/core/call/transition.ts"
import { type Recorded, recorded } from "./callMix.ts"
import { settledHeapMb, stopwatch } from "./machine.ts"
import { median, type Report, type Row } from "./Report.ts"

/** Transitions per subject and round, rounds, and calls that are kept alive to be weighed. */
export interface Size {
  readonly transitions: number
  readonly rounds: number
  readonly liveCalls: number
}

const fold = (events: ReadonlyArray<CallEvent>): Call.Call => {
  let call = Call.initial
  for (const event of events) call = transition(call, event).call
  return call
}

const eventsIn = (scripts: ReadonlyArray<Recorded>): number =>
  scripts.reduce((sum, { events }) => sum + events.length, 0)

/** Runs the scripts one call after another, and tells the milliseconds per transition. */
const timed = Effect.fnUntraced(function*(scripts: ReadonlyArray<Recorded>, { transitions }: Size) {
  const repetitions = Math.max(1, Math.round(transitions / eventsIn(scripts)))
  const time = yield* stopwatch
  const [{ cpuMs, wallMs }, unfinished] = yield* time(Effect.sync(() => {
    let unfinished = 0
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const { events } of scripts) if (fold(events).phase !== "Ended") unfinished += 1
    }
    return unfinished
  }))
  if (unfinished > 0) return yield* Effect.die(`${unfinished} calls did not end`)
  const count = repetitions * eventsIn(scripts)
  return { wallMs: wallMs / count, cpuMs: cpuMs / count }
})

/**
 * The settled heap per live call, over calls in every state that the scripts lead through. Each has events of its own,
 * since a state holds on to parts of them.
 */
const bytesPerLiveCall = Effect.fnUntraced(function*(scripts: ReadonlyArray<Recorded>, count: number) {
  const before = yield* settledHeapMb
  const calls = Array.from({ length: count }, (_, index) => {
    const events = scripts[index % scripts.length]?.events ?? []
    const happened = 1 + Math.floor(index / scripts.length) % (events.length - 1)
    return fold(structuredClone(events.slice(0, happened)))
  })
  const after = yield* settledHeapMb
  return (after - before) * 2 ** 20 / calls.length
})

/** The first round warms the compiler up, and is thrown away. */
export const run = Effect.fnUntraced(function*(size: Size) {
  const scripts = yield* recorded
  const subjects = [
    { subject: "all of them, in turn", scripts },
    ...scripts.map((script) => ({ subject: script.name, scripts: [script] }))
  ]
  const round = Effect.forEach(subjects, ({ scripts }) => timed(scripts, size))
  yield* round
  const rounds = yield* Effect.forEach(Array.from({ length: size.rounds }), () => round)
  const rows = yield* Effect.forEach(
    subjects,
    ({ scripts, subject }, index) =>
      Effect.map(bytesPerLiveCall(scripts, size.liveCalls), (liveBytes): Row => {
        const times = rounds.flatMap((round) => round[index] ?? [])
        const wallMs = median(times.map((time) => time.wallMs))
        return {
          subject,
          figures: {
            perSecond: 1000 / wallMs,
            perCpuSecond: 1000 / median(times.map((time) => time.cpuMs)),
            nanos: wallMs * 1e6,
            events: eventsIn(scripts),
            liveBytes
          }
        }
      })
  )
  const report: Report = {
    benchmark: "transitions",
    about: `core transitions on one core, median of ${size.rounds} rounds of ${
      size.transitions.toLocaleString("en-US")
    }`,
    columns: [
      { key: "perSecond", title: "per second", decimals: 0, target: ">= 300,000" },
      { key: "perCpuSecond", title: "per CPU second", decimals: 0 },
      { key: "nanos", title: "ns each", decimals: 0 },
      { key: "events", title: "events", decimals: 0 },
      { key: "liveBytes", title: "bytes/live call", decimals: 0 }
    ],
    rows
  }
  return report
})
