/** Sounds from a folder of WAV files. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import * as Conversation from "../core/media/Conversation.ts"
import { Sounds } from "../engine/Sounds.ts"
import { SimulatorError } from "../SimulatorError.ts"

/**
 * The longest file that is read, in bytes: ten minutes and more at any rate.
 *
 * @category constants
 * @since 0.1.0
 */
export const longestBytes = 64 * 1024 * 1024

const unreadable = (path: string, detail: string) =>
  new SimulatorError({ reason: { _tag: "FileUnreadable", path, detail } })

const attempt = <A>(path: string, act: () => Promise<A>) =>
  Effect.tryPromise({
    try: act,
    catch: (error) => unreadable(path, error instanceof Error ? error.message : String(error))
  })

const read = Effect.fnUntraced(function*(path: string) {
  const { size } = yield* attempt(path, () => stat(path))
  if (size > longestBytes) return yield* unreadable(path, `is longer than ${longestBytes} bytes`)
  const bytes = yield* attempt(path, () => readFile(path))
  const sound = Conversation.decode({ _tag: "Audio", type: "wav", sampleRate: 0, bytes: Uint8Array.from(bytes) })
  return sound === undefined || sound.samples.length === 0
    ? yield* unreadable(path, "is no WAV file of 16-bit samples, 8000, 16000, 24000, 32000 or 48000 of them a second")
    : sound
})

/**
 * Every WAV file of a folder, by its name there (`hello.wav`). Folders within are left out. Fails with `FileUnreadable`,
 * naming the file.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (folder: string): Layer.Layer<never, SimulatorError> =>
  Layer.effect(
    Sounds,
    Effect.gen(function*() {
      const found = yield* attempt(folder, () => readdir(folder, { withFileTypes: true }))
      const names = found.filter((one) => one.isFile() && /\.wav$/i.test(one.name)).map(({ name }) => name).toSorted()
      return new Map(
        yield* Effect.forEach(names, (name) => Effect.map(read(join(folder, name)), (sound) => [name, sound] as const))
      )
    })
  )
