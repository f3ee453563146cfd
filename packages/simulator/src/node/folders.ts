/** Folders to write into. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { constants } from "node:fs"
import { access, mkdir, stat } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import { SimulatorError } from "../SimulatorError.ts"

/** What the system says, in words. */
const words: Readonly<Record<string, string>> = {
  ENOENT: "is in a folder that is not there",
  EISDIR: "is a folder",
  ENOTDIR: "leads through a file that is no folder",
  EEXIST: "is a file, where a folder is needed",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "no space is left",
  ENAMETOOLONG: "the name is too long",
  EROFS: "cannot be written to"
}

const codeOf = (error: unknown): string => Predicate.hasProperty(error, "code") ? String(error.code) : ""

/**
 * What an error of the system means, if it is one that people meet.
 *
 * @category formatting
 * @since 0.1.0
 */
export const inWords = (error: unknown): string | undefined => words[codeOf(error)]

/** What the system refused, where, and in words. */
interface Denied {
  readonly code: string
  readonly at: string
  readonly why: string
}

const denied = (at: string) => (error: unknown): Denied => ({
  code: codeOf(error),
  at,
  why: inWords(error) ?? String(error)
})

/** Nothing there, a folder, or something else. */
const kindOf = (path: string): Effect.Effect<"nothing" | "folder" | "file", Denied> =>
  Effect.tryPromise({ try: () => stat(path), catch: denied(path) }).pipe(
    Effect.map((found) => found.isDirectory() ? "folder" as const : "file" as const),
    Effect.catchIf(({ code }) => code === "ENOENT" || code === "ENOTDIR", () => Effect.succeed("nothing" as const))
  )

/** One folder, which somebody else may make at the same moment. */
const makeOne = (path: string): Effect.Effect<void, Denied> =>
  Effect.tryPromise({ try: () => mkdir(path), catch: denied(path) }).pipe(
    Effect.catch((error) =>
      Effect.flatMap(kindOf(path), (kind) => {
        if (kind === "folder") return Effect.void
        // What is around is there, so it takes no folders, as /proc.
        return Effect.fail(error.code === "ENOENT" ? { ...error, at: dirname(path), why: "takes no folders" } : error)
      })
    )
  )

const made = Effect.fnUntraced(function*(path: string) {
  const missing: Array<string> = []
  let at = resolve(path)
  let kind = yield* kindOf(at)
  while (kind === "nothing" && dirname(at) !== at) {
    missing.unshift(at)
    at = dirname(at)
    kind = yield* kindOf(at)
  }
  if (kind !== "folder") return yield* Effect.fail(denied(at)({ code: "EEXIST" }))
  yield* Effect.forEach(missing, makeOne, { discard: true })
})

const unwritable = (path: string) => ({ at, why }: Denied): SimulatorError => {
  const detail = at === resolve(path) ? why : `cannot be made: ${at} ${why}`
  return new SimulatorError({ reason: { _tag: "FileUnreadable", path, detail } })
}

/**
 * Makes a folder, with those around it, unless it is there. Step by step: where the system takes no folder, as below
 * /proc, Node tries for ever to make one with all around it. Fails with `FileUnreadable`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (path: string): Effect.Effect<void, SimulatorError> => Effect.mapError(made(path), unwritable(path))

/**
 * The same for one that new files go into: one that is there must take them. Fails with `FileUnreadable`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeWritable = (path: string): Effect.Effect<void, SimulatorError> =>
  Effect.andThen(
    make(path),
    Effect.tryPromise({ try: () => access(path, constants.W_OK | constants.X_OK), catch: denied(resolve(path)) }).pipe(
      Effect.mapError(unwritable(path))
    )
  )
