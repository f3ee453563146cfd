/** An HTTP client whose requests are answered in this process, as a server over sockets would answer them. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Scope from "effect/Scope"
import * as Severed from "./edge/Severed.ts"

/** What a client over sockets is told by its system. */
const severance = { Broken: { code: "ECONNRESET" }, Refused: { code: "ECONNREFUSED", syscall: "connect" } } as const

/**
 * A client of these routes, whatever the host of a URL. Handlers that fail are answered for, as on a port, and a connection
 * that breaks off is a transport error.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <E>(
  app: Effect.Effect<
    HttpServerResponse.HttpServerResponse,
    E,
    Scope.Scope | HttpServerRequest.HttpServerRequest
  >
): HttpClient.HttpClient =>
  HttpClient.make((request) =>
    app.pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromClientRequest(request)),
      Effect.scoped,
      Effect.catchCause((cause) => {
        const severed = Severed.find(cause)
        return severed === undefined
          ? Effect.map(HttpServerError.causeResponse(cause), ([response]) => response)
          : Effect.fail(
            new HttpClientError.HttpClientError({
              reason: new HttpClientError.TransportError({ request, cause: severance[severed.how] })
            })
          )
      }),
      Effect.map((response) => HttpServerResponse.toClientResponse(response, { request }))
    )
  )

/**
 * The same client for requests that name a path alone: any host will do.
 *
 * @category combinators
 * @since 0.1.0
 */
export const ofPaths: (client: HttpClient.HttpClient) => HttpClient.HttpClient = HttpClient.mapRequest(
  HttpClientRequest.prependUrl("http://platform.test")
)
