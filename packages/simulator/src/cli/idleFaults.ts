/** What is said of fault rules that never fired, once a simulator has stopped. */
import * as Effect from "effect/Effect"
import * as idle from "../core/fault/idle.ts"
import type { Tenant, Tenants } from "../engine/Tenants.ts"
import * as show from "./show.ts"

/**
 * Of the tenants there were at first, and those of them that are left in the end. Two accounts have the rules of the whole
 * configuration each: what fired on one of them is not idle. What fired before a tenant started anew is not known.
 */
const remarks = (first: ReadonlyArray<Tenant>, last: ReadonlyArray<Tenant>): ReadonlyArray<string> => {
  const all = first.flatMap((tenant) =>
    tenant.faults.list().map((standing) => ({ ...standing, tenant, isKnown: last.includes(tenant) }))
  )
  return [...Map.groupBy(all, ({ rule }) => JSON.stringify(rule)).values()].flatMap((same) => {
    const [one] = same
    if (one === undefined || same.some(({ fired, isKnown }) => fired > 0 || !isKnown)) return []
    const matched = same.reduce((sum, { matched }) => sum + matched, 0)
    return [idle.remark({ ...one, matched }, same.flatMap(({ tenant }) => tenant.journal.read()))]
  })
}

/**
 * To be run before there is a simulator, in a scope that outlives it, for calls that end with it may yet meet a rule. Gives
 * what is to be told of its tenants. Nothing is said of those that were made at run time: whoever made them can ask.
 */
export const make = Effect.gen(function*() {
  let said: () => ReadonlyArray<string> = () => []
  yield* Effect.addFinalizer(() => Effect.forEach(said(), show.note, { discard: true }))
  return ({ all }: Tenants["Service"]) =>
    Effect.sync(() => {
      const first = all()
      said = () => remarks(first, all())
    })
})
