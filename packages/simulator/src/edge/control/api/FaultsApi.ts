/** Operations on what goes wrong: fault rules of a tenant, and outages of the whole server. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Rule } from "../../../core/fault/Fault.ts"
import { wire } from "./Refusals.ts"
import { Visiting } from "./Visiting.ts"

/**
 * A rule by its id, how often it was met with what it is for, and how often it fired.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FaultStanding = Schema.Struct({
  id: Schema.String,
  rule: Rule,
  matched: Schema.Natural,
  fired: Schema.Natural
}).annotate({ identifier: "FaultStanding" })
/** @since 0.1.0 */
export type FaultStanding = typeof FaultStanding.Type

const list = HttpApiEndpoint.get("list", "/faults", { success: Schema.Array(FaultStanding) }).annotateMerge(
  OpenApi.annotations({
    summary: "List fault rules",
    description: "All rules in the order in which they are asked. One whose matched is 0 never met what it is for."
  })
)

const add = HttpApiEndpoint.post("add", "/faults", {
  payload: Rule,
  success: Schema.Struct({ id: Schema.String }).pipe(HttpApiSchema.status(201)),
  error: wire.tooMany
}).annotateMerge(OpenApi.annotations({
  summary: "Add a fault rule",
  description: "From now on this goes wrong. A rule that could never fire is refused."
}))

const remove = HttpApiEndpoint.delete("remove", "/faults/:id", {
  params: { id: Schema.NonEmptyString },
  success: HttpApiSchema.NoContent,
  error: wire.noSuchFault
}).annotateMerge(OpenApi.annotations({ summary: "Remove a fault rule", description: "It fires no more." }))

const clear = HttpApiEndpoint.delete("clear", "/faults", { success: HttpApiSchema.NoContent }).annotateMerge(
  OpenApi.annotations({ summary: "Remove all fault rules", description: "Nothing of this tenant goes wrong any more." })
)

/** An outage lasts an hour at most. */
const longestMs = 3_600_000

const outage = HttpApiEndpoint.post("outage", "/outage", {
  payload: Schema.Struct({
    ms: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: longestMs }))
  }),
  success: HttpApiSchema.Empty(202)
}).annotateMerge(OpenApi.annotations({
  summary: "Take the server down",
  description:
    "After this answer the server goes down for so long: connections break off, calls of all tenants end with "
    + "SYSTEM_SHUTDOWN, and nobody gets in. Journals are kept."
}))

/**
 * @category groups
 * @since 0.1.0
 */
export const FaultsApi = HttpApiGroup.make("faults").add(list, add, remove, clear, outage).middleware(Visiting)
  .annotateMerge(OpenApi.annotations({
    title: "Faults",
    description: "What goes wrong, by rule: with requests, webhooks and streams of a tenant, or with the whole server."
  }))
