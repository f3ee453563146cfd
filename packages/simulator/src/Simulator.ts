/**
 * The platform offline. {@link layer} runs it in process; {@link routes} puts its HTTP surface into a router, to be
 * served on a port or called in memory.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as AccountConfig from "./AccountConfig.ts"
import * as control from "./edge/control/routes.ts"
import * as routesLegacy from "./edge/rest/routesLegacy.ts"
import * as routesV3 from "./edge/rest/routesV3.ts"
import * as Severed from "./edge/Severed.ts"
import * as HttpWebhooks from "./edge/webhook/HttpWebhooks.ts"
import * as Outage from "./engine/Outage.ts"
import { Sounds } from "./engine/Sounds.ts"
import type { StreamPort } from "./engine/StreamPort.ts"
import { TenantRefused } from "./engine/TenantRefused.ts"
import * as Tenants from "./engine/Tenants.ts"
import type * as Scenario from "./Scenario.ts"
import type { ScenarioReport } from "./ScenarioReport.ts"
import * as SimulatorConfig from "./SimulatorConfig.ts"
import type { SimulatorError } from "./SimulatorError.ts"
import * as World from "./World.ts"

export {
  /**
   * How a request died of its connection, for whoever serves {@link routes}.
   *
   * @category getters
   * @since 0.1.0
   */
  find as severed
} from "./edge/Severed.ts"

/**
 * The default tenant, as whoever tests or watches sees it, and the way to others.
 *
 * @category services
 * @since 0.1.0
 */
export class Simulator extends Context.Service<
  Simulator,
  World.World & {
    /** Another tenant seen the same way, by its name. Fails with `NoSuchTenant`. */
    readonly tenant: (name: string) => Effect.Effect<World.World, TenantRefused>
    /** A tenant of {@link Tenants.Tenants} seen this way. */
    readonly of: (tenant: Tenants.Tenant) => World.World
    /**
     * One more tenant, of the same configuration but for its account and for what `config` says. Left out, its name is
     * `tenant-` and its app id 1000001 and a number that no other has. It ends as {@link Tenants.Tenants} says. Fails with
     * `InvalidConfig`, and with {@link TenantRefused}.
     */
    readonly create: (
      account: AccountConfig.AccountConfig,
      config?: Omit<SimulatorConfig.SimulatorConfig, "$schema" | "accounts" | "faults" | "seed">
    ) => Effect.Effect<World.World, SimulatorError | TenantRefused>
    /** Starts a tenant anew, the default one unless named: no calls, an empty journal, time and ids from the beginning. */
    readonly reset: (name?: string) => Effect.Effect<World.World, TenantRefused>
    /** Ends a tenant that was created so. Whether there was one. */
    readonly remove: (name: string) => Effect.Effect<boolean>
    /**
     * The process goes down and comes back after so long, its journal kept: connections break off, calls end with
     * `SYSTEM_SHUTDOWN`, and nobody gets a connection. Succeeds when it is down. Befalls all tenants.
     */
    readonly outage: (options: { readonly lasts: Duration.Input }) => Effect.Effect<void>
    /**
     * Runs a scenario once, on a platform of its own whose webhooks and streams may go where this one's may. Its app is one
     * that runs already, and steps ask nobody else. Fails with `InvalidConfig`, every problem by its path.
     */
    readonly scenario: (
      scenario: Scenario.Scenario,
      options?: Scenario.RunOptions
    ) => Effect.Effect<ScenarioReport, SimulatorError>
  }
>()("@effect-piopiy/simulator/Simulator") {}

/**
 * What a simulator in process provides: itself, the tenants that its HTTP surface serves, and whether that can be reached.
 */
export type Platform = Simulator | Tenants.Tenants | Outage.Outage

