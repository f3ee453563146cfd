/** Operations on a tenant's time. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as ClockMode from "../../../engine/ClockMode.ts"
import { wire } from "./Refusals.ts"
import { Visiting } from "./Visiting.ts"

const clockKeys = {
  tenant: Schema.String,
  mode: ClockMode.Setting,
  nowMs: Schema.Natural,
  originEpochMs: Schema.Finite,
  next: Schema.optionalKey(
    Schema.Struct({ dueMs: Schema.Natural, label: Schema.String }).annotate({
      description: "What is due next; left out when nothing is."
    })
  ),
  holds: Schema.Array(Schema.String).annotate({
    description: "What is in flight, and would stop an advance: a webhook or the handshake of a stream."
  }),
  stands: Schema.optionalKey(
    Schema.String.annotate({ description: "Why time stands; left out when it passes by itself." })
  )
}

/**
 * What time it is, and why it stands.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ClockState = Schema.Struct(clockKeys).annotate({ identifier: "Clock" })
/** @since 0.1.0 */
export type ClockState = typeof ClockState.Type

/**
 * How time was moved: from when, and through how many moments at which something happened.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Moved = Schema.Struct({ ...clockKeys, fromMs: Schema.Natural, moments: Schema.Natural }).annotate({
  identifier: "Moved"
})
/** @since 0.1.0 */
export type Moved = typeof Moved.Type

const refusals = [wire.notManual, wire.badTime, wire.stuck] as const

const get = HttpApiEndpoint.get("get", "/clock", { success: ClockState }).annotateMerge(OpenApi.annotations({
  summary: "Read the clock",
  description: "What time it is, what is due next, what is in flight, and why time stands."
}))

const advance = HttpApiEndpoint.post("advance", "/clock/advance", {
  payload: Schema.Struct({ ms: Schema.Int }),
  success: Moved,
  error: refusals
}).annotateMerge(OpenApi.annotations({
  summary: "Advance time",
  description:
    "Moves a manual clock on, from one moment at which something is due to the next. At each it waits until all "
    + "that follows has happened and nothing is in flight: ten seconds of real time, and then it is `stuck`."
}))

const advanceTo = HttpApiEndpoint.post("advanceTo", "/clock/advance-to", {
  payload: Schema.Struct({ atMs: Schema.Int }),
  success: Moved,
  error: refusals
}).annotateMerge(OpenApi.annotations({
  summary: "Advance time to a moment",
  description: "As advance, up to a moment, in milliseconds from the tenant's origin."
}))

const runToNext = HttpApiEndpoint.post("runToNext", "/clock/run-to-next", {
  success: Moved,
  error: refusals
}).annotateMerge(OpenApi.annotations({
  summary: "Run to what is next",
  description: "As advance, to the next moment at which something is due; nowhere when nothing is."
}))

const letGo = HttpApiEndpoint.post("letGo", "/clock/let-go", { success: ClockState }).annotateMerge(
  OpenApi.annotations({
    summary: "Wait no longer",
    description: "Time waits no longer for what is in flight now, which then is too late when its time is over."
  })
)

/**
 * @category groups
 * @since 0.1.0
 */
export const ClockApi = HttpApiGroup.make("clock").add(get, advance, advanceTo, runToNext, letGo).middleware(Visiting)
  .annotateMerge(OpenApi.annotations({
    title: "Time",
    description: "A tenant's clock passes by itself, or, when it is manual, by these operations and nothing else."
  }))
