/** Somebody who ends what this process has started, should this process be killed. */
import { type ChildProcess, spawn } from "node:child_process"

/**
 * How a process is ended: with all that it has started, when it leads a group of its own, or by itself, when it shares the
 * terminal with others; then it is told, and has two seconds to tell what it has started.
 *
 * @category models
 * @since 0.1.0
 */
export type Ending = "Group" | "Process"

const endings: Readonly<Record<Ending, string>> = {
  Group: "kill -s KILL -- \"-$0\"",
  Process: "kill -s TERM \"$0\" && sleep 2 && kill -s KILL \"$0\""
}

/**
 * What a shell does: its standard input is open for as long as this process lives, so it waits until that is no more, however
 * that came about. It is not of the terminal, and holds nothing of the process that it ends. Where there is no shell nobody
 * does. To be killed once that process has ended.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = ({ pid }: ChildProcess, ending: Ending): ChildProcess | undefined =>
  pid === undefined || process.platform === "win32"
    ? undefined
    : spawn("sh", ["-c", `read -r _; ${endings[ending]}`, String(pid)], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"]
    }).on("error", () => undefined)
