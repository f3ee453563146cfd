/** What calls in progress cost a simulator: memory each, and how late its event loop runs while calls come and go. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { answering } from "./processes.ts"
import type { Report, Row } from "./Report.ts"

export interface Size {
  /** Calls that are in progress all the time. */
  readonly held: number
  readonly perSecond: number
  readonly seconds: number
  /** How long new calls are left to themselves before memory is read. */
  readonly settles: number
}

const Listening = Schema.fromJsonString(Schema.Struct({ url: Schema.String }))
const Memory = Schema.fromJsonString(Schema.Struct({ heapMb: Schema.Finite, live: Schema.Natural }))
const Delay = Schema.fromJsonString(
  Schema.Struct({ p50: Schema.Finite, p99: Schema.Finite, max: Schema.Finite })
)

/** Somebody who answers at once and stays, and somebody who leaves two seconds after the answer. */
const stays = "919840007100"
const leaves = "919840007202"

const place = (url: string, to: string) =>
  HttpClientRequest.post(`${url}/v3/voice/ai/call`).pipe(
    HttpClientRequest.bearerToken("sim-token"),
    HttpClientRequest.bodyJsonUnsafe({
      caller_id: "914440000000",
      to_number: to,
      agent_id: "2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a001",
      options: { max_duration_sec: 7200 },
      variables: { order: "A-17", priority: 2 }
    }),
    HttpClient.execute,
    Effect.tap((response) => response.text),
    Effect.flatMap(({ status }) => status === 200 ? Effect.void : Effect.die(`a call was answered with ${status}`))
  )

const held = Effect.fnUntraced(function*(size: Size) {
  const simulator = yield* answering("holding.ts")
  const { url } = yield* Schema.decodeEffect(Listening)(yield* simulator.said)
  const memory = simulator.ask("memory").pipe(
    Effect.andThen(simulator.said),
    Effect.flatMap(Schema.decodeEffect(Memory))
  )
  const delay = simulator.ask("delay").pipe(Effect.andThen(simulator.said), Effect.flatMap(Schema.decodeEffect(Delay)))
  const burst = Math.max(1, Math.round(size.perSecond / 20))
  /** Twenty times a second, so that the sender's own timer does not decide the rate. */
  const traffic = Effect.forEach(
    Array.from({ length: size.seconds * 20 }),
    () =>
      Effect.all([
        Effect.forEach(Array.from({ length: burst }), () => place(url, leaves), { concurrency: burst }),
        Effect.sleep("50 millis")
      ], { concurrency: 2 }),
    { discard: true }
  )
  yield* Effect.forEach(Array.from({ length: 200 }), () => place(url, leaves), { concurrency: 16, discard: true })
  const over = memory.pipe(
    Effect.filterOrFail(({ live }) => live === 0, ({ live }) => `${live} calls of the warm-up are still in progress`),
    Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 300 })
  )
  const before = yield* over
  yield* Effect.sleep(`${size.seconds} seconds`)
  const idle = yield* delay
  yield* Effect.forEach(Array.from({ length: size.held }), () => place(url, stays), { concurrency: 16, discard: true })
  yield* Effect.sleep(`${size.settles} seconds`)
  const after = yield* memory
  if (after.live !== size.held) return yield* Effect.die(`${after.live} calls are in progress, not ${size.held}`)
  yield* traffic
  const busy = yield* delay
  return { kilobytes: (after.heapMb - before.heapMb) * 1024 / size.held, idle, busy }
}, Effect.scoped)

export const run = Effect.fnUntraced(function*(size: Size) {
  const { busy, idle, kilobytes } = yield* held(size)
  const count = size.held.toLocaleString("en-US")
  const rows: ReadonlyArray<Row> = [
    { subject: "idle, no calls", figures: idle },
    { subject: `${count} held, ${size.perSecond} a second more`, figures: { ...busy, kilobytes } }
  ]
  const report: Report = {
    benchmark: "load",
    about:
      `${count} calls in progress at once; the delay of the event loop over ${size.seconds} s, in milliseconds; heap`
      + " of a call with its part of the journal",
    columns: [
      { key: "kilobytes", title: "KB per call", decimals: 1, target: "<= 12" },
      { key: "p50", title: "delay p50", decimals: 2 },
      { key: "p99", title: "p99", decimals: 2, target: "<= 25" },
      { key: "max", title: "max", decimals: 1 }
    ],
    rows
  }
  return report
})
