/** The process that the platform is: it goes down, and comes back with its journal. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Tenants } from "./Tenants.ts"

/**
 * A way in from outside, as a port that is listened on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Door {
  /** Takes nobody in any more, and breaks off every connection. */
  readonly close: Effect.Effect<void>
  readonly open: Effect.Effect<void>
}

/**
 * Whether the platform can be reached at all.
 *
 * @category services
 * @since 0.1.0
 */
export class Outage extends Context.Service<Outage, {
  /**
   * Goes down: connections break off, calls end with `SYSTEM_SHUTDOWN`, and nobody gets in. Succeeds when it is down; after
   * so long, in the time of whoever asks, it is back. Asked once more meanwhile, it counts from then.
   */
  readonly begin: (lasts: Duration.Input) => Effect.Effect<void>
  readonly isDown: () => boolean
  /** Has the door follow, until the scope closes. */
  readonly attach: (door: Door) => Effect.Effect<void, never, Scope.Scope>
}>()("@effect-piopiy/simulator/Outage") {}

const make = Effect.gen(function*() {
  const tenants = yield* Tenants
  const doors = new Set<Door>()
  const coming = yield* FiberHandle.make<void>()
  let down = false

  const goDown = Effect.suspend(() => {
    down = true
    return Effect.andThen(
      Effect.forEach(doors, ({ close }) => close, { discard: true }),
      Effect.forEach(
        tenants.all(),
        ({ faults, switchboard }) => Effect.andThen(Effect.sync(faults.sever), switchboard.endAll),
        { discard: true }
      )
    )
  })

  const comeBack = Effect.suspend(() => {
    down = false
    return Effect.forEach(doors, ({ open }) => open, { discard: true })
  })

  return Outage.of({
    begin: (lasts) =>
      FiberHandle.clear(coming).pipe(
        Effect.andThen(goDown),
        Effect.andThen(FiberHandle.run(coming, Effect.delay(comeBack, lasts))),
        Effect.asVoid,
        Effect.uninterruptible
      ),
    isDown: () => down,
    attach: (door) =>
      Effect.acquireRelease(Effect.sync(() => doors.add(door)), () => Effect.sync(() => doors.delete(door)))
  })
})

/**
 * A platform that is up.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Outage, never, Tenants> = Layer.effect(Outage, make)
