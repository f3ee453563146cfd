import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as folders from "../../src/node/folders.ts"

const temporary = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  const folder = yield* files.makeTempDirectoryScoped()
  yield* files.writeFileString(`${folder}/file`, "")
  return { files, folder }
})

/** Why there can be no such folder. */
const refusal = (path: string) => Effect.map(Effect.flip(folders.makeWritable(path)), ({ message }) => message)

describe("a folder to write into", () => {
  it.effect("is made with those around it, by two at once too, and left as it is when it is there", () =>
    Effect.gen(function*() {
      const { files, folder } = yield* temporary
      const path = `${folder}/a/b/c`
      yield* Effect.all([folders.makeWritable(path), folders.makeWritable(path)], { concurrency: 2 })
      yield* files.writeFileString(`${path}/kept`, "")
      yield* folders.makeWritable(path)
      assert.deepStrictEqual(yield* files.readDirectory(path), ["kept"])
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.effect("is refused where a file is in the way", () =>
    Effect.gen(function*() {
      const { folder } = yield* temporary
      const file = `${folder}/file`
      const why = "is a file, where a folder is needed"
      assert.strictEqual(yield* refusal(file), `${file}: ${why}`)
      assert.strictEqual(yield* refusal(`${file}/a/b`), `${file}/a/b: cannot be made: ${file} ${why}`)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.effect("is refused where the way leads nowhere", () =>
    Effect.gen(function*() {
      const { files, folder } = yield* temporary
      yield* files.symlink(`${folder}/nowhere`, `${folder}/link`)
      assert.match(yield* refusal(`${folder}/link/a`), /\/link\/a: cannot be made: \S+\/link /)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.effect.runIf(process.platform === "linux")(
    "is refused at once where the system takes none",
    () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* refusal("/proc/a/b"), "/proc/a/b: cannot be made: /proc takes no folders")
        assert.match(yield* refusal("/sys/a"), /^\/sys\/a: (permission denied|cannot be )/)
      })
  )

  it.effect.runIf(process.getuid?.() !== 0)("is refused where this user may not write", () =>
    Effect.gen(function*() {
      const { files, folder } = yield* temporary
      yield* files.makeDirectory(`${folder}/locked`, { mode: 0o555 })
      assert.strictEqual(yield* refusal(`${folder}/locked`), `${folder}/locked: permission denied`)
      yield* folders.make(`${folder}/locked`)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))
})
