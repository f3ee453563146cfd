/** Serves the operations on what goes wrong. */
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Simulator } from "../../../Simulator.ts"
import { served } from "./ControlApi.ts"
import { NoSuchFault, TooMany } from "./Refusals.ts"
import { Visitor } from "./Visiting.ts"

const faults = Effect.map(Visitor, ({ tenant }) => tenant.faults)

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = HttpApiBuilder.group(
  served,
  "faults",
  Effect.fnUntraced(function*(handlers) {
    const simulator = yield* Simulator
    const going = yield* FiberHandle.make<void>()
    return handlers.handleAll({
      list: () => Effect.map(faults, ({ list }) => list()),
      add: ({ payload }) =>
        Effect.flatMap(faults, ({ add }) => add(payload)).pipe(
          Effect.map((id) => ({ id })),
          Effect.mapError(({ message }) => new TooMany({ message, what: "faults" }))
        ),
      remove: ({ params: { id } }) =>
        Effect.flatMap(
          faults,
          ({ remove }) =>
            remove(id) ? Effect.void : new NoSuchFault({ message: `no fault rule has the id ${id}: see /_sim/faults` })
        ),
      clear: () => Effect.map(faults, ({ clear }) => clear()),
      // The answer goes out first: an outage breaks off every connection, this one too.
      outage: ({ payload: { ms } }) =>
        Effect.asVoid(
          Effect.addFinalizer(() => Effect.asVoid(FiberHandle.run(going, simulator.outage({ lasts: ms }))))
        )
    })
  })
)
