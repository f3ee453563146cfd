/** Operations on tenants: each is a world of its own, with its token, its seed and its clock. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { AccountConfig } from "../../../AccountConfig.ts"
import * as ClockMode from "../../../engine/ClockMode.ts"
import { SimulatorConfig } from "../../../SimulatorConfig.ts"
import { wire } from "./Refusals.ts"
import { Visiting } from "./Visiting.ts"

const { faults: _faults, token, ...accountKeys } = AccountConfig.fields

/**
 * Of what a new tenant is made: the keys of an account, all of them optional, and of a configuration whatever differs from
 * the one that the server runs with. A token and an app secret that are not given are drawn at random.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NewTenant = Schema.Struct({
  ...accountKeys,
  token: Schema.optionalKey(token.annotate({ description: "The bearer token; left out, one that nobody can guess." })),
  ...Struct.pick(SimulatorConfig.fields, [
    "legacyErrors",
    "pipelines",
    "flows",
    "people",
    "files",
    "streams",
    "recordAudio",
    "faults",
    "maxCalls",
    "maxEntries",
    "maxRecords"
  ])
}).annotate({ identifier: "NewTenant" })
/** @since 0.1.0 */
export type NewTenant = typeof NewTenant.Type

const tenantKeys = {
  name: Schema.String,
  seed: Schema.Natural,
  clock: ClockMode.Setting,
  nowMs: Schema.Natural.annotate({ description: "Milliseconds from the tenant's origin." }),
  originEpochMs: Schema.Finite.annotate({ description: "The wall clock at the origin, milliseconds since 1970." }),
  calls: Schema.Natural.annotate({ description: "Calls in progress." }),
  entries: Schema.Natural.annotate({ description: "The seq of the newest journal entry." }),
  expiresInMs: Schema.optionalKey(
    Schema.Natural.annotate({
      description:
        "After so long the tenant goes, unless somebody uses it; left out, it stays, being of the configuration."
    })
  )
}

/**
 * A tenant as it is now.
 *
 * @category schemas
 * @since 0.1.0
 */
export const TenantState = Schema.Struct(tenantKeys).annotate({ identifier: "Tenant" })
/** @since 0.1.0 */
export type TenantState = typeof TenantState.Type

/**
 * A tenant that was made, with the credentials for the emulated API. Nobody is told them again.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreatedTenant = Schema.Struct({
  ...tenantKeys,
  token: Schema.String,
  appId: Schema.Natural,
  appSecret: Schema.String
}).annotate({ identifier: "CreatedTenant" })
/** @since 0.1.0 */
export type CreatedTenant = typeof CreatedTenant.Type

const named = { name: Schema.NonEmptyString }

const create = HttpApiEndpoint.post("create", "/tenants", {
  payload: NewTenant,
  success: CreatedTenant.pipe(HttpApiSchema.status(201)),
  error: [wire.taken, wire.tooMany]
}).annotateMerge(OpenApi.annotations({
  summary: "Make a tenant",
  description:
    "One more world, of the server's configuration but for what the body says. At most 256 of them; one that "
    + "nobody has used for 15 minutes goes, unless a call lasts or somebody follows its journal."
}))

const list = HttpApiEndpoint.get("list", "/tenants", { success: Schema.Array(TenantState) }).annotateMerge(
  OpenApi.annotations({
    summary: "List tenants",
    description: "All tenants that the request may see, the default one first."
  })
)

const get = HttpApiEndpoint.get("get", "/tenants/:name", { params: named, success: TenantState }).annotateMerge(
  OpenApi.annotations({ summary: "Look at a tenant", description: "One tenant as it is now." })
)

const reset = HttpApiEndpoint.post("reset", "/tenants/:name/reset", {
  params: named,
  success: TenantState
}).annotateMerge(OpenApi.annotations({
  summary: "Start a tenant anew",
  description: "Its calls end, then all that it knew is forgotten; time and ids begin again. Options and token stay."
}))

const remove = HttpApiEndpoint.delete("remove", "/tenants/:name", {
  params: named,
  success: HttpApiSchema.NoContent,
  error: wire.configured
}).annotateMerge(OpenApi.annotations({
  summary: "Remove a tenant",
  description: "Ends a tenant that was made at run time. Those of the configuration stay."
}))

/**
 * @category groups
 * @since 0.1.0
 */
export const TenantsApi = HttpApiGroup.make("tenants").add(create, list, get, reset, remove).middleware(Visiting)
  .annotateMerge(OpenApi.annotations({
    title: "Tenants",
    description: "Worlds side by side on one server. Tests take one each, and cannot see one another."
  }))
