/** What is said of fault rules that never fired, once a simulator has stopped. */
import * as Effect from "effect/Effect"
import * as idle from "../core/fault/idle.ts"
import type { Tenant, Tenants } from "../engine/Tenants.ts"
import * as show from "./show.ts"

const keyOf = (tenant: string, faultId: string): string => `${tenant}\n${faultId}`

/** Two accounts have the rules of the whole configuration each; what fired on one of them is not idle. */
const remarks = (tenants: ReadonlyArray<Tenant>, fired: ReadonlySet<string>): ReadonlyArray<string> => {
  const all = tenants.flatMap(({ faults, journal, name }) =>
    faults.list().map((standing) => ({
      ...standing,
      key: JSON.stringify(standing.rule),
      isIdle: standing.fired === 0 && !fired.has(keyOf(name, standing.id)),
      journal
    }))
  )
  return [...Map.groupBy(all, ({ key }) => key).values()].flatMap((same) => {
    const [first] = same
    if (first === undefined || !same.every(({ isIdle }) => isIdle)) return []
    const matched = same.reduce((sum, { matched }) => sum + matched, 0)
    return [idle.remark({ ...first, matched }, same.flatMap(({ journal }) => journal.read()))]
  })
}

/**
 * To be run before there is a simulator, in a scope that outlives it, for calls that end with it may yet meet a rule. Gives
 * what is to be run with its tenants. Those that were made at run time are left out: whoever made them can ask.
 */
export const make = Effect.gen(function*() {
  // A tenant that starts anew counts anew.
  const fired = new Set<string>()
  let left: ReadonlyArray<Tenant> = []
  yield* Effect.addFinalizer(() => Effect.forEach(remarks(left, fired), show.note, { discard: true }))
  return Effect.fnUntraced(function*(tenants: Tenants["Service"]) {
    yield* tenants.copy(({ name }) => (entries) =>
      Effect.sync(() => {
        for (const entry of entries) if (entry._tag === "Faulted") fired.add(keyOf(name, entry.faultId))
      })
    )
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        left = tenants.all().filter(({ name }) => tenants.expiresInMs(name) === undefined)
      })
    )
  })
})
