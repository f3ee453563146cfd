/** Programs that the command line is told of: values that a file of TypeScript or JavaScript exports. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Predicate from "effect/Predicate"
import { pathToFileURL } from "node:url"
import * as files from "./files.ts"

/**
 * Whether a file is a program by its name.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isProgram = (path: string): boolean => /\.[cm]?[jt]s$/.test(path)

const whyNot = (cause: unknown): string =>
  `cannot be loaded: ${(cause instanceof Error ? cause.message : String(cause)).replace(/[^ -~]+/g, " ")}`

/**
 * What a program exports by a name, or else by default. It is run for that, with all that it does besides. Fails with
 * `FileUnreadable`.
 *
 * @category reading
 * @since 0.1.0
 */
export const exported = Effect.fnUntraced(function*(path: string, name: string) {
  const system = yield* FileSystem.FileSystem
  yield* Effect.mapError(system.access(path), files.cannotRead(path))
  const { href } = pathToFileURL((yield* Path.Path).resolve(path))
  const found = yield* Effect.tryPromise({
    try: (): Promise<unknown> => import(href),
    catch: (cause) => files.unreadable(path, whyNot(cause))
  })
  for (const key of [name, "default"]) {
    if (Predicate.hasProperty(found, key)) return found[key]
  }
  return yield* files.unreadable(path, `exports neither ${name} nor a default: write \`export const ${name} = ...\``)
})
