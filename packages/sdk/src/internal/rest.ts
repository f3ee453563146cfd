/** Sends requests: time-outs, limits, retries, and what replies mean. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Tracer from "effect/Tracer"
import type { Issues } from "../Issue.ts"
import { type Operation, PiopiyError, Reason } from "../PiopiyError.ts"
import * as RetryPolicy from "../RetryPolicy.ts"
import type { Sending } from "./checkConfig.ts"
import { Observer } from "./observed.ts"
import { read } from "./readReply.ts"
import * as replyErrors from "./replyErrors.ts"

/** An operation under way. Without a tracer nobody would see its span, so there is none then. */
export interface Running {
  readonly operation: Operation
  readonly clock: Clock.Clock
  readonly span: Tracer.Span | undefined
}

/** Leaves a mark on the span of an operation. */
export const mark = ({ span }: Running, key: string, value: unknown): void => span?.attribute(key, value)

/** One thing asked of the platform. */
export interface Ask<A> {
  readonly running: Running
  readonly request: HttpClientRequest.HttpClientRequest
  /** What a reply means. `nowMs` is the time it came. */
  readonly read: (reply: replyErrors.Reply, nowMs: number) => Result.Result<A, Reason>
  /** What it means that the call is not there, at the attempt of this number, if that is no failure. */
  readonly whenGone?: (attempt: number) => Option.Option<A>
}

const untraced = () => true

const init: RequestInit = { redirect: "manual" }

/**
 * Where the transport runs. A span of its own would hold the request, and so the secret of the older API, together with
 * what the transport said.
 */
const below = ({ span }: Running) => (context: Context.Context<never>): Context.Context<never> => {
  const quiet = Context.add(context, HttpClient.TracerDisabledWhen, untraced)
  const sending = Context.add(quiet, FetchHttpClient.RequestInit, init)
  return span === undefined ? sending : Context.add(sending, Tracer.ParentSpan, span)
}

/** After what delay to try again, if at all. `chance` is between 0 and 1. */
const nextDelay = (
  policy: RetryPolicy.RetryPolicy,
  error: PiopiyError,
  elapsedMs: number,
  chance: number
): Option.Option<Duration.Duration> => {
  const willing = error.verdict === "safe" || (error.verdict === "ambiguous" && policy.retryAmbiguousAndMaybeRingTwice)
  if (!willing || error.attempts >= policy.maxAttempts) return Option.none()
  const asked = error.reason._tag === "RateLimited"
    ? Option.getOrElse(error.reason.retryAfter, () => Duration.zero)
    : Duration.zero
  if (Duration.toMillis(asked) > Duration.toMillis(policy.maxRetryAfter)) return Option.none()
  const doubled = Duration.toMillis(policy.baseDelay) * 2 ** (error.attempts - 1)
  const backoff = Math.min(doubled * (0.8 + 0.4 * chance), Duration.toMillis(policy.maxDelay))
  const delayMs = Math.max(backoff, Duration.toMillis(asked))
  return elapsedMs + delayMs > Duration.toMillis(policy.maxElapsed)
    ? Option.none()
    : Option.some(Duration.millis(delayMs))
}

/**
 * Sends what is asked, over and over by the policy of the configuration. An attempt that may have taken effect is what
 * the caller hears of, whatever the attempts after it met.
 */
