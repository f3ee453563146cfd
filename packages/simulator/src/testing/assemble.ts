/** Builds the SDK's services and the app under test on a simulator, however that is reached. */
import type * as Account from "@effect-piopiy/sdk/Account"
import type * as Calls from "@effect-piopiy/sdk/Calls"
import type * as LegacyCalls from "@effect-piopiy/sdk/LegacyCalls"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
import type { PiopiyError } from "@effect-piopiy/sdk/PiopiyError"
import type { StreamError } from "@effect-piopiy/sdk/StreamError"
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as WebCrypto from "effect/crypto/WebCrypto"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { AccountConfig } from "../index.ts"
import type * as Simulator from "../Simulator.ts"
import type { SimulatorError } from "../SimulatorError.ts"
import * as World from "../World.ts"
import * as AppAtWork from "./AppAtWork.ts"
import type { App } from "./InProcess.ts"
import { accountOf, chanceOf, type PlatformOptions, type StreamingOptions } from "./PlatformOptions.ts"

/** What the services stand on: a simulator, and the client that reaches it, whatever the host of a URL. */
export type Ground = Simulator.Platform | HttpClient.HttpClient

/**
 * The simulator, the `HttpClient` that reaches it, whatever the host of a URL, and the SDK's services on its default account.
 *
 * @category models
 * @since 0.1.0
 */
export type Services = Ground | Calls.Calls | LegacyCalls.LegacyCalls | Account.Account

/** What routes ask for, when they are built and when they are called. */
type Needs<R> =
  | Exclude<HttpRouter.Request.Without<R>, HttpRouter.HttpRouter>
  | HttpRouter.Request.Only<"Requires", R>
  | HttpRouter.Request.Only<"GlobalRequires", R>

/**
 * What of all that is still to be provided, when something is there.
 *
 * @category models
 * @since 0.1.0
 */
export type Left<R, There> = Exclude<Exclude<Needs<R>, Scope.Scope>, There>

type Request = Scope.Scope | HttpServerRequest.HttpServerRequest

type Answering = Effect.Effect<HttpServerResponse.HttpServerResponse, unknown, Request>

const notFound = HttpRouter.add("*", "*", HttpServerResponse.jsonUnsafe({ error: "no such page" }, { status: 404 }))

const answering = <E, R>(
  { app }: PlatformOptions<E, R>
): Effect.Effect<Answering, HttpRouter.Request.Without<E>, Needs<R> | Scope.Scope> => {
  const routes: Layer.Layer<never, E, R | HttpRouter.HttpRouter> = app ?? notFound
  const asked = Effect.context<HttpRouter.Request.Only<"Requires", R> | HttpRouter.Request.Only<"GlobalRequires", R>>()
  return Effect.flatMap(
    asked,
    (context) =>
      Effect.map(
        HttpRouter.toHttpEffect(routes),
        (answer) => Effect.updateContext(answer, (request: Context.Context<Request>) => Context.merge(context, request))
      )
  )
}

const gone = Effect.succeed(HttpServerResponse.jsonUnsafe({ error: "the test is over" }, { status: 503 }))

/**
 * An app that is asked before it is built, since it is built of what asks it: whoever is too early waits.
 */
const later = Effect.gen(function*() {
  const built = yield* Deferred.make<Answering>()
  const work = AppAtWork.make()
  let current: Answering = Effect.flatten(Deferred.await(built))
  return {
    work,
    routes: HttpRouter.add("*", "*", Effect.suspend(() => current)),
    build: <E, R>(options: PlatformOptions<E, R>) =>
      Layer.effectDiscard(Effect.gen(function*() {
        const clock = work.clock(yield* Clock.Clock)
        yield* Deferred.succeed(built, yield* Effect.provideService(answering(options), Clock.Clock, clock))
        yield* Effect.addFinalizer(() =>
          Effect.sync(() => {
            current = gone
          })
        )
      }))
  }
})

const sdk = (options: PlatformOptions<unknown, unknown>) => {
  const { appId = AccountConfig.defaultAppId, appSecret = AccountConfig.defaultAppSecret, token } = accountOf(options)
  return Layer.merge(
    Piopiy.layer({ ...options.sdk, token: Redacted.make(token) }),
    Piopiy.layerLegacy({ ...options.sdk, appId, appSecret: Redacted.make(appSecret) })
  )
}

