/** What the steps of a scenario do, except for requests, which are the edge's affair. */
import * as Effect from "effect/Effect"
import type { Act } from "../core/scenario/Step.ts"
import type { Refusal } from "./Refusal.ts"
import type { Tenant } from "./Tenants.ts"

/**
 * Acts of a person on a call, and what changes the world around.
 *
 * @category models
 * @since 0.1.0
 */
export type Deed = Exclude<
  Act,
  { readonly _tag: "CallIn" | "PlaceCall" | "Request" | "Transfer" | "HangUp" | "Outage" }
>

/**
 * Does it. Fails with why not, in words.
 *
 * @category acting
 * @since 0.1.0
 */
export const perform = (
  { acting, faults }: Tenant,
  act: Deed,
  callId: string
): Effect.Effect<void, string> => {
  const said = Effect.mapError((refusal: Refusal) => refusal.message)
  switch (act._tag) {
    case "Press":
      return said(acting.press(callId, act.digits, act.leg))
    case "Speak":
      return said(acting.speak(callId, act.text, act.leg))
    case "Say":
      return said(acting.say(callId, act.voice, act.leg))
    case "Answer":
      return said(acting.answer(callId, act.leg))
    case "Reject":
      return said(acting.reject(callId, act.leg))
    case "LeaveLine":
      return said(acting.hangUp(callId, act.leg))
    case "Script":
      return said(acting.script(act.number, act.party))
    case "Fault":
      return Effect.asVoid(Effect.mapError(faults.add(act.rule), ({ message }) => message))
  }
}
