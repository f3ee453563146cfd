/** Files that the command line is told of. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { dirname } from "node:path"
import * as folders from "../node/folders.ts"
import { SimulatorError } from "../SimulatorError.ts"

export const unreadable = (path: string, detail: string): SimulatorError =>
  new SimulatorError({ reason: { _tag: "FileUnreadable", path, detail } })

const because = (path: string, missing: string) => (error: PlatformError.PlatformError): SimulatorError => {
  const { _tag, cause } = error.reason
  return unreadable(path, _tag === "NotFound" ? missing : folders.inWords(cause) ?? error.message)
}

/** What to say when a file cannot be read. */
export const cannotRead = (path: string) => because(path, "no such file")

/** What to say when a file or a folder cannot be written. */
export const cannotWrite = (path: string) => because(path, "no such folder")

/** Where a text stops being JSON, as the parser says it, with nothing that a terminal would obey. */
const notJson = (cause: unknown): string =>
  `is not JSON${cause instanceof SyntaxError ? `: ${cause.message.replace(/[^ -~]+/g, "?")}` : ""}`

/** How deep lists and objects may lie in each other. What reads them goes as deep. */
const deepest = 200

const isDeeper = (json: unknown, levels: number): boolean =>
  Predicate.isObjectOrArray(json)
  && (levels === 0 || Object.values(json).some((one: unknown) => isDeeper(one, levels - 1)))

/** The JSON in a file. Fails with `FileUnreadable`. */
export const readJson = Effect.fnUntraced(function*(path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(files.readFileString(path), cannotRead(path))
  const json = yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: (cause) => unreadable(path, notJson(cause))
  })
  if (isDeeper(json, deepest)) return yield* unreadable(path, `goes more than ${deepest} levels deep`)
  return json
})

/** Has each problem of a file say which file it is. */
export const inFile = (path: string) => (error: SimulatorError): SimulatorError =>
  error.reason._tag === "InvalidConfig"
    ? new SimulatorError({
      reason: {
        _tag: "InvalidConfig",
        problems: error.reason.problems.map(({ message, path: place }) => ({
          path: place === "" ? path : `${path}: ${place}`,
          message
        }))
      }
    })
    : error

const byFlag = (flag: string) => ({ message }: SimulatorError): SimulatorError =>
  new SimulatorError({
    reason: {
      _tag: "InvalidConfig",
      problems: [{ path: flag, message: `${message}; name a folder that can be written to, or can be made` }]
    }
  })

/** Makes the folder around a file that a flag names, if there is none. Fails with `InvalidConfig`, by the flag. */
export const makeFolderAround = (flag: string, file: string): Effect.Effect<void, SimulatorError> =>
  Effect.mapError(folders.make(dirname(file)), byFlag(flag))

/** Makes the folder that a flag names, if there is none. Fails with `InvalidConfig`, by the flag. */
export const makeFolder = (flag: string, path: string): Effect.Effect<void, SimulatorError> =>
  Effect.mapError(folders.makeWritable(path), byFlag(flag))

/** Writes a text into a file, in place of what it held. Fails with `FileUnreadable`. */
export const write = Effect.fnUntraced(function*(path: string, text: string) {
  const files = yield* FileSystem.FileSystem
  yield* Effect.mapError(files.writeFileString(path, text), cannotWrite(path))
})

/** The lines of a file that are not empty, however long it is. Fails with `FileUnreadable`. */
export const lines = (path: string): Stream.Stream<string, SimulatorError, FileSystem.FileSystem> =>
  Stream.unwrap(Effect.map(FileSystem.FileSystem, (files) => files.stream(path))).pipe(
    Stream.mapError(cannotRead(path)),
    Stream.decodeText(),
    Stream.splitLines,
    Stream.filter((line) => line !== "")
  )
