/**
 * Routes for what the platform posts to your service: each body is decoded, handed to a typed handler and answered.
 *
 * The platform signs nothing, so that anybody who knows an address can post to it: put a secret into the path.
 */
import * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as checkConfig from "./internal/checkConfig.ts"
import { isSame } from "./internal/isSame.ts"
import * as scrub from "./internal/scrub.ts"
import type { Issues } from "./Issue.ts"
import type * as LegacyPipeline from "./LegacyPipeline.ts"
import type { PiopiyError } from "./PiopiyError.ts"
import type * as Pipeline from "./Pipeline.ts"
import * as Webhook from "./Webhook.ts"

/**
 * What to do with each callback. Only those that have a handler get a route, whose last part is named here.
 *
 * @category models
 * @since 0.1.0
 */
export interface Handlers<E, R> {
  /** `answer`: a call came in, or one placed with an answer URL was answered. The pipeline is what it does. */
  readonly onAnswer?: (call: Webhook.AnswerRequest) => Effect.Effect<LegacyPipeline.LegacyPipeline, E, R>
  /** `digits`: digits that an `input` or `playGetInput` collected. The pipeline replaces the rest. */
  readonly onDigits?: (digits: Webhook.DigitsResult) => Effect.Effect<LegacyPipeline.LegacyPipeline, E, R>
  /** `events`: something happened to a leg. */
  readonly onLiveEvent?: (event: Webhook.LiveEvent) => Effect.Effect<void, E, R>
  /** `cdr`: the record of a leg. The platform posts it again, after minutes, until it is taken (documented). */
  readonly onCdr?: (cdr: Webhook.Cdr) => Effect.Effect<void, E, R>
  /** `input`: what a caller entered in a pipeline of the current API (assumed). The pipeline replaces the rest. */
  readonly onInput?: (result: Webhook.InputResult) => Effect.Effect<Pipeline.Pipeline, E, R>
}

/**
 * Where the routes are, and what they do.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<E, R> extends Handlers<E, R> {
  /** Before the names of the routes. Default: `/piopiy`. */
  readonly path?: `/${string}`
  /**
   * 16 to 100 letters, digits, dashes and underscores, which come between path and name: `/piopiy/SECRET/answer`. A
   * request with another one gets 404. It is compared in a time that tells nothing about it.
   */
  readonly secret?: Redacted.Redacted<string>
}

/** A longer body is refused. */
const maximumBytes = ByteSize.bytes(1 << 20)

const checkPath = (value: unknown): Result.Result<`/${string}`, string> =>
  typeof value === "string" && /^(?:\/[\w.~-]+)+\/?$/.test(value)
    ? Result.succeed(`/${value.replace(/^\/|\/$/g, "")}` as const)
    : Result.fail("a path such as \"/piopiy\", of letters, digits, dashes, dots and underscores")

const checkSecret = (value: unknown): Result.Result<Option.Option<string>, string> => {
  const text: unknown = Redacted.isRedacted(value) ? Redacted.value(value) : undefined
  return typeof text === "string" && /^[\w-]{16,100}$/.test(text)
    ? Result.succeed(Option.some(text))
    : Result.fail("Redacted text of 16 to 100 letters, digits, dashes and underscores")
}

const checkHandler = <F>(value: F): Result.Result<F, string> =>
  typeof value === "function" ? Result.succeed(value) : Result.fail("a function")

type Response = HttpServerResponse.HttpServerResponse

const refusal = (status: number, error: string, issues?: Issues): Response =>
  HttpServerResponse.jsonUnsafe({ error, ...(issues === undefined ? {} : { issues }) }, { status })

const parse = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))

/** The JSON of a request, or the refusal of it. */
const readBody = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const text = yield* request.text.pipe(
    Effect.provideService(HttpServerRequest.MaxBodySize, maximumBytes),
    Effect.mapError(({ reason }) =>
      reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"
        ? refusal(413, "too_large")
        : refusal(400, "unreadable_body")
    )
  )
  return yield* Effect.fromResult(Result.mapError(parse(text), () => refusal(400, "invalid_json")))
})

const callbacks = Metric.counter("piopiy_callbacks", {
  description: "Callbacks of the platform by name and by the status they were answered with",
  incremental: true
})

/** How one callback is decoded, handled and answered. */
interface Route<A, B, E, R> {
  readonly name: string
  readonly decode: (body: unknown) => Result.Result<A, PiopiyError>
  readonly handle: (callback: A) => Effect.Effect<B, E, R>
  readonly reply: (answer: B) => Result.Result<string, PiopiyError>
}

interface Guard {
  readonly path: `/${string}`
  readonly secret: Option.Option<string>
}

