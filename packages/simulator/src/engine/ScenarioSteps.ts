/** The steps of a run: what each waits for, which are due, and which can never come. */
import type { Entry } from "../core/journal/Entry.ts"
import { isAt } from "../core/scenario/Moment.ts"
import { type CallName, nameOf, type Occasion, type Step } from "../core/scenario/Step.ts"
import type { Tenant } from "./Tenants.ts"

/**
 * A step on its way: how often its moment was seen, and from which entry on to look for it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Waiting {
  readonly step: Step
  readonly index: number
  readonly occasion: Occasion
  seen: number
  from: number
}

/**
 * A step that is due.
 *
 * @category models
 * @since 0.1.0
 */
export interface Due {
  readonly step: Step
  readonly index: number
}

/**
 * The steps and the calls of a run.
 *
 * @category models
 * @since 0.1.0
 */
export interface ScenarioSteps {
  /** Looks at what has happened meanwhile. */
  readonly look: () => void
  /** Takes the next step that is due. */
  readonly take: () => Due | undefined
  /** Gives a call its name. */
  readonly name: (name: string, callId: string) => void
  /** The naming step of this name is over, whether or not there is a call. */
  readonly tried: (name: string) => void
  readonly callId: (call: CallName) => string | undefined
  /** The calls of the run, in the order in which they began. */
  readonly calls: () => ReadonlyArray<string>
  /** Whether a step is scheduled, or waits for what can still come. */
  readonly isAnyToCome: () => boolean
  /** Steps that were never done. */
  readonly left: () => ReadonlyArray<Due>
}

/** What a step is called on the timeline. */
const label = (step: Step, index: number): string => `steps[${index}] of the scenario, ${step.do._tag}`

/**
 * The steps of a scenario on a tenant. `wake` is told when one becomes due.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  steps: ReadonlyArray<Step>,
  { journal, timeline }: Pick<Tenant, "journal" | "timeline">,
  wake: () => void
): ScenarioSteps => {
  const named = new Map<string, string>()
  const over = new Set<string>()
  const begun: Array<string> = []
  const waiting = new Set<Waiting>()
  const never = new Set<Due>()
  const scheduled = new Set<Due>()
  const due: Array<Due> = []
  let next = 0

  const ready = (one: Due): void => {
    scheduled.delete(one)
    due.push(one)
    wake()
  }

  const schedule = (one: Due, dueMs: number): void => {
    if (dueMs <= timeline.nowMs()) return ready(one)
    scheduled.add(one)
    timeline.at(dueMs, label(one.step, one.index), () => ready(one))
  }

  const callId = (call: CallName): string | undefined => typeof call === "string" ? named.get(call) : begun[call - 1]

  const meet = (one: Waiting, entries: ReadonlyArray<Entry>): void => {
    const { afterMs = 0, is, nth = 1 } = one.occasion
    for (const entry of entries) {
      one.from = entry.seq + 1
      if (!isAt(is, entry)) continue
      one.seen += 1
      if (one.seen < nth) continue
      waiting.delete(one)
      return schedule({ step: one.step, index: one.index }, entry.at + afterMs)
    }
  }

  /** No call of this name will ever be, or it has ended without the moment. */
  const isHopeless = (one: Waiting): boolean => {
    const { call } = one.occasion
    const id = callId(call)
    return id === undefined ? typeof call === "string" && over.has(call) : journal.record(id) !== undefined
  }

  steps.forEach((step, index) => {
    const { atMs, when } = step
    if (when !== undefined) waiting.add({ step, index, occasion: when, seen: 0, from: 0 })
    else schedule({ step, index }, timeline.nowMs() + (atMs ?? 0))
  })

  const giveUp = ({ index, step }: Waiting | Due): void => {
    never.add({ step, index })
    const name = nameOf(step)
    if (name !== undefined) over.add(name)
  }

  return {
    look: () => {
      for (const entry of journal.read({ from: next })) {
        next = entry.seq + 1
        if (entry._tag === "Turned" && entry.event._tag === "Originated") begun.push(entry.callId)
      }
      for (const one of waiting) {
        const id = callId(one.occasion.call)
        if (id !== undefined) meet(one, journal.read({ callId: id, from: one.from }))
        if (!waiting.has(one) || !isHopeless(one)) continue
        waiting.delete(one)
        giveUp(one)
      }
    },
    take: () => due.shift(),
    name: (name, id) => {
      named.set(name, id)
    },
    tried: (name) => {
      over.add(name)
    },
    callId,
    calls: () => begun,
    isAnyToCome: () => due.length > 0 || scheduled.size > 0 || waiting.size > 0,
    left: () => [...never, ...waiting, ...scheduled, ...due].toSorted((a, b) => a.index - b.index)
  }
}