export const make = (config: Sending) =>
  Effect.map(HttpClient.HttpClient, (http) => {
    const { retryPolicy } = config

    const attempt = <A>({ read: meaningOf, request, running }: Ask<A>): Effect.Effect<A, Reason> => {
      const timeout = config.timeoutOf(running.operation)
      const late = Effect.flatMap(
        Effect.sleep(timeout),
        () => Effect.fail(Reason.OutcomeUnknown({ why: `no reply within ${Duration.format(timeout)}` }))
      )
      const answered = (response: HttpClientResponse.HttpClientResponse) => {
        mark(running, "http.response.status_code", response.status)
        return read(response)
      }
      const reply = Effect.matchEffect(http.execute(request), {
        // A client that itself refuses a status still holds the response.
        onFailure: (error) =>
          error.response === undefined ? Effect.fail(replyErrors.fromTransport(error)) : answered(error.response),
        onSuccess: answered
      })
      return config.limit(
        Effect.flatMap(Effect.updateContext(Effect.raceAllFirst([reply, late]), below(running)), (reply) => {
          const meaning = meaningOf(reply, running.clock.currentTimeMillisUnsafe())
          return Result.isSuccess(meaning) ? Effect.succeed(meaning.success) : Effect.fail(meaning.failure)
        })
      )
    }

    const unheard = { onFailure: () => undefined, onSuccess: () => undefined }

    /** Somebody who only listens cannot change what came of the attempt, not even by breaking. */
    const tell = (running: Running, attempt: RetryPolicy.Attempt): Effect.Effect<void> =>
      retryPolicy.onAttempt === RetryPolicy.standard.onAttempt
        ? Effect.void
        : inside(running, Effect.matchCause(Effect.suspend(() => retryPolicy.onAttempt(attempt)), unheard))

    return <A>(ask: Ask<A>): Effect.Effect<A, PiopiyError> => {
      const { running, running: { clock, operation } } = ask
      const startedAt = clock.monotonicTimeNanosUnsafe()
      let doubt: Reason | undefined
      const failure = (reason: Reason, attempts: number) =>
        Effect.fail(new PiopiyError({ operation, reason: doubt ?? reason, attempts }))

      const succeeded = (value: A, number: number): Effect.Effect<A> =>
        Effect.as(tell(running, { number, error: Option.none(), retryIn: Option.none() }), value)

      const failed = (reason: Reason, number: number): Effect.Effect<A, PiopiyError> => {
        if (reason._tag === "Overloaded") return failure(reason, number - 1)
        const gone = reason._tag === "CallNotFound" && ask.whenGone?.(number)
        if (gone && Option.isSome(gone)) return succeeded(gone.value, number)
        const error = new PiopiyError({ operation, reason, attempts: number })
        if (error.verdict === "ambiguous") doubt = reason
        running.span?.event("piopiy.attempt_failed", clock.currentTimeNanosUnsafe(), {
          "piopiy.attempt": number,
          "piopiy.reason": reason._tag
        })
        const elapsedMs = Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1_000_000
        return Effect.flatMap(Random.next, (chance) => {
          const retryIn = nextDelay(retryPolicy, error, elapsedMs, chance)
          return Effect.andThen(
            tell(running, { number, error: Option.some(error), retryIn }),
            Option.match(retryIn, {
              onNone: () => failure(reason, number),
              onSome: (delay) => Effect.flatMap(Effect.sleep(delay), () => send(number + 1))
            })
          )
        })
      }

      const send = (number: number): Effect.Effect<A, PiopiyError> => {
        mark(running, "piopiy.attempts", number)
        return Effect.matchEffect(attempt(ask), {
          onFailure: (reason) => failed(reason, number),
          onSuccess: (value) => succeeded(value, number)
        })
      }
      mark(running, "http.request.method", ask.request.method)
      return send(1)
    }
  })

/**
 * Runs an operation with a request that has been checked, or fails with all its problems. Whoever watches operations sees
 * it, and so does the tracer, if there is one: one span. What begins spans of its own below it runs {@link inside}.
 */
export const operate = <A, B>(
  operation: Operation,
  request: () => Result.Result<A, Issues>,
  run: (request: A, running: Running) => Effect.Effect<B, PiopiyError>
): Effect.Effect<B, PiopiyError> =>
  Effect.contextWith((context: Context.Context<never>) => {
    const start = (span: Tracer.Span | undefined) =>
      Context.get(context, Observer)(
        operation,
        Effect.suspend(() => {
          const checked = request()
          return Result.isSuccess(checked)
            ? run(checked.success, { operation, clock: Context.get(context, Clock.Clock), span })
            : Effect.fail(
              new PiopiyError({ operation, reason: Reason.InvalidRequest({ issues: checked.failure }), attempts: 0 })
            )
        })
      )
    return Context.getOrUndefined(context, Tracer.Tracer) === undefined
      ? start(undefined)
      : Effect.useSpan(operation, { kind: "client" }, start)
  })

/** Runs what belongs to an operation and may begin spans of its own. */
export const inside = <A, E>({ span }: Running, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  span === undefined ? effect : Effect.withParentSpan(effect, span, { captureStackTrace: false })

/** Both requests, or the problems of both. */
export const both = <A, B>(
  one: Result.Result<A, Issues>,
  other: Result.Result<B, Issues>
): Result.Result<readonly [A, B], Issues> => {
  if (Result.isFailure(one)) {
    return Result.fail(Result.isFailure(other) ? [...one.failure, ...other.failure] : one.failure)
  }
  return Result.map(other, (second) => [one.success, second] as const)
}
