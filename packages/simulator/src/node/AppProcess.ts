/** The app under test as a process of its own: started on a port of its own, waited for, and stopped. */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import { get } from "node:http"
import { connect, createServer } from "node:net"
import * as guard from "./guard.ts"

/**
 * The app did not come up: `why`, and what it printed last.
 *
 * @category errors
 * @since 0.1.0
 */
export class AppFailed extends Data.TaggedError("AppFailed")<{
  readonly command: ReadonlyArray<string>
  readonly why: string
  readonly output: string
}> {
  override get message(): string {
    const said = this.output === "" ? "it printed nothing" : `it printed last:\n${this.output}`
    return `the app (${this.command.join(" ")}) ${this.why}; ${said}`
  }
}

/**
 * An app to start: a command, in which folder, with which environment beside this process's, and the path that it answers
 * once it is up. `node` is the one that runs this process.
 *
 * @category models
 * @since 0.1.0
 */
export interface AppOptions {
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly folder: string
  readonly port: number
  readonly ready: string
  readonly env: Readonly<Record<string, string>>
}

/** How long an app may take to come up. */
const readyWithin = "20 seconds"
/** How long it may take to end once it is told to. */
const endsWithin = "2 seconds"
/** How long it is waited for when it listens no more. */
const leavesWithin = "1 second"
/** How much of what it prints is kept. */
const keptCharacters = 4000

/**
 * A port that nobody listens on at this moment.
 *
 * @category constructors
 * @since 0.1.0
 */
export const freePort: Effect.Effect<number> = Effect.callback<number, Error>((resume) => {
  const server = createServer()
  server.once("error", (error) => resume(Effect.fail(error)))
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
}).pipe(Effect.orDie)

/** Whether something answers there, whatever it is. */
const answers = (port: number, path: string): Effect.Effect<void, "silent"> =>
  Effect.callback((resume) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume()
      resume(Effect.void)
    })
    request.on("error", () => resume(Effect.fail("silent")))
    return Effect.sync(() => request.destroy())
  })

/** Whether somebody takes connections there. */
const listens = (port: number): Effect.Effect<void, "silent"> =>
  Effect.callback((resume) => {
    const socket = connect({ host: "127.0.0.1", port }, () => {
      socket.destroy()
      resume(Effect.void)
    })
    socket.on("error", () => resume(Effect.fail("silent")))
    return Effect.sync(() => socket.destroy())
  })

/** Tells the process, and those that it has started, for it leads a group of its own. */
const signal = ({ pid }: ChildProcess, name: NodeJS.Signals): Effect.Effect<void> =>
  Effect.ignore(Effect.try(() => pid === undefined ? false : process.kill(-pid, name)))

/**
 * An app that is up: what it has printed so far, as far as that is kept, and how it has ended, if it has. One that listens no
 * more is about to end, and is waited for, a second at most.
 *
 * @category models
 * @since 0.1.0
 */
export interface App {
  readonly output: () => string
  readonly ended: Effect.Effect<string | undefined>
}

/**
 * An app that is up, until the scope closes. Fails with `AppFailed`: no such command, one that ended, or that was not up
 * in time.
 *
 * @category constructors
 * @since 0.1.0
 */
export const start = (options: AppOptions): Effect.Effect<App, AppFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const { command, env, folder, port, ready } = options
    const [program, ...args] = command
    let output = ""
    let ending: string | undefined
    let isUp = false
    const ended = yield* Deferred.make<string>()
    const end = (why: string): void => {
      ending ??= why
      Deferred.doneUnsafe(ended, Effect.succeed(why))
    }
    const failed = (why: string) => new AppFailed({ command, why, output: output.trim() })
    yield* Effect.acquireRelease(
      Effect.try({
        try: () => {
          const child = spawn(program === "node" ? process.execPath : program, args, {
            cwd: folder,
            detached: true,
            env: { ...process.env, ...env, PORT: String(port) },
            stdio: ["ignore", "pipe", "pipe"]
          })
          const keep = (text: string): void => {
            output = (output + text).slice(-keptCharacters)
          }
          child.stdout.setEncoding("utf8").on("data", keep)
          child.stderr.setEncoding("utf8").on("data", keep)
          child.on("error", (error: NodeJS.ErrnoException) =>
            end(
              error.code === "ENOENT"
                ? `cannot be started: there is no command ${program}; is it installed, and on PATH or in ${folder}?`
                : `cannot be started: ${error.message}`
            ))
          child.on("exit", (code, signal) =>
            end(`ended with ${signal ?? code} before ${isUp ? "the run was over" : "it was up"}`))
          return { child, guarding: guard.make(child, "Group") }
        },
        catch: (error) =>
          failed(`cannot be started: ${error instanceof Error ? error.message : String(error)}`)
      }),
      ({ child, guarding }) =>
        Effect.andThen(signal(child, "SIGTERM"), Effect.timeoutOption(Deferred.await(ended), endsWithin)).pipe(
          Effect.andThen(signal(child, "SIGKILL")),
          Effect.andThen(Effect.sync(() => guarding?.kill("SIGKILL")))
        )
    )
    yield* answers(port, ready).pipe(
      Effect.retry(Schedule.spaced("50 millis")),
      Effect.orDie,
      Effect.timeoutOrElse({
        duration: readyWithin,
        orElse: () => Effect.fail(failed(`did not answer GET ${ready} on port ${port} within ${readyWithin}`))
      }),
      Effect.raceFirst(Effect.flatMap(Deferred.await(ended), (why) => Effect.fail(failed(why))))
    )
    isUp = true
    const settled = Effect.catch(listens(port), () => Effect.timeoutOption(Deferred.await(ended), leavesWithin))
    return { output: () => output, ended: Effect.map(settled, () => ending) }
  })
