/** `piopiy-sim`: the simulator from the command line. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import { version } from "../SimulatorConfig.ts"
import { call } from "./call.ts"
import { exec } from "./exec.ts"
import { ladder } from "./ladder.ts"
import { numbers } from "./numbers.ts"
import { replay } from "./replay.ts"
import { runScenarios } from "./run.ts"
import { serve } from "./serve.ts"
import { timeline } from "./timeline.ts"
import { watch } from "./watch.ts"

const command = Command.make("piopiy-sim").pipe(
  Command.withDescription("The Piopiy voice platform offline: its REST API, the people on the phone, the webhooks."),
  Command.withSubcommands([serve, call, runScenarios, replay, exec, watch, timeline, ladder, numbers])
)

/** Whoever reads may leave early, as `head` does: then nobody is left to be told anything. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.stderr.write(`piopiy-sim: cannot print: ${error.message}\n`)
  process.exit(1)
})

/** What it broke on, with its stack as far as that helps. */
const shown = (defect: unknown): string =>
  defect instanceof Error ? (defect.stack ?? defect.message).split("\n").slice(0, 5).join("\n") : String(defect)

Command.run(command, { version }).pipe(
  Effect.catchTag(
    "SimulatorError",
    (error) => Effect.andThen(Console.error(`piopiy-sim: ${error.message}`), Effect.fail(error))
  ),
  Effect.tapDefect((defect) => Console.error(`piopiy-sim broke, please report this: ${shown(defect)}`)),
  Effect.provide([NodeServices.layer, Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])]),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    /** Being told to stop is how a server ends well, unless a command has left another exit code for that. */
    teardown: (exit, onExit) =>
      onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? Number(process.exitCode ?? 0) : 1)
  })
)
