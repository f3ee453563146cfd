/** Sends requests to the v3 API: credentials, time-outs, retries, and what replies mean. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as CallId from "../CallId.ts"
import { PiopiyConfig } from "../PiopiyConfig.ts"
import { type Operation, PiopiyError, Reason } from "../PiopiyError.ts"
import type { RetryPolicy } from "../RetryPolicy.ts"
import * as replyErrors from "./replyErrors.ts"

/** What the platform said to a request that it took. */
export interface Accepted {
  readonly message: string
  readonly callId: Option.Option<CallId.CallId>
  readonly requestId: Option.Option<CallId.RequestId>
}

/** Any 2xx is success, whatever its body: asking again could ring a phone twice. */
const accepted = (reply: replyErrors.Reply): Accepted => {
  const body = replyErrors.json(reply)
  return {
    message: body === undefined ? reply.text : replyErrors.textOf(body, "message"),
    callId: replyErrors.idOf(CallId.CallId, body, "call_id"),
    requestId: replyErrors.idOf(CallId.RequestId, body, "request_id")
  }
}

const read = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<replyErrors.Reply, Reason> => {
  const reply = { status: response.status, retryAfter: response.headers["retry-after"] }
  const ok = response.status >= 200 && response.status < 300
  return Effect.matchEffect(response.text, {
    onFailure: () =>
      ok
        ? Effect.fail(Reason.OutcomeUnknown({ why: "the reply broke off" }))
        : Effect.succeed({ ...reply, text: "" }),
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
    if (Duration.isGreaterThan(asked, policy.maxRetryAfter)) return Option.none<Duration.Duration>()
    const doubled = Duration.toMillis(policy.baseDelay) * 2 ** (error.attempts - 1)
    const spread = 0.8 + 0.4 * (yield* Random.next)
    const backoff = Math.min(doubled * spread, Duration.toMillis(policy.maxDelay))
    const delay = Duration.millis(Math.max(backoff, Duration.toMillis(asked)))
    return elapsedMs + Duration.toMillis(delay) > Duration.toMillis(policy.maxElapsed)
      ? Option.none<Duration.Duration>()
      : Option.some(delay)
  })

/** Ending a call that has ended meanwhile is what was wanted. */
const alreadyEnded: Accepted = { message: "", callId: Option.none(), requestId: Option.none() }

export const make = Effect.gen(function*() {
  const http = yield* HttpClient.HttpClient
  const config = yield* PiopiyConfig
  const token = Redacted.value(config.token)

  const attempt = (operation: Operation, request: HttpClientRequest.HttpClientRequest) =>
    http.execute(request).pipe(
      Effect.catch(responseOrReason),
      Effect.flatMap(read),
      Effect.timeoutOrElse({
        duration: config.timeout,
        orElse: () => Effect.fail(Reason.OutcomeUnknown({ why: `no reply within ${Duration.format(config.timeout)}` }))
      }),
      Effect.flatMap((reply) =>
        reply.status >= 200 && reply.status < 300
          ? Effect.succeed(accepted(reply))
          : Effect.flatMap(
            Clock.currentTimeMillis,
            (now) => Effect.fail(replyErrors.fromReply(operation, reply, token, now))
          )
      ),
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
      Effect.provideService(HttpClient.TracerPropagationEnabled, false)
    )

  /**
   * Posts a body that has been checked. Retries by the policy of the configuration; a hangup that meets 404 on a retry
   * succeeds.
   */
  const post = Effect.fnUntraced(function*(operation: Operation, path: string, body: unknown) {
    const request = HttpClientRequest.post(`${config.baseUrl}${path}`).pipe(
      HttpClientRequest.bearerToken(config.token),
      HttpClientRequest.acceptJson,
      HttpClientRequest.bodyJsonUnsafe(body)
    )
    const startedAt = yield* Clock.monotonicTimeNanos
    for (let number = 1;; number += 1) {
      const outcome = yield* Effect.result(attempt(operation, request))
      if (Result.isSuccess(outcome)) {
        yield* config.retryPolicy.onAttempt({ number, error: Option.none(), retryIn: Option.none() })
        return outcome.success
      }
      if (operation === "Calls.hangup" && number > 1 && outcome.failure._tag === "CallNotFound") {
        yield* config.retryPolicy.onAttempt({ number, error: Option.none(), retryIn: Option.none() })
        return alreadyEnded
      }
      const error = new PiopiyError({ operation, reason: outcome.failure, attempts: number })
      const elapsedMs = Number((yield* Clock.monotonicTimeNanos) - startedAt) / 1_000_000
      const retryIn = yield* nextDelay(config.retryPolicy, error, elapsedMs)
      yield* config.retryPolicy.onAttempt({ number, error: Option.some(error), retryIn })
      if (Option.isNone(retryIn)) return yield* error
      yield* Effect.sleep(retryIn.value)
    }
  })

  return { post }
})
