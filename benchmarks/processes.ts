/** Programs of this folder, or near it, in processes of their own. */
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"

/** Starts a program that answers a line by a line. It ends with the scope. */
export const answering = Effect.fnUntraced(function*(file: string, ...args: ReadonlyArray<string>) {
  const asked = yield* Queue.unbounded<string>()
  const child = yield* ChildProcess.make(execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], {
    stdin: Stream.encodeText(Stream.fromQueue(asked)),
    stderr: "inherit"
  })
  const said = yield* Stream.toQueue(Stream.splitLines(Stream.decodeText(child.stdout)), { capacity: "unbounded" })
  return { pid: child.pid, ask: (line: string) => Queue.offer(asked, `${line}\n`), said: Queue.take(said) }
})
