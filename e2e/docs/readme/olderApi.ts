import { LegacyCalls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import * as Effect from "effect/Effect"

export const callBack = LegacyCalls.LegacyCalls.use((calls) =>
  calls.placeNumbersCall({
    callerId: PhoneNumber.make("914400000001"),
    to: PhoneNumber.make("919840000001"),
    connect: PhoneNumber.make("919840000002")
  })
).pipe(Effect.provide(Piopiy.layerLegacyConfigFetch)) // PIOPIY_APP_ID, PIOPIY_APP_SECRET
