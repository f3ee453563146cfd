/** Serves the operations on a tenant's time. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as ClockMode from "../../../engine/ClockMode.ts"
import type { Tenant } from "../../../engine/Tenants.ts"
import type { AdvanceReport, TimeControl, TimeRefused } from "../../../engine/TimeControl.ts"
import type { ClockState } from "./ClockApi.ts"
import { served } from "./ControlApi.ts"
import { BadTime, NotManual, Stuck } from "./Refusals.ts"
import { Visitor } from "./Visiting.ts"

/** Why time stands, if it does. */
const standing = ({ holds, mode }: TimeControl): { readonly stands?: string } => {
  if (mode._tag !== "Manual") return {}
  const flying = holds()
  return {
    stands: flying.length === 0
      ? "nobody moves it: POST /_sim/clock/advance"
      : `waits for ${flying.join("; ")}`
  }
}

const state = ({ name, time, timeline }: Tenant): ClockState => {
  const next = time.next()
  return {
    tenant: name,
    mode: ClockMode.toSetting(time.mode),
    nowMs: time.nowMs(),
    originEpochMs: timeline.originEpochMs,
    ...(next === undefined ? {} : { next }),
    holds: time.holds(),
    ...standing(time)
  }
}

const refusal = (nowMs: number) => ({ message, reason }: TimeRefused) => {
  switch (reason._tag) {
    case "NotManual":
      return new NotManual({ message })
    case "Stuck":
      return new Stuck({ message, nowMs: reason.nowMs, holds: reason.labels })
    default:
      return new BadTime({ message, nowMs })
  }
}

const move = (by: (time: TimeControl) => Effect.Effect<AdvanceReport, TimeRefused>) =>
  Visitor.use(({ tenant }) =>
    by(tenant.time).pipe(
      Effect.mapError(refusal(tenant.time.nowMs())),
      Effect.map(({ fromMs, moments }) => ({ ...state(tenant), fromMs, moments }))
    )
  )

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = HttpApiBuilder.group(served, "clock", (handlers) =>
  handlers.handleAll({
    get: () => Effect.map(Visitor, ({ tenant }) => state(tenant)),
    advance: ({ payload: { ms } }) => move((time) => time.advance(ms)),
    advanceTo: ({ payload: { atMs } }) => move((time) => time.advanceTo(atMs)),
    runToNext: () => move((time) => time.runToNext),
    letGo: () => Visitor.use(({ tenant }) => Effect.map(tenant.time.letGo, () => state(tenant)))
  }))
