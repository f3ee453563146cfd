/** The conversations of a simulator as WAV files, the caller on the left and the app on the right. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Entry } from "../core/journal/Entry.ts"
import * as Recording from "../core/media/Recording.ts"
import { type Tenant, Tenants } from "../engine/Tenants.ts"
import { SimulatorError } from "../SimulatorError.ts"

const unwritable = (path: string) => (cause: unknown) =>
  new SimulatorError({
    reason: { _tag: "FileUnreadable", path, detail: cause instanceof Error ? cause.message : String(cause) }
  })

/** Ids of calls can be the same in two tenants; the first one's have no prefix. */
const nameOf = (tenant: Tenant, isFirst: boolean, callId: string): string =>
  `${isFirst ? "" : `${encodeURIComponent(tenant.name)}-`}${callId}.wav`

const write = (folder: string, tenant: Tenant, isFirst: boolean) => (entry: Entry): Effect.Effect<void> => {
  if (entry._tag !== "Streamed") return Effect.void
  const { callId, streamId } = entry
  const isRecorded = tenant.media.ledgerOf(callId)[0]?.streamId === streamId
  const recording = isRecorded ? tenant.media.recordingOf(callId) : undefined
  if (recording === undefined) return Effect.void
  const path = join(folder, nameOf(tenant, isFirst, callId))
  return Effect.tryPromise({ try: () => writeFile(path, Recording.toWav(recording)), catch: unwritable(path) }).pipe(
    Effect.catch((error) => Effect.logError(`a recording is missing: ${error.message}`))
  )
}

/**
 * Writes `CALL.wav` into a folder, which is made if there is none, as soon as the first audio stream of a call is over;
 * for tenants other than the first, `TENANT-CALL.wav`. A disk that fills up is logged, and the calls go on. Fails with
 * `FileUnreadable` when there can be no such folder.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (folder: string): Layer.Layer<never, SimulatorError, Tenants> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const tenants = yield* Tenants
    yield* Effect.tryPromise({ try: () => mkdir(folder, { recursive: true }), catch: unwritable(folder) })
    const { name } = tenants.main
    yield* tenants.copy((tenant) => {
      const writeOne = write(folder, tenant, tenant.name === name)
      return (entries) => Effect.forEach(entries, writeOne, { discard: true })
    })
  }))