/** Requests are over when what came of them has happened. */
const settling = ({ asking }: AppAtWork.AppAtWork) =>
  Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, HttpClient.transformResponse(asking)))

/** The clock of the test, which goes on when all is settled; the platform itself lives by the one below it. */
const patient = ({ clock }: AppAtWork.AppAtWork) => Layer.effect(Clock.Clock, Effect.map(Clock.Clock, clock))

const services = <R>(
  options: PlatformOptions<unknown, unknown>,
  work: AppAtWork.AppAtWork,
  ground: Layer.Layer<Ground, SimulatorError, R>
): Layer.Layer<Services, SimulatorError | PiopiyError, R> =>
  sdk(options).pipe(
    Layer.provideMerge(settling(work)),
    Layer.provideMerge(ground),
    Layer.provideMerge(
      Layer.merge(Layer.succeed(AppAtWork.AppAtWork, work), Layer.succeed(World.Aftermath, work.settled))
    ),
    Layer.provideMerge(Layer.effect(Random.Random, chanceOf(options, "chance")))
  )

/**
 * The services, and the app that is built of them. `ground` is made from routes that lead to the app.
 *
 * @category layers
 * @since 0.1.0
 */
export const assemble = <E, R>(
  options: PlatformOptions<E, R>,
  ground: (app: App) => Layer.Layer<Ground, SimulatorError>
): Layer.Layer<Services, SimulatorError | PiopiyError | HttpRouter.Request.Without<E>, Left<R, Services>> =>
  Layer.unwrap(
    Effect.map(
      later,
      ({ build, routes, work }) =>
        Layer.merge(Layer.provideMerge(build(options), services(options, work, ground(routes))), patient(work))
    )
  )

/** Draws bytes from a sequence that is known. */
const cryptoOf = (random: Random.Random): typeof globalThis.crypto => {
  const getRandomValues: typeof globalThis.crypto.getRandomValues = (array) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = random.nextDoubleUnsafe() * 256
    return array
  }
  return new Proxy(globalThis.crypto, {
    get: (target, key) => key === "getRandomValues" ? getRandomValues : Reflect.get(target, key, target)
  })
}

/** Its tokens are in the journal, so they follow from the seed as everything there does. */
const streamServer = (options: StreamingOptions<unknown, unknown>) =>
  Layer.provide(
    StreamServer.layer({ url: "ws://bot.test", drainTimeout: 0, ...options.server }),
    Layer.effect(WebCrypto.WebCrypto, Effect.map(chanceOf(options, "tokens"), cryptoOf))
  )

/**
 * The same with a server for streams, and a handler that is built of the services, too.
 *
 * @category layers
 * @since 0.1.0
 */
export const assembleStreams = <HE, HR, E, R>(
  handler: StreamServer.Handler<HE, HR>,
  options: StreamingOptions<E, R>,
  ground: (
    app: App,
    handler: StreamServer.Handler<HE, never>
  ) => Layer.Layer<Ground, SimulatorError, StreamServer.StreamServer>
): Layer.Layer<
  Services | StreamServer.StreamServer,
  SimulatorError | PiopiyError | StreamError | HttpRouter.Request.Without<E>,
  | Left<R, Services | StreamServer.StreamServer>
  | Exclude<Exclude<HR, Scope.Scope>, Services | StreamServer.StreamServer>
> =>
  Layer.unwrap(Effect.gen(function*() {
    const { build, routes, work } = yield* later
    const context = yield* Deferred.make<Context.Context<HR>>()
    const handled: StreamServer.Handler<HE, never> = (session) =>
      Effect.flatMap(Deferred.await(context), (given) =>
        Effect.updateContext(handler(session), (own: Context.Context<Scope.Scope>) =>
          Context.merge(given, own)))
    const ready = Layer.effectDiscard(Effect.flatMap(Effect.context<HR>(), (given) =>
      Deferred.succeed(context, given)))
    const there: Layer.Layer<
      Services | StreamServer.StreamServer,
      SimulatorError | PiopiyError | StreamError
    > = Layer.provideMerge(services(options, work, ground(routes, handled)), streamServer(options))
    return Layer.merge(Layer.provideMerge(Layer.merge(build(options), ready), there), patient(work))
  }))
