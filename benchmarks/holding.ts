/**
 * A simulator on a port that tells about itself: `node holding.ts`. It prints its address. Then a line of stdin with
 * `memory` is answered by the heap in use once all garbage is gone, the calls in progress and the milliseconds of CPU so
 * far; a line with `delay` by how late the event loop ran since the line before, in milliseconds.
 */
import { Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { cpuUsage, stdin } from "node:process"
import { createInterface } from "node:readline"
import { settledHeapMb } from "./machine.ts"

/** How often the event loop is looked at, which each figure contains. */
const everyMs = 1

const main = Effect.gen(function*() {
  const { url } = yield* SimulatorServer.SimulatorServer
  const simulator = yield* Simulator.Simulator
  const lateness = monitorEventLoopDelay({ resolution: everyMs })
  lateness.enable()
  const delay = Effect.sync(() => {
    const millis = (nanos: number): number => Math.max(0, nanos / 1e6 - everyMs)
    const figures = {
      p50: millis(lateness.percentile(50)),
      p99: millis(lateness.percentile(99)),
      max: millis(lateness.max)
    }
    lateness.reset()
    return figures
  })
  const memory = Effect.gen(function*() {
    const { system, user } = cpuUsage()
    const live = yield* simulator.live
    return { cpuMs: (user + system) / 1e3, heapMb: yield* settledHeapMb, live: live.length }
  })
  yield* Console.log(JSON.stringify({ url }))
  yield* Stream.fromAsyncIterable(createInterface({ input: stdin }), (cause) => cause).pipe(
    Stream.mapEffect((line): Effect.Effect<object> => line === "memory" ? Effect.ensuring(memory, delay) : delay),
    Stream.runForEach((answer) => Console.log(JSON.stringify(answer)))
  )
})

main.pipe(
  Effect.provide(SimulatorServer.layer({ port: 0, config: { maxCalls: 20_000 } })),
  Effect.scoped,
  NodeRuntime.runMain
)
