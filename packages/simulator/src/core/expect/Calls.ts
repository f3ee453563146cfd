/** The calls that a journal tells of, and whom each of them reached. */
import type { CallCommand } from "../call/CallCommand.ts"
import type { CallEvent } from "../call/CallEvent.ts"
import type { CallRecord } from "../call/CallRecord.ts"
import type { Entry, Turned } from "../journal/Entry.ts"
import type { Endpoint } from "../pcmo/Program.ts"

/**
 * When something happened, by the journal.
 *
 * @category models
 * @since 0.1.0
 */
export interface Seen {
  readonly at: number
  readonly seq: number
}

/**
 * A leg: one that was dialed, or `calledIn`. `rang` is set by its answer, too. `over` has the cause.
 *
 * @category models
 * @since 0.1.0
 */
export interface Leg {
  readonly endpoint: Endpoint
  readonly calledIn: boolean
  readonly began: Seen
  rang?: Seen
  answered?: Seen
  bridged?: Seen
  over?: Seen & { readonly cause: string }
}

/**
 * A call, by its `place` among those of the journal, from 1. What began before the journal has no `origin`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call {
  readonly place: number
  readonly callId: string
  readonly turns: Array<Turned>
  readonly legs: Map<string, Leg>
  origin?: Extract<CallEvent, { readonly _tag: "Originated" }>
  record?: Seen & { readonly of: CallRecord }
  isBroken: boolean
}

/**
 * The calls by their id, in the order in which they began.
 *
 * @category models
 * @since 0.1.0
 */
export type Calls = ReadonlyMap<string, Call>

const byEvent = (call: Call, event: CallEvent, seen: Seen): void => {
  switch (event._tag) {
    case "Originated":
      call.origin = event
      return
    case "LegRinging":
    case "LegAnswered": {
      const leg = call.legs.get(event.legId)
      if (leg === undefined) return
      leg.rang ??= seen
      if (event._tag === "LegAnswered") leg.answered ??= seen
      return
    }
    case "LegRejected":
    case "LegHungUp": {
      const leg = call.legs.get(event.legId)
      if (leg !== undefined) leg.over ??= { ...seen, cause: event.cause }
      return
    }
    default:
  }
}

const byCommand = (call: Call, command: CallCommand, seen: Seen): void => {
  switch (command._tag) {
    case "DialLeg":
    case "ReceiveLeg": {
      const { endpoint, legId } = command
      call.legs.set(legId, { endpoint, calledIn: command._tag === "ReceiveLeg", began: seen })
      return
    }
    case "BridgeLegs": {
      const leg = call.legs.get(command.legId)
      if (leg !== undefined) leg.bridged ??= seen
      return
    }
    case "HangUpLeg": {
      const leg = call.legs.get(command.legId)
      if (leg !== undefined) leg.over ??= { ...seen, cause: command.cause }
      return
    }
    case "WriteRecord":
      call.record = { ...seen, of: command.record }
      return
    default:
  }
}

/**
 * Whether the event of a turn changed nothing.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isIgnored = ({ commands }: Turned): boolean => commands.some(({ _tag }) => _tag === "Ignored")

/**
 * Reads a journal. An event that was ignored did not happen to a leg.
 *
 * @category folding
 * @since 0.1.0
 */
export const fold = (entries: ReadonlyArray<Entry>): Calls => {
  const calls = new Map<string, Call>()
  for (const entry of entries) {
    if (entry._tag !== "Turned" && entry._tag !== "Broke") continue
    const { at, callId, seq } = entry
    const call: Call = calls.get(callId)
      ?? { place: calls.size + 1, callId, turns: [], legs: new Map(), isBroken: false }
    calls.set(callId, call)
    if (entry._tag === "Broke") {
      call.isBroken = true
      continue
    }
    call.turns.push(entry)
    if (!isIgnored(entry)) byEvent(call, entry.event, { at, seq })
    for (const command of entry.commands) byCommand(call, command, { at, seq })
  }
  return calls
}

/**
 * An endpoint in full: digits, the address of a SIP user, or the id of an agent.
 *
 * @category formatting
 * @since 0.1.0
 */
export const nameOf = (endpoint: Endpoint): string => {
  switch (endpoint._tag) {
    case "Pstn":
      return endpoint.number
    case "Sip":
      return endpoint.uri.replace(/^sips?:/, "")
    case "Agent":
      return endpoint.id
  }
}

/**
 * A number as it is compared: without +, or the scheme of an address.
 *
 * @category formatting
 * @since 0.1.0
 */
export const plain = (number: string): string => number.replace(/^(\+(?=\d+$)|sips?:)/, "")