/** Runs a handler. Whatever goes wrong in it is logged without the secret and without numbers, and answered with 500. */
const answer = Effect.fnUntraced(function*<A extends { readonly callId: string }, B, E, R>(
  route: Route<A, B, E, R>,
  { secret }: Guard,
  request: HttpServerRequest.HttpServerRequest
) {
  const body = yield* readBody(request)
  const callback = yield* Effect.fromResult(
    Result.mapError(
      route.decode(body),
      ({ reason }) => refusal(400, "invalid_body", reason._tag === "InvalidCallback" ? reason.issues : undefined)
    )
  )
  yield* Effect.annotateCurrentSpan("piopiy.call_id", callback.callId)
  const failed = (why: string) =>
    Effect.logError(`the handler of ${route.name} failed`, scrub.without(Option.toArray(secret))(why)).pipe(
      Effect.annotateLogs("piopiy.call_id", callback.callId),
      Effect.as(refusal(500, "handler_failed"))
    )
  return yield* Effect.suspend(() => route.handle(callback)).pipe(
    Effect.flatMap((answered) =>
      Result.match(route.reply(answered), {
        onFailure: ({ message }) => failed(message),
        onSuccess: (json) => Effect.succeed(HttpServerResponse.text(json, { contentType: "application/json" }))
      })
    ),
    Effect.catchCause((cause) => Cause.hasInterruptsOnly(cause) ? Effect.interrupt : failed(Cause.pretty(cause)))
  )
})

/** A route whose handler needs nothing but the request any more. With a secret, the server's log leaves it out. */
const add = <A extends { readonly callId: string }, B, E, R>(
  router: HttpRouter.HttpRouter,
  guard: Guard,
  context: Context.Context<R>,
  route: Route<A, B, E, R>
) => {
  const { path, secret } = guard
  const handled = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
    const params = yield* HttpRouter.params
    if (Option.isSome(secret) && !isSame(secret.value, params["secret"] ?? "")) return refusal(404, "not_found")
    const response = yield* answer(route, guard, request).pipe(
      Effect.provideContext(context),
      Effect.catch((refused) => Effect.succeed(refused)),
      Effect.withSpan(`WebhookRouter.${route.name}`)
    )
    const attributes = { callback: route.name, status: String(response.status) }
    yield* Metric.update(Metric.withAttributes(callbacks, attributes), 1)
    return response
  })
  return Option.isNone(secret)
    ? router.add("POST", `${path}/${route.name}`, handled)
    : router.add(
      "POST",
      `${path}/:secret/${route.name}`,
      (request) => HttpMiddleware.withLoggerDisabled(handled(request))
    )
}

const nothing = () => Result.succeed("{}")

/**
 * The routes, to be mounted with the others of a service: `HttpRouter.serve(WebhookRouter.layer({ ... }))`. What handlers
 * need is asked for once, when the layer is built. Fails with reason `InvalidConfig`.
 *
 * A body that is no JSON, or not what was announced, gets 400 with all issues; one of more than 1 MiB gets 413; a handler
 * that fails, or gives a pipeline that breaks the rules, gets 500 and a line in the log. Everything else gets 200.
 *
 * Log lines and spans of this package hold neither the secret nor numbers. The spans of the HTTP server hold the whole
 * address of every request: switch them off for these routes with {@link layerUntraced} when there is a secret.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E = never, R = never>(
  options: Options<E, R>
): Layer.Layer<never, PiopiyError, HttpRouter.HttpRouter | R> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const reader = checkConfig.makeReader(options)
    const read = {
      path: reader.optional<`/${string}`>("path", checkPath, "/piopiy"),
      secret: reader.optional("secret", checkSecret, Option.none<string>())
    }
    for (const key of ["onAnswer", "onDigits", "onLiveEvent", "onCdr", "onInput"]) {
      reader.optional<unknown>(key, checkHandler, undefined)
    }
    const guard = yield* checkConfig.configured("WebhookRouter.layer", reader.finish(read))
    const router = yield* HttpRouter.HttpRouter
    const context = yield* Effect.context<R>()
    const { onAnswer, onCdr, onDigits, onInput, onLiveEvent } = options
    if (onAnswer !== undefined) {
      yield* add(router, guard, context, {
        name: "answer",
        decode: Webhook.decodeAnswer,
        handle: onAnswer,
        reply: Webhook.replyLegacy
      })
    }
    if (onDigits !== undefined) {
      yield* add(router, guard, context, {
        name: "digits",
        decode: Webhook.decodeDigits,
        handle: onDigits,
        reply: Webhook.replyLegacy
      })
    }
    if (onLiveEvent !== undefined) {
      yield* add(router, guard, context, {
        name: "events",
        decode: Webhook.decodeLiveEvent,
        handle: onLiveEvent,
        reply: nothing
      })
    }
    if (onCdr !== undefined) {
      yield* add(router, guard, context, { name: "cdr", decode: Webhook.decodeCdr, handle: onCdr, reply: nothing })
    }
    if (onInput !== undefined) {
      yield* add(router, guard, context, {
        name: "input",
        decode: Webhook.decodeInputResult,
        handle: onInput,
        reply: Webhook.reply
      })
    }
  }))

/**
 * Keeps the spans of the HTTP server away from the routes below a path, since they hold the secret. Provide it to
 * `HttpRouter.serve`. The spans of this package stay.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerUntraced = (path: `/${string}` = "/piopiy"): Layer.Layer<never> =>
  Layer.succeed(
    HttpMiddleware.TracerDisabledWhen,
    (request) => request.url.replaceAll(/\/{2,}/g, "/").startsWith(`${path}/`)
  )
