/**
 * A journal run again: the turns of each call through the call machine of this version, and where what comes of them first
 * differs from what the journal says.
 */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Call from "../call/Call.ts"
import { CallEvent } from "../call/CallEvent.ts"
import { transition } from "../call/transition.ts"
import * as difference from "./difference.ts"
import type { EntryJson } from "./EntryJson.ts"

/**
 * The first turn that is not as it was: the entry, the path of the field in it, and both values. An event that this version
 * does not know is a difference of `event`, with what is wrong with it in `now`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Changed {
  readonly seq: number
  readonly at: number
  readonly tenant: string
  readonly callId: string
  readonly path: string
  readonly recorded: unknown
  readonly now: unknown
}

/**
 * What comes of turning the calls of a journal again. `missing` are calls whose beginning the journal does not have, as
 * those that were evicted; they are passed over.
 *
 * @category models
 * @since 0.1.0
 */
export interface Replayed {
  readonly turns: number
  readonly calls: number
  readonly missing: number
  readonly changed?: Changed
}

const readEvent = Schema.decodeUnknownResult(CallEvent)

/** A value as the journal's file has it. */
const asJson: (value: unknown) => unknown = (value) => JSON.parse(JSON.stringify(value))

const turnOf = (call: Call.Call, event: CallEvent) => {
  const { assumes, call: next, commands } = transition(call, event)
  return {
    next,
    told: asJson({
      from: Call.label(call),
      to: Call.label(next),
      commands,
      ...(assumes.length === 0 ? {} : { assumes })
    })
  }
}

/** What an entry says of its turn, beside the event. */
const saidOf = ({ assumes, commands, from, to }: Turn): unknown => ({
  from,
  to,
  commands,
  ...(assumes === undefined ? {} : { assumes })
})

/** A turn as it was read back. */
type Turn = EntryJson & { readonly assumes?: unknown }

/**
 * Fed the entries of a journal in order, it turns each call again, up to the first difference. Tenants, and runs that
 * follow each other in one file, are kept apart.
 *
 * @category replaying
 * @since 0.1.0
 */
export const make = () => {
  const calls = new Map<string, Call.Call | "missing">()
  let turns = 0
  let count = 0
  let missing = 0
  let changed: Changed | undefined

  const begun = (tenant: string): void => {
    for (const key of calls.keys()) if (key.startsWith(`${tenant}\n`)) calls.delete(key)
  }

  const turn = (entry: Turn, callId: string): void => {
    const key = `${entry.tenant}\n${callId}`
    const known = calls.get(key)
    if (known === undefined) count += 1
    const before = known ?? (entry.from === Call.label(Call.initial) ? Call.initial : "missing")
    if (before === "missing") {
      if (known === undefined) missing += 1
      calls.set(key, before)
      return
    }
    const at = { seq: entry.seq, at: entry.at, tenant: entry.tenant, callId }
    turns += 1
    Result.match(readEvent(entry.event), {
      onFailure: (error) => {
        changed = { ...at, path: "event", recorded: entry.event, now: error.message }
      },
      onSuccess: (event) => {
        const { next, told } = turnOf(before, event)
        const found = difference.first(saidOf(entry), told)
        if (found !== undefined) changed = { ...at, path: found.path, recorded: found.left, now: found.right }
        if (next.phase === "Ended") calls.delete(key)
        else calls.set(key, next)
      }
    })
  }

  return {
    add: (entry: Turn): void => {
      if (changed !== undefined) return
      if (entry._tag === "Started") begun(entry.tenant)
      if (entry._tag === "Turned" && entry.callId !== undefined) turn(entry, entry.callId)
    },
    result: (): Replayed => ({ turns, calls: count, missing, ...(changed === undefined ? {} : { changed }) })
  }
}

/**
 * Where a second run first differs from a first one: the entry of either by its place among all, from 0, the path in it,
 * and both values. A run that ends earlier lacks the entry, and the path is empty. How late frames and the machine's timer
 * were does not count.
 *
 * @category comparing
 * @since 0.1.0
 */
export const firstDifference = (
  recorded: ReadonlyArray<unknown>,
  now: ReadonlyArray<unknown>
): (difference.Difference & { readonly index: number }) | undefined => {
  for (let index = 0; index < Math.max(recorded.length, now.length); index++) {
    const left = recorded[index]
    const right = now[index]
    if (left === undefined || right === undefined) return { index, path: "", left, right: asOrNone(right) }
    const found = difference.first(whatHappened(left), whatHappened(asJson(right)))
    if (found !== undefined) return { index, ...found }
  }
  return undefined
}

/** How well the machine kept time on a stream is no part of what happened on it. */
const whatHappened = (entry: unknown): unknown =>
  Predicate.isTagged(entry, "Streamed") ? { ...entry, lateness: undefined, timer: undefined } : entry

const asOrNone = (value: unknown): unknown => value === undefined ? undefined : asJson(value)
