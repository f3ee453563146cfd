/** How fast virtual time passes: an hour, or a day, of calls through the whole engine under a test clock. */
import { Simulator } from "@effect-piopiy/simulator"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Tenants } from "../packages/simulator/src/engine/Tenants.ts"
import { kinds, make, type Recorded, recorded, world } from "./callMix.ts"
import { heapMb, settledHeapMb, stopwatch } from "./machine.ts"
import { median, type Report, type Row } from "./Report.ts"

export interface Size {
  readonly calls: number
  readonly rounds: number
  /** How long each run waits for the world of the one before to be gone. */
  readonly letsGoMs: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Long enough for the last call to end. */
const lingerMs = 300_000
const stepMs = 60_000

/** Lets the time and what comes after pass for `program`, and tells the most heap that was in use at a full minute. */
const passing = Effect.fnUntraced(function*<A, E, R>(spanMs: number, program: Effect.Effect<A, E, R>) {
  yield* Effect.forkScoped(program, { startImmediately: true })
  let peakMb = yield* heapMb
  for (let passed = 0; passed < spanMs + lingerMs; passed += stepMs) {
    yield* TestClock.adjust(stepMs)
    peakMb = Math.max(peakMb, yield* heapMb)
  }
  return peakMb
})

/** Starts `count` calls, evenly over the time. */
const arriving = Effect.fnUntraced(function*<E, R>(
  spanMs: number,
  count: number,
  call: (index: number) => Effect.Effect<void, E, R>
) {
  for (let index = 0; index < count; index++) {
    const nowMs = yield* Clock.currentTimeMillis
    yield* Effect.sleep(Math.floor(index * spanMs / count) - nowMs)
    yield* Effect.forkScoped(call(index), { startImmediately: true })
  }
})

/** Makes the call number `index`. */
type MakeCall<R> = (index: number) => Effect.Effect<void, unknown, R>

const throughSdk = (index: number) => {
  const kind = kinds[index % kinds.length]
  return kind === undefined ? Effect.void : make(kind)
}

const onSwitchboard = (calls: ReadonlyArray<Recorded>) =>
  Effect.fnUntraced(function*(index: number) {
    const { main: { switchboard } } = yield* Tenants
    const next = calls[index % calls.length]
    if (next === undefined) return
    const { callId } = yield* switchboard.originate(next.request, 0)
    if (next.transfer === undefined) return
    yield* Effect.sleep(next.transfer.after)
    yield* switchboard.transfer(callId, next.transfer.program, 0)
  })

/** Runs a program at the start of virtual time, and counts the sleeps that it woke from. */
const underTestClock = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Clock.Clock, (clock) => {
    let wakes = 0
    const count = Effect.sync(() => {
      wakes += 1
    })
    const counting: Clock.Clock = {
      ...clock,
      sleep: (duration) => Effect.andThen(clock.sleep(duration), count)
    }
    return Effect.map(
      Effect.provideService(program, Clock.Clock, counting),
      (measured) => ({ ...measured, wakes })
    )
  }).pipe(Effect.scoped, Effect.provide(TestClock.layer(), { local: true }))

/** So many calls, evenly over the time, in a fresh world. */
const span = Effect.fnUntraced(function*<R>(spanMs: number, count: number, letsGoMs: number, call: MakeCall<R>) {
  yield* Effect.sleep(letsGoMs)
  const time = yield* stopwatch
  const inWorld = Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const idleMb = yield* settledHeapMb
    const [elapsed, peakMb] = yield* time(passing(spanMs, arriving(spanMs, count, call)))
    const keptMb = (yield* settledHeapMb) - idleMb
    const ended = (yield* simulator.records).length
    if (ended !== count) return yield* Effect.die(`${count} calls were made and ${ended} ended`)
    return { ...elapsed, peakMb, keptMb, entries: (yield* simulator.journal()).at(-1)?.seq ?? 0 }
  })
  return yield* underTestClock(Effect.provide(inWorld, Layer.fresh(world)))
})

/** The same time with nothing to do but to wake up so many times. */
const bare = Effect.fnUntraced(function*(spanMs: number, wakes: number) {
  const time = yield* stopwatch
  const loop = Effect.gen(function*() {
    for (let index = 0; index < wakes; index++) yield* Effect.sleep(spanMs / wakes)
  })
  return yield* underTestClock(Effect.map(time(passing(spanMs, loop)), ([elapsed]) => elapsed))
})

