/** Worlds side by side: each tenant has its own calls, journal, seed and time, and none sees another. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Rule } from "../core/fault/Fault.ts"
import type { Entry } from "../core/journal/Entry.ts"
import type { StreamProfile } from "../core/stream/StreamProfile.ts"
import * as Account from "./Account.ts"
import * as Acting from "./Acting.ts"
import type { ClockMode } from "./ClockMode.ts"
import * as CommandRunner from "./CommandRunner.ts"
import * as ControlTimer from "./ControlTimer.ts"
import { Decoder } from "./Decoder.ts"
import * as Faults from "./Faults.ts"
import * as Holds from "./Holds.ts"
import * as Journal from "./Journal.ts"
import * as MediaEngine from "./MediaEngine.ts"
import * as Outbox from "./Outbox.ts"
import * as Pacer from "./Pacer.ts"
import * as Parties from "./Parties.ts"
import * as Rooms from "./Rooms.ts"
import * as ScaledClock from "./ScaledClock.ts"
import { Sounds, Speech } from "./Sounds.ts"
import { layerProfile, StreamPort } from "./StreamPort.ts"
import * as Switchboard from "./Switchboard.ts"
import type { TenantRefused } from "./TenantRefused.ts"
import * as TimeControl from "./TimeControl.ts"
import * as Timeline from "./Timeline.ts"
import { WebhookPort } from "./WebhookPort.ts"

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
  readonly clock: ClockMode
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
  /** What is to go wrong from the beginning. */
  readonly faults?: ReadonlyArray<Rule>
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
  readonly faults: Faults.Faults["Service"]
  readonly time: TimeControl.TimeControl
  readonly acting: Acting.Acting["Service"]
  readonly legacyErrors: LegacyErrors
  readonly webhooks: Outbox.Webhooks
  /** The URL that is asked what to do with a call to this number of the platform. */
  readonly answerUrlOf: (number: string) => string | undefined
  /** Takes no more calls, ends those in progress, and lets the followers of the journal go once they have read it. */
  readonly stop: Effect.Effect<void>
}

/**
 * The tenants, by the credentials that name each. The first is the default. Those of the configuration stay; others come
 * and go.
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
  readonly byName: (name: string) => Tenant | undefined
  /** The default tenant as it is now: when it starts anew, another one. */
  readonly main: Tenant
  readonly all: () => ReadonlyArray<Tenant>
  /** After how long a tenant goes unless somebody uses it, in milliseconds; nothing for one that stays. */
  readonly expiresInMs: (name: string) => number | undefined
  /**
   * One more tenant. It is removed when it was idle for 15 minutes of the simulator's own time: nobody asked for it or
   * followed its journal, and no call was in progress, unless its clock is manual. Fails as {@link TenantRefused}
   * tells, when there are 256 of them already, or when another tenant has its name or credentials.
   */
  readonly create: (options: TenantOptions) => Effect.Effect<Tenant, TenantRefused>
  /**
   * Starts a tenant anew, with the options it had at first: its calls end, then all that it knew is forgotten, its time
   * and its ids begin again. Fails with `NoSuchTenant`.
   */
  readonly reset: (name: string) => Effect.Effect<Tenant, TenantRefused>
  /** Ends a tenant that was created at run time. Whether there was one; those of the configuration stay. */
  readonly remove: (name: string) => Effect.Effect<boolean>
  /**
   * Hands every entry of every journal to whoever keeps them, until the scope closes: of the tenants there are, and of
   * those that come. It does not keep a tenant from being idle. What `keep` must not do is said in {@link Journal}.
   */
  readonly copy: (keep: (tenant: Tenant, entry: Entry) => void) => Effect.Effect<void, never, Scope.Scope>
}>()("@effect-piopiy/simulator/Tenants") {}

