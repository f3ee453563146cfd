/** What a call on the bench is reported with, from its first event on. */
import { type Call, initial } from "../../../src/core/call/Call.ts"
import type { CallRecord } from "../../../src/core/call/CallRecord.ts"
import * as Envelope from "../../../src/core/call/Envelope.ts"
import * as LiveEvent from "../../../src/core/call/LiveEvent.ts"
import { transition } from "../../../src/core/call/transition.ts"
import type { Bench } from "./kit.ts"

export const appId = 1_000_001

const overTurns = <A>(
  bench: Bench,
  report: (before: Call, after: Call, record: CallRecord | undefined, at: number) => ReadonlyArray<A>
): ReadonlyArray<A> => {
  let call = initial
  return bench.events.flatMap((event) => {
    const before = call
    const { call: after, commands } = transition(before, event)
    call = after
    const last = commands.at(-1)
    return report(before, after, last?._tag === "WriteRecord" ? last.record : undefined, event.at)
  })
}

export const liveEvents = (bench: Bench): ReadonlyArray<LiveEvent.LiveEvent> =>
  overTurns(bench, (before, after) => LiveEvent.between(before, after, appId))

export const envelopes = (bench: Bench): ReadonlyArray<Envelope.Envelope> => overTurns(bench, Envelope.between)

/** The moments in short, `Started first`, with whom a further leg is of. */
export const moments = (bench: Bench): ReadonlyArray<string> =>
  liveEvents(bench).map(({ leg, moment, to }) => leg === "first" ? moment : `${moment} ${to}`)
