/**
 * The services for callers without Effect: methods give promises, which reject with a `PiopiyError`.
 *
 * What may be missing is `undefined` here, durations are milliseconds and moments are `Date`; the rest is as with the
 * services. Arguments are the same, so that phone numbers and ids are made with `PhoneNumber.make` and their like.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Account from "./Account.ts"
import * as Calls from "./Calls.ts"
import * as LegacyCalls from "./LegacyCalls.ts"
import type * as LegacyConfig from "./LegacyConfig.ts"
import * as Notifications from "./Notifications.ts"
import * as Piopiy from "./Piopiy.ts"
import type * as PiopiyConfig from "./PiopiyConfig.ts"
import type { PiopiyError } from "./PiopiyError.ts"

/**
 * A value as it comes out of a promise.
 *
 * @category models
 * @since 0.1.0
 */
export type Plain<A> = A extends Option.Option<infer Value> ? Plain<Value> | undefined
  : A extends Duration.Duration ? number
  : A extends DateTime.DateTime ? Date
  : A extends string | number | boolean | null | undefined ? A
  : A extends ReadonlyArray<infer Item> ? ReadonlyArray<Plain<Item>>
  : A extends object ? { readonly [Key in keyof A]: Plain<A[Key]> }
  : A

/**
 * A service whose effects are promises, and whose streams are read with `for await`.
 *
 * @category models
 * @since 0.1.0
 */
export type Promised<Service> = {
  readonly [Method in keyof Service]: Service[Method] extends Effect.Effect<infer A, PiopiyError>
    ? () => Promise<Plain<A>>
    : Service[Method] extends (...args: infer Args) => Effect.Effect<infer A, PiopiyError>
      ? (...args: Args) => Promise<Plain<A>>
    : Service[Method] extends (...args: infer Args) => Stream.Stream<infer A, PiopiyError>
      ? (...args: Args) => AsyncIterable<Plain<A>>
    : never
}

/**
 * What every front has.
 *
 * @category models
 * @since 0.1.0
 */
export interface Front<Services> {
  /**
   * The same services, whose requests are aborted by a signal; the promise then rejects with an error that is no
   * `PiopiyError`. A call whose request was under way may ring. Streams end when their loop is left.
   */
  readonly aborting: (signal: AbortSignal) => Services
  /** Aborts what is under way, and takes no more requests. */
  readonly dispose: () => Promise<void>
}

interface Transport {
  /** In place of the platform's own. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * What the services of a bearer token are made from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Omit<PiopiyConfig.Options, "token">, Transport {
  readonly token: string
}

/**
 * What the services of an app id and its secret are made from.
 *
 * @category models
 * @since 0.1.0
 */
export interface LegacyOptions extends Omit<LegacyConfig.Options, "appSecret">, Transport {
  readonly appSecret: string
}

/**
 * What the service of a user is made from.
 *
 * @category models
 * @since 0.1.0
 */
export interface NotificationsOptions extends Omit<Notifications.Options, "password">, Transport {
  readonly password: string
}

/** The value that {@link Plain} describes. */
function plain(value: unknown): unknown {
  if (Option.isOption(value)) return plain(Option.getOrUndefined(value))
  if (Duration.isDuration(value)) return Duration.toMillis(value)
  if (DateTime.isDateTime(value)) return DateTime.toDate(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

type Run = (effect: Effect.Effect<unknown, unknown>) => Promise<unknown>

const isEffect = (value: unknown): value is Effect.Effect<unknown, unknown> => Effect.isEffect(value)

const isStream = (value: unknown): value is Stream.Stream<unknown, unknown> => Stream.isStream(value)

const answered = (given: unknown, run: Run): unknown => {
  if (isStream(given)) return Stream.toAsyncIterableWith(Stream.map(given, plain), Context.empty())
  return isEffect(given) ? run(Effect.map(given, plain)) : given
}

function promised<Service extends object>(service: Service, run: Run): Promised<Service>
function promised(service: object, run: Run): unknown {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]: [string, unknown]) => [
      name,
      typeof method === "function"
        ? (...args: ReadonlyArray<unknown>) => answered(Reflect.apply(method, service, args), run)
        : () => answered(method, run)
    ])
  )
}

/** Builds the layer at once, so that a configuration that is wrong is told where it is given. */
const start = <S, Services extends object>(
  layer: Layer.Layer<S, PiopiyError>,
  fetch: Transport["fetch"],
  pick: (context: Context.Context<S>, run: Run) => Services
): Services & Front<Services> => {
  const transport = fetch === undefined ? Layer.empty : Layer.succeed(FetchHttpClient.Fetch, fetch)
  const runtime = ManagedRuntime.make(Layer.provideMerge(layer, transport))
  const built = Effect.runSyncExit(runtime.contextEffect)
  if (Exit.isFailure(built)) throw Cause.squash(built.cause)
  const services = (signal?: AbortSignal) =>
    pick(built.value, (effect) => runtime.runPromise(effect, signal === undefined ? {} : { signal }))
  return { ...services(), aborting: services, dispose: () => runtime.dispose() }
}

const secret = (text: unknown) => typeof text === "string" ? Redacted.make(text) : Redacted.make("")

/**
 * The v3 API. Throws a `PiopiyError` with reason `InvalidConfig` when the options are unusable.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options) => {
  const { fetch, token, ...others } = { ...options }
  return start(Piopiy.layerFetch({ ...others, token: secret(token) }), fetch, (context, run) => ({
    calls: promised(Context.get(context, Calls.Calls), run)
  }))
}

/**
 * The older API. Throws as {@link make} does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeLegacy = (options: LegacyOptions) => {
  const { appSecret, fetch, ...others } = { ...options }
  return start(Piopiy.layerLegacyFetch({ ...others, appSecret: secret(appSecret) }), fetch, (context, run) => ({
    calls: promised(Context.get(context, LegacyCalls.LegacyCalls), run),
    account: promised(Context.get(context, Account.Account), run)
  }))
}

/**
 * Text messages in the name of a user. Throws as {@link make} does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeNotifications = (options: NotificationsOptions) => {
  const { fetch, password, ...others } = { ...options }
  const layer = Layer.provide(Notifications.layer({ ...others, password: secret(password) }), FetchHttpClient.layer)
  return start(layer, fetch, (context, run) => ({
    notifications: promised(Context.get(context, Notifications.Notifications), run)
  }))
}
