/** Moments of a call that a scenario can wait for, as the journal tells them. */
import * as Schema from "effect/Schema"
import type { CallCommand } from "../call/CallCommand.ts"
import type { CallEvent } from "../call/CallEvent.ts"
import type { Entry } from "../journal/Entry.ts"

/**
 * `Placed`: the call is known. `Ringing`, `Answered`: a leg of it rings, or is answered. `Playing`: a prompt begins.
 * `Asked`: keys or speech are waited for. `Asking`: a URL is asked what to do. `Bridged`: two talk. `Streaming`: an audio
 * stream is open. `Transferred`: a transfer is over, well or not. `Ended`: the call is.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Moment = Schema.Literals([
  "Placed",
  "Ringing",
  "Answered",
  "Playing",
  "Asked",
  "Asking",
  "Bridged",
  "Streaming",
  "Transferred",
  "Ended"
])
/** @since 0.1.0 */
export type Moment = typeof Moment.Type

interface Signs {
  readonly event?: CallEvent["_tag"]
  readonly command?: CallCommand["_tag"]
}

const signs: Readonly<Record<Moment, Signs>> = {
  Placed: { event: "Originated" },
  Ringing: { event: "LegRinging" },
  Answered: { event: "LegAnswered", command: "AnswerLeg" },
  Playing: { command: "StartPlayback" },
  Asked: { command: "OpenInput" },
  Asking: { command: "Notify" },
  Bridged: { command: "BridgeLegs" },
  Streaming: { event: "StreamOpened" },
  Transferred: { command: "SettleTransfer" },
  Ended: { command: "WriteRecord" }
}

/**
 * Whether the moment comes with this entry. An event that was ignored is none.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isAt = (moment: Moment, entry: Entry): boolean => {
  if (entry._tag !== "Turned") return false
  const { command, event } = signs[moment]
  return (entry.event._tag === event && entry.commands.every(({ _tag }) => _tag !== "Ignored"))
    || entry.commands.some(({ _tag }) => _tag === command)
}
