/** `npm run bench`: measures, and prints what it measured. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { machine } from "./machine.ts"
import { table } from "./Report.ts"
import * as start from "./start.ts"
import * as transitions from "./transitions.ts"
import * as virtual from "./virtual.ts"

const names = ["transitions", "start", "virtual"] as const

/** Each benchmark at its full size, and so small that it only shows that it runs. */
const benchmarks = {
  transitions: (quick: boolean) =>
    transitions.run(
      quick ? { transitions: 1000, rounds: 1, liveCalls: 100 } : { transitions: 200_000, rounds: 9, liveCalls: 8000 }
    ),
  start: (quick: boolean) => start.run({ rounds: quick ? 1 : 11 }),
  virtual: (quick: boolean) => virtual.run(quick ? { calls: 16, rounds: 1 } : { calls: 10_000, rounds: 3 })
}

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
    )
  },
  Effect.fnUntraced(function*({ json, names: chosen, quick }) {
    const { facts: on, line } = yield* facts
    if (!json) yield* Console.log(line)
    const reports = yield* Effect.forEach(
      chosen.length === 0 ? names : chosen,
      (name) => Effect.tap(benchmarks[name](quick), (report) => json ? Effect.void : Console.log(`\n${table(report)}`))
    )
    if (json) yield* Console.log(JSON.stringify({ machine: on, quick, reports }))
  })
).pipe(Command.withDescription("Measures the simulator; nothing is judged, and a figure's target stands beside it"))

Command.run(command, { version: "0.0.0" }).pipe(
  Effect.provide([NodeServices.layer, FetchHttpClient.layer]),
  NodeRuntime.runMain
)