const facade = (
  config: SimulatorConfig.SimulatorConfig,
  webhooks: HttpWebhooks.WebhookOptions
): Layer.Layer<Simulator, never, Tenants.Tenants | Outage.Outage | HttpClient.HttpClient | StreamPort> =>
  Layer.effect(
    Simulator,
    Effect.gen(function*() {
      const tenants = yield* Tenants.Tenants
      const outage = yield* Outage.Outage
      const aftermath = yield* World.Aftermath
      const sounds = yield* Sounds
      const wayOut = yield* Effect.context<HttpClient.HttpClient | StreamPort>()
      /** What a scenario lives by, in place of the services of whoever asks for it. */
      const instead: (around: Context.Context<never>) => typeof wayOut = () => wayOut
      let places = config.accounts?.length ?? 1
      /** A tenant by its name; when it has gone, what is left of it. */
      const seen = (tenant: Tenants.Tenant): World.World =>
        World.make(() => tenants.byName(tenant.name) ?? tenant, aftermath)
      return Simulator.of(Object.assign(World.make(() => tenants.main, aftermath), {
        tenant: (name: string) =>
          Effect.suspend(() => {
            const found = tenants.byName(name)
            return found === undefined
              ? Effect.fail(new TenantRefused({ why: "NoSuchTenant", name }))
              : Effect.succeed(seen(found))
          }),
        of: seen,
        create: (account: AccountConfig.AccountConfig, more: SimulatorConfig.SimulatorConfig = {}) =>
          Effect.suspend(() => SimulatorConfig.tenant({ ...config, ...more }, account, places++)).pipe(
            Effect.tap(Effect.provideService(SimulatorConfig.checkSounds(more), Sounds, sounds)),
            Effect.flatMap(tenants.create),
            Effect.map(seen)
          ),
        reset: (name = tenants.main.name) => Effect.map(tenants.reset(name), seen),
        remove: tenants.remove,
        outage: ({ lasts }: { readonly lasts: Duration.Input }) => outage.begin(lasts),
        scenario: (scenario: Scenario.Scenario, options: Scenario.RunOptions = {}) =>
          // Few need it, and it needs this module.
          Effect.promise(() => import("./ScenarioWorld.ts")).pipe(
            Effect.flatMap(({ run }) => run(scenario, webhooks, options)),
            Effect.updateContext(instead)
          )
      }))
    })
  )

/**
 * A simulator in process. Webhooks go out over the `HttpClient`, which must not follow redirects; `webhooks` says where
 * they may go, by default to this machine only. Audio streams go where the {@link StreamPort} leads: `Streams` has some.
 *
 * When the scope closes, calls in progress end with `SYSTEM_SHUTDOWN` and their records are written. Fails with
 * `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  config: SimulatorConfig.SimulatorConfig = {},
  webhooks: Partial<HttpWebhooks.WebhookOptions> = {}
): Layer.Layer<Platform, SimulatorError, HttpClient.HttpClient | StreamPort> => {
  const options = { ...HttpWebhooks.defaults, ...webhooks }
  return Layer.unwrap(
    Effect.map(
      Effect.tap(SimulatorConfig.tenants(config), SimulatorConfig.checkSounds(config)),
      ([first, ...others]) =>
        facade(config, options).pipe(
          Layer.provideMerge(Layer.fresh(Outage.layer)),
          Layer.provideMerge(Tenants.layer(first, others)),
          Layer.provide(HttpWebhooks.layer(options))
        )
    )
  )
}

/** Whether anybody gets a connection. */
const reachable = HttpRouter.middleware(
  Effect.map(Outage.Outage, ({ isDown }) => (answered) => Effect.suspend(() => isDown() ? Severed.refused : answered)),
  { global: true }
)

/**
 * The HTTP surface of a simulator: `/v3`, `/v2` and `/v1` as the platform's three hosts, `/_sim` as itself. With
 * `adminToken`, `/_sim` asks for it. A request dies with `Severed` when its connection is to break off.
 *
 * @category layers
 * @since 0.1.0
 */
export const routes = (
  options: { readonly adminToken?: Redacted.Redacted<string> } = {}
): Layer.Layer<never, never, HttpRouter.HttpRouter | Platform> =>
  Layer.mergeAll(
    reachable,
    routesV3.layer,
    routesLegacy.layer,
    control.layer({
      version: SimulatorConfig.version,
      fallbacks: [...routesV3.fallbacks, ...routesLegacy.fallbacks],
      ...options
    })
  )
