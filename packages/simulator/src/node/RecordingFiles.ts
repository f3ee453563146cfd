/** The conversations of a simulator as WAV files, the caller on the left and the app on the right. */
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Entry } from "../core/journal/Entry.ts"
import * as Recording from "../core/media/Recording.ts"
import { type Tenant, Tenants } from "../engine/Tenants.ts"
import { SimulatorError } from "../SimulatorError.ts"
import * as folders from "./folders.ts"

const unwritable = (path: string) => (cause: unknown) =>
  new SimulatorError({
    reason: { _tag: "FileUnreadable", path, detail: cause instanceof Error ? cause.message : String(cause) }
  })

/** Ids of calls can be the same in two tenants; the first one's have no prefix. */
const prefixOf = (tenant: Tenant, isFirst: boolean): string => isFirst ? "" : `${encodeURIComponent(tenant.name)}-`

/**
 * Where recordings come from, for a time: a tenant keeps those of ended calls up to a bound.
 *
 * @category models
 * @since 0.1.0
 */
export interface Source {
  readonly ledgerOf: (callId: string) => ReadonlyArray<{ readonly streamId: string }>
  readonly recordingOf: (callId: string, streamId: string) => Recording.Recording | undefined
}

const write = (path: string, recording: Recording.Recording): Effect.Effect<void> =>
  Effect.tryPromise({ try: () => writeFile(path, Recording.toWav(recording)), catch: unwritable(path) }).pipe(
    Effect.catch((error) => Effect.logError(`a recording is missing: ${error.message}`))
  )

/**
 * Writes the recordings of which entries tell, one after another, and has written all when the scope closes. It takes
 * them from the source at once: by the time that the disk is free they may be gone. Those that wait are in memory.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(folder: string) {
  const fibers = yield* FiberSet.make<void>()
  const fork = yield* FiberSet.runtime(fibers)()
  const disk = yield* Semaphore.make(1)
  yield* Effect.addFinalizer(() => FiberSet.awaitEmpty(fibers))

  return ({ ledgerOf, recordingOf }: Source, prefix: string, entry: Entry): void => {
    if (entry._tag !== "Streamed") return
    const { callId, streamId } = entry
    const recording = recordingOf(callId, streamId)
    if (recording === undefined) return
    const name = Recording.nameOf(callId, streamId, ledgerOf(callId)[0]?.streamId)
    fork(disk.withPermit(write(join(folder, `${prefix}${name}.wav`), recording)))
  }
})

/**
 * Writes what was said on each audio stream into a folder, which is made if there is none, as soon as the stream is over:
 * `CALL.wav` for the first of a call, `CALL-STREAM.wav` for each further one; for tenants other than the first,
 * `TENANT-` before that. A disk that fills up is logged, and the calls go on. Fails with
 * `FileUnreadable` when there can be no such folder.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (folder: string): Layer.Layer<never, SimulatorError, Tenants> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const tenants = yield* Tenants
    yield* folders.makeWritable(folder)
    const { name } = tenants.main
    const keep = yield* make(folder)
    yield* tenants.copy((tenant, entry) => keep(tenant.media, prefixOf(tenant, tenant.name === name), entry))
  }))
