/** Worlds side by side: each tenant has its own calls, journal, seed and time, and none sees another. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as CommandRunner from "./CommandRunner.ts"
import * as Journal from "./Journal.ts"
import * as Parties from "./Parties.ts"
import * as Switchboard from "./Switchboard.ts"
import * as Timeline from "./Timeline.ts"
import type { WebhookPort } from "./WebhookPort.ts"

/**
 * What a tenant is made of.
 *
 * @category models
 * @since 0.1.0
 */
export interface TenantOptions {
  readonly name: string
  readonly token: Redacted.Redacted<string>
  readonly seed: number
  readonly version: string
  readonly stored: CommandRunner.Stored
  readonly people: Parties.People
  readonly fileMs: ReadonlyMap<string, number>
  readonly bounds: Journal.Bounds
  readonly maxCalls: number
}

/**
 * One world.
 *
 * @category models
 * @since 0.1.0
 */
export interface Tenant {
  readonly name: string
  readonly seed: number
  readonly journal: Journal.Journal["Service"]
  readonly switchboard: Switchboard.Switchboard["Service"]
  readonly timeline: Timeline.Timeline["Service"]
}

/**
 * The tenants, by the bearer token that names each. The first is the default.
 *
 * @category services
 * @since 0.1.0
 */
export class Tenants extends Context.Service<Tenants, {
  readonly byToken: (token: string) => Tenant | undefined
  readonly main: Tenant
  readonly all: ReadonlyArray<Tenant>
}>()("@effect-piopiy/simulator/Tenants") {}

const tenantLayer = (options: TenantOptions) =>
  Switchboard.layer(options).pipe(
    Layer.provideMerge(CommandRunner.layer(options)),
    Layer.provideMerge(Parties.layer(options.people)),
    Layer.provideMerge(
      Journal.layer({ tenant: options.name, seed: options.seed, version: options.version, bounds: options.bounds })
    ),
    Layer.provideMerge(Layer.fresh(Timeline.layer))
  )

const makeTenant = Effect.fnUntraced(function*(options: TenantOptions) {
  const world = yield* Layer.build(tenantLayer(options))
  const switchboard = Context.get(world, Switchboard.Switchboard)
  yield* Effect.addFinalizer(() => switchboard.stop)
  const tenant: Tenant = {
    name: options.name,
    seed: options.seed,
    journal: Context.get(world, Journal.Journal),
    switchboard,
    timeline: Context.get(world, Timeline.Timeline)
  }
  return tenant
})

/**
 * The tenants of a simulator. When the scope closes, calls in progress end and their records are written.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  first: TenantOptions,
  others: ReadonlyArray<TenantOptions>
): Layer.Layer<Tenants, never, WebhookPort> =>
  Layer.effect(
    Tenants,
    Effect.gen(function*() {
      const byToken = new Map<string, Tenant>()
      const make = (options: TenantOptions) =>
        Effect.map(makeTenant(options), (tenant) => {
          byToken.set(Redacted.value(options.token), tenant)
          return tenant
        })
      const main = yield* make(first)
      const rest = yield* Effect.forEach(others, make)
      return Tenants.of({ byToken: (token) => byToken.get(token), main, all: [main, ...rest] })
    })
  )