const oneRound = Effect.fnUntraced(function*(calls: ReadonlyArray<Recorded>, { calls: count, letsGoMs }: Size) {
  const hours = [
    yield* span(hourMs, count, letsGoMs, onSwitchboard(calls)),
    yield* span(hourMs, count, letsGoMs, throughSdk)
  ]
  return yield* Effect.forEach(
    hours,
    (measured) =>
      Effect.map(bare(hourMs, measured.wakes), (bare) => ({ ...measured, timesBare: measured.wallMs / bare.wallMs }))
  )
})

/** The first round warms the compiler up, and is thrown away. */
export const run = Effect.fnUntraced(function*(size: Size) {
  const calls = yield* recorded
  yield* oneRound(calls, size)
  const rounds = yield* Effect.forEach(Array.from({ length: size.rounds }), () => oneRound(calls, size))
  const rows = ["on the switchboard", "through the SDK and REST"].map((subject, index): Row => {
    const hours = rounds.flatMap((round) => round[index] ?? [])
    const middle = (figure: (hour: (typeof hours)[number]) => number) => median(hours.map(figure))
    return {
      subject,
      figures: {
        wallSeconds: middle(({ wallMs }) => wallMs / 1000),
        cpuSeconds: middle(({ cpuMs }) => cpuMs / 1000),
        microsPerCall: middle(({ wallMs }) => wallMs * 1000 / size.calls),
        entriesPerSecond: middle(({ entries, wallMs }) => entries / wallMs * 1000),
        entries: middle(({ entries }) => entries),
        peakMb: middle(({ peakMb }) => peakMb),
        keptMb: middle(({ keptMb }) => keptMb),
        wakes: middle(({ wakes }) => wakes),
        timesBare: middle(({ timesBare }) => timesBare)
      }
    }
  })
  const report: Report = {
    benchmark: "virtual",
    about: `${size.calls.toLocaleString("en-US")} calls over an hour of virtual time, median of ${size.rounds} rounds`,
    columns: [
      { key: "wallSeconds", title: "wall s", decimals: 2 },
      { key: "cpuSeconds", title: "CPU s", decimals: 2 },
      { key: "microsPerCall", title: "us/call", decimals: 0 },
      { key: "entriesPerSecond", title: "entries/s", decimals: 0 },
      { key: "entries", title: "entries", decimals: 0 },
      { key: "peakMb", title: "peak heap MB", decimals: 0 },
      { key: "keptMb", title: "kept MB", decimals: 0 },
      { key: "wakes", title: "wakes", decimals: 0 },
      { key: "timesBare", title: "x bare wakes", decimals: 1 }
    ],
    rows
  }
  return report
})

/** A day of calls to an AI agent: they ring, talk, hang up, and leave their record. */
export const day = Effect.fnUntraced(function*(size: Size) {
  const calls = (yield* recorded).slice(0, 1)
  yield* span(hourMs, Math.min(size.calls, 5000), size.letsGoMs, onSwitchboard(calls))
  const rounds = yield* Effect.forEach(
    Array.from({ length: size.rounds }),
    () => span(dayMs, size.calls, size.letsGoMs, onSwitchboard(calls))
  )
  const middle = (figure: (day: (typeof rounds)[number]) => number) => median(rounds.map(figure))
  const report: Report = {
    benchmark: "day",
    about: `${size.calls.toLocaleString("en-US")} calls over a day of virtual time, median of ${size.rounds} rounds`,
    columns: [
      { key: "wallSeconds", title: "wall s", decimals: 1, target: "<= 60" },
      { key: "cpuSeconds", title: "CPU s", decimals: 1 },
      { key: "microsPerCall", title: "us/call", decimals: 0 },
      { key: "entries", title: "entries", decimals: 0 },
      { key: "peakMb", title: "peak heap MB", decimals: 0 },
      { key: "keptMb", title: "kept MB", decimals: 0 }
    ],
    rows: [{
      subject: "on the switchboard",
      figures: {
        wallSeconds: middle(({ wallMs }) => wallMs / 1000),
        cpuSeconds: middle(({ cpuMs }) => cpuMs / 1000),
        microsPerCall: middle(({ wallMs }) => wallMs * 1000 / size.calls),
        entries: middle(({ entries }) => entries),
        peakMb: middle(({ peakMb }) => peakMb),
        keptMb: middle(({ keptMb }) => keptMb)
      }
    }]
  }
  return report
})
