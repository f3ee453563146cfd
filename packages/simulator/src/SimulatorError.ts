/** What can go wrong before the simulator runs. */
import * as Data from "effect/Data"

/**
 * One thing wrong in a configuration, by its path (`accounts[0].token`, or a flag such as `--port`).
 *
 * @category models
 * @since 0.1.0
 */
export interface Problem {
  readonly path: string
  readonly message: string
}

/**
 * `InvalidConfig`: the options or the file do not fit, all problems at once. `FileUnreadable`: a file that was named
 * cannot be read or written. `CannotListen`: the port is taken or the address is not this machine's.
 *
 * @category models
 * @since 0.1.0
 */
export type Reason =
  | { readonly _tag: "InvalidConfig"; readonly problems: ReadonlyArray<Problem> }
  | { readonly _tag: "FileUnreadable"; readonly path: string; readonly detail: string }
  | { readonly _tag: "CannotListen"; readonly host: string; readonly port: number; readonly detail: string }

const describe = (reason: Reason): string => {
  switch (reason._tag) {
    case "InvalidConfig":
      return reason.problems.map(({ message, path }) => path === "" ? message : `${path}: ${message}`).join("\n")
    case "FileUnreadable":
      return `${reason.path}: ${reason.detail}`
    case "CannotListen":
      return `cannot listen on ${reason.host}:${reason.port}: ${reason.detail}; choose another with --port or --host`
  }
}

/**
 * The one error of this package.
 *
 * @category errors
 * @since 0.1.0
 */
export class SimulatorError extends Data.TaggedError("SimulatorError")<{ readonly reason: Reason }> {
  override get message(): string {
    return describe(this.reason)
  }
}
