/** Programs run as processes of their own, and how tests wait for what they do: with a bound, never a fixed time. */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { spawn } from "node:child_process"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const simulatorCli = `${root}/packages/simulator/src/cli/bin.ts`

/** Something did not come about in time. */
export class NotInTime extends Data.TaggedError("NotInTime")<{ readonly what: string }> {
  override get message(): string {
    return `not in time: ${this.what}`
  }
}

const within = (what: string, duration: Duration.Input) =>
  Effect.timeoutOrElse({
    duration,
    orElse: () => Effect.fail(new NotInTime({ what }))
  })

/** Looks again and again until there is something, for ten seconds at most. */
export const eventually = <A, E, R>(
  what: string,
  look: Effect.Effect<A | undefined, E, R>
): Effect.Effect<A, E | NotInTime, R> =>
  look.pipe(
    Effect.filterOrFail((found) => found !== undefined, () => new NotInTime({ what })),
    Effect.retry({
      schedule: Schedule.spaced("20 millis"),
      while: (error) => error instanceof NotInTime
    }),
    within(what, "10 seconds")
  )

/** How a program ended: by itself with a code, or by a signal. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Program {
  readonly pid: number
  readonly send: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** What it has printed so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Its first line, once it is complete. */
  readonly firstLine: Effect.Effect<string, NotInTime>
  /** Waits for its end, fifteen seconds at most. */
  readonly ended: Effect.Effect<Ending, NotInTime>
  /** The same for a program that has more to do. */
  readonly endedWithin: (duration: Duration.Input) => Effect.Effect<Ending, NotInTime>
}

/** Starts a program; it is killed when the scope closes. */
export const start = (command: string, args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] })
      const over = Deferred.makeUnsafe<Ending>()
      const printed = { stdout: "", stderr: "" }
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed.stdout += text
      })
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        printed.stderr += text
      })
      child.on("close", (code, signal) => {
        Deferred.doneUnsafe(over, Effect.succeed({ code, signal, ...printed }))
      })
      const endedWithin = (duration: Duration.Input) =>
        within(`the end of ${args.join(" ")}`, duration)(Deferred.await(over))
      const program: Program = {
        pid: child.pid ?? 0,
        send: (signal) => Effect.sync(() => child.kill(signal)),
        stdout: () => printed.stdout,
        stderr: () => printed.stderr,
        firstLine: eventually(
          `a line from ${args.join(" ")}`,
          Effect.sync(() => printed.stdout.includes("\n") ? printed.stdout.split("\n")[0] : undefined)
        ),
        ended: endedWithin("15 seconds"),
        endedWithin
      }
      return program
    }),
    (program) => program.send("SIGKILL")
  )

/** Whether there is still a process of this id. */
export const isRunning = (pid: string | number): boolean =>
  Result.isSuccess(Result.try(() => process.kill(Number(pid), 0)))

/** Starts `piopiy-sim`. */
export const startSim = (...args: ReadonlyArray<string>) => start(process.execPath, [simulatorCli, ...args])

/** Starts `piopiy-sim` with variables in its environment. */
export const startSimIn = (variables: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  start("env", [
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...[process.execPath, simulatorCli, ...args]
  ])

/** Runs `piopiy-sim` with variables in its environment, to its end. */
export const runSimIn = (variables: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  Effect.scoped(Effect.flatMap(startSimIn(variables, ...args), (program) => program.ended))

/** Runs `piopiy-sim` to its end. */
export const runSim = (...args: ReadonlyArray<string>) =>
  Effect.scoped(Effect.flatMap(startSim(...args), (program) => program.ended))
