/** Waiting for a moment of a call, whichever way time passes. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Entry, Ladder, Moment, type TimeControl } from "../index.ts"
import { Simulator } from "../Simulator.ts"
import { SimulatorError } from "../SimulatorError.ts"
import type { World } from "../World.ts"
import { AppAtWork, isTestClock } from "./AppAtWork.ts"

/**
 * A moment by its name, or whether the journal of the call tells of it so far.
 *
 * @category models
 * @since 0.1.0
 */
export type What = Moment.Moment | ((entries: ReadonlyArray<Entry.Entry>) => boolean)

/**
 * `within`: how long to wait at most, in the tenant's time; an hour when left out. `world`: another tenant than the
 * default one.
 *
 * @category models
 * @since 0.1.0
 */
export interface UntilOptions {
  readonly within?: Duration.Input
  readonly world?: World
}

/** How far a test clock goes at most before the journal is looked at again: something else may sleep on it. */
const longestStepMs = 1000
/** Lines of a ladder in a message. */
const shownLines = 40

/** The entry that tells of it: that of the moment, or the newest when the function says yes. */
const entryOf = (entries: ReadonlyArray<Entry.Entry>, what: What): Entry.Entry | undefined => {
  if (typeof what === "string") return entries.find((entry) => Moment.isAt(what, entry))
  return what(entries) ? entries.at(-1) : undefined
}

interface Wait {
  readonly callId: string
  readonly from: number
  readonly endMs: number
}

/** Lets happen what is to happen at this moment. */
const settle = ({ time }: World, clock: Clock.Clock): Effect.Effect<unknown, TimeControl.TimeRefused> =>
  time.mode._tag === "Manual"
    ? time.advance(0)
    : isTestClock(clock)
    ? Effect.flatMap(AppAtWork, (work) => work.settled)
    : Effect.void

/** Lets time pass to where something may have happened, and no further than the end. */
const move = (
  { follow, time }: World,
  clock: Clock.Clock,
  { callId, endMs, from }: Wait
): Effect.Effect<unknown, TimeControl.TimeRefused> => {
  const nowMs = time.nowMs()
  const dueMs = Math.min(time.next()?.dueMs ?? endMs, endMs)
  if (time.mode._tag === "Manual") return time.advanceTo(Math.max(dueMs, nowMs))
  if (isTestClock(clock)) return clock.adjust(Math.min(Math.max(dueMs - nowMs, 1), longestStepMs))
  const speed = time.mode._tag === "Scaled" ? time.mode.factor : 1
  return Effect.timeoutOption(Stream.runHead(follow({ callId, from })), Math.max(1, (endMs - nowMs) / speed))
}

/** What is due next is known when this moment is over, and it may bring what is waited for. */
const pass = Effect.fnUntraced(function*(world: World, clock: Clock.Clock, wait: Wait) {
  yield* settle(world, clock)
  const news = yield* world.journal({ callId: wait.callId, from: wait.from, limit: 1 })
  if (news.length === 0) yield* move(world, clock, wait)
})

/** What the call has come to, the newest lines. */
const ladderOf = (entries: ReadonlyArray<Entry.Entry>): string => {
  const lines = entries.flatMap((entry) => Ladder.lines(entry, { color: false, originMs: 0 }))
  const left = lines.length - shownLines
  return [...left > 0 ? [`... ${left} more`] : [], ...lines.slice(-shownLines)].join("\n")
}

/**
 * Waits until a call has come to a moment, and gives the entry that tells of it; at once when it has been. Under a test
 * clock, or on a manual one, time goes from one moment at which something is due to the next until then; otherwise it
 * passes by itself. Whatever else sleeps on a test clock, as an app does, is noticed up to a second late.
 *
 * Fails with `NeverCame` when it was not in time, when the call ended without it, and when there is no such call; with
 * {@link TimeControl.TimeRefused} when a manual clock is stuck.
 *
 * @category testing
 * @since 0.1.0
 */
export const until = Effect.fn("until")(function*(callId: string, what: What, options: UntilOptions = {}) {
  const world = options.world ?? (yield* Simulator)
  const clock = yield* Clock.Clock
  const within = Duration.fromInputUnsafe(options.within ?? "1 hour")
  const endMs = Math.ceil(world.time.nowMs() + Duration.toMillis(within))
  const moment = typeof what === "string" ? what : "what was waited for"
  while (true) {
    const entries = yield* world.journal({ callId })
    const found = entryOf(entries, what)
    if (found !== undefined) return found
    const never = (why: string) =>
      new SimulatorError({ reason: { _tag: "NeverCame", callId, moment, why, ladder: ladderOf(entries) } })
    if (entries.length === 0) return yield* never("the journal knows no such call")
    if (typeof what === "string" && entries.some((entry) => Moment.isAt("Ended", entry))) {
      return yield* never("the call ended without it")
    }
    if (world.time.nowMs() >= endMs) return yield* never(`it did not come within ${Duration.format(within)}`)
    yield* pass(world, clock, { callId, from: (entries.at(-1)?.seq ?? 0) + 1, endMs })
  }
})
