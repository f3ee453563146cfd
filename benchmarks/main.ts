/** `npm run bench`: measures, and prints what it measured. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as bundle from "./bundle.ts"
import * as imports from "./imports.ts"
import * as load from "./load.ts"
import { machine } from "./machine.ts"
import { type Report, table } from "./Report.ts"
import * as rest from "./rest.ts"
import * as sameSeed from "./sameSeed.ts"
import * as sdkCalls from "./sdkCalls.ts"
import * as start from "./start.ts"
import * as streamsLive from "./streamsLive.ts"
import * as streamsReceive from "./streamsReceive.ts"
import * as streamsVirtual from "./streamsVirtual.ts"
import * as testSpeed from "./testSpeed.ts"
import * as transitions from "./transitions.ts"
import * as virtual from "./virtual.ts"
import * as worlds from "./worlds.ts"

const names = [
  "transitions",
  "start",
  "rest",
  "load",
  "virtual",
  "day",
  "bundle",
  "imports",
  "sdkCalls",
  "streamHour",
  "streamCrowd",
  "streamLive",
  "streamReceive",
  "streamDrift",
  "testSpeed",
  "worlds",
  "sameSeed"
] as const

type Extent = "quick" | "usual" | "full"

/**
 * A test clock holds on to the last world until a timer of its own, of one second of real time, has gone. Where figures
 * mean nothing nobody waits for that.
 */
const letsGo = (extent: Extent) => ({ letsGoMs: extent === "quick" ? 0 : 1100 })

/** The benchmarks: `quick` only shows that they run, `full` takes minutes longer where that tells more. */
const benchmarks = {
  transitions: (extent: Extent) =>
    transitions.run(
      extent === "quick"
        ? { transitions: 1000, rounds: 1, liveCalls: 100 }
        : { transitions: 200_000, rounds: 9, liveCalls: 8000 }
    ),
  start: (extent: Extent) => start.run({ rounds: extent === "quick" ? 1 : 11 }),
  virtual: (extent: Extent) =>
    virtual.run({ ...letsGo(extent), ...extent === "quick" ? { calls: 16, rounds: 1 } : { calls: 10_000, rounds: 3 } }),
  rest: (extent: Extent) =>
    rest.run(
      extent === "quick"
        ? { warmUp: 32, requests: 32, connections: 4, rounds: 1 }
        : { warmUp: 20_000, requests: 10_000, connections: 32, rounds: 9 }
    ),
  day: (extent: Extent) => virtual.day({ ...letsGo(extent), calls: extent === "quick" ? 16 : 100_000, rounds: 1 }),
  load: (extent: Extent) =>
    load.run(
      extent === "quick"
        ? { held: 20, perSecond: 20, seconds: 0.2, settles: 0.2 }
        : { held: 10_000, perSecond: 200, seconds: 20, settles: 2 }
    ),
  bundle: () => bundle.run,
  imports: (extent: Extent) => imports.run({ rounds: extent === "quick" ? 1 : 15 }),
  sdkCalls: (extent: Extent) =>
    sdkCalls.run(
      extent === "quick"
        ? { warmUp: 16, calls: 16, atOnce: 8, rounds: 1, watched: 32 }
        : { warmUp: 25_600, calls: 512, atOnce: 32, rounds: 31, watched: extent === "full" ? 102_400 : 12_800 }
    ),
  streamHour: (extent: Extent) =>
    streamsVirtual.hour({
      ...letsGo(extent),
      ...extent === "quick" ? { minutes: 0.1, rounds: 1 } : { minutes: 60, rounds: 3 }
    }),
  streamCrowd: (extent: Extent) =>
    streamsVirtual.crowd({
      ...letsGo(extent),
      ...extent === "quick" ? { calls: 4, seconds: 2 } : { calls: 500, seconds: 60 },
      rounds: 1
    }),
  streamLive: (extent: Extent) =>
    streamsLive.run(
      extent === "quick"
        ? { streams: [4], warmUp: 0.2, seconds: 0.4, rounds: 1 }
        : { streams: extent === "full" ? [200, 300, 400] : [200], warmUp: 5, seconds: 30, rounds: 3 }
    ),
  streamReceive: (extent: Extent) =>
    streamsReceive.run(extent === "quick" ? { frames: 500, rounds: 1 } : { frames: 200_000, rounds: 9 }),
  streamDrift: (extent: Extent) =>
    streamsLive.drift(
      extent === "quick"
        ? { streams: 2, warmUp: 0.2, seconds: 0.4 }
        : { streams: 20, warmUp: 2, seconds: extent === "full" ? 600 : 30 }
    ),
  testSpeed: (extent: Extent) => testSpeed.run({ tests: extent === "quick" ? 20 : 1000 }),
  worlds: (extent: Extent) => worlds.run(extent === "quick" ? { tenants: 4, rounds: 1 } : { tenants: 200, rounds: 3 }),
  sameSeed: (extent: Extent) => sameSeed.run({ runs: extent === "quick" ? 4 : 1000 })
}

const measure = (
  name: (typeof names)[number],
  extent: Extent
): Effect.Effect<Report, unknown, NodeServices.NodeServices | HttpClient.HttpClient> => benchmarks[name](extent)

const facts = Effect.map(machine, (facts) => ({
  facts,
  line:
    `Node ${facts.node}, ${facts.platform}, ${facts.cpuCount} x ${facts.cpu}, ${facts.memoryGb} GB, load ${facts.loadAverage}`
}))

const command = Command.make(
  "bench",
  {
    names: Argument.Literals("name", names).pipe(
      Argument.withDescription("Which benchmarks to run, in this order; all when none is named"),
      Argument.variadic()
    ),
    json: Flag.Boolean("json").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Print everything as one line of JSON")
    ),
    quick: Flag.Boolean("quick").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Tiny sizes, to see that it runs: the figures mean nothing")
    ),
    full: Flag.Boolean("full").pipe(
      Flag.withDefault(false),
      Flag.withDescription("The longest runs: sdkCalls watches memory over 102,400 calls of each kind")
    )
  },
  Effect.fnUntraced(function*({ full, json, names: chosen, quick }) {
    const extent = quick ? "quick" : full ? "full" : "usual"
    const { facts: on, line } = yield* facts
    if (!json) yield* Console.log(line)
    const reports = yield* Effect.forEach(
      chosen.length === 0 ? names : chosen,
      (name) => Effect.tap(measure(name, extent), (report) => json ? Effect.void : Console.log(`\n${table(report)}`))
    )
    if (json) yield* Console.log(JSON.stringify({ machine: on, quick, full, reports }))
  })
).pipe(Command.withDescription("Measures simulator and SDK; nothing is judged, and a figure's target stands beside it"))

Command.run(command, { version: "0.0.0" }).pipe(
  Effect.provide([NodeServices.layer, FetchHttpClient.layer]),
  NodeRuntime.runMain
)
