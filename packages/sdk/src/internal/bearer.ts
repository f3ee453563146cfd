/** Requests to the v3 API: the bearer token, and what its replies mean. */
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as CallId from "../CallId.ts"
import type { Issues } from "../Issue.ts"
import { PiopiyConfig } from "../PiopiyConfig.ts"
import type { Operation, Reason } from "../PiopiyError.ts"
import * as replyErrors from "./replyErrors.ts"
import * as rest from "./rest.ts"
import { type Scrub, without } from "./scrub.ts"

/** What the platform said to a request that it took. */
export interface Accepted {
  readonly message: string
  readonly callId: Option.Option<CallId.CallId>
  readonly requestId: Option.Option<CallId.RequestId>
}

/** Any 2xx that is a reply of the platform is success, whatever it says: asking again could ring a phone twice. */
const accepted = (reply: replyErrors.Reply, scrub: Scrub): Result.Result<Accepted, Reason> =>
  replyErrors.taken(reply, (body) => ({
    message: scrub(body === undefined ? reply.text : replyErrors.textOf(body, "message")),
    callId: replyErrors.callIdOf(body),
    requestId: replyErrors.requestIdOf(body)
  }))

/** Ending a call that is gone: what was wanted when it had been asked before, a failure at the first attempt. */
export const wasEnding = (attempt: number): Option.Option<Accepted> =>
  attempt > 1 ? Option.some({ message: "", callId: Option.none(), requestId: Option.none() }) : Option.none()

export const make = Effect.gen(function*() {
  const config = yield* PiopiyConfig
  const send = yield* rest.make(config)
  const scrub = without([Redacted.value(config.token)])

  const asking = HttpClientRequest.get("").pipe(
    HttpClientRequest.bearerToken(config.token),
    HttpClientRequest.acceptJson
  )
  const posting = HttpClientRequest.setMethod(asking, "POST")

  const readWith =
    <A>(operation: Operation, meaning: (reply: replyErrors.Reply) => Result.Result<A, Reason>) =>
    (reply: replyErrors.Reply, nowMs: number): Result.Result<A, Reason> =>
      replyErrors.isOk(reply)
        ? meaning(reply)
        : Result.fail(replyErrors.fromReply(operation, reply, scrub, nowMs))

  /** Posts a body that has been checked. */
  const post = (
    running: rest.Running,
    path: string,
    body: unknown,
    whenGone?: (attempt: number) => Option.Option<Accepted>
  ) =>
    send<Accepted>({
      running,
      request: HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.setUrl(posting, `${config.baseUrl}${path}`), body),
      read: readWith(running.operation, (reply) => accepted(reply, scrub)),
      ...(whenGone === undefined ? {} : { whenGone })
    })

  const question = <A>(
    running: rest.Running,
    path: string,
    decode: (body: unknown) => Result.Result<A, Issues>
  ): rest.Ask<A> => ({
    running,
    request: HttpClientRequest.setUrl(asking, `${config.baseUrl}${path}`),
    read: readWith(running.operation, (reply) => replyErrors.decoded(reply, scrub, decode))
  })

  /** Asks for something. */
  const get = <A>(
    running: rest.Running,
    path: string,
    decode: (body: unknown) => Result.Result<A, Issues>
  ) => send(question(running, path, decode))

  /** Asks for something that may not be there any more. */
  const find = <A>(
    running: rest.Running,
    path: string,
    decode: (body: unknown) => Result.Result<A, Issues>
  ) =>
    send<Option.Option<A>>({
      ...question(running, path, (body) => Result.map(decode(body), Option.some)),
      whenGone: () => Option.some(Option.none())
    })

  return { find, get, post }
})
