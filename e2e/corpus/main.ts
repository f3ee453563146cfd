/** `npm run corpus`: replays recorded traffic of the official clients on our SDK and our simulator. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { fileURLToPath } from "node:url"
import { readFolder } from "./load.ts"
import * as report from "./report.ts"
import { run } from "./run.ts"

class Failures extends Data.TaggedError("Failures")<{ readonly count: number }> {}

const flags = {
  dir: Flag.String("dir").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("Folder of vectors, *.json"),
    Flag.withDefault(fileURLToPath(new URL(".", import.meta.url)))
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print one JSON document instead of lines")
  )
}

const command = Command.make("corpus", flags, ({ dir, json }) =>
  Effect.gen(function*() {
    const lines = yield* run(yield* readFolder(dir))
    yield* Console.log(json ? report.toJson(lines) : report.toText(lines))
    const { failed } = report.countsOf(lines)
    if (failed > 0) return yield* new Failures({ count: failed })
  })).pipe(
    Command.withDescription("Replays recorded traffic of the official clients on the SDK and the simulator."),
    Command.withExamples([
      { command: "npm run corpus", description: "Replay what the repository holds" },
      { command: "npm run corpus -- --dir ~/vectors --json", description: "Replay a folder, for a machine to read" }
    ])
  )

Command.run(command, { version: "0.0.0" }).pipe(
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
