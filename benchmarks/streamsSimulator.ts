/**
 * A simulator whose calls stream to an app: `node streamsSimulator.ts`. A line of stdin with `COUNT URL` places so many
 * calls; one with `cost` is answered by the CPU time so far, the moment of the grid, and what the streams' records say;
 * one with `memory` by the heap in use once all garbage is gone.
 */
import { Party, Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Stream from "effect/Stream"
import { cpuUsage, hrtime, stdin } from "node:process"
import { createInterface } from "node:readline"
import { Tenants } from "../packages/simulator/src/engine/Tenants.ts"
import { settledHeapMb } from "./machine.ts"

/** Answers at once, and says something from then on. */
const asha = 919_840_000_042
const hourMs = 3_600_000
const asked = Party.person({
  answersAfterMs: 0,
  talksForMs: hourMs,
  speaks: [{ afterMs: 0, voice: { _tag: "Speech", ms: hourMs } }]
})

const nowMs = (): number => {
  const [seconds, nanos] = hrtime()
  return seconds * 1000 + nanos / 1e6
}

/** When the tenant's time began: it tells whole milliseconds, so the moment at which one begins is looked for. */
const grid = Effect.map(Tenants, ({ main: { timeline } }) => {
  let gridMs = Number.POSITIVE_INFINITY
  for (const until = nowMs() + 5; nowMs() < until;) gridMs = Math.min(gridMs, nowMs() - timeline.nowMs())
  return gridMs
})

const place = Effect.fnUntraced(function*(stream: string) {
  const { url } = yield* SimulatorServer.SimulatorServer
  const { status } = yield* HttpClientRequest.post(`${url}/v2/ind_pcmo_make_call`).pipe(
    HttpClientRequest.bodyJsonUnsafe({
      appid: 1_000_001,
      secret: "sim-secret",
      from: 914_400_000_001,
      to: asha,
      pcmo: [{ action: "stream", ws_url: stream }]
    }),
    HttpClient.execute,
    Effect.tap((response) => response.text)
  )
  if (status !== 200) return yield* Effect.die(`a call was answered with ${status}`)
})

const cost = Effect.gen(function*() {
  const { system, user } = cpuUsage()
  const { main: { media } } = yield* Tenants
  const live = yield* Simulator.Simulator.use((simulator) => simulator.live)
  const counts = live.flatMap(({ origin }) => media.ledgerOf(origin.callId).map((account) => account.counts))
  const sum = (what: keyof (typeof counts)[number]) => counts.reduce((all, one) => all + one[what], 0)
  return {
    cpuMs: (system + user) / 1000,
    gridMs: yield* grid,
    received: sum("audio"),
    lost: sum("dropped") + sum("skipped")
  }
})

const answer = Effect.fnUntraced(function*(line: string) {
  if (line === "cost") return yield* cost
  if (line === "memory") return { heapMb: yield* settledHeapMb }
  const [count = "", url = ""] = line.split(" ")
  yield* Effect.forEach(Array.from({ length: Number(count) }), () => place(url), { discard: true })
  return {}
})

Stream.fromAsyncIterable(createInterface({ input: stdin }), (cause) => cause).pipe(
  Stream.mapEffect(answer),
  Stream.runForEach((answer) => Console.log(JSON.stringify(answer))),
  Effect.provide([
    SimulatorServer.layer({ port: 0, config: { people: { [asha]: asked } } }),
    FetchHttpClient.layer
  ]),
  Effect.scoped,
  NodeRuntime.runMain
)
