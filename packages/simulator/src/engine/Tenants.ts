/** Worlds side by side: each tenant has its own calls, journal, seed and time, and none sees another. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { StreamProfile } from "../core/stream/StreamProfile.ts"
import * as Account from "./Account.ts"
import * as CommandRunner from "./CommandRunner.ts"
import * as Journal from "./Journal.ts"
import * as MediaEngine from "./MediaEngine.ts"
import * as Outbox from "./Outbox.ts"
import * as Pacer from "./Pacer.ts"
import * as Parties from "./Parties.ts"
import type { StreamPort } from "./StreamPort.ts"
import * as Switchboard from "./Switchboard.ts"
import * as Timeline from "./Timeline.ts"
import type { WebhookPort } from "./WebhookPort.ts"

/**
 * How the older API says that it refuses: with HTTP 200 and the code in the body (assumed, after one third party), or
 * with the code as the HTTP status.
 *
 * @category models
 * @since 0.1.0
 */
export type LegacyErrors = "body" | "status"

/**
 * Whom a call from outside is announced to: the URL of the number that was dialed goes before the account's.
 *
 * @category models
 * @since 0.1.0
 */
export interface AnswerUrls {
  readonly byNumber: ReadonlyMap<string, string>
  readonly otherwise?: string
}

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
  readonly account: Account.AccountOptions
  readonly legacyErrors: LegacyErrors
  readonly webhooks: Outbox.Webhooks
  readonly answerUrls: AnswerUrls
  readonly streams: StreamProfile
  /** Whether what is said on streams is kept sample by sample, for recordings. */
  readonly recordAudio: boolean
  /** The steps of a list of actions that an app sends on a stream, or nothing when it is none. */
  readonly readProgram: MediaEngine.MediaOptions["readProgram"]
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
  readonly account: Account.Account["Service"]
  readonly media: MediaEngine.MediaEngine["Service"]
  readonly legacyErrors: LegacyErrors
  readonly webhooks: Outbox.Webhooks
  /** The URL that is asked what to do with a call to this number of the platform. */
  readonly answerUrlOf: (number: string) => string | undefined
  /** Takes no more calls, ends those in progress, and lets the followers of the journal go once they have read it. */
  readonly stop: Effect.Effect<void>
}

/**
 * The tenants, by the credentials that name each. The first is the default.
 *
 * Tokens are looked up in a map, so no comparison stops where a guess goes wrong. App ids and user ids are no secrets;
 * what belongs to them is compared in a time that does not depend on the guess.
 *
 * @category services
 * @since 0.1.0
 */
export class Tenants extends Context.Service<Tenants, {
  readonly byToken: (token: string) => Tenant | undefined
  readonly byApp: (appId: number, secret: string) => Tenant | undefined
  /** Logs a user in, and gives the token by which {@link Tenants} knows the user from then on. */
  readonly login: (id: string, password: string) => string | undefined
  readonly byUserToken: (token: string) => Tenant | undefined
  readonly main: Tenant
  readonly all: ReadonlyArray<Tenant>
}>()("@effect-piopiy/simulator/Tenants") {}

const tenantLayer = (options: TenantOptions) =>
  Switchboard.layer(options).pipe(
    Layer.provideMerge(CommandRunner.layer(options)),
    Layer.provideMerge(MediaEngine.layer(options)),
    Layer.provideMerge(Pacer.layer),
    Layer.provideMerge(Outbox.layer(options.webhooks)),
    Layer.provideMerge(Account.layer(options.account, options.seed)),
    Layer.provideMerge(Parties.layer(options.people)),
    Layer.provideMerge(
      Journal.layer({ tenant: options.name, seed: options.seed, version: options.version, bounds: options.bounds })
    ),
    Layer.provideMerge(Layer.fresh(Timeline.layer))
  )

const makeTenant = Effect.fnUntraced(function*(options: TenantOptions) {
  const world = yield* Layer.build(tenantLayer(options))
  const switchboard = Context.get(world, Switchboard.Switchboard)
  const journal = Context.get(world, Journal.Journal)
  const stop = Effect.andThen(switchboard.stop, journal.finish)
  yield* Effect.addFinalizer(() => stop)
  const tenant: Tenant = {
    name: options.name,
    seed: options.seed,
    journal,
    switchboard,
    timeline: Context.get(world, Timeline.Timeline),
    account: Context.get(world, Account.Account),
    media: Context.get(world, MediaEngine.MediaEngine),
    legacyErrors: options.legacyErrors,
    webhooks: options.webhooks,
    answerUrlOf: (number) => options.answerUrls.byNumber.get(number) ?? options.answerUrls.otherwise,
    stop
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
): Layer.Layer<Tenants, never, WebhookPort | StreamPort> =>
  Layer.effect(
    Tenants,
    Effect.gen(function*() {
      const byToken = new Map<string, Tenant>()
      const byAppId = new Map<number, Tenant>()
      const byUserId = new Map<string, Tenant>()
      const byUserToken = new Map<string, Tenant>()
      const make = (options: TenantOptions) =>
        Effect.map(makeTenant(options), (tenant) => {
          byToken.set(Redacted.value(options.token), tenant)
          byAppId.set(options.account.appId, tenant)
          for (const { id } of options.account.users) byUserId.set(id, tenant)
          return tenant
        })

      const byApp = (appId: number, secret: string): Tenant | undefined => {
        const tenant = byAppId.get(appId)
        return tenant?.account.accepts(secret) === true ? tenant : undefined
      }

      const login = (id: string, password: string): string | undefined => {
        const tenant = byUserId.get(id)
        const token = tenant?.account.login(id, password)
        if (tenant !== undefined && token !== undefined) byUserToken.set(token, tenant)
        return token
      }

      const main = yield* make(first)
      const rest = yield* Effect.forEach(others, make)
      return Tenants.of({
        byToken: (token) => byToken.get(token),
        byApp,
        login,
        byUserToken: (token) => byUserToken.get(token),
        main,
        all: [main, ...rest]
      })
    })
  )
