/** Sends requests: time-outs, limits, retries, and what replies mean. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type { Issues } from "../Issue.ts"
import { type Operation, PiopiyError, Reason } from "../PiopiyError.ts"
import type { Attempt, RetryPolicy } from "../RetryPolicy.ts"
import type { Sending } from "./checkConfig.ts"
import { observed } from "./observed.ts"
import * as replyErrors from "./replyErrors.ts"

/** One thing asked of the platform. */
export interface Ask<A> {
  readonly operation: Operation
  readonly request: HttpClientRequest.HttpClientRequest
  /** What a reply means. `nowMs` is the time it came. */
  readonly read: (reply: replyErrors.Reply, nowMs: number) => Result.Result<A, Reason>
  /** What it means that the call is not there, at the attempt of this number, if that is no failure. */
  readonly whenGone?: (attempt: number) => Option.Option<A>
}

/** A reply that says it is longer than this is not read: no reply of the platform comes near it. */
const maxReplyBytes = 1 << 20

const read = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<replyErrors.Reply, Reason> => {
  const reply = { status: response.status, retryAfter: response.headers["retry-after"], text: "" }
  if (Number(response.headers["content-length"] ?? 0) > maxReplyBytes) return Effect.succeed(reply)
  return Effect.matchEffect(response.text, {
    onFailure: () =>
      replyErrors.isOk(reply)
        ? Effect.fail(Reason.OutcomeUnknown({ why: "the reply broke off" }))
        : Effect.succeed(reply),
    onSuccess: (text) => Effect.succeed({ ...reply, text })
  })
}

/** A client that itself refuses a status still holds the response. */
const responseOrReason = (
  error: HttpClientError.HttpClientError
): Effect.Effect<HttpClientResponse.HttpClientResponse, Reason> =>
  error.response === undefined ? Effect.fail(replyErrors.fromTransport(error)) : Effect.succeed(error.response)

/** After what delay to try again, if at all. */
const nextDelay = (policy: RetryPolicy, error: PiopiyError, elapsedMs: number) =>
  Effect.gen(function*() {
    const willing = error.verdict === "safe"
      || (error.verdict === "ambiguous" && policy.retryAmbiguousAndMaybeRingTwice)
    if (!willing || error.attempts >= policy.maxAttempts) return Option.none<Duration.Duration>()
    const asked = error.reason._tag === "RateLimited"
      ? Option.getOrElse(error.reason.retryAfter, () => Duration.zero)
      : Duration.zero
    if (Duration.toMillis(asked) > Duration.toMillis(policy.maxRetryAfter)) return Option.none<Duration.Duration>()
    const doubled = Duration.toMillis(policy.baseDelay) * 2 ** (error.attempts - 1)
    const spread = 0.8 + 0.4 * (yield* Random.next)
    const backoff = Math.min(doubled * spread, Duration.toMillis(policy.maxDelay))
    const delay = Duration.millis(Math.max(backoff, Duration.toMillis(asked)))
    return elapsedMs + Duration.toMillis(delay) > Duration.toMillis(policy.maxElapsed)
      ? Option.none<Duration.Duration>()
      : Option.some(delay)
  })

/**
 * Sends what is asked, over and over by the policy of the configuration. An attempt that may have taken effect is what
 * the caller hears of, whatever the attempts after it met.
 */
export const make = (config: Sending) =>
  Effect.map(HttpClient.HttpClient, (http) => {
    const attempt = <A>({ operation, read: meaning, request }: Ask<A>, number: number): Effect.Effect<A, Reason> => {
      const timeout = config.timeoutOf(operation)
      return http.execute(request).pipe(
        Effect.catch(responseOrReason),
        Effect.tap(({ status }) => Effect.annotateCurrentSpan("http.response.status_code", status)),
        Effect.flatMap(read),
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () => Effect.fail(Reason.OutcomeUnknown({ why: `no reply within ${Duration.format(timeout)}` }))
        }),
        Effect.flatMap((reply) =>
          Effect.flatMap(Clock.currentTimeMillis, (nowMs) => Effect.fromResult(meaning(reply, nowMs)))
        ),
        Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
        // Its span would hold the request, and so the secret of the older API, together with what the transport said.
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
        Effect.withSpan("piopiy.request", {
          kind: "client",
          attributes: { "http.request.method": request.method, "piopiy.attempt": number }
        }, { captureStackTrace: false }),
        config.limit
      )
    }

    return Effect.fnUntraced(function*<A>(ask: Ask<A>) {
      const { operation, whenGone = () => Option.none<A>() } = ask
      // Somebody who only listens cannot change what came of the attempt, not even by breaking.
      const tell = (attempt: Attempt) =>
        Effect.catchCause(Effect.suspend(() => config.retryPolicy.onAttempt(attempt)), () => Effect.void)
      const startedAt = yield* Clock.monotonicTimeNanos
      let doubt: Reason | undefined
      for (let number = 1;; number += 1) {
        const outcome = yield* attempt(ask, number).pipe(
          Effect.catchTag("CallNotFound", (gone) => Effect.fromResult(Result.fromOption(whenGone(number), () => gone))),
          Effect.result
        )
        if (Result.isSuccess(outcome)) {
          yield* tell({ number, error: Option.none(), retryIn: Option.none() })
          return outcome.success
        }
        const reason = outcome.failure
        if (reason._tag === "Overloaded") {
          return yield* new PiopiyError({ operation, reason: doubt ?? reason, attempts: number - 1 })
        }
        const error = new PiopiyError({ operation, reason, attempts: number })
        if (error.verdict === "ambiguous") doubt = reason
        const elapsedMs = Number((yield* Clock.monotonicTimeNanos) - startedAt) / 1_000_000
        const retryIn = yield* nextDelay(config.retryPolicy, error, elapsedMs)
        yield* tell({ number, error: Option.some(error), retryIn })
        if (Option.isNone(retryIn)) {
          return yield* new PiopiyError({ operation, reason: doubt ?? reason, attempts: number })
        }
        yield* Effect.sleep(retryIn.value)
      }
    })
  })

/** Runs an operation with a request that has been checked, or fails with all its problems. Whoever watches operations sees it. */
export const checked = <A, B>(
  operation: Operation,
  request: Result.Result<A, Issues>,
  run: (request: A) => Effect.Effect<B, PiopiyError>
): Effect.Effect<B, PiopiyError> =>
  observed(
    operation,
    Result.isSuccess(request)
      ? run(request.success)
      : Effect.fail(
        new PiopiyError({ operation, reason: Reason.InvalidRequest({ issues: request.failure }), attempts: 0 })
      )
  )

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