const tenantLayer = (options: TenantOptions) =>
  Acting.layer.pipe(
    Layer.provideMerge(Switchboard.layer(options)),
    Layer.provideMerge(CommandRunner.layer(options)),
    Layer.provideMerge(MediaEngine.layer(options).pipe(Layer.provide(layerProfile(options.streams)))),
    Layer.provideMerge(Pacer.layer),
    Layer.provideMerge(Outbox.layer(options.webhooks)),
    Layer.provideMerge(Account.layer(options.account, options.seed)),
    Layer.provideMerge(Parties.layer(options.people)),
    Layer.provideMerge(Faults.layer({ seed: options.seed, rules: options.faults ?? [] })),
    Layer.provideMerge(
      Journal.layer({ tenant: options.name, seed: options.seed, version: options.version, bounds: options.bounds })
    ),
    Layer.provideMerge(Layer.fresh(Timeline.layer))
  )

/** The ways out of the process, with what real audio there is. */
type Ports = WebhookPort | StreamPort

/** What a tenant lives by: its clock, and ways out that its clock knows of. */
const surroundings = Effect.fnUntraced(function*(mode: ClockMode, ports: Context.Context<Ports>) {
  switch (mode._tag) {
    case "Live":
      return { services: ports, control: TimeControl.passing }
    case "Scaled": {
      const clock = ScaledClock.make(yield* Clock.Clock, mode.factor)
      const scaled = ports.pipe(
        Context.add(Clock.Clock, clock),
        Context.add(ControlTimer.ControlTimer, ControlTimer.none)
      )
      return { services: scaled, control: TimeControl.passing }
    }
    case "Manual": {
      const { control, holds, services } = yield* TimeControl.manual
      const held = ports.pipe(
        Context.add(WebhookPort, Holds.webhooks(Context.get(ports, WebhookPort), holds)),
        Context.add(StreamPort, Holds.streams(Context.get(ports, StreamPort), holds)),
        Context.add(ControlTimer.ControlTimer, ControlTimer.none)
      )
      return { services: Context.merge(held, services), control }
    }
  }
})

const makeTenant = Effect.fnUntraced(function*(options: TenantOptions, ports: Context.Context<Ports>) {
  const { control, services } = yield* surroundings(options.clock, ports)
  const world = yield* Effect.provideContext(Layer.build(tenantLayer(options)), services)
  const timeline = Context.get(world, Timeline.Timeline)
  const switchboard = Context.get(world, Switchboard.Switchboard)
  const journal = Context.get(world, Journal.Journal)
  const stop = Effect.andThen(switchboard.stop, journal.finish)
  yield* Effect.addFinalizer(() => stop)
  const tenant: Tenant = {
    name: options.name,
    seed: options.seed,
    journal,
    switchboard,
    timeline,
    account: Context.get(world, Account.Account),
    media: Context.get(world, MediaEngine.MediaEngine),
    faults: Context.get(world, Faults.Faults),
    time: control(options.clock, timeline),
    acting: Context.get(world, Acting.Acting),
    legacyErrors: options.legacyErrors,
    webhooks: options.webhooks,
    answerUrlOf: (number) => options.answerUrls.byNumber.get(number) ?? options.answerUrls.otherwise,
    stop
  }
  return tenant
})

/**
 * The tenants of a simulator. When the scope closes, calls in progress end and their records are written. Dies when two
 * of the given tenants have a name or credentials in common.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  first: TenantOptions,
  others: ReadonlyArray<TenantOptions>,
  bounds: Rooms.RoomOptions = Rooms.defaults
): Layer.Layer<Tenants, never, Ports> =>
  Layer.effect(
    Tenants,
    Effect.gen(function*() {
      const ports = Context.make(WebhookPort, yield* WebhookPort).pipe(
        Context.add(StreamPort, yield* StreamPort),
        Context.add(ControlTimer.ControlTimer, yield* ControlTimer.ControlTimer),
        Context.add(Decoder, yield* Decoder),
        Context.add(Sounds, yield* Sounds),
        Context.add(Speech, yield* Speech)
      )
      const rooms = yield* Rooms.make((options) => makeTenant(options, ports), bounds)
      const main = yield* Effect.orDie(rooms.enter(first))
      yield* Effect.orDie(Effect.forEach(others, rooms.enter, { discard: true }))
      return Tenants.of({
        ...rooms,
        byApp: (appId, secret) => {
          const tenant = rooms.byAppId(appId)
          return tenant?.account.accepts(secret) === true ? tenant : undefined
        },
        get main() {
          return rooms.byName(first.name) ?? main
        }
      })
    })
  )
