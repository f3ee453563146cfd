/** The control API: what can be done to a simulator while it runs, below `/_sim`. */
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import { CallsApi, PartiesApi } from "./CallsApi.ts"
import { ClockApi } from "./ClockApi.ts"
import { FaultsApi } from "./FaultsApi.ts"
import { callPages, JournalApi } from "./PagesApi.ts"
import { RunsApi } from "./RunsApi.ts"
import { TenantsApi } from "./TenantsApi.ts"

/** Keys that mean nothing are problems, and all problems are told. */
const strictly = { errors: "all", onExcessProperty: "error" } as const

/**
 * What this API serves itself.
 *
 * @category apis
 * @since 0.1.0
 */
export const served = HttpApi.make("control")
  .add(TenantsApi, CallsApi, PartiesApi, ClockApi, FaultsApi, RunsApi)
  .prefix("/_sim")
  .annotate(HttpApi.PayloadParseOptions, strictly)
  .annotate(HttpApi.QueryParseOptions, strictly)

/**
 * All of it, with the pages that clients ask for.
 *
 * @category apis
 * @since 0.1.0
 */
export const api = HttpApi.make("control")
  .add(TenantsApi, CallsApi.add(...callPages), PartiesApi, ClockApi, FaultsApi, RunsApi, JournalApi)
  .prefix("/_sim")
  .annotateMerge(OpenApi.annotations({
    title: "Control API of the simulator",
    version: "1",
    description:
      "What can be done to a simulator while it runs. Each request sees one tenant: that of the bearer token "
      + "that it carries, or the one that `?tenant=` names, or the default one."
  }))
