import { type CallId, Calls, Endpoint, PhoneNumber } from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"

export const toHuman = (callId: CallId.CallId) =>
  Calls.Calls.use((calls) =>
    calls.handOff(callId, { to: Endpoint.phone(PhoneNumber.make("919840000002")), confirm: true })
  ).pipe(Effect.map(({ status }) => status === "completed"))
