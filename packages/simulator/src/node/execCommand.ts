/** A command in the foreground: it has this process's terminal, is told of its signals, is waited for, and ends with it. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { constants } from "node:os"
import * as guard from "./guard.ts"

/** A command that could not be started: `notFound` when there is none of that name. */
export class CannotStart extends Data.TaggedError("CannotStart")<{
  readonly command: string
  readonly notFound: boolean
  readonly detail: string
}> {}

const signals = ["SIGTERM", "SIGHUP", "SIGINT"] as const
type Signal = typeof signals[number]

/** Ctrl-C at a terminal reaches the command without us; told twice, many programs give up at once. */
const isTold = (signal: Signal): boolean => signal === "SIGINT" && process.stdin.isTTY === true

const cannotStart = (command: string, error: NodeJS.ErrnoException): CannotStart =>
  new CannotStart({ command, notFound: error.code === "ENOENT" || command === "", detail: error.message })

/**
 * Runs a command until it ends by itself, and gives the exit code that a shell gives: 128 and the signal's number when a
 * signal ended it. Being told to stop is passed on, and is then the command's to obey. Fails with `CannotStart`.
 */
export const run = (
  command: string,
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv
): Effect.Effect<number, CannotStart> =>
  Effect.try({
    try: () => spawn(command, args, { env, stdio: "inherit" }),
    catch: (error) => cannotStart(command, error instanceof Error ? error : new Error(String(error)))
  }).pipe(
    Effect.flatMap((child) =>
      Effect.callback<number, CannotStart>((resume) => {
        const forward = (signal: Signal) => {
          if (!isTold(signal)) child.kill(signal)
        }
        for (const signal of signals) process.on(signal, forward)
        const guarding = guard.make(child, "Process")
        const end = (outcome: Effect.Effect<number, CannotStart>) => {
          for (const signal of signals) process.off(signal, forward)
          guarding?.kill("SIGKILL")
          resume(outcome)
        }
        child.once("error", (error) => end(Effect.fail(cannotStart(command, error))))
        child.once("exit", (code, signal) => {
          end(Effect.succeed(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
        })
      })
    ),
    Effect.uninterruptible
  )
