/** The turns of a call on the bench, as journal entries. */
import { label } from "../../../src/core/call/Call.ts"
import type { Turned } from "../../../src/core/journal/Entry.ts"
import type { Bench } from "../call/kit.ts"

export const turnsOf = (bench: Bench): ReadonlyArray<Turned> =>
  bench.turns.flatMap(({ call, commands }, index) => {
    const event = bench.events[index]
    return event === undefined
      ? []
      : [{
        _tag: "Turned",
        seq: index + 1,
        at: event.at,
        tenant: "t",
        callId: "c",
        causedBy: index,
        event,
        from: "",
        to: label(call),
        commands
      }]
  })
