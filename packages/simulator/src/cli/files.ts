/** Files that the command line is told of. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { SimulatorError } from "../SimulatorError.ts"

export const unreadable = (path: string, detail: string): SimulatorError =>
  new SimulatorError({ reason: { _tag: "FileUnreadable", path, detail } })

const because = (path: string) => (error: PlatformError.PlatformError): SimulatorError =>
  unreadable(path, error.reason._tag === "NotFound" ? "no such file" : error.message)

const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

/** The JSON in a file. Fails with `FileUnreadable`. */
export const readJson = Effect.fnUntraced(function*(path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(files.readFileString(path), because(path))
  return yield* Effect.mapError(parse(text), () => unreadable(path, "is not JSON"))
})

/** Writes a text into a file, in place of what it held. Fails with `FileUnreadable`. */
export const write = Effect.fnUntraced(function*(path: string, text: string) {
  const files = yield* FileSystem.FileSystem
  yield* Effect.mapError(files.writeFileString(path, text), because(path))
})

/** The lines of a file that are not empty, however long it is. Fails with `FileUnreadable`. */
export const lines = (path: string): Stream.Stream<string, SimulatorError, FileSystem.FileSystem> =>
  Stream.unwrap(Effect.map(FileSystem.FileSystem, (files) => files.stream(path))).pipe(
    Stream.mapError(because(path)),
    Stream.decodeText(),
    Stream.splitLines,
    Stream.filter((line) => line !== "")
  )
