/** The audio of calls: what parties say and hear, and the streams that carry it to apps and back. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Ledger from "../core/media/Ledger.ts"
import type * as Measures from "../core/media/Measures.ts"
import type { Recording } from "../core/media/Recording.ts"
import type { StreamCounts } from "../core/media/StreamCounts.ts"

/**
 * What is known of one stream, which may go on. Moments in the ledger are samples from `openedAt`, which is milliseconds
 * from the tenant's origin.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamAccount {
  readonly streamId: string
  readonly openedAt: number
  readonly ledger: Ledger.Ledger
  readonly counts: StreamCounts
  readonly measures: Measures.Measures
}

/**
 * The audio of a tenant's calls.
 *
 * @category services
 * @since 0.1.0
 */
export class MediaEngine extends Context.Service<MediaEngine, {
  /**
   * The streams of a call that were open, in the order of their opening. None when there were none, or the call was
   * evicted, or a thousand calls with streams have ended since.
   */
  readonly ledgerOf: (callId: string) => ReadonlyArray<StreamAccount>
  /**
   * What was said on a call's first stream, as far as it was recorded: with `recordAudio` alone, its first ten minutes,
   * and of ended calls the newest, 256 MiB in all.
   */
  readonly recordingOf: (callId: string) => Recording | undefined
}>()("@effect-piopiy/simulator/MediaEngine") {}

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<MediaEngine> = Layer.effect(
  MediaEngine,
  Effect.sync(() => MediaEngine.of({ ledgerOf: () => [], recordingOf: () => undefined }))
)
