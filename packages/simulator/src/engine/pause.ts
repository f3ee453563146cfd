/** Waiting in a tenant's time. */
import * as Effect from "effect/Effect"
import type { Timeline } from "./Timeline.ts"

/**
 * Waits for so many milliseconds of the timeline, on which the end of the wait lies under its label.
 *
 * @category waiting
 * @since 0.1.0
 */
export const pause = (timeline: Timeline["Service"], ms: number, label: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const scheduled = timeline.at(timeline.nowMs() + ms, label, () => resume(Effect.void))
    return Effect.sync(() => timeline.cancel(scheduled))
  })
