/** What can go wrong before a simulator runs, or on the way to one. */
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
 * cannot be read or written. `CannotListen`: the port is taken or the address is not this machine's. `NoServer`: no
 * simulator answers at a URL. `RequestRefused`: one does, and answered a request with an error. `NeverCame`: a moment of
 * a call that was waited for.
 *
 * @category models
 * @since 0.1.0
 */
export type Reason =
  | { readonly _tag: "InvalidConfig"; readonly problems: ReadonlyArray<Problem> }
  | { readonly _tag: "FileUnreadable"; readonly path: string; readonly detail: string }
  | { readonly _tag: "CannotListen"; readonly host: string; readonly port: number; readonly detail: string }
  | { readonly _tag: "NoServer"; readonly url: string; readonly start: string }
  | {
    readonly _tag: "NeverCame"
    readonly callId: string
    readonly moment: string
    readonly why: string
    readonly ladder: string
  }
  | { readonly _tag: "RequestRefused"; readonly status: number; readonly error: string; readonly message: string }

const describe = (reason: Reason): string => {
  switch (reason._tag) {
    case "InvalidConfig":
      return reason.problems.map(({ message, path }) => path === "" ? message : `${path}: ${message}`).join("\n")
    case "FileUnreadable":
      return `${reason.path}: ${reason.detail}`
    case "CannotListen":
      return `cannot listen on ${reason.host}:${reason.port}: ${reason.detail}; choose another with --port or --host`
    case "NoServer":
      return `no simulator answers at ${reason.url}; start one with: ${reason.start}`
    case "NeverCame":
      return `call ${reason.callId}, ${reason.moment}: ${reason.why}\n${reason.ladder}`.trimEnd()
    case "RequestRefused":
      return `${reason.status} ${reason.error}: ${reason.message}`
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
