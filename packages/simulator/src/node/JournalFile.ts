/**
 * A copy of the journal in a file, an entry a line (NDJSON). What has been appended is with the operating system, so it
 * survives the death of this process; only the last line can be torn.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { appendFileSync, closeSync, fstatSync, openSync, readSync } from "node:fs"
import { Tenants } from "../engine/Tenants.ts"
import { SimulatorError } from "../SimulatorError.ts"

const lines = (entries: ReadonlyArray<unknown>): string => entries.map((entry) => `${JSON.stringify(entry)}\n`).join("")

const unreadable = (path: string) => (cause: unknown) =>
  new SimulatorError({
    reason: { _tag: "FileUnreadable", path, detail: cause instanceof Error ? cause.message : String(cause) }
  })

/** Whether the file ends in the middle of a line, as one does whose writer was killed. */
const endsTorn = (file: number): boolean => {
  const { size } = fstatSync(file)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n"
}

/**
 * Writes lines to the file. After a line that is torn, the next one starts anew; an outage is logged once, when it begins.
 */
const writer = (path: string, file: number) => {
  let torn = endsTorn(file)
  let failing = false
  return (entries: ReadonlyArray<unknown>): Effect.Effect<void> =>
    entries.length === 0
      ? Effect.void
      : Effect.try({
        try: () => {
          const text = (torn ? "\n" : "") + lines(entries)
          torn = true
          appendFileSync(file, text)
          torn = false
          failing = false
        },
        catch: unreadable(path)
      }).pipe(Effect.catch((error) => {
        const known = failing
        failing = true
        return known ? Effect.void : Effect.logError(`the journal file misses entries from now on: ${error.message}`)
      }))
}

/**
 * Appends every tenant's journal to the file until the scope closes, of those that come later too, the last entries included. A disk that fills up is
 * logged, and the calls go on. Fails with `FileUnreadable` when the file cannot be opened.
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
    const append = yield* Effect.try({ try: () => writer(path, file), catch: unreadable(path) })
    yield* tenants.copy(() => append)
  }))
