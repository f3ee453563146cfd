/** Who watches operations. Nobody does unless asked, so that programs without metrics carry none. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Operation, PiopiyError } from "../PiopiyError.ts"

/** Runs an operation and sees how it ends. */
export type Observer = <A>(operation: Operation, effect: Effect.Effect<A, PiopiyError>) => Effect.Effect<A, PiopiyError>

export const Observer: Context.Reference<Observer> = /* @__PURE__ */ Context.Reference(
  "@effect-piopiy/sdk/Observer",
  { defaultValue: (): Observer => (_operation, effect) => effect }
)
