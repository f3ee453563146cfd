/**
 * A copy of the journal in a file, an entry a line (NDJSON). What has been appended is with the operating system, so it
 * survives the death of this process; only the last line can be torn.
 */
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { appendFileSync, closeSync, fstatSync, openSync, readSync } from "node:fs"
import type { Entry } from "../core/journal/Entry.ts"
import { Tenants } from "../engine/Tenants.ts"
import { SimulatorError } from "../SimulatorError.ts"
import * as folders from "./folders.ts"

const unreadable = (path: string) => (cause: unknown) =>
  new SimulatorError({
    reason: {
      _tag: "FileUnreadable",
      path,
      detail: folders.inWords(cause) ?? (cause instanceof Error ? cause.message : String(cause))
    }
  })

/** Whether the file ends in the middle of a line, as one does whose writer was killed. */
const endsTorn = (file: number): boolean => {
  const { size } = fstatSync(file)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n"
}

/** Writes lines to the file. After a line that is torn, the next one starts anew; `fails` is told when an outage begins. */
const writer = (path: string, file: number, fails: (error: SimulatorError) => void) => {
  let torn = endsTorn(file)
  let failing = false
  return (entry: Entry): void => {
    const before = torn ? "\n" : ""
    const written = Result.try({
      try: () => appendFileSync(file, `${before}${JSON.stringify(entry)}\n`),
      catch: unreadable(path)
    })
    torn = Result.isFailure(written)
    if (Result.isFailure(written) && !failing) fails(written.failure)
    failing = torn
  }
}

/**
 * Appends every tenant's journal to the file until the scope closes, of those that come later too, the last entries
 * included. A disk that fills up is logged, and the calls go on. Fails with `FileUnreadable` when the file cannot be opened.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (path: string): Layer.Layer<never, SimulatorError, Tenants> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const tenants = yield* Tenants
    const file = yield* Effect.acquireRelease(
      Effect.try({ try: () => openSync(path, "a+"), catch: unreadable(path) }),
      (file) => Effect.sync(() => closeSync(file))
    )
    const log = yield* FiberSet.runtime(yield* FiberSet.make<void>())()
    const fails = ({ message }: SimulatorError) =>
      log(Effect.logError(`the journal file misses entries from now on: ${message}`))
    const append = yield* Effect.try({ try: () => writer(path, file, fails), catch: unreadable(path) })
    yield* tenants.copy((_, entry) => append(entry))
  }))
