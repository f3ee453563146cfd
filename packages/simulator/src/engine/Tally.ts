/**
 * Counts of everything that a journal was given since its beginning, whatever has been evicted since. They only grow.
 * Their labels are operations, status classes, dispositions, outcomes and faults: sets that no caller can extend.
 */
import type { Entry } from "../core/journal/Entry.ts"

/**
 * What is counted, and by which labels, in this order.
 *
 * @category constants
 * @since 0.1.0
 */
export const families = {
  entries: ["kind"],
  requests: ["operation"],
  refusals: ["operation", "status"],
  ended: ["disposition"],
  webhooks: ["outcome"],
  faults: ["fault"]
} as const satisfies Record<string, ReadonlyArray<string>>

/**
 * The name of something counted.
 *
 * @category models
 * @since 0.1.0
 */
export type Family = keyof typeof families

/**
 * One count: a value for each label of its family.
 *
 * @category models
 * @since 0.1.0
 */
export interface Count {
  readonly labels: ReadonlyArray<string>
  readonly value: number
}

/**
 * Nothing counted yet. `add` counts an entry, `read` gives the counts of a family in the order of their first appearance.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): {
  readonly add: (entry: Entry) => void
  readonly read: (family: Family) => ReadonlyArray<Count>
} => {
  const counts: Record<Family, Map<string, { readonly labels: ReadonlyArray<string>; value: number }>> = {
    entries: new Map(),
    requests: new Map(),
    refusals: new Map(),
    ended: new Map(),
    webhooks: new Map(),
    faults: new Map()
  }

  const count = (family: Family, ...labels: ReadonlyArray<string>): void => {
    const key = labels.join("\n")
    const found = counts[family].get(key)
    if (found === undefined) counts[family].set(key, { labels, value: 1 })
    else found.value += 1
  }

  const add = (entry: Entry): void => {
    count("entries", entry._tag)
    switch (entry._tag) {
      case "Requested":
        return count("requests", entry.operation)
      case "Refused":
        return count("refusals", entry.operation, `${Math.floor(entry.status / 100)}xx`)
      case "Delivered":
        return count("webhooks", entry.outcome)
      case "Faulted":
        return count("faults", entry.fault)
      case "Turned":
        for (const command of entry.commands) {
          if (command._tag === "WriteRecord") count("ended", command.record.disposition)
        }
        return
      case "Started":
      case "Broke":
      case "Streamed":
      case "StreamIgnored":
      case "Acted":
      case "Scripted":
        return
    }
  }

  return { add, read: (family) => [...counts[family].values()].map((one) => ({ ...one })) }
}
